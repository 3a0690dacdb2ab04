internal import FlashNAS
internal import FlashSearch

/// Solves design problems by a strategy, and with a proof where one is asked for.
struct DesignSolver {
  /// How often a strategy that never ends by itself scores where nobody says (chosen).
  static let samplingBudget = 10_000

  private static func sampler(_ name: String) -> (any SamplingStrategy)? {
    Strategy.samplers.first { type(of: $0).name == name }
  }

  let seed: UInt64
  var rule: StoppingRule

  /// The best point: with a proof where one is known, else by the hierarchical search.
  func best(of problem: DesignProblem) -> SearchReport {
    run(problem.isBounded ? BranchAndBound.name : HierarchicalSHGO.name, on: problem).report
  }

  func best(of problem: WorstCase) -> SearchReport {
    run(problem.isBounded ? BranchAndBound.name : HierarchicalSHGO.name, on: problem).report
  }

  /// What a strategy finds, with the time of the search and of the proof.
  ///
  /// - Parameters:
  ///   - name: one of the catalogue's.
  ///   - top: how many of the best points a proof ranks.
  ///   - certify: whether the exact proof follows a strategy that has none.
  func run(
    _ name: String, on problem: some BoundedProblem & ScreenedProblem, certify: Bool = false, top: Int = 1
  ) -> (report: SearchReport, search: Duration, proof: Duration) {
    let clock = ContinuousClock()
    let start = clock.now
    var report = search(name, problem)
    let searched = clock.now
    if name == BranchAndBound.name || certify {
      var rule = rule
      rule.maximumEvaluations -= report.evaluations
      var exact = BranchAndBound()
      exact.count = top
      report = exact.run(problem, from: report, stopping: rule)
    }
    return (report, searched - start, clock.now - searched)
  }

  private func search(_ name: String, _ problem: some ScreenedProblem) -> SearchReport {
    if let sampler = Self.sampler(name) {
      var rule = rule
      let isEndless = rule.maximumEvaluations == .max && rule.deadline == nil
      if isEndless { rule.maximumEvaluations = Self.samplingBudget }
      return sampler.seeded(seed).run(problem, stopping: rule)
    }
    var strategy = HierarchicalSHGO()
    strategy.seed = seed
    strategy.isKickingFeasible = name != BranchAndBound.name
    return strategy.run(problem, stopping: rule)
  }
}
