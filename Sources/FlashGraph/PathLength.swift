extension WeightedLayerGraph {
  /// The nodes of the longest path: weighted layers, one more than edges; 0 without nodes. Complexity: O(nodes + edges).
  public var longestPath: Int {
    var lengths: [Int] = []
    for sources in predecessors { lengths.append(1 + (sources.map { lengths[$0] }.max() ?? 0)) }
    return lengths.max() ?? 0
  }

  /// The mean length, in edges, of the shortest paths from u to v over all ordered pairs u ≠ v with a path between.
  ///
  /// An edge leads from one weighted layer to the next: a plain chain of n has a mean of (n + 1) / 3, and skip
  /// connections shorten it. `nil` where no pair has a path, and above `pairLimit` nodes.
  ///
  /// - Complexity: O(nodes³ / 64) by breadth first search over rows of bits.
  public var meanPath: Double? {
    guard count <= Self.pairLimit else { return nil }
    let words = (count + 63) / 64
    var rows = [UInt64](repeating: 0, count: count * words)
    for (node, targets) in successors.enumerated() {
      for target in targets { rows[node * words + target / 64] |= 1 << UInt64(target % 64) }
    }
    var total = 0
    var pairs = 0
    for start in 0..<count {
      var reached = [UInt64](repeating: 0, count: words)
      reached[start / 64] |= 1 << UInt64(start % 64)
      var frontier = [start]
      var length = 0
      while !frontier.isEmpty {
        total += length * frontier.count
        pairs += frontier.count
        length += 1
        var next = [UInt64](repeating: 0, count: words)
        for node in frontier {
          for word in 0..<words { next[word] |= rows[node * words + word] }
        }
        frontier = []
        for word in 0..<words {
          var fresh = next[word] & ~reached[word]
          reached[word] |= fresh
          while fresh != 0 {
            frontier.append(word * 64 + fresh.trailingZeroBitCount)
            fresh &= fresh - 1
          }
        }
      }
      // The start itself.
      pairs -= 1
    }
    return pairs > 0 ? Double(total) / Double(pairs) : nil
  }
}
