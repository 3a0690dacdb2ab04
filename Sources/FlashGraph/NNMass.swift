/// NN-Mass, the topology metric that NN-Degree builds on.
///
/// For `dense` cells: m = Σ_c ρ_c · w_c · d_c, where the density ρ_c is the share of candidate channels that the
/// cell's layers take (0 for cells of fewer than three layers). It may fall when depth grows. Residual blocks have
/// formulas of their own.
///
/// Source: Bhardwaj, Li, Marculescu, CVPR 2021, arXiv 1910.00780, as the authors' code computes it.
public enum NNMass {
  /// The share of one `dense` cell.
  @inlinable
  public static func cell(width: Double, depth: Int, skipChannels: Int, candidates: Int) -> Double {
    candidates > 0 ? Double(skipChannels) / Double(candidates) * width * Double(depth) : 0
  }

  /// The share of one basic residual block: input + output channels.
  @inlinable
  static func basicBlock(input: Int, output: Int) -> Double { Double(input + output) }

  /// The share of one bottleneck or inverted residual block with inner width h: (in + 2h) · in / (2 · in + h).
  @inlinable
  static func bottleneck(input: Int, inner: Int) -> Double {
    Double(input + 2 * inner) * Double(input) / Double(2 * input + inner)
  }
}
