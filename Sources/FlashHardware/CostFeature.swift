public import FlashGraph

/// A feature that a linear cost reads, by its name in files.
public enum CostFeature: Sendable, Hashable {
  /// 1 for every network.
  case constant
  /// What a network's closed form counts.
  case network(NetworkFeature)
  /// A sum over the network's weighted layers.
  case layers(LayerFeature)
  /// One such sum times another: of what is there and how long it is there, as leakage goes.
  case product(LayerFeature, LayerFeature)

  /// The feature of a name; `nil` for a name that no network gives.
  ///
  /// A name that is both, such as `macs`, is the closed form's: it is the same number and needs no look at the layers.
  public init?(name: String) {
    if name == LinearCost.constant {
      self = .constant
    } else if let feature = NetworkFeature(rawValue: name) {
      self = .network(feature)
    } else if let feature = LayerFeature(name: name) {
      self = .layers(feature)
    } else {
      let factors = name.split(separator: "*", omittingEmptySubsequences: false).map { LayerFeature(name: String($0)) }
      guard factors.count == 2, let first = factors[0], let second = factors[1] else { return nil }
      self = .product(first, second)
    }
  }

  /// The name in files.
  public var name: String {
    switch self {
    case .constant: LinearCost.constant
    case .network(let feature): feature.rawValue
    case .layers(let feature): feature.name
    case .product(let first, let second): "\(first.name)*\(second.name)"
    }
  }

  /// The measures of which a fit by layer kinds takes one coefficient a kind: what a layer computes, holds and moves.
  public static let layerMeasures: [LayerFeature.Measure] = [.layers, .macs, .weights, .inputElements, .outputElements]

  /// The measures of layers that a choice of features tries, `layerMeasures` first.
  public static let layerCatalogue: [LayerFeature.Measure] =
    layerMeasures
    + catalogue.compactMap { entry in
      guard case .layers(let feature) = entry.feature, feature.selection == nil else { return nil }
      return layerMeasures.contains(feature.measure) ? nil : feature.measure
    }

  /// The features that a choice of features tries, with what they are.
  ///
  /// Sizes of vector blocks, arrays and crossbars are chosen, as those that engines have: vectors of 8 to 32 channels,
  /// square arrays of 8 to 128, crossbars of 128 with 8-bit weights in 2-bit cells and tiles of 96 crossbars (ISAAC,
  /// Shafiee et al., ISCA 2016: 12 units of 8). Other sizes have names alike.
  public static let catalogue: [(feature: CostFeature, summary: String)] =
    [
      (.constant, "1 for every network"),
      (.network(.macs), "multiply-accumulates"),
      (.network(.parameters), "weights, biases and parameters of normalisations"),
      (.network(.activations), "elements that weighted layers write"),
      (.network(.skipElements), "elements read from the sources of skip links"),
      (.network(.weightedLayers), "layers with weights"),
      (.network(.peakMemoryElements), "the most elements of maps that live at one time"),
      (.layers(.init(.inputElements)), "elements that weighted layers read"),
      (.layers(.init(.outputPixels)), "pixels that weighted layers write: input vectors, one after the other"),
      (
        .layers(.init(.movedElements)),
        "weights, inputs and outputs of each layer: times the word size, outer traffic in bytes"
      ),
    ]
    + LayerKind.allCases.map { (.layers(.init(.layers, of: $0)), "layers of the kind \($0.rawValue)") }
    + [(8, 16), (16, 16), (1, 32)].map {
      (
        .layers(.init(.blockedMACs(inputs: $0, outputs: $1))),
        "multiply-accumulates with channels rounded up: inputs to \($0), outputs to \($1)"
      )
    }
    + [
      (.layers(.init(.layers, of: .unaligned(4))), "layers whose input channels are no multiple of 4"),
      (.layers(.init(.macs, of: .unaligned(4))), "their multiply-accumulates"),
      (
        .layers(.init(.blockedMACs(inputs: 8, outputs: 8), of: .aligned(4))),
        "multiply-accumulates of all other layers, channels rounded up to 8"
      ),
    ]
    + [8, 16, 32, 64, 128].map {
      (.layers(.init(.folds(rows: $0, columns: $0))), "tiles of the layers' weights on an array of \($0) × \($0)")
    }
    + [16, 32].map {
      (
        .layers(.init(.streamedElements(rows: $0, columns: $0))),
        "elements to and from the inner memory of a weight-stationary array of \($0) × \($0)"
      )
    }
    + [
      (.layers(.init(.crossbars(size: 128, cells: 4))), "crossbars of 128 × 128 with 4 cells a weight"),
      (.layers(.init(.tiles(size: 128, cells: 4, crossbars: 96))), "tiles of 96 such crossbars, each of one layer"),
    ]
}

extension LayerFeature {
  /// How names of sums over layers are made, with the formula of each: K = k_h·k_w·C_in/G, N = C_out/G, P output pixels.
  public static let families: [(name: String, summary: String)] = [
    ("macs_inA_outB", "Σ G·k_h·k_w·P·⌈(C_in/G)/A⌉·A·⌈N/B⌉·B"),
    ("folds_RxC", "Σ G·⌈K/R⌉·⌈N/C⌉"),
    ("streamed_elements_RxC", "Σ G·(K·N + K·P·⌈N/C⌉ + N·P·(2·⌈K/R⌉ − 1))"),
    ("crossbars_SxC", "Σ G·⌈K/S⌉·⌈N·C/S⌉, C cells a weight"),
    ("tiles_SxCxT", "Σ ⌈crossbars_SxC of the layer / T⌉"),
    (
      "NAME:KIND",
      "such a sum, or layers, macs, weights, output_elements, over layers of one kind: "
        + LayerKind.allCases.map(\.rawValue).joined(separator: ", ")
    ),
    ("NAME:alignedM", "the same over layers whose C_in/G is a multiple of M, and fully connected ones"),
    ("NAME:unalignedM", "the same over all other layers"),
    ("NAME*NAME", "one such sum times another"),
  ]
}
