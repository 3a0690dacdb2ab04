import FlashNumerics
import Testing

@testable import FlashSearch

/// Strategies that draw points.
@Suite("Strategies that draw points")
struct SamplingTests {
  /// A separable problem with a known optimum: Σ weight · (x − best)², some points infeasible.
  private struct Bowl: ScreenedProblem {
    let variables: [IntegerVariable]
    let best: [Int]
    /// Points whose coordinates sum to more are infeasible.
    let most: Int

    init(dimension: Int, values: Int, seed: UInt64, most: Int = .max) {
      var random = SplitMix64(seed: seed)
      variables = (0..<dimension).map { IntegerVariable(name: "x\($0)", lower: 0, upper: values - 1, step: 1) }
      best = (0..<dimension).map { _ in random.below(values) }
      self.most = most
    }

    func score(_ point: [Int]) -> Score {
      let objective = zip(point, best).enumerated().reduce(0.0) { sum, entry in
        let distance = Double(entry.element.0 - entry.element.1)
        return sum + Double(entry.offset + 1) * distance * distance
      }
      return Score(objective: objective, violation: Double(max(0, point.reduce(0, +) - most)))
    }

    func canonical(_ point: [Int]) -> [Int] { point }
    func isWorthScoring(_ point: [Int]) -> Bool { point.reduce(0, +) <= most }
  }

  private static let names = Strategy.samplers.map { type(of: $0).name }

  private static func run(
    _ name: String, _ problem: some ScreenedProblem, budget: Int, seed: UInt64 = 0
  ) -> SearchReport {
    let strategy = Strategy.samplers.first { type(of: $0).name == name } ?? RandomSearch()
    return strategy.seeded(seed).run(problem, stopping: StoppingRule(maximumEvaluations: budget))
  }

  @Test("the budget counts the points scored, and none is scored twice", arguments: names)
  func budget(name: String) {
    for budget in [1, 7, 200] {
      let problem = CountedProblem(Bowl(dimension: 4, values: 9, seed: 1))
      let report = Self.run(name, problem, budget: budget)
      #expect(report.strategy == name)
      // A policy that is sure of itself draws nothing new, a descent ends at the smallest point.
      let mayEnd = [Reinforce.name, SingleCoordinateDescent.name, MultiCoordinateDescent.name].contains(name)
      let hasEnded = mayEnd && report.termination == .converged
      #expect(report.termination == .budget || hasEnded)
      #expect(hasEnded ? report.evaluations < budget : report.evaluations == budget)
      #expect(problem.points.count == report.evaluations)
      #expect(Set(problem.points).count == report.evaluations)
      #expect(problem.points.contains(report.point))
      #expect(report.score == problem.points.map(problem.problem.score).min())
    }
    #expect(Self.run(name, Bowl(dimension: 2, values: 3, seed: 1), budget: 0).score == .none)
  }

  @Test(
    "a small box is exhausted, and its best point found",
    arguments: names.filter { ![SingleCoordinateDescent.name, MultiCoordinateDescent.name].contains($0) })
  func exhausted(name: String) {
    let problem = Bowl(dimension: 3, values: 3, seed: 2)
    let report = Self.run(name, problem, budget: 10_000)
    #expect(report.termination == .converged)
    #expect(report.point == problem.best)
    #expect(report.score.objective == 0)
  }

