/// What was counted over a `LayerGraph`.
public struct LayerGraphFeatures: Sendable, Hashable {
  /// Why NN-Mass has no value.
  public static let massReason =
    "NN-Mass has formulas for networks of basic, bottleneck or inverted residual blocks alone"

  public var nnDegree = 0.0
  /// Σ over residual blocks, whatever cells were asked for; `nil` where the formulas do not apply.
  public var nnMass: Double?
  public var weights = 0
  public var biases = 0
  public var batchNorm = 0
  /// Elements of parameters that several layers use, counted once.
  public var sharedParameters = 0
  public var macs = 0
  /// Multiply-accumulates of products of two activations.
  public var activationMACs = 0
  public var activations = 0
  public var skipLinks = 0
  public var skipElements = 0
  public var weightedLayers = 0
  public var longestPath = 0
  public var peakMemoryElements = 0
  public var cells: [GraphCell] = []

  /// weights + biases + batchNorm.
  public var parameters: Int { weights + biases + batchNorm }
}

extension LayerGraph {
  /// Every count and metric of the graph (model.md's sections on links and counts).
  ///
  /// Complexity: O(layers + channels listed).
  public func features(cells counting: CellCounting = .stage) -> LayerGraphFeatures {
    var features = LayerGraphFeatures()
    for layer in layers {
      features.macs += layer.macs
      if case .mixing(let macs) = layer.operation { features.activationMACs += macs }
      guard layer.isWeighted else { continue }
      features.activations += layer.elements
      features.weightedLayers += 1
    }
    countParameters(&features)
    let links = LayerGraphLinks(self)
    for skip in links.skips {
      features.skipLinks += skip.links
      features.skipElements += skip.elements
    }
    features.cells = GraphCells(self, links, counting).cells
    features.nnMass = GraphCells(self, links, .block).mass
    features.nnDegree = features.cells.reduce(0) { $0 + $1.nnDegree }
    features.longestPath = longestPath
    features.peakMemoryElements = peakMemoryElements
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
      case .weight: features.weights += elements
      case .bias: features.biases += elements
      case .affine: features.batchNorm += elements
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
  /// there. A map lives from its layer to the last one that reads it, directly or through such names.
  private var peakMemoryElements: Int {
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
