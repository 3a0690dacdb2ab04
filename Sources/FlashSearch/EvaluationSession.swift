/// Counts the points that a search scores, and says when it has to stop.
struct EvaluationSession<Problem: IntegerProblem> {
  let problem: Problem
  private let rule: StoppingRule
  private(set) var evaluations = 0
  /// Why no further point is scored; `nil` while the search may go on.
  private(set) var stop: Termination?

  init(_ problem: Problem, _ rule: StoppingRule) {
    self.problem = problem
    self.rule = rule
    stop = rule.reason(evaluations: 0)
  }

  /// The score of a point; the worst one once the search has to stop.
  mutating func score(_ point: [Int]) -> Score {
    guard stop == nil else { return .none }
    evaluations += 1
    // The clock is asked rarely: reading it costs as much as a score.
    if evaluations % 512 == 0 { check() }
    return problem.score(point)
  }

  /// Asks clock, budget and caller.
  mutating func check() {
    if stop == nil { stop = rule.reason(evaluations: evaluations) }
  }
}

/// A scored point. The order is that of scores; among equals, the lexicographically smaller point comes first.
struct Candidate: Comparable {
  var point: [Int]
  var score: Score

  static func < (a: Candidate, b: Candidate) -> Bool {
    if a.score != b.score { return a.score < b.score }
    return a.point.lexicographicallyPrecedes(b.point)
  }
}
