public import FlashGraph
public import FlashHardware

extension SearchSpace {
  /// The sum of a feature over the layers of a point's network. Complexity: O(layers) at most, without allocation.
  public func sum(_ feature: LayerFeature, _ point: [Int]) -> Double {
    var sum = 0.0
    forEachLayer(point) { layer, count in sum += Double(count) * feature.value(of: layer) }
    return sum
  }
}

extension LayerGraph {
  /// The sum of a feature over the weighted layers; `nil` where one is a transposed convolution. Complexity: O(layers).
  public func sum(_ feature: LayerFeature) -> Double? {
    weightedLayers.map { feature.sum(over: $0) }
  }
}

extension FittedHardware {
  /// The costs of a point's network. Complexity: O(1), O(layers) per sum over layers that a cost reads; no allocation.
  @inline(__always)
  func costs(of point: [Int], in space: SearchSpace, features: NetworkFeatures) -> Costs {
    costs(of: features) { space.sum($0, point) }
  }

  /// The costs of a network that was counted layer by layer.
  ///
  /// - Throws: `DesignError.unavailable` where a cost reads what the network does not have.
  func costs(of graph: LayerGraph, features: NetworkFeatures) throws(DesignError) -> Costs {
    guard features.nnMass != nil || !reads(.nnMass) else {
      throw .unavailable(quantity: "latency", reason: "the model reads nn_mass, which the network does not have")
    }
    guard readsLayers else { return costs(of: features) }
    guard let layers = graph.weightedLayers else {
      throw .unavailable(
        quantity: "latency", reason: "the model reads sums over layers, which transposed convolutions do not have")
    }
    return costs(of: features) { $0.sum(over: layers) }
  }

  /// Whether every cost never falls when a variable of independent dense cells rises.
  ///
  /// Coefficients are not negative, and every feature is monotone but NN-Mass, which falls where a cell gets deeper, and
  /// sums over aligned or unaligned layers (a property test holds the declaration for each).
  var isMonotone: Bool { !reads(.nnMass) && areLayersMonotone }

  /// Whether some cost is asked outside the range of the measurements that it saw.
  ///
  /// - Parameter sum: a feature's sum over the network's layers, `nil` where it has none.
  func isExtrapolated(_ features: NetworkFeatures, layers sum: (LayerFeature) -> Double?) -> Bool {
    CostQuantity.allCases.contains { quantity in
      self[quantity]?.isExtrapolated { name in
        switch CostFeature(name: name) {
        case .network(let feature): feature.value(of: features)
        case .layers(let feature): sum(feature)
        case .product(let first, let second): sum(first).flatMap { one in sum(second).map { one * $0 } }
        case .constant, nil: nil
        }
      } ?? false
    }
  }
}
