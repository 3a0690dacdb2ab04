internal import FlashNumerics

/// A closed interval that holds every value of an expression over a sub-box, rounded outward.
struct Interval: Sendable, Hashable {
  var lower: Double
  var upper: Double

  /// Everything: what is said of a value that cannot be bounded, NaN included.
  static let all = Interval(lower: -.infinity, upper: .infinity)

  /// The ends, or everything where one is NaN.
  init(lower: Double, upper: Double) {
    if lower.isNaN || upper.isNaN {
      self = .all
    } else {
      self.lower = lower
      self.upper = upper
    }
  }

  /// No finite value: what is said of an expression that overflows or is not a number everywhere.
  static let none = Interval(lower: .infinity, upper: .infinity)

  /// Whether a finite value may lie inside.
  var holdsNumbers: Bool { lower < .infinity && upper > -.infinity }

  /// Wider by a relative error on both sides; an infinite end stays.
  func widened(by relative: Double) -> Interval {
    Interval(
      lower: lower.isFinite ? lower - abs(lower) * relative : lower,
      upper: upper.isFinite ? upper + abs(upper) * relative : upper)
  }

  /// Wider by a few units in the last place: what one operation, or one function of the C library (errors below 2
  /// units), may be off.
  private var outward: Interval { widened(by: 8 * 0x1p-53) }

  private var contains0: Bool { lower <= 0 && upper >= 0 }

  static func + (a: Interval, b: Interval) -> Interval {
    Interval(lower: a.lower + b.lower, upper: a.upper + b.upper).outward
  }

  static func - (a: Interval, b: Interval) -> Interval {
    Interval(lower: a.lower - b.upper, upper: a.upper - b.lower).outward
  }

  static prefix func - (a: Interval) -> Interval { Interval(lower: -a.upper, upper: -a.lower) }

  static func * (a: Interval, b: Interval) -> Interval {
    spanning(a.lower * b.lower, a.lower * b.upper, a.upper * b.lower, a.upper * b.upper)
  }

  static func / (a: Interval, b: Interval) -> Interval {
    b.contains0 ? .all : spanning(a.lower / b.lower, a.lower / b.upper, a.upper / b.lower, a.upper / b.upper)
  }

  private static func spanning(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Interval {
    // 0 · ∞ is NaN, which `min` and `max` may lose.
    guard !(a + b + c + d).isNaN else { return .all }
    return Interval(lower: min(min(a, b), min(c, d)), upper: max(max(a, b), max(c, d))).outward
  }

  var logarithm: Interval {
    guard upper >= 0 else { return .none }
    return lower > 0 ? Interval(lower: Elementary.log(lower), upper: Elementary.log(upper)).outwardAbsolute : .all
  }

  /// The logarithm's relative error says nothing near 0.
  private var outwardAbsolute: Interval {
    Interval(lower: lower - 0x1p-50, upper: upper + 0x1p-50).outward
  }

  var exponential: Interval { Interval(lower: Elementary.exp(lower), upper: Elementary.exp(upper)).outward }

  var squareRoot: Interval {
    guard upper >= 0 else { return .none }
    return lower >= 0 ? Interval(lower: lower.squareRoot(), upper: upper.squareRoot()).outward : .all
  }

  static func minimum(_ a: Interval, _ b: Interval) -> Interval {
    a == .all || b == .all ? .all : Interval(lower: min(a.lower, b.lower), upper: min(a.upper, b.upper))
  }

  static func maximum(_ a: Interval, _ b: Interval) -> Interval {
    a == .all || b == .all ? .all : Interval(lower: max(a.lower, b.lower), upper: max(a.upper, b.upper))
  }

  /// aᵇ for positive a: monotone in each argument, so that its extremes lie at ends.
  static func power(_ a: Interval, _ b: Interval) -> Interval {
    guard a.lower > 0, a.upper.isFinite, b.lower.isFinite, b.upper.isFinite else { return .all }
    return spanning(
      Elementary.pow(a.lower, b.lower), Elementary.pow(a.lower, b.upper), Elementary.pow(a.upper, b.lower),
      Elementary.pow(a.upper, b.upper))
  }
}
