/// Rows of words in aligned columns; numbers to the right.
public struct TextTable {
  private var rows: [[String]]
  private let indent: Int

  public init(header: [String]? = nil, indent: Int = 0) {
    rows = header.map { [$0] } ?? []
    self.indent = indent
  }

  public mutating func add(_ cells: String...) { rows.append(cells) }

  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The text, one line a row, without spaces at the ends of lines.
  public var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        let isNumber = column > 0 && (cell.first.map { $0.isNumber || $0 == "-" } ?? false)
        line += isNumber ? padding + cell : cell + padding
        if column < row.count - 1 { line += "  " }
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}

/// Numbers for people.
public enum Display {
  /// Four significant digits, without an exponent between 0.001 and 10⁶.
  public static func number(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
    var magnitude = 0
    var scaled = abs(value)
    while scaled >= 10 { scaled /= 10; magnitude += 1 }
    while scaled < 1 { scaled *= 10; magnitude -= 1 }
    if magnitude < -3 || magnitude > 6 {
      return "\(fixed(value < 0 ? -scaled : scaled, digits - 1))e\(magnitude)"
    }
    return fixed(value, max(0, digits - 1 - magnitude))
  }

  /// A fixed number of decimals, rounded half away from zero.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    let scale = power(decimals)
    let rounded = (abs(value) * scale).rounded()
    guard rounded < 9e15 else { return "\(value)" }
    let digits = String(Int(rounded))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let whole = padded.dropLast(decimals)
    let sign = value < 0 && rounded > 0 ? "-" : ""
    return decimals == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(padded.suffix(decimals))"
  }

  /// A percentage with two decimals.
  public static func percent(_ value: Double) -> String { fixed(value * 100, 2) + " %" }

  /// An integer with thin groups of three digits.
  public static func grouped(_ value: Int) -> String {
    var text = ""
    for (index, digit) in String(abs(value)).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }

  /// A time, energy, area or power with the unit that gives it one to three digits before the point.
  public static func quantity(_ value: Double, _ units: [(name: String, factor: Double)]) -> String {
    let unit = units.first { abs(value) >= $0.factor } ?? units[units.count - 1]
    return "\(number(value / unit.factor)) \(unit.name)"
  }

  public static let time: [(name: String, factor: Double)] = [("s", 1), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)]
  public static let energy: [(name: String, factor: Double)] = [
    ("J", 1), ("mJ", 1e-3), ("uJ", 1e-6), ("nJ", 1e-9), ("pJ", 1e-12),
  ]
  public static let area: [(name: String, factor: Double)] = [("mm2", 1)]
  public static let power: [(name: String, factor: Double)] = [("W", 1), ("mW", 1e-3)]

  private static func power(_ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<abs(exponent) { result *= 10 }
    return exponent < 0 ? 1 / result : result
  }
}
