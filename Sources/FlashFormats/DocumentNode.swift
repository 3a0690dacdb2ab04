internal import Yams

/// A value of a YAML or JSON document, with the line that it stands on.
///
/// The YAML parser's own tree copies whole branches when a key is looked up; this one is made of it once.
struct DocumentNode: Sendable {
  enum Content: Sendable {
    /// A word, a number or a text; plain without quotes.
    case scalar(String, isPlain: Bool)
    /// In the order written.
    case mapping([Entry])
    case sequence([DocumentNode])
    case alias
  }

  struct Entry: Sendable {
    let key: DocumentNode
    var value: DocumentNode

    /// The key's text; `nil` where a list or a mapping stands for it.
    var name: String? { key.text }
  }

  let content: Content
  /// From 1.
  let line: Int?

  var text: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// The same without lines and quotes, keys in order of the alphabet.
  var document: JSONValue {
    switch content {
    case .scalar(let text, _): .string(text)
    case .sequence(let elements): .array(elements.map(\.document))
    case .mapping(let mapping):
      .object(
        Dictionary(
          mapping.map { ($0.name ?? "", $0.value.document) }, uniquingKeysWith: { first, _ in first }))
    case .alias: .null
    }
  }

  init(_ content: Content, line: Int?) {
    self.content = content
    self.line = line
  }

  init(_ node: Node) {
    line = node.mark?.line
    switch node {
    case .scalar(let scalar): content = .scalar(scalar.string, isPlain: scalar.style == .plain)
    case .mapping(let mapping):
      content = .mapping(mapping.map { Entry(key: DocumentNode($0.key), value: DocumentNode($0.value)) })
    case .sequence(let sequence): content = .sequence(sequence.map { DocumentNode($0) })
    case .alias: content = .alias
    }
  }

  /// The document of a JSON text. Complexity: O(bytes).
  init(_ reader: JSONReader) {
    var lines = LineCount(reader.bytes)
    self.init(reader.root, &lines)
  }

  private init(_ node: JSONNode, _ lines: inout LineCount) {
    // Before those of its parts.
    line = lines.line(at: node.range.lowerBound)
    switch node.content {
    case .null: content = .scalar("null", isPlain: true)
    case .bool(let value): content = .scalar(value ? "true" : "false", isPlain: true)
    case .number(let digits): content = .scalar(digits, isPlain: true)
    case .string(let text): content = .scalar(text, isPlain: false)
    case .array(let elements): content = .sequence(elements.map { DocumentNode($0, &lines) })
    case .object(let entries):
      content = .mapping(
        entries.map { entry in
          let value = DocumentNode(entry.value, &lines)
          // A key's own line is not kept; its value begins on the same one in any usual layout.
          return Entry(key: DocumentNode(.scalar(entry.key, isPlain: false), line: value.line), value: value)
        })
    }
  }
}

/// The lines of places that are asked for from left to right.
private struct LineCount {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func line(at place: Int) -> Int {
    while position < place {
      if bytes[position] == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
    return line
  }
}
