public import FlashNAS

/// A JSON document. Objects keep their keys sorted when printed.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case unsigned(UInt64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// A number, or null where there is none.
  public init(_ value: Double?) { self = value.map(JSONValue.number) ?? .null }

  /// A number, or null where there is none or it is not finite.
  public init(finite value: Double?) { self = value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }

  /// The text, keys sorted, two spaces a level, or on one line when `compact`.
  ///
  /// Doubles are printed as the shortest text that reads back the same. - Precondition: numbers are finite.
  public func text(compact: Bool = false) -> String {
    var text = ""
    write(to: &text, indent: compact ? nil : 0)
    return text
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .unsigned(let value): text += String(value)
    case .number(let value):
      precondition(value.isFinite, "results hold finite numbers only")
      text += value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    case .string(let value): Self.write(value, to: &text)
    case .array(let values):
      Self.write(values, brackets: ("[", "]"), indent: indent, to: &text) { value, text, indent in
        value.write(to: &text, indent: indent)
      }
    case .object(let entries):
      let sorted = entries.sorted { $0.key < $1.key }
      Self.write(sorted, brackets: ("{", "}"), indent: indent, to: &text) { entry, text, indent in
        Self.write(entry.key, to: &text)
        text += indent == nil ? ":" : ": "
        entry.value.write(to: &text, indent: indent)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], brackets: (String, String), indent: Int?, to text: inout String,
    each: (Element, inout String, Int?) -> Void
  ) {
    text += brackets.0
    let inner = indent.map { $0 + 2 }
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      each(element, &text, inner)
    }
    if let indent, !elements.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
    text += brackets.1
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONValue {
  /// A variable's value: a number or a word.
  public init(_ value: SpaceVariable.Value) {
    switch value {
    case .integer(let number): self = .integer(number)
    case .word(let word): self = .string(word)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(uniqueKeysWithValues: elements))
  }
}
