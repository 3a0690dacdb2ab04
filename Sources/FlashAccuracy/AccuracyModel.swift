internal import FlashNumerics

/// An accuracy with its interval for one new training run.
public struct AccuracyPrediction: Sendable, Hashable {
  public let value: Double
  public let low: Double
  public let high: Double
  /// Whether a feature lies outside the range that the fit saw.
  public let isExtrapolated: Bool
}

/// What a fit expects of one new training run: a shifted and scaled Student's t.
struct PredictiveDistribution {
  let value: Double
  let deviation: Double
  /// ∞ for a normal distribution.
  let degreesOfFreedom: Double

  func logDensity(_ accuracy: Double) -> Double {
    // A fit without any error has no density: the error of an accuracy of six digits is the least there is.
    let scale = max(deviation, 1e-6)
    return Statistics.logStudentDensity((accuracy - value) / scale, degrees: degreesOfFreedom) - Elementary.log(scale)
  }

  func interval(_ confidence: Double = 0.95) -> (low: Double, high: Double) {
    let reach = Self.quantile(confidence, degreesOfFreedom) * deviation
    return (max(0, value - reach), min(1, value + reach))
  }

  /// How many deviations a two-sided interval reaches.
  static func quantile(_ confidence: Double, _ degreesOfFreedom: Double) -> Double {
    Statistics.studentT(probability: (1 + confidence) / 2, degrees: degreesOfFreedom)
  }
}

/// A fitted accuracy model, with what its interval needs.
///
/// A copy is a reference: a search asks a model a million times.
public struct AccuracyModel: Sendable, Hashable {
  private let shared: Shared

  init(
    form: String, features: [String], ranges: [ClosedRange<Double>], curve: Curve, uncertainty: Uncertainty,
    jackknife: JackknifePlus?
  ) {
    shared = Shared(
      Parts(
        form: form, features: features, ranges: ranges, curve: curve, uncertainty: uncertainty, jackknife: jackknife))
  }

  public static func == (a: AccuracyModel, b: AccuracyModel) -> Bool { a.shared.parts == b.shared.parts }

  public func hash(into hasher: inout Hasher) { hasher.combine(shared.parts) }

  /// The name of its `AccuracyForm`.
  public var form: String { shared.parts.form }
  /// What it reads, in order: names of network features, variables or columns.
  public var features: [String] { shared.parts.features }
  /// The range of each feature over the samples.
  public var ranges: [ClosedRange<Double>] { shared.parts.ranges }
  var curve: Curve { shared.parts.curve }
  var uncertainty: Uncertainty { shared.parts.uncertainty }
  /// The curves without one sample each, where intervals are those of the jackknife+.
  var jackknife: JackknifePlus? { shared.parts.jackknife }

  private struct Parts: Sendable, Hashable {
    let form: String
    let features: [String]
    let ranges: [ClosedRange<Double>]
    let curve: Curve
    let uncertainty: Uncertainty
    let jackknife: JackknifePlus?
  }

  private final class Shared: Sendable {
    let parts: Parts

    init(_ parts: Parts) { self.parts = parts }
  }

  enum Curve: Sendable, Hashable {
    case saturating(SaturatingCurve)
    case regression(Regression)
    case process(GaussianProcess)
  }

  /// What the delta method needs; a Gaussian process has a variance of its own and takes the run's alone.
  struct Uncertainty: Sendable, Hashable {
    /// Covariance of the coordinates of the curve: of `SaturatingForm`, of a constant's θ, or of a regression's
    /// coefficients.
    let covariance: [[Double]]
    /// The deviation of one new run about the curve.
    let residualDeviation: Double
    /// Degrees of freedom of Student's t; ∞ for a Gaussian process.
    let degreesOfFreedom: Double
  }

  /// The accuracy expected of a network with features `feature(0)`, `feature(1)`, … in the order of `features`, 0…1.
  ///
  /// Complexity: O(features); O(samples · features) for a Gaussian process. No allocation.
  @inline(__always)
  public func accuracy(_ feature: (Int) -> Double) -> Double { shared.parts.curve.value(feature) }

  /// The accuracy of a model of one feature.
  public func accuracy(_ feature: Double) -> Double { accuracy { _ in feature } }

  /// The accuracies of a model of one feature for eight values of it. The form `flash` works them out together, within 1e-14
  /// of one by one.
  public func accuracies(_ features: SIMD8<Double>) -> SIMD8<Double> {
    if case .saturating(let curve) = shared.parts.curve, let values = curve.values(features) { return values }
    var values = features
    for lane in 0..<8 { values[lane] = accuracy(features[lane]) }
    return values
  }

  /// The linear predictor in two parts, one that never falls and one that never rises with any feature: what bounds over
  /// boxes are made of. A curve of one feature has the feature itself as predictor.
  ///
  /// - Precondition: the form is bounded.
  public func predictor(_ feature: (Int) -> Double) -> (rising: Double, falling: Double) {
    guard case .regression(let regression) = shared.parts.curve else { return (feature(0), 0) }
    var (rising, falling) = (regression.intercept, 0.0)
    for (k, slope) in regression.slopes.enumerated() {
      let term = slope * regression.transforms[k](feature(k))
      if slope < 0 { falling += term } else { rising += term }
    }
    return (rising, falling)
  }

