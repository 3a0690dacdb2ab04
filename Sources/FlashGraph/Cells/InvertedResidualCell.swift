/// One `inverted-residual` cell: `depth` blocks of a 1×1 expansion to `expansion` times the channels, a 3×3 depthwise
/// convolution and a linear 1×1 projection to `width` channels.
///
/// The first block strides. A block's input is added to its output where the stride is 1 and the channels match; an
/// expansion of 1 leaves the first convolution out.
///
/// Source: Sandler, Howard, Zhu, Zhmoginov, Chen, "MobileNetV2", CVPR 2018, arXiv 1801.04381.
public struct InvertedResidualCell: Sendable, Hashable {
  public let width: Int
  public let depth: Int
  public let expansion: Int
  public let stride: Int

  @inlinable
  public init(width: Int, depth: Int, expansion: Int, stride: Int) {
    self.width = width
    self.depth = depth
    self.expansion = expansion
    self.stride = stride
  }

  /// Whether the first block has an addition.
  @inlinable
  func addsFirst(_ input: CellInput) -> Bool { stride == 1 && input.channels == width }

  /// Whether the addition of the first block joins nodes: the network's input has none.
  @inlinable
  func isLinked(_ input: CellInput) -> Bool { addsFirst(input) && !input.isNetworkInput }

  /// Whether the first block takes the convolution before it as its expansion.
  @inlinable
  func takesExpansion(_ input: CellInput) -> Bool { expansion == 1 && input.isExpanded && !isLinked(input) }

  /// Whether the first block shows as one: by its addition or by an expansion.
  @inlinable
  func isBlock(_ input: CellInput) -> Bool { expansion > 1 || isLinked(input) || takesExpansion(input) }

  /// The cell's weighted layers. Complexity: O(1).
  @inlinable
  func forEachLayer(_ input: CellInput, _ body: (CellLayer) -> Void) {
    var map = input
    block(&map, stride: stride, count: 1, readsCellInput: true, isInBlock: isBlock(input), body)
    if depth > 1 { block(&map, stride: 1, count: depth - 1, readsCellInput: false, isInBlock: true, body) }
  }

  @inlinable
  func block(
    _ map: inout CellInput, stride: Int, count: Int, readsCellInput: Bool, isInBlock: Bool, _ body: (CellLayer) -> Void
  ) {
    if expansion > 1 {
      let expanded = map.convolution(to: expansion * map.channels, kernel: 1)
      body(CellLayer(expanded, count: count, readsCellInput: readsCellInput, isInBlock: isInBlock))
      map.follow(expanded)
    }
    let depthwise = map.depthwise(stride: stride)
    body(
      CellLayer(depthwise, count: count, readsCellInput: readsCellInput && expansion == 1, isInBlock: isInBlock))
    map.follow(depthwise)
    let projection = map.convolution(to: width, kernel: 1)
    body(CellLayer(projection, count: count, isInBlock: isInBlock))
    map.follow(projection)
  }

  /// Counts the cell. Complexity: O(1), without allocation.
  @inlinable
  func count(into counter: inout FeatureCounter) {
    counter.settle()
    let input = counter.input
    let linksBefore = counter.features.skipLinks
    forEachLayer(input) { counter.add($0) }
    let linksRead = counter.features.skipLinks - linksBefore
    let (height, width) = input.resolution(stride: stride)
    let pixels = height * width
    let map = self.width * pixels
    let (hidden, repeated) = (expansion * input.channels, expansion * self.width)
    let adds = addsFirst(input)
    let layers = expansion > 1 ? 2 : 1
    counter.features.batchNorm += 2 * (layers * hidden + self.width)
    counter.features.batchNorm += 2 * (depth - 1) * (layers * repeated + self.width)
    // The first block: its input stays where it is added.
    let kept = adds ? input.elements : 0
    if expansion > 1 {
      counter.live(input.elements + hidden * input.pixels)
      counter.live(kept + hidden * input.pixels + hidden * pixels)
    } else {
      counter.live(input.elements + hidden * pixels)
    }
    counter.live(kept + hidden * pixels + map)
    if adds { counter.live(kept + 2 * map) }
    if depth > 1 {
      counter.live(map + layers * repeated * pixels)
      counter.live(2 * map + repeated * pixels)
      counter.live(3 * map)
    }
    let isLinked = isLinked(input)
    let sums = depth - 1 + (isLinked ? 1 : 0)
    counter.addLinks(sums * self.width, elements: sums * map, isInBlock: true)
    let isBlock = isBlock(input)
    let (hiddenLayers, taken) = takesExpansion(input) ? (layers + 1, counter.takeExpansion()) : (layers, 0)
    counter.addBlocks(
      isBlock ? 1 : 0, channels: hiddenLayers * hidden + self.width, layers: hiddenLayers + 1,
      links: taken + linksRead + (isLinked ? self.width : 0))
    counter.addBlocks(depth - 1, channels: layers * repeated + self.width, layers: layers + 1, links: self.width)
    if isLinked { counter.features.addMass(NNMass.bottleneck(input: input.channels, inner: hidden)) }
    counter.features.addMass(Double(depth - 1) * NNMass.bottleneck(input: self.width, inner: repeated))
    counter.input = CellInput(channels: self.width, height: height, width: width)
    // A depthwise convolution of one channel is a plain one, after which a 1×1 convolution may be an expansion.
    counter.input.isExpanded = depth == 1 && !isBlock && input.channels == 1 && self.width > 1
    counter.expansionLinks = 0
  }

  /// Adds the cell's layers.
  func append(to builder: inout NetworkBuilder, index: Int) throws(GraphError) {
    try builder.settle("cell\(index + 1)")
    for place in 0..<depth {
      let name = "cell\(index + 1).block\(place)"
      let stride = place == 0 ? stride : 1
      let shortcut = builder.mark
      let adds = stride == 1 && shortcut.shape.channels == width
      if expansion > 1 {
        try builder.convolve("\(name).expansion", to: expansion * shortcut.shape.channels, kernel: 1)
        try builder.normalize("\(name).expansion")
      }
      let hidden = builder.shape.channels
      try builder.convolve("\(name).depthwise", to: hidden, kernel: 3, stride: stride, groups: hidden)
      try builder.normalize("\(name).depthwise")
      try builder.convolve("\(name).projection", to: width, kernel: 1)
      try builder.normalize("\(name).projection", activates: false)
      if adds { try builder.add("\(name).sum", shortcut.map) }
    }
  }
}
