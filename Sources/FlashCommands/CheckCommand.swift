import ArgumentParser
import FlashQueries

struct CheckCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "A gate: whether networks keep within bounds, as exit code 0 or 2.",
    usage: "flashnas check [<networks> ...] [<bounds>] [<options>]",
    discussion: """
      A network is what 'metrics' reads: an ONNX file, a description, a folder of them, or a point of a space. Costs are \
      those of --hardware, systolic-ws-32x32 where none is given; accuracy that of --accuracy, or of the space's own \
      predictor. --max and --min bound any metric of 'flashnas list metrics'.

      EXAMPLE
        flashnas check --space resnet-cifar --max-macs 50M --max skip_elements=1M \\
          --point width1=16,depth1=3,width2=32,depth2=3,width3=64,depth3=3
      """)

  @OptionGroup var networks: NetworkOptions
  @OptionGroup(title: "Bounds") var bounds: BoundOptions
  @Option(name: .long, parsing: .unconditional, help: .confidence) var confidence: String?
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("The largest value of a metric; may be given several times.", valueName: "KEY=N"))
  var max: [String] = []
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("The least value of a metric; may be given several times.", valueName: "KEY=N"))
  var min: [String] = []
  @OptionGroup var models: ModelOptions
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = CheckQuery()
    query.networks = networks.arguments(seed: output.seed)
    query.bounds = bounds.given
    query.confidence = confidence
    query.most = max
    query.least = min
    query.accuracy = models.accuracy
    query.hardware = models.hardware
    return try query.run()
  }
}
