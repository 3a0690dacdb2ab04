import FlashNumerics
import Testing

@testable import FlashSearch

/// Expected values come from SHGO's own description of its complex.
@Suite("Simplicial complex") struct SimplicialComplexTests {
  private func complex(_ dimension: Int, generation: Int, symmetry: [[Int]] = []) -> SimplicialComplex {
    var complex = SimplicialComplex(dimension: dimension, symmetry: symmetry, part: 1 << 20)
    while complex.generation < generation || !complex.isWhole { complex.grow(by: 1) }
    return complex
  }

  private func power(_ base: Int, _ exponent: Int) -> Int { (0..<exponent).reduce(1) { product, _ in product * base } }

  @Test("Generation 1 has 2ⁿ + 1 vertices and 3ⁿ − 1 edges", arguments: 1...7)
  func firstGeneration(dimension: Int) {
    let complex = complex(dimension, generation: 1)
    #expect(complex.count == power(2, dimension) + 1)
    let ends = (0..<complex.count).reduce(0) { $0 + complex.neighbours($1).count }
    #expect(ends == 2 * (power(3, dimension) - 1))
  }

  @Test(
    "Generation g has (2^(g−1) + 1)ⁿ + 2^((g−1)n) vertices",
    arguments: [(1, 1), (1, 5), (2, 1), (2, 2), (2, 3), (2, 5), (3, 3), (4, 1), (4, 2), (4, 3), (5, 2), (7, 2)])
  func counts(dimension: Int, generation: Int) {
    let cells = power(2, generation - 1)
    #expect(complex(dimension, generation: generation).count == power(cells + 1, dimension) + power(cells, dimension))
  }

  @Test("Neighbours are mutual, and no vertex is its own", arguments: [(1, 4), (2, 1), (2, 4), (3, 3), (4, 2), (5, 2)])
  func mutual(dimension: Int, generation: Int) {
    let complex = complex(dimension, generation: generation)
    let neighbours = (0..<complex.count).map { Set(complex.neighbours($0)) }
    for vertex in 0..<complex.count {
      #expect(!neighbours[vertex].contains(vertex) && !neighbours[vertex].isEmpty)
      #expect(neighbours[vertex].allSatisfy { neighbours[$0].contains(vertex) })
      #expect(neighbours[vertex].count < power(3, dimension))
    }
  }

  @Test("In the plane it is a triangulation: V − E + T = 1, and every triangle has the same area", arguments: 1...4)
  func triangulation(generation: Int) {
    let complex = complex(2, generation: generation)
    let neighbours = (0..<complex.count).map { Set(complex.neighbours($0)) }
    var (edges, triangles) = (0, 0)
    for a in 0..<complex.count {
      for b in neighbours[a] where b > a {
        edges += 1
        for c in neighbours[a].intersection(neighbours[b]) where c > b {
          triangles += 1
          let (ab, ac) = (side(complex, a, b), side(complex, a, c))
          #expect(abs(ab.0 * ac.1 - ab.1 * ac.0) * Double(4 * power(4, generation - 1)) == 2)
        }
      }
    }
    #expect(complex.count - edges + triangles == 1)
  }

  private func side(_ complex: SimplicialComplex, _ a: Int, _ b: Int) -> (Double, Double) {
    (
      complex.coordinate(b, 0) - complex.coordinate(a, 0), complex.coordinate(b, 1) - complex.coordinate(a, 1)
    )
  }

  @Test("A generation holds those before it, and begins with the centroid", arguments: 1...5)
  func nested(dimension: Int) {
    var complex = complex(dimension, generation: 1)
    #expect((0..<dimension).allSatisfy { complex.coordinate(0, $0) == 0.5 })
    let before = (0..<complex.count).map { vertex in (0..<dimension).map { complex.coordinate(vertex, $0) } }
    complex.grow(by: 1)
    let after = (0..<before.count).map { vertex in (0..<dimension).map { complex.coordinate(vertex, $0) } }
    #expect(before == after)
  }

  @Test("Added in parts, a generation ends up with the same vertices and edges", arguments: [2, 3, 5])
  func parts(dimension: Int) {
    let whole = complex(dimension, generation: 3)
    var parted = SimplicialComplex(dimension: dimension, part: 100)
    while parted.generation < 3 || !parted.isWhole { parted.grow(by: 20) }
    func edges(_ complex: SimplicialComplex) -> Set<[[Double]]> {
      let points = (0..<complex.count).map { vertex in (0..<dimension).map { complex.coordinate(vertex, $0) } }
      return Set(points.indices.flatMap { a in complex.neighbours(a).map { [points[a], points[$0]] } })
    }
    #expect(parted.count == whole.count)
    #expect(edges(parted) == edges(whole))
  }

