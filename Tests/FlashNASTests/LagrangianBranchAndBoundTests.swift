import FlashAccuracy
import FlashGraph
import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// The fast proof against enumeration, against `BranchAndBound`, and on the problems that it refuses.
@Suite("Lagrangian branch and bound")
struct LagrangianBranchAndBoundTests {
  static let objectives: [(text: String, direction: Objective.Direction)] = [
    ("accuracy/(latency*energy*area)", .maximize), ("accuracy^40/(latency*energy*area)", .maximize),
    ("accuracy/edp", .maximize), ("latency*energy*area/accuracy", .minimize), ("latency", .minimize),
    ("energy", .minimize), ("area", .minimize), ("accuracy", .maximize),
    ("log(latency)+log(energy)+log(area)-log(accuracy)", .minimize), ("sqrt(edp)+1e-6*area", .minimize),
    ("max(latency/1e-4,energy/4e-5)", .minimize), ("accuracy-latency*1000", .maximize), ("-parameters", .maximize),
    ("macs+100*parameters", .minimize), ("exp(-latency*1e4)*accuracy^2", .maximize),
  ]

  /// Bounds of random quantities, each between the values at two random points, or now and then out of reach.
  static func bounds(
    _ space: SearchSpace, _ model: PerformanceModel, _ random: inout SplitMix64
  ) -> [Bound] {
    let choices: [(Quantity, Bound.Relation)] = [
      (.accuracy, .atLeast), (.area, .atMost), (.latency, .atMost), (.energy, .atMost), (.parameters, .atMost),
      (.macs, .atMost),
    ]
    var bounds: [Bound] = []
    for (index, choice) in choices.enumerated() where random.below(index < 2 ? 2 : 6) == 0 {
      let low = model.values(space.variables.map(\.lower), in: space)[choice.0]
      let high = model.values(space.variables.map(\.upper), in: space)[choice.0]
      let point = model.values(space.randomPoint(&random), in: space)[choice.0]
      let share = random.unit()
      let limit =
        switch random.below(8) {
        case 0: choice.1 == .atLeast ? high : low
        case 1: choice.1 == .atLeast ? high * 1.001 : low * 0.999
        case 2: point
        default: low + share * (high - low)
        }
      bounds.append(Bound(quantity: choice.0, relation: choice.1, limit: limit))
    }
    return bounds
  }

  /// Four costs at most are taken.
  static func costCount(_ objective: Objective, _ bounds: [Bound]) -> Int {
    Set((objective.expression.quantities + bounds.map(\.quantity)).flatMap(MonotoneObjective.factors)).count
  }

  /// The spaces: the shipped one, and some of one to four cells with steps and strides.
  static func space(_ random: inout SplitMix64) throws -> SearchSpace {
    let fashion = try SearchSpace.named("dense3-fashion")
    guard random.below(3) == 0 else { return fashion }
    let count = [1, 2, 4][random.below(3)]
    let strides = (0..<count).map { _ in 1 + random.below(3) }
    var variables: [SpaceVariable] = []
    for index in 1...count {
      let (width, depth, skip) = (2 + random.below(12), 1 + random.below(5), random.below(3))
      let steps = (1 + random.below(4), 1 + random.below(3), 1 + random.below(5))
      variables += [
        SpaceVariable("width\(index)", .range(width...(width + 6 * steps.0), step: steps.0)),
        SpaceVariable("depth\(index)", .range(depth...(depth + 4 * steps.1), step: steps.1)),
        SpaceVariable("skip\(index)", .range(skip...(skip + 8 * steps.2), step: steps.2)),
      ]
    }
    return try SearchSpace(
      name: "dense", summary: "", input: SpaceInput(channels: 2, height: 13, width: 16, classes: 7),
      cells: (1...count).map { index in
        CellTemplate(
          .dense, [Tie("width\(index)"), Tie("depth\(index)"), Tie("skip\(index)"), .constant(strides[index - 1])])
      }, variables: variables)
  }

