/// A question that a program asks on one line: a command, its arguments and its options.
///
///     {"id": 7, "command": "search", "arguments": [], "options": {"min-accuracy": "86%", "seed": 1}}
public struct RequestLine: Sendable {
  /// The most bytes of a line (chosen).
  public static let limit = 1 << 20
  /// What messages call the line.
  private static let name = "request"

  /// What an option is given.
  public enum Setting: Sendable, Equatable {
    case flag(Bool)
    /// The value as the command line has it; several of an option that may be repeated.
    case values([String])
  }

  /// A line that is no request.
  public struct Fault: Error {
    /// The request's id where it could be read, else `null`, as JSON.
    public let id: String
    public let error: FormatError
  }

  /// The id as JSON, as it came; `null` where there is none.
  public let id: String
  /// The words of the command, such as `fit accuracy`.
  public let command: [String]
  public let arguments: [String]
  /// Options in the order given, their names as on the command line without dashes.
  public let options: [(name: String, setting: Setting)]

  public init(_ bytes: [UInt8]) throws(Fault) {
    guard bytes.count <= Self.limit else { throw Fault(id: "null", error: Self.tooLong) }
    let reader: JSONReader
    do { reader = try JSONReader(bytes, name: Self.name) } catch { throw Fault(id: "null", error: error) }
    guard case .object(let entries) = reader.root.content else {
      throw Fault(id: "null", error: Self.error(nil, "not an object", reader.text(of: reader.root)))
    }
    let id = entries.first { $0.key == "id" }.map { reader.text(of: $0.value) } ?? "null"
    do throws(FormatError) {
      var (command, arguments, options): ([String], [String], [(String, Setting)]) = ([], [], [])
      for (key, value) in entries {
        switch key {
        case "id": break
        case "command": command = try Self.words(value, reader)
        case "arguments": arguments = try Self.texts(value, key, reader)
        case "options": options = try Self.settings(value, reader)
        default:
          throw Self.error(nil, "unknown key", "'\(key)'", allowed: "the keys id, command, arguments, options")
        }
      }
      guard !command.isEmpty else { throw Self.error(nil, "key missing", nil, allowed: "'command'") }
      (self.id, self.command, self.arguments, self.options) = (id, command, arguments, options)
    } catch { throw Fault(id: id, error: error) }
  }

  /// The error of a line that is over the limit.
  public static let tooLong = error(nil, "too long", nil, allowed: "at most \(limit >> 20) MiB")

  private static func error(
    _ place: String?, _ problem: String, _ found: String?, allowed: String? = nil
  ) -> FormatError {
    FormatError(file: name, place: place, problem: problem, found: found, allowed: allowed)
  }

  private static func words(_ node: JSONNode, _ reader: JSONReader) throws(FormatError) -> [String] {
    guard case .string(let text) = node.content else {
      throw error("command", "not a text", reader.text(of: node), allowed: "a command such as \"search\"")
    }
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.allSatisfy({ isName($0) }) else {
      throw error("command", "not a command", "'\(text)'", allowed: "words of letters, such as fit accuracy")
    }
    return words
  }

  /// The error of a text that can be no option's name.
  public static func notAnOption(_ name: String) -> FormatError {
    error("options", "not an option", "'\(name)'", allowed: "names such as min-accuracy, without dashes before")
  }

  /// Whether a text is a lower-case letter, then such letters, digits and single dashes.
  public static func isName(_ text: String) -> Bool {
    text.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy { ("a"..."z").contains(Unicode.Scalar($0)) || 0x30...0x39 ~= $0 }
    } && text.first?.isLetter == true
  }

  private static func texts(_ node: JSONNode, _ place: String, _ reader: JSONReader) throws(FormatError) -> [String] {
    guard case .array(let nodes) = node.content else {
      throw error(place, "not a list", reader.text(of: node), allowed: "a list of texts and numbers")
    }
    var texts: [String] = []
    for (index, node) in nodes.enumerated() { texts.append(try text(node, "\(place)[\(index)]", reader)) }
    return texts
  }

  private static func text(_ node: JSONNode, _ place: String, _ reader: JSONReader) throws(FormatError) -> String {
    switch node.content {
    case .string(let text):
      // What the command line cannot hold: file names would end there.
      guard !text.utf8.contains(0) else { throw error(place, "not a text", "a NUL character") }
      return text
    case .number(let digits): return digits
    default: throw error(place, "not a value", reader.text(of: node), allowed: "a text or a number")
    }
  }

  private static func settings(
    _ node: JSONNode, _ reader: JSONReader
  ) throws(FormatError) -> [(name: String, setting: Setting)] {
    guard case .object(let entries) = node.content else {
      throw error("options", "not an object", reader.text(of: node), allowed: "names and values of options")
    }
    var settings: [(name: String, setting: Setting)] = []
    for (name, value) in entries {
      guard isName(name) else { throw notAnOption(name) }
      let place = "options.\(name)"
      switch value.content {
      case .bool(let isSet): settings.append((name, .flag(isSet)))
      case .array: settings.append((name, .values(try texts(value, place, reader))))
      case .null, .object:
        throw error(
          place, "not a value", reader.text(of: value), allowed: "a text, a number, true, false, or a list of values")
      case .string, .number: settings.append((name, .values([try text(value, place, reader)])))
      }
    }
    return settings
  }
}
