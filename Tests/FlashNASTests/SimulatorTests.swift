import FlashFormats
import FlashGraph
import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// Flows from layer to layer, a pool's spread over its sources by their channels.
private struct FlowRecorder: TrafficVisitor {
  struct Way: Hashable {
    let source: Int
    let destination: Int
  }

  var layers: [WeightedLayer] = []
  var flows: [Way: Double] = [:]
  var shares: [Int: Double] = [:]
  private var pool: [(source: Int, channels: Int)] = []

  mutating func layer(_ shape: WeightedLayer) { layers.append(shape) }

  mutating func transfer(from source: Int, to destination: Int, elements: Double, share: Double) {
    flows[Way(source: source, destination: destination), default: 0] += elements
    shares[destination, default: 0] += share
  }

  mutating func clearPool() { pool = [] }
  mutating func addToPool(_ source: Int, channels: Int) { pool.append((source, channels)) }

  mutating func transferFromPool(to destination: Int, elements: Double, share: Double) {
    let channels = Double(pool.reduce(0) { $0 + $1.channels })
    for entry in pool {
      let part = Double(entry.channels) / channels
      transfer(from: entry.source, to: destination, elements: elements * part, share: share * part)
    }
  }
}

@Suite("Every simulator over every space")
struct SimulatorTests {
  static func simulators() throws -> [HardwareSimulator] {
    try ["systolic-ws-32x32", "imc-reram-isaac32", "raspberry-pi-3b"].map { name in
      let profile = try HardwareProfileFile.read("\(packageRoot)/hardware-profiles/\(name).yaml")
      return try #require(profile.simulator)
    }
  }

  /// A random point whose network is not so large that its graph takes long.
  private func point(_ space: SearchSpace, _ random: inout SplitMix64) -> [Int] {
    while true {
      let point = space.randomPoint(&random)
      if space.features(point).weightedLayers <= 200 { return point }
    }
  }

  @Test("the catalogue's simulators all have a profile")
  func catalogue() throws {
    #expect(try Self.simulators().map(\.name).sorted() == Simulator.catalogue.map(\.name).sorted())
  }

