import ArgumentParser
public import FlashQueries

/// Requests of programs, answered by the commands of the command line.
public enum Requests {
  /// What a request is answered by.
  public struct Reply: Sendable {
    /// One line of JSON, without a newline.
    public let line: String
    /// The exit code that the command line would end with.
    public let code: Int32
    /// Whether there is a result; an error else.
    public let hasResult: Bool
  }

  /// Answers a line of JSON by a line of JSON, whatever the line holds.
  ///
  /// - Parameters:
  ///   - models: where searches and fronts take their models from.
  ///   - isInterrupted: asked now and then whether to stop with the best so far.
  public static func answer(
    _ line: [UInt8], over models: ModelShelf = ModelShelf(), isInterrupted: @escaping @Sendable () -> Bool
  ) -> Reply {
    do {
      let request = try Request(line)
      do {
        let command = try command(of: request)
        let result =
          try (command as? any DesignCommand)?.answer(over: models, isInterrupted: isInterrupted)
          ?? command.answer(isInterrupted: isInterrupted)
        return Reply(
          line: request.reply(result, timing: command.hasTiming), code: result.exitCode, hasResult: true)
      } catch { return reply(QueryError(error), id: request.id) }
    } catch { return reply(error) }
  }

  /// The answer to a line that is no request.
  public static func reply(_ fault: Request.Fault) -> Reply { reply(fault.error, id: fault.id) }

  private static func reply(_ error: QueryError, id: String) -> Reply {
    Reply(line: Request.reply(error, id: id), code: error.code, hasResult: false)
  }

  /// The designs of a question of `search`, whose options are given one by one, `nil` for one without a value.
  public static func evaluator(_ options: [(name: String, value: String?)]) throws(QueryError) -> DesignEvaluator {
    var arguments: [String] = []
    for (name, value) in options { arguments += try Request.arguments(name, value) }
    do {
      guard let command = try parse(SearchCommand.self, arguments) as? SearchCommand else {
        throw QueryError.usage("search: no question")
      }
      return try DesignEvaluator(command.query)
    } catch { throw QueryError(error) }
  }

  /// Checks that a text can be the name of an option.
  public static func checkOption(_ name: String) throws(QueryError) { _ = try Request.arguments(name, nil) }

  /// The command with its options, parsed as on the command line.
  private static func command(of request: Request) throws -> any QueryCommand {
    let type = try type(of: request.command)
    for order in request.otherOrders { _ = try parse(type, order) }
    guard let command = try parse(type, request.arguments) as? any QueryCommand else {
      throw QueryError.usage("command: no result, found '\(request.command.joined(separator: " "))'")
    }
    return command
  }

  private static func parse(_ type: any ParsableCommand.Type, _ arguments: [String]) throws -> any ParsableCommand {
    // Help and the version, which succeed on the command line, have no result either.
    do { return try type.parseAsRoot(arguments) } catch { throw QueryError.usage(type.message(for: error)) }
  }

  /// The command that words name.
  private static func type(of words: [String]) throws -> any ParsableCommand.Type {
    var type: any ParsableCommand.Type = Flashnas.self
    for word in words {
      let subcommands = type.configuration.subcommands
      guard let next = subcommands.first(where: { $0.configuration.commandName == word }) else {
        throw QueryError.usage(
          "command: unknown, found '\(words.joined(separator: " "))', allowed \(names(Flashnas.self).joined(separator: ", "))"
        )
      }
      type = next
    }
    if !(type is any QueryCommand.Type), let usual = type.configuration.defaultSubcommand { type = usual }
    guard type is any QueryCommand.Type else {
      let allowed = names(type.configuration.subcommands.isEmpty ? Flashnas.self : type, after: words)
      throw QueryError.usage(
        "command: no result, found '\(words.joined(separator: " "))', allowed \(allowed.joined(separator: ", "))")
    }
    return type
  }

  /// The commands with a result.
  private static func names(_ type: any ParsableCommand.Type, after words: [String] = []) -> [String] {
    type.configuration.subcommands.flatMap { subcommand in
      let name = (type is Flashnas.Type ? [] : words) + [subcommand.configuration.commandName ?? ""]
      return (subcommand is any QueryCommand.Type ? [name.joined(separator: " ")] : []) + names(subcommand, after: name)
    }
  }
}
