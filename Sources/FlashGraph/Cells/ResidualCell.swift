/// One `residual` cell: `depth` blocks of convolutions, each added to its input (ResNet, Wide-ResNet).
///
/// The first block strides. The shortcut is the identity, or a 1×1 projection with batch normalisation where the shape
/// changes, as in torchvision's ResNets: the bottleneck strides in its 3×3 convolution, and the activation follows the
/// sum. Blocks with pre-activation normalise and activate what each convolution reads, and their projections are not
/// normalised.
///
/// Source: He, Zhang, Ren, Sun, CVPR 2016, arXiv 1512.03385; pre-activation: the same, "Identity Mappings in Deep
/// Residual Networks", ECCV 2016, arXiv 1603.05027; wide blocks: Zagoruyko, Komodakis, "Wide Residual Networks", BMVC
/// 2016, arXiv 1605.07146.
public struct ResidualCell: Sendable, Hashable {
  /// The kinds of blocks, with width w.
  public enum Block: String, Sendable, Hashable, CaseIterable {
    /// Two 3×3 convolutions of w channels.
    case basic
    /// 1×1 to w, 3×3, 1×1 to 4w channels.
    case bottleneck
    /// A bottleneck of twice the inner width: 1×1 to 2w, 3×3, 1×1 to 4w channels.
    case wide
    /// Two 3×3 convolutions of w channels with pre-activation.
    case preactivation
    /// 1×1 to w, 3×3, 1×1 to 4w channels with pre-activation.
    case preactivationBottleneck = "preactivation-bottleneck"
  }

  public let block: Block
  public let width: Int
  public let depth: Int
  public let stride: Int

  @inlinable
  public init(block: Block, width: Int, depth: Int, stride: Int) {
    self.block = block
    self.width = width
    self.depth = depth
    self.stride = stride
  }

  @inlinable var hasBottleneck: Bool { block == .bottleneck || block == .wide || block == .preactivationBottleneck }
  @inlinable var isPreactivated: Bool { block == .preactivation || block == .preactivationBottleneck }
  /// Channels inside a block.
  @inlinable var inner: Int { block == .wide ? 2 * width : width }
  /// Channels of the sums.
  @inlinable var outputs: Int { hasBottleneck ? 4 * width : width }

  /// Whether the first block's shortcut is a projection.
  @inlinable
  func projects(_ input: CellInput) -> Bool { input.channels != outputs || stride != 1 }

  /// Whether the first block's shortcut joins nodes: the identity of the network's input does not.
  @inlinable
  func isLinked(_ input: CellInput) -> Bool { !input.isNetworkInput || projects(input) }

  /// The cell's weighted layers. Complexity: O(1).
  @inlinable
  func forEachLayer(_ input: CellInput, _ body: (CellLayer) -> Void) {
    var map = input
    var isInBlock = isLinked(input)
    func convolve(_ outputs: Int, _ kernel: Int, _ stride: Int = 1, count: Int = 1, readsCellInput: Bool = false) {
      let shape = map.convolution(to: outputs, kernel: kernel, stride: stride)
      if count > 0 {
        body(CellLayer(shape, count: count, readsCellInput: readsCellInput, isInBlock: isInBlock))
      }
      map.follow(shape)
    }
    if hasBottleneck {
      convolve(inner, 1, readsCellInput: true)
      convolve(inner, 3, stride)
      convolve(outputs, 1)
    } else {
      convolve(outputs, 3, stride, readsCellInput: true)
      convolve(outputs, 3)
    }
    if projects(input) {
      body(
        CellLayer(
          input.convolution(to: outputs, kernel: 1, stride: stride), isOnMainPath: false, readsCellInput: true,
          isInBlock: true))
    }
    isInBlock = true
    if hasBottleneck {
      convolve(inner, 1, count: depth - 1)
      convolve(inner, 3, count: depth - 1)
      convolve(outputs, 1, count: depth - 1)
    } else {
      convolve(outputs, 3, count: 2 * (depth - 1))
    }
  }

