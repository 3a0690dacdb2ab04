import Testing

@testable import FlashNumerics

@Suite("Sobol sequence")
struct SobolSequenceTests {
  func points(_ count: Int, dimension: Int, seed: UInt64) throws -> [[Double]] {
    var sequence = try SobolSequence(dimension: dimension, seed: seed)
    return (0..<count).map { _ in sequence.next() }
  }

  /// GSL leaves the origin out, so the first 2ᵏ − 1 points fill all strata but the one that the moved origin lies in.
  @Test("the first 2ᵏ − 1 points fill 2ᵏ strata of every coordinate once each, but for the origin's", arguments: 1...9)
  func evenness(k: Int) throws {
    let strata = 1 << k
    for dimension in [1, 2, 9, 40] {
      for seed: UInt64 in [0, 1, 77] {
        let plan = try points(strata - 1, dimension: dimension, seed: seed)
        for coordinate in 0..<dimension {
          var counts = [Int](repeating: 0, count: strata)
          for point in plan { counts[Int(point[coordinate] * Double(strata))] += 1 }
          #expect(counts.max() == 1)
          #expect(counts.count { $0 == 0 } == 1)
        }
      }
    }
  }

  @Test("every later run of 2ᵏ points fills 2ᵏ strata of every coordinate once each")
  func laterBlocks() throws {
    let plan = try points(255, dimension: 9, seed: 5)
    for start in stride(from: 15, through: 239, by: 16) {
      for coordinate in 0..<9 {
        let strata = Set(plan[start..<(start + 16)].map { Int($0[coordinate] * 16) })
        #expect(strata.count == 16)
      }
    }
  }

  @Test("coordinates lie in [0, 1), and a point has one per dimension")
  func range() throws {
    for dimension in [1, 5, 40] {
      for point in try points(300, dimension: dimension, seed: 8) {
        #expect(point.count == dimension)
        #expect(point.allSatisfy { 0 <= $0 && $0 < 1 })
      }
    }
  }

  @Test("a seed gives the same points again, and another seed gives others")
  func seeds() throws {
    #expect(try points(20, dimension: 3, seed: 1) == points(20, dimension: 3, seed: 1))
    var plans: Set<[[Double]]> = []
    for seed: UInt64 in 0..<20 { plans.insert(try points(20, dimension: 3, seed: seed)) }
    #expect(plans.count == 20)
  }

  @Test("a number of dimensions outside 1…40 is an error", arguments: [-1, 0, 41, 1000])
  func dimensions(count: Int) {
    let error = NumericsError.invalidInput("Sobol points: found \(count) dimensions, allowed 1 to 40")
    #expect(throws: error) { _ = try SobolSequence(dimension: count, seed: 0) }
    #expect(error.description == "Sobol points: found \(count) dimensions, allowed 1 to 40")
  }
}
