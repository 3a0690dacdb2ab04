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
  ]
}
