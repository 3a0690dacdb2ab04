/// XML 1.0 (https://www.w3.org/TR/xml/), as far as plots use it: a declaration, elements with quoted attributes, texts
/// with the five named references.
struct XMLSample {
  struct Fault: Error { let rest: String }
  struct Element: Equatable {
    let name: String
    let attributes: [String: String]
    var text = ""

    func number(_ key: String) -> Double? { attributes[key].flatMap(Double.init) }
  }

  /// Every element, in the order of their starts, with the text that is directly in it.
  private(set) var elements: [Element] = []
  private var rest: Substring

  init(_ text: String) throws {
    rest = text[...]
    try expect("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    try element()
    guard rest == "\n" else { throw fault }
  }

  func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

  private var fault: Fault { Fault(rest: String(rest.prefix(40))) }

  private mutating func takes(_ token: String) -> Bool {
    guard rest.hasPrefix(token) else { return false }
    rest = rest.dropFirst(token.count)
    return true
  }

  private mutating func expect(_ token: String) throws { guard takes(token) else { throw fault } }

  private mutating func name() throws -> String {
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0 == "-") }
    guard !name.isEmpty else { throw fault }
    rest = rest.dropFirst(name.count)
    return String(name)
  }

  /// Text up to one of two characters, its references resolved.
  private mutating func characters(upTo end: Character) throws -> String {
    var text = ""
    while let next = rest.first, next != end {
      guard next != "<" else { throw fault }
      guard next == "&" else {
        let isAllowed = next.unicodeScalars.allSatisfy {
          $0 == "\n" || $0.value >= 0x20 && $0 != "\u{FFFE}" && $0 != "\u{FFFF}"
        }
        guard isAllowed else { throw fault }
        text.append(rest.removeFirst())
        continue
      }
      let named = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&apos;": "'"]
      guard let reference = named.first(where: { rest.hasPrefix($0.key) }) else { throw fault }
      rest = rest.dropFirst(reference.key.count)
      text += reference.value
    }
    return text
  }

  private mutating func element() throws {
    try expect("<")
    let name = try name()
    var attributes: [String: String] = [:]
    while takes(" ") {
      let key = try self.name()
      try expect("=\"")
      guard attributes.updateValue(try characters(upTo: "\""), forKey: key) == nil else { throw fault }
      try expect("\"")
    }
    let place = elements.count
    elements.append(Element(name: name, attributes: attributes))
    if takes("/>") { return }
    try expect(">")
    while true {
      elements[place].text += try characters(upTo: "<")
      if takes("</") { break }
      try element()
    }
    try expect("\(name)>")
  }
}
