internal import FlashNumerics

/// One trained configuration: its features and the accuracy of one or more training runs.
public struct AccuracySample: Sendable, Hashable {
  public let nnDegree: Double
  /// Features for the baselines, `nil` where the samples do not carry them.
  public let nnMass: Double?
  public let parameters: Double?
  public let macs: Double?
  /// The accuracy of each run, 0…1; a mean of several runs counts as one entry.
  public let runs: [Double]
  /// The deviation between runs and their number where a row of the samples gives them instead of single runs.
  public let reported: (deviation: Double, count: Int)?

  /// - Throws: `AccuracyError.invalidValue` for a feature that is not a positive finite number or an accuracy outside
  ///   0…1.
  public init(
    nnDegree: Double, nnMass: Double? = nil, parameters: Double? = nil, macs: Double? = nil, runs: [Double],
    reported: (deviation: Double, count: Int)? = nil
  ) throws(AccuracyError) {
    guard nnDegree.isFinite, nnDegree > 0 else {
      throw .invalidValue(what: "nn_degree", found: nnDegree, allowed: "numbers > 0")
    }
    for (name, value) in [("nn_mass", nnMass), ("parameters", parameters), ("macs", macs)] {
      if let value, !(value.isFinite && value >= 0) {
        throw .invalidValue(what: name, found: value, allowed: "numbers ≥ 0")
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
    self.nnDegree = nnDegree
    self.nnMass = nnMass
    self.parameters = parameters
    self.macs = macs
    self.runs = runs
    self.reported = reported
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

  public static func == (a: Self, b: Self) -> Bool {
    a.nnDegree == b.nnDegree && a.nnMass == b.nnMass && a.parameters == b.parameters && a.macs == b.macs
      && a.runs == b.runs && a.reported?.deviation == b.reported?.deviation && a.reported?.count == b.reported?.count
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(nnDegree)
    hasher.combine(runs)
  }
}

/// How much the accuracy of one configuration varies from run to run.
public struct RunNoise: Sendable, Hashable {
  /// s_pooled: the deviation of one run about its configuration's mean.
  public let deviation: Double
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
