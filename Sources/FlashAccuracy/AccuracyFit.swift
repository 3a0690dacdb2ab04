internal import FlashNumerics

/// How well predictions agree with the accuracies that were seen.
public struct AgreementErrors: Sendable, Hashable {
  /// √(mean squared error), in units of accuracy (0…1).
  public let rmse: Double
  /// Mean absolute error.
  public let mae: Double
  /// Kendall's τ-b and Spearman's ρ between prediction and accuracy, `nil` where one of them is constant.
  public let kendall: Double?
  public let spearman: Double?

  init(predicted: [Double], seen: [Double], ranks: Bool = true) {
    let errors = zip(predicted, seen).map { $0 - $1 }
    rmse = Statistics.rootMeanSquare(errors)
    mae = Statistics.meanAbsolute(errors)
    kendall = ranks ? RankCorrelation.kendall(predicted, seen) : nil
    spearman = ranks ? RankCorrelation.spearman(predicted, seen) : nil
  }
}

/// One coefficient of a fitted form.
public struct Coefficient: Sendable, Hashable {
  public let name: String
  public let value: Double
  /// `nil` where the coefficient sits at a bound or the samples do not determine it.
  public let standardError: Double?
}

/// A fitted accuracy model and how far to trust it.
public struct AccuracyFit: Sendable {
  public let form: String
  public let model: AccuracyModel
  public let coefficients: [Coefficient]
  /// Different configurations, and training runs over all of them.
  public let samples: Int
  public let runs: Int
  /// Errors on the samples that the curve was fitted to.
  public let training: AgreementErrors
  /// Errors on each configuration, by a curve fitted to all others.
  public let leaveOneOut: AgreementErrors
  /// Runs of left-out configurations inside the 95 % interval of the curve fitted to the others.
  public let coverage: (inside: Int, of: Int)
  /// The same form over other features, each left out alike; `constant` is the mean of the others, and has no order.
  public let baselines: [(name: String, errors: AgreementErrors)]
  /// Rank agreement of each feature itself with accuracy, without any fit.
  public let ranking: [(name: String, kendall: Double?, spearman: Double?)]
  public let noise: RunNoise?
  /// Why the curve is not a free fit, where it is not.
  public let reason: String?

  /// The fewest configurations: the form's parameters + 2.
  public static let fewestSamples = 5

  /// Fits form `flash` to NN-Degree.
  ///
  /// Each configuration weighs 1/(s²/n + τ²): s² is the pooled variance between runs and τ² what the curve leaves
  /// unexplained in an unweighted fit; without replicates all weigh alike. Leave-one-out leaves out a configuration
  /// with all its runs.
  /// - Throws: `AccuracyError`. Complexity: O(m² ) curve evaluations for m samples, times a few hundred.
  public init(_ samples: [AccuracySample]) throws(AccuracyError) {
    guard samples.count >= Self.fewestSamples else {
      throw .tooFewSamples(found: samples.count, needed: Self.fewestSamples)
    }
    let seen = samples.map(\.accuracy)
    let degrees = samples.map(\.nnDegree)
    let fitted = Self.weightedFit(samples, feature: degrees)
    form = "flash"
    model = fitted.model
    coefficients = try Self.coefficients(fitted, x: degrees)
    self.samples = samples.count
    runs = samples.reduce(0) { $0 + $1.count }
    training = AgreementErrors(predicted: degrees.map { fitted.curve.value($0) }, seen: seen)
    noise = RunNoise(samples)
    reason = fitted.curve.reason

    let held = Self.leaveOneOut(samples, feature: degrees)
    leaveOneOut = AgreementErrors(predicted: held.map(\.value), seen: seen)
    let inside = zip(held, samples).map { prediction, sample in
      sample.runs.count { prediction.low <= $0 && $0 <= prediction.high }
    }
    coverage = (inside.reduce(0, +), samples.reduce(0) { $0 + $1.runs.count })

    var baselines = [("constant", AgreementErrors(predicted: Self.leftOutMeans(seen), seen: seen, ranks: false))]
    var ranking = [("nn_degree", RankCorrelation.kendall(degrees, seen), RankCorrelation.spearman(degrees, seen))]
    let features: [(String, (AccuracySample) -> Double?)] = [
      ("nn_mass", \.nnMass), ("parameters", \.parameters), ("macs", \.macs),
    ]
    for (name, read) in features {
      let values = samples.compactMap(read)
      guard values.count == samples.count else { continue }
      ranking.append((name, RankCorrelation.kendall(values, seen), RankCorrelation.spearman(values, seen)))
      // NN-Mass is 0 without skips, where b/x is not defined: those values move up by the least positive one.
      let positive = values.filter { $0 > 0 }.min() ?? 1
      let shifted = values.contains(0) ? values.map { $0 + positive } : values
      let left = Self.leaveOneOut(samples, feature: shifted)
      baselines.append((name, AgreementErrors(predicted: left.map(\.value), seen: seen)))
    }
    self.baselines = baselines
    self.ranking = ranking
  }

