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
  /// - Parameter isInterrupted: asked now and then whether to stop with the best so far.
  public func run(isInterrupted: @escaping @Sendable () -> Bool = { false }) throws(QueryError) -> QueryResult {
    let clock = ContinuousClock()
    let start = clock.now
    let question = try DesignQuestion(self)
    let seed = try Arguments.seed(seed)
    let strategy = try strategyName(question)
    var rule = StoppingRule(isInterrupted: isInterrupted)
    if let budget { rule.maximumEvaluations = try Arguments.count(budget, option: "--budget", in: 1...1_000_000_000) }
    let loaded = clock.now
    if let timeLimit {
      rule.deadline = loaded + .seconds(try Arguments.value(timeLimit, .time, option: "--time-limit"))
    }

    // The concrete type is what makes the search fast.
    let (report, timing) =
      question.worstCase.map { solve($0, strategy, seed, rule) } ?? proveQuickly(question.problem, strategy, seed, rule)
      ?? solve(question.problem, strategy, seed, rule)
    let answer = SearchAnswer(
      question: question, report: report, strategy: strategy, seed: seed,
      timing: [("load_s", loaded - start)] + timing)
    return answer.result
  }

  /// The quick proof, with a hierarchical search for the closest point where none is feasible; `nil` for a problem that it
  /// does not take.
  private func proveQuickly(
    _ problem: DesignProblem, _ strategy: String, _ seed: UInt64, _ rule: StoppingRule
  ) -> (SearchReport, [(name: String, duration: Duration)])? {
    let clock = ContinuousClock()
    let start = clock.now
    guard strategy == BranchAndBound.name, let search = LagrangianBranchAndBound(problem) else { return nil }
    var report = search.run(stopping: rule)
    let proved = clock.now
    if !report.score.isFeasible {
      var heuristic = HierarchicalSHGO()
      heuristic.seed = seed
      var rule = rule
      rule.maximumEvaluations -= report.evaluations
      report = report.from(heuristic.run(problem, stopping: rule))
    }
    return (report, [("search_s", clock.now - proved), ("certify_s", proved - start)])
  }

  /// The hierarchical search, and the proof where it is asked for, with the time of each.
  private func solve(
    _ problem: some BoundedProblem, _ strategy: String, _ seed: UInt64, _ rule: StoppingRule
  ) -> (SearchReport, [(name: String, duration: Duration)]) {
    let clock = ContinuousClock()
    let start = clock.now
    var heuristic = HierarchicalSHGO()
    heuristic.seed = seed
    heuristic.isKickingFeasible = strategy != BranchAndBound.name
    var report = heuristic.run(problem, stopping: rule)
    let searched = clock.now
    if strategy == BranchAndBound.name || certify {
      var rule = rule
      rule.maximumEvaluations -= report.evaluations
      report = BranchAndBound().run(problem, from: report, stopping: rule)
    }
    return (report, [("search_s", searched - start), ("certify_s", clock.now - searched)])
  }

  /// The exact strategy unless another is asked for, or the problem has no bounds over sub-boxes.
  private func strategyName(_ question: DesignQuestion) throws(QueryError) -> String {
    let names = Strategy.catalogue.map(\.name)
    let isBounded = question.worstCase?.isBounded ?? question.problem.isBounded
    let name = strategy ?? (isBounded ? BranchAndBound.name : HierarchicalSHGO.name)
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

extension SearchReport {
  /// The same report of no feasible point, with the closer one of another search.
  fileprivate func from(_ other: SearchReport) -> SearchReport {
    let isCloser = other.score < score
    // A feasible point where a search was stopped leaves a gap that no bound tells.
    return SearchReport(
      strategy: strategy, point: isCloser ? other.point : point, score: isCloser ? other.score : score,
      evaluations: evaluations + other.evaluations, termination: termination, levels: other.levels,
      certificate: certificate)
  }
}
