public import FlashGraph

/// What kind of weighted layer a shape is: layers of one kind run alike.
public enum LayerKind: String, Sendable, CaseIterable {
  /// 3×3 kernels without groups.
  case convolution3x3 = "3x3"
  /// 1×1 kernels without groups, on a map of more than one pixel.
  case convolution1x1 = "1x1"
  /// One group a channel, of any kernel.
  case depthwise
  /// 1×1 kernels on a map of one pixel, which is what a fully connected layer is.
  case fullyConnected = "fully_connected"
  /// Any other kernel or grouping.
  case other

  /// The kind of a layer.
  @inlinable
  public init(_ layer: WeightedLayer) {
    if layer.groups > 1 {
      self = layer.groups == layer.inputChannels ? .depthwise : .other
    } else {
      switch (layer.kernelHeight, layer.kernelWidth) {
      case (3, 3): self = .convolution3x3
      case (1, 1):
        let pixels = layer.inputHeight * layer.inputWidth * layer.outputHeight * layer.outputWidth
        self = pixels == 1 ? .fullyConnected : .convolution1x1
      default: self = .other
      }
    }
  }
}

/// Layers that run alike.
public enum LayerSelection: Sendable, Hashable {
  case kind(LayerKind)
  /// Those whose input channels, of one group, are a multiple of a number, and all fully connected ones: engines whose
  /// vectors take blocks of channels run these from blocked maps. ONNX Runtime 1.32 does so on x86 for multiples of 4, as
  /// its profile of 1263 convolutions shows, and unrolls the patches of all others.
  case aligned(Int)
  /// All others.
  case unaligned(Int)

  /// Whether it takes a layer.
  @inlinable
  public func takes(_ layer: WeightedLayer) -> Bool {
    switch self {
    case .kind(let kind): LayerKind(layer) == kind
    case .aligned(let block): Self.isAligned(layer, block)
    case .unaligned(let block): !Self.isAligned(layer, block)
    }
  }

  @inlinable
  static func isAligned(_ layer: WeightedLayer, _ block: Int) -> Bool {
    layer.groupInputs % block == 0 || LayerKind(layer) == .fullyConnected
  }

  /// What stands behind the colon of a feature's name: `3x3`, `aligned4`.
  public var name: String {
    switch self {
    case .kind(let kind): kind.rawValue
    case .aligned(let block): "aligned\(block)"
    case .unaligned(let block): "unaligned\(block)"
    }
  }

  /// The selection of a name; `nil` for any other.
  init?(name: Substring) {
    if let kind = LayerKind(rawValue: String(name)) {
      self = .kind(kind)
    } else if let block = LayerFeature.sizes(of: name, "aligned")?[0] {
      self = .aligned(block)
    } else if let block = LayerFeature.sizes(of: name, "unaligned")?[0] {
      self = .unaligned(block)
    } else {
      return nil
    }
  }
}

/// A feature that is a sum over the weighted layers of a network: a measure of each layer, of some layers or of all.
///
/// With K = k_h·k_w·C_in/G, N = C_out/G, P = output pixels and G groups, every measure is a whole number ≥ 0 that never
/// falls when a channel count or a map grows, nor when a layer joins: that is what lets exact search bound it, but for
/// those of aligned or unaligned layers, which a further channel joins or leaves.
public struct LayerFeature: Sendable, Hashable {
  /// What is counted of a layer.
  public enum Measure: Sendable, Hashable {
    /// 1.
    case layers
    /// G·K·N·P.
    case macs
    /// G·K·N.
    case weights
    /// Elements of the maps read, each once.
    case inputElements
    /// Elements of the maps written.
    case outputElements
    /// P: the vectors of inputs that a layer is fed, one after the other.
    case outputPixels
    /// Weights, inputs and outputs, each moved once: times the word size, the least traffic to the outer memory in bytes.
    case movedElements
    /// MACs of an engine whose vectors take blocks of channels: G·k_h·k_w·P·⌈(C_in/G)/a⌉·a·⌈(C_out/G)/b⌉·b.
    case blockedMACs(inputs: Int, outputs: Int)
    /// Tiles of the K × N matrix of weights on an array of R × C: G·⌈K/R⌉·⌈N/C⌉.
    case folds(rows: Int, columns: Int)
    /// Elements that such a weight-stationary array moves to and from its inner memory: weights once, K·P inputs once per
    /// column fold, N·P results 2·⌈K/R⌉ − 1 times, each times G.
    case streamedElements(rows: Int, columns: Int)
    /// Crossbars of S × S with c cells a weight: G·⌈K/S⌉·⌈N·c/S⌉.
    case crossbars(size: Int, cells: Int)
    /// Tiles of t such crossbars, each of one layer alone: ⌈crossbars/t⌉.
    case tiles(size: Int, cells: Int, crossbars: Int)
  }

  public let measure: Measure
  /// The layers that count; `nil` for all.
  public let selection: LayerSelection?

  /// - Precondition: sizes of at least 1.
  public init(_ measure: Measure, of selection: LayerSelection? = nil) {
    self.measure = measure
    self.selection = selection
  }

  public init(_ measure: Measure, of kind: LayerKind) { self.init(measure, of: .kind(kind)) }

  /// Whether it never falls when a channel count or a map grows, nor when a layer joins.
  public var isMonotone: Bool {
    switch selection {
    case nil, .kind: true
    case .aligned, .unaligned: false
    }
  }