  private static func leftOutMeans(_ values: [Double]) -> [Double] {
    let total = values.reduce(0, +)
    return values.map { (total - $0) / Double(values.count - 1) }
  }

  private static func leaveOneOut(
    _ samples: [AccuracySample], feature: [Double]
  ) -> [AccuracyPrediction] {
    var predictions: [AccuracyPrediction] = []
    for left in samples.indices {
      let kept = samples.indices.filter { $0 != left }
      let fitted = weightedFit(kept.map { samples[$0] }, feature: kept.map { feature[$0] })
      predictions.append(fitted.model.predict(nnDegree: feature[left]))
    }
    return predictions
  }

  private static func weightedFit(
    _ samples: [AccuracySample], feature: [Double]
  ) -> (curve: CurveFit, model: AccuracyModel, weights: [Double], inflation: Double) {
    let seen = samples.map(\.accuracy)
    let equal = [Double](repeating: 1, count: samples.count)
    let first = CurveFit(x: feature, y: seen, weights: equal)
    let degrees = max(1, samples.count - first.parameterCount)
    let residual = zip(feature, seen).reduce(0) { sum, row in
      let error = row.1 - first.value(row.0)
      return sum + error * error
    }
    let unexplained = max(residual / Double(degrees), 1e-12)
    let noise = RunNoise(samples)
    let runVariance = noise.map { $0.deviation * $0.deviation } ?? 0
    let fromRuns = samples.reduce(0) { $0 + runVariance / Double($1.count) } / Double(samples.count)
    let between = max(unexplained - fromRuns, 0)
    let weights = samples.map { sample in
      noise == nil ? 1 / unexplained : 1 / max(runVariance / Double(sample.count) + between, 1e-12)
    }
    let curve = noise == nil ? first : CurveFit(x: feature, y: seen, weights: weights)
    // The weights are inverse variances up to what was estimated: a chi-squared above its expectation widens both.
    let chi = zip(zip(feature, seen), weights).reduce(0) { sum, row in
      let error = row.0.1 - curve.value(row.0.0)
      return sum + row.1 * error * error
    }
    let inflation = max(1, chi / Double(max(1, samples.count - curve.parameterCount)))
    // Without replicates the residual variance already holds the run's.
    let newRun = noise == nil ? unexplained : runVariance + between
    let found = coefficients(of: curve)
    let model = AccuracyModel(
      offset: found.offset, scale: found.scale, factor: found.factor, range: curve.form.range,
      covariance: (noise == nil ? unscaled(first, unexplained) : curve.covariance).map { $0.map { $0 * inflation } },
      residualDeviation: (newRun * inflation).squareRoot(),
      degreesOfFreedom: max(1, samples.count - curve.parameterCount))
    return (curve, model, weights, inflation)
  }

  private static func unscaled(_ curve: CurveFit, _ variance: Double) -> [[Double]] {
    curve.covariance.map { $0.map { $0 * variance } }
  }

  private static func coefficients(of curve: CurveFit) -> (offset: Double, scale: Double, factor: Double) {
    // A constant θ = 1/p: all of it in a, so that θ does not depend on g.
    curve.isConstant ? (curve.coordinates[0], 0, 0) : curve.form.coefficients(curve.coordinates)
  }

  /// a, b, c with standard errors: (JᵀWJ)⁻¹ in a, b, c by singular value decomposition, inflated as the covariance is.
  private static func coefficients(
    _ fitted: (curve: CurveFit, model: AccuracyModel, weights: [Double], inflation: Double), x: [Double]
  ) throws(AccuracyError) -> [Coefficient] {
    let model = fitted.model
    guard model.scale > 0 else {
      return [Coefficient(name: "a", value: model.offset, standardError: nil)]
    }
    let rows = x.map { g in
      let theta = model.accuracy(nnDegree: g)
      let term = model.factor * Elementary.exp(model.scale / g)
      return [-theta * theta, -theta * theta * term / g, -theta * theta * term]
    }
    var errors: [Double?] = [nil, nil, nil]
    if fitted.curve.parameterCount == 3 {
      do {
        let information = try LinearFit(
          rows: rows, targets: Array(repeating: 0, count: rows.count), weights: fitted.weights
        ).inverseInformation
        errors = (0..<3).map { (information[$0][$0] * fitted.inflation).squareRoot() }
      } catch { throw .numerics(error.description) }
    }
    let values = [("a", model.offset), ("b", model.scale), ("c", Elementary.log(model.factor))]
    return zip(values, errors).map { Coefficient(name: $0.0, value: $0.1, standardError: $1) }
  }
}
