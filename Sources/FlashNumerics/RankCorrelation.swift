/// How well two series agree, in value or in order.
///
/// Every function takes two series of one length and returns a number in −1…1, or `nil` where it is not defined: fewer
/// than two pairs, or a series in which all values are equal.
public enum RankCorrelation {
  /// Kendall's τ-b, which counts ties: (C − D) / √((n₀ − n₁)(n₀ − n₂)) with n₀ = n(n−1)/2 pairs, C concordant, D
  /// discordant, n₁ and n₂ tied in the first and the second series.
  ///
  /// Complexity: O(n²). Source: Kendall, "The treatment of ties in ranking problems", Biometrika 33(3), 1945.
  public static func kendall(_ first: [Double], _ second: [Double]) -> Double? {
    precondition(first.count == second.count, "two series of one length")
    var difference = 0
    var untiedFirst = 0
    var untiedSecond = 0
    for i in first.indices {
      for j in 0..<i {
        let a = sign(first[i] - first[j])
        let b = sign(second[i] - second[j])
        difference += a * b
        untiedFirst += a * a
        untiedSecond += b * b
      }
    }
    guard untiedFirst > 0, untiedSecond > 0 else { return nil }
    // One root of the product: exactly ±1 for series of one order or of opposite orders.
    return Double(difference) / (Double(untiedFirst) * Double(untiedSecond)).squareRoot()
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

  private static func sign(_ value: Double) -> Int {
    value > 0 ? 1 : value < 0 ? -1 : 0
  }
}
