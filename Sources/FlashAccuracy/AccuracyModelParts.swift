/// A model taken apart into plain numbers, as documents hold it.
public struct AccuracyModelParts: Sendable, Hashable {
  public var form: String
  public var features: [String]
  /// The range of each feature over the samples.
  public var ranges: [ClosedRange<Double>]
  /// The curve's coefficients by name; of a Gaussian process its hyperparameters.
  public var coefficients: [String: Double]
  /// Covariance of the coordinates of the curve; empty for a Gaussian process.
  public var covariance: [[Double]]
  public var residualDeviation: Double
  /// ∞ for a normal distribution.
  public var degreesOfFreedom: Double
  /// The curves without one configuration each, with the errors of its runs: of a jackknife+.
  public var folds: [Fold] = []
  /// The samples of a Gaussian process.
  public var samples: [Sample] = []

  public struct Fold: Sendable, Hashable {
    public let coefficients: [String: Double]
    public let errors: [Double]

    public init(coefficients: [String: Double], errors: [Double]) {
      self.coefficients = coefficients
      self.errors = errors
    }
  }

  public struct Sample: Sendable, Hashable {
    public let features: [Double]
    public let accuracy: Double
    /// What the runs behind the accuracy tell of its variance.
    public let variance: Double

    public init(features: [Double], accuracy: Double, variance: Double) {
      self.features = features
      self.accuracy = accuracy
      self.variance = variance
    }
  }

  public init(
    form: String, features: [String], ranges: [ClosedRange<Double>], coefficients: [String: Double],
    covariance: [[Double]], residualDeviation: Double, degreesOfFreedom: Double
  ) {
    self.form = form
    self.features = features
    self.ranges = ranges
    self.coefficients = coefficients
    self.covariance = covariance
    self.residualDeviation = residualDeviation
    self.degreesOfFreedom = degreesOfFreedom
  }
}

extension AccuracyModel {
  /// The curve's coefficients by the names of the form's formula, or of the features.
  var coefficients: [(name: String, value: Double)] { curve.coefficients(features) }

  /// The model as plain numbers.
  public var parts: AccuracyModelParts {
    var parts = AccuracyModelParts(
      form: form, features: features, ranges: ranges,
      coefficients: Dictionary(uniqueKeysWithValues: coefficients.map { ($0.name, $0.value) }),
      covariance: uncertainty.covariance, residualDeviation: uncertainty.residualDeviation,
      degreesOfFreedom: uncertainty.degreesOfFreedom)
    parts.folds = (jackknife?.folds ?? []).map { fold in
      let coefficients = fold.curve.coefficients(features)
      return AccuracyModelParts.Fold(
        coefficients: Dictionary(uniqueKeysWithValues: coefficients.map { ($0.name, $0.value) }), errors: fold.errors)
    }
    if case .process(let process) = curve { parts.samples = process.samples }
    return parts
  }

  /// A model of plain numbers.
  ///
  /// - Throws: `AccuracyError` where they make no model of the form.
  public init(_ parts: AccuracyModelParts) throws(AccuracyError) {
    let form = try AccuracyForm.named(parts.form)
    guard !parts.features.isEmpty, parts.ranges.count == parts.features.count else {
      throw .invalidValue(
        what: "ranges", found: Double(parts.ranges.count), allowed: "one for each of \(parts.features.count) features")
    }
    let transforms = form.transforms(parts.features.count)
    guard transforms.count == parts.features.count else {
      throw .features(form: form.name, found: parts.features, allowed: "\(transforms.count)")
    }
    for (range, transform) in zip(parts.ranges, transforms) where !transform.admits(range.lowerBound) {
      throw .invalidValue(what: "range", found: range.lowerBound, allowed: "numbers that the form takes")
    }
    let curve = try Curve(form, parts)
    guard parts.residualDeviation >= 0, parts.residualDeviation.isFinite else {
      throw .invalidValue(what: "residual_sd", found: parts.residualDeviation, allowed: "a number ≥ 0")
    }
    guard parts.degreesOfFreedom >= 1 else {
      throw .invalidValue(what: "degrees_of_freedom", found: parts.degreesOfFreedom, allowed: "1 or more")
    }
    let order = curve.coordinateCount
    guard parts.covariance.count == order, parts.covariance.allSatisfy({ $0.count == order }) else {
      throw .invalidValue(
        what: "covariance", found: Double(parts.covariance.count), allowed: "\(order) rows of \(order) numbers")
    }
    var folds: [JackknifePlus.Fold] = []
    for fold in parts.folds {
      var one = parts
      one.coefficients = fold.coefficients
      guard !fold.errors.isEmpty, fold.errors.allSatisfy({ 0...1 ~= $0 }) else {
        throw .invalidValue(what: "folds: errors", found: fold.errors.first ?? .nan, allowed: "numbers from 0 to 1")
      }
      folds.append(JackknifePlus.Fold(curve: try Curve(form, one), errors: fold.errors))
    }
    guard folds.isEmpty || folds.count >= JackknifePlus.fewestSamples else {
      throw .tooFewSamples(found: folds.count, needed: JackknifePlus.fewestSamples)
    }
    self.init(
      form: parts.form, features: parts.features, ranges: parts.ranges, curve: curve,
      uncertainty: Uncertainty(
        covariance: parts.covariance, residualDeviation: parts.residualDeviation,
        degreesOfFreedom: parts.degreesOfFreedom),
      jackknife: folds.isEmpty ? nil : JackknifePlus(folds: folds))
  }
}

