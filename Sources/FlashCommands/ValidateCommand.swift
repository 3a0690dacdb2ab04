import ArgumentParser
import FlashQueries

struct ValidateCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check problems, profiles, descriptions, models, results and CSV files.",
    usage: "flashnas validate <files> ... [<options>]",
    discussion: """
      Exit code 65 where any file is wrong, with one line for each on standard error.

      EXAMPLE
        flashnas search --format json -o best.json
        flashnas validate best.json
      """)

  @Argument(help: "Files to check.") var files: [String]
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The space whose variables a CSV's columns are (default: the columns are features).", valueName: "S"))
  var space: String?
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = ValidateQuery(files: files)
    query.space = space
    return try query.run()
  }
}
