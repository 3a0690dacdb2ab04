internal import FlashFormats

/// The manual page of the program, in the macros of man(7), from what its parser says of itself.
public struct ManualPage {
  public let text: String

  /// - Parameter help: the parser's dump of every command and option, in JSON.
  /// - Throws: `QueryError` (1) where the dump is not one.
  public init(help: String) throws(QueryError) {
    do {
      let dump = try JSONReader(Array(help.utf8), name: "help").root["command"]
      guard let program = dump else { throw QueryError.failed("help: no command") }
      text = Self.page(program)
    } catch { throw QueryError(error) }
  }

  private static func page(_ program: JSONNode) -> String {
    let name = program.word("commandName")
    var page = """
      .TH \(name.uppercased()) 1 "" "\(name) \(toolkitVersion)" "User Commands"
      .SH NAME
      \(escaped(name)) \\- \(escaped(program.word("abstract")))
      .SH SYNOPSIS
      .B \(escaped(name))
      .I command
      [\\fIoptions\\fR]
      .SH DESCRIPTION\n
      """
    page += paragraphs(program.word("discussion")) + ".SH COMMANDS\n"
    for command in program.list("subcommands") { page += section(command, after: [name]) }
    return page
  }

  /// A command, with those below it.
  private static func section(_ command: JSONNode, after words: [String]) -> String {
    let name = command.word("commandName")
    guard name != "help", command["shouldDisplay"]?.isTrue != false else { return "" }
    let words = words + [name]
    let arguments = command.list("arguments").filter { $0["shouldDisplay"]?.isTrue != false }
    let operands = arguments.filter { $0.word("kind") == "positional" }.map(operand)
    var text = ".SS " + ([escaped(words.joined(separator: " "))] + operands).joined(separator: " ") + "\n"
    text += escaped(command.word("abstract")) + "\n.PP\n" + paragraphs(command.word("discussion"))
    for argument in arguments {
      text += ".TP\n\(title(argument))\n\(escaped(argument.word("abstract")))\n"
    }
    for subcommand in command.list("subcommands") { text += section(subcommand, after: words) }
    return text
  }

  private static func operand(_ argument: JSONNode) -> String {
    let name = "\\fI\(escaped(argument.word("valueName")))\\fR"
    let some = argument["isRepeating"]?.isTrue == true ? "\(name) \\[u2026]" : name
    return argument["isOptional"]?.isTrue == true ? "[\(some)]" : some
  }

  /// An option with its names and its value, or an operand.
  private static func title(_ argument: JSONNode) -> String {
    let names = argument.list("names").map { name in
      "\\fB\(escaped((name.word("kind") == "long" ? "--" : "-") + name.word("name")))\\fR"
    }
    guard !names.isEmpty else { return operand(argument) }
    let value = argument.word("kind") == "option" ? " \\fI\(escaped(argument.word("valueName")))\\fR" : ""
    return names.joined(separator: ", ") + value
  }

  /// Prose as paragraphs; indented lines, such as examples, as they are.
  private static func paragraphs(_ text: String) -> String {
    var result = ""
    var isVerbatim = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isIndented = line.first == " "
      if isIndented != isVerbatim, !line.isEmpty {
        result += isIndented ? ".nf\n" : ".fi\n"
        isVerbatim = isIndented
      }
      let isHeading = !line.isEmpty && line.allSatisfy { $0.isUppercase || $0 == " " }
      result += line.isEmpty ? ".PP\n" : isHeading ? ".PP\n.B \(escaped(line))\n" : escaped(line) + "\n"
    }
    return result + (isVerbatim ? ".fi\n" : "") + ".PP\n"
  }

  /// The text with nothing in it that troff would take for its own.
  private static func escaped(_ text: some StringProtocol) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case ".", "'": result += result.isEmpty ? "\\&\(scalar)" : "\(scalar)"
      case _ where !scalar.isASCII:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension JSONNode {
  /// The value of a key; `nil` where this is no object or the key is absent.
  fileprivate subscript(key: String) -> JSONNode? {
    guard case .object(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// The text of a key, empty where there is none.
  fileprivate func word(_ key: String) -> String {
    guard case .string(let text)? = self[key]?.content else { return "" }
    return text
  }

  /// The list of a key, empty where there is none.
  fileprivate func list(_ key: String) -> [JSONNode] {
    guard case .array(let nodes)? = self[key]?.content else { return [] }
    return nodes
  }

  fileprivate var isTrue: Bool { if case .bool(true) = content { true } else { false } }
}
