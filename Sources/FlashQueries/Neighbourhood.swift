internal import FlashHardware
internal import FlashNAS
internal import FlashSearch

/// Points around a result.
struct Neighbourhood {
  private let problem: DesignProblem
  private let worst: WorstCase
  private let point: [Int]
  /// The quantities whose changes are told: accuracy and the costs that there are.
  private let quantities: [Quantity]

  init(_ question: SavedQuestion) {
    problem = question.problem
    worst = question.worstCase
    point = question.point
    let values = worst.targets.map { $0.values(question.point) }
    quantities = [.accuracy, .latency, .energy, .area].filter { quantity in
      values.allSatisfy { !$0[quantity].isNaN }
    }
  }

  /// The objective in its own direction.
  func objective(_ point: [Int]) -> Double { problem.objective.value(worst.score(point).objective) }

  /// The value of a variable as results write it.
  private func text(_ axis: Int, _ coordinate: Int) -> String {
    let own = problem.space.variables.count
    if axis < own { return problem.space.domains[axis].text(coordinate) }
    return problem.hardware?.space.variables[axis - own].values[coordinate] ?? ""
  }

  func variable(_ axis: Int) -> Explanation.Variable {
    let variable = problem.variables[axis]
    func moved(to coordinate: Int) -> [Int] {
      var other = point
      other[axis] = coordinate
      return other
    }
    func step(_ coordinate: Int) -> Explanation.Step? {
      guard variable.lower...variable.upper ~= coordinate else { return nil }
      let other = moved(to: coordinate)
      return Explanation.Step(
        value: text(axis, coordinate), objective: objective(other),
        broken: zip(problem.bounds, worst.violations(other)).filter { $1 > 0 }.map(\.0.quantity),
        changes: quantities.map { quantity in
          let (before, after) = (worst.value(of: quantity, at: point), worst.value(of: quantity, at: other))
          return (quantity, quantity == .accuracy ? after - before : after / before - 1)
        })
    }
    var best = (coordinate: point[axis], score: worst.score(point))
    for coordinate in stride(from: variable.lower, through: variable.upper, by: variable.step) {
      let score = worst.score(moved(to: coordinate))
      if score < best.score { best = (coordinate, score) }
    }
    return Explanation.Variable(
      name: variable.name, value: text(axis, point[axis]), down: step(point[axis] - variable.step),
      up: step(point[axis] + variable.step),
      best: best.coordinate == point[axis]
        ? nil : (text(axis, best.coordinate), problem.objective.value(best.score.objective)))
  }
}
