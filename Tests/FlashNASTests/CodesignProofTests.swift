import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// The fast proof over networks and chips together: against enumeration, and against `BranchAndBound`.
@Suite("Co-design proofs")
struct CodesignProofTests {
  /// Some of the chips: up to two values of each parameter.
  static func chips(_ hardware: HardwareSpace, _ random: inout SplitMix64) throws -> HardwareBox {
    try HardwareBox(hardware).restricted(
      to: hardware.variables.map { variable in
        let first = random.below(variable.values.count)
        let last = min(variable.values.count - 1, first + random.below(2))
        return .range(variable.name, first...last)
      })
  }

  /// A random question over a small box of networks and chips.
  static func problem(_ random: inout SplitMix64, atLeast least: Int) throws -> DesignProblem {
    let hardware = try CodesignTests.arrays(filterMemory: random.below(3) == 0 ? .buffer(bytes: 4096) : .network)
    let box = try chips(hardware, &random)
    let space = try LagrangianBranchAndBoundTests.box(
      of: LagrangianBranchAndBoundTests.space(&random), atLeast: least, &random)
    let defaults = hardware.variables.map(\.defaultPlace)
    let model = try PerformanceModel(
      predictor: TestModels.predictor, costs: .simulated(hardware.simulator(defaults)))
    let objectives = LagrangianBranchAndBoundTests.objectives
    let (text, direction) = objectives[random.below(objectives.count)]
    let objective = try TestModels.objective(text, direction)
    let free = try DesignProblem(space: space, model: model, objective: objective, bounds: [], hardware: box)
    return try free.with(objective: objective, bounds: bounds(free, &random))
  }

  /// Bounds of random quantities at random points' values, now and then out of reach.
  static func bounds(_ problem: DesignProblem, _ random: inout SplitMix64) -> [Bound] {
    let choices: [(quantity: Quantity, relation: Bound.Relation, odds: Int)] = [
      (.accuracy, .atLeast, 2), (.area, .atMost, 2), (.latency, .atMost, 4), (.energy, .atMost, 5), (.macs, .atMost, 9),
    ]
    var bounds: [Bound] = []
    for choice in choices where random.below(choice.odds) == 0 {
      let value = problem.values(CodesignTests.draw(problem.variables, &random).point)[choice.quantity]
      let factor = random.below(12) == 0 ? (choice.relation == .atLeast ? 1.5 : 0.3) : 1
      bounds.append(Bound(quantity: choice.quantity, relation: choice.relation, limit: factor * value))
    }
    return bounds
  }

  /// The best canonical point of all, the lexicographically least of equal ones, and how many there are of these.
  static func enumerated(_ problem: DesignProblem) -> (point: [Int], score: Score, count: Int) {
    var best: (point: [Int], score: Score, count: Int) = ([], .none, 0)
    func visit(_ point: [Int]) {
      guard point.count < problem.variables.count else {
        guard problem.canonical(point) == point else { return }
        let score = problem.score(point)
        if score < best.score { best = (point, score, 0) }
        if score == best.score { best.count += 1 }
        return
      }
      let variable = problem.variables[point.count]
      for value in stride(from: variable.lower, through: variable.upper, by: variable.step) { visit(point + [value]) }
    }
    visit([])
    return best
  }

  @Test("the fast proof finds the enumerated optimum of 120 random small boxes of networks and chips")
  func enumeration() throws {
    var counts = (taken: 0, infeasible: 0, tied: 0, general: 0)
    for seed in 0..<130 {
      var random = SplitMix64(seed: UInt64(seed), stream: 81)
      let problem = try Self.problem(&random, atLeast: 20 + random.below(120))
      guard let search = LagrangianBranchAndBound(problem) else {
        #expect(LagrangianBranchAndBoundTests.costCount(problem.objective, problem.bounds) > 4, "\(seed)")
        continue
      }
      counts.taken += 1
      let name = "\(seed) \(problem.objective.expression) \(problem.bounds)"
      let report = search.run(stopping: StoppingRule())
      let best = Self.enumerated(problem)
      guard best.score.isFeasible else {
        counts.infeasible += 1
        #expect(report.certificate.status == .infeasible, "\(name)")
        #expect(report.termination == .infeasible, "\(name)")
        continue
      }
      if best.count > 1 { counts.tied += 1 }
      #expect(report.point == best.point, "\(name)")
      #expect(report.score == best.score, "\(name)")
      #expect(report.certificate.status == .optimal, "\(name)")
      #expect(report.certificate.bound == best.score.objective, "\(name)")
      guard seed % 4 == 0 else { continue }
      counts.general += 1
      let other = BranchAndBound().run(problem, stopping: StoppingRule())
      #expect(report.point == other.point, "\(name)")
      #expect(report.score == other.score, "\(name)")
    }
    #expect(counts.taken >= 120, "\(counts)")
    #expect(counts.infeasible >= 5, "\(counts)")
    #expect(counts.tied >= 5, "\(counts)")
    #expect(counts.general >= 20, "\(counts)")
  }

  @Test(
    "no random design beats the proved optimum over the whole space and all chips, and starting from it changes nothing"
  )
  func whole() throws {
    let problem = try CodesignTests.problem(
      .named("dense3-fashion"), CodesignTests.arrays(), "accuracy/(latency*energy*area)", .maximize,
      [
        Bound(quantity: .accuracy, relation: .atLeast, limit: 0.862),
        Bound(quantity: .area, relation: .atMost, limit: 1.42),
      ])
    let search = try #require(LagrangianBranchAndBound(problem))
    let report = search.run(stopping: StoppingRule())
    #expect(report.certificate.status == .optimal)
    #expect(problem.score(report.point) == report.score)
    var random = SplitMix64(seed: 82)
    for _ in 0..<100_000 {
      let point = CodesignTests.draw(problem.variables, &random).point
      #expect(!(problem.score(point) < report.score), "\(point)")
    }
    // All chips under the best network, and the networks around it on the best chip.
    for point in CodesignTests.neighbours(of: report.point, problem.variables) {
      #expect(!(problem.score(point) < report.score), "\(point)")
    }
    let again = search.run(from: report, stopping: StoppingRule())
    #expect(again.point == report.point)
    #expect(again.certificate.status == .optimal)
  }

  @Test("a proof that is stopped tells what is open, and counts its evaluations")
  func stopping() throws {
    var random = SplitMix64(seed: 5, stream: 83)
    let problem = try Self.problem(&random, atLeast: 4000)
    let search = try #require(LagrangianBranchAndBound(problem))
    let whole = search.run(stopping: StoppingRule())
    try #require(whole.certificate.status == .optimal)
    for budget in 1...whole.evaluations {
      let report = search.run(stopping: StoppingRule(maximumEvaluations: budget))
      #expect(report.evaluations == budget)
      #expect(report.termination == .budget)
      #expect(report.certificate.status == (report.score.isFeasible ? .gap : .none))
      if let bound = report.certificate.bound { #expect(bound <= whole.score.objective) }
    }
    let late = search.run(stopping: StoppingRule(deadline: ContinuousClock.now))
    #expect(late.termination == .timeLimit)
    #expect(late.certificate.status == .none)
    let interrupted = search.run(from: whole, stopping: StoppingRule(isInterrupted: { true }))
    #expect(interrupted.termination == .interrupted)
    #expect(interrupted.certificate.status == .gap)
    #expect(interrupted.point == whole.point)
  }
}
