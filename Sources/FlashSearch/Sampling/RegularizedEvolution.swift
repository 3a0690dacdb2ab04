internal import FlashNumerics

/// Regularised evolution: the oldest of the population dies, whatever its score.
///
/// A random population of `population` points; then again and again the best of `tournament` random members has a child
/// with one variable at another value, which joins the population as its oldest member leaves.
///
/// Requirements: none. Deviations from the paper: one mutation of one variable, for there are no cells with operations;
/// infeasible points are ordered by their violation; a child that is known already is not scored again and costs nothing.
///
/// Source: Real, Aggarwal, Huang, Le, "Regularized Evolution for Image Classifier Architecture Search", AAAI 2019.
public struct RegularizedEvolution: SamplingStrategy {
  public static let name = "evolution"

  public var population = 50
  public var tournament = 10
  public var seed: UInt64 = 0

  public init() {}

  /// - Complexity: O(budget · tournament).
  public func run<Problem: ScreenedProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport {
    var session = SampledSession(problem, rule, seed: seed, stream: 0xE0)
    var members: [Candidate] = []
    var oldest = 0
    while session.isRunning {
      guard members.count == population else {
        let point = session.randomPoint()
        members.append(Candidate(point: point, score: session.score(point)))
        continue
      }
      var parent = members[session.random.below(population)]
      for _ in 1..<tournament {
        let rival = members[session.random.below(population)]
        if rival < parent { parent = rival }
      }
      let child = session.mutated(parent.point)
      members[oldest] = Candidate(point: child, score: session.score(child))
      oldest = (oldest + 1) % population
    }
    return session.report(Self.name)
  }
}
