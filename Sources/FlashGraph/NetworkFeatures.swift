/// Topology metrics and counts of one network for a batch of one image: what accuracy and cost models read.
///
/// A plain value without references: a search makes millions of them.
public struct NetworkFeatures: Sendable, Hashable {
  /// Σ over cells of w + SC / (w·d): the approximate mean in-degree of a node (FLASH).
  public var nnDegree = 0.0
  /// NN-Degree with each residual or inverted residual block as a cell, and each run between blocks.
  public var nnDegreeByBlock = 0.0
  /// NN-Mass (Bhardwaj et al., CVPR 2021): Σ over `dense` cells of ρ·w·d, or over residual blocks; `nil` where no formula
  /// is known.
  public var nnMass: Double?
  /// Σ weights of convolutions and fully connected layers.
  public var weights = 0
  /// Σ biases.
  public var biases = 0
  /// Affine parameters of normalisations: 2 a channel.
  public var batchNorm = 0
  /// Multiply-accumulates of weighted layers.
  public var macs = 0
  /// Output elements of all weighted layers.
  public var activations = 0
  /// Pairs of nodes joined by a path that bypasses a weighted layer.
  public var skipLinks = 0
  /// Elements read from the sources of skip links.
  public var skipElements = 0
  /// Skip channels that the dense cells could take at most.
  public var skipCandidates = 0
  /// Skip channels that the dense cells take.
  public var skipChannels = 0
  /// Layers with weights.
  public var weightedLayers = 0
  /// The largest sum of live maps over the execution order, in elements.
  public var peakMemoryElements = 0

  @inlinable public init() {}

  /// weights + biases + batchNorm.
  @inlinable public var parameters: Int { weights + biases + batchNorm }

  /// 2 · MACs.
  @inlinable public var flops: Int { 2 * macs }

  /// Skip channels taken over those that could be taken, 0…1; `nil` where there are none to take.
  public var density: Double? {
    skipCandidates > 0 ? Double(skipChannels) / Double(skipCandidates) : nil
  }

  /// Adds the mass of a cell or block; one without a mass leaves the network without one.
  @inlinable
  mutating func addMass(_ mass: Double?) {
    guard let sum = nnMass, let mass else {
      nnMass = nil
      return
    }
    nnMass = sum + mass
  }

  /// Adds what a cost model needs to know of one weighted layer.
  @inlinable
  public mutating func add(_ layer: WeightedLayer, count: Int = 1) {
    let own = layer.weights * count
    weights += own
    macs += own * layer.outputPixels
    activations += layer.outputElements * count
    weightedLayers += count
  }
}
