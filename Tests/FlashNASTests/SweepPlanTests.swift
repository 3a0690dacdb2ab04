import FlashNAS
import FlashNumerics
import Testing

@Suite struct SweepPlanTests {
  static let counts = [[], [1], [7], [2, 3, 4], [5, 1, 6], [3, 3, 3, 3], [1000, 1000]]

  @Test(arguments: counts) func `a grid has every combination once, and its last key changes first`(_ counts: [Int]) {
    let plan = SweepPlan.grid(counts)
    #expect(plan.count == counts.reduce(1, *))
    #expect(plan.count == SweepPlan.combinations(counts))
    var expected = Array(repeating: 0, count: counts.count)
    for index in 0..<plan.count {
      let choices = plan.choices(at: index)
      guard choices == expected.map({ .value($0) }) else {
        Issue.record("\(index): \(choices), expected \(expected)")
        return
      }
      for place in counts.indices.reversed() {
        expected[place] += 1
        if expected[place] < counts[place] { break }
        expected[place] = 0
      }
    }
  }

  @Test func `more combinations than the limit are none, however many more`() {
    #expect(SweepPlan.combinations([1000, 1000]) == 1_000_000)
    #expect(SweepPlan.combinations([1000, 1001]) == nil)
    #expect(SweepPlan.combinations(Array(repeating: 1_000_000, count: 64)) == nil)
  }

  @Test func `shards are disjoint, complete and of nearly equal size, whatever their number`() {
    var generator = SplitMix64(seed: 1, stream: 7)
    for _ in 0..<200 {
      let (problems, count) = (generator.below(400), 1 + generator.below(30))
      let shards = (1...count).map { SweepShard(number: $0, of: count) }
      let indices = shards.map { shard in (0..<shard.size(of: problems)).map(shard.index) }
      #expect(indices.joined().sorted() == Array(0..<problems))
      let sizes = indices.map(\.count)
      #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
      for (shard, own) in zip(shards, indices) {
        #expect(own.allSatisfy { $0 % count == shard.number - 1 })
        #expect(own == own.sorted())
      }
    }
  }

  private static func number(_ text: String) throws -> DecimalNumeral { try #require(DecimalNumeral(text)) }

  @Test func `drawn problems depend on seed and index alone`() throws {
    let draw = try #require(
      DecimalDraw(from: Self.number("1us"), through: Self.number("1000us"), logarithmic: true))
    func plan(_ seed: UInt64, _ count: Int) -> SweepPlan { .draws(count, seed: seed, [.values(5), .draw(draw)]) }
    let all = (0..<500).map { plan(3, 500).choices(at: $0) }
    // In another order, and of a shorter sweep.
    #expect((0..<500).reversed().map { plan(3, 500).choices(at: $0) } == all.reversed())
    #expect((0..<200).map { plan(3, 200).choices(at: $0) } == Array(all[..<200]))
    #expect((0..<500).map { plan(4, 500).choices(at: $0) } != all)
    let counts = (0..<5).map { value in all.count { $0[0] == .value(value) } }
    #expect(counts.allSatisfy { 60...140 ~= $0 }, "\(counts)")
  }

  @Test func `a range counts in decimals, without rounding`() throws {
    var generator = SplitMix64(seed: 2, stream: 9)
    for _ in 0..<300 {
      let decimals = generator.below(6)
      let (first, step, count) = (generator.below(2000) - 1000, 1 + generator.below(50), 1 + generator.below(200))
      let rest = generator.below(step)
      func text(_ value: Int) throws -> DecimalNumeral {
        let digits = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let point = decimals > 0 ? "." : ""
        return try Self.number(
          (value < 0 ? "-" : "") + padded.dropLast(decimals) + point + padded.suffix(decimals) + "%")
      }
      let range = try #require(
        try DecimalRange(from: text(first), through: text(first + (count - 1) * step + rest), by: text(step)))
      #expect(range.count == count)
      for place in 0..<count {
        let number = try Self.number(range.text(place))
        #expect(number.unit == "%")
        // Equal as a fraction of integers.
        let scale = (number.decimals..<decimals).reduce(1) { power, _ in power * 10 }
        #expect(number.decimals <= decimals && number.mantissa * scale == first + place * step)
      }
    }
  }

  @Test(arguments: [false, true]) func `a draw stays between its ends and spreads as it says`(_ isLogarithmic: Bool)
    throws
  {
    let (first, last) = (try Self.number("0.2mm2"), try Self.number("300mm2"))
    let draw = try #require(DecimalDraw(from: first, through: last, logarithmic: isLogarithmic))
    var generator = SplitMix64(seed: 5, stream: 1)
    var values: [Double] = []
    for _ in 0..<4000 {
      let text = draw.text(using: &generator)
      let number = try Self.number(text)
      #expect(number.unit == "mm2")
      #expect(text.filter(\.isNumber).drop { $0 == "0" }.count <= DecimalDraw.digits + 1, "\(text)")
      values.append(number.value)
    }
    #expect(values.allSatisfy { first.value...last.value ~= $0 })
    let middle = isLogarithmic ? (first.value * last.value).squareRoot() : (first.value + last.value) / 2
    let below = values.count { $0 < middle }
    #expect(1850...2150 ~= below, "\(below)")
  }

  @Test(arguments: [false, true]) func `a draw with a step gives numbers of the range, the ends among them`(
    _ isLogarithmic: Bool
  ) throws {
    let (first, last, step) = (try Self.number("10k"), try Self.number("100k"), try Self.number("15k"))
    let range = try #require(DecimalRange(from: first, through: last, by: step))
    let draw = try #require(DecimalDraw(from: first, through: last, logarithmic: isLogarithmic, steps: range))
    var generator = SplitMix64(seed: 6, stream: 1)
    let drawn = Set((0..<2000).map { _ in draw.text(using: &generator) })
    #expect(drawn == Set((0..<range.count).map(range.text)))
    #expect(drawn.contains("10k") && drawn.contains("100k"))
  }

  @Test func `ends that no number lies between, of two units or without a logarithm are refused`() throws {
    let (one, two, other, zero) = (
      try Self.number("1us"), try Self.number("2us"), try Self.number("2ms"), try Self.number("0us")
    )
    #expect(DecimalDraw(from: two, through: one, logarithmic: false) == nil)
    #expect(DecimalDraw(from: one, through: other, logarithmic: false) == nil)
    #expect(DecimalDraw(from: zero, through: one, logarithmic: true) == nil)
    #expect(DecimalRange(from: two, through: one, by: one) == nil)
    #expect(DecimalRange(from: one, through: two, by: zero) == nil)
    #expect(DecimalRange(from: one, through: two, by: other) == nil)
    #expect(DecimalRange(from: one, through: one, by: two)?.count == 1)
    for text in ["", "%", "1e3", "1e-3us", ".5", "1.", "--1", "1234567890123456", "٣"] {
      #expect(DecimalNumeral(text) == nil, "\(text)")
    }
  }
}
