/// A state machine over the bytes of a CSV text (RFC 4180) with a header. It keeps one row at a time, as places in the
/// text, so that a log of millions of rows is read without a string for each field.
struct CSVParser {
  /// Where a field's content lies.
  struct Field {
    let range: Range<Int>
    /// Whether quotes stand in it, each written twice.
    var hasQuotes = false
  }

  let file: String
  private(set) var header: [String] = []
  /// The fields of the row that `next` read last.
  private(set) var fields: [Field] = []
  private let bytes: [UInt8]
  private var place = 0
  private var line = 1
  private var hasRows = false

  /// Reads the header.
  ///
  /// - Throws: `FormatError` for no header, or an empty or repeated column name.
  init(text: String, file: String) throws(FormatError) {
    bytes = Array(text.utf8)
    self.file = file
    guard let line = try row() else { throw FormatError(file: file, problem: "empty") }
    header = fields.map(string)
    var names: Set<String> = []
    for (index, name) in header.enumerated() {
      let place = "line \(line), column \(index + 1)"
      guard !name.isEmpty else {
        throw FormatError(file: file, place: place, problem: "empty column name", allowed: "a name")
      }
      guard names.insert(name).inserted else {
        throw FormatError(file: file, place: place, problem: "column name stands twice", found: "'\(name)'")
      }
    }
  }

  /// Reads the next row into `fields`; the result is the line in which it starts, or `nil` at the end of the text.
  ///
  /// - Throws: `FormatError` for a row longer or shorter than the header, an open quotation, text behind a closing quote,
  ///   or no rows at all. Complexity: O(bytes of the row).
  mutating func next() throws(FormatError) -> Int? {
    guard let line = try row() else {
      guard hasRows else {
        throw FormatError(file: file, problem: "no rows below the header", allowed: "one or more")
      }
      return nil
    }
    guard fields.count == header.count else {
      throw FormatError(
        file: file, place: "line \(line)",
        problem: fields.count > header.count ? "row longer than the header" : "row shorter than the header",
        found: Display.counted(fields.count, "field"), allowed: "\(header.count)")
    }
    hasRows = true
    return line
  }

  /// The bytes of a field, its quotes as they are written.
  func content(_ field: Field) -> ArraySlice<UInt8> { bytes[field.range] }

  /// A field as text.
  func string(_ field: Field) -> String {
    guard field.hasQuotes else { return String(decoding: bytes[field.range], as: UTF8.self) }
    var content: [UInt8] = []
    var place = field.range.lowerBound
    while place < field.range.upperBound {
      content.append(bytes[place])
      place += bytes[place] == UInt8(ascii: "\"") ? 2 : 1
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// The next row that is not blank; `""` alone is a row with one empty field.
  private mutating func row() throws(FormatError) -> Int? {
    while place < bytes.count {
      let start = line
      let isQuoted = bytes[place] == UInt8(ascii: "\"")
      try split()
      if fields.count > 1 || !fields[0].range.isEmpty || isQuoted { return start }
    }
    return nil
  }

  private mutating func split() throws(FormatError) {
    fields.removeAll(keepingCapacity: true)
    while true {
      fields.append(try field(fields.count + 1))
      guard place < bytes.count else { return }
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: ","): continue
      case UInt8(ascii: "\r"):
        if place < bytes.count, bytes[place] == UInt8(ascii: "\n") { place += 1 }
      default: break
      }
      line += 1
      return
    }
  }

  /// A field; spaces around one without quotes are not part of it.
  private mutating func field(_ column: Int) throws(FormatError) -> Field {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
      var start = place
      while place < bytes.count, !isSeparator(bytes[place]) { place += 1 }
      var end = place
      while start < end, bytes[start] == UInt8(ascii: " ") { start += 1 }
      while start < end, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
      return Field(range: start..<end)
    }
    return try quotedField(column)
  }

  private mutating func quotedField(_ column: Int) throws(FormatError) -> Field {
    let firstLine = line
    place += 1
    let start = place
    var hasQuotes = false
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
          return Field(range: start..<(place - 1), hasQuotes: hasQuotes)
        }
        hasQuotes = true
        place += 1
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
    }
    throw FormatError(
      file: file, place: "line \(firstLine), column \(column)", problem: "quotation without an end",
      allowed: "a closing quote")
  }

  private func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
}
