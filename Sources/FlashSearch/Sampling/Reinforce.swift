internal import FlashNumerics

/// REINFORCE: a softmax policy for every variable, with a moving baseline and an entropy bonus.
///
/// Each variable has a logit per value, 0 at first. A point is drawn variable by variable; the reward is 1 − `RankLoss`;
/// logits move by rate · ((reward − baseline) · ∇ log p + bonus · ∇ H), the baseline towards the reward.
///
/// Requirements: variables of few values, since each is learnt by itself. Deviations from the paper: no recurrent
/// controller, rewards by rank among all points scored, a point that is known already is learnt from again and costs
/// nothing.
///
/// Source: Williams, Machine Learning 8, 1992; Zoph, Le, "Neural Architecture Search with Reinforcement Learning", ICLR
/// 2017.
public struct Reinforce: SamplingStrategy {
  public static let name = "reinforce"

  public var rate = 0.5
  public var baselineRate = 0.05
  public var entropyBonus = 0.01
  public var seed: UInt64 = 0

  public init() {}

  /// - Complexity: O(Σ values) per point.
  public func run<Problem: ScreenedProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport {
    var session = SampledSession(problem, rule, seed: seed, stream: 0x4F)
    var policies = session.variables.map { SoftmaxPolicy(count: $0.count) }
    var ranks = RankLoss()
    var baseline = 0.5
    while session.isRunning {
      let actions = policies.map { $0.draw(session.random.unit()) }
      let reward = 1 - ranks.loss(of: session.score(session.point(at: actions)))
      for index in policies.indices {
        policies[index].learn(actions[index], rate * (reward - baseline), rate * entropyBonus)
      }
      baseline += baselineRate * (reward - baseline)
    }
    return session.report(Self.name)
  }
}

/// Probabilities of actions by a softmax of logits.
struct SoftmaxPolicy {
  private(set) var logits: [Double]

  init(count: Int) { logits = Array(repeating: 0, count: count) }

  var probabilities: [Double] {
    let most = logits.max() ?? 0
    let weights = logits.map { Elementary.exp($0 - most) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// The action whose interval of the unit interval holds a number.
  func draw(_ unit: Double) -> Int { Self.draw(unit, probabilities) }

  static func draw(_ unit: Double, _ probabilities: [Double]) -> Int {
    var rest = unit
    for (action, probability) in probabilities.enumerated() {
      rest -= probability
      if rest < 0 { return action }
    }
    return probabilities.count - 1
  }

  /// Moves along the gradients of the log probability of an action, and of the entropy.
  mutating func learn(_ action: Int, _ advantage: Double, _ bonus: Double) {
    let probabilities = probabilities
    let entropy = -probabilities.reduce(0) { $0 + ($1 > 0 ? $1 * Elementary.log($1) : 0) }
    for index in logits.indices {
      let probability = probabilities[index]
      let surprise = probability > 0 ? -Elementary.log(probability) : 0
      logits[index] +=
        advantage * ((index == action ? 1 : 0) - probability) + bonus * probability * (surprise - entropy)
    }
  }
}
