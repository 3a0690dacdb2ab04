import FlashGraph
import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// Hardware parameters searched beside the network's.
@Suite("Co-design")
struct CodesignTests {
  /// Arrays of free shape, dataflow, SRAM, clock and bandwidth; values in no order.
  static func arrays(filterMemory: SystolicArray.Memory = .network) throws -> HardwareSpace {
    let base = try TestModels.array(filterMemory: filterMemory).parameters
    func each<Value>(_ path: WritableKeyPath<SystolicArray.Parameters, Value>, _ values: [Value])
      -> [SystolicArray.Parameters]
    {
      values.map { value in
        var own = base
        own[keyPath: path] = value
        return own
      }
    }
    let rates = [5e8, 2e8].map(Frequency.init(hertz:))
    let bandwidths = [6.4e9, 1.6e9].map(Bandwidth.init(bytesPerSecond:))
    let choices: [(String, [SystolicArray.Parameters])] = [
      ("rows", each(\.rows, [32, 8, 48])), ("columns", each(\.columns, [16, 32])),
      ("dataflow", each(\.dataflow, [.weightStationary, .inputStationary, .outputStationary])),
      ("input_sram", each(\.inputMemory, [65_536, 4096])), ("clock", each(\.clock, rates)),
      ("dram_bandwidth", each(\.dramBandwidth, bandwidths)),
    ]
    return try HardwareSpace(
      choices.map { name, own in
        HardwareSpace.Variable(name: name, values: own.indices.map { "\($0)" }, defaultPlace: 0)
      }, systolic: choices.map(\.1))
  }

  static func problem(
    _ space: SearchSpace, _ hardware: HardwareSpace, _ objective: String = "accuracy/(latency*energy*area)",
    _ direction: Objective.Direction = .maximize, _ bounds: [Bound] = []
  ) throws -> DesignProblem {
    let defaults = hardware.variables.map(\.defaultPlace)
    return try DesignProblem(
      space: space,
      model: PerformanceModel(predictor: TestModels.predictor, costs: .simulated(hardware.simulator(defaults))),
      objective: TestModels.objective(objective, direction), bounds: bounds, hardware: HardwareBox(hardware))
  }

  /// Two corners of a random sub-box, and a point within it.
  static func draw(_ variables: [IntegerVariable], _ random: inout SplitMix64) -> (
    lower: [Int], upper: [Int], point: [Int]
  ) {
    var (lower, upper, point): ([Int], [Int], [Int]) = ([], [], [])
    for variable in variables {
      let pair = [0, 1].map { _ in variable.lower + random.below(variable.count) * variable.step }.sorted()
      lower.append(pair[0])
      upper.append(pair[1])
      point.append(pair[0] + random.below((pair[1] - pair[0]) / variable.step + 1) * variable.step)
    }
    return (lower, upper, point)
  }

