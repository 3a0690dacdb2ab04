/// A network as it comes: layers of any kind in execution order, each reading earlier ones.
///
/// `Network` says what a network computes; this one says what metrics and counts read of it, and is what an imported file
/// becomes. A value of this type is valid: the initialiser checks every layer and bounds every count. A layer has one
/// output; channels are listed in the order in which the next layer reads them. Counts are of one image.
public struct LayerGraph: Sendable, Hashable {
  /// A tensor that is learnt: stored once, however many layers use it.
  public struct Parameter: Sendable, Hashable {
    public let name: String
    public let elements: Int

    public init(name: String, elements: Int) {
      self.name = name
      self.elements = elements
    }
  }

  /// What a layer does with a parameter.
  public enum Role: Sendable, Hashable {
    case weight, bias
    /// Scale and shift of a normalisation, layer scale, slopes of an activation.
    case affine
  }

  /// A parameter by its index, and what it is used for.
  public struct Use: Sendable, Hashable {
    public let parameter: Int
    public let role: Role

    public init(parameter: Int, role: Role) {
      self.parameter = parameter
      self.role = role
    }
  }

  /// What a layer computes, as far as counts and links need it.
  public enum Operation: Sendable, Hashable {
    /// An input of the network.
    case input
    /// A convolution or a fully connected layer over any number of positions. A transposed one spreads each input
    /// element over its kernel, so that its MACs are weights · *input* positions.
    case weighted(WeightedLayer, isTransposed: Bool)
    /// Channel by channel and in place: activations, normalisations, scales.
    case pointwise
    /// Channel by channel into a new map: pooling, resizing, padding.
    case pooling
    /// The sum of several maps, or another symmetric element-wise operation.
    case sum
    /// The product of several maps; it follows its largest operand (squeeze-and-excite gates make no link).
    case product
    /// The channels of the inputs, one input after the other.
    case concatenation
    /// These channels of the input, in this order: slices, splits, shuffles, flattening.
    case selection([Int32])
    /// Anything that mixes channels without weights, such as the product of two activations.
    case mixing(macs: Int)
  }

  /// One layer.
  public struct Layer: Sendable, Hashable {
    public let name: String
    public let operation: Operation
    /// The indices of the layers read.
    public let inputs: [Int]
    public let channels: Int
    /// Output elements of one image.
    public let elements: Int
    public let uses: [Use]
    /// The sliding window of a convolution or pooling; `nil` where there is none or it is not known.
    public let window: Window?

    public init(
      name: String, operation: Operation, inputs: [Int], channels: Int, elements: Int, uses: [Use] = [],
      window: Window? = nil
    ) {
      self.name = name
      self.operation = operation
      self.inputs = inputs
      self.channels = channels
      self.elements = elements
      self.uses = uses
      self.window = window
    }

    /// The output's positions of one channel: its resolution.
    var positions: Int { elements / max(channels, 1) }
  }

  /// The most layers: with the limits below every sum of counts fits 63 bits.
  public static let layerLimit = 3 << 13
  /// The most elements of a map or a parameter.
  public static let sizeLimit = 1 << 31
  /// The most multiply-accumulates of a layer.
  public static let macLimit = 1 << 48
  /// The most channels of a layer.
  public static let channelLimit = 1 << 22
  /// The most channels that the layers list, all together: what links are counted over.
  public static let listedLimit = 1 << 24

  public let layers: [Layer]
  public let parameters: [Parameter]
  /// The weighted layers at which a cell begins although the resolution may stay.
  public let cellStarts: Set<Int>

  /// Checks the layers.
  ///
  /// - Throws: `GraphError` for the first layer that is wrong, or a network without weighted layers. Complexity: O(layers
  ///   + channels listed).
  public init(layers: [Layer], parameters: [Parameter], cellStarts: Set<Int> = []) throws(GraphError) {
    guard layers.count <= Self.layerLimit else { throw .tooLarge(where: "layers", limit: Self.layerLimit) }
    for parameter in parameters {
      guard 0...Self.sizeLimit ~= parameter.elements else {
        throw .tooLarge(where: "\(parameter.name): elements", limit: Self.sizeLimit)
      }
    }
    var listed = 0
    var hasWeights = false
    for (index, layer) in layers.enumerated() {
      try Self.checkSize(layer)
      for input in layer.inputs where !(0..<index ~= input) {
        throw .danglingInput(layer: layer.name, found: "layer \(input)")
      }
      for use in layer.uses where !parameters.indices.contains(use.parameter) {
        throw .danglingInput(layer: layer.name, found: "parameter \(use.parameter)")
      }
      try Self.check(layer, reading: layer.inputs.map { layers[$0].channels })
      if case .pointwise = layer.operation {} else { listed += layer.channels }
      if case .weighted = layer.operation { hasWeights = true }
      guard listed <= Self.listedLimit else {
        throw .tooLarge(where: "\(layer.name): channels up to here", limit: Self.listedLimit)
      }
    }
    guard hasWeights else { throw .empty("weighted layers") }
    self.layers = layers
    self.parameters = parameters
    self.cellStarts = cellStarts
  }

