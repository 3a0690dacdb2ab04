internal import FlashFormats

/// A question that a program asks, as the command line would be asked it.
public struct Request: Sendable {
  /// The id as JSON, as it came; `null` where there is none.
  public let id: String
  /// The words of the command, such as `fit accuracy`.
  public let command: [String]
  /// What follows them on the command line.
  public let arguments: [String]
  /// Other orders that have to be understood too: with each flag at the end, where an option that takes a value would have
  /// none; and with those that were set to false, of which the command line says nothing.
  public let otherOrders: [[String]]

  /// A line that is no request, with the id where that could be read.
  public struct Fault: Error {
    public let id: String
    public let error: QueryError
  }

  /// The most bytes of a request.
  public static let limit = RequestLine.limit

  /// What a line that is longer is answered by.
  public static let tooLong = Fault(id: "null", error: QueryError(RequestLine.tooLong))

  /// Options that say where a result goes, which in a request is the answer, or that ask the terminal.
  private static let refused: Set = [
    "format", "output", "o", "quiet", "q", "verbose", "v", "help", "h", "version", "generate-completion-script",
  ]

  /// Reads a request.
  public init(_ line: [UInt8]) throws(Fault) {
    let read: RequestLine
    do { read = try RequestLine(line) } catch { throw Fault(id: error.id, error: QueryError(error.error)) }
    id = read.id
    command = read.command
    do {
      let others = try Self.argumentsWithoutFlags(read)
      var (set, all): ([[String]], [[String]]) = ([], [])
      for case (let name, .flag(let isSet)) in read.options {
        all.append(try Self.arguments(name, nil))
        if isSet { set.append(all[all.count - 1]) }
      }
      arguments = others + set.joined()
      otherOrders = all.filter { $0 != set.last }.map { flag in others + set.filter { $0 != flag }.joined() + flag }
    } catch { throw Fault(id: read.id, error: error) }
  }

  private static func argumentsWithoutFlags(_ read: RequestLine) throws(QueryError) -> [String] {
    var arguments = read.arguments
    for argument in arguments {
      try check(argument, "arguments")
      guard !argument.hasPrefix("-") else {
        throw .usage(
          "arguments: an option, found '\(argument)', allowed options under 'options', and a file as './-name'")
      }
    }
    for case (let name, .values(let values)) in read.options {
      for value in values { arguments += try Self.arguments(name, value) }
    }
    return arguments + ["--format=json", "--quiet"]
  }

  /// What the command line is given for an option, named without dashes; `nil` for one without a value.
  public static func arguments(_ name: String, _ value: String?) throws(QueryError) -> [String] {
    guard RequestLine.isName(name) else { throw QueryError(RequestLine.notAnOption(name)) }
    guard !refused.contains(name) else {
      throw .usage("options.\(name): not in a request, whose result is the answer")
    }
    // One letter is a short name.
    let isShort = name.utf8.count == 1
    let option = isShort ? "-\(name)" : "--\(name)"
    guard let value else { return [option] }
    try check(value, "options.\(name)")
    return isShort ? [option, value] : ["\(option)=\(value)"]
  }

  private static func check(_ value: String, _ place: String) throws(QueryError) {
    guard value != "-" else {
      throw .usage("\(place): standard input, found '-', allowed the name of a file")
    }
  }
}

extension Request {
  /// The line that answers with a result.
  ///
  /// - Parameter timing: whether the result has its timing.
  public func reply(_ result: QueryResult, timing: Bool) -> String {
    var document = result.document
    if !timing { document["timing"] = nil }
    var reply = "{\"id\":\(id),\"result\":\(JSONValue.object(document).text(compact: true))"
    if result.exitCode != 0 { reply += ",\"code\":\(result.exitCode)" }
    if !result.notices.isEmpty {
      reply +=
        ",\"notices\":\(JSONValue.array(result.notices.map { .string(FormatError.line($0)) }).text(compact: true))"
    }
    return reply + "}"
  }

  /// The line that answers with an error.
  ///
  /// - Parameter id: the request's, as JSON.
  public static func reply(_ error: QueryError, id: String) -> String {
    let document: JSONValue = ["code": .integer(Int(error.code)), "message": .string(error.message)]
    return "{\"id\":\(id),\"error\":\(document.text(compact: true))}"
  }
}
