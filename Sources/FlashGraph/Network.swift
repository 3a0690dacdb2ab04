/// Channels × height × width of a feature map.
public struct FeatureShape: Sendable, Hashable {
  public let channels: Int
  public let height: Int
  public let width: Int

  public init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// channels · height · width.
  public var elements: Int { channels * height * width }
}

/// A network: layers in execution order, each reading the network's input or earlier layers.
///
/// A value of this type is valid: the initialiser checks every layer, works out the shapes and bounds every count, so
/// that what comes after may rely on it. Batch normalisation and activation follow a convolution without being layers
/// of their own; concatenation is a layer with several sources.
public struct Network: Sendable, Hashable {
  /// Where a layer reads: all channels of a producer, or some of them.
  public struct Source: Sendable, Hashable {
    /// The index of the layer read, or `nil` for the network's input.
    public let producer: Int?
    /// The channels read, in rising order, or `nil` for all.
    public let channels: [Int]?
    /// Whether the link bypasses a weighted layer (a skip link).
    public let isSkip: Bool

    public init(producer: Int?, channels: [Int]? = nil, isSkip: Bool = false) {
      self.producer = producer
      self.channels = channels
      self.isSkip = isSkip
    }
  }

  /// A run of layers at one resolution.
  public enum Cell: String, Sendable, Hashable, CaseIterable {
    /// Convolutions of one width; each may read channels of all earlier layers of the cell (DenseNet's concatenation).
    case dense
  }

  /// What a layer computes.
  public enum Operation: Sendable, Hashable {
    /// A convolution with padding k/2 (so that an output is ⌈h/stride⌉ high for odd kernels), without bias, followed by
    /// batch normalisation and an activation.
    case convolution(outputChannels: Int, kernel: Int, stride: Int)
    /// Global average pooling.
    case globalAveragePooling
    /// A fully connected layer with bias.
    case fullyConnected(outputs: Int)
  }

  /// One layer.
  public struct Layer: Sendable, Hashable {
    public let name: String
    public let operation: Operation
    public let inputs: [Source]
    /// The index of the cell that the layer belongs to; `nil` for pooling, which cells do not count, and the classifier.
    public let cell: Int?

    public init(name: String, operation: Operation, inputs: [Source], cell: Int?) {
      self.name = name
      self.operation = operation
      self.inputs = inputs
      self.cell = cell
    }
  }

  /// The most elements that a map may have and the most weights of a layer.
  public static let sizeLimit = 1 << 31
  /// The most multiply-accumulates of a layer: with `layerLimit` layers every sum fits 63 bits.
  public static let macLimit = 1 << 48
  /// The most layers.
  public static let layerLimit = 1 << 12

  public let input: FeatureShape
  /// The cells, which the layers name by index.
  public let cells: [Cell]
  public let layers: [Layer]
  /// The output shape of each layer.
  public let shapes: [FeatureShape]
  /// For each weighted layer its shape, `nil` for pooling.
  public let weighted: [WeightedLayer?]

  /// Checks the layers and infers the shapes.
  ///
  /// - Throws: `GraphError` for the first layer that is wrong, or a cell without weighted layers. Complexity: O(cells ·
  ///   layers + links).
  public init(input: FeatureShape, cells: [Cell], layers: [Layer]) throws(GraphError) {
    guard !layers.isEmpty else { throw .empty("network") }
    guard layers.count <= Self.layerLimit else { throw .tooLarge(where: "layers", limit: Self.layerLimit) }
    try Self.check(input, "input")
    var shapes: [FeatureShape] = []
    var weighted: [WeightedLayer?] = []
    for (index, layer) in layers.enumerated() {
      if let cell = layer.cell, !cells.indices.contains(cell) {
        throw .outOfRange(where: "\(layer.name): cell", found: cell, allowed: "0 to \(cells.count - 1)")
      }
      let read = try Self.joined(layer, index: index, input: input, shapes: shapes)
      let (output, shape) = try Self.apply(layer, to: read)
      try Self.check(output, layer.name)
      shapes.append(output)
      weighted.append(shape)
    }
    for cell in cells.indices where !zip(layers, weighted).contains(where: { $0.cell == cell && $1 != nil }) {
      throw .empty("cells[\(cell)]")
    }
    self.input = input
    self.cells = cells
    self.layers = layers
    self.shapes = shapes
    self.weighted = weighted
  }

  /// The weighted layers in execution order.
  public var weightedLayers: [WeightedLayer] { weighted.compactMap { $0 } }

