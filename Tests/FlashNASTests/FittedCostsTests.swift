import FlashGraph
import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// Sums over layers, and search with costs that read them.
@Suite("Costs of layers")
struct FittedCostsTests {
  static let features: [LayerFeature] =
    CostFeature.layerCatalogue.map { LayerFeature($0) }
    + LayerKind.allCases.flatMap { kind in [LayerFeature(.layers, of: kind), LayerFeature(.macs, of: kind)] }
    + [LayerFeature(.macs, of: .aligned(4)), LayerFeature(.layers, of: .unaligned(4))]

  @Test(
    "sums over a point's layers are those over the layers of its graph", arguments: SearchSpace.catalogue.map(\.name))
  func sums(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 51)
    for _ in 0..<(space.hasIndependentDenseCells ? 20 : 3) {
      let point = space.randomPoint(&random)
      let graph = try space.network(point).network(seed: 2).layerGraph
      let layers = try #require(graph.weightedLayers)
      for feature in Self.features {
        let counted = layers.reduce(0) { $0 + feature.value(of: $1) }
        #expect(space.sum(feature, point) == counted, "\(feature) \(point)")
        #expect(graph.sum(feature) == counted)
      }
      let closed = space.features(point)
      #expect(space.sum(LayerFeature(.layers), point) == Double(closed.weightedLayers))
      #expect(space.sum(LayerFeature(.macs), point) == Double(closed.macs))
      #expect(space.sum(LayerFeature(.weights), point) == Double(closed.weights))
      #expect(space.sum(LayerFeature(.outputElements), point) == Double(closed.activations))
      let ofKinds = LayerKind.allCases.map { space.sum(LayerFeature(.macs, of: $0), point) }
      #expect(ofKinds.reduce(0, +) == Double(closed.macs))
    }
  }

  @Test(
    "no feature that a cost may read but NN-Mass falls when a variable of dense cells rises",
    arguments: CostModels.spaces)
  func monotone(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 52)
    for _ in 0..<400 {
      let low = space.randomPoint(&random)
      let high = zip(space.variables, low).map { variable, value in
        random.below(2) == 0 ? value : value + random.below(variable.upper - value + 1)
      }
      for feature in Self.features where feature.isMonotone {
        #expect(space.sum(feature, high) >= space.sum(feature, low), "\(feature): \(low) \(high)")
      }
      let (a, b) = (space.features(low), space.features(high))
      for feature in NetworkFeature.allCases where feature != .nnMass {
        #expect(feature.value(of: b) >= feature.value(of: a) * (1 - 1e-13), "\(feature): \(low) \(high)")
      }
    }
  }

  @Test("exact search with costs of layers finds the enumerated optimum of a sub-box and proves it")
  func exact() throws {
    let space = try SearchSpace.named("dense3-fashion")
    var random = SplitMix64(seed: 53)
    for _ in 0..<4 {
      let box = try space.randomBox(atLeast: 50_000, &random)
      let model = try TestModels.layered()
      let values = model.values(box.randomPoint(&random), in: box)
      let problem = try DesignProblem(
        space: box, model: model, objective: TestModels.objective(),
        bounds: [Bound(quantity: .area, relation: .atMost, limit: values[.area])])
      #expect(problem.isBounded)
      let report = BranchAndBound().run(problem, stopping: StoppingRule())
      var best = Score.none
      box.forEachPoint { point in best = min(best, problem.score(point)) }
      #expect(report.score == best)
      #expect(report.certificate.status == .optimal)
    }
  }

  @Test("with a cost that reads NN-Mass nothing is bounded, so that nothing is proved wrongly")
  func mass() throws {
    let costs = try FittedHardware(
      latency: LinearCost(features: ["nn_mass"], coefficients: [1e-6]), energy: nil, area: nil)
    let problem = try DesignProblem(
      space: SearchSpace.named("dense3-fashion"), model: PerformanceModel(predictor: nil, costs: .fitted(costs)),
      objective: TestModels.objective("latency", .minimize), bounds: [])
    #expect(!problem.isBounded)
    // NN-Mass falls where a cell gets deeper.
    let space = problem.space
    var random = SplitMix64(seed: 54)
    let falls = (0..<500).contains { _ in
      let low = space.randomPoint(&random)
      guard low[1] < space.variables[1].upper else { return false }
      var high = low
      high[1] += 1
      return space.features(high).nnMass ?? 0 < space.features(low).nnMass ?? 0
    }
    #expect(falls)
  }

  @Test("a cost of layers is extrapolated outside the sums that it saw")
  func extrapolated() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let (low, high) = (space.variables.map(\.lower), space.variables.map(\.upper))
    let feature = try #require(LayerFeature(name: "folds_32x32"))
    let (least, most) = (space.sum(feature, low), space.sum(feature, high))
    func model(_ range: ClosedRange<Double>) throws -> PerformanceModel {
      let cost = try LinearCost(features: [feature.name], coefficients: [1e-6], ranges: [range])
      return try PerformanceModel(
        predictor: nil, costs: .fitted(FittedHardware(latency: cost, energy: nil, area: nil)))
    }
    #expect(try !model(least...most).areCostsExtrapolated(low, in: space))
    #expect(try model(least + 1...most).areCostsExtrapolated(low, in: space))
    #expect(try !model(least + 1...most).areCostsExtrapolated(high, in: space))
    let graph = try space.network(low).network(seed: 0).layerGraph
    #expect(try model(least + 1...most).areCostsExtrapolated(graph, space.features(low)))
  }

  @Test("costs of a network are the sum of coefficients times sums, layers and counts together")
  func value() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let point = space.variables.map(\.upper)
    let cost = try LinearCost(
      features: ["1", "macs", "folds_32x32", "layers:3x3"], coefficients: [3, 2e-6, 0.5, 4])
    #expect(cost.readsLayers)
    let costs = CostModel.fitted(try FittedHardware(latency: cost, energy: cost, area: nil))
      .costs(of: point, in: space, features: space.features(point))
    let named = try cost.value(named: [
      "macs": Double(space.features(point).macs),
      "folds_32x32": space.sum(#require(LayerFeature(name: "folds_32x32")), point),
      "layers:3x3": space.sum(LayerFeature(.layers, of: .convolution3x3), point),
    ])
    #expect(abs(costs.latency.seconds - (try #require(named))) <= 1e-12 * costs.latency.seconds)
    #expect(costs.energy.joules == costs.latency.seconds)
    #expect(costs.area.squareMillimetres.isNaN)
  }
}
