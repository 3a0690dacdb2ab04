internal import FlashFormats
internal import FlashNAS
internal import FlashSearch

/// Search strategies on one problem, at equal budgets, over seeds.
public struct CompareQuery: Sendable {
  /// The problem.
  public var question = SearchQuery()
  /// Names of `flashnas list strategies`; all but `exact` when empty.
  public var strategies: [String] = []
  /// The strategy that the others are paired with, seed by seed: `random` when left out.
  public var against: String?
  /// Networks that each run scores, one comparison for each: 1000 when empty.
  public var budgets: [String] = []
  /// First reductions of strategies that shrink, one comparison for each: theirs when empty.
  public var steps: [String] = []
  /// The best share of all designs to which evaluations are counted.
  public var reach: String?
  /// Runs of each strategy: 20 when left out.
  public var seeds: String?

  public init() {}

  /// - Parameter isInterrupted: asked now and then whether to stop, with what has run and code 130.
  public func run(isInterrupted: @escaping @Sendable () -> Bool = { false }) throws(QueryError) -> QueryResult {
    let clock = ContinuousClock()
    let start = clock.now
    let names = try chosenStrategies()
    let entrants = try entrants(names)
    let rival = try chosenRival(names)
    let share = try reach.map { (text) throws(QueryError) in try Self.share(text, option: "--reach") }
    let seeds =
      try seeds.map { (text) throws(QueryError) in
        try Arguments.count(text, option: "--seeds", in: 6...10_000)
      } ?? 20
    let first = try Arguments.seed(question.seed)
    let loaded = try DesignQuestion(question)
    var comparison = StrategyComparison(loaded, entrants, against: rival)
    var rule = StoppingRule(isInterrupted: isInterrupted)
    if comparison.isBounded { comparison.findOptimum(DesignSolver(seed: first, rule: rule)) }
    if let share { comparison.findTop(share, seed: first, isInterrupted: isInterrupted) }
    for seed in 0..<seeds where !isInterrupted() {
      for entrant in entrants {
        rule.maximumEvaluations = entrant.budget
        comparison.add(entrant, DesignSolver(seed: first &+ UInt64(seed), rule: rule, step: entrant.step))
      }
    }
    var result = ComparisonReport(comparison, firstSeed: first).result
    result.document["timing"] = ["compare_s": .number((clock.now - start).seconds)]
    loaded.hardware.note(in: &result)
    if isInterrupted() { result.exitCode = 130 }
    return result
  }

  private func chosenStrategies() throws(QueryError) -> [String] {
    let known = Strategy.catalogue.map(\.name).filter { $0 != BranchAndBound.name }
    for name in strategies where !known.contains(name) {
      throw QueryError(DesignError.unknownName(kind: "--strategy", found: name, known: known))
    }
    try Self.checkOnce(strategies, option: "--strategy")
    return strategies.isEmpty ? known : strategies
  }

  private func chosenRival(_ names: [String]) throws(QueryError) -> String? {
    guard let against else { return names.contains(RandomSearch.name) ? RandomSearch.name : nil }
    guard names.contains(against) else {
      throw QueryError(DesignError.unknownName(kind: "--against", found: against, known: names))
    }
    return against
  }

  /// Every strategy at every budget and, where it shrinks, with every step.
  private func entrants(_ names: [String]) throws(QueryError) -> [StrategyComparison.Entrant] {
    try Self.checkOnce(budgets, option: "--budget")
    try Self.checkOnce(steps, option: "--step")
    var counts: [Int] = []
    for text in budgets.isEmpty ? ["1000"] : budgets {
      counts.append(try Arguments.count(text, option: "--budget", in: 1...10_000_000))
    }
    var shares: [Double?] = []
    for text in steps { shares.append(try Self.share(text, option: "--step")) }
    let shrinking = Strategy.samplers.filter { $0 is any ShrinkingStrategy }.map { type(of: $0).name }
    guard steps.isEmpty || names.contains(where: shrinking.contains) else {
      throw .usage(
        "--step: no strategy that shrinks, found \(names.joined(separator: ", ")), allowed beside "
          + shrinking.joined(separator: ", "))
    }
    return counts.flatMap { budget in
      names.flatMap { name in
        (shrinking.contains(name) && !shares.isEmpty ? shares : [nil]).map {
          StrategyComparison.Entrant(name: name, step: $0, budget: budget)
        }
      }
    }
  }

  private static func checkOnce(_ texts: [String], option: String) throws(QueryError) {
    for (index, text) in texts.enumerated() where texts[..<index].contains(text) {
      throw .usage("\(option): '\(text)' stands twice, allowed once")
    }
  }

  /// A share above 0 and below 1.
  private static func share(_ text: String, option: String) throws(QueryError) -> Double {
    let value = try Arguments.value(text, .accuracy, option: option)
    guard value > 0, value < 1 else {
      throw .usage("\(option): out of range, found '\(text)', allowed above 0 and below 1, such as 0.025 or 2.5%")
    }
    return value
  }
}
