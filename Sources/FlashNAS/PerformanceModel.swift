public import FlashAccuracy
public import FlashGraph
public import FlashHardware
internal import FlashSearch

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

/// Where the features that an accuracy model reads come from.
struct AccuracyInputs: Sendable {
  enum Source: Sendable, Hashable {
    case feature(NetworkFeature)
    /// The number of a variable.
    case variable(Int)
  }

  let sources: [Source]
  /// Whether NN-Degree is all that is read.
  let isDegreeAlone: Bool

  /// - Throws: `DesignError.unavailable` for a feature that neither networks nor the space have.
  init(_ features: [String], _ space: SearchSpace?) throws(DesignError) {
    var sources: [Source] = []
    for name in features {
      if let feature = NetworkFeature(rawValue: name) {
        sources.append(.feature(feature))
        guard feature != .nnMass || space?.hasNNMass != false else {
          throw .unavailable(
            quantity: "accuracy",
            reason: "the model reads nn_mass, which has no formula for cells of '\(space?.name ?? "")'")
        }
      } else if let space, let index = space.variables.firstIndex(where: { $0.name == name }),
        !space.domains[index].takesWords
      {
        sources.append(.variable(index))
      } else {
        throw .unavailable(
          quantity: "accuracy",
          reason:
            "the model reads '\(name)', which \(space.map { "the space '\($0.name)'" } ?? "a network") does not have")
      }
    }
    self.sources = sources
    isDegreeAlone = sources == [.feature(.nnDegree)]
  }

  /// Feature number `index` of a point's network. No allocation.
  @inline(__always)
  func value(_ index: Int, _ features: NetworkFeatures, _ point: [Int], _ space: SearchSpace) -> Double {
    switch sources[index] {
    case .feature(let feature): feature.value(of: features)
    case .variable(let variable): Double(space.domains[variable].number(point[variable]))
    }
  }
}

/// An accuracy model and a cost model: what turns a network into its quantities. Either may be absent.
public struct PerformanceModel: Sendable {
  public let predictor: AccuracyModel?
  public let costs: CostModel?
  let inputs: AccuracyInputs?

  /// - Parameter space: that of the points that will be asked for; `nil` for networks without one.
  /// - Throws: `DesignError.unavailable` where the accuracy model reads what the space's networks do not have.
  public init(predictor: AccuracyModel?, costs: CostModel?, in space: SearchSpace? = nil) throws(DesignError) {
    self.predictor = predictor
    self.costs = costs
    inputs = try predictor.map { (model) throws(DesignError) in try AccuracyInputs(model.features, space) }
  }

  /// The same with other costs.
  func on(_ costs: CostModel) -> PerformanceModel { PerformanceModel(predictor, costs, inputs) }

  private init(_ predictor: AccuracyModel?, _ costs: CostModel?, _ inputs: AccuracyInputs?) {
    self.predictor = predictor
    self.costs = costs
    self.inputs = inputs
  }

  /// The accuracy of a point's network; NaN without an accuracy model. No allocation.
  @inline(__always)
  func accuracy(_ features: NetworkFeatures, _ point: [Int], in space: SearchSpace) -> Double {
    guard let predictor, let inputs else { return .nan }
    if inputs.isDegreeAlone { return predictor.accuracy(features.nnDegree) }
    return predictor.accuracy { inputs.value($0, features, point, space) }
  }

  /// The values of a point. Complexity: O(layers), without allocation.
  public func values(_ point: [Int], in space: SearchSpace) -> DesignValues {
    let features = space.features(point)
    return DesignValues(
      features: features, accuracy: accuracy(features, point, in: space),
      costs: costs?.costs(of: point, in: space, features: features) ?? .unknown)
  }

  /// The values of a network that was counted layer by layer. Complexity: O(layers + channels listed).
  ///
  /// - Throws: `DesignError.unavailable` where the costs of a layer are not known.
  public func values(of graph: LayerGraph) throws(DesignError) -> DesignValues {
    let features = graph.features().counts
    let read = accuracyInputs(features) { _ in nil }
    guard !read.contains(where: \.isNaN) else {
      throw .unavailable(quantity: "accuracy", reason: "the model reads a metric that the network does not have")
    }
    return DesignValues(
      features: features, accuracy: predictor?.accuracy { read[$0] } ?? .nan,
      costs: try costs?.costs(of: graph, features: features) ?? .unknown)
  }

  /// What the accuracy model reads of a network, and of its variables by name; NaN for what neither has.
  func accuracyInputs(_ features: NetworkFeatures, variable: (String) -> Int?) -> [Double] {
    (predictor?.features ?? []).map { name in
      NetworkFeature(rawValue: name)?.value(of: features) ?? variable(name).map(Double.init) ?? .nan
    }
  }

  /// The accuracy of a design with its interval, `nil` without an accuracy model.
  public func accuracy(
    of values: DesignValues, confidence: Double = 0.95, variable: (String) -> Int?
  ) -> AccuracyPrediction? {
    predictor?.predict(accuracyInputs(values.features, variable: variable), confidence: confidence)
  }

  /// Where a share `confidence` of measured costs lies for a fitted cost; `nil` for a simulated one, whose error no
  /// measurement tells, or where its fit does not.
  public func interval(
    of quantity: CostQuantity, _ value: Double, confidence: Double = 0.95
  ) -> (low: Double, high: Double)? {
    guard case .fitted(let model) = costs else { return nil }
    return model[quantity]?.interval(around: value, confidence: confidence)
  }

  /// Whether a fitted cost of a point is asked outside the range of the measurements it saw.
  public func areCostsExtrapolated(_ point: [Int], in space: SearchSpace) -> Bool {
    guard case .fitted(let model) = costs else { return false }
    return model.isExtrapolated(space.features(point)) { space.sum($0, point) }
  }

  /// As for a point, of a network that was counted layer by layer.
  public func areCostsExtrapolated(_ graph: LayerGraph, _ features: NetworkFeatures) -> Bool {
    guard case .fitted(let model) = costs else { return false }
    return model.isExtrapolated(features) { graph.sum($0) }
  }
}

extension Costs {
  /// No cost model: every cost is NaN.
  static var unknown: Costs {
    Costs(
      latency: Latency(seconds: .nan), energy: Energy(joules: .nan), area: Area(squareMillimetres: .nan))
  }
}
