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
  /// - Complexity: O(3ⁿ).
  @usableFromInline
  func minimizers(_ scores: [Score]) -> [Int] {
    precondition(scores.count == vertexCount, "one score per vertex")
    var isBeaten = [Bool](repeating: false, count: vertexCount)
    func compare(_ first: Int, _ second: Int) {
      if scores[second] < scores[first] { isBeaten[first] = true } else { isBeaten[second] = true }
    }
    let all = centroid - 1
    for corner in 0...all {
      // Every proper subset of the set bits is a corner that this one dominates.
      var subset = corner
      while subset > 0 {
        subset = (subset - 1) & corner
        if !(corner == all && subset == 0) { compare(subset, corner) }
      }
      compare(corner, centroid)
    }
    return (0..<vertexCount).filter { !isBeaten[$0] }
  }
}
