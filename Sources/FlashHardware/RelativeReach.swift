internal import FlashNumerics

extension LinearCost {
  /// The confidence of `relativeReach`.
  public static let statedConfidence = 0.95

  /// The r that the absolute relative errors of a share `confidence` of new networks are to stay below; `nil` where the
  /// errors of left-out networks do not tell: at any confidence but 95 % where the fit states that alone.
  public func reach(at confidence: Double) -> Double? {
    guard let stated = relativeReach, confidence != Self.statedConfidence else { return relativeReach }
    guard
      let found = Self.reach(leftOutErrors, parameters: coefficients.count { $0 > 0 }, confidence: confidence)
    else { return nil }
    // Errors may be stated in fewer digits than the reach at 95 %: that they must never pass.
    return confidence < Self.statedConfidence ? min(found, stated) : max(found, stated)
  }

  /// Where a share `confidence` of new networks with this predicted cost lie: an error (ŷ − y)/y of ±r puts y between
  /// ŷ/(1 + r) and ŷ/(1 − r); the upper end is infinite for r ≥ 1. `nil` where the errors are not known.
  public func interval(
    around value: Double, confidence: Double = statedConfidence
  ) -> (low: Double, high: Double)? {
    guard let reach = reach(at: confidence) else { return nil }
    return (value / (1 + reach), reach < 1 ? value / (1 - reach) : .infinity)
  }

  /// From 19 networks on it is the order statistic of rank confidence · (n + 1) of the left-out errors, as split conformal
  /// prediction takes it, between two ranks by linear interpolation; `nil` where that is beyond the last. Fewer have no
  /// such rank at 95 %: there it is Student's t at (1 + confidence)/2 with n − p degrees of freedom times their root mean
  /// square, which holds for normal errors.
  ///
  /// - Parameter errors: absolute relative errors, in any order.
  static func reach(_ errors: [Double], parameters: Int, confidence: Double = statedConfidence) -> Double? {
    guard !errors.isEmpty else { return nil }
    guard errors.count >= fewestRanked else {
      let degrees = Double(max(errors.count - parameters, 1))
      return Statistics.studentT(probability: (1 + confidence) / 2, degrees: degrees)
        * Statistics.rootMeanSquare(errors)
    }
    let sorted = errors.sorted()
    let rank = confidence * Double(sorted.count + 1)
    guard rank <= Double(sorted.count) else { return nil }
    let lower = max(1, Int(rank))
    let upper = min(lower, sorted.count - 1)
    return sorted[lower - 1] + max(0, rank - Double(lower)) * (sorted[upper] - sorted[lower - 1])
  }

  /// 0.95 · (n + 1) ≤ n.
  private static let fewestRanked = 19
}
