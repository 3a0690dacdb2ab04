import ArgumentParser
import FlashQueries

struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Topology metrics and counts of networks.",
    discussion: """
      A network is an ONNX file, a description (flashnas.network/1 in YAML or JSON), every such file of a folder, or a \
      point of a space. Of an ONNX file shapes and dimensions are read, never weights.

      EXAMPLE
        flashnas metrics --space dense3-cifar --point \
      width1=16,depth1=8,skip1=10,width2=32,depth2=8,skip2=20,width3=64,depth3=8,skip3=40
      """)

  @Argument(help: "ONNX files, descriptions, or folders of them.") var networks: [String] = []
  @Flag(help: "Go on where an operator is not understood, and list it in the result.") var allowUnsupported = false
  @Option(help: "What a cell of an ONNX file is: stage or block (default: stage).") var cell = "stage"
  @OptionGroup var points: PointOptions
  @OptionGroup(title: "Output") var output: OutputOptions

  func run() throws {
    var query = MetricsQuery()
    query.networks = networks
    query.allowUnsupported = allowUnsupported
    query.cell = cell
    query.space = points.space
    query.point = points.point
    query.points = points.points
    try output.finish(query.run())
  }
}
