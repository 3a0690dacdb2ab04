public import FlashGraph
public import FlashHardware

/// What latency, energy and area come from.
public enum CostModel: Sendable {
  /// Layer by layer, from first principles.
  case simulated(SystolicArray)
  /// Linear in the network's features, fitted to measurements or to a simulator.
  case fitted(FittedHardware)

  /// The costs of a point's network.
  public func costs(of point: [Int], in space: SearchSpace, features: NetworkFeatures) -> Costs {
    switch self {
    case .simulated(let array):
      return array.costs(of: Self.tally(array, point, space))
    case .fitted(let model):
      return model.costs(of: point, in: space, features: features)
    }
  }

  /// The costs of a network that was counted layer by layer. Complexity: O(layers).
  ///
  /// - Throws: `DesignError.unavailable` where a simulator, or a fitted sum over layers, meets a transposed convolution, or
  ///   a fitted model reads an NN-Mass that the network does not have.
  public func costs(of graph: LayerGraph, features: NetworkFeatures) throws(DesignError) -> Costs {
    switch self {
    case .simulated(let array):
      guard let layers = graph.weightedLayers else {
        throw .unavailable(quantity: "latency", reason: "transposed convolutions are not simulated")
      }
      return array.costs(of: array.tally(of: layers))
    case .fitted(let model):
      return try model.costs(of: graph, features: features)
    }
  }

  /// The simulator's totals over the layers of a point's network.
  public static func tally(_ array: SystolicArray, _ point: [Int], _ space: SearchSpace) -> SystolicArray.Tally {
    var tally = SystolicArray.Tally()
    space.forEachLayer(point) { layer, count in tally += count * array.tally(of: layer) }
    return tally
  }
}
