internal import FlashNumerics

/// Intervals for one new training run from the curves without one configuration each.
///
/// With curves μ₋ᵢ and the errors R of the runs of configuration i by μ₋ᵢ, the interval at x goes from the quantile α of
/// μ₋ᵢ(x) − R to the quantile 1 − α of μ₋ᵢ(x) + R, with α = 1 − confidence: each run weighs 1/((n + 1)·nᵢ), and 1/(n + 1) lies
/// beyond both ends. It holds a new run with probability 1 − 2α at least, about 1 − α in practice, where configurations are
/// exchangeable; it knows no shape of the errors, and does not widen outside the samples' range unless the curves part.
///
/// Source: Barber, Candès, Ramdas, Tibshirani, "Predictive inference with the jackknife+", Annals of Statistics 49(1),
/// 2021; several runs a configuration: Lee, Barber, Willett, arXiv 2306.06342.
struct JackknifePlus: Sendable, Hashable {
  struct Fold: Sendable, Hashable {
    let curve: AccuracyModel.Curve
    /// |run − curve| for each run of the configuration that was left out.
    let errors: [Double]
  }

  /// The fewest configurations for an interval of 95 %: 1/(n + 1) ≤ 5 %.
  static let fewestSamples = 19

  let folds: [Fold]

  /// The part of the weight that lies beyond either end.
  private var share: Double { 1 / Double(folds.count + 1) }

  /// The largest confidence of an interval that ends.
  var largestConfidence: Double { 1 - share }

  /// The interval at features, within 0…1.
  func interval(_ features: [Double], _ confidence: Double = 0.95) -> (low: Double, high: Double) {
    (low(confidence) { $0.value(features) }, high(confidence) { $0.value(features) })
  }

  /// The lower end where the curve without each configuration has a value; it never falls when one of these rises.
  func low(_ confidence: Double, _ value: (AccuracyModel.Curve) -> Double) -> Double {
    max(0, quantile(1 - confidence) { value($0.curve) - $1 })
  }

  /// The upper end, likewise.
  func high(_ confidence: Double, _ value: (AccuracyModel.Curve) -> Double) -> Double {
    min(1, -quantile(1 - confidence) { -value($0.curve) - $1 })
  }

  /// The largest end such that at most α of the weight, `share` of it at −∞, lies below it; −∞ where α is less than that.
  private func quantile(_ alpha: Double, _ end: (Fold, Double) -> Double) -> Double {
    // Rounding of sums of equal parts must not move the quantile by one.
    let most = alpha + 1e-12
    var below = share
    guard below <= most else { return -.infinity }
    let ends = folds.flatMap { fold in
      fold.errors.map { (end: end(fold, $0), weight: share / Double(fold.errors.count)) }
    }
    for (end, weight) in ends.sorted(by: { $0.end < $1.end }) {
      if below + weight > most { return end }
      below += weight
    }
    return ends.map(\.end).max() ?? -.infinity
  }
}

extension AccuracyModel.Curve {
  func value(_ features: [Double]) -> Double { value { features[$0] } }

  /// θ of features. No allocation.
  @inline(__always)
  func value(_ feature: (Int) -> Double) -> Double {
    switch self {
    case .saturating(let curve): curve.value(feature(0))
    case .regression(let regression): regression.value(feature)
    case .process(let process): process.value(feature)
    }
  }
}
