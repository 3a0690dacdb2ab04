internal import FlashNumerics

/// A search from one point down to a local minimum, inside the budget of the whole.
///
/// Real variables are left to NLopt, scaled to 0…1: SLSQP over forward differences, or COBYLA and BOBYQA, which take no
/// derivatives. They start within the start's star, so that they stay in its basin, and go on in the whole box where the
/// star's own boundary or a constraint holds them up. Discrete variables are searched by pattern; where both kinds are
/// present, in turn.
struct LocalSearch<Failure: Error> {
  let session: MinimizationSession<Failure>
  let box: SearchBox
  let method: SHGO.LocalMethod
  let tolerance: Double

  /// The best point found from a start, at worst the start.
  ///
  /// - Parameter star: the star's ends per axis that is not fixed, scaled; `nil` for the whole box.
  func run(from start: EvaluatedPoint, star: [ClosedRange<Double>]?) throws(Failure) -> EvaluatedPoint {
    if box.realAxes.isEmpty { return try pattern(from: start) }
    var current = try continuous(from: start, star: star)
    while !box.discreteAxes.isEmpty, session.stop == nil {
      let moved = try pattern(from: current)
      if isBetter(moved, current) {
        current = try continuous(from: moved, star: nil)
      } else if let found = try neighbourhood(of: current) {
        current = found
      } else {
        break
      }
    }
    return current
  }

  func isBetter(_ a: EvaluatedPoint, _ b: EvaluatedPoint) -> Bool { session.score(a) < session.score(b) }

  // MARK: Real variables

  private func continuous(from start: EvaluatedPoint, star: [ClosedRange<Double>]?) throws(Failure) -> EvaluatedPoint {
    let whole = box.realAxes.map(box.range)
    var best = start
    if let star {
      let places = box.realAxes.map { box.axes.firstIndex(of: $0) ?? 0 }
      let inside = zip(places, whole).map { star[$0].clamped(to: $1) }
      best = try descend(from: best, within: inside)
      if best.score.isFeasible, !isHeldUp(best, inside, whole) { return best }
    }
    best = try descend(from: best, within: whole)
    return try restore(best, within: whole)
  }

  /// Whether a point lies on a star's boundary that is not the box's.
  private func isHeldUp(_ found: EvaluatedPoint, _ star: [ClosedRange<Double>], _ whole: [ClosedRange<Double>]) -> Bool
  {
    for (place, axis) in box.realAxes.enumerated() {
      let coordinate = box.coordinate(axis, of: found.point[axis])
      let margin = 1e-6 * min(1, star[place].upperBound - star[place].lowerBound)
      if star[place].lowerBound > whole[place].lowerBound, coordinate <= star[place].lowerBound + margin { return true }
      if star[place].upperBound < whole[place].upperBound, coordinate >= star[place].upperBound - margin { return true }
    }
    return false
  }

  /// One run of NLopt; the best point that it saw, or the start.
  private func descend(
    from start: EvaluatedPoint, within ranges: [ClosedRange<Double>], _ purpose: NonlinearPurpose = .descent
  ) throws(Failure) -> EvaluatedPoint {
    guard session.stop == nil, session.score(start).violation.isFinite else { return start }
    let run = NonlinearRun(self, start, ranges, purpose)
    try run.descend()
    return run.best
  }

  /// Goes down once more from a minimum, by central differences: forward ones are a curvature's share of a step off, which in
  /// a narrow valley is more than the tolerance.
  func polish(_ found: EvaluatedPoint) throws(Failure) -> EvaluatedPoint {
    guard method == .quasiNewton, !box.realAxes.isEmpty else { return found }
    return try descend(from: found, within: box.realAxes.map(box.range), .polish)
  }

  /// Brings a point onto the constraints that it misses by little: the least way there.
  private func restore(_ found: EvaluatedPoint, within ranges: [ClosedRange<Double>]) throws(Failure) -> EvaluatedPoint
  {
    guard !session.score(found).isFeasible, session.minimum(found).largestViolation < 1e-2 else { return found }
    let restored = try descend(from: found, within: ranges, .restoration)
    return isBetter(restored, found) ? restored : found
  }

  // MARK: Discrete variables

  /// A local minimum over moves of one discrete variable by a power of two or to any category, and of two by one each.
  private func pattern(from start: EvaluatedPoint) throws(Failure) -> EvaluatedPoint {
    var current = start
    // Pairs take the square of as many evaluations (limit chosen).
    let isPairing = box.discreteAxes.count <= 16
    var isImproved = true
    while isImproved, session.stop == nil {
      isImproved = false
      for axis in box.discreteAxes {
        for value in alternatives(axis, current.point[axis]) {
          if try move(&current, [(axis, value)]) { isImproved = true }
        }
      }
      guard !isImproved, isPairing else { continue }
      pairs: for (place, first) in box.discreteAxes.enumerated() {
        for second in box.discreteAxes[(place + 1)...] {
          for one in steps(first, current.point[first]) {
            for other in steps(second, current.point[second])
            where try move(&current, [(first, one), (second, other)]) {
              isImproved = true
              break pairs
            }
          }
        }
      }
    }
    return current
  }

  /// Evaluates a move and keeps it where it is better.
  private func move(_ current: inout EvaluatedPoint, _ changes: [(axis: Int, value: Double)]) throws(Failure) -> Bool {
    var point = current.point
    for change in changes { point[change.axis] = change.value }
    guard point != current.point, let found = try session.evaluate(point, always: false), isBetter(found, current)
    else { return false }
    current = found
    return true
  }

  /// Values of a discrete variable that a search tries: far ones first.
  private func alternatives(_ axis: Int, _ value: Double) -> [Double] {
    let (lower, upper) = (box.variables[axis].lower, box.variables[axis].upper)
    if case .categorical(let count) = box.variables[axis] {
      return (0..<count).map(Double.init).filter { $0 != value }
    }
    var step = 1.0
    while step * 4 <= upper - lower { step *= 2 }
    var values: [Double] = []
    while step >= 1 {
      values += [value - step, value + step].filter { lower <= $0 && $0 <= upper }
      step /= 2
    }
    return values
  }

  /// The values next to one.
  private func steps(_ axis: Int, _ value: Double) -> [Double] {
    if case .categorical = box.variables[axis] { return alternatives(axis, value) }
    return [value - 1, value + 1].filter { box.variables[axis].lower <= $0 && $0 <= box.variables[axis].upper }
  }

  /// The first neighbour over one discrete variable that is better once the real variables have followed.
  private func neighbourhood(of current: EvaluatedPoint) throws(Failure) -> EvaluatedPoint? {
    for axis in box.discreteAxes {
      for value in steps(axis, current.point[axis]) {
        var point = current.point
        point[axis] = value
        guard let start = try session.evaluate(point, always: true) else { return nil }
        let found = try continuous(from: start, star: nil)
        if isBetter(found, current), isDistinctlyBetter(found, current) { return found }
      }
    }
    return nil
  }

  /// Whether a point is better by more than rounding, so that searches end.
  private func isDistinctlyBetter(_ a: EvaluatedPoint, _ b: EvaluatedPoint) -> Bool {
    guard session.score(b).isFeasible, let first = a.objective, let second = b.objective else { return true }
    return first < second - 1e-9 * max(1, abs(second))
  }
}