  private static func checkSize(_ layer: Layer) throws(GraphError) {
    guard 0...sizeLimit ~= layer.elements else { throw .tooLarge(where: layer.name, limit: sizeLimit) }
    guard 0...channelLimit ~= layer.channels else {
      throw .tooLarge(where: "\(layer.name): channels", limit: channelLimit)
    }
    try layer.window?.check(layer.name)
  }

  /// Whether the channels that a layer reads give those that it writes.
  private static func check(_ layer: Layer, reading channels: [Int]) throws(GraphError) {
    func expect(_ holds: Bool, _ expected: @autoclosure () -> String) throws(GraphError) {
      guard holds else {
        throw .shapeMismatch(
          layer: layer.name, found: "\(channels) channels to \(layer.channels)", expected: expected())
      }
    }
    switch layer.operation {
    case .input: try expect(channels.isEmpty, "no inputs")
    case .weighted(let shape, let isTransposed):
      try expect(
        channels == [shape.inputChannels] && layer.channels == shape.outputChannels,
        "\(shape.inputChannels) to \(shape.outputChannels)")
      try check(shape, isTransposed: isTransposed, layer.name)
    case .pointwise, .pooling: try expect(channels == [layer.channels], "as many as the input has")
    case .sum, .product:
      try expect(
        !channels.isEmpty && channels.allSatisfy { $0 == layer.channels || $0 == 1 }, "as many as the inputs have")
    case .concatenation:
      try expect(!channels.isEmpty && channels.reduce(0, +) == layer.channels, "the sum of the inputs'")
    case .selection(let chosen):
      try expect(channels.count == 1 && chosen.count == layer.channels, "one input")
      try expect(chosen.allSatisfy { 0..<Int32(channels[0]) ~= $0 }, "channels of the input")
    case .mixing(let macs):
      try expect(!channels.isEmpty, "one input or more")
      guard 0...macLimit ~= macs else { throw .tooLarge(where: "\(layer.name): MACs", limit: macLimit) }
    }
  }

  private static func check(_ shape: WeightedLayer, isTransposed: Bool, _ place: String) throws(GraphError) {
    let factors = [
      shape.kernelHeight, shape.kernelWidth, shape.inputChannels, shape.outputChannels, shape.groups,
      shape.inputHeight, shape.inputWidth, shape.outputHeight, shape.outputWidth,
    ]
    for factor in factors where !(1...sizeLimit ~= factor) {
      throw .outOfRange(where: "\(place): sizes", found: factor, allowed: "1 to \(sizeLimit)")
    }
    guard shape.inputChannels % shape.groups == 0, shape.outputChannels % shape.groups == 0 else {
      throw .outOfRange(
        where: "\(place): groups", found: shape.groups,
        allowed: "divisors of \(shape.inputChannels) and \(shape.outputChannels)")
    }
    let kernel = [shape.kernelHeight, shape.kernelWidth, shape.inputChannels / shape.groups, shape.outputChannels]
    let positions =
      isTransposed ? [shape.inputHeight, shape.inputWidth] : [shape.outputHeight, shape.outputWidth]
    guard let weights = BoundedProduct.of(kernel, limit: sizeLimit),
      BoundedProduct.of([weights] + positions, limit: macLimit) != nil
    else {
      throw .tooLarge(where: "\(place): weights or MACs", limit: macLimit)
    }
  }
}

extension LayerGraph {
  /// The weighted layers in order; `nil` where one is a transposed convolution, whose shape says another thing.
  public var weightedLayers: [WeightedLayer]? {
    var shapes: [WeightedLayer] = []
    for layer in layers {
      guard case .weighted(let shape, let isTransposed) = layer.operation else { continue }
      guard !isTransposed else { return nil }
      shapes.append(shape)
    }
    return shapes
  }
}

extension LayerGraph {
  /// For each layer the last one that reads it, itself where none does.
  var lastReaders: [Int] {
    var readers = Array(layers.indices)
    for (index, layer) in layers.enumerated() {
      for input in layer.inputs { readers[input] = index }
    }
    return readers
  }
}

extension LayerGraph.Layer {
  /// Multiply-accumulates with weights.
  var macs: Int {
    guard case .weighted(let shape, let isTransposed) = operation else { return 0 }
    return kernelWeights(shape) * (isTransposed ? shape.inputHeight * shape.inputWidth : shape.outputPixels)
  }

  /// k_h · k_w · (C_in / G) · C_out: divided first, so that no product overflows.
  private func kernelWeights(_ shape: WeightedLayer) -> Int {
    shape.kernelHeight * shape.kernelWidth * (shape.inputChannels / shape.groups) * shape.outputChannels
  }

  var isWeighted: Bool {
    if case .weighted = operation { true } else { false }
  }
}