  @Test("Looking through all vertices finds the neighbours that walking the star finds")
  func scanning() {
    // Of 6 axes, a star has 729 points: more than the first vertices are.
    var complex = SimplicialComplex(dimension: 6, part: 1 << 20)
    complex.grow(by: 2)
    let scanned = (0..<complex.count).map { complex.neighbours($0).count }
    // The centroid meets 64 corners; a corner all that it dominates or is dominated by, but the opposite of the ends.
    #expect(scanned[0] == 64)
    #expect(scanned.reduce(0, +) == 2 * 728)
    complex.grow(by: 700)
    #expect(complex.count == 729 + 64)
    let mutual = (0..<complex.count).map { Set(complex.neighbours($0)) }
    #expect(mutual.indices.allSatisfy { a in mutual[a].allSatisfy { mutual[$0].contains(a) } })
  }

  @Test("Minimisers are the vertices that no neighbour beats, the first of equal ones", arguments: [1, 2, 3, 4])
  func minimizers(dimension: Int) {
    let complex = complex(dimension, generation: 3)
    var random = SplitMix64(seed: 7, stream: UInt64(dimension))
    for levels in [2, 10, 1000] {
      let scores = (0..<complex.count).map { _ in Score(objective: Double(random.below(levels)), violation: 0) }
      for vertex in 0..<complex.count {
        let isBeaten = complex.neighbours(vertex).contains {
          scores[$0] < scores[vertex] || ($0 < vertex && scores[$0] == scores[vertex])
        }
        #expect(complex.isMinimizer(vertex, scores) == !isBeaten)
      }
      let least = scores.indices.min { scores[$0] < scores[$1] }
      #expect(least.map { complex.isMinimizer($0, scores) } == true)
    }
  }

  @Test("Of interchangeable axes, sorted vertices stand for all", arguments: 1...3)
  func symmetry(generation: Int) {
    let whole = complex(3, generation: generation)
    let sorted = complex(3, generation: generation, symmetry: [[0, 2]])
    let expected = (0..<whole.count).filter { whole.coordinate($0, 0) <= whole.coordinate($0, 2) }.count
    #expect(sorted.count == expected)
    #expect((0..<sorted.count).allSatisfy { sorted.coordinate($0, 0) <= sorted.coordinate($0, 2) })
    // A symmetric function has its minimisers at sorted places of the whole complex.
    func value(_ complex: SimplicialComplex, _ vertex: Int) -> Score {
      let x = (0..<3).map { complex.coordinate(vertex, $0) }
      return Score(objective: (x[0] - 0.3) * (x[2] - 0.3) + x[1] * (x[0] + x[2]), violation: 0)
    }
    func minimisers(_ complex: SimplicialComplex) -> Set<[Double]> {
      let scores = (0..<complex.count).map { value(complex, $0) }
      return Set(
        (0..<complex.count).filter { complex.isMinimizer($0, scores) }.map { scores[$0].objective }.map { [$0] })
    }
    #expect(minimisers(sorted).isSubset(of: minimisers(whole)))
  }

  @Test("A star reaches half a cell on either side, within the box")
  func star() {
    let complex = complex(2, generation: 3)
    for vertex in 0..<complex.count {
      for (axis, side) in complex.star(vertex).enumerated() {
        let home = complex.coordinate(vertex, axis)
        #expect(side.lowerBound == max(0, home - 0.125) && side.upperBound == min(1, home + 0.125))
      }
    }
  }

  @Test("200 axes grow by parts of different vertices", arguments: [20, 40, 200])
  func manyAxes(dimension: Int) {
    var complex = SimplicialComplex(dimension: dimension)
    for _ in 0..<3 { complex.grow(by: 128) }
    #expect(complex.count == 3 * 1280)
    #expect((0..<dimension).allSatisfy { axis in (0..<complex.count).contains { complex.coordinate($0, axis) != 0.5 } })
  }

  @Test("Sobol vertices are all points of the sequence, their edges mutual", arguments: [1, 2, 3, 6, 8])
  func sobol(dimension: Int) throws {
    var complex = SobolComplex(dimension: dimension)
    try complex.grow(by: 20)
    try complex.grow(by: 12)
    var sequence = try SobolSequence(dimension: dimension)
    for vertex in 0..<32 {
      #expect(sequence.next() == (0..<dimension).map { complex.coordinate(vertex, $0) })
    }
    let scores = (0..<32).map { Score(objective: Double(($0 * 7) % 32), violation: 0) }
    #expect(complex.isMinimizer(0, scores))
    let stars = (0..<32).map(complex.star)
    for vertex in 0..<32 {
      for axis in 0..<dimension { #expect(stars[vertex][axis].contains(complex.coordinate(vertex, axis))) }
    }
  }
}
