internal import FlashNumerics

extension WeightedLayerGraph {
  /// The most nodes whose algebraic connectivity is worked out: 0.3 s with the reference BLAS (measured; 3 s at twice as
  /// many).
  public static let connectivityLimit = 1024

  /// Algebraic connectivity: the second smallest eigenvalue of the Laplacian D − A of the undirected, unweighted graph.
  ///
  /// 0 exactly for a graph that falls apart, else positive; `nil` for fewer than two nodes and above
  /// `connectivityLimit`.
  ///
  /// Source: Fiedler, "Algebraic connectivity of graphs", Czechoslovak Math. J. 23, 1973.
  /// - Throws: `GraphError` where LAPACK does not converge.
  /// - Complexity: O(nodes³).
  public func algebraicConnectivity() throws(GraphError) -> Double? {
    guard 2...Self.connectivityLimit ~= count else { return nil }
    guard isConnected else { return 0 }
    var laplacian = [Double](repeating: 0, count: count * count)
    for (node, targets) in successors.enumerated() {
      for target in targets {
        laplacian[node * count + target] = -1
        laplacian[target * count + node] = -1
        laplacian[node * count + node] += 1
        laplacian[target * count + target] += 1
      }
    }
    do { return try SymmetricEigenvalues.of(laplacian, order: count)[1] } catch {
      throw .undefined(metric: "algebraic_connectivity", reason: error.description)
    }
  }

  /// Whether the undirected graph is in one piece.
  private var isConnected: Bool {
    var reached = [Bool](repeating: false, count: count)
    reached[0] = true
    var waiting = [0]
    while let node = waiting.popLast() {
      for next in successors[node] + predecessors[node] where !reached[next] {
        reached[next] = true
        waiting.append(next)
      }
    }
    return !reached.contains(false)
  }
}
