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
    // Whether two corners are neighbours, or one.
    func areJoined(_ a: Int32, _ b: Int32) -> Bool {
      (a & b == a || a & b == b) && a ^ b != Int32(centroid - 1)
    }
    func first(_ a: Int32, _ b: Int32) -> Int32 {
      let (one, other) = (scores[Int(a)], scores[Int(b)])
      return other < one || !(one < other) && b < a ? b : a
    }
    // Every corner is the centroid's neighbour, and so is all that beats a corner which beats the centroid.
    let better = (0..<Int32(centroid)).filter { first($0, Int32(centroid)) == $0 }
    if better.isEmpty { return [centroid] }
    if better.count * better.count <= dimension << dimension {
      return better.filter { own in better.allSatisfy { !areJoined(own, $0) || first(own, $0) == own } }.map(Int.init)
    }
    // Of every corner the best of those that it dominates or is dominated by, itself included, axis by axis.
    let corners = (0..<centroid).map(Int32.init)
    var best = (below: corners, above: corners)
    for axis in 0..<dimension {
      let bit = 1 << axis
      for corner in 0..<centroid where corner & bit != 0 {
        best.below[corner] = first(best.below[corner], best.below[corner ^ bit])
        best.above[corner ^ bit] = first(best.above[corner ^ bit], best.above[corner])
      }
    }
    let (none, all) = (0, centroid - 1)
    // The ends of the main diagonal are no neighbours of each other, but of all else.
    var between: Int32?
    for corner in corners.dropFirst().dropLast() { between = between.map { first($0, corner) } ?? corner }
    return (0..<vertexCount).filter { vertex in
      let own = Int32(vertex)
      guard vertex != centroid, first(own, Int32(centroid)) == own else { return false }
      if vertex == none || vertex == all { return between.map { first(own, $0) == own } ?? true }
      return best.below[vertex] == own && best.above[vertex] == own
    }
  }
}
