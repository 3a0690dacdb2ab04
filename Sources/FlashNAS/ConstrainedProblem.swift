public import FlashSearch

/// A problem whose bounds can be judged one by one.
public protocol ConstrainedProblem: IntegerProblem {
  /// The scaled violation of every bound at a point, 0 where it is met.
  func violations(_ point: [Int]) -> [Double]
}

extension ConstrainedProblem {
  /// Whether each bound binds at a point: some neighbour has a better objective and breaks only this bound.
  ///
  /// Neighbours are one step away in one variable or in two. Two are needed: where every variable moves every cost the
  /// same way, a step in one variable never trades one cost for another. Complexity: O(variables²) evaluations.
  public func isBinding(at point: [Int]) -> [Bool] {
    var binding = violations(point).map { _ in false }
    let here = score(point).objective
    func examine(_ neighbour: [Int]) {
      guard score(neighbour).objective < here else { return }
      let violations = violations(neighbour)
      let broken = violations.indices.filter { violations[$0] > 0 }
      if broken.count == 1 { binding[broken[0]] = true }
    }
    let moves = variables.indices.flatMap { axis in
      [-variables[axis].step, variables[axis].step].compactMap { step in
        variables[axis].lower...variables[axis].upper ~= point[axis] + step ? (axis: axis, step: step) : nil
      }
    }
    for (place, first) in moves.enumerated() {
      var neighbour = point
      neighbour[first.axis] += first.step
      examine(neighbour)
      for second in moves[(place + 1)...] where second.axis != first.axis {
        var pair = neighbour
        pair[second.axis] += second.step
        examine(pair)
      }
    }
    return binding
  }
}
