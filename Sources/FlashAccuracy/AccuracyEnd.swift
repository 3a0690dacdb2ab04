internal import FlashNumerics

/// One end of a model's two-sided interval for one new training run: what a bound with a confidence is judged by.
///
/// The lower end is θ − t·√(v + s²), not below 0, the upper one θ + t·√(v + s²), not above 1, with the curve's variance v,
/// a run's s² and Student's t at (1 + confidence)/2; or the jackknife+'s. At features it is the end that
/// `AccuracyModel.predict` gives, to the bit.
///
/// A class, so that a search copies a reference; it never changes.
public final class AccuracyEnd: Sendable {
  public enum Side: Sendable { case low, high }

  public let side: Side
  private let model: AccuracyModel
  private let confidence: Double
  private let quantile: Double
  private let gradient: CurveGradient
  private let variance: LeastVariance

  /// - Returns: `nil` where the model has no interval at the confidence: above its `largestConfidence`, or where its
  ///   numbers make no variance.
  public init?(_ side: Side, of model: AccuracyModel, confidence: Double) {
    guard 0 < confidence, confidence < 1, confidence <= model.largestConfidence + 1e-12 else { return nil }
    self.side = side
    self.model = model
    self.confidence = confidence
    quantile = PredictiveDistribution.quantile(confidence, model.uncertainty.degreesOfFreedom)
    gradient = model.gradient
    variance = LeastVariance(model.uncertainty.covariance)
    for ends in [model.ranges.map(\.lowerBound), model.ranges.map(\.upperBound)] {
      guard model.curveCovariance(ends, ends).isFinite else { return nil }
    }
  }

  /// The end at features. Complexity: that of `AccuracyModel.predict`; no allocation but for a jackknife+.
  public func value(_ feature: (Int) -> Double) -> Double {
    if let jackknife = model.jackknife {
      return side == .low
        ? jackknife.low(confidence) { $0.value(feature) } : jackknife.high(confidence) { $0.value(feature) }
    }
    let deviation = (model.curveVariance(gradient, feature) + model.runVariance).squareRoot()
    return reached(from: model.accuracy(feature), quantile * deviation)
  }

  private func reached(from value: Double, _ reach: Double) -> Double {
    side == .low ? max(0, value - reach) : min(1, value + reach)
  }

  /// Over a box of features, a value that the lower end does not exceed, or the upper one does not fall below.
  ///
  /// The accuracy is taken where it is best, the variance where it is least (`LeastVariance`); of a jackknife+ each curve
  /// where it is best. Outward by more than rounding takes (1e-12). Of a Gaussian process the mean alone is bounded, by 0
  /// and 1. Complexity: O(features²), no allocation but for a jackknife+.
  ///
  /// - Parameter box: the least and the largest value of each feature.
  public func best(_ box: (Int) -> ClosedRange<Double>) -> Double {
    let best =
      if let jackknife = model.jackknife {
        side == .low
          ? jackknife.low(confidence) { $0.range(box).most } : jackknife.high(confidence) { $0.range(box).least }
      } else { bestOfModel(box) }
    guard !best.isNaN else { return side == .low ? 1 : 0 }
    return side == .low ? best + 1e-12 : best - 1e-12
  }

  private func bestOfModel(_ box: (Int) -> ClosedRange<Double>) -> Double {
    let range = model.curve.range(box)
    let least = variance.value(gradient, over: box, accuracy: range)
    let reach = quantile * (least + model.runVariance).squareRoot()
    return reached(from: side == .low ? range.most : range.least, reach)
  }

  /// A value below which the lower end of a model of one feature does not reach `limit`; `nil` where it nowhere does.
  ///
  /// Intervals from the left on are halved until one cannot be told to stay below the limit and is narrower than 1e-12 of
  /// its place: as near to the first feature that does as bounds tell. Nothing is assumed of the end's shape.
  /// Complexity: some hundred bounds.
  public func firstReaching(_ limit: Double, in range: ClosedRange<Double>) -> Double? {
    precondition(side == .low && model.features.count == 1, "the lower end of a model of one feature")
    var open = [range]
    // Chosen: more bounds than any curve of the catalogue has needed by far; what is left of the place is refuted anyway.
    for _ in 0..<100_000 {
      guard let part = open.popLast() else { return nil }
      if best({ _ in part }) < limit { continue }
      let middle = part.lowerBound + (part.upperBound - part.lowerBound) / 2
      guard part.upperBound - part.lowerBound > 1e-12 * abs(part.upperBound), part.lowerBound < middle,
        middle < part.upperBound
      else { return part.lowerBound }
      open.append(middle...part.upperBound)
      open.append(part.lowerBound...middle)
    }
    return open.last?.lowerBound
  }
}

extension AccuracyModel.Curve {
  /// Between which values θ lies over a box of features, before rounding; 0 and 1 of a Gaussian process.
  func range(_ box: (Int) -> ClosedRange<Double>) -> (least: Double, most: Double) {
    switch self {
    case .saturating(let curve): return (curve.value(box(0).lowerBound), curve.value(box(0).upperBound))
    case .regression(let regression):
      var (least, most) = (regression.intercept, regression.intercept)
      for (k, slope) in regression.slopes.enumerated() {
        let (transform, range) = (regression.transforms[k], box(k))
        let (first, last) = (slope * transform(range.lowerBound), slope * transform(range.upperBound))
        least += min(first, last)
        most += max(first, last)
      }
      return (regression.value(predictor: least), regression.value(predictor: most))
    case .process: return (0, 1)
    }
  }
}
