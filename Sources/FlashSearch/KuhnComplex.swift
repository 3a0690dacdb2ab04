/// The first generation of SHGO's simplicial complex over a box: the box's corners and its centroid.
///
/// Kuhn's triangulation joins two corners iff one dominates the other; the main diagonal is removed and the centroid
/// joined to every corner: 2ⁿ + 1 vertices and 3ⁿ − 1 edges. Neighbours are computed from the corner's bits (bit i set:
/// the upper end of axis i), not stored.
///
/// Source: Endres, Sandrock, Focke, J. Global Optim. 72, 2018.
@usableFromInline
struct KuhnComplex {
  /// How many axes the complex spans.
  @usableFromInline let dimension: Int

  @inlinable
  init(dimension: Int) { self.dimension = dimension }

  /// The index of the centroid behind the corners.
  @inlinable var centroid: Int { 1 << dimension }

  @inlinable var vertexCount: Int { (1 << dimension) + 1 }

  /// The vertices that no neighbour beats, in index order; among equal neighbours the first one stands.
  ///
  /// - Parameter scores: one per vertex, corners by their bits, then the centroid.
  /// - Complexity: O(n · 2ⁿ).
  @usableFromInline
  func minimizers(_ scores: [Score]) -> [Int] {
    precondition(scores.count == vertexCount, "one score per vertex")
    var ranks = [Int32](repeating: 0, count: vertexCount)
    let order = (0..<vertexCount).sorted { scores[$0] < scores[$1] || !(scores[$1] < scores[$0]) && $0 < $1 }
    for (rank, vertex) in order.enumerated() { ranks[vertex] = Int32(rank) }
    // Of every corner the best of those that it dominates or is dominated by, axis by axis: the corners with a subset or a
    // superset of its bits.
    var best = (below: Array(ranks.dropLast()), above: Array(ranks.dropLast()))
    for axis in 0..<dimension {
      let bit = 1 << axis
      for corner in 0..<centroid where corner & bit != 0 {
        best.below[corner] = min(best.below[corner], best.below[corner ^ bit])
        best.above[corner ^ bit] = min(best.above[corner ^ bit], best.above[corner])
      }
    }
    let (none, all) = (0, centroid - 1)
    // The ends of the main diagonal are no neighbours of each other, but of all else.
    let between = ranks[..<centroid].indices.lazy.filter { $0 != none && $0 != all }.map { ranks[$0] }.min() ?? .max
    return (0..<vertexCount).filter { vertex in
      let rank = ranks[vertex]
      if vertex == centroid { return rank == 0 }
      guard rank < ranks[centroid] else { return false }
      if vertex == none || vertex == all { return rank < between }
      return best.below[vertex] == rank && best.above[vertex] == rank
    }
  }
}
