/// The map between two cells: all that a cell has to know of what comes before it.
public struct CellInput: Sendable, Hashable {
  public var channels: Int
  public var height: Int
  public var width: Int
  /// Channels that lie more than one weighted layer below the next: each is a skip link into whatever reads the map.
  public var skipChannels = 0
  /// Channels of the network's input among them, which are no nodes.
  public var inputChannels = 0
  /// Whether normalisation and activation are still to come.
  public var isPreactivation = false
  /// Whether it is several maps side by side.
  public var isConcatenated = false
  /// Whether a 1×1 convolution to more channels wrote it, outside blocks and not right after a depthwise one: with a
  /// depthwise and a 1×1 convolution after it, that is an inverted residual block.
  public var isExpanded = false

  @inlinable
  init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// The network's input.
  @inlinable
  public init(_ shape: FeatureShape) {
    self.init(channels: shape.channels, height: shape.height, width: shape.width)
    inputChannels = channels
  }

  /// Whether it is the network's input, to which nothing links.
  @inlinable public var isNetworkInput: Bool { inputChannels == channels }
  @inlinable public var pixels: Int { height * width }
  @inlinable public var elements: Int { channels * pixels }

  /// Height and width after a stride: ⌈h/s⌉ and ⌈w/s⌉.
  @inlinable
  func resolution(stride: Int) -> (height: Int, width: Int) {
    // Most strides are 1, and a division takes long.
    stride == 1 ? (height, width) : ((height + stride - 1) / stride, (width + stride - 1) / stride)
  }

  /// The shape of a convolution that reads the map.
  @inlinable
  func convolution(to outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1) -> WeightedLayer {
    let output = resolution(stride: stride)
    return WeightedLayer(
      kernelHeight: kernel, kernelWidth: kernel, inputChannels: channels, outputChannels: outputs, groups: groups,
      inputHeight: height, inputWidth: width, outputHeight: output.height, outputWidth: output.width)
  }

  /// The shape of a 3×3 depthwise convolution that reads the map.
  @inlinable
  func depthwise(stride: Int) -> WeightedLayer {
    convolution(to: channels, kernel: 3, stride: stride, groups: channels)
  }

  /// The map that a layer writes.
  @inlinable
  mutating func follow(_ layer: WeightedLayer) {
    self = CellInput(channels: layer.outputChannels, height: layer.outputHeight, width: layer.outputWidth)
  }
}

/// A weighted layer of a cell, and how often it is there.
public struct CellLayer: Sendable, Hashable {
  public let shape: WeightedLayer
  public let count: Int
  /// Off the main path are projections alone.
  public let isOnMainPath: Bool
  /// Whether it reads the map that comes into the cell.
  public let readsCellInput: Bool
  /// Whether it lies in a residual or inverted residual block, which is a cell of its own where cells are blocks.
  public let isInBlock: Bool

  @inlinable
  init(
    _ shape: WeightedLayer, count: Int = 1, isOnMainPath: Bool = true, readsCellInput: Bool = false,
    isInBlock: Bool = false
  ) {
    self.shape = shape
    self.count = count
    self.isOnMainPath = isOnMainPath
    self.readsCellInput = readsCellInput
    self.isInBlock = isInBlock
  }
}

/// A cell of NN-Degree that more layers may join.
@usableFromInline
struct OpenCell: Sendable {
  /// Σ output channels.
  @usableFromInline var channels = 0
  @usableFromInline var layers = 0
  @usableFromInline var links = 0
  @usableFromInline var pixels = 0

  @inlinable init() {}

  /// Adds layers with Σ `channels` outputs; those of another resolution begin a new cell.
  ///
  /// - Returns: NN-Degree of the cell that this ends, 0 for none.
  @inlinable @inline(__always)
  mutating func join(_ count: Int, channels sum: Int, pixels resolution: Int) -> Double {
    let degree = resolution == pixels ? 0 : close()
    pixels = resolution
    channels += sum
    layers += count
    return degree
  }