  /// A random sub-box of so many points, or of half of the space where that is less.
  static func box(of space: SearchSpace, atLeast least: Int, _ random: inout SplitMix64) throws -> SearchSpace {
    let variables = space.variables
    var ranges = variables.map { variable in
      let place = random.below(variable.count)
      return place...place
    }
    func count() -> Int { ranges.reduce(1) { $0 * $1.count } }
    let half = variables.reduce(1) { $0 * $1.count } / 2
    while count() < min(least, half) {
      let axis = random.below(variables.count)
      let (lower, upper) = (ranges[axis].lowerBound, ranges[axis].upperBound)
      ranges[axis] =
        random.below(2) == 0 ? max(0, lower - 1)...upper : lower...min(variables[axis].count - 1, upper + 1)
    }
    return try space.restricted(
      to: zip(variables, ranges).map { variable, range in
        .range(
          variable.name,
          (variable.lower + range.lowerBound * variable.step)...(variable.lower + range.upperBound * variable.step))
      })
  }

  static func layered() throws -> PerformanceModel {
    try PerformanceModel(
      predictor: TestModels.predictor,
      costs: .fitted(
        try FittedHardware(
          latency: LinearCost(
            features: ["1", "folds_32x32", "macs_in8_out16", "layers:3x3", "nn_degree"],
            coefficients: [1e-6, 2e-7, 3e-12, 1e-7, 1e-8]),
          energy: LinearCost(
            features: ["macs", "streamed_elements_16x16", "weights"], coefficients: [9e-13, 4e-13, 1e-11]),
          area: LinearCost(features: ["1", "tiles_128x4x4", "weights:3x3"], coefficients: [1.17, 2e-3, 4e-6]))))
  }

  static func model(_ random: inout SplitMix64) throws -> PerformanceModel {
    switch random.below(5) {
    case 0: try TestModels.fitted()
    case 1: try layered()
    case 2:
      try PerformanceModel(
        predictor: TestModels.predictor,
        costs: .simulated(
          .systolic(
            TestModels.array(
              rows: 16, columns: 8, dataflow: SystolicArray.Dataflow.allCases[random.below(3)],
              filterMemory: .buffer(bytes: 4096), inputMemory: 4096))))
    default: try TestModels.simulated()
    }
  }

  /// A random small problem of `least` points to `spread` more.
  ///
  /// - Parameter isOftenUnbounded: whether every other one has no bounds.
  static func smallProblem(
    atLeast least: Int, _ spread: Int, isOftenUnbounded: Bool, _ random: inout SplitMix64
  ) throws -> DesignProblem {
    let box = try box(of: space(&random), atLeast: least + random.below(spread), &random)
    let model = try model(&random)
    let objective = objectives[random.below(objectives.count)]
    return try DesignProblem(
      space: box, model: model, objective: TestModels.objective(objective.text, objective.direction),
      bounds: isOftenUnbounded && random.below(2) == 0 ? [] : bounds(box, model, &random))
  }

  @Test("the fast proof finds the enumerated optimum of 600 random small problems, ties and infeasible ones among them")
  func enumerated() throws {
    var counts = (taken: 0, infeasible: 0, tied: 0)
    for seed in 0..<640 {
      var random = SplitMix64(seed: UInt64(seed), stream: 71)
      let problem = try Self.smallProblem(atLeast: 300, 4000, isOftenUnbounded: false, &random)
      let (box, objective) = (problem.space, problem.objective.expression)
      guard let search = LagrangianBranchAndBound(problem) else {
        #expect(Self.costCount(problem.objective, problem.bounds) > 4, "\(seed) \(objective)")
        continue
      }
      counts.taken += 1
      let report = search.run(stopping: StoppingRule())
      var best: (point: [Int], score: Score) = ([], .none)
      var ties = 0
      box.forEachPoint { point in
        let score = problem.score(point)
        if score < best.score { (best, ties) = ((point, score), 0) }
        if score == best.score, problem.canonical(point) == point { ties += 1 }
      }
      guard best.score.isFeasible else {
        counts.infeasible += 1
        #expect(report.certificate.status == .infeasible, "\(seed) \(objective)")
        #expect(report.termination == .infeasible)
        let closest = search.closest(report, stopping: StoppingRule())
        #expect(closest.certificate.isClosest, "\(seed) \(objective)")
        #expect(closest.point == best.point, "\(seed) \(objective) \(closest.score) \(best.score)")
        #expect(closest.score == best.score, "\(seed) \(objective)")
        continue
      }
      if ties > 1 { counts.tied += 1 }
      #expect(report.point == best.point, "\(seed) \(objective) \(report.score) \(best.score)")
      #expect(report.score == best.score, "\(seed) \(objective)")
      #expect(report.certificate.status == .optimal)
      #expect(report.certificate.bound == best.score.objective)
    }
    #expect(counts.taken >= 500, "\(counts)")
    #expect(counts.infeasible >= 20, "\(counts)")
    #expect(counts.tied >= 15, "\(counts)")
  }

