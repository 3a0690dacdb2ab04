/// A feature of a network that cost and accuracy models read, by the name that files use for it.
public enum NetworkFeature: String, Sendable, CaseIterable {
  case nnDegree = "nn_degree"
  case nnDegreeByBlock = "nn_degree_block"
  case nnMass = "nn_mass"
  case parameters
  case macs
  case weights
  case activations
  case skipElements = "skip_elements"
  case weightedLayers = "weighted_layers"
  case peakMemoryElements = "peak_memory_elements"

  /// The feature's value; NaN for an NN-Mass that the network does not have.
  @inlinable
  public func value(of features: NetworkFeatures) -> Double {
    switch self {
    case .nnDegree: features.nnDegree
    case .nnDegreeByBlock: features.nnDegreeByBlock
    case .nnMass: features.nnMass ?? .nan
    case .parameters: Double(features.parameters)
    case .macs: Double(features.macs)
    case .weights: Double(features.weights)
    case .activations: Double(features.activations)
    case .skipElements: Double(features.skipElements)
    case .weightedLayers: Double(features.weightedLayers)
    case .peakMemoryElements: Double(features.peakMemoryElements)
    }
  }
}