  /// Ends the cell.
  ///
  /// - Returns: its NN-Degree, 0 where no layer joined.
  @inlinable
  mutating func close() -> Double {
    guard layers > 0 else { return 0 }
    let degree = NNDegree.cell(width: Double(channels) / Double(layers), depth: layers, skipLinks: links)
    self = OpenCell()
    return degree
  }
}

/// Counts a network cell by cell, in closed form: the features that a count over the layer graph would give.
///
/// Weighted layers of the main path that follow each other at one resolution are one cell of NN-Degree, a stage. By block,
/// those outside blocks are one, a run: a block ends it.
public struct FeatureCounter: Sendable {
  public var features = NetworkFeatures()
  public var input: CellInput
  /// The open stage.
  @usableFromInline var stage = OpenCell()
  /// The open run of layers outside blocks.
  @usableFromInline var run = OpenCell()
  /// Skip links into the run's last layer, where it expanded the map.
  @usableFromInline var expansionLinks = 0

  @inlinable
  public init(input shape: FeatureShape) {
    input = CellInput(shape)
    features.nnMass = 0
  }

  /// Counts a layer, and the skip links of a map with skip channels that it reads.
  @inlinable
  mutating func add(_ layer: CellLayer) {
    let shape = layer.shape
    features.add(shape, count: layer.count)
    if layer.isOnMainPath {
      let (channels, pixels) = (layer.count * shape.outputChannels, shape.outputPixels)
      features.nnDegree += stage.join(layer.count, channels: channels, pixels: pixels)
      if !layer.isInBlock {
        features.nnDegreeByBlock += run.join(layer.count, channels: channels, pixels: pixels)
      }
    }
    guard layer.readsCellInput, input.skipChannels > 0 else { return }
    addLinks(
      input.skipChannels * (shape.outputChannels / shape.groups), elements: input.skipChannels * input.pixels,
      isInBlock: layer.isInBlock)
  }

  /// Skip links into the open stage, and into the open run unless a block has them.
  @inlinable
  mutating func addLinks(_ links: Int, elements: Int, isInBlock: Bool = false) {
    features.skipLinks += links
    features.skipElements += elements
    stage.links += links
    if !isInBlock { run.links += links }
  }

  /// Blocks that are alike, with the output channels and the skip links of one. They end the open run.
  @inlinable
  mutating func addBlocks(_ count: Int, channels: Int, layers: Int, links: Int) {
    guard count > 0 else { return }
    // With channels = w · d.
    let degree = Double(count * channels) / Double(layers) + Double(count * links) / Double(channels)
    features.nnDegreeByBlock += run.close() + degree
  }

  /// Takes the layer that expanded the map out of the open run, for a block.
  ///
  /// - Returns: the skip links into it.
  @inlinable
  mutating func takeExpansion() -> Int {
    run.channels -= input.channels
    run.layers -= 1
    run.links -= expansionLinks
    return expansionLinks
  }

  /// Maps that live at the same time.
  @inlinable
  mutating func live(_ elements: Int) { features.peakMemoryElements = max(features.peakMemoryElements, elements) }

  /// Ends the open cells of NN-Degree.
  @inlinable
  mutating func closeCells() {
    features.nnDegree += stage.close()
    features.nnDegreeByBlock += run.close()
  }

  /// Normalisation of a map that still waits for it.
  @inlinable
  mutating func settle() {
    guard input.isPreactivation else { return }
    features.batchNorm += 2 * input.channels
    input.isPreactivation = false
    input.isConcatenated = false
  }

  /// Counts global average pooling and a fully connected classifier with bias.
  @inlinable
  public mutating func finish(classes: Int, pools: Bool) {
    settle()
    closeCells()
    // A classifier alone is the only cell.
    if features.weightedLayers == 0 {
      features.nnDegree = Double(classes)
      features.nnDegreeByBlock = features.nnDegree
    }
    if pools {
      live(input.elements + input.channels)
      (input.height, input.width) = (1, 1)
    }
    let layer = WeightedLayer.fullyConnected(inputs: input.elements, outputs: classes)
    features.add(layer)
    features.biases += classes
    features.skipLinks += input.skipChannels * classes
    features.skipElements += input.skipChannels * input.pixels
    live(input.elements + classes)
  }
}
