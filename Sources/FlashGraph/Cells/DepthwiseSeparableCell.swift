/// One `depthwise-separable` cell: `depth` pairs of a 3×3 depthwise convolution and a 1×1 convolution to `width`
/// channels, with batch normalisation and an activation after each of the two, and no sum.
///
/// The first pair strides. A pair is no block of its own where cells are blocks: it lies in the run of its resolution,
/// unless a 1×1 convolution to more channels is before it, with which it is an inverted residual block.
///
/// Source: Howard, Zhu, Chen, Kalenichenko, Wang, Weyand, Andreetto, Adam, "MobileNets", 2017, arXiv 1704.04861.
public struct DepthwiseSeparableCell: Sendable, Hashable {
  public let width: Int
  public let depth: Int
  public let stride: Int

  @inlinable
  public init(width: Int, depth: Int, stride: Int) {
    self.width = width
    self.depth = depth
    self.stride = stride
  }

  /// The cell's weighted layers. Complexity: O(1).
  @inlinable
  func forEachLayer(_ input: CellInput, _ body: (CellLayer) -> Void) {
    var map = input
    pair(&map, stride: stride, readsCellInput: true, body)
    if depth > 1 { pair(&map, count: depth - 1, body) }
  }

  /// The layers of pairs that are alike.
  @inlinable
  func pair(
    _ map: inout CellInput, stride: Int = 1, count: Int = 1, readsCellInput: Bool = false, isInBlock: Bool = false,
    _ body: (CellLayer) -> Void
  ) {
    let depthwise = map.depthwise(stride: stride)
    body(CellLayer(depthwise, count: count, readsCellInput: readsCellInput, isInBlock: isInBlock))
    map.follow(depthwise)
    let pointwise = map.convolution(to: width, kernel: 1)
    body(CellLayer(pointwise, count: count, isInBlock: isInBlock))
    map.follow(pointwise)
  }

  /// Counts the cell. Complexity: O(1), without allocation.
  @inlinable
  func count(into counter: inout FeatureCounter) {
    counter.settle()
    countPair(into: &counter, stride: stride, readsCellInput: true)
    // The first pair may have written an expansion, which the second then takes.
    if depth > 1 { countPair(into: &counter, stride: 1, readsCellInput: false) }
    guard depth > 2 else { return }
    var map = counter.input
    pair(&map, count: depth - 2) { counter.add($0) }
    counter.input = map
    counter.features.batchNorm += 4 * width * (depth - 2)
  }

  /// Counts one pair.
  @inlinable
  func countPair(into counter: inout FeatureCounter, stride: Int, readsCellInput: Bool) {
    let input = counter.input
    let isBlock = input.isExpanded
    let linksBefore = counter.features.skipLinks
    var map = input
    pair(&map, stride: stride, readsCellInput: readsCellInput, isInBlock: isBlock) { counter.add($0) }
    let linksRead = counter.features.skipLinks - linksBefore
    counter.features.batchNorm += 2 * (input.channels + width)
    let hidden = input.channels * map.pixels
    counter.live(input.elements + hidden)
    counter.live(hidden + map.elements)
    if isBlock {
      let taken = counter.takeExpansion()
      counter.addBlocks(1, channels: 2 * input.channels + width, layers: 3, links: taken + linksRead)
    }
    counter.input = map
    // A depthwise convolution of one channel is a plain one, after which a 1×1 convolution may be an expansion.
    counter.input.isExpanded = !isBlock && input.channels == 1 && width > 1
    counter.expansionLinks = 0
  }

  /// Adds the cell's layers.
  func append(to builder: inout NetworkBuilder, index: Int) throws(GraphError) {
    try builder.settle("cell\(index + 1)")
    for place in 0..<depth {
      let name = "cell\(index + 1).pair\(place)"
      let hidden = builder.shape.channels
      try builder.convolve(
        "\(name).depthwise", to: hidden, kernel: 3, stride: place == 0 ? stride : 1, groups: hidden)
      try builder.normalize("\(name).depthwise")
      try builder.convolve("\(name).pointwise", to: width, kernel: 1)
      try builder.normalize("\(name).pointwise")
    }
  }
}
