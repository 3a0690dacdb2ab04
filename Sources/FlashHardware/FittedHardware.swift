public import FlashGraph
internal import FlashNumerics

/// How far relative predictions are off: absolute percentage errors as fractions.
public struct PercentageErrors: Sendable, Hashable {
  /// Mean absolute percentage error.
  public let mape: Double
  /// The largest absolute percentage error.
  public let maxAPE: Double
  /// The share of predictions within 10 %.
  public let within10: Double
  /// Kendall's τ-b between prediction and measurement, `nil` where one of them is constant.
  public let kendall: Double?
  /// Mean signed relative error: below 0 where predictions are too low.
  public let bias: Double

  /// - Precondition: as many predictions as measurements, at least one; measurements > 0.
  public init(predicted: [Double], measured: [Double]) {
    let errors = zip(predicted, measured).map { ($0 - $1) / $1 }
    mape = Statistics.meanAbsolute(errors)
    maxAPE = errors.map { abs($0) }.max() ?? 0
    within10 = Double(errors.count { abs($0) <= 0.1 }) / Double(errors.count)
    kendall = RankCorrelation.kendall(predicted, measured)
    bias = Statistics.mean(errors)
  }

  public init(mape: Double, maxAPE: Double, within10: Double, kendall: Double?, bias: Double) {
    self.mape = mape
    self.maxAPE = maxAPE
    self.within10 = within10
    self.kendall = kendall
    self.bias = bias
  }
}

/// A cost that is linear in features of the network: y = Σ βₖ φₖ, β ≥ 0. The feature `1` is a constant.
public struct LinearCost: Sendable, Hashable {
  /// Names of features, in order.
  public let features: [String]
  /// One coefficient ≥ 0 per feature, in the cost's unit per unit of the feature.
  public let coefficients: [Double]
  /// 95 % of new networks' costs lie within value · (1 ± `relativeReach`): the 95 % quantile of the absolute
  /// percentage errors of left-out samples; `nil` where it is not known.
  public let relativeReach: Double?
  /// The least and the largest value of each feature in the measurements, in the order of `features`; empty where not
  /// known.
  public let ranges: [ClosedRange<Double>]

  /// The terms that are not 0; `nil` as feature is the constant.
  @usableFromInline let terms: [(feature: NetworkFeature?, coefficient: Double)]

  /// The name of the constant.
  public static let constant = "1"

  /// - Throws: `HardwareError` for a negative coefficient, or one that is not finite.
  public init(
    features: [String], coefficients: [Double], relativeReach: Double? = nil, ranges: [ClosedRange<Double>] = []
  ) throws(HardwareError) {
    guard features.count == coefficients.count, !features.isEmpty else {
      throw .outOfRange(
        parameter: "coefficients", found: "\(coefficients.count)", allowed: "one per feature, \(features.count)")
    }
    for (name, value) in zip(features, coefficients) where !(value.isFinite && value >= 0) {
      throw .outOfRange(parameter: "coefficient of \(name)", found: "\(value)", allowed: "numbers ≥ 0")
    }
    guard ranges.isEmpty || ranges.count == features.count else {
      throw .outOfRange(parameter: "ranges", found: "\(ranges.count)", allowed: "one per feature, \(features.count)")
    }
    if let relativeReach, !(relativeReach.isFinite && relativeReach >= 0) {
      throw .outOfRange(parameter: "relative_reach", found: "\(relativeReach)", allowed: "numbers ≥ 0")
    }
    self.features = features
    self.coefficients = coefficients
    self.relativeReach = relativeReach
    self.ranges = ranges
    terms = zip(features, coefficients).compactMap { name, coefficient in
      coefficient == 0 ? nil : (NetworkFeature(rawValue: name), coefficient)
    }
  }

  /// The names of features with a coefficient that no network gives: those came from columns of measurements.
  public var externalFeatures: [String] {
    zip(features, coefficients).filter {
      $1 != 0 && $0 != Self.constant && NetworkFeature(rawValue: $0) == nil
    }.map(\.0)
  }

  /// The cost of a network, in the unit of the fit. - Precondition: no external features. No allocation.
  @inlinable
  public func value(of features: NetworkFeatures) -> Double {
    var sum = 0.0
    for term in terms { sum += term.coefficient * (term.feature?.value(of: features) ?? 1) }
    return sum
  }

  /// Where 95 % of new networks with this predicted cost lie: an error (ŷ − y)/y of ±r puts y between ŷ/(1 + r) and
  /// ŷ/(1 − r); the upper end is infinite for r ≥ 1. `nil` where the errors are not known.
  public func interval(around value: Double) -> (low: Double, high: Double)? {
    guard let reach = relativeReach else { return nil }
    return (value / (1 + reach), reach < 1 ? value / (1 - reach) : .infinity)
  }

  /// Whether a feature that counts lies outside the range that the fit saw.
  public func isExtrapolated(_ read: (String) -> Double?) -> Bool {
    zip(zip(features, coefficients), ranges).contains { term, range in
      guard term.0 != Self.constant, term.1 > 0, let value = read(term.0) else { return false }
      return !range.contains(value)
    }
  }

  /// The cost for features given by name; `nil` where one is missing.
  public func value(named features: [String: Double]) -> Double? {
    var sum = 0.0
    for (name, coefficient) in zip(self.features, coefficients) where coefficient != 0 {
      guard let value = name == Self.constant ? 1 : features[name] else { return nil }
      sum += coefficient * value
    }
    return sum
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.features == b.features && a.coefficients == b.coefficients && a.relativeReach == b.relativeReach
      && a.ranges == b.ranges
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(features)
    hasher.combine(coefficients)
  }
}

/// Latency, energy and area as linear functions of a network's features; a quantity without a fit is `nil`.
public struct FittedHardware: Sendable, Hashable {
  public let latency: LinearCost?
  public let energy: LinearCost?
  public let area: LinearCost?

  /// - Throws: `HardwareError.unknownFeature` where a cost needs a feature that no network gives.
  public init(latency: LinearCost?, energy: LinearCost?, area: LinearCost?) throws(HardwareError) {
    for cost in [latency, energy, area] {
      if let name = cost?.externalFeatures.first {
        throw .unknownFeature(
          found: name, known: [LinearCost.constant] + NetworkFeature.allCases.map(\.rawValue))
      }
    }
    self.latency = latency
    self.energy = energy
    self.area = area
  }

  /// The fit of a quantity.
  public subscript(quantity: CostQuantity) -> LinearCost? {
    switch quantity {
    case .latency: latency
    case .energy: energy
    case .area: area
    }
  }

  /// Whether a cost reads a feature.
  public func reads(_ feature: NetworkFeature) -> Bool {
    [latency, energy, area].contains { $0?.features.contains(feature.rawValue) ?? false }
  }

  /// The costs of a network; NaN for a quantity without a fit, or where a predicted cost is not positive. No
  /// allocation.
  @inlinable
  public func costs(of features: NetworkFeatures) -> Costs {
    Costs(
      latency: Latency(seconds: Self.value(latency, features)), energy: Energy(joules: Self.value(energy, features)),
      area: Area(squareMillimetres: Self.value(area, features)))
  }

  @inlinable
  static func value(_ cost: LinearCost?, _ features: NetworkFeatures) -> Double {
    guard let cost else { return .nan }
    let value = cost.value(of: features)
    return value > 0 ? value : .nan
  }
}
