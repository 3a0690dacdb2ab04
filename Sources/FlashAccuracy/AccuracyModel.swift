internal import FlashNumerics

/// An accuracy with its 95 % interval for one new training run.
public struct AccuracyPrediction: Sendable, Hashable {
  public let value: Double
  public let low: Double
  public let high: Double
  /// Whether NN-Degree lies outside the range that the fit saw.
  public let isExtrapolated: Bool
}

/// A fitted curve of form `flash`: θ(g) = 1 / (a + exp(b/g + c)), with what its interval needs.
public struct AccuracyModel: Sendable, Hashable {
  /// a of the form.
  public let offset: Double
  /// b of the form, ≥ 0, in units of NN-Degree; 0 for a constant.
  public let scale: Double
  /// eᶜ of the form, ≥ 0.
  public let factor: Double
  /// The least and the largest NN-Degree of the samples.
  public let range: ClosedRange<Double>
  /// 3×3 covariance of p, q and β: 1/θ at the range's upper end, what is added to it at the lower end, and log b.
  public let covariance: [[Double]]
  /// The deviation of one new run about the curve.
  public let residualDeviation: Double
  /// Degrees of freedom of Student's t.
  public let degreesOfFreedom: Int

  public init(
    offset: Double, scale: Double, factor: Double, range: ClosedRange<Double>, covariance: [[Double]],
    residualDeviation: Double, degreesOfFreedom: Int
  ) {
    self.offset = offset
    self.scale = scale
    self.factor = factor
    self.range = range
    self.covariance = covariance
    self.residualDeviation = residualDeviation
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// eᶜ from c, as documents hold it.
  public static func factor(logarithm: Double) -> Double { Elementary.exp(logarithm) }

  /// The accuracy expected at NN-Degree `degree` > 0, in 0…1; it never falls when `degree` grows.
  public func accuracy(nnDegree degree: Double) -> Double {
    1 / (offset + factor * Elementary.exp(scale / degree))
  }

  /// The accuracy with its interval: value ± t₀.₉₇₅ · √(variance of the curve + variance of a run), within 0…1.
  public func predict(nnDegree degree: Double) -> AccuracyPrediction {
    let value = accuracy(nnDegree: degree)
    let slopes = slopes(at: degree, value)
    var variance = residualDeviation * residualDeviation
    for (i, row) in covariance.enumerated() {
      for (j, entry) in row.enumerated() { variance += slopes[i] * entry * slopes[j] }
    }
    let reach =
      Statistics.studentT(probability: 0.975, degrees: Double(degreesOfFreedom)) * max(0, variance).squareRoot()
    return AccuracyPrediction(
      value: value, low: max(0, value - reach), high: min(1, value + reach),
      isExtrapolated: !range.contains(degree))
  }

  /// ∂θ/∂(p, q, β); a constant has p alone.
  private func slopes(at degree: Double, _ value: Double) -> [Double] {
    guard scale > 0, factor > 0 else { return [-value * value, 0, 0] }
    let form = FlashForm(range: range)
    return form.gradient(at: degree, form.coordinates(offset: offset, scale: scale, factor: factor))
  }
}
