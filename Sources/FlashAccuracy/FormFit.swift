internal import FlashNumerics

/// A form fitted to samples.
///
/// Each configuration weighs 1/(s²/n + τ²): s² is the pooled variance between runs and τ² what the curve leaves unexplained
/// in an unweighted fit; without replicates all weigh alike. A chi-squared above its expectation widens all variances.
/// A Gaussian process takes s²/n as known noise and fits the rest.
struct FormFit {
  let model: AccuracyModel
  /// The weights of the fit; empty for a Gaussian process.
  let weights: [Double]
  /// What the variances were widened by.
  let inflation: Double
  /// Parameters used.
  let parameterCount: Double
  /// Why the curve is not a free fit, where it is not.
  let reason: String?

  private init(
    model: AccuracyModel, weights: [Double], inflation: Double, parameterCount: Double, reason: String?
  ) {
    self.model = model
    self.weights = weights
    self.inflation = inflation
    self.parameterCount = parameterCount
    self.reason = reason
  }

  /// - Throws: `AccuracyError`. Complexity: that of the form's fit, twice with replicates, twenty times where robust.
  init(_ set: TrainingSet) throws(AccuracyError) {
    if case .process(let kernel, _) = set.form.kind {
      self.init(try set.process(kernel), set)
      return
    }
    self.init(curve: set)
  }

  /// A process: a new run adds what runs of one configuration vary by to the noise about the process.
  private init(_ process: GaussianProcess, _ set: TrainingSet) {
    self.init(
      model: AccuracyModel(
        form: set.form.name, features: set.features, ranges: set.ranges, curve: .process(process),
        uncertainty: AccuracyModel.Uncertainty(
          covariance: [], residualDeviation: (process.hyperparameters.noise + set.runVariance).squareRoot(),
          degreesOfFreedom: .infinity),
        jackknife: nil), weights: [], inflation: 1, parameterCount: 4, reason: nil)
  }

  private init(curve set: TrainingSet) {
    let equal = [Double](repeating: 1, count: set.count)
    let first = Self.robust(set, weights: equal)
    let unexplained = max(
      set.weightedSquares(first.raw.curve, first.factors)
        / max(1, first.factors.reduce(0, +) - first.raw.parameterCount), 1e-12)
    let runVariance = set.runVariance
    let fromRuns = set.samples.reduce(0) { $0 + runVariance / Double($1.count) } / Double(set.count)
    let between = max(unexplained - fromRuns, 0)
    let hasNoise = set.noise != nil
    let base = set.samples.map { sample in
      hasNoise ? 1 / max(runVariance / Double(sample.count) + between, 1e-12) : 1 / unexplained
    }
    let fitted = hasNoise ? Self.robust(set, weights: base) : first
    let weights = zip(base, fitted.factors).map { $0 * $1 }
    let freedom = max(1, fitted.factors.reduce(0, +) - fitted.raw.parameterCount)
    // The weights are inverse variances up to what was estimated: a chi-squared above its expectation widens both.
    let inflation = max(1, set.weightedSquares(fitted.raw.curve, weights) / freedom)
    let unit = (hasNoise ? 1 : unexplained) * inflation
    // Without replicates the residual variance already holds the run's.
    let newRun = hasNoise ? runVariance + between : unexplained
    let model = AccuracyModel(
      form: set.form.name, features: set.features, ranges: set.ranges, curve: fitted.raw.curve,
      uncertainty: AccuracyModel.Uncertainty(
        covariance: fitted.raw.covariance.map { $0.map { $0 * unit } },
        residualDeviation: (newRun * inflation).squareRoot(), degreesOfFreedom: freedom),
      jackknife: nil)
    self.init(
      model: model, weights: weights, inflation: inflation, parameterCount: fitted.raw.parameterCount,
      reason: fitted.raw.reason)
  }

  /// A curve with the covariance of its coordinates for weights that are inverse variances.
  private struct Raw {
    let curve: AccuracyModel.Curve
    let covariance: [[Double]]
    let parameterCount: Double
    let reason: String?
  }

  /// A fit, and the factors that a robust one multiplied the weights with; all 1 where it is not to be robust.
  ///
  /// Huber's weights of the weighted residuals, until the curve stays (chosen: 1e-9) or twenty times.
  private static func robust(_ set: TrainingSet, weights: [Double]) -> (raw: Raw, factors: [Double]) {
    var factors = [Double](repeating: 1, count: set.count)
    var raw = fit(set, weights: weights)
    guard set.isRobust else { return (raw, factors) }
    for _ in 0..<20 {
      let before = set.rows.map { raw.curve.value($0) }
      let residuals = zip(zip(set.means, before), weights).map { abs($0.0 - $0.1) * $1.squareRoot() }
      guard let huber = Statistics.huberWeights(residuals) else { break }
      factors = huber
      raw = fit(set, weights: zip(weights, factors).map { $0 * $1 })
      if zip(set.rows, before).allSatisfy({ abs(raw.curve.value($0) - $1) < 1e-9 }) { break }
    }
    return (raw, factors)
  }

