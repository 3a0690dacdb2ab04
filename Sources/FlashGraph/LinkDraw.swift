internal import FlashNumerics

/// The skip links of `dense` cells, drawn from a seed.
///
/// Every drawing of links goes through here; the Python trainer draws alike, and shared test vectors hold the two
/// together.
public enum LinkDraw {
  /// The channels that a layer of a `dense` cell reads beside its predecessor's.
  ///
  /// A partial Fisher–Yates shuffle over the candidates 0 ..< width · (layer − 1), which number the outputs of layers
  /// 0 … layer − 2 in (layer, channel) order; the generator is SplitMix64, seeded by (seed, cell, layer).
  /// - Parameters:
  ///   - cell: the cell's index, from 0.
  ///   - layer: the layer's index in its cell, from 0; layers 0 and 1 have no candidates.
  ///   - skip: the most channels that a layer may take.
  /// - Returns: min(skip, width · (layer − 1)) distinct candidates in rising order.
  /// - Complexity: O(width · layer + n log n) for n drawn channels.
  public static func channels(seed: UInt64, cell: Int, layer: Int, width: Int, skip: Int) -> [Int] {
    let candidates = width * max(layer - 1, 0)
    var generator = SplitMix64(seed: seed, stream: UInt64(cell), UInt64(layer))
    return generator.subset(min(skip, candidates), of: candidates)
  }
}
