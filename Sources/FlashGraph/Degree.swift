extension WeightedLayerGraph {
  /// Each node's degree: edges in and out, as networkx's `degree()` of a directed graph counts them.
  public var degrees: [Int] { zip(predecessors, successors).map { $0.count + $1.count } }

  /// The mean degree, 2 · edges / nodes; `nil` without nodes.
  public var meanDegree: Double? { count > 0 ? Double(2 * edgeCount) / Double(count) : nil }

  /// The largest degree; `nil` without nodes.
  public var maximumDegree: Int? { degrees.max() }
}
