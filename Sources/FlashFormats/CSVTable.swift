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
    var parser = CSVParser(text: text, file: file)
    guard let first = try parser.next() else { throw FormatError(file: file, problem: "empty") }
    header = first.fields
    var names: Set<String> = []
    for (index, name) in header.enumerated() {
      let place = "line \(first.line), column \(index + 1)"
      guard !name.isEmpty else {
        throw FormatError(file: file, place: place, problem: "empty column name", allowed: "a name")
      }
      guard names.insert(name).inserted else {
        throw FormatError(file: file, place: place, problem: "column name stands twice", found: "'\(name)'")
      }
    }
    var rows: [Row] = []
    while let row = try parser.next() {
      guard row.fields.count == header.count else {
        throw FormatError(
          file: file, place: "line \(row.line)",
          problem: row.fields.count > header.count ? "row longer than the header" : "row shorter than the header",
          found: Display.counted(row.fields.count, "field"), allowed: "\(header.count)")
      }
      rows.append(Row(fields: row.fields, line: row.line))
    }
    guard !rows.isEmpty else {
      throw FormatError(file: file, problem: "no rows below the header", allowed: "one or more")
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

/// A state machine over the bytes of a CSV text.
private struct CSVParser {
  private let bytes: [UInt8]
  private let file: String
  private var place = 0
  private var line = 1

  init(text: String, file: String) {
    bytes = Array(text.utf8)
    self.file = file
  }

  /// The next row that is not blank; `""` alone is a row with one empty field.
  mutating func next() throws(FormatError) -> (fields: [String], line: Int)? {
    while place < bytes.count {
      let start = line
      let isQuoted = bytes[place] == UInt8(ascii: "\"")
      let fields = try row()
      if fields.count > 1 || !fields[0].isEmpty || isQuoted { return (fields, start) }
    }
    return nil
  }

  private mutating func row() throws(FormatError) -> [String] {
    var fields: [String] = []
    while true {
      fields.append(try field(fields.count + 1))
      guard place < bytes.count else { return fields }
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: ","): continue
      case UInt8(ascii: "\r"):
        if place < bytes.count, bytes[place] == UInt8(ascii: "\n") { place += 1 }
      default: break
      }
      line += 1
      return fields
    }
  }

  /// A field; spaces around one without quotes are not part of it.
  private mutating func field(_ column: Int) throws(FormatError) -> String {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
      let start = place
      while place < bytes.count, !isSeparator(bytes[place]) { place += 1 }
      var content = bytes[start..<place]
      while content.first == UInt8(ascii: " ") { content.removeFirst() }
      while content.last == UInt8(ascii: " ") { content.removeLast() }
      return String(decoding: content, as: UTF8.self)
    }
    let start = line
    place += 1
    var content: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: "\"") {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
          guard place == bytes.count || isSeparator(bytes[place]) else {
            throw FormatError(
              file: file, place: "line \(line), column \(column)", problem: "text behind a closing quote",
              allowed: "a comma or the end of the line")
          }
          return String(decoding: content, as: UTF8.self)
        }
        place += 1
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      content.append(byte)
    }
    throw FormatError(
      file: file, place: "line \(start), column \(column)", problem: "quotation without an end",
      allowed: "a closing quote")
  }

  private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
}
