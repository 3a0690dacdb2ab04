public import FlashNumerics

/// A number as people write it, with the unit behind it: `88.5%`, `2mm2`, `-3`.
public struct DecimalNumeral: Sendable, Hashable {
  /// The number in units of its last digit.
  public let mantissa: Int
  /// Digits behind the point.
  public let decimals: Int
  /// What stands behind the number; empty for a bare one.
  public let unit: String

  /// Reads a text; `nil` where it has no number, an exponent, or more than 15 digits.
  public init?(_ text: String) {
    var rest = Substring(text)
    let isNegative = rest.first == "-"
    if isNegative { rest.removeFirst() }
    func digits() -> Substring {
      let digits = rest.prefix { ("0"..."9").contains($0) && $0.isASCII }
      rest = rest.dropFirst(digits.count)
      return digits
    }
    let whole = digits()
    var fraction: Substring = ""
    if rest.first == "." {
      rest.removeFirst()
      fraction = digits()
      guard !fraction.isEmpty else { return nil }
    }
    let isExponent = rest.first == "e" && (rest.dropFirst().first.map { $0.isNumber || "+-".contains($0) } ?? false)
    guard !whole.isEmpty, whole.count + fraction.count <= 15, !isExponent, let value = Int(whole + fraction) else {
      return nil
    }
    mantissa = isNegative ? -value : value
    decimals = fraction.count
    unit = String(rest.drop { $0 == " " })
  }

  /// The number without its unit.
  public var value: Double { Double(mantissa) / Self.power(decimals) }

  /// A number in units of its last digit as text; zeros at the end of the fraction are left out.
  static func text(_ mantissa: Int, decimals: Int) -> String {
    let digits = String(mantissa.magnitude)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    var fraction = padded.suffix(decimals)
    while fraction.last == "0" { fraction.removeLast() }
    return (mantissa < 0 ? "-" : "") + padded.dropLast(decimals) + (fraction.isEmpty ? "" : "." + fraction)
  }

  static func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1.0) { power, _ in power * 10 } }
}

/// Numbers at equal steps in one unit: `88%`, `88.5%`, … `91%`. They are counted in units of the last digit, so that none is
/// rounded. - Complexity: of a text, O(digits).
public struct DecimalRange: Sendable, Hashable {
  /// How many numbers there are, 1 or more.
  public let count: Int
  private let first: Int
  private let step: Int
  private let decimals: Int
  private let unit: String

  /// The most numbers of a range (chosen: as many as a sweep has problems).
  public static let limit = SweepPlan.limit

  /// The numbers first, first + step, … that are not above last; `nil` for numbers of different units, a step that is not
  /// above 0, a last below the first, or more than `limit` numbers.
  public init?(from first: DecimalNumeral, through last: DecimalNumeral, by step: DecimalNumeral) {
    let decimals = max(first.decimals, last.decimals, step.decimals)
    func scaled(_ number: DecimalNumeral) -> Int? {
      let (value, isOver) = number.mantissa.multipliedReportingOverflow(
        by: Int(DecimalNumeral.power(decimals - number.decimals)))
      return isOver ? nil : value
    }
    guard first.unit == last.unit, first.unit == step.unit, let from = scaled(first), let through = scaled(last),
      let by = scaled(step), by > 0
    else { return nil }
    let (span, isOver) = through.subtractingReportingOverflow(from)
    guard !isOver, span >= 0, span / by < Self.limit else { return nil }
    (self.first, self.step, self.decimals, unit) = (from, by, decimals, first.unit)
    count = span / by + 1
  }

  /// The number at a place, with its unit. - Precondition: a place below `count`.
  public func text(_ place: Int) -> String { DecimalNumeral.text(first + place * step, decimals: decimals) + unit }

  /// The place of the number nearest to a value.
  func place(nearest value: Double) -> Int {
    let scale = DecimalNumeral.power(decimals)
    return min(max(Int(((value * scale - Double(first)) / Double(step)).rounded()), 0), count - 1)
  }
}

/// A random number between two ends of one unit, uniform or with a uniform logarithm.
public struct DecimalDraw: Sendable, Hashable {
  private let first: DecimalNumeral
  private let last: DecimalNumeral
  private let isLogarithmic: Bool
  private let steps: DecimalRange?

  /// The significant digits of a number that is drawn without a step (chosen: more than any model is good for, and short
  /// enough to read).
  public static let digits = 6

  /// - Parameter steps: the numbers that can be drawn; those of `digits` significant digits when `nil`.
  /// - Returns: `nil` for ends of different units, a first above the last, or a logarithm of a first that is not above 0.
  public init?(from first: DecimalNumeral, through last: DecimalNumeral, logarithmic: Bool, steps: DecimalRange? = nil)
  {
    guard first.unit == last.unit, first.value <= last.value, !logarithmic || first.value > 0 else { return nil }
    self.first = first
    self.last = last
    isLogarithmic = logarithmic
    self.steps = steps
  }

  /// Draws a number, with its unit. It lies between the ends.
  public func text(using generator: inout SplitMix64) -> String {
    let share = generator.unit()
    if let steps, !isLogarithmic { return steps.text(min(Int(share * Double(steps.count)), steps.count - 1)) }
    let (low, high) = (first.value, last.value)
    let value =
      isLogarithmic
      ? Elementary.exp(Elementary.log(low) + share * (Elementary.log(high) - Elementary.log(low)))
      : low + share * (high - low)
    if let steps { return steps.text(steps.place(nearest: value)) }
    return Self.rounded(value, from: first, through: last) + first.unit
  }

  /// A value to `digits` significant digits; the end itself where rounding passes it.
  private static func rounded(_ value: Double, from first: DecimalNumeral, through last: DecimalNumeral) -> String {
    guard value != 0 else { return "0" }
    var decimals = digits - 1
    var magnitude = abs(value)
    while magnitude >= 10, decimals > 0 { (magnitude, decimals) = (magnitude / 10, decimals - 1) }
    while magnitude < 1, decimals < 15 { (magnitude, decimals) = (magnitude * 10, decimals + 1) }
    let mantissa = (value * DecimalNumeral.power(decimals)).rounded()
    let rounded = mantissa / DecimalNumeral.power(decimals)
    if rounded < first.value { return DecimalNumeral.text(first.mantissa, decimals: first.decimals) }
    if rounded > last.value { return DecimalNumeral.text(last.mantissa, decimals: last.decimals) }
    return DecimalNumeral.text(Int(mantissa), decimals: decimals)
  }
}
