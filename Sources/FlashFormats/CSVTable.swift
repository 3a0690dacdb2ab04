/// A table read from CSV (RFC 4180) with a header.
///
/// The parser is the project's own for one reason: every error names its line and column, and a damaged file of any
/// size is refused at its first fault.
public struct CSVTable: Sendable {
  /// One row: its fields, one per column of the header, and the line in which it starts.
  public struct Row: Sendable {
    public let fields: [String]
    public let line: Int
  }

  public let file: String
  public let header: [String]
  public let rows: [Row]

  /// Reads a file; `-` is standard input.
  ///
  /// - Throws: `FormatError` for a row longer or shorter than the header, an empty or repeated column name, an open
  ///   quotation, text behind a closing quote, or no rows. Complexity: O(bytes).
  public init(reading path: String) throws(FormatError) {
    try self.init(text: TextFile.read(path, limit: TextFile.tableLimit), file: path)
  }

  /// Reads a text.
  public init(text: String, file: String) throws(FormatError) {
    var parser = try CSVParser(text: text, file: file)
    header = parser.header
    var rows: [Row] = []
    while let line = try parser.next() {
      rows.append(Row(fields: parser.fields.map(parser.string), line: line))
    }
    self.file = file
    self.rows = rows
  }

  /// The index of a column.
  public func column(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// A field as a finite number.
  public func number(_ row: Row, _ column: Int) throws(FormatError) -> Double {
    guard let value = Numeral.double(row.fields[column]) else {
      throw error(row, column, problem: "not a number", allowed: "a finite number")
    }
    return value
  }

  /// A field as an integer.
  public func integer(_ row: Row, _ column: Int) throws(FormatError) -> Int {
    guard let value = Numeral.integer(row.fields[column]) else {
      throw error(row, column, problem: "not an integer", allowed: "an integer")
    }
    return value
  }

  /// An error about one field.
  public func error(_ row: Row, _ column: Int, problem: String, allowed: String) -> FormatError {
    FormatError(
      file: file, place: "line \(row.line), column '\(header[column])'", problem: problem,
      found: "'\(row.fields[column])'", allowed: allowed)
  }
}

/// Numbers as files and options write them: decimal digits, an optional fraction and exponent, nothing else.
public enum Numeral {
  /// A finite number.
  public static func double(_ text: some StringProtocol) -> Double? {
    guard text.utf8.count <= 64, text.utf8.contains(where: { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      text.utf8.allSatisfy({
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
      }), let value = Double(String(text)), value.isFinite
    else { return nil }
    return value
  }

  /// An integer of at most 63 bits.
  public static func integer(_ text: some StringProtocol) -> Int? {
    text.first == "+" ? nil : Int(text)
  }
}
