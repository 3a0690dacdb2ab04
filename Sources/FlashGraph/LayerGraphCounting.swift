/// What was counted over a `LayerGraph`. Whatever `NetworkFeatures` counts is read as a member of this value.
@dynamicMemberLookup
public struct LayerGraphFeatures: Sendable, Hashable {
  /// Why NN-Mass has no value.
  public static let massReason =
    "NN-Mass has formulas for networks of dense cells, or of basic, bottleneck (without groups) or inverted residual "
    + "blocks, alone"

  /// What models read too. NN-Degree is that of the cells asked for; NN-Mass that of `dense` cells or residual blocks,
  /// whatever cells were asked for; density that of the dense cells.
  public var counts = NetworkFeatures()
  /// Elements of parameters that several layers use, counted once.
  public var sharedParameters = 0
  /// Multiply-accumulates of products of two activations.
  public var activationMACs = 0
  public var longestPath = 0
  public var cells: [GraphCell] = []

  public subscript<Value>(dynamicMember member: KeyPath<NetworkFeatures, Value>) -> Value { counts[keyPath: member] }
}

extension LayerGraph {
  /// Every count and metric of the graph (model.md's sections on links and counts).
  ///
  /// Complexity: O(layers + channels listed).
  public func features(cells counting: CellCounting = .stage) -> LayerGraphFeatures {
    var features = LayerGraphFeatures()
    for layer in layers {
      features.counts.macs += layer.macs
      if case .mixing(let macs) = layer.operation { features.activationMACs += macs }
      guard layer.isWeighted else { continue }
      features.counts.activations += layer.elements
      features.counts.weightedLayers += 1
    }
    countParameters(&features)
    let links = LayerGraphLinks(self)
    for skip in links.skips {
      features.counts.skipLinks += skip.links
      features.counts.skipElements += skip.elements
    }
    let blocks = GraphCells(self, links, .block)
    features.cells = counting == .block ? blocks.cells : GraphCells(self, links, counting).cells
    features.counts.nnMass = blocks.mass
    features.counts.nnDegree = features.cells.reduce(0) { $0 + $1.nnDegree }
    features.counts.nnDegreeByBlock = blocks.cells.reduce(0) { $0 + $1.nnDegree }
    features.counts.skipChannels = blocks.denseRuns.reduce(0) { $0 + $1.skipChannels }
    features.counts.skipCandidates = blocks.denseRuns.reduce(0) { $0 + $1.candidates }
    features.longestPath = longestPath
    features.counts.peakMemoryElements = peakMemoryElements(blocks.denseRuns)
    return features
  }

  private func countParameters(_ features: inout LayerGraphFeatures) {
    var users = [Int](repeating: 0, count: parameters.count)
    for layer in layers {
      for use in Set(layer.uses.map(\.parameter)).sorted() {
        users[use] += 1
        if users[use] == 2 { features.sharedParameters += parameters[use].elements }
      }
    }
    var counted = Set<Int>()
    for use in layers.flatMap(\.uses) where counted.insert(use.parameter).inserted {
      let elements = parameters[use.parameter].elements
      switch use.role {
      case .weight: features.counts.weights += elements
      case .bias: features.counts.biases += elements
      case .affine: features.counts.batchNorm += elements
      }
    }
  }

  /// The most weighted layers on one path, gates included.
  private var longestPath: Int {
    var lengths: [Int] = []
    for layer in layers {
      lengths.append((layer.inputs.map { lengths[$0] }.max() ?? 0) + (layer.isWeighted ? 1 : 0))
    }
    return lengths.max() ?? 0
  }

  /// Inputs, weighted layers, poolings, sums and mixing layers hold a map; the rest works in place or names what is
  /// there. A map lives from its layer to the last one that reads it, directly or through such names; the maps of a dense
  /// cell with skip links to the last layer that may draw from them, so that the count is the same for any drawn links.
  private func peakMemoryElements(_ denseRuns: [DenseRun]) -> Int {
    var held: [Set<Int>] = []
    var lastUse = [Int](repeating: -1, count: layers.count)
    for (index, layer) in layers.enumerated() {
      let read =
        layer.inputs.count == 1
        ? held[layer.inputs[0]] : layer.inputs.reduce(into: Set<Int>()) { $0.formUnion(held[$1]) }
      for map in read { lastUse[map] = index }
      switch layer.operation {
      case .pointwise, .concatenation, .selection: held.append(read)
      case .product: held.append(held[layer.inputs.max { layers[$0].elements < layers[$1].elements } ?? 0])
      case .input, .weighted, .pooling, .sum, .mixing:
        held.append([index])
        lastUse[index] = index
      }
    }
    for run in denseRuns {
      guard let reader = run.lastReader else { continue }
      for layer in run.layers where layer < reader { lastUse[layer] = max(lastUse[layer], reader) }
    }
    var ending = [Int](repeating: 0, count: layers.count + 1)
    var live = 0
    var peak = 0
    for (index, layer) in layers.enumerated() {
      live -= ending[index]
      guard lastUse[index] >= index, held[index] == [index] else { continue }
      live += layer.elements
      ending[lastUse[index] + 1] += layer.elements
      peak = max(peak, live)
    }
    return peak
  }
}
