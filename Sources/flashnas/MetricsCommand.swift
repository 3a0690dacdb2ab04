import ArgumentParser
import FlashQueries

struct MetricsCommand: ParsableCommand {
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

  @Argument(help: "ONNX files, descriptions, or folders of them (*.onnx, *.yaml, *.yml, *.json).")
  var networks: [String] = []
  @Flag(help: "Go on where an operator is not understood, and list it in the result.") var allowUnsupported = false
  @Option(help: "What a cell of an ONNX file is: stage or block.") var cell = "stage"
  @Flag(
    help: "Also the layer-wise dynamical isometry (ldi) of fully connected networks, by drawing weights from --seed.")
  var ldi = false
  @OptionGroup var points: PointOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    var query = MetricsQuery()
    query.networks = networks
    query.allowUnsupported = allowUnsupported
    query.cell = cell
    query.isometry = ldi
    query.seed = output.seed
    query.space = points.space
    query.point = points.point
    query.points = points.points
    try output.finish(query.run())
  }
}
