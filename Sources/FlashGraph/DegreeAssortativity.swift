extension WeightedLayerGraph {
  /// Degree assortativity: Pearson's correlation, over all edges u → v, of u's out-degree with v's in-degree.
  ///
  /// In −1…1; `nil` where it is not defined: no edges, or one of the two degrees is the same for all of them. The same
  /// as networkx's `degree_assortativity_coefficient` with its defaults `x="out"`, `y="in"`, which works on rounded
  /// numbers and may give any value where this is `nil`.
  ///
  /// Source: Newman, "Mixing patterns in networks", Phys. Rev. E 67, 026126, 2003, eq. 21; for directed graphs Foster,
  /// Foster, Grassberger, Paczuski, PNAS 107, 2010. Complexity: O(nodes + edges).
  public var degreeAssortativity: Double? {
    let out = successors.map { Double($0.count) }
    let into = predecessors.map { Double($0.count) }
    let edges = Double(edgeCount)
    guard edges > 0 else { return nil }
    // Every node stands at the start of as many edges as it has out, and at the end of as many as it has in.
    let startMean = out.reduce(0) { $0 + $1 * $1 } / edges
    let endMean = into.reduce(0) { $0 + $1 * $1 } / edges
    let starts = out.filter { $0 > 0 }
    let ends = into.filter { $0 > 0 }
    guard starts.min() != starts.max(), ends.min() != ends.max() else { return nil }
    let startSquares = starts.reduce(0) { $0 + $1 * ($1 - startMean) * ($1 - startMean) }
    let endSquares = ends.reduce(0) { $0 + $1 * ($1 - endMean) * ($1 - endMean) }
    var products = 0.0
    for (node, sources) in predecessors.enumerated() {
      let sum = sources.reduce(0.0) { $0 + (out[$1] - startMean) }
      products += sum * (into[node] - endMean)
    }
    return products / (startSquares * endSquares).squareRoot()
  }
}
