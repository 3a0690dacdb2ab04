import FlashNumerics

@testable import FlashAccuracy

/// θ(g) = 1 / (a + exp(b/g + c)).
struct TrueCurve: Sendable {
  var a = 1.03
  var b = 80.0
  var c = -4.0

  func callAsFunction(_ g: Double) -> Double { 1 / (a + Elementary.exp(b / g + c)) }
}

/// 1/θ = s + k/g: the limit of form `flash` at b = 0.
func hyperbola(_ g: Double, s: Double = 1.08, k: Double = 1.6) -> Double { 1 / (s + k / g) }

/// `count` values of g, evenly spaced in log g.
func degrees(_ count: Int, from least: Double = 25, to most: Double = 250) -> [Double] {
  (0..<count).map { least * Elementary.pow(most / least, Double($0) / Double(count - 1)) }
}

/// One sample per g.
func samples(_ degrees: [Double], _ accuracy: (Double) -> Double) throws -> [AccuracySample] {
  try degrees.map { try AccuracySample(nnDegree: $0, runs: [accuracy($0)]) }
}

/// Samples of a curve with normal noise.
func noisySamples(_ count: Int, seed: UInt64, noise: Double, curve: TrueCurve = TrueCurve()) throws -> [AccuracySample]
{
  var random = SplitMix64(seed: seed, stream: 0xACC)
  return try degrees(count).map { try AccuracySample(nnDegree: $0, runs: [curve($0) + noise * random.normal()]) }
}

extension AccuracySample {
  var nnDegree: Double { features["nn_degree"] ?? .nan }
}

extension AccuracyModel {
  /// A model of form `flash` from plain numbers.
  static func flash(
    _ coefficients: [String: Double], range: ClosedRange<Double>, covariance: [[Double]], residualDeviation: Double,
    degreesOfFreedom: Double
  ) throws -> AccuracyModel {
    try AccuracyModel(
      AccuracyModelParts(
        form: "flash", features: ["nn_degree"], ranges: [range], coefficients: coefficients, covariance: covariance,
        residualDeviation: residualDeviation, degreesOfFreedom: degreesOfFreedom))
  }
}
