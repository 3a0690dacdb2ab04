import Testing

@testable import FlashNumerics

@Suite("Correlation")
struct RankCorrelationTests {
  static let measures: [(name: String, of: @Sendable ([Double], [Double]) -> Double?)] = [
    ("kendall", { RankCorrelation.kendall($0, $1) }), ("spearman", { RankCorrelation.spearman($0, $1) }),
    ("pearson", { RankCorrelation.pearson($0, $1) }),
  ]

  /// Two related series with ties.
  static func series(_ seed: UInt64, count: Int) -> ([Double], [Double]) {
    var random = SplitMix64(seed: seed)
    let first = (0..<count).map { _ in Double(random.below(12)) }
    return (first, first.map { ($0 + 6 * random.normal()).rounded() })
  }

  @Test("every measure is symmetric, lies in −1…1 and changes sign with one series")
  func laws() throws {
    for seed: UInt64 in 0..<50 {
      let (first, second) = Self.series(seed, count: 2 + Int(seed % 20))
      for (name, measure) in Self.measures {
        guard let value = measure(first, second) else { continue }
        #expect(abs(value) <= 1 + 1e-15, "\(name)")
        #expect(try abs(#require(measure(second, first)) - value) < 1e-14, "\(name)")
        #expect(try abs(#require(measure(first, second.map { -$0 })) + value) < 1e-14, "\(name)")
      }
    }
  }

  @Test("reordering the pairs changes nothing")
  func reordering() throws {
    let (first, second) = Self.series(7, count: 30)
    var order = Array(first.indices)
    var random = SplitMix64(seed: 1)
    order.shuffle(using: &random)
    for (name, measure) in Self.measures {
      let value = try #require(measure(first, second))
      let other = try #require(measure(order.map { first[$0] }, order.map { second[$0] }))
      #expect(abs(value - other) < 1e-14, "\(name)")
    }
  }

  @Test("a rising map gives 1, a falling one −1")
  func monotone() throws {
    let first = [1.0, 2, 4, 7, 7.5, 30]
    let rising = first.map { $0 * $0 * $0 }
    for measure in [RankCorrelation.kendall, RankCorrelation.spearman] {
      #expect(try abs(#require(measure(first, rising)) - 1) < 1e-15)
      #expect(try abs(#require(measure(first, rising.map { -$0 })) + 1) < 1e-15)
    }
    // τ-b is exact, so that a table prints 1.
    for count in 2...40 {
      let series = (0..<count).map { Double($0) }
      #expect(RankCorrelation.kendall(series, series) == 1)
      #expect(RankCorrelation.kendall(series, series.reversed()) == -1)
    }
    #expect(try abs(#require(RankCorrelation.pearson(first, first.map { 3 * $0 - 5 })) - 1) < 1e-15)
  }

  @Test("the order alone counts for Kendall and Spearman")
  func invariance() throws {
    let (first, second) = Self.series(3, count: 25)
    let mapped = first.map { Elementary.exp($0 / 3) - 100 }
    #expect(RankCorrelation.kendall(mapped, second) == RankCorrelation.kendall(first, second))
    #expect(RankCorrelation.spearman(mapped, second) == RankCorrelation.spearman(first, second))
  }

  @Test("units do not count for Pearson")
  func units() throws {
    let (first, second) = Self.series(4, count: 25)
    let value = try #require(RankCorrelation.pearson(first, second))
    for scale in [1e-12, 1e12] {
      #expect(try abs(#require(RankCorrelation.pearson(first.map { $0 * scale + 1 * scale }, second)) - value) < 1e-12)
    }
  }

  @Test("a constant series, one pair and none have no correlation")
  func undefined() {
    for (name, measure) in Self.measures {
      #expect(measure([1, 2, 3], [5, 5, 5]) == nil, "\(name)")
      #expect(measure([5, 5, 5], [1, 2, 3]) == nil, "\(name)")
      #expect(measure([1], [2]) == nil, "\(name)")
      #expect(measure([], []) == nil, "\(name)")
      // 0.1 + 0.2 and 0.3 differ: that is no constant; three equal values are, however their mean rounds.
      #expect(measure([1, 2, 3], [0.1, 0.1, 0.1]) == nil, "\(name)")
    }
  }

  @Test("ties share the mean of their ranks")
  func ranks() {
    #expect(RankCorrelation.ranks([10, 20, 10, 30, 10]) == [2, 4, 2, 5, 2])
    #expect(RankCorrelation.ranks([3, 1, 2]) == [3, 1, 2])
    #expect(RankCorrelation.ranks([]) == [])
  }

  @Test("τ-b of a small table with ties, worked by hand")
  func byHand() throws {
    // Pairs: 6; one tie in the first series, none in the second; concordant 4, discordant 1.
    let value = try #require(RankCorrelation.kendall([1, 2, 2, 3], [1, 3, 2, 2.5]))
    #expect(abs(value - 3 / (5.0 * 6).squareRoot()) < 1e-15)
  }

  /// τ-b by its definition, pair by pair.
  static func kendallByPairs(_ first: [Double], _ second: [Double]) -> Double? {
    var (difference, untiedFirst, untiedSecond) = (0, 0, 0)
    for i in first.indices {
      for j in 0..<i {
        let a = first[i] == first[j] ? 0 : first[i] > first[j] ? 1 : -1
        let b = second[i] == second[j] ? 0 : second[i] > second[j] ? 1 : -1
        difference += a * b
        untiedFirst += a * a
        untiedSecond += b * b
      }
    }
    guard untiedFirst > 0, untiedSecond > 0 else { return nil }
    return Double(difference) / (Double(untiedFirst) * Double(untiedSecond)).squareRoot()
  }

  @Test("τ-b by sorting is exactly τ-b pair by pair, ties, zeros of both signs and infinities included")
  func knight() {
    for seed: UInt64 in 0..<300 {
      var random = SplitMix64(seed: seed)
      let count = random.below(70)
      let range = 1 + random.below(90)
      let values = [-Double.infinity, .infinity, 0, -0.0] + (0..<range).map { Double($0) - 20.5 }
      let (first, second) = (
        (0..<count).map { _ in values[random.below(values.count)] },
        (0..<count).map { _ in values[random.below(values.count)] }
      )
      #expect(RankCorrelation.kendall(first, second) == Self.kendallByPairs(first, second))
    }
  }

  @Test("τ-b of two hundred thousand pairs takes no quadratic time", .timeLimit(.minutes(1)))
  func large() throws {
    let first = (0..<200_000).map { Double($0) }
    #expect(RankCorrelation.kendall(first, first.reversed()) == -1)
  }
}
