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

  /// Student's t at probability `probability` (0…1, both ends excluded) with `degrees` > 0 degrees of freedom; the normal
  /// quantile for ∞.
  public static func studentT(probability: Double, degrees: Double) -> Double {
    precondition(probability > 0 && probability < 1 && degrees > 0, "a quantile inside the distribution")
    guard degrees.isFinite else { return gsl_cdf_ugaussian_Pinv(probability) }
    return gsl_cdf_tdist_Pinv(probability, degrees)
  }

  /// The logarithm of Student's t density at `t` with `degrees` > 0 degrees of freedom; the normal one for ∞.
  public static func logStudentDensity(_ t: Double, degrees: Double) -> Double {
    guard degrees.isFinite else { return -0.5 * (t * t + Elementary.log(2 * .pi)) }
    return gsl_sf_lngamma((degrees + 1) / 2) - gsl_sf_lngamma(degrees / 2)
      - 0.5 * (Elementary.log(degrees * .pi) + (degrees + 1) * Elementary.log(1 + t * t / degrees))
  }

  /// Huber's weights of absolute residuals, min(1, 1.345 / |u|), u a residual over 1.4826 times the median of all; `nil`
  /// where that scale is not above `least`. Source: Huber, "Robust Statistics", Wiley 1981; 1.345 is 95 % efficient for
  /// normal errors. - Precondition: at least one residual.
  public static func huberWeights(_ residuals: [Double], above least: Double = 0) -> [Double]? {
    let scale = 1.4826 * quantile(residuals.sorted(), 0.5)
    guard scale > least else { return nil }
    return residuals.map { min(1, 1.345 * scale / $0) }
  }

  /// The 95 % confidence interval of a share, `successes` of `trials` > 0; neither has to be a whole number.
  ///
  /// Source: Clopper, Pearson, Biometrika 26(4), 1934.
  public static func shareInterval(successes: Double, of trials: Double) -> ClosedRange<Double> {
    precondition(trials > 0 && 0...trials ~= successes, "a share of something")
    let low = successes > 0 ? gsl_cdf_beta_Pinv(0.025, successes, trials - successes + 1) : 0
    let high = successes < trials ? gsl_cdf_beta_Pinv(0.975, successes + 1, trials - successes) : 1
    return low...high
  }

  /// The probability that a standard normal number is at most `z`.
  public static func standardNormal(atMost z: Double) -> Double { gsl_cdf_ugaussian_P(z) }

  /// √(mean of (x − mean)²): the deviation of a whole population. - Precondition: at least one value.
  public static func populationDeviation(_ values: some Collection<Double>) -> Double {
    let centre = mean(values)
    return mean(values.map { ($0 - centre) * ($0 - centre) }).squareRoot()
  }

  /// The value below which a part `probability` (0…1) of sorted values lies, by linear interpolation between the order
  /// statistics x₀…x₍ₙ₋₁₎ at (n − 1)·probability. Source: Hyndman, Fan, "Sample Quantiles in Statistical Packages", The
  /// American Statistician 50(4), 1996, definition 7. - Precondition: at least one value, in rising order.
  public static func quantile(_ sorted: [Double], _ probability: Double) -> Double {
    precondition(!sorted.isEmpty && probability >= 0 && probability <= 1, "a quantile of something")
    let place = probability * Double(sorted.count - 1)
    let lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
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