  /// Every point that differs in one or two variables by one step of each.
  static func neighbours(of point: [Int], _ variables: [IntegerVariable]) -> [[Int]] {
    var found: [[Int]] = []
    for first in variables.indices {
      for second in first..<variables.count {
        for (a, b) in [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)] {
          var near = point
          near[first] += a * variables[first].step
          if second != first { near[second] += b * variables[second].step }
          if zip(near, variables).allSatisfy({ $1.lower...$1.upper ~= $0 }) { found.append(near) }
        }
      }
    }
    return found
  }

  @Test(
    "costs of any network between two, on any chip between two, lie within the range",
    arguments: [SystolicArray.Memory.network, .buffer(bytes: 16_384)])
  func ranges(memory: SystolicArray.Memory) throws {
    let (space, hardware) = (try SearchSpace.named("dense3-fashion"), try Self.arrays(filterMemory: memory))
    let variables = try Self.problem(space, hardware).variables
    var random = SplitMix64(seed: 15)
    let first = space.variables.count
    for _ in 0..<2000 {
      let (lower, upper, point) = Self.draw(variables, &random)
      let range = try #require(
        hardware.costRange(
          of: SpacePoint(lower, in: space), to: SpacePoint(upper, in: space), on: lower, to: upper, from: first))
      let costs = hardware.simulator(point, from: first).costs(of: SpacePoint(point, in: space))
      let slack = 1 + 1e-12
      #expect(range.least.latency.seconds <= costs.latency.seconds * slack)
      #expect(costs.latency.seconds <= range.most.latency.seconds * slack)
      #expect(range.least.energy.joules <= costs.energy.joules * slack)
      #expect(costs.energy.joules <= range.most.energy.joules * slack)
      #expect(range.least.area.squareMillimetres <= costs.area.squareMillimetres * slack)
      #expect(costs.area.squareMillimetres <= range.most.area.squareMillimetres * slack)
    }
  }

  @Test("a range of one network on one chip is its costs")
  func single() throws {
    let (space, hardware) = (try SearchSpace.named("dense3-fashion"), try Self.arrays())
    let variables = try Self.problem(space, hardware).variables
    var random = SplitMix64(seed: 16)
    for _ in 0..<100 {
      let point = Self.draw(variables, &random).point
      let network = SpacePoint(point, in: space)
      let costs = hardware.simulator(point, from: space.variables.count).costs(of: network)
      let range = try #require(
        hardware.costRange(of: network, to: network, on: point, to: point, from: space.variables.count))
      #expect(range.least == costs)
      #expect(range.most == costs)
    }
  }

  @Test("the search equals brute force over network and chip, and proves it", arguments: 0..<6)
  func bruteForce(seed: UInt64) throws {
    let hardware = try Self.arrays()
    var random = SplitMix64(seed: seed, stream: 0xC0DE)
    let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 150, &random)
    let middle = try Self.problem(space, hardware)
    let values = middle.values(Self.draw(middle.variables, &random).point)
    let bounds = [
      Bound(quantity: .area, relation: .atMost, limit: values[.area]),
      Bound(quantity: .latency, relation: .atMost, limit: 1.2 * values[.latency]),
    ]
    let objectives: [(String, Objective.Direction)] = [
      ("accuracy/(latency*energy*area)", .maximize), ("area", .minimize), ("accuracy - power/10", .maximize),
    ]
    let (text, direction) = objectives[Int(seed % 3)]
    let problem = try Self.problem(space, hardware, text, direction, bounds)
    var best: (point: [Int], score: Score) = ([], .none)
    func visit(_ prefix: [Int]) {
      guard prefix.count < problem.variables.count else {
        let score = problem.score(prefix)
        if score < best.score { best = (prefix, score) }
        return
      }
      let variable = problem.variables[prefix.count]
      for value in stride(from: variable.lower, through: variable.upper, by: variable.step) { visit(prefix + [value]) }
    }
    visit([])
    try #require(best.score.isFeasible)
    let start = HierarchicalSHGO().run(problem, stopping: StoppingRule())
    #expect(start.score.isFeasible)
    let report = BranchAndBound().run(problem, from: start, stopping: StoppingRule())
    #expect(report.score == best.score)
    #expect(report.point == problem.canonical(best.point))
    #expect(report.certificate.status == .optimal)
  }

  @Test("the best designs over all chips are those of enumeration, in order, ties among them")
  func ranked() throws {
    let objectives: [(String, Objective.Direction)] = [
      ("accuracy/(latency*energy*area)", .maximize), ("area", .minimize), ("latency", .minimize),
      ("accuracy", .maximize),
      ("edp", .minimize),
    ]
    var counts = (taken: 0, tied: 0, acrossChips: 0)
    for seed in 0..<60 {
      var random = SplitMix64(seed: UInt64(seed), stream: 0x7A9)
      let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 30, &random)
      let (text, direction) = objectives[seed % objectives.count]
      let middle = try Self.problem(space, Self.arrays())
      let values = middle.values(Self.draw(middle.variables, &random).point)
      let bounds = [Bound(quantity: .energy, relation: .atMost, limit: values[.energy])]
      let problem = try Self.problem(space, Self.arrays(), text, direction, bounds)
      let search = try #require(LagrangianBranchAndBound(problem))
      var all: [Candidate] = []
      for choice in try #require(problem.hardware).choices {
        space.forEachPoint { network in
          let score = problem.score(network + choice)
          guard score.isFeasible, space.canonical(network) == network else { return }
          all.append(Candidate(point: network + choice, score: score))
        }
      }
      let count = 1 + random.below(15)
      let expected = all.sorted().prefix(count)
      let report = search.best(count, stopping: StoppingRule())
      #expect(report.ranked.map(\.point) == expected.map(\.point), "\(seed) \(text)")
      #expect(report.ranked.map(\.score) == expected.map(\.score), "\(seed) \(text)")
      #expect(report.certificate.status == (expected.isEmpty ? .infeasible : .optimal))
      counts.taken += expected.isEmpty ? 0 : 1
      if zip(expected, expected.dropFirst()).contains(where: { $0.score == $1.score }) { counts.tied += 1 }
      if Set(expected.map { $0.point.suffix(problem.variables.count - space.variables.count) }).count > 1 {
        counts.acrossChips += 1
      }
    }
    #expect(counts.taken >= 50 && counts.tied >= 10 && counts.acrossChips >= 20, "\(counts)")
  }

  @Test("a ranking over all chips that is stopped has the best design first")
  func stopped() throws {
    let problem = try Self.problem(
      SearchSpace.named("dense3-fashion"), Self.arrays(), "accuracy/edp", .maximize,
      [Bound(quantity: .accuracy, relation: .atLeast, limit: 0.86)])
    let search = try #require(LagrangianBranchAndBound(problem))
    let first = search.run(stopping: StoppingRule())
    let report = search.best(5, stopping: StoppingRule())
    #expect(report.ranked.count == 5 && report.ranked[0].point == first.point)
    let all = Set(report.ranked.map(\.point))
    for share in [0.01, 0.5, 0.9, 0.99] {
      let more = Int(share * Double(report.evaluations - first.evaluations))
      let stopped = search.best(5, stopping: StoppingRule(maximumEvaluations: first.evaluations + more))
      #expect(stopped.termination == .budget && stopped.certificate.status == .gap)
      #expect(stopped.point == first.point && stopped.ranked.first?.point == first.point)
      #expect(stopped.ranked.allSatisfy { problem.score($0.point) == $0.score && $0.score.isFeasible })
      #expect(share < 0.9 || !all.isDisjoint(with: stopped.ranked.map(\.point)))
    }
  }

  @Test("the values of a point are those of its network on its chip")
  func values() throws {
    let (space, hardware) = (try SearchSpace.named("dense3-fashion"), try Self.arrays())
    let problem = try Self.problem(space, hardware)
    var random = SplitMix64(seed: 17)
    for _ in 0..<50 {
      let point = Self.draw(problem.variables, &random).point
      let model = problem.model(at: point)
      let own = Array(point.prefix(space.variables.count))
      #expect(problem.values(point).costs == model.values(own, in: space).costs)
      #expect(problem.scoredValues(point).costs == model.values(own, in: space).costs)
    }
  }

  @Test("a parameter that cannot be free is refused, and so are values that do not go together")
  func refused() throws {
    let base = try TestModels.array().parameters
    let energy = HardwareSpace.Variable(name: "mac_energy", values: ["1pJ"], defaultPlace: 0)
    #expect(throws: HardwareError.self) { try HardwareSpace([energy], systolic: [[base]]) }
    let sizes = HardwareSpace.Variable(name: "filter_sram", values: ["network", "16KiB"], defaultPlace: 0)
    var small = base
    small.filterMemory = .buffer(bytes: 16_384)
    #expect(throws: HardwareError.self) { try HardwareSpace([sizes], systolic: [[base, small]]) }
    // A clock of 8 THz leaves less than 1/1024 byte a cycle at 6.4 GB/s.
    let clock = HardwareSpace.Variable(name: "clock", values: ["500MHz", "8THz"], defaultPlace: 0)
    let rows = HardwareSpace.Variable(name: "rows", values: ["32", "16"], defaultPlace: 0)
    var (fast, short) = (base, base)
    fast.clock = Frequency(hertz: 8e12)
    short.rows = 16
    #expect(throws: HardwareError.self) {
      try HardwareSpace([clock, rows], systolic: [[base, fast], [base, short]])
    }
  }

  @Test("a box of chips is held to some values by name")
  func restricted() throws {
    let box = try HardwareBox(Self.arrays())
    #expect(box.chips == 3 * 2 * 3 * 2 * 2 * 2)
    let held = try box.restricted(to: [.range("rows", 1...2), .range("clock", 1...1)])
    #expect(held.chips == 2 * 2 * 3 * 2 * 1 * 2)
    #expect(throws: DesignError.self) { try box.restricted(to: [.range("height", 1...2)]) }
    #expect(throws: DesignError.self) { try box.restricted(to: [.range("rows", 1...3)]) }
  }
}
