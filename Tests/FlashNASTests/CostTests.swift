import FlashGraph
import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// Arrays of every dataflow and filter memory, and the fitted models.
enum CostModels {
  /// Small memories, so that some operands are fetched once and some again and again.
  static func arrays() throws -> [SystolicArray] {
    try SystolicArray.Dataflow.allCases.flatMap { dataflow in
      try [SystolicArray.Memory.network, .buffer(bytes: 20_000)].map {
        try TestModels.array(rows: 16, columns: 24, dataflow: dataflow, filterMemory: $0, inputMemory: 20_000)
      }
    }
  }

  static func all() throws -> [PerformanceModel] {
    try arrays().map { try PerformanceModel(predictor: TestModels.predictor, costs: .simulated(.systolic($0))) }
      + [try TestModels.fitted(), try TestModels.layered()]
  }

  static let spaces = ["dense3-fashion", "dense3-cifar"]
}

@Suite("Costs of points")
struct CostTests {
  @Test(
    "a design problem's values are its model's, for every dataflow and filter memory", arguments: CostModels.spaces)
  func table(name: String) throws {
    let whole = try SearchSpace.named(name)
    var random = SplitMix64(seed: 41)
    let box = try whole.randomBox(atLeast: 100_000, &random)
    for model in try CostModels.all() {
      for space in [whole, box] {
        let problem = try DesignProblem(space: space, model: model, objective: TestModels.objective(), bounds: [])
        for trial in 0..<500 {
          let point = trial < 16 ? space.corners[31 * trial] : space.randomPoint(&random)
          let (found, expected) = (problem.values(point), model.values(point, in: space))
          #expect(found.costs == expected.costs, "\(point)")
          #expect(found.features == expected.features, "\(point)")
          #expect(found.accuracy == expected.accuracy, "\(point)")
        }
      }
    }
  }

  @Test("the values that a score reads are those of the point")
  func scoredValues() throws {
    let space = try SearchSpace.named("dense3-fashion")
    var random = SplitMix64(seed: 42)
    for model in try [TestModels.simulated(), TestModels.fitted(), TestModels.layered()] {
      for text in ["accuracy/(latency*energy*area)", "nn_mass/macs", "parameters*power", "nn_degree-edp"] {
        let objective = try TestModels.objective(text)
        let bound = Bound(quantity: .area, relation: .atMost, limit: 1.5)
        let problem = try DesignProblem(space: space, model: model, objective: objective, bounds: [bound])
        for _ in 0..<100 {
          let point = space.randomPoint(&random)
          let values = model.values(point, in: space)
          let score = problem.score(point)
          #expect(score.objective == -objective.expression.value { values[$0] })
          #expect(score.violation == bound.violation(values[.area]))
        }
      }
    }
  }

  @Test("costs in closed form are those of the layer graph, to the last bit", arguments: CostModels.spaces)
  func graph(name: String) throws {
    let space = try SearchSpace.named(name)
    let models = try CostModels.all()
    var random = SplitMix64(seed: 43)
    for trial in 0..<200 {
      let point = trial < 20 ? space.corners[25 * trial] : space.randomPoint(&random)
      let network = try space.network(point).network(seed: UInt64(trial)).layerGraph
      for model in models {
        let (closed, counted) = (model.values(point, in: space), try model.values(of: network))
        #expect(closed.costs == counted.costs, "\(point)")
        #expect(abs(closed.accuracy - counted.accuracy) < 1e-12)
      }
    }
  }

  @Test("the simulator's tally in closed form is that of the layer graph", arguments: CostModels.spaces)
  func tally(name: String) throws {
    let space = try SearchSpace.named(name)
    let arrays = try CostModels.arrays()
    var random = SplitMix64(seed: 44)
    for _ in 0..<100 {
      let point = space.randomPoint(&random)
      let network = try space.network(point).network(seed: 3)
      for array in arrays {
        let tally = array.tally(of: SpacePoint(point, in: space))
        #expect(tally == array.tally(of: network.weightedLayers), "\(point)")
        #expect(tally.filterBytes == space.features(point).weights)
        #expect(tally.macs == space.features(point).macs)
      }
    }
  }

  /// What `DesignProblem.bound` takes to be monotone: all but NN-Mass, and power, which it takes for the quotient that
  /// it is.
  static let monotone = Quantity.allCases.filter { $0 != .nnMass && $0 != .power }

  @Test("every quantity but NN-Mass and power never falls when a variable rises", arguments: CostModels.spaces)
  func monotone(name: String) throws {
    let space = try SearchSpace.named(name)
    for model in try CostModels.all() {
      var random = SplitMix64(seed: 45)
      for _ in 0..<2000 {
        let low = space.randomPoint(&random)
        let axis = random.below(space.variables.count)
        // One variable by any way, or all of them.
        let high = space.variables.indices.map { index in
          let room = space.variables[index].upper - low[index]
          return random.below(2) == 0 || index == axis ? low[index] + random.below(room + 1) : low[index]
        }
        let (a, b) = (model.values(low, in: space), model.values(high, in: space))
        for quantity in Self.monotone {
          #expect(b[quantity] >= a[quantity] * (1 - 1e-13), "\(quantity): \(low) \(high)")
        }
      }
    }
  }

  @Test("one more step in any variable never lowers a quantity but NN-Mass and power", arguments: CostModels.spaces)
  func steps(name: String) throws {
    let space = try SearchSpace.named(name)
    for model in try CostModels.all() {
      var random = SplitMix64(seed: 46)
      for _ in 0..<300 {
        let low = space.randomPoint(&random)
        let a = model.values(low, in: space)
        for (axis, variable) in space.variables.enumerated() where low[axis] < variable.upper {
          var high = low
          high[axis] += variable.step
          let b = model.values(high, in: space)
          for quantity in Self.monotone {
            #expect(b[quantity] >= a[quantity] * (1 - 1e-13), "\(quantity): \(low) \(variable.name)")
          }
        }
      }
    }
  }

  @Test("NN-Mass and power do fall somewhere when a variable rises: they are no oversight")
  func exceptions() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let model = try TestModels.simulated()
    var random = SplitMix64(seed: 47)
    var falls: Set<Quantity> = []
    for _ in 0..<300 {
      let low = space.randomPoint(&random)
      let a = model.values(low, in: space)
      for (axis, variable) in space.variables.enumerated() where low[axis] < variable.upper {
        var high = low
        high[axis] += 1
        let b = model.values(high, in: space)
        for quantity in Quantity.allCases where b[quantity] < a[quantity] * (1 - 1e-9) { falls.insert(quantity) }
      }
    }
    #expect(falls == [.nnMass, .power])
  }
}
