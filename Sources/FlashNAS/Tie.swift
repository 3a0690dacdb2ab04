/// How a number of a cell follows from a variable of its space: a constant, the variable, or a tie such as `2*width1`.
///
/// The value is (multiplier · x + offset·divisor) / divisor, at least `least`, made a multiple of `multiple` the way of
/// MobileNets where one is given: ⌊(v + m/2)/m⌋·m, at least m, and m more where that takes more than 10 % away. Without
/// `multiple` the division has to come out even. A tie never falls when its variable rises.
public struct Tie: Sendable, Hashable {
  /// The variable's name, `nil` for a constant.
  public let variable: String?
  let multiplier: Int
  let divisor: Int
  let offset: Int
  let least: Int?
  let multiple: Int?

  init(
    _ variable: String?, multiplier: Int = 1, divisor: Int = 1, offset: Int = 0, least: Int? = nil, multiple: Int? = nil
  ) {
    self.variable = variable
    self.multiplier = multiplier
    self.divisor = divisor
    self.offset = offset
    self.least = least
    self.multiple = multiple
  }

  /// A constant.
  public static func constant(_ value: Int) -> Tie { Tie(nil, offset: value) }

  /// Whether it is the variable itself.
  var isPlain: Bool { self == Tie(variable) && variable != nil }

  /// The value for a value of the variable; `nil` where a division does not come out even.
  func value(_ x: Int) -> Int? {
    let compiled = CompiledTie(self, variable: -1, table: -1)
    if multiple == nil, (multiplier * x) % divisor != 0 { return nil }
    return compiled.apply(variable == nil ? 0 : x)
  }
}

/// A tie with its variable looked up: what decoding a point reads.
struct CompiledTie: Sendable, Hashable {
  /// The place of the variable in a point, −1 for a constant.
  let variable: Int
  /// Where the variable's choices begin in the space's table, −1 for a variable whose coordinate is its value.
  let table: Int
  private let isPlain: Bool
  private let multiplier: Int
  private let divisor: Int
  private let offset: Int
  private let least: Int
  private let multiple: Int

  init(_ tie: Tie, variable: Int, table: Int) {
    self.variable = variable
    self.table = table
    isPlain = tie.isPlain
    multiplier = tie.variable == nil ? 0 : tie.multiplier
    divisor = tie.divisor
    offset = tie.offset
    // Below any value.
    least = tie.least ?? -2 * Tie.limit
    multiple = tie.multiple ?? 0
  }

  /// The value at a point.
  @inline(__always)
  func value(_ point: [Int], _ choices: [Int]) -> Int {
    guard variable >= 0 else { return offset }
    var x = point[variable]
    if table >= 0 { x = choices[table + x] }
    return isPlain ? x : apply(x)
  }

  /// The value for a value of the variable.
  func apply(_ x: Int) -> Int {
    let dividend = max(multiplier * x + offset * divisor, least * divisor)
    guard multiple > 0 else { return dividend / divisor }
    let unit = divisor * multiple
    let rounded = max((2 * dividend + unit) / (2 * unit) * multiple, multiple)
    return 10 * rounded * divisor < 9 * dividend ? rounded + multiple : rounded
  }
}

extension Tie {
  /// The limit of every number in a tie: products of two, ten times over, fit 63 bits.
  static let limit = 1 << 20

  /// Reads `24`, `width1`, `2*width1`, `3*width1/2 + 8`, `max(width1, 16)`, `divisible(24*width/100, 8)` or
  /// `divisible(max(1280*width/100, 1280), 8)`; `nil` for anything else.
  public init?(_ text: String) {
    var rest = Substring(text.filter { $0 != " " })
    var least: Int?
    var multiple: Int?
    if let (inside, number) = Self.call("divisible", rest) {
      guard number > 0 else { return nil }
      (rest, multiple) = (inside, number)
    }
    if let (inside, number) = Self.call("max", rest) { (rest, least) = (inside, number) }
    guard let linear = Self.linear(rest) else { return nil }
    self.init(
      linear.variable, multiplier: linear.multiplier, divisor: linear.divisor, offset: linear.offset, least: least,
      multiple: multiple)
    if linear.variable == nil, least != nil || multiple != nil { return nil }
  }

  /// The inside and the last argument of `name(…, number)`.
  private static func call(_ name: String, _ text: Substring) -> (Substring, Int)? {
    guard text.hasPrefix("\(name)("), text.last == ")", let comma = text.lastIndex(of: ",") else { return nil }
    let start = text.index(text.startIndex, offsetBy: name.count + 1)
    guard start <= comma, let number = integer(text[text.index(after: comma)...].dropLast()) else { return nil }
    return (text[start..<comma], number)
  }

  /// [number *] name [/ number] [+ number | − number], or a number.
  private static func linear(_ text: Substring) -> (variable: String?, multiplier: Int, divisor: Int, offset: Int)? {
    if let number = integer(text) { return (nil, 1, 1, number) }
    var rest = text
    var multiplier = 1
    var divisor = 1
    var offset = 0
    if let star = rest.firstIndex(of: "*") {
      guard let number = integer(rest[..<star]), number > 0 else { return nil }
      multiplier = number
      rest = rest[rest.index(after: star)...]
    }
    if let sign = rest.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      guard let number = integer(rest[rest.index(after: sign)...]) else { return nil }
      offset = rest[sign] == "-" ? -number : number
      rest = rest[..<sign]
    }
    if let slash = rest.firstIndex(of: "/") {
      guard let number = integer(rest[rest.index(after: slash)...]), number > 0 else { return nil }
      divisor = number
      rest = rest[..<slash]
    }
    guard isName(rest) else { return nil }
    return (String(rest), multiplier, divisor, offset)
  }

  private static func integer(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let value = Int(text),
      value <= limit
    else { return nil }
    return value
  }

  /// A letter, then letters, digits and underscores.
  static func isName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy {
      isLetter($0) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "_")
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }
}
