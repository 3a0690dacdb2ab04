import FlashGraph
import FlashNumerics
import Testing

@testable import FlashHardware

/// Weights, ridge, robustness, choices of features and rows that are layers.
@Suite("Options of hardware fits")
struct FitOptionsTests {
  typealias Measurements = HardwareFitTests.Measurements

  func fit(
    _ data: Measurements, _ features: [String] = HardwareFitTests.features, deviations: [Double]? = nil,
    _ change: (inout HardwareFitOptions) -> Void = { _ in }
  ) throws(HardwareError) -> HardwareFit {
    var options = HardwareFitOptions()
    change(&options)
    return try HardwareFit(
      CostMeasurements(quantity: "latency_s", columns: data.columns, measured: data.cost, deviations: deviations),
      features: features, options: options)
  }

  func distance(_ fit: HardwareFit) -> Double {
    let truth = HardwareFitTests.truth
    return zip(fit.cost.features, fit.cost.coefficients).reduce(0) { sum, term in
      max(sum, abs(term.1 / (truth[term.0] ?? 1) - 1))
    }
  }

  @Test("equal deviations in relative terms change nothing, and their unit does not matter")
  func equalWeights() throws {
    let data = Measurements(15, seed: 1, coefficients: HardwareFitTests.truth, noise: 0.05)
    let plain = try fit(data)
    for scale in [0.01, 3] {
      let weighted = try fit(data, deviations: data.cost.map { $0 * scale })
      #expect(weighted.isWeighted)
      for (a, b) in zip(plain.cost.coefficients, weighted.cost.coefficients) { #expect(abs(a - b) <= 1e-9 * a) }
    }
  }

  @Test("weights by deviations come nearer to the truth where half of the rows are noisy")
  func weights() throws {
    var (wins, trials) = (0, 0)
    for seed: UInt64 in 0..<20 {
      var data = Measurements(30, seed: seed, coefficients: HardwareFitTests.truth, noise: 0)
      var random = SplitMix64(seed: seed, stream: 1)
      let deviations = data.cost.indices.map { ($0 % 2 == 0 ? 0.001 : 0.2) * data.cost[$0] }
      data.cost = zip(data.cost, deviations).map { max($0 + $1 * random.normal(), 0.1 * $0) }
      if distance(try fit(data, deviations: deviations)) < distance(try fit(data)) { wins += 1 }
      trials += 1
    }
    #expect(wins >= trials - 1)
  }

  @Test("a robust fit recovers known coefficients from measurements of which some are three times too low")
  func robust() throws {
    var data = Measurements(30, seed: 2, coefficients: HardwareFitTests.truth, noise: 0.002)
    for row in [3, 11, 20] { data.cost[row] /= 3 }
    #expect(try distance(fit(data)) > 0.2)
    #expect(try distance(fit(data) { $0.isRobust = true }) < 0.06)
    // Without noise the first fit is exact, and stays.
    let exact = Measurements(12, seed: 3, coefficients: HardwareFitTests.truth, noise: 0)
    #expect(try distance(fit(exact) { $0.isRobust = true }) < 1e-8)
  }

  @Test("a ridge fit takes no penalty from exact measurements, and one where features say nearly the same")
  func ridge() throws {
    let exact = try fit(Measurements(14, seed: 4, coefficients: HardwareFitTests.truth, noise: 0)) { $0.isRidge = true }
    #expect(exact.penalty == 0)
    #expect(distance(exact) < 1e-8)
    var penalised = 0
    for seed: UInt64 in 0..<12 {
      let fit = try fit(Measurements(9, seed: seed, coefficients: HardwareFitTests.truth, noise: 0.3)) {
        $0.isRidge = true
      }
      if try #require(fit.penalty) > 0 { penalised += 1 }
      #expect(fit.nested?.folds == 9)
    }
    #expect(penalised >= 4)
  }

  /// Columns without meaning beside those that make the cost.
  func noisyColumns(_ count: Int, seed: UInt64, noise: Double) -> (data: Measurements, names: [String]) {
    var data = Measurements(
      count, seed: seed, coefficients: ["macs": 5e-11, "weighted_layers": 3e-5], noise: noise)
    var random = SplitMix64(seed: seed, stream: 9)
    let extra = (0..<12).map { "noise\($0)" }
    for name in extra { data.columns[name] = (0..<count).map { _ in 1 + 9 * random.unit() } }
    return (data, ["1", "parameters"] + extra + ["macs", "weighted_layers"])
  }

  @Test("a choice of features finds the two that make the cost among sixteen, and stops")
  func choice() throws {
    let (data, names) = noisyColumns(30, seed: 5, noise: 0)
    let fit = try fit(data, names) { $0.choosesFeatures = true }
    #expect(Set(fit.cost.features) == ["macs", "weighted_layers"])
    let path = try #require(fit.path)
    #expect(path.candidates == names)
    #expect(path.steps[0].before == 1)
    for (step, next) in zip(path.steps, path.steps.dropFirst()) { #expect(step.after == next.before) }
    for step in path.steps { #expect(step.before - step.after > step.standardError) }
    #expect(path.refused == nil)
    #expect(fit.leaveOneOut.maxAPE < 1e-8)
    #expect(try #require(fit.nested).errors.maxAPE < 1e-8)
  }

  @Test("the error with the choice left out is above the error of the features chosen, which is optimistic")
  func nested() throws {
    var (optimistic, nested) = (0.0, 0.0)
    for seed: UInt64 in 0..<10 {
      let (data, names) = noisyColumns(16, seed: seed, noise: 0.1)
      let fit = try fit(data, names) { $0.choosesFeatures = true }
      optimistic += fit.leaveOneOut.mape / 10
      let outer = try #require(fit.nested)
      nested += outer.errors.mape / 10
      let path = try #require(fit.path)
      // The path's last error is that of the features chosen, by the fit of the sums of products.
      #expect(abs(try #require(path.steps.last).after - fit.leaveOneOut.mape) < 1e-6)
      if let refused = path.refused { #expect(refused.before - refused.after <= refused.standardError) }
    }
    #expect(nested > optimistic)
  }

  /// Networks of layers whose costs are exact in two features, with relative noise.
  func layers(_ networks: Int, seed: UInt64, noise: Double) throws -> CostMeasurements {
    var random = SplitMix64(seed: seed)
    var (columns, cost, owners): ([String: [Double]], [Double], [Int]) = ([:], [], [])
    for network in 0..<networks {
      for _ in 0..<(4 + random.below(5)) {
        let (macs, layers) = ((1e5 + 1e6 * random.unit()).rounded(), 1.0)
        columns["macs:3x3", default: []].append(macs)
        columns["layers:3x3", default: []].append(layers)
        cost.append((1e-9 * macs + 2e-4 * layers) * (1 + noise * random.normal()))
        owners.append(network)
      }
    }
    return try CostMeasurements(quantity: "latency_s", columns: columns, measured: cost, networks: owners)
  }

  @Test("rows that are layers are fitted by their share of the network, and judged by totals")
  func perLayer() throws {
    let exact = try HardwareFit(layers(8, seed: 1, noise: 0), features: ["macs:3x3", "layers:3x3"])
    #expect(exact.samples == 8)
    #expect(try #require(exact.layers) > 30)
    #expect(abs(exact.cost.coefficients[0] - 1e-9) < 1e-17)
    #expect(abs(exact.cost.coefficients[1] - 2e-4) < 1e-12)
    let noisy = try layers(30, seed: 2, noise: 0.1)
    let fit = try HardwareFit(noisy, features: ["macs:3x3", "layers:3x3"])
    // The errors of layers cancel in totals.
    #expect(fit.leaveOneOut.mape < 0.06)
    let networks = try #require(noisy.networks)
    for network in 0..<30 {
      let rows = networks.indices.filter { networks[$0] == network }
      #expect(abs(fit.heldOut[network].measured - rows.reduce(0) { $0 + noisy.measured[$1] }) < 1e-12)
    }
    // A model reads the sum over a network: its range is that of sums.
    let counts = (0..<30).map { network in Double(networks.count { $0 == network }) }
    #expect(fit.cost.ranges[1] == counts.min()!...counts.max()!)
  }

  @Test("networks too few to leave out are an error")
  func fewNetworks() throws {
    let error = #expect(throws: HardwareError.self) {
      try HardwareFit(layers(4, seed: 1, noise: 0), features: ["macs:3x3", "layers:3x3"])
    }
    #expect(error?.description == "latency_s of networks: too few measurements, found 4, allowed 5 or more")
    let data = noisyColumns(4, seed: 1, noise: 0)
    let few = #expect(throws: HardwareError.self) { try fit(data.data, data.names) { $0.choosesFeatures = true } }
    #expect(few?.description == "latency_s: too few measurements, found 4, allowed 5 or more")
  }

  @Test("the interval holds 93 to 97 % of new networks", arguments: [10, 14, 19, 25, 40, 80])
  func coverage(count: Int) throws {
    var (inside, of) = (0, 0)
    for seed: UInt64 in 0..<(count < 20 ? 300 : 100) {
      let all = Measurements(count + 40, seed: 1000 + seed, coefficients: HardwareFitTests.truth, noise: 0.05)
      var seen = all
      seen.cost = Array(all.cost.prefix(count))
      seen.columns = all.columns.mapValues { Array($0.prefix(count)) }
      let cost = try fit(seen).cost
      for row in count..<count + 40 {
        let value = try #require(cost.value(named: all.columns.mapValues { $0[row] }))
        let interval = try #require(cost.interval(around: value))
        if interval.low <= all.cost[row], all.cost[row] <= interval.high { inside += 1 }
        of += 1
      }
    }
    let share = Double(inside) / Double(of)
    #expect(share > 0.93 && share < 0.97, "\(share) at \(count)")
  }

  @Test("a learning curve draws the same networks for everyone, and judges by the others")
  func learningCurve() throws {
    let (data, names) = noisyColumns(30, seed: 7, noise: 0.02)
    let measurements = try CostMeasurements(quantity: "latency_s", columns: data.columns, measured: data.cost)
    var chosen = HardwareFitOptions()
    chosen.choosesFeatures = true
    let curve = try HardwareLearningCurve(
      [measurements],
      contestants: [
        .init(name: "both", features: ["macs", "weighted_layers"], options: HardwareFitOptions()),
        .init(name: "again", features: ["macs", "weighted_layers"], options: HardwareFitOptions()),
        .init(name: "one", features: ["1"], options: HardwareFitOptions()),
        .init(name: "all", features: names, options: HardwareFitOptions()),
        .init(name: "chosen", features: names, options: chosen),
      ], sizes: [10, 20], draws: 20, seed: 1)
    #expect(curve.rows.map(\.name) == ["both", "again", "one", "chosen", "both", "again", "one", "all", "chosen"])
    #expect(curve.skipped.map(\.name) == ["all"])
    #expect(curve.skipped.map(\.reason) == ["latency_s: too few measurements, found 10, allowed 18 or more"])
    let (both, again, one) = (curve.rows[0], curve.rows[1], curve.rows[2])
    #expect(both.mean == again.mean && both.worst == again.worst && both.largest == again.largest)
    #expect(both.mean < 0.03 && one.mean > 0.2)
    for row in curve.rows {
      #expect(row.range.lowerBound <= row.mean && row.mean <= row.worst && row.worst <= row.largest)
    }
    let error = #expect(throws: HardwareError.self) {
      try HardwareLearningCurve([measurements], contestants: [], sizes: [29], draws: 2, seed: 1)
    }
    #expect(error?.description == "latency_s: too few measurements, found 30, allowed 31 or more")
  }
}
