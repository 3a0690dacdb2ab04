import FlashNAS
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashQueries

/// What holds of every strategy of the catalogue.
@Suite("Every strategy of the catalogue") struct StrategyTests {
  private static let names = Strategy.catalogue.map(\.name)

  private static func run(
    _ name: String, _ problem: DesignProblem, seed: UInt64 = 0, _ rule: StoppingRule = StoppingRule()
  ) -> SearchReport {
    DesignSolver(seed: seed, rule: rule).run(name, on: WorstCase([problem])).report
  }

  private static func problem(
    _ space: SearchSpace,
    _ bounds: [(Quantity, Bound.Relation, Double)] = [(.accuracy, .atLeast, 0.862), (.area, .atMost, 1.42)]
  ) throws -> DesignProblem {
    try DesignProblem(
      space: space, model: TestModels.simulated(), objective: TestModels.objective(),
      bounds: bounds.map { Bound(quantity: $0.0, relation: $0.1, limit: $0.2) })
  }

  @Test(
    "the report is of a canonical point with its own score, within the budget, and the same again", arguments: names)
  func reports(name: String) throws {
    let problem = try Self.problem(.named("dense3-fashion"))
    for budget in [1, 30, 700] {
      let rule = StoppingRule(maximumEvaluations: budget)
      let report = Self.run(name, problem, seed: 3, rule)
      #expect(report.strategy == name)
      #expect(report.point == problem.canonical(report.point))
      #expect(report.score == problem.score(report.point))
      #expect(report.evaluations <= budget)
      if report.termination == .budget { #expect(report.evaluations == budget) }
      #expect(report.improvements.last?.score == report.score)
      for (one, next) in zip(report.improvements, report.improvements.dropFirst()) {
        #expect(one.evaluations < next.evaluations && next.score < one.score)
      }
      let again = Self.run(name, problem, seed: 3, rule)
      #expect(again.point == report.point && again.evaluations == report.evaluations)
      #expect(again.improvements == report.improvements && again.termination == report.termination)
    }
  }

  @Test("a box of some dozens of networks is searched to its enumerated optimum", arguments: names)
  func enumerated(name: String) throws {
    let space = try SearchSpace.named("dense3-fashion")
    for seed in 0..<4 {
      var random = SplitMix64(seed: UInt64(seed), stream: 91)
      let problem = try Self.problem(space.randomBox(atLeast: 50, &random), [])
      var best = Score.none
      problem.space.forEachPoint { best = min(best, problem.score($0)) }
      #expect(Self.run(name, problem).score == best)
    }
  }

  @Test("bounds that exclude each other are never met", arguments: names)
  func contradictory(name: String) throws {
    let problem = try Self.problem(.named("dense3-fashion"), [(.area, .atMost, 1), (.area, .atLeast, 2)])
    let report = Self.run(name, problem, StoppingRule(maximumEvaluations: 3000))
    #expect(!report.score.isFeasible)
    // Where nothing is worth scoring, nothing is scored.
    #expect(report.evaluations == 0 || report.score == problem.score(report.point))
    #expect(report.evaluations <= 3000)
  }

  @Test("a search that may not begin evaluates next to nothing", arguments: names)
  func stopped(name: String) throws {
    let problem = try Self.problem(.named("dense3-fashion"))
    let late = Self.run(name, problem, StoppingRule(deadline: ContinuousClock.now))
    #expect(late.termination == .timeLimit && late.evaluations <= 1)
    let interrupted = Self.run(name, problem, StoppingRule(isInterrupted: { true }))
    #expect(interrupted.termination == .interrupted && interrupted.evaluations <= 1)
    #expect(Self.run(name, problem, StoppingRule(maximumEvaluations: 0)).evaluations == 0)
  }
}
