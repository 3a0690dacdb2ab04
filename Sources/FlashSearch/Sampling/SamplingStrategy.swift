/// A strategy that draws points until the budget ends, or nothing new is left.
public protocol SamplingStrategy: Sendable {
  static var name: String { get }
  var seed: UInt64 { get set }

  /// The best of the points drawn.
  func run<Problem: ScreenedProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport
}

extension SamplingStrategy {
  /// The same strategy with another seed.
  public func seeded(_ seed: UInt64) -> Self {
    var strategy = self
    strategy.seed = seed
    return strategy
  }
}

extension Strategy {
  /// The strategies that draw points.
  public static let samplers: [any SamplingStrategy] = [
    RandomSearch(), FeasibleRandomSearch(), RegularizedEvolution(), Reinforce(), ProgressiveSearch(),
    SingleCoordinateDescent(), MultiCoordinateDescent(), MultiAgentSearch(),
  ]
}
