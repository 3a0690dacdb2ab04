/// The blocks of a `residual` or a `regnet` cell: two 3×3 convolutions, or a 1×1, a 3×3 and a 1×1 one (a bottleneck),
/// added to what they read.
///
/// The first block strides. The shortcut is the identity, or a 1×1 projection where the shape changes, normalised unless
/// the blocks have pre-activation; a bottleneck strides in its 3×3 convolution. The activation follows the sum, or, with
/// pre-activation, comes before each convolution.
@usableFromInline
struct ResidualBlocks: Sendable {
  /// Channels inside a block.
  @usableFromInline let inner: Int
  /// Channels of the sums.
  @usableFromInline let outputs: Int
  /// Groups of a bottleneck's 3×3 convolution.
  @usableFromInline let groups: Int
  @usableFromInline let hasBottleneck: Bool
  @usableFromInline let isPreactivated: Bool
  @usableFromInline let depth: Int
  @usableFromInline let stride: Int

  @inlinable
  init(
    inner: Int, outputs: Int, groups: Int = 1, hasBottleneck: Bool = true, isPreactivated: Bool = false, depth: Int,
    stride: Int
  ) {
    self.inner = inner
    self.outputs = outputs
    self.groups = groups
    self.hasBottleneck = hasBottleneck
    self.isPreactivated = isPreactivated
    self.depth = depth
    self.stride = stride
  }

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
    func convolve(
      _ outputs: Int, _ kernel: Int, _ stride: Int = 1, groups: Int = 1, count: Int = 1, readsCellInput: Bool = false
    ) {
      let shape = map.convolution(to: outputs, kernel: kernel, stride: stride, groups: groups)
      if count > 0 {
        body(CellLayer(shape, count: count, readsCellInput: readsCellInput, isInBlock: isInBlock))
      }
      map.follow(shape)
    }
    if hasBottleneck {
      convolve(inner, 1, readsCellInput: true)
      convolve(inner, 3, stride, groups: groups)
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
      convolve(inner, 3, groups: groups, count: depth - 1)
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
    let isLinked = isLinked(input)
    let sums = depth - (isLinked ? 0 : 1)
    counter.addLinks(sums * outputs, elements: sums * map, isInBlock: true)
    let (channels, layers) = hasBottleneck ? (2 * inner + outputs, 3) : (2 * outputs, 2)
    counter.addBlocks(isLinked ? 1 : 0, channels: channels, layers: layers, links: linksRead + outputs)
    counter.addBlocks(depth - 1, channels: channels, layers: layers, links: outputs)
    if isLinked { counter.features.addMass(mass(input: input.channels)) }
    if depth > 1 { counter.features.addMass(mass(input: outputs).map { Double(depth - 1) * $0 }) }
    counter.features.batchNorm += batchNorm(input)
    counter.input = CellInput(channels: outputs, height: height, width: width)
    counter.input.isPreactivation = isPreactivated
    counter.input.isExpanded = hasBottleneck && outputs > inner && !isLinked && depth == 1
    counter.expansionLinks = 0
  }

  /// NN-Mass of a block that reads `input` channels; `nil` for grouped convolutions, which it has no formula for. Groups
  /// of one channel behind an expansion make an inverted residual block.
  @inlinable
  func mass(input: Int) -> Double? {
    guard hasBottleneck else { return NNMass.basicBlock(input: input, output: outputs) }
    let isInverted = groups == inner && inner > input
    return groups == 1 || isInverted ? NNMass.bottleneck(input: input, inner: inner) : nil
  }

  /// Affine parameters of the cell's normalisations. With pre-activation the last sum's are counted by what reads it.
  @inlinable
  func batchNorm(_ input: CellInput) -> Int {
    if isPreactivated {
      let block = hasBottleneck ? 2 * inner : outputs
      return 2 * (input.channels + depth * block + (depth - 1) * outputs)
    }
    let block = hasBottleneck ? 2 * inner + outputs : 2 * outputs
    return 2 * (depth * block + (projects(input) ? outputs : 0))
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
    // Channels, kernel, stride and groups.
    let layers =
      hasBottleneck
      ? [(inner, 1, 1, 1), (inner, 3, stride, groups), (outputs, 1, 1, 1)]
      : [(outputs, 3, stride, 1), (outputs, 3, 1, 1)]
    for (number, layer) in layers.enumerated() {
      let place = "\(name).conv\(number + 1)"
      if isPreactivated {
        try builder.normalize(place)
        if number == 0, projects { shortcut = builder.mark }
      }
      try builder.convolve(place, to: layer.0, kernel: layer.1, stride: layer.2, groups: layer.3)
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
