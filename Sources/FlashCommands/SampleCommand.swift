import ArgumentParser
import FlashQueries

struct SampleCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Which configurations to train or to measure.",
    usage: "flashnas sample --space <S> --count <N> [<options>]",
    discussion: """
      Distinct points of a space, spread evenly over it; of a sobol plan, a smaller one of the same seed begins a larger \
      one. With --replicates a column 'seed' tells the training runs of a configuration apart; the links of exported \
      networks are drawn from it. With --add-to, the points where a model of the samples that are there is least certain.

      EXAMPLES
        flashnas sample --space dense3-fashion -n 25 --format csv -o plan.csv
        flashnas sample --space dense3-fashion -n 5 --replicates 2 \\
          --export pytorch networks
        flashnas sample --space dense3-fashion -n 25 --design d-optimal
      """)

  @Option(
    name: .long, parsing: .unconditional,
    help: .space)
  var space: String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("How they are chosen, one of 'flashnas list designs' (default: sobol).", valueName: "NAME"))
  var design: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The form of a d-optimal plan (default: ridge) or of --add-to (default: flash).", valueName: "NAME"))
  var form: String?
  @Option(
    name: .customLong("add-to"), parsing: .unconditional,
    help: ArgumentHelp(
      "Samples in CSV: what to train next, where a fit to them is least certain.", valueName: "DATA.csv"))
  var existing: String?
  @Option(
    name: [.customShort("n"), .customLong("count")], parsing: .unconditional,
    help: ArgumentHelp("How many configurations, 1 to 100000.", valueName: "N"))
  var count: String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Training runs a configuration, with seeds 0, 1, …", valueName: "N"))
  var replicates: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Replicate the first configurations alone.", valueName: "N"))
  var noisePoints: String?
  @Option(
    name: .long, parsing: .upToNextOption,
    help: ArgumentHelp("Write every network to a folder: onnx, pytorch, json or dot.", valueName: "FORMAT FOLDER"))
  var export: [String] = []
  @Option(name: .long, parsing: .unconditionalSingleValue, help: .fix) var fix: [String] = []
  @Option(name: .long, parsing: .unconditionalSingleValue, help: .range) var range: [String] = []
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = SampleQuery(space: space, count: count)
    query.design = design
    query.form = form
    query.existing = existing
    query.replicates = replicates
    query.noisePoints = noisePoints
    query.export = export
    query.fix = fix
    query.range = range
    query.seed = output.seed
    return try query.run()
  }
}
