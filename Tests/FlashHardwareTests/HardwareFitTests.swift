import FlashNumerics
import Testing

@testable import FlashHardware

@Suite("Hardware fits")
struct HardwareFitTests {
  /// Columns of plausible size and a cost of known coefficients with relative noise.
  struct Measurements {
    var columns: [String: [Double]] = [:]
    var cost: [Double]

    init(_ count: Int, seed: UInt64, coefficients: [String: Double], noise: Double) {
      var random = SplitMix64(seed: seed)
      columns["macs"] = (0..<count).map { _ in (1e6 + 2e7 * random.unit()).rounded() }
      columns["parameters"] = (0..<count).map { _ in (1e4 + 2e5 * random.unit()).rounded() }
      columns["weighted_layers"] = (0..<count).map { _ in Double(10 + random.below(20)) }
      let columns = columns
      cost = (0..<count).map { row in
        let exact = coefficients.keys.sorted().reduce(0.0) { sum, name in
          sum + (coefficients[name] ?? 0) * (columns[name]?[row] ?? 1)
        }
        return exact * (1 + noise * random.normal())
      }
    }
  }

  static let features = ["1", "macs", "parameters", "weighted_layers"]
  static let truth = ["1": 2e-4, "macs": 5e-11, "parameters": 3e-9, "weighted_layers": 1e-5]

  func fit(_ data: Measurements, _ features: [String] = features) throws(HardwareError) -> HardwareFit {
    try HardwareFit(quantity: "latency_s", features: features, columns: data.columns, measured: data.cost)
  }

  func message(_ make: () throws(HardwareError) -> HardwareFit) -> String {
    do throws(HardwareError) {
      _ = try make()
      return "no error"
    } catch { return error.description }
  }

  @Test("known coefficients come back from measurements without noise")
  func recovery() throws {
    let fit = try fit(Measurements(12, seed: 1, coefficients: Self.truth, noise: 0))
    for (name, value) in zip(fit.cost.features, fit.cost.coefficients) {
      let expected = try #require(Self.truth[name])
      #expect(abs(value - expected) < 1e-9 * expected, "\(name)")
    }
    #expect(fit.dropped.isEmpty)
    #expect(fit.samples == 12)
    #expect(fit.training.maxAPE < 1e-10)
    #expect(fit.leaveOneOut.maxAPE < 1e-9)
    #expect(fit.leaveOneOut.within10 == 1)
    #expect(fit.leaveOneOut.kendall == 1)
  }

