internal import FlashFormats
internal import FlashHardware
internal import FlashNAS
internal import FlashSearch

/// The best architecture for a question: a problem file, overridden by options.
public struct SearchQuery: Sendable {
  /// A problem file; the shipped `problems/default.yaml` when left out.
  public var problem: String?
  public var space: String?
  /// `auto`, a model document or samples in CSV.
  public var accuracy: String?
  public var hardware = HardwareArguments()
  public var maximize: String?
  public var minimize: String?
  /// Bounds by their option's name without dashes, such as `min-accuracy`.
  public var bounds: [(option: String, value: String)] = []
  /// `90%`: every bound has to hold at the unfavourable end of the interval of this confidence.
  public var confidence: String?
  /// Drops every bound of the problem file.
  public var isUnbounded = false
  /// `width1=8`, several times.
  public var fix: [String] = []
  /// `depth2=4..8`, several times.
  public var range: [String] = []
  public var strategy: String?
  /// Adds the exact proof to any strategy.
  public var certify = false
  /// The most points scored.
  public var budget: String?
  /// A time such as `2s`.
  public var timeLimit: String?
  /// How many of the best networks to prove; one when left out.
  public var top: String?
  /// A file for the leaves of the proof, which `validate` checks.
  public var certificate: String?
  /// A CSV file for the best score by points scored.
  public var trace: String?
  public var seed: String?

  public init() {}

  /// The bounds that options can set, in the order of the help: option, quantity, direction.
  static let boundOptions: [(option: String, quantity: Quantity, relation: Bound.Relation)] = [
    ("min-accuracy", .accuracy, .atLeast), ("max-latency", .latency, .atMost), ("max-energy", .energy, .atMost),
    ("max-area", .area, .atMost), ("max-power", .power, .atMost), ("max-macs", .macs, .atMost),
    ("max-parameters", .parameters, .atMost),
  ]

  /// Answers the question.
  ///
  /// - Parameters:
  ///   - models: where models are taken from.
  ///   - isInterrupted: asked now and then whether to stop with the best so far.
  public func run(
    over models: ModelShelf = ModelShelf(), isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws(QueryError) -> QueryResult {
    let start = ContinuousClock.now
    return try run(on: DesignQuestion(self, models), since: start, isInterrupted: isInterrupted)
  }

  /// Answers a question whose models are loaded.
  ///
  /// - Parameter start: when loading them began.
  func run(
    on question: DesignQuestion, since start: ContinuousClock.Instant, isInterrupted: @escaping @Sendable () -> Bool
  ) throws(QueryError) -> QueryResult {
    let seed = try Arguments.seed(seed)
    let strategy = try strategyName(question)
    var rule = StoppingRule(isInterrupted: isInterrupted)
    if let budget { rule.maximumEvaluations = try Arguments.count(budget, option: "--budget", in: 1...1_000_000_000) }
    let loaded = ContinuousClock.now
    if let timeLimit {
      rule.deadline = loaded + .seconds(try Arguments.value(timeLimit, .time, option: "--time-limit"))
    }

    let top = try top.map { (text) throws(QueryError) in
      try Arguments.count(text, option: "--top", in: 1...10_000)
    }
    guard top == nil || strategy == BranchAndBound.name || certify else {
      throw .usage(
        "--top: the best networks are proved together, found the strategy '\(strategy)', allowed exact or --certify")
    }
    let solver = DesignSolver(seed: seed, rule: rule)
    func answer(_ report: SearchReport, _ search: Duration, _ proof: Duration) throws(QueryError) -> QueryResult {
      if let trace { try write(report, question.problem.objective, to: trace) }
      return SearchAnswer(
        question: question, report: report, strategy: strategy, seed: seed, showsRanks: top != nil,
        timing: [("load_s", loaded - start), ("search_s", search), ("certify_s", proof)]
      ).result
    }
    guard let certificate else {
      let (report, search, proof) = solver.run(strategy, on: question.worstCase, certify: certify, top: top)
      return try answer(report, search, proof)
    }
    guard top == nil else {
      throw .usage("--certificate: beside --top, allowed one of them: a certificate is that of the best network alone")
    }
    guard question.confidence == nil else {
      throw .usage(
        "--certificate: beside a confidence, allowed bounds on expected values: ends of intervals are not in it")
    }
    let certified = solver.certified(strategy, on: question.worstCase)
    var result = try answer(certified.report, certified.search, certified.proof)
    try CertificateAnswer(question, certified.certificate).write(to: certificate, for: &result)
    if isInterrupted() { result.exitCode = 130 }
    return result
  }

  /// Writes how the best score fell: a row for each that was better than all before it.
  private func write(_ report: SearchReport, _ objective: Objective, to path: String) throws(QueryError) {
    let rows = report.improvements.map { entry in
      [
        "\(entry.evaluations)", entry.score.isFeasible ? "\(objective.value(entry.score.objective))" : "",
        entry.score.violation.isFinite ? "\(entry.score.violation)" : "",
      ]
    }
    let text = QueryResult.csvText([["evaluations", "objective", "violation"]] + rows)
    do { try TextFile.write(Array(text.utf8), to: path) } catch { throw QueryError(error) }
  }

  /// The exact strategy unless another is asked for, or the problem has no bounds over sub-boxes.
  private func strategyName(_ question: DesignQuestion) throws(QueryError) -> String {
    let names = Strategy.catalogue.map(\.name)
    let isBounded = question.worstCase.isBounded
    let name = strategy ?? (isBounded ? BranchAndBound.name : HierarchicalSHGO.name)
    if !isBounded, let certificate {
      throw .usage(
        "--certificate: no proof is known for the space '\(question.problem.space.name)' with these models, found "
          + "'\(certificate)', allowed for spaces of dense cells of their own variables")
    }
    if !isBounded, name == BranchAndBound.name || certify {
      throw .usage(
        "--\(certify ? "certify" : "strategy"): no proof is known for the space '\(question.problem.space.name)'"
          + "\(question.problem.space.hasIndependentDenseCells ? " with these models" : ""), allowed \(HierarchicalSHGO.name)"
      )
    }
    guard names.contains(name) else {
      throw QueryError(DesignError.unknownName(kind: "--strategy", found: name, known: names))
    }
    return name
  }
}
