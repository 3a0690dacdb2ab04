internal import FlashNumerics

/// One trained configuration: its features and the accuracy of one or more training runs.
public struct AccuracySample: Sendable, Hashable {
  /// Topology metrics, counts, variables and further columns by name; finite.
  public let features: [String: Double]
  /// The accuracy of each run, 0…1; a mean of several runs counts as one entry.
  public let runs: [Double]

  /// What a row of the samples says of runs that it does not list.
  public struct Reported: Sendable, Hashable {
    /// The deviation between runs.
    public let deviation: Double
    /// How many runs the mean rests on.
    public let count: Int

    public init(deviation: Double, count: Int) {
      self.deviation = deviation
      self.count = count
    }
  }

  public let reported: Reported?

  /// - Throws: `AccuracyError.invalidValue` for a feature that is not finite, a count or NN-Mass below 0, an NN-Degree that
  ///   is not positive, or an accuracy outside 0…1.
  public init(
    features: [String: Double], runs: [Double], reported: Reported? = nil
  ) throws(AccuracyError) {
    for (name, value) in features.sorted(by: { $0.key < $1.key }) {
      let isDegree = name.hasPrefix(AccuracyForm.degree)
      let isMagnitude = ["nn_mass", "parameters", "macs", "weighted_layers"].contains(name)
      guard value.isFinite, value > 0 || !isDegree, value >= 0 || !isMagnitude else {
        throw .invalidValue(
          what: name, found: value, allowed: isDegree ? "numbers > 0" : isMagnitude ? "numbers ≥ 0" : "numbers")
      }
    }
    guard !runs.isEmpty else { throw .tooFewSamples(found: 0, needed: 1) }
    for run in runs where !(run > 0 && run < 1) {
      throw .invalidValue(what: "accuracy", found: run, allowed: "0 to 1, both ends excluded")
    }
    if let reported {
      guard reported.deviation.isFinite, reported.deviation >= 0 else {
        throw .invalidValue(what: "accuracy_sd", found: reported.deviation, allowed: "numbers ≥ 0")
      }
      guard reported.count >= 1 else {
        throw .invalidValue(what: "n", found: Double(reported.count), allowed: "1 or more")
      }
    }
    self.features = features
    self.runs = runs
    self.reported = reported
  }

  /// A sample of topology metrics and counts alone.
  public init(
    nnDegree: Double, nnMass: Double? = nil, parameters: Double? = nil, macs: Double? = nil, runs: [Double],
    reported: Reported? = nil
  ) throws(AccuracyError) {
    var features = [AccuracyForm.degree: nnDegree]
    features["nn_mass"] = nnMass
    features["parameters"] = parameters
    features["macs"] = macs
    try self.init(features: features, runs: runs, reported: reported)
  }

  /// The mean accuracy of the runs.
  public var accuracy: Double { Statistics.mean(runs) }

  /// How many runs the mean rests on.
  public var count: Int { runs.count == 1 ? reported?.count ?? 1 : runs.count }

  /// Σ (run − mean)² and its degrees of freedom.
  var within: (squares: Double, degrees: Int) {
    if runs.count == 1, let reported {
      let degrees = reported.count - 1
      return (reported.deviation * reported.deviation * Double(degrees), degrees)
    }
    let mean = accuracy
    return (runs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }, runs.count - 1)
  }
}

/// How much the accuracy of one configuration varies from run to run.
public struct RunNoise: Sendable, Hashable {
  /// s_pooled: the deviation of one run about its configuration's mean.
  public let deviation: Double
  /// s².
  public var variance: Double { deviation * deviation }
  /// Σ (runs − 1) over the configurations.
  public let degreesOfFreedom: Int
  /// √(mean of s² / n): the error against the samples' means that a perfect model would have.
  public let floor: Double

  /// `nil` where no configuration was trained twice.
  init?(_ samples: [AccuracySample]) {
    let within = samples.map(\.within)
    let degrees = within.reduce(0) { $0 + $1.degrees }
    guard degrees > 0 else { return nil }
    let variance = within.reduce(0) { $0 + $1.squares } / Double(degrees)
    deviation = variance.squareRoot()
    degreesOfFreedom = degrees
    floor = (variance * Statistics.mean(samples.map { 1 / Double($0.count) })).squareRoot()
  }
}