  @Test("in other units of the cost the coefficients follow and the errors stay")
  func units() throws {
    let data = Measurements(15, seed: 2, coefficients: Self.truth, noise: 0.05)
    var scaled = data
    scaled.cost = data.cost.map { $0 * 1e6 }
    let (one, other) = (try fit(data), try fit(scaled))
    for (a, b) in zip(one.cost.coefficients, other.cost.coefficients) { #expect(abs(b - 1e6 * a) <= 1e-8 * b) }
    #expect(abs(one.leaveOneOut.mape - other.leaveOneOut.mape) < 1e-9)
  }

  @Test("relative weighting is biased low by the mean square of its own relative errors, exactly")
  func bias() throws {
    for seed: UInt64 in 0..<10 {
      let data = Measurements(40, seed: seed, coefficients: Self.truth, noise: 0.1)
      let fit = try fit(data)
      let errors = try data.cost.indices.map { row in
        let value = fit.cost.value(named: data.columns.mapValues { $0[row] })
        return try #require(value) / data.cost[row] - 1
      }
      #expect(abs(fit.training.bias - Statistics.mean(errors)) < 1e-12)
      // The residuals are orthogonal to the prediction: Σ e (1 + e) = 0.
      #expect(abs(fit.training.bias + Statistics.mean(errors.map { $0 * $0 })) < 1e-10)
      #expect(fit.training.bias < 0)
    }
  }

  @Test("leave-one-out is the error of models fitted to the others")
  func leaveOneOut() throws {
    let data = Measurements(9, seed: 4, coefficients: Self.truth, noise: 0.1)
    let features = ["1", "macs"]
    let fit = try fit(data, features)
    let held = try data.cost.indices.map { left in
      var others = data
      others.cost.remove(at: left)
      others.columns = data.columns.mapValues { column in
        column.indices.filter { $0 != left }.map { column[$0] }
      }
      let cost = try self.fit(others, features).cost
      return try #require(cost.value(named: data.columns.mapValues { $0[left] }))
    }
    let errors = PercentageErrors(predicted: held, measured: data.cost)
    #expect(abs(fit.leaveOneOut.mape - errors.mape) < 1e-10)
    #expect(abs(fit.leaveOneOut.maxAPE - errors.maxAPE) < 1e-10)
    #expect(abs(fit.leaveOneOut.bias - errors.bias) < 1e-10)
  }

  @Test("the reach is the held-out error of rank 0.95 (n + 1), below 19 measurements Student's t times their RMS")
  func reach() throws {
    let errors = (1...39).map { Double($0) / 100 }
    #expect(abs(try #require(LinearCost.reach(Array(errors.reversed()), parameters: 3)) - 0.38) < 1e-12)
    // Of 20 the rank is 19.95.
    #expect(abs(try #require(LinearCost.reach(Array(errors.prefix(20)), parameters: 3)) - 0.1995) < 1e-12)
    let few = Array(errors.prefix(12))
    let expected = Statistics.studentT(probability: 0.975, degrees: 9) * Statistics.rootMeanSquare(few)
    #expect(abs(try #require(LinearCost.reach(few, parameters: 3)) - expected) < 1e-12)
    let many = try fit(Measurements(60, seed: 5, coefficients: Self.truth, noise: 0.1))
    #expect(try #require(many.cost.relativeReach) < many.leaveOneOut.maxAPE)
    #expect(try #require(many.cost.relativeReach) > many.leaveOneOut.mape)
  }

  @Test("the reach at any confidence is an order statistic of the left-out errors, which never falls, up to n/(n + 1)")
  func confidence() throws {
    let cost = try fit(Measurements(60, seed: 5, coefficients: Self.truth, noise: 0.1)).cost
    #expect(cost.leftOutErrors.count == 60)
    #expect(cost.reach(at: 0.95) == cost.relativeReach)
    // 61 · 40/61 = 40.
    #expect(abs(try #require(cost.reach(at: 40.0 / 61)) - cost.leftOutErrors[39]) < 1e-12)
    var last = 0.0
    for step in 500...983 {
      let reach = try #require(cost.reach(at: Double(step) / 1000))
      #expect(reach >= last)
      last = reach
    }
    #expect(cost.reach(at: 0.984) == nil)
    let interval = try #require(cost.interval(around: 2, confidence: 0.8))
    let reach = try #require(cost.reach(at: 0.8))
    #expect(interval.low == 2 / (1 + reach) && interval.high == 2 / (1 - reach))
    let stated = try LinearCost(features: ["1"], coefficients: [1], relativeReach: 0.1)
    #expect(stated.reach(at: 0.95) == 0.1 && stated.reach(at: 0.9) == nil)
    let few = try LinearCost(
      features: ["1"], coefficients: [1], relativeReach: LinearCost.reach([0.1, 0.2, 0.1], parameters: 1),
      leftOutErrors: [0.1, 0.2, 0.1])
    // Student's t with 2 degrees of freedom at 95 %: 2.9199856.
    #expect(abs(try #require(few.reach(at: 0.9)) - 2.9199856 * 0.1414213562) < 1e-7)
    #expect(throws: HardwareError.self) {
      try LinearCost(features: ["1"], coefficients: [1], relativeReach: 0.1, leftOutErrors: [-0.1])
    }
  }

  @Test("the ranges are those of the columns")
  func ranges() throws {
    let data = Measurements(12, seed: 6, coefficients: Self.truth, noise: 0)
    let fit = try fit(data)
    let macs = try #require(data.columns["macs"])
    #expect(fit.cost.ranges[1] == macs.min()!...macs.max()!)
    #expect(fit.cost.ranges[0] == 1...1)
  }

