import FlashNumerics
import Testing

@testable import FlashSearch

/// When a hierarchical search stops, and what it then reports.
@Suite("Stopping")
struct StoppingTests {
  /// A function with many local minima and some infeasible points.
  static func problem(_ dimension: Int) -> FunctionProblem {
    FunctionProblem((0..<dimension).map { variable(0, 30 + $0) }) { point in
      let sum = point.enumerated().reduce(0) { $0 + ($1.0 + 1) * ($1.1 - 11) * ($1.1 - 11) }
      let bumps = point.reduce(0) { $0 + ($1 % 4 == 3 ? 0 : 25) }
      return Score(objective: Double(sum + bumps), violation: Double(max(0, 40 - point.reduce(0, +))))
    }
  }

  private func run(_ problem: FunctionProblem, seed: UInt64 = 0, _ rule: StoppingRule = StoppingRule()) -> SearchReport
  {
    var search = HierarchicalSHGO()
    search.seed = seed
    return search.run(problem, stopping: rule)
  }

  @Test("a budget is used up exactly, the evaluations are those asked for, and the best of them is reported")
  func budget() {
    let whole = run(Self.problem(4)).evaluations
    #expect(whole > 600)
    for budget in Array(1...600) + [whole - 1] {
      let problem = Self.problem(4)
      let report = run(problem, StoppingRule(maximumEvaluations: budget))
      #expect(report.evaluations == budget)
      #expect(problem.calls == budget)
      #expect(report.termination == .budget)
      #expect(report.score == problem.leastScore, "\(budget)")
    }
  }

  @Test("a budget above what the search needs changes nothing")
  func ampleBudget() {
    let whole = run(Self.problem(4))
    let problem = Self.problem(4)
    let report = run(problem, StoppingRule(maximumEvaluations: whole.evaluations + 1))
    #expect(report.termination == .converged)
    #expect(report.evaluations == whole.evaluations)
    #expect(problem.calls == whole.evaluations)
    #expect(report.point == whole.point)
  }

  @Test("without a budget nothing is scored", arguments: [0, -5])
  func noBudget(budget: Int) {
    let problem = Self.problem(3)
    let report = run(problem, StoppingRule(maximumEvaluations: budget))
    #expect(problem.calls == 0)
    #expect(report.evaluations == 0)
    #expect(report.termination == .budget)
    #expect(report.score == .none)
    #expect(problem.variables.hold(report.point))
  }

  @Test("a deadline in the past lets nothing be scored")
  func deadline() {
    let problem = Self.problem(3)
    let report = run(problem, StoppingRule(deadline: ContinuousClock.now - .seconds(1)))
    #expect(problem.calls == 0)
    #expect(report.termination == .timeLimit)
    #expect(!report.score.isFeasible)
  }

  @Test("a deadline far away changes nothing")
  func farDeadline() {
    let report = run(Self.problem(3), StoppingRule(deadline: ContinuousClock.now + .seconds(86_400)))
    #expect(report.termination == .converged)
    #expect(report.evaluations == run(Self.problem(3)).evaluations)
  }

  @Test("an interruption ends the search within 512 further evaluations, with the best so far")
  func interruption() {
    let problem = Self.problem(6)
    #expect(run(Self.problem(6)).evaluations > 3000)
    let report = run(problem, StoppingRule(isInterrupted: { problem.calls >= 1000 }))
    #expect(report.termination == .interrupted)
    #expect(1000...1512 ~= report.evaluations)
    #expect(report.evaluations == problem.calls)
    #expect(report.score == problem.leastScore)
  }

  @Test("the levels' evaluations sum to the total, their lattices get finer and their best never worse")
  func levels() {
    for budget in [10, 300, 1000, Int.max] {
      let report = run(Self.problem(4), StoppingRule(maximumEvaluations: budget))
      #expect(report.levels.reduce(0) { $0 + $1.evaluations } == report.evaluations)
      for (coarse, fine) in zip(report.levels, report.levels.dropFirst()) {
        #expect(zip(coarse.steps, fine.steps).allSatisfy { $0 >= $1 })
        #expect(!(coarse.best < fine.best))
        #expect(coarse.minima <= fine.minima)
      }
      #expect(report.levels.last?.best == report.score)
    }
    let report = run(Self.problem(4))
    #expect(report.levels.first?.steps == [15, 16, 16, 17])
    #expect(report.levels.last?.steps == [1, 1, 1, 1])
  }

  @Test("the same seed gives the same report")
  func sameSeed() {
    for seed in [0, 1, 99] as [UInt64] {
      let problems = (Self.problem(5), Self.problem(5))
      let (a, b) = (run(problems.0, seed: seed), run(problems.1, seed: seed))
      #expect(a.point == b.point)
      #expect(a.score == b.score)
      #expect(a.levels == b.levels)
      #expect(a.evaluations == b.evaluations)
      #expect(problems.0.points == problems.1.points)
    }
  }

  @Test("another seed asks for other points and is allowed to")
  func otherSeed() {
    let problems = (Self.problem(5), Self.problem(5))
    let (a, b) = (run(problems.0, seed: 1), run(problems.1, seed: 2))
    #expect(problems.0.points != problems.1.points)
    #expect(a.score.isFeasible && b.score.isFeasible)
  }
}