  /// The accuracy of a linear predictor; it never falls with it. - Precondition: the form is bounded.
  public func accuracy(predictor: Double) -> Double {
    switch shared.parts.curve {
    case .saturating(let curve): curve.value(predictor)
    case .regression(let regression): regression.value(predictor: predictor)
    case .process: .nan
    }
  }

  /// Whether the accuracy is known to lie between two values over any box of features.
  public var isBounded: Bool {
    if case .process = curve { false } else { true }
  }

  /// The accuracy of features with its interval for one new training run, within 0…1.
  ///
  /// value ± t · √(variance of the curve + variance of a run) with Student's t at (1 + confidence)/2, or the jackknife+'s.
  /// Complexity: O(features²), O(samples²) for a Gaussian process, O(samples · log samples) curves for the jackknife+.
  ///
  /// - Parameter confidence: of the two-sided interval, 0…1; above `largestConfidence` it is all of 0…1.
  public func predict(_ features: [Double], confidence: Double = 0.95) -> AccuracyPrediction {
    let distribution = distribution(features)
    let interval = jackknife?.interval(features, confidence) ?? distribution.interval(confidence)
    return AccuracyPrediction(
      value: distribution.value, low: interval.low, high: interval.high, isExtrapolated: isExtrapolated(features))
  }

  /// The largest confidence that an interval can have: of a jackknife+ over n configurations 1 − 1/(n + 1), else 1.
  public var largestConfidence: Double { jackknife?.largestConfidence ?? 1 }

  /// The variance of the curve at features, without that of a run.
  public func curveVariance(_ features: [Double]) -> Double { curveVariance(gradient) { features[$0] } }

  /// - Parameter gradient: the model's own.
  func curveVariance(_ gradient: CurveGradient, _ feature: (Int) -> Double) -> Double {
    if case .process(let process) = curve { return max(0, process.variance(feature)) }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: gradient.count) { slopes in
      gradient.write(feature, to: slopes)
      var variance = 0.0
      for (i, row) in uncertainty.covariance.enumerated() {
        for (j, entry) in row.enumerated() { variance += slopes[i] * entry * slopes[j] }
      }
      return max(0, variance)
    }
  }

  /// The covariance of the curve at two networks' features. Complexity: O(features²), O(samples²) for a Gaussian process.
  public func curveCovariance(_ first: [Double], _ second: [Double]) -> Double {
    if case .process(let process) = curve { return process.covariance(first, second) }
    let (a, b) = (gradient(first), gradient(second))
    var covariance = 0.0
    for (i, row) in uncertainty.covariance.enumerated() {
      for (j, entry) in row.enumerated() { covariance += a[i] * entry * b[j] }
    }
    return covariance
  }

  /// The variance of one new run about the curve.
  public var runVariance: Double { uncertainty.residualDeviation * uncertainty.residualDeviation }

  func distribution(_ features: [Double]) -> PredictiveDistribution {
    PredictiveDistribution(
      value: accuracy { features[$0] }, deviation: (curveVariance(features) + runVariance).squareRoot(),
      degreesOfFreedom: uncertainty.degreesOfFreedom)
  }

  /// Whether features are numbers that the form takes.
  public func admits(_ features: [Double]) -> Bool {
    guard features.allSatisfy(\.isFinite) else { return false }
    return switch curve {
    case .saturating: features[0] > 0
    case .regression(let regression): zip(features, regression.transforms).allSatisfy { $1.admits($0) }
    case .process: true
    }
  }

  /// Whether a feature lies outside the range of the samples.
  public func isExtrapolated(_ features: [Double]) -> Bool {
    zip(features, ranges).contains { !$1.contains($0) }
  }

  private func gradient(_ features: [Double]) -> [Double] {
    let gradient = gradient
    return Array(unsafeUninitializedCapacity: gradient.count) { slopes, count in
      gradient.write({ features[$0] }, to: slopes)
      count = gradient.count
    }
  }

  var gradient: CurveGradient { CurveGradient(curve, range: ranges[0]) }
}

/// ∂θ/∂coordinates of a curve, with all that does not depend on the features.
enum CurveGradient: Sendable {
  /// θ itself is the one coordinate.
  case constant
  case saturating(SaturatingForm.Shape)
  case regression(Regression)
  /// A Gaussian process has a variance of its own.
  case none

  /// - Parameter range: of the first feature over the samples.
  init(_ curve: AccuracyModel.Curve, range: ClosedRange<Double>) {
    switch curve {
    case .saturating(let curve) where curve.isConstant: self = .constant
    case .saturating(let curve):
      let form = SaturatingForm(kind: curve.kind, range: range)
      self = .saturating(SaturatingForm.Shape(form, form.coordinates(curve)))
    case .regression(let regression): self = .regression(regression)
    case .process: self = .none
    }
  }

  var count: Int {
    switch self {
    case .constant: 1
    case .saturating(let shape): shape.form.coordinateCount
    case .regression(let regression): 1 + regression.slopes.count
    case .none: 0
    }
  }

  /// - Precondition: room for `count` numbers. No allocation.
  func write(_ feature: (Int) -> Double, to slopes: UnsafeMutableBufferPointer<Double>) {
    switch self {
    case .constant: slopes[0] = 1
    case .saturating(let shape): shape.gradient(feature(0)) { slopes[$0] = $1 }
    case .regression(let regression): regression.writeGradient(feature, to: slopes)
    case .none: break
    }
  }
}
