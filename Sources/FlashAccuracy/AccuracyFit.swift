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

/// How many training runs of left-out configurations lay inside their 95 % intervals.
public struct Coverage: Sendable, Hashable {
  public let inside: Int
  /// Runs.
  public let of: Int
  /// Configurations, of which the runs of each stand or fall together.
  public let configurations: Int

  /// Fewer configurations say nothing (chosen: 19 of 20 and 20 of 20 are then one run apart).
  public static let fewestConfigurations = 20

  public var share: Double { Double(inside) / Double(of) }

  /// The 95 % confidence interval of the coverage, as if each configuration were one run; `nil` where there are too few.
  public var interval: ClosedRange<Double>? {
    guard configurations >= Self.fewestConfigurations else { return nil }
    let trials = Double(configurations)
    return Statistics.shareInterval(successes: share * trials, of: trials)
  }

  init(_ samples: [AccuracySample], _ intervals: [(low: Double, high: Double)]) {
    inside = zip(samples, intervals).reduce(0) { sum, pair in
      sum + pair.0.runs.count { pair.1.low <= $0 && $0 <= pair.1.high }
    }
    of = samples.reduce(0) { $0 + $1.runs.count }
    configurations = samples.count
  }
}

/// What the curves without each configuration say of it.
public struct HeldOutQuality: Sendable {
  /// Each configuration's prediction with its interval, in the order of the samples.
  public let predictions: [(value: Double, low: Double, high: Double)]
  public let errors: AgreementErrors
  /// The mean over configurations of the mean log density of their runs, accuracies as shares: the higher the better.
  public let logScore: Double
  public let coverage: Coverage

  init(_ samples: [AccuracySample], _ found: [PredictiveDistribution], intervals: [(low: Double, high: Double)]? = nil)
  {
    let intervals = intervals ?? found.map { $0.interval() }
    predictions = zip(found, intervals).map { (value: $0.value, low: $1.low, high: $1.high) }
    errors = AgreementErrors(predicted: found.map(\.value), seen: samples.map(\.accuracy))
    logScore = Statistics.mean(
      zip(samples, found).map { sample, density in
        Statistics.mean(sample.runs.map { density.logDensity($0) })
      })
    coverage = Coverage(samples, intervals)
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
  public let model: AccuracyModel
  public let coefficients: [Coefficient]
  /// Different configurations, and training runs over all of them.
  public let samples: Int
  public let runs: Int
  /// Errors on the samples that the curve was fitted to.
  public let training: AgreementErrors
  /// Each configuration, with all its runs, by a curve fitted to all others.
  public let heldOut: HeldOutQuality
  /// Other features alone, each left out alike; `constant` is the mean of the others, and has no order.
  public let baselines: [(name: String, form: String?, errors: AgreementErrors)]
  /// Rank agreement of each feature itself with accuracy, without any fit.
  public let ranking: [(name: String, kendall: Double?, spearman: Double?)]
  public let noise: RunNoise?
  /// Why the curve is not a free fit, where it is not.
  public let reason: String?

  public var form: String { model.form }

  /// Fits a form and leaves out each configuration in turn.
  ///
  /// - Parameter compared: the forms that this one was chosen from by log score. A baseline has the same choice among those
  ///   of one feature; without a choice it is fitted by this form, or by `logistic-log` where this one reads several.
  /// - Throws: `AccuracyError`, also for fewer configurations than the form's parameters + 2. Complexity: about n fits of
  ///   the form and of each baseline's; n² more for the coverage of a jackknife+.
  public init(
    _ samples: [AccuracySample], form: AccuracyForm = .flash, _ question: AccuracyQuestion = AccuracyQuestion(),
    chosenFrom compared: [AccuracyForm] = []
  ) throws(AccuracyError) {
    let set = try TrainingSet(samples, form: form, question)
    let fitted = try FormFit(set)
    model = try AccuracyModel(fitted, set, question)
    coefficients = fitted.coefficients(set)
    self.samples = samples.count
    runs = samples.reduce(0) { $0 + $1.count }
    training = AgreementErrors(predicted: set.rows.map { fitted.model.curve.value($0) }, seen: set.means)
    noise = set.noise
    reason = fitted.reason
    heldOut = try Self.heldOut(set, fitted, question)
    let single = compared.filter(\.isCurveOfOneFeature)
    baselines = try Self.baselines(single.isEmpty ? [form.ofOneFeature] : single, samples, question)
    let degree = [question.degree, "nn_mass", "parameters", "macs"]
    ranking = degree.compactMap { name in
      let values = samples.compactMap { $0.features[name] }
      guard values.count == samples.count else { return nil }
      return (name, RankCorrelation.kendall(values, set.means), RankCorrelation.spearman(values, set.means))
    }
  }

  /// Each configuration by the form fitted to the others, with intervals made as the model's are.
  private static func heldOut(
    _ set: TrainingSet, _ fitted: FormFit, _ question: AccuracyQuestion
  ) throws(AccuracyError) -> HeldOutQuality {
    var whole: GaussianProcess?
    if case .process(let process) = fitted.model.curve { whole = process }
    let found = try set.leftOut(whole: whole)
    guard question.interval == .jackknife else { return HeldOutQuality(set.samples, found) }
    var intervals: [(low: Double, high: Double)] = []
    // One configuration fewer than the model's own jackknife+ has is one too few at its least.
    for left in set.rows.indices where set.count > JackknifePlus.fewestSamples {
      intervals.append(try set.removing([left]).jackknife().interval(set.rows[left]))
    }
    return HeldOutQuality(set.samples, found, intervals: intervals.isEmpty ? found.map { _ in (0, 1) } : intervals)
  }

  private static func baselines(
    _ forms: [AccuracyForm], _ samples: [AccuracySample], _ question: AccuracyQuestion
  ) throws(AccuracyError) -> [(name: String, form: String?, errors: AgreementErrors)] {
    let seen = samples.map(\.accuracy)
    let total = seen.reduce(0, +)
    let others = seen.map { (total - $0) / Double(seen.count - 1) }
    var baselines: [(name: String, form: String?, errors: AgreementErrors)] = [
      ("constant", nil, AgreementErrors(predicted: others, seen: seen, ranks: false))
    ]
    for name in ["nn_mass", "parameters", "macs"] {
      var values = samples.compactMap { $0.features[name] }
      guard values.count == samples.count else { continue }
      // NN-Mass is 0 without skips, where a logarithm is not defined: those values move up by the least positive one.
      let positive = values.filter { $0 > 0 }.min() ?? 1
      if values.contains(0) { values = values.map { $0 + positive } }
      var best: (form: AccuracyForm, quality: HeldOutQuality)?
      for form in forms {
        let set = TrainingSet(form, [name], isRobust: question.isRobust, samples, values.map { [$0] })
        guard set.count >= set.fewest else { continue }
        let quality = HeldOutQuality(samples, try set.leftOut())
        if quality.logScore > best?.quality.logScore ?? -.infinity { best = (form, quality) }
      }
      if let best { baselines.append((name, best.form.name, best.quality.errors)) }
    }
    return baselines
  }
}

extension AccuracyForm {
  /// Whether it is a curve of one feature; processes are left out as the slowest.
  var isCurveOfOneFeature: Bool {
    switch kind {
    case .saturating, .regression: true
    case .terms, .ridge, .process: false
    }
  }

