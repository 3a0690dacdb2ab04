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
      often a strategy beats 'random' on the same seed. Infeasible runs count as worse than all.

      EXAMPLES
        flashnas compare --budget 300 --seeds 10
        flashnas compare --strategy random --strategy evolution --min-accuracy 90% \\
          --budget 500 --seeds 10 --format csv
      """)

  @OptionGroup var problem: ProblemOptions
  @OptionGroup var objective: ObjectiveOptions
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A strategy; may be given several times (default: all but exact).", valueName: "NAME"))
  var strategy: [String] = []
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Networks that each run evaluates (default: 1000).", valueName: "N"))
  var budget: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Runs of each strategy, 6 or more (default: 20), the first with --seed.", valueName: "N"))
  var seeds: String?
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = CompareQuery()
    query.question = problem.query
    query.question.maximize = objective.maximize
    query.question.minimize = objective.minimize
    query.question.seed = output.seed
    query.strategies = strategy
    query.budget = budget
    query.seeds = seeds
    return try query.run(isInterrupted: isInterrupted)
  }
}
