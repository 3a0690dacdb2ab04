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
  /// The first reduction of strategies that shrink; theirs when `nil`.
  var step: Double?

  /// The best point: with a proof where one is known, else by the hierarchical search.
  func best(of problem: WorstCase) -> SearchReport {
    run(problem.isBounded ? BranchAndBound.name : HierarchicalSHGO.name, on: problem, seeksClosest: false).report
  }

  /// What a strategy finds, with the time of the search and of the proof. One target is solved by itself: the concrete
  /// type is what makes the search fast.
  ///
  /// - Parameters:
  ///   - name: one of the catalogue's.
  ///   - top: how many of the best points a proof ranks; `nil` for the best alone, unranked.
  ///   - certify: whether the exact proof follows a strategy that has none.
  ///   - seeksClosest: whether the closest point is wanted where none is feasible.
  func run(
    _ name: String, on problem: WorstCase, certify: Bool = false, top: Int? = nil, seeksClosest: Bool = true
  ) -> (report: SearchReport, search: Duration, proof: Duration) {
    problem.targets.count > 1
      ? runAny(name, on: problem, certify: certify, top: top)
      : run(name, on: problem.first, certify: certify, top: top, seeksClosest: seeksClosest)
  }

  private func runAny(
    _ name: String, on problem: some BoundedProblem & ScreenedProblem, certify: Bool, top: Int?
  ) -> (report: SearchReport, search: Duration, proof: Duration) {
    let clock = ContinuousClock()
    let start = clock.now
    var report = search(name, problem)
    let searched = clock.now
    if name == BranchAndBound.name || certify {
      var exact = BranchAndBound()
      exact.count = top ?? 1
      report = exact.run(problem, from: report, stopping: rule.after(report.evaluations))
    }
    return (report, searched - start, clock.now - searched)
  }

  /// As for any problem; separable ones are proved by Lagrangian branch and bound, some hundred times sooner.
  private func run(
    _ name: String, on problem: DesignProblem, certify: Bool, top: Int?, seeksClosest: Bool
  ) -> (report: SearchReport, search: Duration, proof: Duration) {
    guard name == BranchAndBound.name, let quick = LagrangianBranchAndBound(problem) else {
      return runAny(name, on: problem, certify: certify, top: top)
    }
    let clock = ContinuousClock()
    let start = clock.now
    var report = top.map { quick.best($0, stopping: rule) } ?? quick.run(stopping: rule)
    let isInfeasible = report.certificate.status == .infeasible
    if isInfeasible, seeksClosest { report = quick.closest(report, stopping: rule) }
    let proved = clock.now
    if !report.score.isFeasible, !isInfeasible || seeksClosest && !report.certificate.isClosest {
      let rule = rule.after(report.evaluations)
      report = report.closer(DesignSolver(seed: seed, rule: rule).search(HierarchicalSHGO.name, problem))
    }
    return (report, clock.now - proved, proved - start)
  }

  /// As `run`, with a certificate: the leaves of a plain proof, of which the Lagrangian one has none. Where that one comes
  /// first, its optimum is what the plain proof begins with.
  func certified(
    _ name: String, on problem: WorstCase
  ) -> (report: SearchReport, search: Duration, proof: Duration, certificate: DesignCertificate) {
    let clock = ContinuousClock()
    let start = clock.now
    let isQuick =
      name == BranchAndBound.name && problem.targets.count == 1 && LagrangianBranchAndBound(problem.first) != nil
    let first =
      isQuick
      ? run(name, on: problem.first, certify: false, top: nil, seeksClosest: true).report : search(name, problem)
    let searched = clock.now
    let rule = rule.after(first.evaluations)
    let exact = BranchAndBound()
    let (plain, leaves) =
      problem.targets.count == 1
      ? exact.proof(problem.first, from: first, stopping: rule) : exact.proof(problem, from: first, stopping: rule)
    let isProved = [.optimal, .infeasible].contains(first.certificate.status)
    return (
      isProved ? first : plain, searched - start, clock.now - searched,
      DesignCertificate(plain, leaves, of: problem)
    )
  }

  private func search(_ name: String, _ problem: some ScreenedProblem) -> SearchReport {
    if var sampler = Self.sampler(name) {
      var rule = rule
      let isEndless = rule.maximumEvaluations == .max && rule.deadline == nil
      if isEndless { rule.maximumEvaluations = Self.samplingBudget }
      if let step, var shrinking = sampler as? any ShrinkingStrategy {
        shrinking.schedule.initial = step
        sampler = shrinking
      }
      return sampler.seeded(seed).run(problem, stopping: rule)
    }
    if name == SHGO.name {
      var strategy = SHGO()
      strategy.seed = seed
      return strategy.run(problem, stopping: rule)
    }
    var strategy = HierarchicalSHGO()
    strategy.seed = seed
    strategy.isKickingFeasible = name != BranchAndBound.name
    return strategy.run(problem, stopping: rule)
  }
}

extension SearchReport {
  /// The same report of no feasible point, with the closer one of another search.
  fileprivate func closer(_ other: SearchReport) -> SearchReport {
    var report = self
    if other.score < score { (report.point, report.score) = (other.point, other.score) }
    // A feasible point where a search was stopped leaves a gap that no bound tells.
    report.evaluations += other.evaluations
    report.levels = other.levels
    report.improvements = improvements(followedBy: other.improvements)
    return report
  }
}
