/// How well two series agree, in value or in order.
///
/// Every function takes two series of one length and returns a number in −1…1, or `nil` where it is not defined: fewer
/// than two pairs, or a series in which all values are equal.
public enum RankCorrelation {
  /// Kendall's τ-b, which counts ties: (C − D) / √((n₀ − n₁)(n₀ − n₂)) with n₀ = n(n−1)/2 pairs, C concordant, D
  /// discordant, n₁ and n₂ tied in the first and the second series.
  ///
  /// Complexity: O(n log n), by sorting and counting the exchanges of a merge sort. Sources: Kendall, "The treatment of
  /// ties in ranking problems", Biometrika 33(3), 1945; Knight, "A computer method for calculating Kendall's tau with
  /// ungrouped data", JASA 61(314), 1966. - Precondition: no value is NaN.
  public static func kendall(_ first: [Double], _ second: [Double]) -> Double? {
    precondition(first.count == second.count, "two series of one length")
    let pairs = zip(first, second).sorted { $0.0 < $1.0 || $0.0 == $1.0 && $0.1 < $1.1 }
    let all = pairs.count * (pairs.count - 1) / 2
    let untiedFirst = all - tied(pairs) { $0.0 == $1.0 }
    let tiedBoth = tied(pairs) { $0.0 == $1.0 && $0.1 == $1.1 }
    var order = pairs.map(\.1)
    let exchanges = sortCountingExchanges(&order)
    let untiedSecond = all - tied(order) { $0 == $1 }
    guard untiedFirst > 0, untiedSecond > 0 else { return nil }
    // Pairs tied in neither series are concordant or discordant, and a discordant one is exchanged once.
    let difference = untiedFirst + untiedSecond - all + tiedBoth - 2 * exchanges
    // One root of the product: exactly ±1 for series of one order or of opposite orders.
    return Double(difference) / (Double(untiedFirst) * Double(untiedSecond)).squareRoot()
  }

  /// The pairs within runs of neighbours that are equal.
  private static func tied<Value>(_ values: [Value], _ areEqual: (Value, Value) -> Bool) -> Int {
    var pairs = 0
    var run = 0
    for index in values.indices.dropFirst() {
      run = areEqual(values[index - 1], values[index]) ? run + 1 : 0
      pairs += run
    }
    return pairs
  }

  /// Sorts by merging from the bottom up; the result counts the pairs that stood in falling order.
  private static func sortCountingExchanges(_ values: inout [Double]) -> Int {
    var exchanges = 0
    var merged = values
    var width = 1
    while width < values.count {
      var start = 0
      while start < values.count {
        let middle = min(start + width, values.count)
        let end = min(middle + width, values.count)
        var (left, right) = (start, middle)
        for place in start..<end {
          if left < middle, right == end || values[left] <= values[right] {
            merged[place] = values[left]
            left += 1
          } else {
            merged[place] = values[right]
            right += 1
            exchanges += middle - left
          }
        }
        start = end
      }
      swap(&values, &merged)
      width *= 2
    }
    return exchanges
  }

  /// Spearman's ρ: Pearson's r of the ranks, tied values sharing the mean of their ranks.
  ///
  /// Complexity: O(n log n).
  public static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
    pearson(ranks(first), ranks(second))
  }

  /// Pearson's r: covariance over the product of the deviations. Complexity: O(n).
  public static func pearson(_ first: [Double], _ second: [Double]) -> Double? {
    precondition(first.count == second.count, "two series of one length")
    guard first.count > 1, !isConstant(first), !isConstant(second) else { return nil }
    let meanFirst = Statistics.mean(first)
    let meanSecond = Statistics.mean(second)
    var product = 0.0
    var squareFirst = 0.0
    var squareSecond = 0.0
    for (a, b) in zip(first, second) {
      product += (a - meanFirst) * (b - meanSecond)
      squareFirst += (a - meanFirst) * (a - meanFirst)
      squareSecond += (b - meanSecond) * (b - meanSecond)
    }
    return max(-1, min(1, product / (squareFirst.squareRoot() * squareSecond.squareRoot())))
  }

  /// Ranks from 1, tied values sharing the mean of theirs.
  static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
      start = end
    }
    return ranks
  }

  private static func isConstant(_ values: [Double]) -> Bool {
    values.allSatisfy { $0 == values[0] }
  }
}
