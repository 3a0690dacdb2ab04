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

  /// What the cell computes.
  @inlinable var blocks: ResidualBlocks {
    let hasBottleneck = block == .bottleneck || block == .wide || block == .preactivationBottleneck
    return ResidualBlocks(
      inner: block == .wide ? 2 * width : width, outputs: hasBottleneck ? 4 * width : width,
      hasBottleneck: hasBottleneck, isPreactivated: block == .preactivation || block == .preactivationBottleneck,
      depth: depth, stride: stride)
  }
}
