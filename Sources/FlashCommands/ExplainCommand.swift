import ArgumentParser
import FlashQueries

struct ExplainCommand: ReportCommand {
  static let isInterruptible = true
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Why a result is the best: the next steps, and what each bound costs.",
    discussion: """
      For every variable of a saved result of 'search' what one step down and one step up does to the objective, to each \
      quantity and to the bounds, and which value alone would be better. Every bound is relaxed by --relax and the \
      question solved anew, which gives the bound's shadow price. Models that the search was given and that do not ship \
      have to be given again.

      EXAMPLE
        flashnas search --format json -o best.json
        flashnas explain best.json
      """)

  @Argument(help: "A saved result of 'search'.") var result: String
  @Option(name: .long, parsing: .unconditional, help: .space) var space: String?
  @OptionGroup var models: ModelOptions
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("How far each bound is relaxed, a share of it (default: 1%).", valueName: "SHARE"))
  var relax: String?
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = ExplainQuery()
    query.file = result
    query.space = space
    query.accuracy = models.accuracy
    query.hardware = models.hardware
    query.relax = relax
    query.seed = output.seed
    return try query.run(isInterrupted: isInterrupted)
  }
}