extension AccuracyModel.Curve {
  func coefficients(_ features: [String]) -> [(name: String, value: Double)] {
    switch self {
    case .saturating(let curve): curve.coefficients
    case .regression(let regression):
      [("intercept", regression.intercept)] + zip(features, regression.slopes).map { ($0, $1) }
    case .process(let process):
      [
        ("variance", process.hyperparameters.variance), ("length", process.hyperparameters.length),
        ("noise", process.hyperparameters.noise),
      ]
    }
  }

  /// How many coordinates the covariance is of.
  var coordinateCount: Int {
    switch self {
    case .saturating(let curve): curve.isConstant ? 1 : curve.kind == .flashPower ? 4 : 3
    case .regression(let regression): 1 + regression.slopes.count
    case .process: 0
    }
  }

  init(_ form: AccuracyForm, _ parts: AccuracyModelParts) throws(AccuracyError) {
    for (name, value) in parts.coefficients.sorted(by: { $0.key < $1.key }) where !value.isFinite {
      throw .invalidValue(what: name, found: value, allowed: "finite numbers")
    }
    func required(_ name: String) throws(AccuracyError) -> Double {
      guard let value = parts.coefficients[name] else { throw .missingCoefficient(name) }
      return value
    }
    switch form.kind {
    case .saturating(let kind):
      self = .saturating(try SaturatingCurve(kind: kind, coefficients: parts.coefficients))
    case .regression, .terms, .ridge:
      var slopes: [Double] = []
      for feature in parts.features { slopes.append(try required(feature)) }
      self = .regression(
        Regression(
          link: form.link, transforms: form.transforms(parts.features.count), intercept: try required("intercept"),
          slopes: slopes))
    case .process(let kernel, _):
      let found = GaussianProcess.Hyperparameters(
        variance: try required("variance"), length: try required("length"), noise: try required("noise"))
      guard found.variance > 0, found.length > 0, found.noise >= 0 else {
        throw .invalidValue(
          what: "hyperparameters", found: min(found.variance, found.length, found.noise), allowed: "numbers > 0")
      }
      guard !parts.samples.isEmpty else { throw .tooFewSamples(found: 0, needed: 1) }
      for sample in parts.samples {
        guard sample.features.count == parts.features.count, sample.features.allSatisfy(\.isFinite) else {
          throw .invalidValue(
            what: "features of a sample", found: Double(sample.features.count),
            allowed: "\(parts.features.count) finite numbers")
        }
        guard 0...1 ~= sample.accuracy, sample.variance >= 0 else {
          throw .invalidValue(what: "accuracy of a sample", found: sample.accuracy, allowed: "0 to 1")
        }
      }
      self = .process(
        try GaussianProcess(
          kernel, found, rows: parts.samples.map(\.features), accuracies: parts.samples.map(\.accuracy),
          variances: parts.samples.map(\.variance)))
    }
  }
}

extension AccuracyForm {
  var link: Regression.Link {
    switch kind {
    case .regression(let link, _): link
    case .ridge, .process, .saturating: .identity
    case .terms: .logistic
    }
  }
}

extension GaussianProcess {
  /// The samples in their own units.
  var samples: [AccuracyModelParts.Sample] {
    (0..<count).map { i in
      AccuracyModelParts.Sample(
        features: centres.indices.map { points[i * centres.count + $0] * deviations[$0] + centres[$0] },
        accuracy: accuracies[i], variance: variances[i])
    }
  }
}
