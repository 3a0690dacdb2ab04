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

  /// The shape of a convolution without groups that reads the map.
  @inlinable
  func convolution(to outputs: Int, kernel: Int, stride: Int = 1) -> WeightedLayer {
    WeightedLayer(
      kernelHeight: kernel, kernelWidth: kernel, inputChannels: channels, outputChannels: outputs, inputHeight: height,
      inputWidth: width, outputHeight: (height + stride - 1) / stride, outputWidth: (width + stride - 1) / stride)
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

  @inlinable
  init(_ shape: WeightedLayer, count: Int = 1, isOnMainPath: Bool = true, readsCellInput: Bool = false) {
    self.shape = shape
    self.count = count
    self.isOnMainPath = isOnMainPath
    self.readsCellInput = readsCellInput
  }
}

/// Counts a network cell by cell, in closed form: the features that a count over the layer graph would give.
///
/// Weighted layers of the main path that follow each other at one resolution are one cell of NN-Degree.
public struct FeatureCounter: Sendable {
  public var features = NetworkFeatures()
  public var input: CellInput
  // The open cell of NN-Degree.
  @usableFromInline var cellWidth = 0
  @usableFromInline var cellDepth = 0
  @usableFromInline var cellLinks = 0
  @usableFromInline var cellPixels = 0

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
      if shape.outputPixels != cellPixels { closeCell() }
      cellPixels = shape.outputPixels
      cellWidth += layer.count * shape.outputChannels
      cellDepth += layer.count
    }
    guard layer.readsCellInput, input.skipChannels > 0 else { return }
    addLinks(
      input.skipChannels * (shape.outputChannels / shape.groups), elements: input.skipChannels * input.pixels)
  }

  /// Skip links into the open cell.
  @inlinable
  mutating func addLinks(_ links: Int, elements: Int) {
    features.skipLinks += links
    features.skipElements += elements
    cellLinks += links
  }

  /// Maps that live at the same time.
  @inlinable
  mutating func live(_ elements: Int) { features.peakMemoryElements = max(features.peakMemoryElements, elements) }

  /// Ends the open cell of NN-Degree.
  @inlinable
  mutating func closeCell() {
    guard cellDepth > 0 else { return }
    features.nnDegree += NNDegree.cell(
      width: Double(cellWidth) / Double(cellDepth), depth: cellDepth, skipLinks: cellLinks)
    (cellWidth, cellDepth, cellLinks, cellPixels) = (0, 0, 0, 0)
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
    // A classifier alone is the only cell.
    if features.weightedLayers == 0 { (cellWidth, cellDepth) = (classes, 1) }
    closeCell()
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
