/// A value of a JSON text: a number keeps its digits, and every value the place where it stands.
public struct JSONNode: Sendable {
  public enum Content: Sendable {
    case null
    case bool(Bool)
    /// The digits as they were written.
    case number(String)
    case string(String)
    case array([JSONNode])
    /// In the order written, each key once.
    case object([(key: String, value: JSONNode)])
  }

  public let content: Content
  /// The bytes of the text that it takes up.
  public let range: Range<Int>
}

/// A JSON text that was read as RFC 8259 has it: UTF-8, no comments, no trailing commas, keys that stand once.
///
/// A text of a program is read to the letter, and its values can be given back as they came; documents, which people write
/// in YAML too, are read by this where they are JSON.
public struct JSONReader: Sendable {
  /// The most levels of lists and objects, so that no text ends the process.
  public static let depthLimit = 100

  public let bytes: [UInt8]
  public let root: JSONNode

  /// - Parameter name: what messages call the text.
  /// - Throws: `FormatError` with the column, from 1 and in bytes, of the first fault.
  public init(_ bytes: [UInt8], name: String) throws(FormatError) {
    var scanner = JSONScanner(bytes, name: name)
    self.bytes = bytes
    root = try scanner.document()
  }

  /// Whether a byte is white space between values.
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  /// A value as it was written, without the white space between its parts.
  public func text(of node: JSONNode) -> String {
    var text: [UInt8] = []
    var isInString = false
    var isEscaped = false
    for byte in bytes[node.range] where isInString || !Self.isSpace(byte) {
      text.append(byte)
      if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
      isEscaped = isInString && byte == UInt8(ascii: "\\") && !isEscaped
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Goes over the bytes of a JSON text once, from left to right.
private struct JSONScanner {
  private let bytes: [UInt8]
  private let name: String
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  mutating func document() throws(FormatError) -> JSONNode {
    if let zero = bytes.firstIndex(of: 0) { throw error("not valid JSON", found: "a NUL byte", at: zero) }
    skipSpace()
    guard position < bytes.count else { throw FormatError(file: name, problem: "empty", allowed: "JSON") }
    let root = try value()
    skipSpace()
    guard position == bytes.count else { throw unexpected("the end") }
    return root
  }

  private func error(_ problem: String, found: String? = nil, allowed: String? = nil, at place: Int) -> FormatError {
    FormatError(file: name, place: "column \(place + 1)", problem: problem, found: found, allowed: allowed)
  }

  /// An error about what stands here.
  private func unexpected(_ allowed: String) -> FormatError {
    guard position < bytes.count else {
      return error("not valid JSON", found: "the end", allowed: allowed, at: position)
    }
    let byte = bytes[position]
    let found = byte > 0x20 && byte < 0x7F ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    return error("not valid JSON", found: found, allowed: allowed, at: position)
  }

  private mutating func skipSpace() {
    while position < bytes.count, JSONReader.isSpace(bytes[position]) { position += 1 }
  }

  /// Steps over a byte, if it stands here.
  private mutating func skip(_ byte: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(FormatError) -> JSONNode {
    let start = position
    let content: JSONNode.Content
    switch position < bytes.count ? bytes[position] : 0 {
    case UInt8(ascii: "{"): content = .object(try nested { (scanner) throws(FormatError) in try scanner.entries() })
    case UInt8(ascii: "["): content = .array(try nested { (scanner) throws(FormatError) in try scanner.elements() })
    case UInt8(ascii: "\""): content = .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): content = .number(try number())
    default: content = try word()
    }
    return JSONNode(content: content, range: start..<position)
  }

  private mutating func nested<Result>(
    _ body: (inout JSONScanner) throws(FormatError) -> Result
  ) throws(FormatError) -> Result {
    depth += 1
    guard depth <= JSONReader.depthLimit else {
      throw error("nested too deeply", allowed: "\(JSONReader.depthLimit) levels", at: position)
    }
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  private mutating func elements() throws(FormatError) -> [JSONNode] {
    var elements: [JSONNode] = []
    skipSpace()
    if skip("]") { return elements }
    while true {
      skipSpace()
      elements.append(try value())
      skipSpace()
      if skip("]") { return elements }
      guard skip(",") else { throw unexpected("',' or ']'") }
    }
  }

  private mutating func entries() throws(FormatError) -> [(key: String, value: JSONNode)] {
    var entries: [(key: String, value: JSONNode)] = []
    var names: Set<String> = []
    skipSpace()
    if skip("}") { return entries }
    while true {
      skipSpace()
      let start = position
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
      let key = try string()
      guard names.insert(key).inserted else { throw error("key stands twice", found: "'\(key)'", at: start) }
      skipSpace()
      guard skip(":") else { throw unexpected("':'") }
      skipSpace()
      entries.append((key, try value()))
      skipSpace()
      if skip("}") { return entries }
      guard skip(",") else { throw unexpected("',' or '}'") }
    }
  }

  private mutating func word() throws(FormatError) -> JSONNode.Content {
    for (word, content) in [("null", JSONNode.Content.null), ("true", .bool(true)), ("false", .bool(false))]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return content
    }
    throw unexpected("a value")
  }

  private mutating func number() throws(FormatError) -> String {
    let start = position
    _ = skip("-")
    if !skip("0") { try digits() }
    if skip(".") { try digits() }
    if skip("e") || skip("E") {
      if !skip("+") { _ = skip("-") }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(FormatError) {
    let start = position
    while position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] { position += 1 }
    guard position > start else { throw unexpected("a digit") }
  }

  private mutating func string() throws(FormatError) -> String {
    position += 1
    var text: [UInt8] = []
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(validating: text, as: UTF8.self) else {
          throw error("not valid JSON", found: "bytes that are not UTF-8", allowed: "UTF-8", at: start)
        }
        return text
      case UInt8(ascii: "\\"):
        position += 1
        text += String(Character(try escape())).utf8
      case ..<0x20: throw unexpected("a character, or its escape")
      case let byte:
        text.append(byte)
        position += 1
      }
    }
    throw unexpected("'\"'")
  }

  private static let escapes: [UInt8: Unicode.Scalar] = [
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
    UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
  ]

  /// What follows a backslash.
  private mutating func escape() throws(FormatError) -> Unicode.Scalar {
    let start = position
    if position < bytes.count, let scalar = Self.escapes[bytes[position]] {
      position += 1
      return scalar
    }
    guard skip("u") else { throw unexpected("an escape: \" \\ / b f n r t or u with four digits") }
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    // A pair of surrogates.
    guard first < 0xDC00, skip("\\"), skip("u") else { throw loneSurrogate(start) }
    let second = try fourDigits()
    guard 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw loneSurrogate(start) }
    return scalar
  }

  private func loneSurrogate(_ place: Int) -> FormatError {
    error("not valid JSON", found: "half a pair of surrogates", allowed: "a Unicode character", at: place)
  }

  private mutating func fourDigits() throws(FormatError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count, bytes[position] < 0x80,
        let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else { throw unexpected("a hexadecimal digit") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