  @Test("features that the measurements cannot support are dropped and named")
  func dropped() throws {
    var data = Measurements(14, seed: 7, coefficients: ["1": 5e-3, "macs": 5e-11, "parameters": -1e-8], noise: 0)
    data.columns["empty"] = Array(repeating: 0, count: 14)
    data.columns["same"] = Array(repeating: 7, count: 14)
    let fit = try fit(data, ["1", "empty", "macs", "same", "parameters"])
    #expect(fit.dropped.map(\.feature) == ["empty", "same", "parameters"])
    #expect(
      fit.dropped.map(\.reason) == [
        "it is 0 in every row", "it is the same in every row", "the measurements give it no positive coefficient",
      ])
    #expect(fit.cost.features == ["1", "empty", "macs", "same", "parameters"])
    for place in [1, 3, 4] { #expect(fit.cost.coefficients[place] == 0) }
    #expect(fit.cost.coefficients[2] > 0)
  }

  @Test("without the constant a column that is the same in every row stays")
  func constantColumn() throws {
    var data = Measurements(8, seed: 8, coefficients: ["macs": 5e-11, "1": 1e-3], noise: 0)
    data.columns["same"] = Array(repeating: 2, count: 8)
    let fit = try fit(data, ["same", "macs"])
    #expect(fit.dropped.isEmpty)
    #expect(abs(fit.cost.coefficients[0] - 5e-4) < 1e-12)
  }

  @Test("a feature that one row alone has is left out with that row")
  func oneRow() throws {
    var data = Measurements(8, seed: 9, coefficients: ["macs": 5e-11], noise: 0)
    data.columns["rare"] = [0, 0, 3, 0, 0, 0, 0, 0]
    data.cost[2] += 3e-4
    let fit = try fit(data, ["macs", "rare"])
    #expect(abs(fit.cost.coefficients[1] - 1e-4) < 1e-12)
    #expect(fit.leaveOneOut.maxAPE > 0.1)
    let alone = try self.fit(data, ["rare"])
    #expect(alone.cost.coefficients[0] > 0)
    #expect(alone.leaveOneOut.maxAPE == 1)
  }

  @Test("fewer measurements than features + 2 are an error")
  func tooFew() {
    let data = Measurements(5, seed: 1, coefficients: Self.truth, noise: 0)
    #expect(
      message { () throws(HardwareError) in try fit(data) }
        == "latency_s: too few measurements, found 5, allowed 6 or more")
    #expect(message { () throws(HardwareError) in try fit(data, ["1", "macs", "parameters"]) } == "no error")
  }

  @Test("costs that are not positive and features that are not there are errors")
  func values() {
    for bad in [0, -2, Double.nan, .infinity] {
      var data = Measurements(8, seed: 1, coefficients: Self.truth, noise: 0)
      data.cost[2] = bad
      #expect(
        message { () throws(HardwareError) in try fit(data) }
          == "latency_s: row 3: not positive, found \(bad), allowed numbers > 0")
    }
    let data = Measurements(8, seed: 1, coefficients: Self.truth, noise: 0)
    #expect(
      message { () throws(HardwareError) in try fit(data, ["1", "flops"]) }
        == "feature: unknown, found 'flops', allowed 1, macs, parameters, weighted_layers")
    var broken = data
    broken.columns["macs"]?[4] = .nan
    #expect(
      message { () throws(HardwareError) in try fit(broken) } == "fit: least squares: a value is not finite")
  }

  @Test("features that explain nothing are an error that says so")
  func unexplained() {
    var data = Measurements(8, seed: 1, coefficients: Self.truth, noise: 0)
    let expected = "latency_s: no feature explains it: every coefficient is 0"
    data.columns["negative"] = (0..<8).map { -Double($0) - 1 }
    data.columns["zero"] = Array(repeating: 0, count: 8)
    #expect(message { () throws(HardwareError) in try fit(data, ["negative"]) } == expected)
    #expect(message { () throws(HardwareError) in try fit(data, ["zero"]) } == expected)
    #expect(message { () throws(HardwareError) in try fit(data, []) } == expected)
  }

  @Test("percentage errors by hand")
  func percentages() {
    let errors = PercentageErrors(predicted: [110, 90, 150, 100], measured: [100, 100, 100, 100])
    #expect(abs(errors.mape - 0.175) < 1e-12)
    #expect(abs(errors.maxAPE - 0.5) < 1e-12)
    #expect(abs(errors.bias - 0.125) < 1e-12)
    #expect(errors.within10 == 0.75)
    #expect(errors.kendall == nil)
  }
}
