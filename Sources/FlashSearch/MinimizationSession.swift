/// A point with what is known there.
struct EvaluatedPoint {
  var point: [Double]
  /// f; `nil` where it was not asked for.
  var objective: Double?
  /// c, then h.
  var constraints: [Double]
  var score: Score
}

/// Counts the points that a search evaluates, keeps the best one and says when the search has to stop.
///
/// One evaluation is one point; f and the constraints are called at most once there. Where no variable is real, a point
/// that comes again is remembered and costs nothing.
final class MinimizationSession<Failure: Error> {
  let problem: MinimizationProblem<Failure>
  let rule: StoppingRule
  let tolerance: Double
  private(set) var evaluations = 0
  private(set) var objectiveCalls = 0
  private(set) var constraintCalls = 0
  /// Why no further point is evaluated; `nil` while the search may go on.
  var stop: MinimizationStatus?
  private(set) var best: EvaluatedPoint?
  /// How many values c and h have, once they were asked for.
  private(set) var inequalityCount = 0
  private(set) var equalityCount = 0
  /// sⱼ: what a violation counts in.
  private(set) var scales: [Double] = []
  /// Points of a discrete box; `nil` where a variable is real.
  private var known: [[Double]: EvaluatedPoint]?

  init(_ problem: MinimizationProblem<Failure>, _ rule: StoppingRule, tolerance: Double) {
    self.problem = problem
    self.rule = rule
    self.tolerance = tolerance
    known = problem.variables.allSatisfy { $0.isDiscrete || $0.lower == $0.upper } ? [:] : nil
    check()
  }

  /// Evaluates a point: the constraints, and f where they hold or `always`; `nil` once the search has to stop.
  func evaluate(_ point: [Double], always: Bool) throws(Failure) -> EvaluatedPoint? {
    check()
    guard stop == nil else { return nil }
    if var found = known?[point] {
      found.score = score(found)
      return found
    }
    evaluations += 1
    var constraints: [Double] = []
    if problem.inequalities != nil || problem.equalities != nil {
      constraintCalls += 1
      let inequalities = try problem.inequalities?(point) ?? []
      let equalities = try problem.equalities?(point) ?? []
      if evaluations == 1 {
        inequalityCount = inequalities.count
        equalityCount = equalities.count
        scales = Array(repeating: 1, count: inequalityCount + equalityCount)
      }
      guard inequalities.count == inequalityCount, equalities.count == equalityCount else {
        stop = .invalid(
          .constraintCount(found: inequalities.count + equalities.count, expected: inequalityCount + equalityCount))
        return nil
      }
      constraints = inequalities + equalities
    }
    let violation = violation(constraints)
    var found = EvaluatedPoint(
      point: point, objective: nil, constraints: constraints, score: Score(objective: .infinity, violation: violation))
    if violation <= 0 || always {
      objectiveCalls += 1
      let value = try problem.objective(point)
      found.objective = value
      found.score = score(value, constraints)
    }
    if best.map({ found.score < $0.score }) ?? true { best = found }
    known?[point] = found
    return found
  }

  /// Asks budget, caller and clock.
  func check() {
    guard stop == nil else { return }
    switch rule.reason(evaluations: evaluations) {
    case nil: break
    case .timeLimit: stop = .timeLimit
    case .interrupted: stop = .interrupted
    default: stop = .budget
    }
  }

  /// How far one value is from what it may be; 0 within the tolerance.
  private func excess(_ index: Int, _ value: Double) -> Double {
    guard value.isFinite else { return .infinity }
    let size = index < inequalityCount ? value : abs(value)
    return size <= tolerance ? 0 : size
  }

  private func violation(_ constraints: [Double]) -> Double {
    var sum = 0.0
    for (index, value) in constraints.enumerated() { sum += excess(index, value) / scales[index] }
    return sum
  }

  private func score(_ objective: Double, _ constraints: [Double]) -> Score {
    // Minus infinity is no objective to be compared with others either.
    Score(objective: objective.isFinite ? objective : .nan, violation: violation(constraints))
  }

  /// The score as of now.
  func score(_ found: EvaluatedPoint) -> Score {
    guard let objective = found.objective else {
      return Score(objective: .infinity, violation: violation(found.constraints))
    }
    return score(objective, found.constraints)
  }

  /// f with the inequalities alone: where a point stands for those who will meet the equalities later.
  func scoreWithoutEqualities(_ found: EvaluatedPoint) -> Score {
    guard let objective = found.objective else { return found.score }
    return score(objective, Array(found.constraints.prefix(inequalityCount)))
  }

  /// Measures every constraint by its largest violation among points, so that constraints in large units do not drown
  /// the others.
  func scale(by points: [EvaluatedPoint]) {
    for index in scales.indices {
      let largest = points.reduce(0) { largest, found in
        let excess = excess(index, found.constraints[index])
        return excess.isFinite ? max(largest, excess) : largest
      }
      scales[index] = largest > 0 ? largest : 1
    }
    if var known = best {
      known.score = score(known)
      best = known
    }
  }

  /// A point as it is reported.
  func minimum(_ found: EvaluatedPoint) -> LocalMinimum {
    var largest = 0.0
    for (index, value) in found.constraints.enumerated() { largest = max(largest, excess(index, value)) }
    return LocalMinimum(
      point: found.point, objective: found.objective ?? .nan, violation: score(found).violation,
      largestViolation: largest)
  }
}
