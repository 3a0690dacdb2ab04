public import FlashAccuracy
public import FlashGraph
public import FlashHardware

/// The values of one design.
public struct DesignValues: Sendable {
  public let features: NetworkFeatures
  /// 0…1; NaN without an accuracy model.
  public let accuracy: Double
  /// NaN without a cost model.
  public let costs: Costs

  /// The value of a quantity in SI units, area in mm².
  public subscript(quantity: Quantity) -> Double { QuantityValues(self)[quantity] }
}

/// What expressions and bounds read of a design: a few numbers, since a search copies them a million times.
struct QuantityValues: Sendable {
  var nnDegree = 0.0
  var nnMass = 0.0
  var macs = 0.0
  var parameters = 0.0
  var accuracy: Double
  var costs: Costs

  init(_ values: DesignValues) {
    nnDegree = values.features.nnDegree
    nnMass = values.features.nnMass ?? .nan
    macs = Double(values.features.macs)
    parameters = Double(values.features.parameters)
    accuracy = values.accuracy
    costs = values.costs
  }

  /// Values of which nothing else is read.
  init(nnDegree: Double, accuracy: Double, costs: Costs) {
    self.nnDegree = nnDegree
    self.accuracy = accuracy
    self.costs = costs
  }

  subscript(quantity: Quantity) -> Double {
    switch quantity {
    case .accuracy: accuracy
    case .latency: costs.latency.seconds
    case .energy: costs.energy.joules
    case .area: costs.area.squareMillimetres
    case .power: costs.energy.joules / costs.latency.seconds
    case .edp: costs.energy.joules * costs.latency.seconds
    case .macs: macs
    case .parameters: parameters
    case .nnDegree: nnDegree
    case .nnMass: nnMass
    }
  }
}

/// An accuracy model and a cost model: what turns a network into its quantities. Either may be absent.
public struct PerformanceModel: Sendable {
  public let predictor: AccuracyModel?
  public let costs: CostModel?

  public init(predictor: AccuracyModel?, costs: CostModel?) {
    self.predictor = predictor
    self.costs = costs
  }

  /// The values of a point. Complexity: O(layers), without allocation.
  public func values(_ point: [Int], in space: SearchSpace) -> DesignValues {
    let features = space.features(point)
    return DesignValues(
      features: features, accuracy: predictor?.accuracy(nnDegree: features.nnDegree) ?? .nan,
      costs: costs?.costs(of: point, in: space, features: features) ?? .unknown)
  }

  /// The values of a network that was counted layer by layer. Complexity: O(layers + channels listed).
  ///
  /// - Throws: `DesignError.unavailable` where the costs of a layer are not known.
  public func values(of graph: LayerGraph) throws(DesignError) -> DesignValues {
    let features = graph.features().counts
    return DesignValues(
      features: features, accuracy: predictor?.accuracy(nnDegree: features.nnDegree) ?? .nan,
      costs: try costs?.costs(of: graph, features: features) ?? .unknown)
  }

  /// The accuracy of a design with its interval, `nil` without an accuracy model.
  public func accuracy(of values: DesignValues) -> AccuracyPrediction? {
    predictor?.predict(nnDegree: values.features.nnDegree)
  }

  /// Where 95 % of measured costs lie for a fitted cost; `nil` for a simulated one, whose error no measurement tells.
  public func interval(of quantity: CostQuantity, _ value: Double) -> (low: Double, high: Double)? {
    guard case .fitted(let model) = costs else { return nil }
    return model[quantity]?.interval(around: value)
  }

  /// Whether a fitted model is asked outside the range of the samples it saw.
  public func isExtrapolated(_ features: NetworkFeatures) -> Bool {
    if let predictor, !predictor.range.contains(features.nnDegree) { return true }
    guard case .fitted(let model) = costs else { return false }
    return CostQuantity.allCases.contains { quantity in
      model[quantity]?.isExtrapolated { NetworkFeature(rawValue: $0)?.value(of: features) } ?? false
    }
  }
}

extension Costs {
  /// No cost model: every cost is NaN.
  static var unknown: Costs {
    Costs(
      latency: Latency(seconds: .nan), energy: Energy(joules: .nan), area: Area(squareMillimetres: .nan))
  }
}
