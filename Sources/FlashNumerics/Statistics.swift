@preconcurrency internal import CGSL

/// Means, deviations and quantiles.
public enum Statistics {
  /// The arithmetic mean. - Precondition: at least one value.
  public static func mean(_ values: some Collection<Double>) -> Double {
    precondition(!values.isEmpty, "the mean of nothing")
    return values.reduce(0, +) / Double(values.count)
  }

  /// √(mean of squares). - Precondition: at least one value.
  public static func rootMeanSquare(_ values: some Collection<Double>) -> Double {
    mean(values.map { $0 * $0 }).squareRoot()
  }

  /// The mean of the absolute values. - Precondition: at least one value.
  public static func meanAbsolute(_ values: some Collection<Double>) -> Double {
    mean(values.map { abs($0) })
  }

  /// Student's t at probability `probability` (0…1, both ends excluded) with `degrees` > 0 degrees of freedom.
  public static func studentT(probability: Double, degrees: Double) -> Double {
    precondition(probability > 0 && probability < 1 && degrees > 0, "a quantile inside the distribution")
    return gsl_cdf_tdist_Pinv(probability, degrees)
  }

  /// √(Σ (x − mean of its group)² / Σ (n_group − 1)): the pooled deviation of replicates, or `nil` where no group has
  /// two members.
  public static func pooledDeviation(_ groups: [[Double]]) -> Double? {
    var squares = 0.0
    var degrees = 0
    for group in groups where group.count > 1 {
      let centre = mean(group)
      squares += group.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
      degrees += group.count - 1
    }
    return degrees > 0 ? (squares / Double(degrees)).squareRoot() : nil
  }
}