  @Test("the fast proof gives what branch and bound gives on 120 random problems of the whole space")
  func whole() throws {
    let space = try SearchSpace.named("dense3-fashion")
    var counts = (taken: 0, infeasible: 0)
    var seed: UInt64 = 0
    while counts.taken < 120 {
      var random = SplitMix64(seed: seed, stream: 72)
      seed += 1
      // An even one on simulated costs; objectives and bounds that branch and bound proves in seconds.
      let model = seed % 4 == 0 ? try TestModels.fitted() : try TestModels.simulated()
      let objective = Self.objectives[[0, 2, 3, 5, 8][random.below(5)]]
      let low = model.values(space.variables.map(\.lower), in: space)
      let high = model.values(space.variables.map(\.upper), in: space)
      func between(_ quantity: Quantity, _ share: Double) -> Double {
        low[quantity] + share * (high[quantity] - low[quantity])
      }
      var bounds = [
        Bound(quantity: .accuracy, relation: .atLeast, limit: between(.accuracy, 0.3 + 0.68 * random.unit()))
      ]
      if random.below(2) == 0 {
        bounds.append(
          Bound(quantity: .area, relation: .atMost, limit: between(.area, 0.3 * random.unit() * random.unit())))
      }
      let problem = try DesignProblem(
        space: space, model: model, objective: TestModels.objective(objective.text, objective.direction),
        bounds: bounds)
      let search = try #require(LagrangianBranchAndBound(problem))
      counts.taken += 1
      let report = search.run(stopping: StoppingRule())
      let heuristic = HierarchicalSHGO().run(problem, stopping: StoppingRule())
      let other = BranchAndBound().run(problem, from: heuristic, stopping: StoppingRule())
      #expect(report.certificate.status == other.certificate.status, "\(seed) \(objective)")
      guard other.score.isFeasible else {
        counts.infeasible += 1
        continue
      }
      #expect(report.point == other.point, "\(seed) \(objective)")
      #expect(report.score == other.score, "\(seed) \(objective)")
      let again = search.run(from: heuristic, stopping: StoppingRule())
      #expect(again.point == other.point, "\(seed) \(objective)")
      #expect(again.certificate.status == .optimal)
    }
    #expect(counts.infeasible >= 5, "\(counts)")
  }

  static func defaultProblem(_ model: PerformanceModel) throws -> DesignProblem {
    try DesignProblem(
      space: .named("dense3-fashion"), model: model, objective: TestModels.objective(),
      bounds: [
        Bound(quantity: .accuracy, relation: .atLeast, limit: 0.862),
        Bound(quantity: .area, relation: .atMost, limit: 1.42),
      ])
  }

