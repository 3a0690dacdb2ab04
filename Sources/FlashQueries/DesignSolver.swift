internal import FlashNAS
internal import FlashSearch

/// Solves design problems: with a proof where one is known, else by the hierarchical search.
struct DesignSolver {
  let seed: UInt64
  let rule: StoppingRule

  /// The best point. - Parameter incumbent: a point that is known to be good.
  func best(of problem: DesignProblem) -> SearchReport {
    best(of: problem, isBounded: problem.isBounded)
  }

  func best(of problem: WorstCase) -> SearchReport {
    best(of: problem, isBounded: problem.isBounded)
  }

  private func best(of problem: some BoundedProblem, isBounded: Bool) -> SearchReport {
    var heuristic = HierarchicalSHGO()
    heuristic.seed = seed
    heuristic.isKickingFeasible = !isBounded
    let report = heuristic.run(problem, stopping: rule)
    return isBounded ? BranchAndBound().run(problem, from: report, stopping: rule) : report
  }
}
