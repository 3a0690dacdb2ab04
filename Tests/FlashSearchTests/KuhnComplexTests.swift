import FlashNumerics
import Testing

@testable import FlashSearch

/// Expected values come from the definition: corners as lists of 0 and 1, joined iff one dominates the other, without
/// the main diagonal; the centroid joined to all of them.
@Suite("Kuhn complex")
struct KuhnComplexTests {
  /// Both vertices of every edge, the centroid behind the corners.
  static func edges(_ dimension: Int) -> [(Int, Int)] {
    let corners = (0..<(1 << dimension)).map { corner in (0..<dimension).map { corner >> $0 & 1 } }
    func dominates(_ a: [Int], _ b: [Int]) -> Bool { zip(a, b).allSatisfy { $0 >= $1 } }
    var edges: [(Int, Int)] = []
    for first in corners.indices {
      for second in corners.indices where second > first {
        let (a, b) = (corners[first], corners[second])
        let isDiagonal = a.allSatisfy { $0 == 0 } && b.allSatisfy { $0 == 1 }
        if !isDiagonal, dominates(a, b) || dominates(b, a) { edges.append((first, second)) }
      }
      edges.append((first, corners.count))
    }
    return edges
  }

  @Test("a complex of n axes has 2ⁿ + 1 vertices and 3ⁿ − 1 edges", arguments: 1...6)
  func counts(dimension: Int) {
    let power = (0..<dimension).reduce(1) { product, _ in 3 * product }
    #expect(KuhnComplex(dimension: dimension).vertexCount == (1 << dimension) + 1)
    #expect(KuhnComplex(dimension: dimension).centroid == 1 << dimension)
    // 3ⁿ pairs of corners dominate, 2ⁿ of them are a corner with itself and one is the diagonal; 2ⁿ meet the centroid.
    #expect(Self.edges(dimension).count == power - 1)
  }

  @Test("the minimisers are those that no neighbour beats, the first of equal neighbours", arguments: 1...5)
  func minimizers(dimension: Int) {
    let complex = KuhnComplex(dimension: dimension)
    let edges = Self.edges(dimension)
    var neighbours = [[Int]](repeating: [], count: complex.vertexCount)
    for (a, b) in edges {
      neighbours[a].append(b)
      neighbours[b].append(a)
    }
    var random = SplitMix64(seed: UInt64(dimension), stream: 2)
    var several = 0
    for trial in 0..<200 {
      // Few different scores: ties are common; some infeasible.
      let scores = (0..<complex.vertexCount).map { _ in
        Score(objective: Double(random.below(2 + trial % 7)), violation: max(0, Double(random.below(5) - 2)))
      }
      let expected = (0..<complex.vertexCount).filter { vertex in
        neighbours[vertex].allSatisfy { other in
          other < vertex ? scores[vertex] < scores[other] : !(scores[other] < scores[vertex])
        }
      }
      let found = complex.minimizers(scores)
      #expect(found == expected)
      if found.count > 1 { several += 1 }
      let least = scores.indices.min { scores[$0] < scores[$1] }
      #expect(least.map(found.contains) == true)
    }
    if dimension > 1 { #expect(several > 0) }
  }

  @Test("among equal scores throughout, only the first of joined vertices is a minimiser")
  func ties() {
    let equal = Score(objective: 1, violation: 0)
    #expect(KuhnComplex(dimension: 0).minimizers([equal, equal]) == [0])
    #expect(KuhnComplex(dimension: 1).minimizers([equal, equal, equal]) == [0, 1])
    #expect(KuhnComplex(dimension: 2).minimizers(Array(repeating: equal, count: 5)) == [0])
  }
}
