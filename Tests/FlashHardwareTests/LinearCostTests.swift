import FlashGraph
import Testing

@testable import FlashHardware

@Suite("Linear costs")
struct LinearCostTests {
  static let networkFeatures: NetworkFeatures = {
    var features = NetworkFeatures()
    features.macs = 1000
    features.weights = 40
    features.biases = 2
    features.batchNorm = 8
    return features
  }()

  func cost(reach: Double? = nil, ranges: [ClosedRange<Double>] = []) throws(HardwareError) -> LinearCost {
    try LinearCost(
      features: ["1", "macs", "parameters"], coefficients: [3, 0.5, 2], relativeReach: reach, ranges: ranges)
  }

  func message(_ make: () throws(HardwareError) -> LinearCost) -> String {
    do throws(HardwareError) {
      _ = try make()
      return "no error"
    } catch { return error.description }
  }

  @Test("the value is the sum of coefficients times features")
  func value() throws {
    #expect(try cost().value(of: Self.networkFeatures) == 3 + 500 + 100)
    #expect(try cost().value(named: ["macs": 1000, "parameters": 50, "other": 9]) == 603)
    #expect(try cost().value(named: ["macs": 1000]) == nil)
  }

  @Test("a feature that a network does not have spoils the costs that read it alone")
  func missing() throws {
    let model = try FittedHardware(
      latency: LinearCost(features: ["1", "nn_mass"], coefficients: [1, 2]), energy: cost(), area: nil)
    var features = Self.networkFeatures
    features.nnMass = nil
    let costs = model.costs(of: features)
    #expect(costs.latency.seconds.isNaN && costs.area.squareMillimetres.isNaN)
    #expect(costs.energy.joules == 603)
  }

  @Test("a feature with coefficient 0 is not needed")
  func unused() throws {
    let cost = try LinearCost(features: ["macs", "tiles"], coefficients: [2, 0])
    #expect(cost.externalFeatures.isEmpty)
    #expect(cost.value(named: ["macs": 4]) == 8)
    #expect(cost.value(of: Self.networkFeatures) == 2000)
    #expect(try LinearCost(features: ["macs", "tiles"], coefficients: [2, 1]).externalFeatures == ["tiles"])
  }

  @Test("an error of ±r puts the cost between ŷ/(1 + r) and ŷ/(1 − r)")
  func interval() throws {
    let interval = try #require(cost(reach: 0.25).interval(around: 100))
    #expect(interval.low == 80)
    #expect(abs(interval.high - 400.0 / 3) < 1e-9)
    // The predictions for its ends are off by exactly r.
    #expect(abs((100 - interval.low) / interval.low - 0.25) < 1e-12)
    #expect(abs((100 - interval.high) / interval.high + 0.25) < 1e-12)
    let exact = try #require(cost(reach: 0).interval(around: 100))
    #expect(exact.low == 100 && exact.high == 100)
    #expect(try #require(cost(reach: 1).interval(around: 100)).high == .infinity)
    #expect(try #require(cost(reach: 3).interval(around: 100)).low == 25)
    #expect(try cost().interval(around: 100) == nil)
  }

  @Test("outside the range of a feature that counts a cost is extrapolated")
  func extrapolated() throws {
    let cost = try LinearCost(
      features: ["1", "macs", "parameters"], coefficients: [1, 2, 0], ranges: [1...1, 10...20, 5...6])
    #expect(!cost.isExtrapolated { ["macs": 10, "parameters": 99][$0] })
    #expect(cost.isExtrapolated { ["macs": 20.5, "parameters": 5][$0] })
    #expect(cost.isExtrapolated { ["macs": 9][$0] })
    #expect(try !self.cost().isExtrapolated { _ in 1e30 })
  }

  @Test("what a cost refuses")
  func errors() {
    func make(
      _ features: [String], _ coefficients: [Double], reach: Double? = nil, ranges: [ClosedRange<Double>] = []
    ) -> String {
      message { () throws(HardwareError) in
        try LinearCost(features: features, coefficients: coefficients, relativeReach: reach, ranges: ranges)
      }
    }
    #expect(make(["macs"], [-1]) == "coefficient of macs: out of range, found -1.0, allowed numbers ≥ 0")
    #expect(make(["macs"], [.nan]) == "coefficient of macs: out of range, found nan, allowed numbers ≥ 0")
    #expect(make(["macs", "1"], [1]) == "coefficients: out of range, found 1, allowed one per feature, 2")
    #expect(make([], []) == "coefficients: out of range, found 0, allowed one per feature, 0")
    #expect(make(["macs"], [1], ranges: [0...1, 0...1]) == "ranges: out of range, found 2, allowed one per feature, 1")
    #expect(make(["macs"], [1], reach: -0.1) == "relative_reach: out of range, found -0.1, allowed numbers ≥ 0")
  }

  @Test("fitted hardware gives NaN for a quantity without a fit or a cost that is not positive")
  func fitted() throws {
    let hardware = try FittedHardware(
      latency: cost(), energy: nil, area: LinearCost(features: ["skip_elements"], coefficients: [1]))
    let costs = hardware.costs(of: Self.networkFeatures)
    #expect(costs.latency.seconds == 603)
    #expect(costs.energy.joules.isNaN)
    #expect(costs.area.squareMillimetres.isNaN)
    #expect(hardware[.latency] == hardware.latency)
    #expect(hardware[.energy] == nil)
    #expect(hardware[.area]?.features == ["skip_elements"])
  }

  @Test("fitted hardware refuses a cost over a column that no network gives")
  func external() throws {
    let cost = try LinearCost(features: ["tiles"], coefficients: [1])
    let error = #expect(throws: HardwareError.self) { try FittedHardware(latency: nil, energy: cost, area: nil) }
    #expect(
      error?.description
        == "feature: unknown, found 'tiles', allowed 1, nn_degree, nn_degree_block, nn_mass, parameters, macs, weights, "
        + "activations, skip_elements, weighted_layers, peak_memory_elements, "
        + "sums over layers")
  }

  @Test("quantities carry their units in their names")
  func quantities() {
    #expect(CostQuantity.allCases.map(\.rawValue) == ["latency_s", "energy_j", "area_mm2"])
  }
}
