/// Rows of words in aligned columns; numbers to the right.
public struct TextTable {
  private let header: [String]?
  private var rows: [[String]] = []
  private let indent: Int

  public init(header: [String]? = nil, indent: Int = 0) {
    self.header = header
    self.indent = indent
  }

  public mutating func add(_ cells: String...) { rows.append(cells) }

  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The text, one line a row, without spaces at the ends of lines.
  public var text: String {
    let lines = (header.map { [$0] } ?? []) + rows
    let columns = (0..<(lines.map(\.count).max() ?? 0)).map { column in
      (width: lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0, isNumeric: isNumeric(column))
    }
    return lines.map { row in
      var line = String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: columns[column].width - cell.count)
        let isRight = columns[column].isNumeric || column > 0 && Self.isNumber(cell)
        line += isRight ? padding + cell : cell + padding
        if column < row.count - 1 { line += "  " }
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// Whether a column below a header has numbers, and nothing but numbers and dashes: its header then stands to the
  /// right too.
  private func isNumeric(_ column: Int) -> Bool {
    guard header != nil else { return false }
    let cells = rows.compactMap { column < $0.count && !$0[column].isEmpty ? $0[column] : nil }
    return cells.contains(where: Self.isNumber) && cells.allSatisfy { $0 == "–" || Self.isNumber($0) }
  }

  /// Whether a cell is a number, its digits perhaps in groups, with at most a unit behind it.
  private static func isNumber(_ cell: String) -> Bool {
    let words = cell.split(separator: " ")
    let digits = words.prefix { word in
      word.contains { ("0"..."9").contains($0) } && word.allSatisfy { ("0"..."9").contains($0) || ".-+e".contains($0) }
    }
    return !digits.isEmpty && words.count - digits.count <= 1
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

  /// A percentage with as many decimals as it takes, three at most.
  public static func share(_ value: Double) -> String {
    var text = fixed(value * 100, 3)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text + " %"
  }

  /// An integer with thin groups of three digits.
  public static func grouped(_ value: some BinaryInteger) -> String {
    var text = ""
    for (index, digit) in String(value.magnitude).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }

  /// A number of things: `1 box`, `2 boxes`.
  public static func counted(_ value: some BinaryInteger, _ singular: String, _ plural: String? = nil) -> String {
    "\(grouped(value)) \(value == 1 ? singular : plural ?? singular + "s")"
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