  @Test("every shipped space has an answer from every simulator", arguments: SearchSpace.catalogue.map(\.name))
  func answers(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 71)
    for simulator in try Self.simulators() {
      let model = try PerformanceModel(predictor: nil, costs: .simulated(simulator), in: space)
      let problem = try DesignProblem(
        space: space, model: model, objective: TestModels.objective("latency", .minimize), bounds: [])
      for _ in 0..<5 {
        let point = space.randomPoint(&random)
        let simulation = simulator.simulation(of: SpacePoint(point, in: space))
        #expect(simulation.costs.latency.seconds > 0)
        #expect(simulator.name == "roofline" || simulation.costs.energy.joules > 0)
        #expect(simulator.name == "roofline" || simulation.costs.area.squareMillimetres > 0)
        #expect(simulation.counts.count == simulator.countNames.count)
        #expect(problem.values(point).costs.latency == simulation.costs.latency)
      }
    }
  }

  @Test(
    "the traffic of equal blocks is counted by periods as it is block by block",
    arguments: SearchSpace.catalogue.map(\.name))
  func periods(name: String) throws {
    let space = try SearchSpace.named(name)
    guard case .imc(let shipped) = try Self.simulators()[1] else { throw CancellationError() }
    var random = SplitMix64(seed: 73)
    for trial in 0..<10 {
      var parameters = shipped.parameters
      // Many tiles a layer, or few.
      parameters.tileElements = [1, 2, 12][trial % 3]
      parameters.elementCrossbars = [1, 8][trial % 2]
      let chip = try InMemoryComputing(parameters)
      let network = SpacePoint(space.randomPoint(&random), in: space)
      let run = chip.run(network).tally
      let all = network.walk(MeshTraffic(chip, tiles: run.tiles, layers: run.layers))
      #expect(all.flows.count == run.layers)
      let (cycles, hops) = all.flows.reduce(into: (0.0, 0.0)) { $0 = ($0.0 + $1.cycles, $0.1 + $1.hops) }
      #expect(abs(run.meshCycles - cycles) <= 1e-12 * cycles, "\(network)")
      #expect(abs(run.flitHops - hops) <= 1e-12 * hops, "\(network)")
      let few = network.walk(MeshTraffic(chip, tiles: run.tiles, layers: run.layers, showsAll: false))
      #expect(few.flows.reduce(0) { $0 + $1.count } == run.layers)
      #expect(few.position == run.tiles)
    }
  }

  @Test("a network of a thousand layers shows a few hundred to the mesh")
  func fewShown() throws {
    let space = try SearchSpace.named("deep-resnet-cifar")
    guard case .imc(let chip) = try Self.simulators()[1] else { throw CancellationError() }
    let network = SpacePoint(space.variables.map(\.upper), in: space)
    let tally = chip.run(network).tally
    let few = network.walk(MeshTraffic(chip, tiles: tally.tiles, layers: tally.layers, showsAll: false))
    #expect(4 * few.flows.count < tally.layers)
  }

  @Test(
    "a point shows the layers of its network, in order, and without drawn links the same flows",
    arguments: SearchSpace.catalogue.map(\.name))
  func flows(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 72)
    for trial in 0..<6 {
      var point = point(space, &random)
      // Dense cells that take every candidate, or none, draw nothing.
      for skip in space.skipVariables {
        point[skip.variable] =
          trial % 2 == 0 ? space.variables[skip.variable].lower : space.variables[skip.variable].upper
      }
      let isDrawn = space.skipVariables.contains {
        point[$0.variable] > 0 && point[$0.variable] < space.saturation($0, point)
      }
      let network = try space.network(point).network(seed: 5)
      let closed = SpacePoint(point, in: space).walk(FlowRecorder())
      let counted = try #require(try network.layerGraph.traffic).walk(FlowRecorder())
      #expect(closed.layers == network.weightedLayers, "\(point)")
      #expect(counted.layers == network.weightedLayers)
      guard !isDrawn else { continue }
      #expect(Set(closed.flows.keys) == Set(counted.flows.keys), "\(point)")
      for (way, elements) in counted.flows {
        #expect(abs((closed.flows[way] ?? 0) - elements) <= 1e-9 * elements, "\(way) \(point)")
      }
      for (layer, share) in counted.shares { #expect(abs((closed.shares[layer] ?? 0) - share) < 1e-9) }
    }
  }

  @Test(
    "the costs of a point without drawn links are those of its graph",
    arguments: ["resnet-cifar", "densenet-cifar", "mobilenetv2-imagenet"])
  func graphs(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 73)
    for simulator in try Self.simulators() {
      for _ in 0..<5 {
        let point = point(space, &random)
        let traffic = try #require(try space.network(point).network(seed: 0).layerGraph.traffic)
        let (closed, counted) = (simulator.costs(of: SpacePoint(point, in: space)), simulator.costs(of: traffic))
        #expect(abs(closed.latency.seconds / counted.latency.seconds - 1) < 1e-12)
        guard !closed.energy.joules.isNaN else { continue }
        #expect(abs(closed.energy.joules / counted.energy.joules - 1) < 1e-12)
        #expect(closed.area == counted.area)
      }
    }
  }

  @Test("on a mesh, a point costs what 1000 drawn networks cost on average, within 3 standard errors")
  func expectation() throws {
    let space = try SearchSpace.named("dense3-fashion")
    // Crossbars of 16 cells a side: a few tiles a layer, so that ways differ.
    guard case .imc(let shipped) = try Self.simulators()[1] else { return }
    var parameters = shipped.parameters
    (parameters.crossbarSize, parameters.columnsPerADC, parameters.tileElements) = (16, 16, 1)
    let chip = try InMemoryComputing(parameters)
    for point in [[8, 8, 9, 16, 8, 20, 24, 8, 40], [4, 10, 3, 24, 5, 30, 48, 10, 96]] {
      let expected = chip.run(SpacePoint(point, in: space))
      var latencies: [Double] = []
      var hops: [Double] = []
      for seed in 0..<1000 {
        let network = try space.network(point).network(seed: UInt64(seed))
        let run = chip.run(try #require(try network.layerGraph.traffic))
        latencies.append(run.latency.seconds)
        hops.append(run.tally.flitHops)
        #expect(run.tally.tiles == expected.tally.tiles)
      }
      for (values, mean) in [(latencies, expected.latency.seconds), (hops, expected.tally.flitHops)] {
        let found = Statistics.mean(values)
        let variance = values.reduce(0) { $0 + ($1 - found) * ($1 - found) } / 999
        let error = (variance / 1000).squareRoot()
        #expect(error > 0)
        #expect(abs(found - mean) <= 3 * error, "\(point): \(found) ± \(error), \(mean)")
      }
    }
  }

  @Test("the layers' costs sum to the network's, counts exactly", arguments: SearchSpace.catalogue.map(\.name))
  func sums(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 74)
    for simulator in try Self.simulators() {
      let point = SpacePoint(point(space, &random), in: space)
      let (total, layers) = (simulator.simulation(of: point), simulator.layerCosts(of: point))
      #expect(layers.count == space.features(point.point).weightedLayers)
      let latency = layers.reduce(0) { $0 + $1.latency.seconds }
      #expect(abs(latency / total.costs.latency.seconds - 1) < 1e-12)
      let energy = layers.reduce(0) { $0 + $1.energy.joules }
      #expect(total.costs.energy.joules.isNaN || abs(energy / total.costs.energy.joules - 1) < 1e-12)
      for (index, count) in total.counts.enumerated() {
        switch count {
        case .integer(let expected):
          let found = layers.reduce(0) { sum, layer in
            if case .integer(let value) = layer.counts[index] { sum + value } else { sum }
          }
          #expect(found == expected)
        case .number(let expected):
          let found = layers.reduce(0) { sum, layer in
            if case .number(let value) = layer.counts[index] { sum + value } else { sum }
          }
          #expect(abs(found - expected) <= 1e-12 * expected)
        }
      }
    }
  }

  @Test(
    "a roofline's latency never falls when a variable rises: exact search relies on it", arguments: CostModels.spaces)
  func monotone(name: String) throws {
    let space = try SearchSpace.named(name)
    let roofline = try Self.simulators()[2]
    #expect(roofline.isMonotone)
    var random = SplitMix64(seed: 75)
    for _ in 0..<500 {
      let low = space.randomPoint(&random)
      let latency = roofline.costs(of: SpacePoint(low, in: space)).latency.seconds
      for (axis, variable) in space.variables.enumerated() where low[axis] < variable.upper {
        var high = low
        high[axis] += variable.step
        let other = roofline.costs(of: SpacePoint(high, in: space)).latency.seconds
        #expect(other >= latency * (1 - 1e-13), "\(low) \(variable.name)")
      }
    }
  }

  @Test("a mesh declares no monotony, so that no bound over sub-boxes is given")
  func unbounded() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let simulator = try Self.simulators()[1]
    #expect(!simulator.isMonotone)
    let model = try PerformanceModel(predictor: nil, costs: .simulated(simulator), in: space)
    let problem = try DesignProblem(
      space: space, model: model, objective: TestModels.objective("latency", .minimize), bounds: [])
    #expect(!problem.isBounded)
    #expect(
      problem.bound(lower: space.variables.map(\.lower), upper: space.variables.map(\.upper))
        == Score(objective: -.infinity, violation: 0))
  }

  @Test("a question for a quantity that the hardware does not give is refused")
  func unavailable() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let model = try PerformanceModel(predictor: nil, costs: .simulated(try Self.simulators()[2]), in: space)
    #expect(
      throws: DesignError.unavailable(quantity: "edp", reason: "the hardware gives latency_s alone")
    ) {
      try DesignProblem(space: space, model: model, objective: TestModels.objective("edp", .minimize), bounds: [])
    }
  }
}
