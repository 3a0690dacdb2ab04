internal import FlashNumerics

/// MANAS: one agent a variable, all told the same loss, each an EXP3 bandit over its values.
///
/// Requirements: variables of few values. Deviations from the paper: agents choose values of variables, not operations of
/// edges; the loss is `RankLoss`, whose scale is that of what was found so far; a point that is known already is learnt
/// from again and costs nothing.
///
/// Source: Lopes, Carlucci, Esperança, Singh, Gabillon, Yang, Xu, Chen, Wang, "MANAS: Multi-Agent Neural Architecture
/// Search", arXiv 1909.01051.
public struct MultiAgentSearch: SamplingStrategy {
  public static let name = "manas"

  public var seed: UInt64 = 0

  public init() {}

  /// - Complexity: O(Σ values) per point.
  public func run<Problem: ScreenedProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport {
    var session = SampledSession(problem, rule, seed: seed, stream: 0x3A)
    var agents = session.variables.map { EXP3(actions: $0.count) }
    var ranks = RankLoss()
    while session.isRunning {
      let draws = agents.map { $0.draw(session.random.unit()) }
      let point = session.point(at: draws.map(\.action))
      let loss = ranks.loss(of: session.score(point))
      for index in agents.indices { agents[index].learn(draws[index], loss: loss) }
    }
    return session.report(Self.name)
  }
}

/// An adversarial bandit: p ∝ exp(−η S), and on a loss ℓ of action a: S[a] += ℓ / p[a], with η = √(ln K / (K t)).
///
/// With losses in 0…1 its expected regret against the best fixed action is at most 2 √(T K ln K).
///
/// Source: Auer, Cesa-Bianchi, Freund, Schapire, SIAM J. Computing 32(1), 2002; Bubeck, Cesa-Bianchi, Foundations and
/// Trends in Machine Learning 5(1), 2012, theorem 3.1, for this learning rate.
public struct EXP3: Sendable {
  /// An action with the probability that it was drawn with.
  public struct Draw: Sendable {
    public let action: Int
    public let probability: Double
  }

  private var losses: [Double]
  private var rounds = 1

  /// - Precondition: at least one action.
  public init(actions: Int) {
    precondition(actions > 0, "an agent has something to choose")
    losses = Array(repeating: 0, count: actions)
  }

  public var probabilities: [Double] {
    let count = Double(losses.count)
    let rate = (Elementary.log(count) / (count * Double(rounds))).squareRoot()
    let least = losses.min() ?? 0
    let weights = losses.map { Elementary.exp(-rate * ($0 - least)) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The action whose interval of the unit interval holds a number in 0..<1.
  public func draw(_ unit: Double) -> Draw {
    let probabilities = probabilities
    let action = SoftmaxPolicy.draw(unit, probabilities)
    return Draw(action: action, probability: probabilities[action])
  }

  /// Learns the loss, 0…1, of what was drawn.
  public mutating func learn(_ draw: Draw, loss: Double) {
    losses[draw.action] += loss / draw.probability
    rounds += 1
  }
}
