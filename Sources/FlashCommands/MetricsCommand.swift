import ArgumentParser
import FlashQueries

struct MetricsCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Topology metrics and counts of networks.",
    usage: "flashnas metrics [<networks> ...] [<options>]",
    discussion: """
      A network is an ONNX file, a description (flashnas.network/1 in YAML or JSON), every such file of a folder, or a \
      point of a space. Of an ONNX file shapes and dimensions are read, never weights.

      EXAMPLE
        flashnas sample --space dense3-cifar -n 3 --format csv -o plan.csv
        flashnas metrics --space dense3-cifar --points plan.csv
      """)

  @OptionGroup var networks: NetworkOptions
  @Option(help: "What a cell is: stage or block.") var cell = "stage"
  @Flag(
    help: "Also the layer-wise dynamical isometry (ldi) of fully connected networks, by drawing weights from --seed.")
  var ldi = false
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = MetricsQuery()
    query.networks = networks.arguments(seed: output.seed)
    query.cell = cell
    query.isometry = ldi
    return try query.run()
  }
}
