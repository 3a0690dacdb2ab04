import FlashNumerics
import Testing

@testable import FlashSearch

@Suite("Score memo")
struct ScoreMemoTests {
  @Test("what is known of a point is its own last score, and of the last point always", arguments: [0, 1, 4, 9])
  func scores(dimension: Int) {
    var random = SplitMix64(seed: 7, stream: UInt64(dimension))
    var memo = ScoreMemo(dimension: dimension)
    var last: [[Int]: Score] = [:]
    var known = 0
    for round in 0..<30_000 {
      let point = (0..<dimension).map { _ in random.below(5) - 2 }
      let slot = memo.slot(of: point)
      if let score = memo.score(point, in: slot) {
        known += 1
        #expect(score == last[point])
      }
      let score = feasible(round)
      memo.keep(score, of: point, in: slot)
      last[point] = score
      #expect(memo.score(point, in: slot) == score)
    }
    // 5⁴ points fit; of 5⁹ few come back.
    #expect(dimension > 4 ? known < 3000 : known > 25_000)
  }

  @Test("points one or two steps apart have slots of their own, nearly all of them")
  func spread() {
    let memo = ScoreMemo(dimension: 9)
    var slots: Set<Int> = []
    var points = 0
    for first in 0..<9 {
      for second in first..<9 {
        for (a, b) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] {
          var point = [5, 4, 9, 18, 4, 34, 27, 4, 54]
          point[first] += a
          point[second] += b
          points += 1
          slots.insert(memo.slot(of: point))
        }
      }
    }
    // 180 points at random take 172 of 2048 slots; some pairs are the same point.
    #expect(slots.count > 140)
    #expect(points == 180)
  }
}
