import FlashNumerics
import Testing

@testable import FlashNAS

@Suite("Intervals")
struct IntervalTests {
  /// Every operator and function, over the quantities `macs` and `parameters` as operands.
  static let operations = [
    "macs + parameters", "macs - parameters", "macs * parameters", "macs / parameters", "macs ^ parameters", "-macs",
    "log(macs)", "exp(macs)", "sqrt(macs)", "min(macs, parameters)", "max(macs, parameters)",
  ]

  /// A number of any sign and of sizes from 1e-6 to 1e6, or 0.
  static func number(_ random: inout SplitMix64) -> Double {
    if random.below(12) == 0 { return 0 }
    let size = Elementary.exp((2 * random.unit() - 1) * 13.8)
    return random.below(3) == 0 ? -size : size
  }

  static func interval(_ random: inout SplitMix64) -> Interval {
    let (a, b) = (number(&random), number(&random))
    return random.below(8) == 0 ? Interval(lower: a, upper: a) : Interval(lower: min(a, b), upper: max(a, b))
  }

  /// An end, or a number between the ends.
  static func member(_ interval: Interval, _ random: inout SplitMix64) -> Double {
    switch random.below(4) {
    case 0: interval.lower
    case 1: interval.upper
    default:
      min(interval.upper, max(interval.lower, interval.lower + random.unit() * (interval.upper - interval.lower)))
    }
  }

  /// Whether a value lies in an interval; a NaN only in the one that says nothing, or in the one that says that there is
  /// no number.
  static func holds(_ interval: Interval, _ value: Double) -> Bool {
    value.isNaN ? interval == .all || !interval.holdsNumbers : interval.lower <= value && value <= interval.upper
  }

  @Test("the interval of an operation holds its value for any operands within theirs", arguments: operations)
  func operation(text: String) throws {
    let expression = try Expression(text)
    var random = SplitMix64(seed: 51)
    var (narrow, finite) = (0, 0)
    for _ in 0..<5000 {
      let (a, b) = (Self.interval(&random), Self.interval(&random))
      let interval = expression.interval { $0 == .macs ? a : b }
      if interval != .all { narrow += 1 }
      for _ in 0..<8 {
        let (x, y) = (Self.member(a, &random), Self.member(b, &random))
        let value = expression.value { $0 == .macs ? x : y }
        if value.isFinite { finite += 1 }
        #expect(Self.holds(interval, value), "\(a) \(b): \(x) \(y): \(value) outside \(interval)")
      }
    }
    // Neither everything nor nothing was held.
    #expect(narrow > 500)
    #expect(finite > 5000)
  }

  @Test("the interval of a compound expression holds its value")
  func compound() throws {
    let expressions = try [
      "accuracy/(latency*energy*area)", "log(accuracy) - 0.5*log(latency*energy) - sqrt(area)",
      "max(latency, energy)^1.5 + min(area, -accuracy)", "exp(-latency/energy)*(accuracy - area)^2",
      "nn_degree/(nn_mass+1) - power", "2 - -macs^0.5/edp",
    ].map { try Expression($0) }
    var random = SplitMix64(seed: 52)
    for expression in expressions {
      for _ in 0..<3000 {
        let ranges = Quantity.allCases.map { _ in Self.interval(&random) }
        let interval = expression.interval { ranges[Quantity.allCases.firstIndex(of: $0) ?? 0] }
        let values = ranges.map { Self.member($0, &random) }
        let value = expression.value { values[Quantity.allCases.firstIndex(of: $0) ?? 0] }
        // A NaN is an infeasible point, about which an interval says nothing.
        if !value.isNaN { #expect(Self.holds(interval, value), "\(expression): \(value) outside \(interval)") }
      }
    }
  }

  @Test("over points an interval is rounded outward, and by rounding alone", arguments: operations)
  func points(text: String) throws {
    let expression = try Expression(text)
    // These give one of their operands, to the last bit.
    let isExact = text.hasPrefix("-") || text.hasPrefix("m") && text.contains(",")
    var random = SplitMix64(seed: 53)
    var count = 0
    for _ in 0..<2000 {
      let (x, y) = (abs(Self.number(&random)) + 1e-6, abs(Self.number(&random)) / 1e4 + 1e-6)
      let value = expression.value { $0 == .macs ? x : y }
      guard value.isFinite else { continue }
      count += 1
      let interval = expression.interval {
        $0 == .macs ? Interval(lower: x, upper: x) : Interval(lower: y, upper: y)
      }
      #expect(interval.upper - interval.lower <= 1e-14 * (abs(value) + 1), "\(x) \(y)")
      if isExact {
        #expect(interval == Interval(lower: value, upper: value))
      } else if abs(value) > 1e-300 {
        // Below, a relative error is less than the distance of two numbers.
        #expect(interval.lower < value && value < interval.upper, "\(x) \(y)")
      }
    }
    #expect(count > 500)
  }

  @Test("what cannot be bounded is everything")
  func unbounded() {
    let (zero, one, mixed) = (
      Interval(lower: 0, upper: 0), Interval(lower: 1, upper: 1), Interval(lower: -1, upper: 1)
    )
    #expect(one / zero == .all)
    #expect(one / mixed == .all)
    #expect(mixed.logarithm == .all)
    #expect(zero.logarithm == .all)
    #expect(mixed.squareRoot == .all)
    #expect(Interval.power(mixed, one) == .all)
    #expect(Interval(lower: .nan, upper: 1) == .all)
    #expect(Interval.all * zero == .all)
    #expect(Interval.minimum(.all, one) == .all)
    #expect(Interval.maximum(one, .all) == .all)
  }
}