  /// Counts the cell. Complexity: O(1), without allocation.
  @inlinable
  func count(into counter: inout FeatureCounter) {
    if !isPreactivated || counter.input.isConcatenated { counter.settle() }
    let input = counter.input
    let linksBefore = counter.features.skipLinks
    forEachLayer(input) { counter.add($0) }
    let linksRead = counter.features.skipLinks - linksBefore
    let (height, width) = input.resolution(stride: stride)
    let map = outputs * height * width
    countLive(into: &counter, input.elements, map, pixels: (input.pixels, height * width))
    let projects = projects(input)
    let isLinked = isLinked(input)
    let sums = depth - (isLinked ? 0 : 1)
    counter.addLinks(sums * outputs, elements: sums * map, isInBlock: true)
    let (channels, layers) = hasBottleneck ? (2 * inner + outputs, 3) : (2 * outputs, 2)
    counter.addBlocks(isLinked ? 1 : 0, channels: channels, layers: layers, links: linksRead + outputs)
    counter.addBlocks(depth - 1, channels: channels, layers: layers, links: outputs)
    if hasBottleneck {
      if isLinked { counter.features.addMass(NNMass.bottleneck(input: input.channels, inner: inner)) }
      counter.features.addMass(Double(depth - 1) * NNMass.bottleneck(input: outputs, inner: inner))
      counter.features.batchNorm +=
        isPreactivated
        ? 2 * (input.channels + 2 * depth * inner + (depth - 1) * outputs)
        : 2 * (depth * (2 * inner + outputs) + (projects ? outputs : 0))
    } else {
      if isLinked { counter.features.addMass(NNMass.basicBlock(input: input.channels, output: outputs)) }
      counter.features.addMass(Double(depth - 1) * NNMass.basicBlock(input: outputs, output: outputs))
      counter.features.batchNorm +=
        isPreactivated
        ? 2 * (input.channels + (2 * depth - 1) * outputs) : 2 * outputs * (2 * depth + (projects ? 1 : 0))
    }
    counter.input = CellInput(channels: outputs, height: height, width: width)
    counter.input.isPreactivation = isPreactivated
    counter.input.isExpanded = hasBottleneck && !isLinked && depth == 1
    counter.expansionLinks = 0
  }

  /// The maps that live together: the block's input until the sum, and two of its own.
  @inlinable
  func countLive(into counter: inout FeatureCounter, _ before: Int, _ map: Int, pixels: (input: Int, output: Int)) {
    if hasBottleneck {
      let first = inner * pixels.input
      let (second, repeated) = (inner * pixels.output, inner * pixels.output)
      counter.live(before + first + second)
      counter.live(before + second + map)
      if depth > 1 { counter.live(map + 2 * repeated) }
    }
    // Two maps of the sum's shape beside the block's input; then the shortcut's, the last convolution's and the sum.
    counter.live(before + 2 * map)
    counter.live(3 * map)
  }

  /// Adds the cell's layers.
  func append(to builder: inout NetworkBuilder, index: Int) throws(GraphError) {
    if !isPreactivated || builder.map.count > 1 { try builder.settle("cell\(index + 1)") }
    for place in 0..<depth {
      try append(to: &builder, "cell\(index + 1).block\(place)", stride: place == 0 ? stride : 1)
    }
    builder.isPreactivation = isPreactivated
  }

  private func append(to builder: inout NetworkBuilder, _ name: String, stride: Int) throws(GraphError) {
    var shortcut = builder.mark
    let projects = builder.shape.channels != outputs || stride != 1
    let layers =
      hasBottleneck ? [(inner, 1, 1), (inner, 3, stride), (outputs, 1, 1)] : [(outputs, 3, stride), (outputs, 3, 1)]
    for (number, layer) in layers.enumerated() {
      let place = "\(name).conv\(number + 1)"
      if isPreactivated {
        try builder.normalize(place)
        if number == 0, projects { shortcut = builder.mark }
      }
      try builder.convolve(place, to: layer.0, kernel: layer.1, stride: layer.2)
      if !isPreactivated { try builder.normalize(place, activates: number < layers.count - 1) }
    }
    let main = builder.mark
    builder.restore(shortcut)
    if projects {
      try builder.convolve("\(name).projection", to: outputs, kernel: 1, stride: stride)
      if !isPreactivated { try builder.normalize("\(name).projection", activates: false) }
    }
    let other = builder.map
    builder.restore(main)
    try builder.add("\(name).sum", other)
    if !isPreactivated { try builder.activate(name) }
  }
}
