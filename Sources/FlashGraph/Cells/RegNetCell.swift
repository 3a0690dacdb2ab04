/// One `regnet` cell: `depth` X blocks of RegNet: a 1×1, a grouped 3×3 and a 1×1 convolution of one width each, added to
/// their input.
///
/// The width is `groups` · `groupWidth`, so that any two numbers fit each other. The first block strides, in its 3×3
/// convolution; the shortcut is the identity, or a 1×1 projection with batch normalisation where the shape changes; the
/// activation follows the sum. NN-Mass has no formula for more than one group.
///
/// Source: Radosavovic, Kosaraju, Girshick, He, Dollár, "Designing Network Design Spaces", CVPR 2020, arXiv 2003.13678:
/// the X block with a bottleneck ratio of 1, as all published RegNetX have it.
public struct RegNetCell: Sendable, Hashable {
  public let groups: Int
  /// Channels of a group.
  public let groupWidth: Int
  public let depth: Int
  public let stride: Int

  @inlinable
  public init(groups: Int, groupWidth: Int, depth: Int, stride: Int) {
    self.groups = groups
    self.groupWidth = groupWidth
    self.depth = depth
    self.stride = stride
  }

  /// Channels of every layer.
  @inlinable public var width: Int { groups * groupWidth }

  /// What the cell computes.
  @inlinable var blocks: ResidualBlocks {
    ResidualBlocks(inner: width, outputs: width, groups: groups, depth: depth, stride: stride)
  }
}