  /// The form that baselines of one feature are fitted with: the same where it is one of one feature.
  var ofOneFeature: AccuracyForm {
    switch kind {
    case .saturating, .regression, .process(_, overVariables: false): self
    case .terms, .ridge: .logisticLog
    case .process(let kernel, overVariables: true):
      AccuracyForm(name: name, formula: "", kind: .process(kernel, overVariables: false))
    }
  }
}

extension AccuracyModel {
  /// Fits a form, without asking how good it is.
  ///
  /// - Throws: `AccuracyError`, also for fewer configurations than the form's parameters + 2. Complexity: one fit of the
  ///   form, two with replicates, n more for a jackknife+.
  public init(
    fitting samples: [AccuracySample], form: AccuracyForm = .flash, _ question: AccuracyQuestion = AccuracyQuestion()
  ) throws(AccuracyError) {
    let set = try TrainingSet(samples, form: form, question)
    try self.init(FormFit(set), set, question)
  }

  fileprivate init(
    _ fitted: FormFit, _ set: TrainingSet, _ question: AccuracyQuestion
  ) throws(AccuracyError) {
    let model = fitted.model
    self.init(
      form: model.form, features: model.features, ranges: model.ranges, curve: model.curve,
      uncertainty: model.uncertainty,
      jackknife: question.interval == .jackknife ? try set.jackknife() : nil)
  }
}

extension FormFit {
  /// The coefficients with standard errors, inflated as the covariance is.
  func coefficients(_ set: TrainingSet) -> [Coefficient] {
    let values = model.coefficients
    switch model.curve {
    case .process: return values.map { Coefficient(name: $0.name, value: $0.value, standardError: nil) }
    case .regression:
      let isConstant = reason != nil
      return values.enumerated().map { index, entry in
        let variance = model.uncertainty.covariance[index][index]
        return Coefficient(
          name: entry.name, value: entry.value, standardError: isConstant ? nil : variance.squareRoot())
      }
    case .saturating(let curve):
      // (JᵀWJ)⁻¹ in a, b, c by singular value decomposition: they are nearly degenerate.
      let rows = set.rows.map { curve.coefficientGradient($0[0]) }
      var errors = [Double?](repeating: nil, count: values.count)
      if Double(values.count) == parameterCount, !curve.isConstant,
        let fit = try? LinearFit(rows: rows, targets: rows.map { _ in 0 }, weights: weights)
      {
        errors = values.indices.map { (fit.inverseInformation[$0][$0] * inflation).squareRoot() }
      }
      return zip(values, errors).map { Coefficient(name: $0.name, value: $0.value, standardError: $1) }
    }
  }
}
