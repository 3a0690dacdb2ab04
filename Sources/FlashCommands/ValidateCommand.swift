import ArgumentParser
import FlashQueries

struct ValidateCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check problems, sweeps, profiles, descriptions, models, results, certificates and CSV files.",
    usage: "flashnas validate <files> ... [<options>]",
    discussion: """
      Exit code 65 where any file is wrong, with one line for each on standard error. A certificate of 'search' is proved \
      anew, apart from the search: that its boxes cover the whole space, and that none can hold a better network. Models \
      that the search was given and that do not ship have to be given again.

      EXAMPLE
        flashnas search --format json -o best.json --certificate proof.json
        flashnas validate best.json proof.json
      """)

  @Argument(help: "Files to check.") var files: [String]
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The space whose variables a CSV's columns are (default: the columns are features), or of certificates.",
      valueName: "S"))
  var space: String?
  @OptionGroup var models: ModelOptions
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = ValidateQuery(files: files)
    query.space = space
    query.accuracy = models.accuracy
    query.hardware = models.hardware
    return try query.run()
  }
}
