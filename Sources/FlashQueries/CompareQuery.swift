internal import FlashFormats
internal import FlashNAS
internal import FlashNumerics
internal import FlashSearch

/// Search strategies on one problem, at equal budgets, over seeds.
public struct CompareQuery: Sendable {
  /// The problem.
  public var question = SearchQuery()
  /// Names of `flashnas list strategies`; all but `exact` when empty.
  public var strategies: [String] = []
  /// Networks that each run scores: 1000 when left out.
  public var budget: String?
  /// Runs of each strategy: 20 when left out.
  public var seeds: String?

  public init() {}

  /// - Parameter isInterrupted: asked now and then whether to stop, with what has run and code 130.
  public func run(isInterrupted: @escaping @Sendable () -> Bool = { false }) throws(QueryError) -> QueryResult {
    let clock = ContinuousClock()
    let start = clock.now
    let names = try chosenStrategies()
    let budget =
      try budget.map { (text) throws(QueryError) in
        try Arguments.count(text, option: "--budget", in: 1...10_000_000)
      } ?? 1000
    let seeds =
      try seeds.map { (text) throws(QueryError) in
        try Arguments.count(text, option: "--seeds", in: 6...10_000)
      } ?? 20
    let first = try Arguments.seed(question.seed)
    let loaded = try DesignQuestion(question)
    var comparison = StrategyComparison(loaded, names: names, budget: budget)
    var rule = StoppingRule(isInterrupted: isInterrupted)
    if comparison.isBounded { comparison.findOptimum(DesignSolver(seed: first, rule: rule)) }
    rule.maximumEvaluations = budget
    for seed in 0..<seeds where !isInterrupted() {
      for name in names { comparison.add(name, DesignSolver(seed: first &+ UInt64(seed), rule: rule)) }
    }
    var result = comparison.result(firstSeed: first)
    result.document["timing"] = ["compare_s": .number((clock.now - start).seconds)]
    loaded.hardware.note(in: &result)
    if isInterrupted() { result.exitCode = 130 }
    return result
  }

  private func chosenStrategies() throws(QueryError) -> [String] {
    let known = Strategy.catalogue.map(\.name).filter { $0 != BranchAndBound.name }
    var names: [String] = []
    for name in strategies {
      guard known.contains(name) else {
        throw QueryError(DesignError.unknownName(kind: "--strategy", found: name, known: known))
      }
      guard !names.contains(name) else { throw .usage("--strategy: '\(name)' stands twice, allowed once") }
      names.append(name)
    }
    return names.isEmpty ? known : names
  }
}

/// The runs of several strategies on one problem.
struct StrategyComparison {
  /// What one run found.
  struct Run {
    let seed: UInt64
    let score: Score
    let evaluations: Int
    let point: [Int]
  }

  private let question: DesignQuestion
  private let names: [String]
  private let budget: Int
  private var runs: [String: [Run]] = [:]
  /// The proved optimum, where one is known.
  private var optimum: Score?

  init(_ question: DesignQuestion, names: [String], budget: Int) {
    self.question = question
    self.names = names
    self.budget = budget
  }

  var isBounded: Bool { question.worstCase.isBounded }

  mutating func findOptimum(_ solver: DesignSolver) {
    let report = solver.best(of: question.worstCase)
    if report.certificate.status == .optimal { optimum = report.score }
  }

  mutating func add(_ name: String, _ solver: DesignSolver) {
    let report = solver.run(name, on: question.worstCase).report
    runs[name, default: []].append(
      Run(seed: solver.seed, score: report.score, evaluations: report.evaluations, point: report.point))
  }

  private func objective(_ score: Score) -> Double { question.problem.objective.value(score.objective) }

  /// A strategy's runs in numbers; those of infeasible runs count as worse than all.
  struct Summary {
    let name: String
    let feasible: Int
    let count: Int
    /// The median with its 95 % interval, and the quartiles; `nil` where that run is infeasible.
    let median: Double?
    let interval: (low: Double?, high: Double?)
    let quartiles: (better: Double?, worse: Double?)
    /// Of the median, relative to the proved optimum.
    let gap: Double?
    /// The share of seeds on which it is better than `random`, ties a half.
    let winsAgainstRandom: Double?
  }

