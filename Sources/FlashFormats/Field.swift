internal import FlashNAS
internal import Yams

/// A value in a YAML or JSON document, with its place for messages. Every key that is not asked for is an error.
struct Field {
  let node: DocumentNode
  let file: String
  let path: String

  /// The root of a document. What is not JSON is read as YAML.
  ///
  /// - Throws: `FormatError` for a text that is not YAML, is nested deeper than 100 levels, or has anchors.
  init(document text: String, file: String) throws(FormatError) {
    if let json = Self.json(text) {
      self.init(node: DocumentNode(json), file: file, path: "")
      return
    }
    try Self.checkNesting(text, file)
    let root: Node?
    // Every scalar stays a text: tags are not looked at, and guessing them by regular expressions takes milliseconds; so
    // does asking the environment for an encoding.
    do { root = try Yams.compose(yaml: text, .basic, .default, .utf8) } catch let error as YamlError {
      if case .duplicatedKeysInMapping(let keys, _) = error {
        throw FormatError(
          file: file, place: Self.place(error), problem: "key stands twice", found: "'\(keys.first ?? "")'")
      }
      throw FormatError(file: file, place: Self.place(error), problem: "not valid YAML or JSON")
    } catch {
      throw FormatError(file: file, problem: "not valid YAML or JSON")
    }
    guard let root else { throw FormatError(file: file, problem: "empty") }
    self.init(node: DocumentNode(root), file: file, path: "")
  }

  /// A text that looks like JSON and is; of any other the YAML parser tells what is wrong.
  private static func json(_ text: String) -> JSONReader? {
    guard let first = text.utf8.first(where: { !JSONReader.isSpace($0) }),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    else { return nil }
    return try? JSONReader(Array(text.utf8), name: "")
  }

  private init(node: DocumentNode, file: String, path: String) {
    self.node = node
    self.file = file
    self.path = path
  }

  private static func place(_ error: YamlError) -> String? {
    switch error {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      "line \(mark.line), column \(mark.column)"
    case .duplicatedKeysInMapping(_, let context): "line \(context.mark.line)"
    default: nil
    }
  }

  /// The parser recurses: a text of a million brackets would end the process. Aliases of aliases make a tree without
  /// end out of a short text, and the parser compares keys through them.
  private static func checkNesting(_ text: String, _ file: String) throws(FormatError) {
    var text = text
    let fault = text.withUTF8 { bytes in
      do throws(FormatError) { try checkNesting(bytes, file) } catch { return error as FormatError? }
      return nil
    }
    if let fault { throw fault }
  }

