import ArgumentParser
import FlashQueries

struct SimulateCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Costs of points or networks from a simulator.",
    usage: "flashnas simulate [<networks> ...] [<options>]",
    discussion: """
      EXAMPLE
        flashnas sample --space dense3-cifar -n 10 --format csv -o plan.csv
        flashnas simulate --space dense3-cifar --hardware systolic-ws-32x32 \\
          --points plan.csv --format csv -o costs.csv
        flashnas sample --space dense3-cifar -n 1 --format csv -o one.csv
        flashnas simulate --space dense3-cifar --hardware imc-reram-isaac32 \\
          --points one.csv --layers --floorplan chip.svg
      """)

  @Argument(help: "Descriptions (flashnas.network/1 in YAML or JSON).") var networks: [String] = []
  @OptionGroup var points: PointOptions
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("A profile's name or file (default: systolic-ws-32x32).", valueName: "PROFILE"))
  var hardware: String?
  @Option(name: .long, parsing: .unconditional, help: .weightBits) var weightBits: String?
  @Option(name: .long, parsing: .unconditional, help: .activationBits) var activationBits: String?
  @Flag(name: .long, help: "What each layer of the one network costs, part by part.") var layers = false
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Draw the chip's tiles, a colour a layer, in SVG (imc).", valueName: "FILE.svg"))
  var floorplan: String?
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = SimulateQuery()
    query.networks = networks
    query.space = points.space
    query.point = points.point
    query.points = points.points
    query.hardware = HardwareArguments(
      hardware.map { [$0] } ?? [], weightBits: weightBits, activationBits: activationBits)
    query.layers = layers
    query.floorplan = floorplan
    query.seed = output.seed
    return try query.run()
  }
}
