import Foundation
import Testing

@testable import FlashNumerics

@Suite("SplitMix64")
struct SplitMix64Tests {
  /// The shared vectors of the data set: the Python trainer is held to the same file.
  struct Vectors: Decodable {
    struct Run: Decodable {
      let state: UInt64
      let outputs: [UInt64]
    }
    let splitmix64: [Run]
  }

  @Test("the state 1234567 gives the published outputs")
  func published() {
    var generator = SplitMix64(state: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect(expected.map { _ in generator.next() } == expected)
  }

  @Test("the generator agrees with the vectors that the Python trainer is held to")
  func sharedVectors() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../datasets/fashion-mnist-dense3/link-vectors.json").standardized
    let vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    #expect(!vectors.splitmix64.isEmpty)
    for run in vectors.splitmix64 {
      var generator = SplitMix64(state: run.state)
      #expect(run.outputs.map { _ in generator.next() } == run.outputs)
    }
  }

  @Test("the same seed and stream give the same numbers, and every seed and key gives others")
  func streams() {
    func first(_ generator: SplitMix64) -> [UInt64] {
      var generator = generator
      return (0..<4).map { _ in generator.next() }
    }
    #expect(first(SplitMix64(seed: 9, stream: 1, 2)) == first(SplitMix64(seed: 9, stream: 1, 2)))
    var starts: [[UInt64]] = []
    for seed: UInt64 in [0, 1, 2, .max] {
      starts.append(first(SplitMix64(seed: seed)))
      for key: UInt64 in [0, 1, 2, .max] {
        starts.append(first(SplitMix64(seed: seed, stream: key)))
        for second: UInt64 in [0, 1, .max] { starts.append(first(SplitMix64(seed: seed, stream: key, second))) }
      }
    }
    #expect(Set(starts).count == starts.count)
  }

  @Test("a stream mixes its keys in order")
  func keyOrder() {
    var one = SplitMix64(seed: 5, stream: 2, 3)
    var other = SplitMix64(seed: 5, stream: 3, 2)
    #expect(one.next() != other.next())
  }

  @Test("below(1) is 0, and the largest bound still gives numbers below it")
  func edgeBounds() {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<100 {
      #expect(generator.below(1) == 0)
      #expect(0..<Int.max ~= generator.below(.max))
    }
  }

  @Test("below draws every integer of a range about equally often", arguments: [2, 3, 7, 10, 64])
  func uniform(bound: Int) {
    let draws = 20_000
    var counts = [Int](repeating: 0, count: bound)
    var generator = SplitMix64(seed: 17, stream: UInt64(bound))
    for _ in 0..<draws { counts[generator.below(bound)] += 1 }
    let expected = Double(draws) / Double(bound)
    let chi = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    // Mean bound − 1, variance 2(bound − 1): six deviations above never happen for a uniform generator.
    let degrees = Double(bound - 1)
    #expect(chi < degrees + 6 * (2 * degrees).squareRoot())
  }

  @Test("below rejects what would make a bound that is no power of two uneven")
  func rejection() {
    // With a bound of 3·2⁶¹ a multiplication alone would make every third third twice as likely.
    let bound = 3 << 61
    var counts = [0, 0, 0]
    var generator = SplitMix64(seed: 4)
    let draws = 9000
    for _ in 0..<draws { counts[generator.below(bound) % 3] += 1 }
    let deviation = (Double(draws) * 2 / 9).squareRoot()
    for count in counts { #expect(abs(Double(count) - Double(draws) / 3) < 6 * deviation) }
  }

  @Test("unit numbers lie in [0, 1) with mean 1/2 and variance 1/12")
  func unit() {
    var generator = SplitMix64(seed: 2)
    let numbers = (0..<20_000).map { _ in generator.unit() }
    #expect(numbers.allSatisfy { 0 <= $0 && $0 < 1 })
    let mean = Statistics.mean(numbers)
    // Standard errors of mean and variance over 20 000 numbers: 0.0020 and 0.00053.
    #expect(abs(mean - 0.5) < 0.01)
    #expect(abs(Statistics.mean(numbers.map { ($0 - mean) * ($0 - mean) }) - 1.0 / 12) < 0.003)
  }

  @Test("normal numbers have mean 0, variance 1 and 95 % within 1.96")
  func normal() {
    var generator = SplitMix64(seed: 3)
    let numbers = (0..<20_000).map { _ in generator.normal() }
    #expect(numbers.allSatisfy { $0.isFinite })
    // Standard errors: 0.0071, 0.01 and 0.0015.
    #expect(abs(Statistics.mean(numbers)) < 0.036)
    #expect(abs(Statistics.mean(numbers.map { $0 * $0 }) - 1) < 0.05)
    #expect(abs(Double(numbers.count { abs($0) < 1.959964 }) / 20_000 - 0.95) < 0.008)
  }
}