  private func summary(_ name: String) -> Summary {
    let own = runs[name] ?? []
    let sorted = own.map(\.score).sorted()
    func value(_ rank: Int) -> Double? {
      guard sorted.indices.contains(rank), sorted[rank].isFeasible else { return nil }
      return objective(sorted[rank])
    }
    let (low, high) = Self.medianRanks(sorted.count)
    let median = value((sorted.count - 1) / 2)
    let random = runs[RandomSearch.name] ?? []
    let pairs = zip(own, random)
    let wins = pairs.reduce(0.0) { $0 + ($1.0.score < $1.1.score ? 1 : $1.1.score < $1.0.score ? 0 : 0.5) }
    return Summary(
      name: name, feasible: own.count { $0.score.isFeasible }, count: own.count, median: median,
      interval: (value(low), value(high)),
      quartiles: (value((sorted.count - 1) / 4), value((3 * (sorted.count - 1) + 3) / 4)),
      gap: median.flatMap { median in optimum.map { abs(median - objective($0)) / abs(objective($0)) } },
      winsAgainstRandom: name == RandomSearch.name || random.isEmpty || own.isEmpty
        ? nil : wins / Double(min(own.count, random.count)))
  }

  /// The ranks, from 0, of order statistics that hold the median with 95 %: where the binomial distribution of n halves has
  /// at most 2.5 % beyond each (David, Nagaraja, "Order Statistics", 2003, section 7.1).
  static func medianRanks(_ count: Int) -> (low: Int, high: Int) {
    guard count > 0 else { return (0, 0) }
    var term = Elementary.exp(-Double(count) * Elementary.log(2))
    var sum = 0.0
    var rank = 0
    while rank < count / 2, sum + term <= 0.025 {
      sum += term
      term *= Double(count - rank) / Double(rank + 1)
      rank += 1
    }
    let low = max(rank - 1, 0)
    return (low, count - 1 - low)
  }

  func result(firstSeed: UInt64) -> QueryResult {
    let summaries = names.map(summary)
    let problem = question.problem
    var document: [String: JSONValue] = [
      "schema": "flashnas.compare/1", "version": .string(toolkitVersion), "seed": .unsigned(firstSeed),
      "budget": .integer(budget), "space": ["name": .string(problem.space.name)],
      "objective": [
        "expression": .string(problem.objective.expression.description),
        "direction": .string(problem.objective.direction.rawValue),
      ],
      "optimum": optimum.map { .number(objective($0)) } ?? .null,
      "strategies": .array(summaries.map(document)),
    ]
    document["confidence"] = question.confidence.map(JSONValue.number)
    document["hardware"] = question.hardware.document
    var rows = [["strategy", "seed", "objective", "violation", "evaluations"] + problem.variables.map(\.name)]
    for name in names {
      for run in runs[name] ?? [] {
        rows.append(
          [
            name, "\(run.seed)", run.score.isFeasible ? "\(objective(run.score))" : "",
            run.score.violation.isFinite ? "\(run.score.violation)" : "", "\(run.evaluations)",
          ] + run.point.map { "\($0)" })
      }
    }
    return QueryResult(document: document, csv: rows, text: text(summaries))
  }

  private func document(_ summary: Summary) -> JSONValue {
    [
      "name": .string(summary.name), "runs": .integer(summary.count), "feasible": .integer(summary.feasible),
      "median": JSONValue(summary.median),
      "median_interval": [JSONValue(summary.interval.low), JSONValue(summary.interval.high)],
      "quartiles": [JSONValue(summary.quartiles.better), JSONValue(summary.quartiles.worse)],
      "gap": JSONValue(summary.gap), "wins_against_random": JSONValue(summary.winsAgainstRandom),
    ]
  }

  private func text(_ summaries: [Summary]) -> String {
    let problem = question.problem
    func shown(_ value: Double?) -> String { value.map { Display.number($0) } ?? "–" }
    var text = "\(problem.space.name): \(problem.objective.direction.rawValue) \(problem.objective.expression), "
    text += "\(Display.counted(budget, "network")) a run\n"
    text += optimum.map { "proved optimum \(Display.number(objective($0)))\n\n" } ?? "no proved optimum\n\n"
    var table = TextTable(
      header: [
        "strategy", "median", "95 % of the median", "quartiles", "gap", "feasible", "better than random",
      ], indent: 2)
    for summary in summaries {
      table.add(
        summary.name, shown(summary.median), "\(shown(summary.interval.low)) to \(shown(summary.interval.high))",
        "\(shown(summary.quartiles.better)) to \(shown(summary.quartiles.worse))",
        summary.gap.map { Display.percent($0) } ?? "–", "\(summary.feasible) of \(summary.count)",
        summary.winsAgainstRandom.map { Display.percent($0) } ?? "–")
    }
    return text + table.text
  }
}