  @Test("the same seed gives the same report, another seed other points", arguments: names)
  func seeds(name: String) {
    let problem = Bowl(dimension: 6, values: 20, seed: 3)
    let (first, again) = (Self.run(name, problem, budget: 100), Self.run(name, problem, budget: 100))
    #expect(first.point == again.point)
    #expect(first.improvements == again.improvements)
    // Nothing is random in a descent along single variables.
    let isRandom = name != SingleCoordinateDescent.name
    #expect(
      (1...5).contains { Self.run(name, problem, budget: 100, seed: $0).improvements != first.improvements } == isRandom
    )
  }

  @Test("improvements rise in points scored and fall in score, down to the best", arguments: names)
  func improvements(name: String) {
    let report = Self.run(name, Bowl(dimension: 6, values: 20, seed: 4, most: 40), budget: 500)
    #expect(report.improvements.last?.score == report.score)
    for (one, next) in zip(report.improvements, report.improvements.dropFirst()) {
      #expect(one.evaluations < next.evaluations)
      #expect(next.score < one.score)
    }
  }

  @Test("screened points all keep what is free to check; where none does, the search ends")
  func screened() {
    let problem = CountedProblem(Bowl(dimension: 5, values: 10, seed: 5, most: 12))
    let report = Self.run(FeasibleRandomSearch.name, problem, budget: 100)
    #expect(report.evaluations == 100)
    #expect(problem.points.allSatisfy { $0.reduce(0, +) <= 12 })
    let none = Self.run(FeasibleRandomSearch.name, Bowl(dimension: 5, values: 10, seed: 5, most: -1), budget: 100)
    #expect(none.evaluations == 0)
    #expect(none.termination == .converged)
    #expect(!none.score.isFeasible)
  }

  @Test(
    "on a separable problem a strategy that learns beats random points on most of 20 seeds",
    arguments: [RegularizedEvolution.name, Reinforce.name, ProgressiveSearch.name, MultiAgentSearch.name])
  func learns(name: String) {
    let problem = Bowl(dimension: 8, values: 6, seed: 6)
    let wins = (0..<20).count { seed in
      Self.run(name, problem, budget: 3000, seed: UInt64(seed)).score
        < Self.run(RandomSearch.name, problem, budget: 3000, seed: UInt64(seed)).score
    }
    #expect(wins >= 15, "\(wins)")
  }

  @Test("a policy moves along the gradients of log p and of the entropy, as differences of both say")
  func gradients() {
    var policy = SoftmaxPolicy(count: 4)
    policy.learn(2, 0.7, 0)
    policy.learn(0, -0.3, 0)
    func entropy(_ policy: SoftmaxPolicy) -> Double {
      -policy.probabilities.reduce(0) { $0 + $1 * Elementary.log($1) }
    }
    for (advantage, bonus) in [(1e-6, 0.0), (0, 1e-6)] {
      var moved = policy
      moved.learn(1, advantage, bonus)
      let steps = zip(moved.logits, policy.logits).map { $0 - $1 }
      let squares = steps.reduce(0) { $0 + $1 * $1 }
      let gain =
        advantage > 0
        ? Elementary.log(moved.probabilities[1]) - Elementary.log(policy.probabilities[1])
        : entropy(moved) - entropy(policy)
      // A step s = ε∇ gains ∇·s = |s|² / ε.
      #expect(abs(gain - squares / 1e-6) < 1e-4 * abs(gain))
    }
    #expect(abs(policy.probabilities.reduce(0, +) - 1) < 1e-12)
  }

  @Test("EXP3's regret grows slower than T^0.75, that of uniform draws as T, beyond EXP3's bound")
  func regret() {
    let means = [0.2, 0.5, 0.55, 0.6, 0.7]
    let horizon = 40_000
    var random = SplitMix64(seed: 7)
    var agent = EXP3(actions: means.count)
    var regrets = (agent: [Double](), uniform: [Double]())
    var sums = (agent: 0.0, uniform: 0.0)
    for _ in 0..<horizon {
      let draw = agent.draw(random.unit())
      agent.learn(draw, loss: random.unit() < means[draw.action] ? 1 : 0)
      sums.agent += means[draw.action] - 0.2
      sums.uniform += means[random.below(means.count)] - 0.2
      regrets.agent.append(sums.agent)
      regrets.uniform.append(sums.uniform)
    }
    /// The slope of log regret over log T by least squares over the last nine tenths.
    func slope(_ regret: [Double]) -> Double {
      let points = stride(from: horizon / 10, to: horizon, by: 100).map {
        (Elementary.log(Double($0 + 1)), Elementary.log(regret[$0]))
      }
      let (x, y) = (Statistics.mean(points.map(\.0)), Statistics.mean(points.map(\.1)))
      return points.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) } / points.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
    }
    #expect(slope(regrets.agent) < 0.75, "\(slope(regrets.agent))")
    #expect(abs(slope(regrets.uniform) - 1) < 0.02)
    let count = Double(means.count)
    let bound = 2 * (Double(horizon) * count * Elementary.log(count)).squareRoot()
    #expect(sums.agent < bound)
    #expect(sums.uniform > bound)
  }

  @Test("a loss is the share of earlier scores that are better")
  func rankLoss() {
    var ranks = RankLoss()
    func loss(_ objective: Double, _ violation: Double = 0) -> Double {
      ranks.loss(of: Score(objective: objective, violation: violation))
    }
    #expect(loss(5) == 0.5)
    #expect(loss(4) == 0)
    #expect(loss(6) == 1)
    #expect(loss(0, 1) == 1)
    #expect(loss(5.5) == 0.5)
    #expect(loss(.infinity) == 0.8)
  }
}
