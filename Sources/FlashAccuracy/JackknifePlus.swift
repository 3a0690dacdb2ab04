internal import FlashNumerics

/// Intervals for one new training run from the curves without one configuration each.
///
/// With curves μ₋ᵢ and the errors R of the runs of configuration i by μ₋ᵢ, the interval at x goes from the quantile α of
/// μ₋ᵢ(x) − R to the quantile 1 − α of μ₋ᵢ(x) + R, with α = 5 %: each run weighs 1/((n + 1)·nᵢ), and 1/(n + 1) lies beyond
/// both ends. It holds a new run with probability 1 − 2α at least, about 1 − α in practice, where configurations are
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
  private static let alpha = 0.05

  let folds: [Fold]

  /// The interval at features, within 0…1.
  func interval(_ features: [Double]) -> (low: Double, high: Double) {
    let share = 1 / Double(folds.count + 1)
    var lower: [(end: Double, weight: Double)] = []
    var upper: [(end: Double, weight: Double)] = []
    for fold in folds {
      let value = fold.curve.value(features)
      for error in fold.errors {
        lower.append((value - error, share / Double(fold.errors.count)))
        upper.append((-value - error, share / Double(fold.errors.count)))
      }
    }
    return (max(0, Self.quantile(lower, share)), min(1, -Self.quantile(upper, share)))
  }

  /// The largest end such that at most α of the weight, `beyond` of it at −∞, lies below it.
  private static func quantile(_ ends: [(end: Double, weight: Double)], _ beyond: Double) -> Double {
    var below = beyond
    for (end, weight) in ends.sorted(by: { $0.end < $1.end }) {
      // Rounding of sums of equal parts must not move the quantile by one.
      if below + weight > alpha + 1e-12 { return end }
      below += weight
    }
    return ends.map(\.end).max() ?? -.infinity
  }
}

extension AccuracyModel.Curve {
  /// θ of features.
  func value(_ features: [Double]) -> Double {
    switch self {
    case .saturating(let curve): curve.value(features[0])
    case .regression(let regression): regression.value { features[$0] }
    case .process(let process): process.value { features[$0] }
    }
  }
}
