import ArgumentParser
import FlashQueries

struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Topology metrics and counts of networks.",
    usage: "flashnas metrics [<networks> ...] [<options>]",
    discussion: """
      A network is a description (flashnas.network/1 in YAML or JSON), every description of a folder, or a point of a \
      space.

      EXAMPLE
        flashnas sample --space dense3-cifar -n 3 --format csv -o plan.csv
        flashnas metrics --space dense3-cifar --points plan.csv
      """)

  @Argument(help: "Descriptions, or folders of them (*.yaml, *.yml, *.json).") var networks: [String] = []
  @OptionGroup var points: PointOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    var query = MetricsQuery()
    query.networks = networks
    query.space = points.space
    query.point = points.point
    query.points = points.points
    try output.finish(query.run())
  }
}
