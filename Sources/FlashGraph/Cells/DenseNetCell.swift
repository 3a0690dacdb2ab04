/// One `densenet` cell: `depth` layers that each read everything before them in the cell and add `growth` channels; then
/// a transition to half the channels and half the resolution, unless it is left out.
///
/// A layer is normalisation, activation, a 1×1 convolution to `bottleneck` · `growth` channels, normalisation,
/// activation and a 3×3 convolution; a transition normalisation, activation, 1×1 convolution and 2×2 average pooling.
/// With a `bottleneck` of 0 a layer is normalisation, activation and a 3×3 convolution alone. NN-Mass has no formula for
/// it.
///
/// Source: Huang, Liu, van der Maaten, Weinberger, "Densely Connected Convolutional Networks", CVPR 2017,
/// arXiv 1608.06993 (DenseNet-BC; DenseNet-C where the bottleneck is 0).
public struct DenseNetCell: Sendable, Hashable {
  public let growth: Int
  public let depth: Int
  public let bottleneck: Int
  public let hasTransition: Bool

  @inlinable
  public init(growth: Int, depth: Int, bottleneck: Int, hasTransition: Bool) {
    self.growth = growth
    self.depth = depth
    self.bottleneck = bottleneck
    self.hasTransition = hasTransition
  }

  /// Channels between a layer's two convolutions, 0 where it has one.
  @inlinable var inner: Int { bottleneck * growth }

  /// The cell's weighted layers. Complexity: O(depth).
  @inlinable
  func forEachLayer(_ input: CellInput, _ body: (CellLayer) -> Void) {
    var map = input
    for layer in 0..<depth {
      let first = inner > 0 ? map.convolution(to: inner, kernel: 1) : map.convolution(to: growth, kernel: 3)
      body(CellLayer(first, readsCellInput: layer == 0))
      map.channels += growth
    }
    if inner > 0 {
      var inside = input
      inside.channels = inner
      body(CellLayer(inside.convolution(to: growth, kernel: 3), count: depth))
    }
    if hasTransition { body(CellLayer(map.convolution(to: map.channels / 2, kernel: 1))) }
  }

  /// Counts the cell. Complexity: O(depth), without allocation.
  @inlinable
  func count(into counter: inout FeatureCounter) {
    let input = counter.input
    let pixels = input.pixels
    forEachLayer(input) { counter.add($0) }
    // All nodes of the input are below the first layer's output.
    let nodes = input.channels - input.inputChannels
    for layer in 1..<max(depth, 1) {
      let skips = nodes + (layer - 1) * growth
      counter.addLinks(skips * (inner > 0 ? inner : growth), elements: skips * pixels)
    }
    let channels = input.channels + depth * growth
    counter.features.batchNorm += 2 * depth * (input.channels + inner) + growth * depth * (depth - 1)
    counter.live((channels + inner) * pixels)
    counter.features.nnMass = nil
    counter.input.channels = channels
    counter.input.skipChannels = nodes + (depth - 1) * growth
    counter.input.isPreactivation = true
    counter.input.isConcatenated = true
    counter.input.isExpanded = false
    guard hasTransition else { return }
    let outputs = channels / 2
    counter.features.batchNorm += 2 * channels
    counter.addLinks(counter.input.skipChannels * outputs, elements: counter.input.skipChannels * pixels)
    counter.live((channels + outputs) * pixels)
    counter.input = CellInput(channels: outputs, height: input.height / 2, width: input.width / 2)
    counter.live(outputs * pixels + counter.input.elements)
    counter.input.isPreactivation = true
  }

  /// Adds the cell's layers.
  func append(to builder: inout NetworkBuilder, index: Int) throws(GraphError) {
    let name = "cell\(index + 1)"
    var sources = builder.map
    var channels = builder.shape.channels
    for layer in 0..<depth {
      let place = "\(name).layer\(layer)"
      builder.read(sources, channels: channels)
      if inner > 0 {
        try builder.normalize("\(place).bottleneck")
        try builder.convolve("\(place).bottleneck", to: inner, kernel: 1)
      }
      try builder.normalize("\(place).growth")
      try builder.convolve("\(place).growth", to: growth, kernel: 3)
      sources += builder.map
      channels += growth
    }
    builder.read(sources, channels: channels)
    builder.isPreactivation = true
    guard hasTransition else { return }
    try builder.normalize("\(name).transition")
    try builder.convolve("\(name).transition", to: channels / 2, kernel: 1)
    try builder.poolAverage("\(name).pooling", kernel: 2)
  }
}
