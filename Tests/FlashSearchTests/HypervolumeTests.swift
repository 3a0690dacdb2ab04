import FlashNumerics
import Testing

@testable import FlashSearch

@Suite("Hypervolume")
struct HypervolumeTests {
  @Test("by hand: overlapping boxes count once, points beyond the reference not at all")
  func byHand() {
    #expect(Hypervolume.volume([[1]], reference: [3]) == 2)
    #expect(Hypervolume.volume([[1, 2], [2, 1]], reference: [3, 3]) == 3)
    #expect(Hypervolume.volume([[1, 2], [2, 1], [2, 2], [1, 2]], reference: [3, 3]) == 3)
    #expect(Hypervolume.volume([[1, 3], [4, 1]], reference: [3, 3]) == 0)
    #expect(Hypervolume.volume([], reference: [3, 3]) == 0)
    // Boxes of 1·2·2, 2·1·2 and 2·2·1: 12 − 2 − 2 − 2 + 1.
    #expect(Hypervolume.volume([[2, 1, 1], [1, 2, 1], [1, 1, 2]], reference: [3, 3, 3]) == 7)
  }

  @Test("equals the share of random points that are dominated", arguments: 2...4)
  func monteCarlo(components: Int) {
    var random = SplitMix64(seed: UInt64(components))
    let points = (0..<12).map { _ in (0..<components).map { _ in random.unit() } }
    let reference = [Double](repeating: 1, count: components)
    let volume = Hypervolume.volume(points, reference: reference)
    let count = 100_000
    let hits = (0..<count).count { _ in
      let probe = (0..<components).map { _ in random.unit() }
      return points.contains { zip($0, probe).allSatisfy { $0 <= $1 } }
    }
    let share = Double(hits) / Double(count)
    let deviation = (volume * (1 - volume) / Double(count)).squareRoot()
    #expect(abs(share - volume) < 5 * deviation)
  }

  @Test("of equal points the first stays, and dominated ones go")
  func nondominated() {
    #expect(Hypervolume.nondominated([[1, 2], [2, 1], [2, 2], [1, 2], [0, 5]]) == [[1, 2], [2, 1], [0, 5]])
    #expect(Hypervolume.dominates([1, 2], [1, 3]))
    #expect(!Hypervolume.dominates([1, 2], [1, 2]))
    #expect(!Hypervolume.dominates([1, 4], [2, 3]))
  }
}
