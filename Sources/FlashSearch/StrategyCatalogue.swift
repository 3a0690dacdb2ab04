/// A search strategy: its name on the command line and what it does.
public struct Strategy: Sendable {
  public let name: String
  public let summary: String

  /// Every strategy, by name; the first is the default.
  public static let catalogue = [
    Strategy(name: BranchAndBound.name, summary: "branch and bound over sub-boxes: the best point, with a proof"),
    Strategy(
      name: HierarchicalSHGO.name,
      summary: "simplicial homology global optimisation on a coarse lattice, then on finer ones: quick, no proof"),
    Strategy(
      name: SHGO.name,
      summary: "simplicial homology global optimisation as for any function, on one complex refined: no proof"),
    Strategy(name: RandomSearch.name, summary: "uniform random points, no point twice"),
    Strategy(
      name: FeasibleRandomSearch.name,
      summary: "the same, of points that keep all bounds on costs, which need no training"),
    Strategy(
      name: RegularizedEvolution.name,
      summary: "regularised evolution: the oldest of a population leaves for a mutated child"),
    Strategy(name: Reinforce.name, summary: "REINFORCE: a softmax policy a variable, moving baseline, entropy bonus"),
    Strategy(
      name: ProgressiveSearch.name,
      summary: "progressive search: networks of cells that repeat first, a surrogate picks what is freed next"),
    Strategy(
      name: SingleCoordinateDescent.name,
      summary: "NetAdapt: from the largest network, one variable shrinks at a time, the one that loses least"),
    Strategy(
      name: MultiCoordinateDescent.name,
      summary: "NetAdaptV2: the same, several random variables sharing each reduction"),
    Strategy(name: MultiAgentSearch.name, summary: "MANAS: an EXP3 bandit a variable, all with the same loss"),
  ]
}
