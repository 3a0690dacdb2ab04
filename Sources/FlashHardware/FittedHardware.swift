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
  /// The constants of latency, energy and area.
  @usableFromInline let constants: SIMD4<Double>
  /// The features in closed form that any cost reads, each once, with their coefficients in latency, energy and area.
  @usableFromInline let closedTerms: [(feature: NetworkFeature, coefficients: SIMD4<Double>)]
  /// Likewise of the sums over layers.
  @usableFromInline let layerTerms: [(feature: LayerFeature, coefficients: SIMD4<Double>)]
  /// Likewise of the products of two such sums.
  @usableFromInline let productTerms: [(factors: (LayerFeature, LayerFeature), coefficients: SIMD4<Double>)]
  /// The sums over layers that `costs(_:)` asks for, in its order: each once, and once a product that it is a factor of.
  public let askedLayerFeatures: [LayerFeature]

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
    let costs = [latency, energy, area]
    var constants = SIMD4<Double>(repeating: .nan)
    for (lane, cost) in costs.enumerated() {
      if let cost { constants[lane] = cost.terms.reduce(0) { $1.feature == nil ? $0 + $1.coefficient : $0 } }
    }
    self.constants = constants
    closedTerms = Self.joined(
      costs.map { ($0?.terms ?? []).compactMap { term in term.feature.map { ($0, term.coefficient) } } })
    layerTerms = Self.joined(costs.map { $0?.layerTerms ?? [] })
    var productTerms: [(factors: (LayerFeature, LayerFeature), coefficients: SIMD4<Double>)] = []
    for (lane, cost) in costs.enumerated() {
      for term in cost?.productTerms ?? [] {
        var coefficients = SIMD4<Double>.zero
        coefficients[lane] = term.coefficient
        productTerms.append((term.factors, coefficients))
      }
    }
    self.productTerms = productTerms
    askedLayerFeatures = layerTerms.map(\.feature) + productTerms.flatMap { [$0.factors.0, $0.factors.1] }
  }

  /// The terms of three costs, each feature once.
  private static func joined<Feature: Equatable>(
    _ terms: [[(feature: Feature, coefficient: Double)]]
  ) -> [(feature: Feature, coefficients: SIMD4<Double>)] {
    var joined: [(feature: Feature, coefficients: SIMD4<Double>)] = []
    for (lane, cost) in terms.enumerated() {
      for term in cost {
        let known = joined.firstIndex { $0.feature == term.feature }
        if known == nil { joined.append((term.feature, .zero)) }
        joined[known ?? joined.count - 1].coefficients[lane] += term.coefficient
      }
    }
    return joined
  }

  /// The features in closed form that `costs(_:)` asks for, in its order.
  public var askedFeatures: [NetworkFeature] { closedTerms.map(\.feature) }

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
    return costs(of: features) { _ in 0 }
  }

  /// The costs of a network whose layers `sum` sums over, as `costs(of:)`. No allocation.
  @inlinable
  public func costs(of features: NetworkFeatures, layers sum: (LayerFeature) -> Double) -> Costs {
    costs { place in
      place < closedTerms.count
        ? closedTerms[place].feature.value(of: features) : sum(askedLayerFeatures[place - closedTerms.count])
    }
  }

  /// The costs of a network by the value of each of `askedFeatures`, and behind them of `askedLayerFeatures`. No allocation.
  @inlinable
  public func costs(_ value: (_ place: Int) -> Double) -> Costs {
    var closed = constants
    for (place, term) in closedTerms.enumerated() {
      // A feature that is not a number spoils the costs that read it alone.
      closed.replace(with: closed + term.coefficients * value(place), where: term.coefficients .!= 0)
    }
    var place = closedTerms.count
    var layers = SIMD4<Double>.zero
    for term in layerTerms {
      layers += value(place) * term.coefficients
      place += 1
    }
    for term in productTerms {
      layers += value(place) * value(place + 1) * term.coefficients
      place += 2
    }
    let costs = closed + layers
    return Costs(
      latency: Latency(seconds: Self.positive(costs[0])), energy: Energy(joules: Self.positive(costs[1])),
      area: Area(squareMillimetres: Self.positive(costs[2])))
  }

  @inlinable
  static func positive(_ value: Double) -> Double { value > 0 ? value : .nan }

  public static func == (a: Self, b: Self) -> Bool {
    a.latency == b.latency && a.energy == b.energy && a.area == b.area
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(latency)
    hasher.combine(energy)
    hasher.combine(area)
  }
}
