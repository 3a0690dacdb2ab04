import ArgumentParser
import FlashQueries

struct SearchCommand: DesignCommand {
  static let isInterruptible = true
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "The best architecture under bounds, with a proof.",
    discussion: """
      Without options it solves the shipped problems/default.yaml. An option replaces what the problem file says; with \
      another --space the shipped default's bounds, which are numbers of its own space, are left out. Spaces whose \
      cells are not all dense are searched without a proof, by hierarchical. Where a profile has free parameters, the \
      chip is searched with the network; --fix and --range hold its parameters too. With several targets a network is \
      worth what it is on the worst of them, and keeps the bounds on all.

      With --confidence 90% a lower bound has to hold at the lower end of the two-sided 90 % interval and an upper one \
      at its upper end, each by itself: one such end fails 5 times in 100. Accuracy has the interval for one new training \
      run, fitted costs that of their left-out errors; simulated costs and counts have none, and hold as they are. The \
      objective stays at the expected values.

      Expressions have the names accuracy latency energy area power edp macs parameters nn_degree nn_mass in SI units \
      (area in mm2), numbers, + - * / ^ log exp sqrt min max and parentheses.

      EXAMPLES
        flashnas search
        flashnas search --min-accuracy 86% --max-area 2mm2 --format json
        flashnas search --hardware systolic-codesign --fix dataflow=output-stationary
        flashnas search --hardware systolic-ws-32x32 --hardware systolic-os-32x32
        flashnas search --space dense3-cifar --minimize 'latency*energy' \\
          --fix depth1=8 --range width1=16..32
      """)

  @OptionGroup var problem: ProblemOptions
  @Option(name: .long, parsing: .unconditional, help: .maximize) var maximize: String?
  @Option(name: .long, parsing: .unconditional, help: .minimize) var minimize: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "exact (the default where a proof is known), hierarchical, or another of 'list strategies'.", valueName: "NAME"))
  var strategy: String?
  @Flag(name: .long, help: "Add the exact proof to any strategy (exact has it).") var certify = false
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Networks to evaluate at most (default: as many as it takes; 10000 of strategies that draw).", valueName: "N"))
  var budget: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Stop after a time, such as 2s or 500ms, with the best so far (default: never).", valueName: "TIME"))
  var timeLimit: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Prove the K best distinct networks, not the best alone.", valueName: "K"))
  var top: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Write the boxes and bounds of the proof to a file, which 'validate' checks.", valueName: "FILE")
  )
  var certificate: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Write the best score by networks evaluated to a CSV file.", valueName: "FILE.csv"))
  var trace: String?
  @OptionGroup var output: OutputOptions

  /// The question that the options ask.
  var query: SearchQuery {
    var query = problem.query
    query.maximize = maximize
    query.minimize = minimize
    query.strategy = strategy
    query.certify = certify
    query.budget = budget
    query.timeLimit = timeLimit
    query.certificate = certificate
    query.trace = trace
    query.top = top
    query.seed = output.seed
    return query
  }

  func answer(over models: ModelShelf, isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    try query.run(over: models, isInterrupted: isInterrupted)
  }
}

/// Bounds on quantities.
struct BoundOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("The least accuracy, as 86% or 0.86.", valueName: "86%"))
  var minAccuracy: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The largest latency, in s, ms, us or ns.", valueName: "1ms"))
  var maxLatency: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The largest energy, in J, mJ, uJ, nJ or pJ.", valueName: "2mJ"))
  var maxEnergy: String?
  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("The largest area, in mm2 or um2.", valueName: "30mm2"))
  var maxArea: String?
  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("The largest mean power, in W or mW.", valueName: "500mW"))
  var maxPower: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The most multiply-accumulates, k, M and G allowed.", valueName: "5M"))
  var maxMacs: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The most parameters, k, M and G allowed.", valueName: "100k"))
  var maxParameters: String?

  /// The bounds that were given, in this order.
  var given: [(option: String, value: String)] {
    [
      ("min-accuracy", minAccuracy), ("max-latency", maxLatency), ("max-energy", maxEnergy), ("max-area", maxArea),
      ("max-power", maxPower), ("max-macs", maxMacs), ("max-parameters", maxParameters),
    ].compactMap { option, value in value.map { (option, $0) } }
  }
}