  private static func fit(_ set: TrainingSet, weights: [Double]) -> Raw {
    switch set.form.kind {
    case .saturating(let kind):
      let fit = CurveFit.flattestAdmitted(kind, x: set.rows.map { $0[0] }, y: set.means, weights: weights)
      return Raw(
        curve: .saturating(fit.curve), covariance: fit.covariance, parameterCount: Double(fit.parameterCount),
        reason: fit.reason)
    case .regression, .terms: return regression(set, weights)
    case .process: preconditionFailure("a process is fitted as a whole")
    case .ridge:
      let fit = RegressionFit(ridge: set.rows, y: set.means, weights: weights)
      return Raw(
        curve: .regression(fit.regression), covariance: fit.covariance, parameterCount: fit.parameterCount,
        reason: fit.reason)
    }
  }

  private static func regression(_ set: TrainingSet, _ weights: [Double]) -> Raw {
    let fit = RegressionFit(
      set.form.link, set.form.transforms(set.features.count), rows: set.rows, y: set.means, weights: weights)
    return Raw(
      curve: .regression(fit.regression), covariance: fit.covariance, parameterCount: fit.parameterCount,
      reason: fit.reason)
  }
}

extension TrainingSet {
  /// Σ weight · (mean − curve)².
  func weightedSquares(_ curve: AccuracyModel.Curve, _ weights: [Double]) -> Double {
    var sum = 0.0
    for i in rows.indices {
      let error = means[i] - curve.value(rows[i])
      sum += weights[i] * error * error
    }
    return sum
  }

  /// s²/n of each configuration; 0 without replicates.
  var runVariances: [Double] { samples.map { runVariance / Double($0.count) } }

  /// s² between runs; 0 without replicates.
  var runVariance: Double { noise?.variance ?? 0 }

  /// A process fitted to the samples, its search begun at hyperparameters that are given.
  ///
  /// - Throws: `AccuracyError.notForForm` where it is to be robust.
  fileprivate func process(
    _ kernel: GaussianProcess.Kernel, start: GaussianProcess.Hyperparameters? = nil
  ) throws(AccuracyError) -> GaussianProcess {
    guard !isRobust else { throw .notForForm(method: "robust", form: form.name) }
    return try GaussianProcess(
      fitting: kernel, rows: rows, accuracies: means, variances: runVariances, start: start)
  }

  /// What the form fitted to the others expects at each configuration.
  ///
  /// A Gaussian process keeps, at each configuration, hyperparameters that were fitted without it: to nine tenths of the
  /// samples, ten times. Above 100 samples (chosen: each of them then hardly moves three numbers) it keeps those of all.
  /// - Parameter whole: the process of all samples, where it is there already.
  /// Complexity: n fits; for a process ten and O(n³) each, or O(n³) alone.
  func leftOut(whole: GaussianProcess? = nil) throws(AccuracyError) -> [PredictiveDistribution] {
    guard case .process(let kernel, _) = form.kind else {
      var found: [PredictiveDistribution] = []
      for left in rows.indices { found.append(try FormFit(removing([left])).model.distribution(rows[left])) }
      return found
    }
    func leftOut(_ index: Int, _ process: GaussianProcess) -> PredictiveDistribution {
      let (value, variance) = process.leftOut(index)
      return PredictiveDistribution(
        value: min(1, max(0, value)), deviation: (variance + process.hyperparameters.noise + runVariance).squareRoot(),
        degreesOfFreedom: .infinity)
    }
    let all: GaussianProcess
    if let whole { all = whole } else { all = try process(kernel) }
    guard count <= 100 else { return rows.indices.map { leftOut($0, all) } }
    var found = [PredictiveDistribution?](repeating: nil, count: count)
    let folds = min(10, count)
    for fold in 0..<folds {
      let left = rows.indices.filter { $0 % folds == fold }
      let hyperparameters = try removing(left).process(kernel, start: all.hyperparameters).hyperparameters
      let process = try GaussianProcess(
        kernel, hyperparameters, rows: rows, accuracies: means, variances: runVariances)
      for index in left { found[index] = leftOut(index, process) }
    }
    return found.compactMap { $0 }
  }

  /// The jackknife+ of the form. Complexity: n fits.
  func jackknife() throws(AccuracyError) -> JackknifePlus {
    if case .process = form.kind { throw .notForForm(method: "jackknife+", form: form.name) }
    guard count >= JackknifePlus.fewestSamples else {
      throw .tooFewSamples(found: count, needed: JackknifePlus.fewestSamples)
    }
    var folds: [JackknifePlus.Fold] = []
    for left in rows.indices {
      let curve = try FormFit(removing([left])).model.curve
      let value = curve.value(rows[left])
      folds.append(JackknifePlus.Fold(curve: curve, errors: samples[left].runs.map { abs($0 - value) }))
    }
    return JackknifePlus(folds: folds)
  }
}
