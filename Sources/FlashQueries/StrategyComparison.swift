internal import FlashNAS
internal import FlashNumerics
internal import FlashSearch

/// The runs of several strategies on one problem.
struct StrategyComparison {
  /// A strategy as it takes part.
  struct Entrant: Hashable {
    let name: String
    /// The first reduction of a strategy that shrinks; its own when `nil`.
    let step: Double?
    let budget: Int
  }

  /// What one run found.
  struct Run {
    let seed: UInt64
    let report: SearchReport
    /// Networks scored until one was among the best; `nil` where none was, or nobody asked.
    let reached: Int?
  }

  let question: DesignQuestion
  let entrants: [Entrant]
  /// The strategy that the others are paired with.
  let against: String?
  private(set) var runs: [Entrant: [Run]] = [:]
  /// The proved optimum, where one is known.
  private(set) var optimum: Score?
  /// The best share of all designs, where it was asked for.
  private(set) var top: (share: Double, found: TopShare)?

  init(_ question: DesignQuestion, _ entrants: [Entrant], against: String?) {
    self.question = question
    self.entrants = entrants
    self.against = against
  }

  var isBounded: Bool { question.worstCase.isBounded }

  mutating func findOptimum(_ solver: DesignSolver) {
    let report = solver.best(of: question.worstCase)
    if report.certificate.status == .optimal { optimum = report.score }
  }

  mutating func findTop(_ share: Double, seed: UInt64, isInterrupted: () -> Bool) {
    // One target is scored by itself: the concrete type is what makes it fast.
    let found =
      question.hasSeveralTargets
      ? TopShare(share, of: question.worstCase, seed: seed, isInterrupted: isInterrupted)
      : TopShare(share, of: question.problem, seed: seed, isInterrupted: isInterrupted)
    if let found { top = (share, found) }
  }

  mutating func add(_ entrant: Entrant, _ solver: DesignSolver) {
    let report = solver.run(entrant.name, on: question.worstCase).report
    runs[entrant, default: []].append(
      Run(seed: solver.seed, report: report, reached: top.flatMap { $0.found.evaluations(of: report) }))
  }

  func objective(_ score: Score) -> Double { question.problem.objective.value(score.objective) }

  /// A strategy's runs in numbers; those of infeasible runs count as worse than all.
  struct Summary {
    let entrant: Entrant
    let feasible: Int
    let count: Int
    /// The median with its 95 % interval, and the quartiles; `nil` where that run is infeasible.
    let median: Double?
    let interval: (low: Double?, high: Double?)
    let quartiles: (better: Double?, worse: Double?)
    /// Of the median, relative to the proved optimum.
    let gap: Double?
    /// The share of seeds on which it is better than the strategy it is paired with, ties a half, with its interval.
    let wins: (share: Double, interval: ClosedRange<Double>)?
    let reach: Reach
    let stages: [Stage]
  }

  /// The evaluations until a network was among the best: of how many runs, the median and its 95 % interval; `nil` beyond
  /// the budget.
  struct Reach {
    let runs: Int
    let median: Int?
    let interval: (low: Int?, high: Int?)
  }

  /// A stage of a surrogate: medians over the runs that had it.
  struct Stage {
    let groups: Int
    let evaluations: Double
    let ahead: Double?
    let within: Double?
  }

  func summary(_ entrant: Entrant) -> Summary {
    let own = runs[entrant] ?? []
    let sorted = own.map(\.report.score).sorted()
    func value(_ rank: Int) -> Double? {
      guard sorted.indices.contains(rank), sorted[rank].isFeasible else { return nil }
      return objective(sorted[rank])
    }
    let (low, high) = Self.medianRanks(sorted.count)
    let median = value((sorted.count - 1) / 2)
    return Summary(
      entrant: entrant, feasible: sorted.count(where: \.isFeasible), count: own.count, median: median,
      interval: (value(low), value(high)),
      quartiles: (value((sorted.count - 1) / 4), value((3 * (sorted.count - 1) + 3) / 4)),
      gap: median.flatMap { median in optimum.map { abs(median - objective($0)) / abs(objective($0)) } },
      wins: wins(entrant), reach: Self.reach(own.map(\.reached)), stages: Self.stages(own.map(\.report.stages)))
  }

  /// How often an entrant beats the one that it is paired with: that of the same budget, and step where both have one.
  private func wins(_ entrant: Entrant) -> (share: Double, interval: ClosedRange<Double>)? {
    guard let against, against != entrant.name else { return nil }
    let rivals = entrants.filter { $0.name == against && $0.budget == entrant.budget }
    guard let rival = rivals.first(where: { $0.step == entrant.step }) ?? rivals.first else { return nil }
    let pairs = Array(zip(runs[entrant] ?? [], runs[rival] ?? []))
    guard !pairs.isEmpty else { return nil }
    let wins = pairs.reduce(0.0) { sum, pair in
      let (one, other) = (pair.0.report.score, pair.1.report.score)
      return sum + (one < other ? 1 : other < one ? 0 : 0.5)
    }
    return (
      wins / Double(pairs.count), Statistics.shareInterval(successes: wins, of: Double(pairs.count))
    )
  }

  private static func reach(_ evaluations: [Int?]) -> Reach {
    let sorted = evaluations.map { $0 ?? .max }.sorted()
    func value(_ rank: Int) -> Int? {
      sorted.indices.contains(rank) && sorted[rank] < .max ? sorted[rank] : nil
    }
    let (low, high) = medianRanks(sorted.count)
    return Reach(
      runs: sorted.count { $0 < .max }, median: value((sorted.count - 1) / 2), interval: (value(low), value(high)))
  }

  private static func stages(_ runs: [[SurrogateStage]]) -> [Stage] {
    func median(_ values: [Double]) -> Double? { values.isEmpty ? nil : Statistics.quantile(values.sorted(), 0.5) }
    return (0..<(runs.map(\.count).max() ?? 0)).map { index in
      let stages = runs.compactMap { index < $0.count ? $0[index] : nil }
      return Stage(
        groups: stages[0].groups, evaluations: median(stages.map { Double($0.evaluations) }) ?? 0,
        ahead: median(stages.compactMap(\.ahead)), within: median(stages.compactMap(\.within)))
    }
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
}
