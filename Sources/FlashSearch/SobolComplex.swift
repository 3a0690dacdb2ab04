internal import FlashNumerics

/// SHGO's complex over Sobol points of the unit box: the edges of their Delaunay triangulation.
///
/// Where a triangulation would have too many simplices, in 5 and 6 axes above 215 points and in more axes always, a point is
/// joined to the 2n + 1 nearest instead, and they to it: a deviation from the paper.
///
/// Source: Endres, Sandrock, Focke, J. Global Optim. 72, 2018.
struct SobolComplex: SearchComplex {
  static let maximumDimension = SobolSequence.maximumDimension
  static let delaunayDimension = 6
  /// Of points^⌈n/2⌉, which simplices grow as (chosen: one second).
  static let simplexLimit = 1e7

  let dimension: Int
  private var points: [[Double]] = []
  private var neighbours: [[Int]] = []

  init(dimension: Int) { self.dimension = dimension }

  var count: Int { points.count }
  var isWhole: Bool { true }
  var isScattered: Bool { false }

  /// Draws the next points of the sequence, all of which are used, and triangulates all anew.
  mutating func grow(by points: Int) throws(MinimizationFault) {
    do throws(NumericsError) {
      var sequence = try SobolSequence(dimension: dimension)
      for _ in self.points { _ = sequence.next() }
      for _ in 0..<points { self.points.append(sequence.next()) }
      neighbours = isTriangulated ? try Delaunay(self.points).neighbours : Self.nearest(self.points)
    } catch {
      throw .numerics(error.description)
    }
  }

  private var isTriangulated: Bool {
    let factors = (dimension + 1) / 2
    let growth = (0..<factors).reduce(1.0) { product, _ in product * Double(points.count) }
    return dimension <= Self.delaunayDimension && growth <= Self.simplexLimit
  }

  func coordinate(_ vertex: Int, _ axis: Int) -> Double { points[vertex][axis] }

  func isMinimizer(_ vertex: Int, _ scores: [Score]) -> Bool {
    !neighbours[vertex].contains { Self.beats($0, vertex, scores) }
  }

  func star(_ vertex: Int) -> [ClosedRange<Double>] {
    (0..<dimension).map { axis in
      let home = points[vertex][axis]
      var (lower, upper) = (0.0, 1.0)
      for other in neighbours[vertex] {
        let coordinate = points[other][axis]
        if coordinate < home { lower = max(lower, coordinate) }
        if coordinate > home { upper = min(upper, coordinate) }
      }
      return lower...upper
    }
  }

  /// The nearest points of each, and those that it is near to. Complexity: O(points² · (n + log points)).
  private static func nearest(_ points: [[Double]]) -> [[Int]] {
    var neighbours = [Set<Int>](repeating: [], count: points.count)
    let wanted = 2 * (points.first?.count ?? 0) + 1
    for first in points.indices {
      var distances: [(Double, Int)] = []
      for second in points.indices where second != first {
        let square = zip(points[first], points[second]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        distances.append((square, second))
      }
      for (_, second) in distances.sorted(by: <).prefix(wanted) {
        neighbours[first].insert(second)
        neighbours[second].insert(first)
      }
    }
    return neighbours.map { $0.sorted() }
  }
}
