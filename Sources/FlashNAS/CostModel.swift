public import FlashGraph
public import FlashHardware

/// What latency, energy and area come from.
public enum CostModel: Sendable {
  /// Layer by layer, from first principles.
  case simulated(HardwareSimulator)
  /// Linear in the network's features, fitted to measurements or to a simulator.
  case fitted(FittedHardware)

  /// The costs of a point's network.
  public func costs(of point: [Int], in space: SearchSpace, features: NetworkFeatures) -> Costs {
    switch self {
    case .simulated(let simulator):
      return simulator.costs(of: SpacePoint(point, in: space))
    case .fitted(let model):
      return model.costs(of: point, in: space, features: features)
    }
  }

  /// The costs of a network that was counted layer by layer. Complexity: O(layers), and O(channels listed) where traffic
  /// between layers is simulated.
  ///
  /// - Throws: `DesignError.unavailable` where a simulator, or a fitted sum over layers, meets a transposed convolution, or
  ///   a fitted model reads an NN-Mass that the network does not have.
  public func costs(of graph: LayerGraph, features: NetworkFeatures) throws(DesignError) -> Costs {
    switch self {
    case .simulated(let simulator):
      guard let traffic = graph.traffic else {
        throw .unavailable(quantity: "latency", reason: "transposed convolutions are not simulated")
      }
      return simulator.costs(of: traffic)
    case .fitted(let model):
      return try model.costs(of: graph, features: features)
    }
  }

  /// The quantities that it gives.
  public var quantities: [CostQuantity] {
    switch self {
    case .simulated(let simulator): simulator.quantities
    case .fitted(let model): CostQuantity.allCases.filter { model[$0] != nil }
    }
  }

  /// Whether a quantity follows from what it gives.
  func gives(_ quantity: Quantity) -> Bool {
    switch quantity {
    case .latency: quantities.contains(.latency)
    case .energy: quantities.contains(.energy)
    case .area: quantities.contains(.area)
    case .power, .edp: quantities.contains(.latency) && quantities.contains(.energy)
    case .accuracy, .macs, .parameters, .nnDegree, .nnMass: true
    }
  }

  /// Whether no cost ever falls when a variable of a space of independent dense cells rises.
  var isMonotone: Bool {
    switch self {
    case .simulated(let simulator): simulator.isMonotone
    case .fitted(let model): model.isMonotone
    }
  }
}
