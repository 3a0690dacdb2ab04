import FlashAccuracy
import FlashHardware
import FlashNAS
import FlashNumerics
import FlashSearch

/// Models for tests: a fixed curve and a small array, so that no result depends on shipped files.
enum TestModels {
  /// θ(g) = 1 / (0.98 + 0.1·exp(30/g)), seen for g in 30…150.
  static let predictor: AccuracyModel = {
    let parts = AccuracyModelParts(
      form: "flash", features: ["nn_degree"], ranges: [30...150],
      coefficients: ["a": 0.98, "b": 30, "c": Elementary.log(0.1)],
      covariance: [[1e-6, 0, 0], [0, 1e-6, 0], [0, 0, 1e-4]], residualDeviation: 0.003, degreesOfFreedom: 20)
    guard let model = try? AccuracyModel(parts) else { fatalError("the coefficients are a curve") }
    return model
  }()

  static func array(
    rows: Int = 32, columns: Int = 32, dataflow: SystolicArray.Dataflow = .weightStationary,
    filterMemory: SystolicArray.Memory = .network, inputMemory: Int = 65_536
  ) throws -> SystolicArray {
    try SystolicArray(
      .init(
        rows: rows, columns: columns, dataflow: dataflow, clock: Frequency(hertz: 5e8), operandBytes: 1,
        accumulatorBytes: 4, inputMemory: inputMemory, filterMemory: filterMemory, outputMemory: 65_536,
        dramBandwidth: Bandwidth(bytesPerSecond: 6.4e9),
        technology: .init(
          mac: Energy(joules: 0.3e-12), sramByte: Energy(joules: 2.5e-12), dramByte: Energy(joules: 162.5e-12),
          processingElement: Area(squareMillimetres: 636e-6), sramByteArea: Area(squareMillimetres: 3.954e-6))))
  }

  static func simulated() throws -> PerformanceModel {
    try PerformanceModel(predictor: predictor, costs: .simulated(.systolic(try array())))
  }

  static func fitted() throws -> PerformanceModel {
    let features = ["1", "macs", "parameters", "activations", "skip_elements", "weighted_layers"]
    return try PerformanceModel(
      predictor: predictor,
      costs: .fitted(
        try FittedHardware(
          latency: LinearCost(features: features, coefficients: [1e-6, 4e-12, 1e-10, 3e-10, 1e-10, 1e-7]),
          energy: LinearCost(features: features, coefficients: [0, 9e-13, 4e-12, 3e-10, 2e-10, 0]),
          area: LinearCost(features: features, coefficients: [1.17, 0, 4e-6, 0, 0, 0]))))
  }

  /// Fitted costs that sum over layers.
  static func layered() throws -> PerformanceModel {
    try PerformanceModel(
      predictor: predictor,
      costs: .fitted(
        try FittedHardware(
          latency: LinearCost(
            features: ["1", "folds_32x32", "macs_in8_out16", "layers:3x3"], coefficients: [1e-6, 2e-7, 3e-12, 1e-7]),
          energy: LinearCost(
            features: ["macs", "streamed_elements_16x16", "peak_memory_elements"], coefficients: [9e-13, 4e-13, 1e-11]),
          area: LinearCost(features: ["1", "tiles_128x4x4", "weights:3x3"], coefficients: [1.17, 2e-3, 4e-6]))))
  }

  static func objective(
    _ text: String = "accuracy/(latency*energy*area)", _ direction: Objective.Direction = .maximize
  ) throws -> Objective { Objective(expression: try Expression(text), direction: direction) }
}

extension SearchSpace.Restriction {
  static func range(_ name: String, _ range: ClosedRange<Int>) -> Self {
    Self(name: name, first: .integer(range.lowerBound), last: .integer(range.upperBound))
  }
}

extension SearchSpace {
  /// A uniform random point.
  func randomPoint(_ random: inout SplitMix64) -> [Int] {
    variables.map { $0.lower + random.below($0.count) * $0.step }
  }

  /// Every corner of the box.
  var corners: [[Int]] {
    variables.reduce([[]]) { points, variable in
      points.flatMap { point in [variable.lower, variable.upper].map { point + [$0] } }
    }
  }

  /// A random sub-box of at least `least` points.
  func randomBox(atLeast least: Int, _ random: inout SplitMix64) throws -> SearchSpace {
    var ranges = variables.map { variable in
      let value = variable.lower + random.below(variable.count)
      return value...value
    }
    func count() -> Int { ranges.reduce(1) { $0 * $1.count } }
    while count() < least {
      let axis = random.below(variables.count)
      let (lower, upper) = (ranges[axis].lowerBound, ranges[axis].upperBound)
      let isDown = random.below(2) == 0
      ranges[axis] =
        isDown ? max(variables[axis].lower, lower - 1)...upper : lower...min(variables[axis].upper, upper + 1)
    }
    return try restricted(to: zip(variableNames, ranges).map { .range($0, $1) })
  }

  /// Calls `body` with every point, in lexicographic order.
  func forEachPoint(_ body: ([Int]) -> Void) {
    var point = variables.map(\.lower)
    while true {
      body(point)
      var axis = variables.count - 1
      while axis >= 0, point[axis] == variables[axis].upper {
        point[axis] = variables[axis].lower
        axis -= 1
      }
      guard axis >= 0 else { return }
      point[axis] += variables[axis].step
    }
  }
}
