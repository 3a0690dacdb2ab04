import Testing

@testable import FlashNumerics

@Suite("Delaunay triangulation") struct DelaunayTests {
  @Test("A square's centre is joined to its corners, which are joined along the sides")
  func square() throws {
    let found = try Delaunay([[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5]])
    #expect(found.neighbours == [[1, 2, 4], [0, 3, 4], [0, 3, 4], [1, 2, 4], [0, 1, 2, 3]])
    #expect(found.simplexCount == 4)
  }

  @Test("On a line, neighbours in order are joined")
  func line() throws {
    #expect(try Delaunay([[0.3], [0.1], [0.9], [0.5]]).neighbours == [[1, 3], [0], [3], [0, 2]])
    #expect(try Delaunay([[4]]).neighbours == [[]])
  }

  @Test("Points that span no simplex are all joined")
  func degenerate() throws {
    #expect(try Delaunay([[0, 0], [1, 2]]).neighbours == [[1], [0]])
    let inLine = try Delaunay((0..<5).map { [Double($0), 2 * Double($0)] })
    #expect(inLine.neighbours.allSatisfy { $0.count == 4 } && inLine.simplexCount == 0)
  }

  @Test("Edges are mutual; two points are joined where some circle through them holds no other", arguments: [10, 60])
  func empty(count: Int) throws {
    var random = SplitMix64(seed: 3)
    let points = (0..<count).map { _ in [random.unit(), random.unit()] }
    let found = try Delaunay(points)
    for a in 0..<count {
      #expect(!found.neighbours[a].contains(a) && found.neighbours[a].allSatisfy { found.neighbours[$0].contains(a) })
      for b in 0..<count where b != a {
        // The circle about the middle of a and b: empty circles are Delaunay edges.
        let middle = [(points[a][0] + points[b][0]) / 2, (points[a][1] + points[b][1]) / 2]
        func distance(_ c: Int) -> Double {
          (points[c][0] - middle[0]) * (points[c][0] - middle[0])
            + (points[c][1] - middle[1]) * (points[c][1] - middle[1])
        }
        let isEmpty = (0..<count).allSatisfy { $0 == a || $0 == b || distance($0) > distance(a) }
        if isEmpty { #expect(found.neighbours[a].contains(b)) }
      }
    }
    let edges = found.neighbours.reduce(0) { $0 + $1.count } / 2
    #expect(count - edges + found.simplexCount == 1)
  }

  @Test("Malformed points are refused")
  func malformed() {
    for points in [[], [[]], [[0, 1], [2]], [[.nan, 0]], [[.infinity], [0]]] as [[[Double]]] {
      #expect(throws: NumericsError.self) { _ = try Delaunay(points) }
    }
  }
}
