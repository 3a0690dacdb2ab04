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
  /// The best point so far; the first one of equals.
  @usableFromInline var best: Candidate?

  @inlinable
  init(_ problem: Problem, _ rule: StoppingRule, inBlocks: Bool = false) {
    self.problem = problem.prepared(inBlocks: inBlocks)
    self.rule = rule
    stop = rule.reason(evaluations: 0)
  }

  /// The score of a point; the worst one once the search has to stop.
  @inlinable
  mutating func score(_ point: [Int]) -> Score {
    guard stop == nil else { return .none }
    evaluations += 1
    let score = problem.score(point)
    if best.map({ score < $0.score }) ?? true { improve(point, score, evaluations) }
    // The clock is asked rarely: reading it costs as much as a score.
    if evaluations % 512 == 0 || evaluations == rule.maximumEvaluations { check() }
    return score
  }

  /// Scores the points of a block, or as many as the search may, which is its count then.
  ///
  /// - Returns: the last one that was better than all before it.
  @inlinable
  mutating func score(_ block: PointBlock) -> Int? {
    block.truncate(to: stop == nil ? rule.maximumEvaluations - evaluations : 0)
    guard block.count > 0 else { return nil }
    problem.score(block)
    var better: Int?
    for index in 0..<block.count where best.map({ block.score(index) < $0.score }) ?? true {
      // By itself: a block's score may be a little off.
      let point = block.point(index)
      let score = problem.score(point)
      guard best.map({ score < $0.score }) ?? true else { continue }
      improve(point, score, evaluations + index + 1)
      better = index
    }
    let isTime = evaluations / 512 != (evaluations + block.count) / 512
    evaluations += block.count
    if isTime || evaluations == rule.maximumEvaluations { check() }
    return better
  }

  @inlinable
  mutating func improve(_ point: [Int], _ score: Score, _ evaluations: Int) {
    best = Candidate(point: point, score: score)
    improvements.append(Improvement(evaluations: evaluations, score: score))
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
