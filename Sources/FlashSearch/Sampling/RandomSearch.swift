/// Uniform random points of the box, no canonical point twice: the baseline of every other strategy.
///
/// Requirements: none.
public struct RandomSearch: SamplingStrategy {
  public static let name = "random"

  public var seed: UInt64 = 0

  public init() {}

  /// - Complexity: O(budget) draws.
  public func run<Problem: ScreenedProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport {
    var session = SampledSession(problem, rule, seed: seed, stream: 0x2A)
    while session.isRunning { _ = session.score(session.randomPoint()) }
    return session.report(Self.name)
  }
}

/// Uniform random points of those that keep the bounds which cost nothing to check: what any speed-up has to be quoted
/// beside, where costs are analytic and accuracy is trained.
///
/// Requirements: such points are no rarer than one in a hundred thousand.
public struct FeasibleRandomSearch: SamplingStrategy {
  public static let name = "random-feasible"

  public var seed: UInt64 = 0

  public init() {}

  /// - Complexity: O(budget / share of such points) draws.
  public func run<Problem: ScreenedProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport {
    var session = SampledSession(problem, rule, seed: seed, stream: 0x2B)
    while session.isRunning {
      let point = session.randomPoint()
      if problem.isWorthScoring(point) { _ = session.score(point) } else { session.reject() }
    }
    return session.report(Self.name)
  }
}

extension SampledSession {
  /// A point that was not worth its score. So that an empty problem ends, many in a row end the search.
  mutating func reject() {
    rejections += 1
    if rejections % 512 == 0 { session.check() }
  }
}
