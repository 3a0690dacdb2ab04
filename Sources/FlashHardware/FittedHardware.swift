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
  /// The absolute percentage errors of left-out samples that the reach at other confidences comes from, in order; empty
  /// where not known.
  public let leftOutErrors: [Double]
  /// The least and the largest value of each feature in the measurements, in the order of `features`; empty where not
  /// known.
  public let ranges: [ClosedRange<Double>]

  /// The terms that are not 0 and need no look at the layers; `nil` as feature is the constant.
  @usableFromInline let terms: [(feature: NetworkFeature?, coefficient: Double)]
  /// The terms that are not 0 and sum over layers.
  @usableFromInline let layerTerms: [(feature: LayerFeature, coefficient: Double)]
  /// The terms that are not 0 and multiply two sums over layers.
  @usableFromInline let productTerms: [(factors: (LayerFeature, LayerFeature), coefficient: Double)]

  /// The name of the constant.
  public static let constant = "1"

  /// - Throws: `HardwareError` for a negative coefficient, or one that is not finite.
  public init(
    features: [String], coefficients: [Double], relativeReach: Double? = nil, ranges: [ClosedRange<Double>] = [],
    leftOutErrors: [Double] = []
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
    if let error = leftOutErrors.first(where: { !($0.isFinite && $0 >= 0) }) {
      throw .outOfRange(parameter: "left_out_errors", found: "\(error)", allowed: "numbers ≥ 0")
    }
    self.features = features
    self.coefficients = coefficients
    self.relativeReach = relativeReach
    self.ranges = ranges
    self.leftOutErrors = leftOutErrors.sorted()
    var terms: [(feature: NetworkFeature?, coefficient: Double)] = []
    var layerTerms: [(feature: LayerFeature, coefficient: Double)] = []
    var productTerms: [(factors: (LayerFeature, LayerFeature), coefficient: Double)] = []
    var externalFeatures: [String] = []
    for (name, coefficient) in zip(features, coefficients) where coefficient != 0 {
      switch CostFeature(name: name) {
      case .constant: terms.append((nil, coefficient))
      case .network(let feature): terms.append((feature, coefficient))
      case .layers(let feature): layerTerms.append((feature, coefficient))
      case .product(let first, let second): productTerms.append(((first, second), coefficient))
      case nil: externalFeatures.append(name)
      }
    }
    self.terms = terms
    self.layerTerms = layerTerms
    self.productTerms = productTerms
    self.externalFeatures = externalFeatures
  }

  /// The names of features with a coefficient that no network gives: those came from columns of measurements.
  public let externalFeatures: [String]

  /// Whether a coefficient stands before a sum over layers.
  @inlinable public var readsLayers: Bool { !layerTerms.isEmpty || !productTerms.isEmpty }

  /// The cost of a network, in the unit of the fit.
  ///
  /// - Precondition: no external features, and no sums over layers. No allocation.
  @inlinable
  public func value(of features: NetworkFeatures) -> Double {
    precondition(!readsLayers, "a cost of layers needs the layers")
    return closedValue(of: features)
  }

  /// The part of the cost that needs no look at the layers.
  @inlinable
  func closedValue(of features: NetworkFeatures) -> Double {
    var sum = 0.0
    for term in terms { sum += term.coefficient * (term.feature?.value(of: features) ?? 1) }
    return sum
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
      && a.ranges == b.ranges && a.leftOutErrors == b.leftOutErrors
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
  /// The sums over layers that any cost reads, each once, with their coefficients in latency, energy and area.
  @usableFromInline let layerTerms: [(feature: LayerFeature, coefficients: SIMD4<Double>)]
  /// Likewise of the products of two such sums.
  @usableFromInline let productTerms: [(factors: (LayerFeature, LayerFeature), coefficients: SIMD4<Double>)]

  /// - Throws: `HardwareError.unknownFeature` where a cost needs a feature that no network gives.
  public init(latency: LinearCost?, energy: LinearCost?, area: LinearCost?) throws(HardwareError) {
    for cost in [latency, energy, area] {
      if let name = cost?.externalFeatures.first {
        throw .unknownFeature(
          found: name, known: [LinearCost.constant] + NetworkFeature.allCases.map(\.rawValue) + ["sums over layers"])
      }
    }
    self.latency = latency
    self.energy = energy
    self.area = area
    var layerTerms: [(feature: LayerFeature, coefficients: SIMD4<Double>)] = []
    for (lane, cost) in [latency, energy, area].enumerated() {
      for term in cost?.layerTerms ?? [] {
        let known = layerTerms.firstIndex { $0.feature == term.feature }
        if known == nil { layerTerms.append((term.feature, .zero)) }
        layerTerms[known ?? layerTerms.count - 1].coefficients[lane] += term.coefficient
      }
    }
    self.layerTerms = layerTerms
    var productTerms: [(factors: (LayerFeature, LayerFeature), coefficients: SIMD4<Double>)] = []
    for (lane, cost) in [latency, energy, area].enumerated() {
      for term in cost?.productTerms ?? [] {
        var coefficients = SIMD4<Double>.zero
        coefficients[lane] = term.coefficient
        productTerms.append((term.factors, coefficients))
      }
    }
    self.productTerms = productTerms
  }

  /// The sums that `costs(of:layers:)` asks for, in its order.
  public var askedLayerFeatures: [LayerFeature] {
    layerTerms.map(\.feature) + productTerms.flatMap { [$0.factors.0, $0.factors.1] }
  }

  /// Whether no cost falls when a channel count or a map grows, or a layer joins, as far as sums over layers go.
  public var areLayersMonotone: Bool {
    layerTerms.allSatisfy(\.feature.isMonotone)
      && productTerms.allSatisfy { $0.factors.0.isMonotone && $0.factors.1.isMonotone }
  }

  /// Whether a cost sums over layers, so that `costs(of:layers:)` has to be asked.
  @inlinable public var readsLayers: Bool { !layerTerms.isEmpty || !productTerms.isEmpty }

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
  ///
  /// - Precondition: no cost sums over layers.
  @inlinable
  public func costs(of features: NetworkFeatures) -> Costs {
    precondition(!readsLayers, "costs of layers need the layers")
    return Costs(
      latency: Latency(seconds: Self.positive(latency?.closedValue(of: features))),
      energy: Energy(joules: Self.positive(energy?.closedValue(of: features))),
      area: Area(squareMillimetres: Self.positive(area?.closedValue(of: features))))
  }

  /// The costs of a network whose layers `sum` sums over, as `costs(of:)`. Each sum is asked for once, and once a product
  /// that it is a factor of. No allocation.
  @inlinable
  public func costs(of features: NetworkFeatures, layers sum: (LayerFeature) -> Double) -> Costs {
    var layers = SIMD4<Double>.zero
    for term in layerTerms { layers += sum(term.feature) * term.coefficients }
    for term in productTerms { layers += sum(term.factors.0) * sum(term.factors.1) * term.coefficients }
    return Costs(
      latency: Latency(seconds: Self.positive(latency.map { $0.closedValue(of: features) + layers[0] })),
      energy: Energy(joules: Self.positive(energy.map { $0.closedValue(of: features) + layers[1] })),
      area: Area(squareMillimetres: Self.positive(area.map { $0.closedValue(of: features) + layers[2] })))
  }

  @inlinable
  static func positive(_ value: Double?) -> Double {
    guard let value, value > 0 else { return .nan }
    return value
  }

  public static func == (a: Self, b: Self) -> Bool {
    a.latency == b.latency && a.energy == b.energy && a.area == b.area
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(latency)
    hasher.combine(energy)
    hasher.combine(area)
  }
}