  @Test("the best distinct points of 200 random small problems are those of enumeration, in order")
  func rankedByEnumeration() throws {
    var counts = (taken: 0, whole: 0, tied: 0, several: 0)
    for seed in 0..<220 {
      var random = SplitMix64(seed: UInt64(seed), stream: 73)
      let problem = try Self.smallProblem(atLeast: 30, 2000, isOftenUnbounded: true, &random)
      let (box, objective) = (problem.space, problem.objective.expression)
      guard let search = LagrangianBranchAndBound(problem) else { continue }
      counts.taken += 1
      let count = 1 + random.below(12)
      var all: [Candidate] = []
      box.forEachPoint { point in
        let score = problem.score(point)
        if score.isFeasible, problem.canonical(point) == point { all.append(Candidate(point: point, score: score)) }
      }
      let expected = all.sorted().prefix(count)
      let report = search.best(count, stopping: StoppingRule())
      #expect(report.ranked.map(\.point) == expected.map(\.point), "\(seed) \(objective)")
      #expect(report.ranked.map(\.score) == expected.map(\.score), "\(seed) \(objective)")
      #expect(report.certificate.status == (expected.isEmpty ? .infeasible : .optimal))
      if expected.count < count { counts.whole += 1 }
      if expected.count > 1 { counts.several += 1 }
      if zip(expected, expected.dropFirst()).contains(where: { $0.score == $1.score }) { counts.tied += 1 }
    }
    #expect(counts.taken >= 150 && counts.several >= 100, "\(counts)")
    #expect(counts.whole >= 20, "\(counts)")
    #expect(counts.tied >= 10, "\(counts)")
  }

  @Test(
    "the best points of the whole space are those of branch and bound; a proof that is stopped keeps what it ranked")
  func rankedLikeBranchAndBound() throws {
    for model in [try TestModels.simulated(), try TestModels.fitted()] {
      let problem = try Self.defaultProblem(model)
      let search = try #require(LagrangianBranchAndBound(problem))
      let report = search.best(12, stopping: StoppingRule())
      var exact = BranchAndBound()
      exact.count = 12
      let heuristic = HierarchicalSHGO().run(problem, stopping: StoppingRule())
      let expected = exact.run(problem, from: heuristic, stopping: StoppingRule())
      #expect(report.ranked.map(\.point) == expected.ranked.map(\.point))
      #expect(report.ranked.map(\.score) == expected.ranked.map(\.score))
      let budget = StoppingRule(maximumEvaluations: report.evaluations / 2)
      let stopped = search.best(12, stopping: budget)
      #expect(stopped.termination == .budget && stopped.certificate.status == .gap)
      #expect(stopped.evaluations <= budget.maximumEvaluations)
      #expect(!stopped.ranked.isEmpty && stopped.ranked.count < 12)
      #expect(stopped.ranked.map(\.point) == report.ranked.prefix(stopped.ranked.count).map(\.point))
    }
  }

  @Test("the most accurate network within a budget is proved with few boxes and points")
  func mostAccurate() throws {
    for model in [try TestModels.simulated(), try TestModels.fitted()] {
      for area in [1.6, 2, 2.5] {
        let problem = try DesignProblem(
          space: .named("dense3-fashion"), model: model, objective: TestModels.objective("accuracy", .maximize),
          bounds: [
            Bound(quantity: .accuracy, relation: .atLeast, limit: 0.86),
            Bound(quantity: .area, relation: .atMost, limit: area),
          ])
        let report = try #require(LagrangianBranchAndBound(problem)).run(stopping: StoppingRule())
        #expect(report.certificate.status == .optimal)
        #expect(report.certificate.nodes <= 500, "\(area)")
        #expect(report.evaluations <= 500, "\(area)")
      }
    }
  }

  @Test("no random point and no neighbour within two steps of two variables beats the proved optimum")
  func neighbours() throws {
    for model in [try TestModels.simulated(), try TestModels.fitted()] {
      let problem = try Self.defaultProblem(model)
      let report = try #require(LagrangianBranchAndBound(problem)).run(stopping: StoppingRule())
      #expect(report.certificate.status == .optimal)
      #expect(problem.score(report.point) == report.score)
      var random = SplitMix64(seed: 73)
      let better = (0..<100_000).count { _ in problem.score(problem.space.randomPoint(&random)) < report.score }
      #expect(better == 0)
      let variables = problem.variables
      for first in variables.indices {
        for second in first..<variables.count {
          for (a, b) in (-2...2).flatMap({ a in (-2...2).map { (a, $0) } }) {
            var point = report.point
            point[first] += a
            if second != first { point[second] += b }
            guard zip(point, variables).allSatisfy({ $1.lower...$1.upper ~= $0 }) else { continue }
            #expect(!(problem.score(point) < report.score), "\(point)")
          }
        }
      }
    }
  }

