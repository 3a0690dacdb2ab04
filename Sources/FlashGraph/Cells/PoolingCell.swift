/// One `max-pooling` cell: a maximum over k×k windows with padding (k − 1)/2, so that an output is ⌈h/stride⌉ high.
public struct PoolingCell: Sendable, Hashable {
  public let kernel: Int
  public let stride: Int

  @inlinable
  public init(kernel: Int, stride: Int) {
    self.kernel = kernel
    self.stride = stride
  }

  /// Counts the cell. Complexity: O(1), without allocation.
  @inlinable
  func count(into counter: inout FeatureCounter) {
    counter.settle()
    let before = counter.input.elements
    (counter.input.height, counter.input.width) = counter.input.resolution(stride: stride)
    counter.live(before + counter.input.elements)
  }

  /// Adds the cell's layers.
  func append(to builder: inout NetworkBuilder, index: Int) throws(GraphError) {
    try builder.settle("cell\(index + 1)")
    try builder.poolMaximum("cell\(index + 1).pooling", kernel: kernel, stride: stride)
  }
}
