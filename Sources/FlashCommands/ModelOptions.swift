import ArgumentParser
import FlashQueries

extension ArgumentHelp {
  /// Of every option that names a space.
  static let space = ArgumentHelp("A space's name, one of 'flashnas list spaces', or its file.", valueName: "S")
}

/// Which network: a space and one of its points.
struct SinglePointOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: .space)
  var space: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("One point: every variable once, width1=8,depth1=7,…", valueName: "P"))
  var point: String?
}

/// Which networks: a space and one or many of its points.
struct PointOptions: ParsableArguments {
  @OptionGroup private var single: SinglePointOptions
  var space: String? { single.space }
  var point: String? { single.point }

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Many points: a CSV with the variables as columns, - for standard input.", valueName: "FILE"))
  var points: String?
}

/// Which networks: files, folders of them, or points of a space.
struct NetworkOptions: ParsableArguments {
  @Argument(help: "ONNX files, descriptions, or folders of them (*.onnx, *.yaml, *.yml, *.json).")
  var networks: [String] = []
  @Flag(help: "Go on where an operator is not understood, and list it in the result.") var allowUnsupported = false
  @Option(
    name: .customLong("dim"), help: "The size of a symbolic dimension of an ONNX file, NAME=SIZE; may be repeated.")
  var dimensions: [String] = []
  @OptionGroup var points: PointOptions

  func arguments(seed: String?) -> NetworkArguments {
    var arguments = NetworkArguments()
    arguments.files = networks
    arguments.allowUnsupported = allowUnsupported
    arguments.dimensions = dimensions
    arguments.space = points.space
    arguments.point = points.point
    arguments.points = points.points
    arguments.seed = seed
    return arguments
  }
}

/// Which accuracy model answers.
struct AccuracyOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "auto (the space's predictor), a model document, or samples in CSV.", valueName: "MODEL|DATA.csv"))
  var accuracy: String?
}

/// The widths of operands.
struct OperandOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Bits of a weight, in place of the profile's; accuracy is not changed by it.", valueName: "N"))
  var weightBits: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Bits of an input or a result, likewise.", valueName: "N"))
  var activationBits: String?

  func arguments(_ source: String?) -> HardwareArguments { arguments(source.map { [$0] } ?? []) }

  func arguments(_ sources: [String], costs: String? = nil) -> HardwareArguments {
    var arguments = HardwareArguments(sources, costs: costs)
    arguments.weightBits = weightBits
    arguments.activationBits = activationBits
    return arguments
  }
}

/// Where a profile's costs come from.
struct CostOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("simulated or fitted, where the profile has both (default: simulated).", valueName: "KIND"))
  var costs: String?
  @OptionGroup private var operands: OperandOptions

  func arguments(_ sources: [String]) -> HardwareArguments { operands.arguments(sources, costs: costs) }
}

/// One target, or several for the worst case over them.
struct TargetOptions: ParsableArguments {
  @Option(
    name: .customLong("hardware"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A profile's name or file, a model document, or measurements in CSV; several: the worst case over them.",
      valueName: "PROFILE|DATA.csv"))
  private var sources: [String] = []
  @OptionGroup private var costs: CostOptions
  var arguments: HardwareArguments { costs.arguments(sources) }
}

/// Which models answer for accuracy and costs.
struct ModelOptions: ParsableArguments {
  @OptionGroup private var predictor: AccuracyOptions
  var accuracy: String? { predictor.accuracy }

  @Option(
    name: .customLong("hardware"), parsing: .unconditional,
    help: ArgumentHelp(
      "A profile's name or file, a model document, or measurements in CSV.",
      valueName: "PROFILE|DATA.csv"))
  private var source: String?
  @OptionGroup private var costs: CostOptions
  var hardware: HardwareArguments { costs.arguments(source.map { [$0] } ?? []) }
}

/// Variables held to less than their ranges.
struct VariableOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Hold a variable to a value; may be given several times.", valueName: "NAME=N"))
  var fix: [String] = []

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Hold a variable to a range, ends included; may be given several times.", valueName: "NAME=N..M")
  )
  var range: [String] = []
}

/// How sure bounds have to be.
struct ConfidenceOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Every bound has to hold at the unfavourable end of its quantity's two-sided interval of this confidence, 50% to 99.9%.",
      valueName: "90%"))
  var confidence: String?
}

/// Which problem: a file, and what options put in the place of its entries.
struct ProblemOptions: ParsableArguments {
  @Argument(help: "A problem file (flashnas.problem/1 in YAML or JSON).") var problem: String?
  @Option(name: .long, parsing: .unconditional, help: .space) var space: String?
  @OptionGroup private var predictor: AccuracyOptions
  @OptionGroup private var targets: TargetOptions
  @OptionGroup(title: "Bounds") private var bounds: BoundOptions
  @OptionGroup private var certainty: ConfidenceOptions
  @Flag(name: .long, help: "Drop every bound of the problem file.") var unbounded = false
  @OptionGroup private var variables: VariableOptions

  /// The question without an objective of its own.
  var query: SearchQuery {
    var query = SearchQuery()
    query.problem = problem
    query.space = space
    query.accuracy = predictor.accuracy
    query.hardware = targets.arguments
    query.bounds = bounds.given
    query.confidence = certainty.confidence
    query.isUnbounded = unbounded
    query.fix = variables.fix
    query.range = variables.range
    return query
  }
}

/// What to make as good as possible.
struct ObjectiveOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("What to maximise, an expression.", valueName: "EXPR"))
  var maximize: String?
  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("What to minimise, an expression.", valueName: "EXPR"))
  var minimize: String?
}
