import ArgumentParser
import FlashQueries

/// What several commands say of an option that each declares: a group of options costs every process some 0.3 ms at its
/// start, where a declaration costs next to nothing.
extension ArgumentHelp {
  static let space = ArgumentHelp("A space's name, one of 'flashnas list spaces', or its file.", valueName: "S")
  static let accuracy = ArgumentHelp(
    "auto (the space's predictor), a model document, or samples in CSV.", valueName: "MODEL|DATA.csv")
  static let weightBits = ArgumentHelp(
    "Bits of a weight, in place of the profile's; accuracy is not changed by it.", valueName: "N")
  static let activationBits = ArgumentHelp("Bits of an input or a result, likewise.", valueName: "N")
  static let fix = ArgumentHelp("Hold a variable to a value; may be given several times.", valueName: "NAME=N")
  static let range = ArgumentHelp(
    "Hold a variable to a range, ends included; may be given several times.", valueName: "NAME=N..M")
  static let confidence = ArgumentHelp(
    "Every bound has to hold at the unfavourable end of its quantity's two-sided interval of this confidence, 50% to 99.9%.",
    valueName: "90%")
  static let maximize = ArgumentHelp("What to maximise, an expression.", valueName: "EXPR")
  static let minimize = ArgumentHelp("What to minimise, an expression.", valueName: "EXPR")
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

/// Where a profile's costs come from, and the widths of operands.
struct CostOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("simulated or fitted, where the profile has both (default: simulated).", valueName: "KIND"))
  var costs: String?
  @Option(name: .long, parsing: .unconditional, help: .weightBits) var weightBits: String?
  @Option(name: .long, parsing: .unconditional, help: .activationBits) var activationBits: String?

  func arguments(_ sources: [String]) -> HardwareArguments {
    HardwareArguments(sources, costs: costs, weightBits: weightBits, activationBits: activationBits)
  }
}

/// Which models answer for accuracy and costs.
struct ModelOptions: ParsableArguments {
  @Option(name: .long, parsing: .unconditional, help: .accuracy) var accuracy: String?

  @Option(
    name: .customLong("hardware"), parsing: .unconditional,
    help: ArgumentHelp(
      "A profile's name or file, a model document, or measurements in CSV.",
      valueName: "PROFILE|DATA.csv"))
  private var source: String?
  @OptionGroup private var costs: CostOptions
  var hardware: HardwareArguments { costs.arguments(source.map { [$0] } ?? []) }
}

/// Which problem: a file, and what options put in the place of its entries.
struct ProblemOptions: ParsableArguments {
  @Argument(help: "A problem file (flashnas.problem/1 in YAML or JSON).") var problem: String?
  @Option(name: .long, parsing: .unconditional, help: .space) var space: String?
  @Option(name: .long, parsing: .unconditional, help: .accuracy) var accuracy: String?
  @Option(
    name: .customLong("hardware"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A profile's name or file, a model document, or measurements in CSV; several: the worst case over them.",
      valueName: "PROFILE|DATA.csv"))
  private var sources: [String] = []
  @OptionGroup private var costs: CostOptions
  @OptionGroup(title: "Bounds") private var bounds: BoundOptions
  @Option(name: .long, parsing: .unconditional, help: .confidence) var confidence: String?
  @Flag(name: .long, help: "Drop every bound of the problem file.") var unbounded = false
  @Option(name: .long, parsing: .unconditionalSingleValue, help: .fix) var fix: [String] = []
  @Option(name: .long, parsing: .unconditionalSingleValue, help: .range) var range: [String] = []

  /// The question without an objective of its own.
  var query: SearchQuery {
    var query = SearchQuery()
    query.problem = problem
    query.space = space
    query.accuracy = accuracy
    query.hardware = costs.arguments(sources)
    query.bounds = bounds.given
    query.confidence = confidence
    query.isUnbounded = unbounded
    query.fix = fix
    query.range = range
    return query
  }
}
