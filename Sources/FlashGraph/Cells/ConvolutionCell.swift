/// One `convolution` cell: a single convolution (a stem, or a last 1×1 one), with batch normalisation and activation
/// unless what follows normalises first.
public struct ConvolutionCell: Sendable, Hashable {
  public let width: Int
  public let kernel: Int
  public let stride: Int
  public let normalizes: Bool

  @inlinable
  public init(width: Int, kernel: Int, stride: Int, normalizes: Bool = true) {
    self.width = width
    self.kernel = kernel
    self.stride = stride
    self.normalizes = normalizes
  }

  /// The cell's weighted layer.
  @inlinable
  func forEachLayer(_ input: CellInput, _ body: (CellLayer) -> Void) {
    body(CellLayer(input.convolution(to: width, kernel: kernel, stride: stride), readsCellInput: true))
  }

  /// Counts the cell. Complexity: O(1), without allocation.
  @inlinable
  func count(into counter: inout FeatureCounter) {
    counter.settle()
    let input = counter.input
    let shape = input.convolution(to: width, kernel: kernel, stride: stride)
    counter.add(CellLayer(shape, readsCellInput: true))
    if normalizes { counter.features.batchNorm += 2 * width }
    counter.live(input.elements + shape.outputElements)
    counter.input.follow(shape)
    counter.input.isExpanded = kernel == 1 && width > input.channels
    counter.expansionLinks = input.skipChannels * width
    counter.input.isPreactivation = !normalizes
  }

  /// Adds the cell's layers.
  func append(to builder: inout NetworkBuilder, index: Int) throws(GraphError) {
    let name = "cell\(index + 1)"
    try builder.settle(name)
    try builder.convolve("\(name).convolution", to: width, kernel: kernel, stride: stride)
    if normalizes { try builder.normalize("\(name).convolution") }
    builder.isPreactivation = !normalizes
  }
}