  /// The measure of one layer; 0 for a layer that does not count. A whole number, exact below 2⁵³. No allocation.
  @inlinable
  public func value(of layer: WeightedLayer) -> Double {
    if let selection, !selection.takes(layer) { return 0 }
    let depth = layer.groupInputs
    let outputs = layer.groupOutputs
    let kernel = layer.kernelHeight * layer.kernelWidth
    let groups = Double(layer.groups)
    switch measure {
    case .layers: return 1
    case .macs: return Double(layer.weights) * Double(layer.outputPixels)
    case .weights: return Double(layer.weights)
    case .inputElements: return Double(layer.inputElements)
    case .outputElements: return Double(layer.outputElements)
    case .outputPixels: return Double(layer.outputPixels)
    case .movedElements: return Double(layer.weights) + Double(layer.inputElements) + Double(layer.outputElements)
    case .blockedMACs(let a, let b):
      let channels = Double(depth.dividedRoundingUp(by: a) * a) * Double(outputs.dividedRoundingUp(by: b) * b)
      return groups * Double(kernel) * Double(layer.outputPixels) * channels
    case .folds(let rows, let columns):
      return groups * Double((kernel * depth).dividedRoundingUp(by: rows))
        * Double(outputs.dividedRoundingUp(by: columns))
    case .streamedElements(let rows, let columns):
      let passes = Double(2 * (kernel * depth).dividedRoundingUp(by: rows) - 1)
      let streamed = Double(kernel * depth) * Double(outputs.dividedRoundingUp(by: columns)) + Double(outputs) * passes
      return Double(layer.weights) + groups * Double(layer.outputPixels) * streamed
    case .crossbars(let size, let cells):
      return groups * Double(Self.crossbars(kernel * depth, outputs, size, cells))
    case .tiles(let size, let cells, let crossbars):
      return (groups * Double(Self.crossbars(kernel * depth, outputs, size, cells)) / Double(crossbars)).rounded(.up)
    }
  }

  /// The sum over layers. Complexity: O(layers).
  public func sum(over layers: [WeightedLayer]) -> Double { layers.reduce(0) { $0 + value(of: $1) } }

  @inlinable
  static func crossbars(_ rows: Int, _ columns: Int, _ size: Int, _ cells: Int) -> Int {
    rows.dividedRoundingUp(by: size) * (columns * cells).dividedRoundingUp(by: size)
  }
}

extension LayerFeature: CustomStringConvertible {
  /// The largest size in a name: no product of two sizes and a channel count then exceeds `Int`.
  static let sizeLimit = 65_536

  /// The name in files: the measure with its sizes, then `:` and the layers that count where it is not all:
  /// `macs_in8_out16`, `folds_32x32:3x3`, `macs:unaligned4`.
  public var name: String {
    let (stem, sizes) =
      switch measure {
      case .layers: ("layers", "")
      case .macs: ("macs", "")
      case .weights: ("weights", "")
      case .inputElements: ("input_elements", "")
      case .outputElements: ("output_elements", "")
      case .outputPixels: ("output_pixels", "")
      case .movedElements: ("moved_elements", "")
      case .blockedMACs(let inputs, let outputs): ("macs", "_in\(inputs)_out\(outputs)")
      case .folds(let rows, let columns): ("folds", "_\(rows)x\(columns)")
      case .streamedElements(let rows, let columns): ("streamed_elements", "_\(rows)x\(columns)")
      case .crossbars(let size, let cells): ("crossbars", "_\(size)x\(cells)")
      case .tiles(let size, let cells, let crossbars): ("tiles", "_\(size)x\(cells)x\(crossbars)")
      }
    return stem + sizes + (selection.map { ":\($0.name)" } ?? "")
  }

  public var description: String { name }

  /// The feature of a name; `nil` for any other name, and for sizes outside 1…65 536 or not written in plain decimals.
  public init?(name: String) {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return nil }
    var selection: LayerSelection?
    if parts.count == 2 {
      guard let known = LayerSelection(name: parts[1]) else { return nil }
      selection = known
    }
    guard let measure = Measure(name: parts[0]) else { return nil }
    self.init(measure, of: selection)
    guard self.name == name else { return nil }
  }

  /// The sizes behind the stem of a name, each but the first after its separator; `nil` where it is made otherwise.
  static func sizes(of name: Substring, _ stem: String, _ separators: [String] = []) -> [Int]? {
    guard name.hasPrefix(stem) else { return nil }
    var rest = name.dropFirst(stem.count)
    var numbers: [Int] = []
    for separator in [""] + separators {
      guard rest.hasPrefix(separator) else { return nil }
      rest = rest.dropFirst(separator.count)
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), 1...sizeLimit ~= number else { return nil }
      numbers.append(number)
      rest = rest.dropFirst(digits.count)
    }
    return rest.isEmpty ? numbers : nil
  }
}

extension LayerFeature.Measure {
  fileprivate init?(name: Substring) {
    func sizes(_ stem: String, _ separators: [String]) -> [Int]? {
      LayerFeature.sizes(of: name, stem, separators)
    }
    switch name {
    case "layers": self = .layers
    case "macs": self = .macs
    case "weights": self = .weights
    case "input_elements": self = .inputElements
    case "output_elements": self = .outputElements
    case "output_pixels": self = .outputPixels
    case "moved_elements": self = .movedElements
    default:
      if let found = sizes("macs_in", ["_out"]) {
        self = .blockedMACs(inputs: found[0], outputs: found[1])
      } else if let found = sizes("folds_", ["x"]) {
        self = .folds(rows: found[0], columns: found[1])
      } else if let found = sizes("streamed_elements_", ["x"]) {
        self = .streamedElements(rows: found[0], columns: found[1])
      } else if let found = sizes("crossbars_", ["x"]) {
        self = .crossbars(size: found[0], cells: found[1])
      } else if let found = sizes("tiles_", ["x", "x"]) {
        self = .tiles(size: found[0], cells: found[1], crossbars: found[2])
      } else {
        return nil
      }
    }
  }
}
