import ArgumentParser
import FlashQueries

struct ListCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "What there is: \(ListQuery.kinds.joined(separator: ", ")).",
    usage: "flashnas list <KIND> [<options>]",
    discussion: """
      EXAMPLE
        flashnas list spaces
      """)

  @Argument(help: ArgumentHelp("One of \(ListQuery.kinds.joined(separator: ", ")).", valueName: "KIND"))
  var kind: String
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult { try ListQuery(kind: kind).run() }
}