  private static func checkNesting(_ bytes: UnsafeBufferPointer<UInt8>, _ file: String) throws(FormatError) {
    var depth = 0
    var leading = 0
    var line = 1
    var isLeading = true
    var previous = UInt8(ascii: "\n")
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        if byte == UInt8(ascii: "\n") { line += 1 }
        leading = 0
        isLeading = true
      case UInt8(ascii: " ") where isLeading, UInt8(ascii: "-") where isLeading, UInt8(ascii: "?") where isLeading:
        leading += 1
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        isLeading = false
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        // Brackets in comments and texts count too, but never in favour of later ones.
        depth = max(0, depth - 1)
        isLeading = false
      default: isLeading = false
      }
      guard depth <= 100, leading <= 400 else {
        throw FormatError(file: file, place: "line \(line)", problem: "nested too deeply", allowed: "100 levels")
      }
      guard previous != UInt8(ascii: "&") || !isWord(byte) else {
        throw FormatError(
          file: file, place: "line \(line)", problem: "an anchor", found: "'&'", allowed: "no anchors and aliases")
      }
      // R&D is a text, not an anchor.
      previous = byte == UInt8(ascii: "&") && isWord(previous) ? UInt8(ascii: " ") : byte
    }
  }

  /// Whether a byte can be part of an anchor's name.
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// An error about this value.
  func error(_ problem: String, found: String? = nil, allowed: String? = nil) -> FormatError {
    var place = node.line.map { "line \($0)" } ?? ""
    if !path.isEmpty { place += place.isEmpty ? path : ": \(path)" }
    return FormatError(
      file: file, place: place.isEmpty ? nil : place, problem: problem, found: found, allowed: allowed)
  }

  private var kind: String {
    switch node.content {
    case .scalar(let text, _): "'\(text)'"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  /// Checks that this is a mapping with no keys but these.
  func only(_ keys: [String]) throws(FormatError) {
    guard case .mapping(let mapping) = node.content else {
      throw error("not a mapping", found: kind, allowed: list(keys))
    }
    var seen: [String] = []
    for entry in mapping {
      let name = entry.name ?? "?"
      func error(_ problem: String, allowed: String? = nil) -> FormatError {
        Field(node: entry.key, file: file, path: path).error(problem, found: "'\(name)'", allowed: allowed)
      }
      guard keys.contains(name) else { throw error("unknown key", allowed: list(keys)) }
      guard !seen.contains(name) else { throw error("key stands twice") }
      seen.append(name)
    }
  }

  private func list(_ keys: [String]) -> String { "the keys " + keys.joined(separator: ", ") }

  /// The entries of a mapping in file order.
  func entries() throws(FormatError) -> [(key: String, value: Field)] {
    guard case .mapping(let mapping) = node.content else {
      throw error("not a mapping", found: kind, allowed: "keys with values")
    }
    var entries: [(key: String, value: Field)] = []
    var names: Set<String> = []
    for entry in mapping {
      guard let name = entry.name else {
        throw error("not a key", found: "a list or a mapping", allowed: "a word")
      }
      guard names.insert(name).inserted else {
        throw Field(node: entry.key, file: file, path: path).error("key stands twice", found: "'\(name)'")
      }
      entries.append((name, child(entry.value, name)))
    }
    return entries
  }

  private func child(_ value: DocumentNode, _ key: String) -> Field {
    Field(node: value, file: file, path: path.isEmpty ? key : "\(path).\(key)")
  }

  /// The same mapping with another value for one of its keys.
  func replacing(_ key: String, with value: DocumentNode) -> Field {
    guard case .mapping(var mapping) = node.content else { return self }
    for index in mapping.indices where mapping[index].name == key { mapping[index].value = value }
    return Field(node: DocumentNode(.mapping(mapping), line: node.line), file: file, path: path)
  }

  /// The same mapping with another value at a path of keys; mappings that are missing on the way are made.
  ///
  /// - Throws: `FormatError` where the path leads through a value that is no mapping.
  func setting(_ keys: ArraySlice<String>, to value: DocumentNode) throws(FormatError) -> Field {
    guard let key = keys.first else { return Field(node: value, file: file, path: path) }
    guard case .mapping(var mapping) = node.content else {
      throw error("not a mapping", found: kind, allowed: "'\(key)' in it")
    }
    let place = mapping.firstIndex { $0.name == key }
    let new = try child(place.map { mapping[$0].value } ?? DocumentNode(.mapping([]), line: nil), key)
      .setting(keys.dropFirst(), to: value).node
    if let place {
      mapping[place].value = new
    } else {
      mapping.append(DocumentNode.Entry(key: DocumentNode(.scalar(key, isPlain: true), line: nil), value: new))
    }
    return Field(node: DocumentNode(.mapping(mapping), line: node.line), file: file, path: path)
  }

  /// What a digest is made of: words as they stand, lists, and mappings with their keys in order of the alphabet.
  var document: JSONValue { node.document }

  /// The mapping without keys, for a document that leaves one out.
  var emptyMapping: Field { Field(node: DocumentNode(.mapping([]), line: nil), file: file, path: path) }

  /// A word in this value's place.
  func word(_ text: String) -> Field {
    Field(node: DocumentNode(.scalar(text, isPlain: true), line: node.line), file: file, path: path)
  }

  /// The value of a key, `nil` where the key is absent.
  func optional(_ key: String) throws(FormatError) -> Field? {
    if case .mapping(let mapping) = node.content {
      var place: Int?
      var isSound = true
      for index in mapping.indices {
        guard let name = mapping[index].name else {
          isSound = false
          break
        }
        guard name == key else { continue }
        isSound = place == nil
        place = index
      }
      if isSound { return place.map { child(mapping[$0].value, key) } }
    }
    // Not a mapping, or a damaged one: the error is that of its entries.
    return try entries().first { $0.key == key }?.value
  }

  /// The value of a key.
  func required(_ key: String) throws(FormatError) -> Field {
    guard let field = try optional(key) else { throw error("key missing", allowed: "'\(key)'") }
    return field
  }

  /// Whether the value is `null` or left out.
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = node.content else { return false }
    return ["null", "~", ""].contains(text)
  }

  /// Whether the value is keys with values.
  var isMapping: Bool {
    if case .mapping = node.content { true } else { false }
  }

  /// Whether the value is a list.
  var isList: Bool {
    if case .sequence = node.content { true } else { false }
  }

  /// The elements of a list.
  func elements() throws(FormatError) -> [Field] {
    guard case .sequence(let sequence) = node.content else { throw error("not a list", found: kind, allowed: "a list") }
    return sequence.enumerated().map { Field(node: $1, file: file, path: "\(path)[\($0)]") }
  }

  /// A word.
  func string() throws(FormatError) -> String {
    guard let text = node.text else { throw error("not a word", found: kind, allowed: "one word or text") }
    return text
  }

  /// An integer within a range.
  func integer(in range: ClosedRange<Int> = 0...Int.max) throws(FormatError) -> Int {
    let text = try string()
    guard let value = Numeral.integer(text), range ~= value else {
      let upper =
        range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
      throw error("not an integer in range", found: "'\(text)'", allowed: upper)
    }
    return value
  }

  /// `true` or `false`.
  func boolean() throws(FormatError) -> Bool {
    switch try string() {
    case "true": return true
    case "false": return false
    case let text: throw error("not true or false", found: "'\(text)'", allowed: "true, false")
    }
  }

  /// A variable's value: a number, or a category's word.
  func variableValue() throws(FormatError) -> SpaceVariable.Value {
    let text = try string()
    return try Tie(text)?.variable == text ? .word(text) : .integer(integer())
  }

  /// A finite number.
  func number() throws(FormatError) -> Double {
    let text = try string()
    guard let value = Numeral.double(text) else {
      throw error("not a number", found: "'\(text)'", allowed: "a finite number")
    }
    return value
  }

  /// A list of finite numbers.
  func numbers() throws(FormatError) -> [Double] {
    var values: [Double] = []
    for element in try elements() { values.append(try element.number()) }
    return values
  }

  /// A value with its unit, in SI (mm² for area).
  func value(_ unit: Unit) throws(FormatError) -> Double {
    let text = try string()
    guard let value = unit.parse(text) else {
      throw error("not a value of this quantity", found: "'\(text)'", allowed: unit.allowed)
    }
    return value
  }

  /// Checks the schema line: `flashnas.NAME/1`.
  func schema(_ name: String) throws(FormatError) {
    let field = try required("schema")
    let text = try field.string()
    guard let slash = text.lastIndex(of: "/"), let version = Self.version(text[text.index(after: slash)...]),
      text[..<slash] == "flashnas.\(name)"
    else { throw field.error("another kind of file", found: "'\(text)'", allowed: "flashnas.\(name)/1") }
    guard version <= 1 else {
      throw field.error("a newer schema than this version reads", found: "'\(text)'", allowed: "flashnas.\(name)/1")
    }
  }

  /// A version of any size: all that are too large for an integer are newer.
  private static func version(_ digits: Substring) -> Int? {
    let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    return isNumber ? Int(digits) ?? .max : nil
  }
}