  /// How many channels a source carries.
  public func channelCount(of source: Source) -> Int {
    source.channels?.count ?? source.producer.map { shapes[$0].channels } ?? input.channels
  }

  /// The shape that a layer reads: its sources, concatenated.
  private static func joined(
    _ layer: Layer, index: Int, input: FeatureShape, shapes: [FeatureShape]
  ) throws(GraphError) -> FeatureShape {
    guard let first = layer.inputs.first else { throw .empty("\(layer.name): inputs") }
    var channels = 0
    func shape(_ source: Source) throws(GraphError) -> FeatureShape {
      guard let producer = source.producer else { return input }
      guard 0..<index ~= producer else { throw .danglingInput(layer: layer.name, found: "layer \(producer)") }
      return shapes[producer]
    }
    let size = try shape(first)
    for source in layer.inputs {
      let read = try shape(source)
      guard read.height == size.height, read.width == size.width else {
        throw .shapeMismatch(
          layer: layer.name, found: "\(read.height)×\(read.width)", expected: "\(size.height)×\(size.width)")
      }
      if let chosen = source.channels {
        let rising = zip(chosen, chosen.dropFirst()).allSatisfy { $0 < $1 }
        guard rising, !chosen.isEmpty, chosen[0] >= 0, chosen[chosen.count - 1] < read.channels else {
          throw .shapeMismatch(
            layer: layer.name, found: "channels \(chosen)", expected: "rising channels below \(read.channels)")
        }
        channels += chosen.count
      } else {
        channels += read.channels
      }
      guard channels <= sizeLimit else { throw .tooLarge(where: layer.name, limit: sizeLimit) }
    }
    return FeatureShape(channels: channels, height: size.height, width: size.width)
  }

  private static func apply(
    _ layer: Layer, to read: FeatureShape
  ) throws(GraphError) -> (FeatureShape, WeightedLayer?) {
    switch layer.operation {
    case .convolution(let outputChannels, let kernel, let stride):
      try check(outputChannels, in: 1...sizeLimit, "\(layer.name): channels")
      try check(kernel, in: 1...63, "\(layer.name): kernel")
      try check(stride, in: 1...63, "\(layer.name): stride")
      guard kernel % 2 == 1 else {
        throw .outOfRange(where: "\(layer.name): kernel", found: kernel, allowed: "odd numbers")
      }
      let shape = WeightedLayer(
        kernelHeight: kernel, kernelWidth: kernel, inputChannels: read.channels, outputChannels: outputChannels,
        inputHeight: read.height, inputWidth: read.width,
        outputHeight: (read.height + stride - 1) / stride, outputWidth: (read.width + stride - 1) / stride)
      try check(shape, layer.name)
      return (
        FeatureShape(channels: outputChannels, height: shape.outputHeight, width: shape.outputWidth), shape
      )
    case .globalAveragePooling:
      return (FeatureShape(channels: read.channels, height: 1, width: 1), nil)
    case .fullyConnected(let outputs):
      try check(outputs, in: 1...sizeLimit, "\(layer.name): outputs")
      let shape = WeightedLayer.fullyConnected(inputs: read.elements, outputs: outputs)
      try check(shape, layer.name)
      return (FeatureShape(channels: outputs, height: 1, width: 1), shape)
    }
  }

  private static func check(_ value: Int, in range: ClosedRange<Int>, _ place: String) throws(GraphError) {
    guard range ~= value else {
      throw .outOfRange(where: place, found: value, allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
  }

  private static func check(_ shape: FeatureShape, _ place: String) throws(GraphError) {
    let range = 1...sizeLimit
    try check(shape.channels, in: range, "\(place): channels")
    try check(shape.height, in: range, "\(place): height")
    try check(shape.width, in: range, "\(place): width")
    guard BoundedProduct.of([shape.channels, shape.height, shape.width], limit: sizeLimit) != nil else {
      throw .tooLarge(where: place, limit: sizeLimit)
    }
  }

  private static func check(_ layer: WeightedLayer, _ place: String) throws(GraphError) {
    let factors = [layer.kernelHeight * layer.kernelWidth, layer.inputChannels, layer.outputChannels]
    guard let weights = BoundedProduct.of(factors, limit: sizeLimit)
    else { throw .tooLarge(where: "\(place): weights", limit: sizeLimit) }
    // Both factors are at most 2³¹: no overflow.
    guard weights * layer.outputPixels <= macLimit else { throw .tooLarge(where: "\(place): MACs", limit: macLimit) }
  }
}