  @Test("a search that is stopped tells what is open, and takes over the report it starts from")
  func stopping() throws {
    let problem = try Self.defaultProblem(TestModels.simulated())
    let search = try #require(LagrangianBranchAndBound(problem))
    let whole = search.run(stopping: StoppingRule())
    let heuristic = HierarchicalSHGO().run(problem, stopping: StoppingRule())
    for budget in 1...whole.evaluations {
      let report = search.run(stopping: StoppingRule(maximumEvaluations: budget))
      #expect(report.evaluations == budget)
      #expect(report.termination == .budget)
      #expect(report.certificate.status == (report.score.isFeasible ? .gap : .none))
      if let bound = report.certificate.bound { #expect(bound <= whole.score.objective) }
      let after = search.run(from: heuristic, stopping: StoppingRule(maximumEvaluations: budget))
      #expect(after.evaluations <= heuristic.evaluations + budget)
      #expect(after.levels == heuristic.levels)
      #expect(!(heuristic.score < after.score))
    }
    let late = search.run(stopping: StoppingRule(deadline: ContinuousClock.now))
    #expect(late.termination == .timeLimit)
    #expect(late.certificate.status == .none)
    let interrupted = search.run(from: heuristic, stopping: StoppingRule(isInterrupted: { true }))
    #expect(interrupted.termination == .interrupted)
    #expect(interrupted.certificate.status == .gap)
    #expect(interrupted.point == heuristic.point)
    let again = search.run(from: heuristic, stopping: StoppingRule())
    #expect(again.point == whole.point)
    #expect(again.certificate.status == .optimal)
  }

  @Test("improvements rise in points scored, those of the start included, and end at the best")
  func improvements() throws {
    let problem = try Self.defaultProblem(TestModels.simulated())
    let search = try #require(LagrangianBranchAndBound(problem))
    let first = RandomSearch().run(problem, stopping: StoppingRule(maximumEvaluations: 3000))
    let best = search.run(from: first, stopping: StoppingRule())
    #expect(best.score < first.score)
    #expect(best.improvements.count > first.improvements.count)
    #expect(best.improvements.last?.score == best.score)
    for (one, next) in zip(best.improvements, best.improvements.dropFirst()) {
      #expect(one.evaluations < next.evaluations)
      #expect(next.score < one.score)
    }
    #expect(best.improvements.allSatisfy { $0.evaluations <= best.evaluations })
  }

  @Test(
    "problems of another kind are refused",
    arguments: [
      ("power", .minimize, .area), ("nn_mass", .maximize, .area), ("nn_degree", .maximize, .area),
      ("latency-energy", .minimize, .area), ("latency*accuracy", .minimize, .area), ("latency", .maximize, .area),
      ("accuracy", .minimize, .area), ("1/(latency-1)", .minimize, .area), ("latency^accuracy", .minimize, .area),
      ("macs^400", .minimize, .area), ("latency", .minimize, .power), ("latency", .minimize, .edp),
      ("latency*energy*area*macs*parameters", .minimize, .area),
    ] as [(String, Objective.Direction, Quantity)])
  func refused(_ text: String, _ direction: Objective.Direction, _ bounded: Quantity) throws {
    let problem = try DesignProblem(
      space: .named("dense3-fashion"), model: TestModels.simulated(),
      objective: TestModels.objective(text, direction),
      bounds: [Bound(quantity: bounded, relation: .atMost, limit: 2)])
    #expect(LagrangianBranchAndBound(problem) == nil)
  }

  @Test("costs that are no sums over layers are refused")
  func unseparable() throws {
    for feature in ["peak_memory_elements", "weights*layers", "macs:aligned4"] {
      let model = try PerformanceModel(
        predictor: nil,
        costs: .fitted(
          FittedHardware(
            latency: LinearCost(features: ["1", feature], coefficients: [1, 1]), energy: nil, area: nil)))
      let problem = try DesignProblem(
        space: .named("dense3-fashion"), model: model, objective: TestModels.objective("latency", .minimize),
        bounds: [])
      #expect(LagrangianBranchAndBound(problem) == nil)
    }
  }
}
