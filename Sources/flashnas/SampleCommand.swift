import ArgumentParser
import FlashQueries

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Which configurations to train or to measure.",
    usage: "flashnas sample --space <S> --count <N> [<options>]",
    discussion: """
      Distinct points of a space, spread evenly over it; a smaller plan of one seed begins a larger one.

      EXAMPLE
        flashnas sample --space dense3-fashion -n 25 --format csv -o plan.csv
      """)

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("A space's name, one of 'flashnas list spaces'.", valueName: "S"))
  var space: String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("How they are chosen: sobol, a randomly shifted Sobol sequence.", valueName: "NAME"))
  var design = "sobol"
  @Option(
    name: [.customShort("n"), .customLong("count")], parsing: .unconditional,
    help: ArgumentHelp("How many configurations, 1 to 100000.", valueName: "N"))
  var count: String
  @OptionGroup var variables: VariableOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    var query = SampleQuery(space: space, count: count)
    query.design = design
    query.fix = variables.fix
    query.range = variables.range
    query.seed = output.seed
    try output.finish(query.run())
  }
}
