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
/// that what comes after may rely on it. It says enough to run the network; what metrics and counts read is its
/// `layerGraph`.
public struct Network: Sendable, Hashable {
  /// Where a layer reads: all channels of a producer, or some of them.
  public struct Source: Sendable, Hashable {
    /// The index of the layer read, or `nil` for the network's input.
    public let producer: Int?
    /// The channels read, in rising order, or `nil` for all.
    public let channels: [Int]?

    public init(producer: Int?, channels: [Int]? = nil) {
      self.producer = producer
      self.channels = channels
    }
  }

  /// An element-wise nonlinearity.
  public enum Activation: String, Sendable, Hashable, CaseIterable {
    /// max(0, x).
    case relu
    /// min(max(0, x), 6).
    case relu6
  }

  /// What a layer computes. A layer with several sources reads their concatenation; `addition` alone reads their sum.
  public enum Operation: Sendable, Hashable {
    /// A convolution with an odd square kernel, padding (k − 1)/2 (so that an output is ⌈h/stride⌉ high) and no bias.
    case convolution(outputChannels: Int, kernel: Int, stride: Int, groups: Int)
    /// A fully connected layer over the flattened input.
    case fullyConnected(outputs: Int, hasBias: Bool)
    /// Normalisation over the batch with an affine pair a channel.
    case batchNormalization
    case activation(Activation)
    /// Maximum pooling with an odd square kernel and padding (k − 1)/2: an output is ⌈h/stride⌉ high.
    case maximumPooling(kernel: Int, stride: Int)
    /// Average pooling without padding and with the kernel as stride: an output is ⌊h/k⌋ high.
    case averagePooling(kernel: Int)
    /// The mean of each channel.
    case globalAveragePooling
    /// The sum of the sources, which have equal shapes.
    case addition
  }

  /// One layer.
  public struct Layer: Sendable, Hashable {
    public let name: String
    public let operation: Operation
    public let inputs: [Source]
    /// Whether a cell begins here, although the resolution may stay.
    public let startsCell: Bool

    public init(name: String, operation: Operation, inputs: [Source], startsCell: Bool = false) {
      self.name = name
      self.operation = operation
      self.inputs = inputs
      self.startsCell = startsCell
    }
  }

  /// The most elements that a map may have and the most weights of a layer.
  public static let sizeLimit = 1 << 31
  /// The most multiply-accumulates of a layer: with `layerLimit` layers every sum fits 63 bits.
  public static let macLimit = 1 << 48
  /// The most layers.
  public static let layerLimit = 1 << 14

  public let input: FeatureShape
  public let layers: [Layer]
  /// The output shape of each layer.
  public let shapes: [FeatureShape]
  /// For each convolution and fully connected layer its shape, `nil` for the others.
  public let weighted: [WeightedLayer?]

  /// Checks the layers and infers the shapes.
  ///
  /// - Throws: `GraphError` for the first layer that is wrong. Complexity: O(layers + links).
  public init(input: FeatureShape, layers: [Layer]) throws(GraphError) {
    guard !layers.isEmpty else { throw .empty("network") }
    guard layers.count <= Self.layerLimit else { throw .tooLarge(where: "layers", limit: Self.layerLimit) }
    try Self.check(input, "input")
    var shapes: [FeatureShape] = []
    var weighted: [WeightedLayer?] = []
    for (index, layer) in layers.enumerated() {
      let read = try Self.joined(layer, index: index, input: input, shapes: shapes)
      let (output, shape) = try Self.apply(layer, to: read)
      try Self.check(output, layer.name)
      shapes.append(output)
      weighted.append(shape)
    }
    guard weighted.contains(where: { $0 != nil }) else { throw .empty("weighted layers") }
    self.input = input
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

  /// The shape that a layer reads: its sources, concatenated or added.
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
    if layer.operation == .addition {
      var all: [Int] = []
      for source in layer.inputs {
        if let chosen = source.channels { all.append(chosen.count) } else { all.append(try shape(source).channels) }
      }
      guard all.count > 1, all.allSatisfy({ $0 == all[0] }) else {
        throw .shapeMismatch(layer: layer.name, found: "\(all) channels", expected: "two or more equal ones")
      }
      channels = all[0]
    }
    return FeatureShape(channels: channels, height: size.height, width: size.width)
  }

  /// The shape that a layer writes, and its weights' shape where it has weights.
  private static func apply(
    _ layer: Layer, to read: FeatureShape
  ) throws(GraphError) -> (FeatureShape, WeightedLayer?) {
    func pooled(height: Int, width: Int) -> FeatureShape {
      FeatureShape(channels: read.channels, height: height, width: width)
    }
    func window(_ kernel: Int, _ stride: Int) throws(GraphError) {
      try check(kernel, in: 1...63, "\(layer.name): kernel")
      try check(stride, in: 1...63, "\(layer.name): stride")
      guard kernel % 2 == 1 else {
        throw .outOfRange(where: "\(layer.name): kernel", found: kernel, allowed: "odd numbers")
      }
    }
    switch layer.operation {
    case .convolution(let outputChannels, let kernel, let stride, let groups):
      try check(outputChannels, in: 1...sizeLimit, "\(layer.name): channels")
      try window(kernel, stride)
      guard groups > 0, read.channels % groups == 0, outputChannels % groups == 0 else {
        throw .outOfRange(
          where: "\(layer.name): groups", found: groups, allowed: "divisors of \(read.channels) and \(outputChannels)")
      }
      let shape = WeightedLayer(
        kernelHeight: kernel, kernelWidth: kernel, inputChannels: read.channels, outputChannels: outputChannels,
        groups: groups, inputHeight: read.height, inputWidth: read.width,
        outputHeight: (read.height + stride - 1) / stride, outputWidth: (read.width + stride - 1) / stride)
      try check(shape, layer.name)
      return (
        FeatureShape(channels: outputChannels, height: shape.outputHeight, width: shape.outputWidth), shape
      )
    case .fullyConnected(let outputs, _):
      try check(outputs, in: 1...sizeLimit, "\(layer.name): outputs")
      let shape = WeightedLayer.fullyConnected(inputs: read.elements, outputs: outputs)
      try check(shape, layer.name)
      return (FeatureShape(channels: outputs, height: 1, width: 1), shape)
    case .maximumPooling(let kernel, let stride):
      try window(kernel, stride)
      return (pooled(height: (read.height + stride - 1) / stride, width: (read.width + stride - 1) / stride), nil)
    case .averagePooling(let kernel):
      try check(kernel, in: 1...min(63, read.height, read.width), "\(layer.name): kernel")
      return (pooled(height: read.height / kernel, width: read.width / kernel), nil)
    case .globalAveragePooling:
      return (pooled(height: 1, width: 1), nil)
    case .batchNormalization, .activation, .addition:
      return (read, nil)
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
    let factors = [layer.kernelHeight * layer.kernelWidth, layer.groupInputs, layer.outputChannels]
    guard let weights = BoundedProduct.of(factors, limit: sizeLimit)
    else { throw .tooLarge(where: "\(place): weights", limit: sizeLimit) }
    // Both factors are at most 2³¹: no overflow.
    guard weights * layer.outputPixels <= macLimit else { throw .tooLarge(where: "\(place): MACs", limit: macLimit) }
  }
}
