import ArgumentParser
import FlashQueries

struct CompareCommand: ReportCommand {
  static let isInterruptible = true
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Search strategies at equal budgets over seeds.",
    discussion: """
      Every strategy answers the problem once a seed, with the same number of networks evaluated; the table has the median \
      of what was found with its 95 % interval, the quartiles, the gap to the proved optimum where there is one, and how \
      often a strategy beats 'random', or that of --against, on the same seed, with its 95 % interval. Infeasible runs \
      count as worse than all. Several --budget and --step make a grid.

      EXAMPLES
        flashnas compare --budget 300 --seeds 10
        flashnas compare --strategy random --strategy evolution --min-accuracy 90% \\
          --budget 500 --seeds 10 --format csv
        flashnas compare --strategy smbo --strategy random --reach 0.1%
        flashnas compare --strategy scd --strategy mcd --against scd \\
          --budget 100 --budget 200 --step 2.5% --step 5%
      """)

  @OptionGroup var problem: ProblemOptions
  @Option(name: .long, parsing: .unconditional, help: .maximize) var maximize: String?
  @Option(name: .long, parsing: .unconditional, help: .minimize) var minimize: String?
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A strategy; may be given several times (default: all but exact).", valueName: "NAME"))
  var strategy: [String] = []
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The strategy that the others are paired with (default: random).", valueName: "NAME"))
  var against: String?
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Networks that each run evaluates; may be given several times (default: 1000).", valueName: "N"))
  var budget: [String] = []
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The first reduction of scd and mcd; may be given several times (default: 2.5%).", valueName: "2.5%"))
  var step: [String] = []
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Count evaluations until a network is among this best share of all.", valueName: "0.1%"))
  var reach: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Runs of each strategy, 6 or more (default: 20), the first with --seed.", valueName: "N"))
  var seeds: String?
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = CompareQuery()
    query.question = problem.query
    query.question.maximize = maximize
    query.question.minimize = minimize
    query.question.seed = output.seed
    query.strategies = strategy
    query.against = against
    query.budgets = budget
    query.steps = step
    query.reach = reach
    query.seeds = seeds
    return try query.run(isInterrupted: isInterrupted)
  }
}
