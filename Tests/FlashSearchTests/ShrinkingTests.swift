import FlashNumerics
import Testing

@testable import FlashSearch

/// Descents from the largest network: `scd` and `mcd`.
@Suite("Descents from the largest network")
struct ShrinkingTests {
  /// Maximise Σ aᵢ√xᵢ with Σ xᵢ within a bound: removing what loses least, unit by unit, is optimal, the sum being concave
  /// (Fox, "Discrete Optimization via Marginal Analysis", Management Science 13(3), 1966).
  private struct Allocation: ScreenedProblem {
    let gains: [Double]
    let most: Int
    var variables: [IntegerVariable] { gains.map { _ in variable(0, 6) } }

    init(seed: UInt64) {
      var random = SplitMix64(seed: seed)
      gains = (0..<4).map { _ in 0.2 + random.unit() }
      most = 4 + random.below(16)
    }

    func quality(_ point: [Int], _ score: Score) -> Double {
      zip(gains, point).reduce(0) { $0 + $1.0 * Double($1.1).squareRoot() }
    }
    func cost(_ point: [Int]) -> Double { Double(point.reduce(0, +) + 1) }
    func score(_ point: [Int]) -> Score {
      Score(objective: -quality(point, .none), violation: Double(max(0, point.reduce(0, +) - most)))
    }
    func canonical(_ point: [Int]) -> [Int] { point }
    func isWorthScoring(_ point: [Int]) -> Bool { point.reduce(0, +) <= most }
  }

  private static func best(_ problem: some ScreenedProblem) -> Score {
    var best = Score.none
    problem.variables.forEachPoint { best = min(best, problem.score($0)) }
    return best
  }

  @Test("where marginal analysis is optimal, single shrinks find the enumerated optimum of 50 problems")
  func singleFindsOptimum() {
    for seed in 0..<50 {
      let problem = CountedProblem(Allocation(seed: UInt64(seed)))
      let report = SingleCoordinateDescent().run(problem, stopping: StoppingRule())
      #expect(abs(report.score.objective - Self.best(problem.problem).objective) < 1e-12, "seed \(seed)")
      #expect(report.termination == .converged)
      // 24 units, each of at most 4 proposals, and the largest network.
      #expect(report.evaluations <= 97)
      #expect(report.evaluations == problem.points.count)
    }
  }

  @Test("shared shrinks find it too on most of 50 problems, with enough samples")
  func sharedFindsOptimum() {
    let found = (0..<50).count { seed in
      let problem = Allocation(seed: UInt64(seed))
      var descent = MultiCoordinateDescent()
      descent.samples = 24
      descent.seed = UInt64(seed)
      let report = descent.run(problem, stopping: StoppingRule(maximumEvaluations: 600))
      return abs(report.score.objective - Self.best(problem).objective) < 1e-12
    }
    #expect(found >= 40, "\(found)")
  }

  @Test("only scored points are judged, the largest first, and none costs more", arguments: ["scd", "mcd"])
  func judgesScored(name: String) throws {
    let problem = CountedProblem(Allocation(seed: 3))
    let strategy = try #require(Strategy.samplers.first { type(of: $0).name == name })
    _ = strategy.run(problem, stopping: StoppingRule(maximumEvaluations: 60))
    #expect(problem.points.first == [6, 6, 6, 6])
    #expect(Set(problem.judged).isSubset(of: problem.points))
    #expect(problem.points.allSatisfy { problem.cost($0) <= problem.cost([6, 6, 6, 6]) })
  }

