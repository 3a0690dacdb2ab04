internal import CQhull

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The Delaunay triangulation of points, by Qhull: which points are joined.
///
/// In one dimension, neighbours in order are joined. Where the points span no simplex (fewer than dimension + 2, or all in
/// one plane), every two of them are joined.
///
/// Requirements: few dimensions. Simplices grow as points^⌈dimension/2⌉: in 9 dimensions 48 points have 71 000.
///
/// Source: Barber, Dobkin, Huhdanpaa, ACM TOMS 22(4), 1996.
public struct Delaunay: Sendable {
  /// Per point, the points that it is joined to, in rising order.
  public let neighbours: [[Int]]
  /// How many simplices there are; 0 where every two points are joined.
  public let simplexCount: Int

  /// - Throws: `invalidInput` for points of different lengths, none, or coordinates that are not finite.
  public init(_ points: [[Double]]) throws(NumericsError) {
    let dimension = points.first?.count ?? 0
    guard dimension > 0, points.allSatisfy({ $0.count == dimension }), points.joined().allSatisfy(\.isFinite) else {
      throw .invalidInput("delaunay: points, allowed finite ones of one dimension, at least 1")
    }
    if dimension == 1 {
      let order = points.indices.sorted { (points[$0][0], $0) < (points[$1][0], $1) }
      self.init(count: points.count, simplices: zip(order, order.dropFirst()).flatMap { [$0, $1] }, corners: 2)
      return
    }
    guard points.count >= dimension + 2 else {
      self.init(joiningAll: points.count)
      return
    }
    var flat = points.flatMap { $0 }
    let found = qhull_delaunay(Int32(dimension), Int32(points.count), &flat)
    defer { free(found.corners) }
    guard found.code == 0 else {
      // Points in one plane: no simplex to start with.
      if found.code == Int32(qh_ERRsingular) {
        self.init(joiningAll: points.count)
        return
      }
      throw .qhull(code: found.code)
    }
    let corners = UnsafeBufferPointer(start: found.corners, count: found.count * (dimension + 1)).map(Int.init)
    self.init(count: points.count, simplices: corners, corners: dimension + 1)
  }

  private init(joiningAll count: Int) {
    neighbours = (0..<count).map { point in (0..<count).filter { $0 != point } }
    simplexCount = 0
  }

  /// - Complexity: O(simplices · corners² · log) for the edges.
  private init(count: Int, simplices: [Int], corners: Int) {
    var edges: [UInt64] = []
    for start in stride(from: 0, to: simplices.count, by: corners) {
      for first in start..<(start + corners) where simplices[first] >= 0 {
        for second in start..<(start + corners) where second != first && simplices[second] >= 0 {
          edges.append(UInt64(simplices[first]) << 32 | UInt64(simplices[second]))
        }
      }
      // Half of what is gathered is a repetition; it is dropped now and then.
      if edges.count > 1 << 22 { Self.unify(&edges) }
    }
    Self.unify(&edges)
    var neighbours = [[Int]](repeating: [], count: count)
    for edge in edges { neighbours[Int(edge >> 32)].append(Int(edge & 0xFFFF_FFFF)) }
    self.neighbours = neighbours
    simplexCount = simplices.count / corners
  }

  private static func unify(_ edges: inout [UInt64]) {
    edges.sort()
    var last: UInt64?
    edges.removeAll { edge in
      defer { last = edge }
      return edge == last
    }
  }
}
