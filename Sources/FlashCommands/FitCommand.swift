import ArgumentParser
import FlashQueries

struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "A predictor or a hardware model from samples, with its quality.",
    discussion: """
      EXAMPLE
        # in the folder of the sources
        flashnas fit accuracy datasets/fashion-mnist-dense3/samples.csv
      """,
    subcommands: [FitAccuracyCommand.self, FitHardwareCommand.self])
}

struct FitAccuracyCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "accuracy",
    abstract: "An accuracy model from trained samples.",
    usage: "flashnas fit accuracy <data> [<options>]",
    discussion: """
      The CSV has the space's variables as columns (with --space) or nn_degree, then accuracy from 0 to 1; a seed \
      column marks runs of one configuration. With --form auto every form is fitted without each configuration in turn, \
      and the one that foretells those best is taken. --output writes the model in JSON, which --accuracy reads, and \
      the quality still goes to standard output.

      EXAMPLE
        # in the folder of the sources
        flashnas fit accuracy datasets/fashion-mnist-dense3/samples.csv \\
          -o model.json --plot model.svg
      """)

  @Argument(help: "Samples in CSV, - for standard input.") var data: String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The space whose variables are columns (default: the columns are features).", valueName: "S"))
  var space: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("One of 'flashnas list forms', or auto.", valueName: "NAME"))
  var form = "flash"
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A column to read in NN-Degree's place; may be given several times.", valueName: "COLUMN"))
  var feature: [String] = []
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("What a cell of NN-Degree is: stage or block.", valueName: "KIND"))
  var cell = "stage"
  @Flag(help: "Let configurations far from the curve count less (Huber).") var robust = false
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("How intervals are made: model or jackknife+.", valueName: "METHOD"))
  var interval = "model"
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Instead, judge every form by random draws of these sizes: 10,15,25.", valueName: "N,N,…"))
  var learningCurve: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Draws of the learning curve (default: 200).", valueName: "N"))
  var draws: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Draw samples, curve and interval, or predictions against accuracies, in SVG.", valueName: "FILE.svg"))
  var plot: String?
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = FitAccuracyQuery(data: data)
    query.space = space
    query.form = form
    query.features = feature
    query.cell = cell
    query.isRobust = robust
    query.interval = interval
    query.learningCurve = learningCurve
    query.draws = draws
    query.seed = output.seed
    query.plot = plot
    return try query.run()
  }

  func finish(_ result: QueryResult) throws { try output.finish(result, writesModel: true) }
}

struct FitHardwareCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "hardware",
    abstract: "A cost model from measurements.",
    usage: "flashnas fit hardware <data> [<options>]",
    discussion: """
      The CSV has the space's variables as columns (with --space) or features (macs, parameters, …), then any of \
      latency_s, energy_j, area_mm2. A column layer, from 0 on, makes each row a layer of its point's network \
      (--per-layer). --output writes the model in JSON, which --hardware reads, and the quality still goes to standard \
      output.

      EXAMPLE
        flashnas sample --space dense3-fashion -n 40 --format csv -o plan.csv
        flashnas simulate --space dense3-fashion --points plan.csv \\
          --format csv -o costs.csv
        flashnas fit hardware costs.csv --space dense3-fashion \\
          --feature folds_32x32 -o hardware.json --plot hardware.svg
      """)

  @Argument(help: "Measurements in CSV, - for standard input.") var data: String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The space whose variables are columns (default: the columns are features).", valueName: "S"))
  var space: String?
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A further feature of 'flashnas list features', or numeric column; may be given several times.",
      valueName: "NAME"))
  var feature: [String] = []
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "default, or auto: choose among all features by the errors of left-out networks.", valueName: "SET"))
  var features: String?
  @Flag(help: "Fit sums over layers, with coefficients for each kind of layer.") var perLayer = false
  @Flag(help: "Weigh measurements by their deviations, columns latency_s_sd, ….") var weights = false
  @Flag(help: "Draw coefficients towards 0, by a penalty that left-out networks choose.") var ridge = false
  @Flag(help: "Let measurements far from the fit count less (Huber).") var robust = false
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("A column to fit in the place of latency, energy and area.", valueName: "COLUMN"))
  var quantity: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Instead, judge sets of features by random draws of these sizes: 10,25.", valueName: "N,N,…"))
  var learningCurve: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Draws of the learning curve (default: 200).", valueName: "N"))
  var draws: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Draw predictions against measurements in SVG, one file a quantity.", valueName: "FILE.svg"))
  var plot: String?
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = FitHardwareQuery(data: data)
    query.space = space
    query.features = feature
    query.featureSet = features
    query.isPerLayer = perLayer
    query.isWeighted = weights
    query.isRidge = ridge
    query.isRobust = robust
    query.quantity = quantity
    query.learningCurve = learningCurve
    query.draws = draws
    query.seed = output.seed
    query.plot = plot
    return try query.run()
  }

  func finish(_ result: QueryResult) throws { try output.finish(result, writesModel: true) }
}