  @Test(
    "on a fine lattice the schedule's reductions sum to 62.5 %, and only the budget ends them",
    arguments: ["scd", "mcd"])
  func scheduleEnds(name: String) throws {
    let schedule = ReductionSchedule()
    #expect(
      abs((0..<2000).reduce(0) { $0 + schedule.initial * Elementary.pow(schedule.decay, Double($1)) } - 0.625) < 1e-12)
    let values = 1 << 30
    let problem = CountedProblem(Plain([variable(0, values - 1)]) { feasible(-$0[0]) })
    let strategy = try #require(Strategy.samplers.first { type(of: $0).name == name })
    let report = strategy.run(problem, stopping: StoppingRule(maximumEvaluations: 400))
    #expect(report.termination == .budget)
    let least = try #require(problem.points.map(problem.cost).min())
    #expect(least > 0.3749 && least < 0.3751, "\(least)")
    // The first reduction is R₀.
    #expect(abs(problem.cost(problem.points[1]) - 0.975) < 1e-6)
  }

  @Test("on a coarse lattice steps overshoot, and a descent ends at the smallest network", arguments: ["scd", "mcd"])
  func overshoot(name: String) throws {
    let problem = CountedProblem(Plain(Array(repeating: variable(0, 3), count: 3)) { feasible(-$0.reduce(0, +)) })
    let strategy = try #require(Strategy.samplers.first { type(of: $0).name == name })
    let report = strategy.run(problem, stopping: StoppingRule())
    #expect(report.termination == .converged)
    #expect(problem.points.contains([0, 0, 0]))
  }

  @Test("costs that are nothing, or no number, end a descent at the largest network", arguments: ["scd", "mcd"])
  func badCosts(name: String) throws {
    struct Costly: ScreenedProblem {
      let cost: Double
      var variables: [IntegerVariable] { [variable(0, 5), variable(0, 5)] }
      func cost(_ point: [Int]) -> Double { cost }
      func score(_ point: [Int]) -> Score { feasible(point[0]) }
      func canonical(_ point: [Int]) -> [Int] { point }
      func isWorthScoring(_ point: [Int]) -> Bool { true }
    }
    let strategy = try #require(Strategy.samplers.first { type(of: $0).name == name })
    for cost in [0, 1, -Double.infinity, .infinity, .nan] {
      let report = strategy.run(Costly(cost: cost), stopping: StoppingRule())
      #expect(report.evaluations == 1, "\(cost)")
      #expect(report.point == [5, 5])
      #expect(report.termination == .converged)
    }
  }

  /// A layer's filters and the channels that pass by them: cost filters · (filters + bypassed).
  private struct Layer: ScreenedProblem {
    var variables: [IntegerVariable] { [variable(1, 32), variable(0, 32)] }
    var bypasses: [Bypass] { [Bypass(filters: 0, bypassed: 1)] }
    func cost(_ point: [Int]) -> Double { Double(point[0] * (point[0] + point[1]) + 1) }
    func score(_ point: [Int]) -> Score { feasible(3 * point[0] + point[1]) }
    func canonical(_ point: [Int]) -> [Int] { point }
    func isWorthScoring(_ point: [Int]) -> Bool { true }
  }

  @Test("filters that go leave as many channels to pass by, within their range, and only where that is asked for")
  func bypass() {
    let descent = Shrinking(Layer(), StoppingRule(), ReductionSchedule(), seed: 0, stream: 0)
    #expect(descent.hasBypass(0) && !descent.hasBypass(1))
    for target in [0.01, 0.05, 0.1, 0.2] {
      let passed = descent.shrunk([20, 4], 0, to: target, bypassing: true)
      #expect(passed[0] + passed[1] == 24)
      #expect(descent.share(passed) <= target || passed[0] == 1)
      #expect(descent.share([passed[0] + 1, passed[1] - 1]) > target)
      let plain = descent.shrunk([20, 4], 0, to: target)
      #expect(plain[1] == 4 && plain[0] >= passed[0])
    }
    #expect(descent.shrunk([32, 30], 0, to: 0, bypassing: true) == [1, 32])
    var search = MultiCoordinateDescent()
    search.usesBypass = false
    let without = search.run(Layer(), stopping: StoppingRule(maximumEvaluations: 300))
    search.usesBypass = true
    #expect(search.run(Layer(), stopping: StoppingRule(maximumEvaluations: 300)).improvements != without.improvements)
  }
}

/// The best share of a box.
@Suite("The best share of a box")
struct TopShareTests {
  @Test("a small box's share is counted point by point")
  func exact() throws {
    let problem = Plain([variable(0, 99), variable(0, 9)]) { point in
      Score(objective: Double(10 * point[0] + point[1]), violation: point[0] < 2 ? 1 : 0)
    }
    let top = try #require(TopShare(0.01, of: problem, seed: 0))
    #expect(top.isExact)
    #expect(top.points == 1000)
    #expect(top.feasible == 980)
    // The ten best of the feasible ones, which begin with 20.
    #expect(top.threshold == Score(objective: 29, violation: 0))
    let report = RandomSearch().run(problem, stopping: StoppingRule())
    let reached = try #require(top.evaluations(of: report))
    #expect(report.improvements.contains { $0.evaluations == reached && $0.score <= top.threshold })
    #expect(report.improvements.allSatisfy { $0.evaluations >= reached || $0.score > top.threshold })
    #expect(TopShare(0.01, of: problem, seed: 0) { true } == nil)
  }

  @Test("a large box's share is estimated, the same for the same seed")
  func estimated() throws {
    let problem = Plain(Array(repeating: variable(0, 999), count: 3)) { feasible($0[0]) }
    let top = try #require(TopShare(0.1, of: problem, seed: 4))
    #expect(!top.isExact)
    #expect(top.points == 1 << 20)
    // A tenth of uniform values of 0…999, to five standard errors of its rank.
    #expect(abs(top.threshold.objective - 99.5) < 2)
    #expect(TopShare(0.1, of: problem, seed: 4)?.threshold == top.threshold)
  }
}
