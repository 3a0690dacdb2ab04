/// Counts the points that a search scores, and says when it has to stop.
@usableFromInline
struct EvaluationSession<Problem: IntegerProblem> {
  @usableFromInline let problem: Problem
  @usableFromInline let rule: StoppingRule
  @usableFromInline var evaluations = 0
  /// Why no further point is scored; `nil` while the search may go on.
  @usableFromInline var stop: Termination?
  /// Every score that was better than all before it.
  @usableFromInline var improvements: [Improvement] = []

  @inlinable
  init(_ problem: Problem, _ rule: StoppingRule) {
    self.problem = problem.prepared()
    self.rule = rule
    stop = rule.reason(evaluations: 0)
  }

  /// The score of a point; the worst one once the search has to stop.
  @inlinable
  mutating func score(_ point: [Int]) -> Score {
    guard stop == nil else { return .none }
    evaluations += 1
    let score = problem.score(point)
    if improvements.last.map({ score < $0.score }) ?? true {
      improvements.append(Improvement(evaluations: evaluations, score: score))
    }
    // The clock is asked rarely: reading it costs as much as a score.
    if evaluations % 512 == 0 || evaluations == rule.maximumEvaluations { check() }
    return score
  }

  /// Asks clock, budget and caller.
  @inlinable
  mutating func check() {
    if stop == nil { stop = rule.reason(evaluations: evaluations) }
  }
}

/// A scored point. The order is that of scores; among equals, the lexicographically smaller point comes first.
@usableFromInline
package struct Candidate: Comparable {
  @usableFromInline package var point: [Int]
  @usableFromInline package var score: Score

  @usableFromInline
  package init(point: [Int], score: Score) {
    self.point = point
    self.score = score
  }

  @usableFromInline
  package static func < (a: Candidate, b: Candidate) -> Bool {
    if a.score < b.score { return true }
    // Infeasible scores of one violation are equal in order, whatever their objectives.
    if b.score < a.score { return false }
    return a.point.lexicographicallyPrecedes(b.point)
  }
}
