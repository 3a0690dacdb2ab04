import ArgumentParser
import FlashQueries

struct ParetoCommand: DesignCommand {
  static let isInterruptible = true
  static let configuration = CommandConfiguration(
    commandName: "pareto",
    abstract: "The front over two to four quantities, each point proved where a proof is known.",
    discussion: """
      More of accuracy, nn_degree and nn_mass is better, less of everything else. The first quantity is searched under \
      bounds on the others, which --points spreads evenly; 'all' gives every point of a front of two quantities, which can be \
      thousands. The hypervolume is measured from --reference, or from the worst value of each quantity on the front. A \
      problem file's objective does not count; its bounds do, unless --unbounded drops them.

      Where no proof is known, as in spaces whose cells are not all dense, NSGA-II evaluates --budget networks; the points \
      are the front of these, and none is proved.

      EXAMPLES
        flashnas pareto --unbounded --quantities accuracy,energy --points 8
        flashnas pareto --space mobilenetv2-imagenet --quantities latency,energy
        flashnas pareto --quantities accuracy,latency,area --plot front.svg \\
          --max-area 1.5mm2 --points 12
      """)

  @OptionGroup var problem: ProblemOptions
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Two to four of the names of expressions (default: accuracy,latency).", valueName: "NAME,NAME"))
  var quantities: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("About how many points, or all (default: 20).", valueName: "N"))
  var points: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("From where to measure the hypervolume: accuracy=80%,latency=1ms.", valueName: "POINT"))
  var reference: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Draw the first two quantities in SVG.", valueName: "FILE.svg"))
  var plot: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Networks to evaluate where no proof is known (default: 20000).", valueName: "N"))
  var budget: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Stop after a time, such as 2s, with what is found by then (default: never).", valueName: "TIME")
  )
  var timeLimit: String?
  @OptionGroup var output: OutputOptions

  func answer(over models: ModelShelf, isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = ParetoQuery()
    query.question = problem.query
    query.question.timeLimit = timeLimit
    query.question.budget = budget
    query.question.seed = output.seed
    query.quantities = quantities
    query.points = points
    query.reference = reference
    query.plot = plot
    return try query.run(over: models, isInterrupted: isInterrupted)
  }
}
