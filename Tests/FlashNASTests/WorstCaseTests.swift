import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// One network for several targets.
@Suite("Worst case over targets")
struct WorstCaseTests {
  /// Three targets that disagree about what is good.
  static func problem(
    _ space: SearchSpace, _ objective: String = "accuracy/(latency*energy*area)",
    _ direction: Objective.Direction = .maximize, _ bounds: [Bound] = []
  ) throws -> WorstCase {
    let arrays = [
      try TestModels.array(), try TestModels.array(rows: 8, columns: 64, dataflow: .outputStationary),
      try TestModels.array(rows: 16, columns: 16, dataflow: .inputStationary, inputMemory: 4096),
    ]
    let models = try arrays.map {
      try PerformanceModel(predictor: TestModels.predictor, costs: .simulated(.systolic($0)))
    }
    return WorstCase(
      try (models + [TestModels.fitted()]).map {
        try DesignProblem(
          space: space, model: $0, objective: TestModels.objective(objective, direction), bounds: bounds)
      })
  }

  private static func bounds(_ values: DesignValues) -> [Bound] {
    [
      Bound(quantity: .area, relation: .atMost, limit: 1.4 * values[.area]),
      Bound(quantity: .latency, relation: .atMost, limit: 2 * values[.latency]),
      Bound(quantity: .accuracy, relation: .atLeast, limit: values[.accuracy] - 0.01),
    ]
  }

  @Test("a point is worth what it is worth on its worst target, and breaks a bound where one target does")
  func scores() throws {
    let space = try SearchSpace.named("dense3-fashion")
    var random = SplitMix64(seed: 21)
    let middle = try Self.problem(space)
    let problem = try Self.problem(
      space, "accuracy/latency", .maximize, Self.bounds(middle.targets[0].values(space.randomPoint(&random))))
    var feasible = 0
    for _ in 0..<500 {
      let point = space.randomPoint(&random)
      let score = problem.score(point)
      let scores = problem.targets.map { $0.score(point) }
      #expect(score.objective == scores.map(\.objective).max())
      #expect(score.violation == scores.map(\.violation).max())
      #expect(score.isFeasible == scores.allSatisfy(\.isFeasible))
      #expect(score.isFeasible == problem.violations(point).allSatisfy { $0 == 0 })
      for (bound, violation) in zip(problem.targets[0].bounds, problem.violations(point)) {
        #expect(bound.violation(problem.value(of: bound, at: point)) == violation)
      }
      feasible += score.isFeasible ? 1 : 0
    }
    #expect(1..<500 ~= feasible)
  }

  @Test("no point of a sub-box beats its bound")
  func bound() throws {
    let space = try SearchSpace.named("dense3-fashion")
    var random = SplitMix64(seed: 22)
    let values = try Self.problem(space).targets[0].values(space.randomPoint(&random))
    let problem = try Self.problem(space, "accuracy/(latency*area)", .maximize, Self.bounds(values))
    #expect(problem.isBounded)
    for _ in 0..<1000 {
      let (lower, upper, point) = CodesignTests.draw(problem.variables, &random)
      let (bound, score) = (problem.bound(lower: lower, upper: upper), problem.score(point))
      #expect(bound.violation <= score.violation)
      #expect(bound.violation > 0 || bound.objective <= score.objective)
    }
  }

  @Test("the proved optimum equals brute force over networks and targets", arguments: 0..<6)
  func bruteForce(seed: UInt64) throws {
    var random = SplitMix64(seed: seed, stream: 0x7A)
    let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 2000, &random)
    let values = try Self.problem(space).targets[0].values(space.randomPoint(&random))
    let objectives: [(String, Objective.Direction)] = [
      ("accuracy/(latency*energy*area)", .maximize), ("latency", .minimize), ("accuracy - power/10", .maximize),
    ]
    let (text, direction) = objectives[Int(seed % 3)]
    let problem = try Self.problem(space, text, direction, Self.bounds(values))
    var best: (point: [Int], score: Score) = ([], .none)
    space.forEachPoint { point in
      let canonical = problem.canonical(point)
      let score = problem.score(canonical)
      if best.point.isEmpty || score < best.score
        || score == best.score && canonical.lexicographicallyPrecedes(best.point)
      {
        best = (canonical, score)
      }
    }
    let report = BranchAndBound().run(problem, stopping: StoppingRule())
    if best.score.isFeasible {
      #expect(report.certificate.status == .optimal)
      #expect(report.score == best.score)
      #expect(report.point == best.point)
    } else {
      #expect(report.certificate.status == .infeasible)
    }
  }

  @Test("one target alone is that target's own problem")
  func single() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let own = try Self.problem(space).targets[0]
    let problem = WorstCase([own])
    var random = SplitMix64(seed: 23)
    for _ in 0..<50 {
      let point = space.randomPoint(&random)
      #expect(problem.score(point) == own.score(point))
      #expect(problem.isBinding(at: point) == own.isBinding(at: point))
    }
  }

  @Test("the best that a bound's quantity can be is that of the target where it is worst")
  func bestPossible() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let problem = try Self.problem(space)
    let bound = Bound(quantity: .latency, relation: .atMost, limit: 0)
    let lower = space.variables.map(\.lower)
    #expect(problem.bestPossible(bound) == problem.targets.map { $0.values(lower)[.latency] }.max())
    #expect(problem.bestPossible(Bound(quantity: .power, relation: .atMost, limit: 0)) == nil)
  }
}
