internal import FlashNumerics

/// A cost fitted to measurements by non-negative least squares in relative error, and how far to trust it.
///
/// Each row is scaled by 1/y, so that the fit minimises Σ w ((ŷ − y)/y)²; rows that are layers are scaled by the total of
/// their network, and predictions are summed to totals. w is (y/s)² over its mean where deviations s are known, else 1.
/// Relative weighting is biased low: `bias` of the errors says how much. A feature that the measurements cannot support
/// (coefficient 0, or the same in every row, where the constant already stands for it) is dropped and named.
public struct HardwareFit: Sendable {
  public let quantity: String
  public let cost: LinearCost
  /// Networks measured.
  public let samples: Int
  /// Layers measured, where rows are layers.
  public let layers: Int?
  public let options: HardwareFitOptions
  public let isWeighted: Bool
  /// Errors on the measurements that the model was fitted to.
  public let training: PercentageErrors
  /// Errors on each network, by a model fitted to all others: features and penalty as chosen with all.
  public let leaveOneOut: PercentageErrors
  /// Errors on each network, by a model of which features and penalty were chosen without it too, in `folds` parts: the
  /// least error of many choices is optimistic. `nil` where nothing is chosen.
  public let nested: (errors: PercentageErrors, folds: Int)?
  /// The penalty of a ridge fit, in units of a column's squared length.
  public let penalty: Double?
  /// How the features were chosen.
  public let path: SelectionPath?
  /// Features that got no coefficient, with the reason.
  public let dropped: [(feature: String, reason: String)]
  /// Each network's measured cost and its prediction by a model that did not see it (`nested` where there is one).
  public let heldOut: [(measured: Double, predicted: Double)]

  /// Fits one cost, each row a network.
  ///
  /// - Parameters:
  ///   - features: names; `1` is the constant and has no column.
  ///   - columns: one column per name other than `1`, of one length.
  ///   - measured: the cost of each row, > 0.
  /// - Throws: `HardwareError`. Complexity: O(n² p²).
  public init(
    quantity: String, features: [String], columns: [String: [Double]], measured: [Double]
  ) throws(HardwareError) {
    try self.init(CostMeasurements(quantity: quantity, columns: columns, measured: measured), features: features)
  }

  /// Fits one cost.
  ///
  /// - Parameter features: names of columns, and `1` for the constant; candidates where features are chosen.
  /// - Throws: `HardwareError`. Complexity: O(n² p²); with a choice, O(n p³) per set of features that is tried, eleven
  ///   times over (21 for few networks).
  public init(
    _ data: CostMeasurements, features: [String], options: HardwareFitOptions = HardwareFitOptions()
  ) throws(HardwareError) {
    let unusable = try Self.dropped(data, features)
    let kept = features.filter { name in !unusable.contains { $0.feature == name } }
    guard !kept.isEmpty else { throw .unexplained(quantity: data.quantity) }
    let system = RelativeSystem(data, kept)
    try Self.checkCount(data.quantity, system, features.count, options)
    let choice = RelativeChoice(system, options)
    let coefficients = try RelativeFit.coefficients(system, choice, isRobust: options.isRobust)
    guard coefficients.contains(where: { $0 > 0 }) else { throw .unexplained(quantity: data.quantity) }

    let left = try Self.leftOut(system, options, folds: system.networkCount) { _ in choice }
    leaveOneOut = PercentageErrors(predicted: left, measured: system.totals)
    training = PercentageErrors(
      predicted: system.members.indices.map { system.prediction($0, coefficients) }, measured: system.totals)
    var unseen = left
    if options.choosesFeatures || options.isRidge {
      let folds = system.networkCount <= Self.foldLimit ? system.networkCount : Self.fewerFolds
      unseen = try Self.leftOut(system, options, folds: folds) { RelativeChoice($0, options) }
      nested = (PercentageErrors(predicted: unseen, measured: system.totals), folds)
    } else {
      nested = nil
    }
    // Of candidates only those that were chosen are worth a word.
    let dropped = (options.choosesFeatures ? [] : unusable) + Self.reasons(kept, coefficients, choice)
    let names = options.choosesFeatures ? choice.columns.map { kept[$0] } : features
    let errors = zip(unseen, system.totals).map { abs($0 - $1) / $1 }
    cost = try LinearCost(
      features: names,
      coefficients: names.map { name in kept.firstIndex(of: name).map { coefficients[$0] } ?? 0 },
      relativeReach: LinearCost.reach(errors, parameters: coefficients.count { $0 > 0 }),
      ranges: names.map { name in Self.range(data, name) }, leftOutErrors: errors)
    heldOut = zip(system.totals, unseen).map { ($0, $1) }
    (quantity, samples, self.options, self.dropped) = (data.quantity, system.networkCount, options, dropped)
    layers = data.networks == nil ? nil : data.measured.count
    isWeighted = data.deviations != nil
    penalty = options.isRidge ? choice.penalty : nil
    path = choice.path
  }

  /// Parts of the nested comparison: each network is one where there are at most this many (chosen for time).
  static let foldLimit = 20
  static let fewerFolds = 10

  /// The cost of each network by a model of the other parts.
  private static func leftOut(
    _ system: RelativeSystem, _ options: HardwareFitOptions, folds: Int, _ choice: (RelativeSystem) -> RelativeChoice
  ) throws(HardwareError) -> [Double] {
    var predicted = [Double](repeating: .nan, count: system.networkCount)
    for fold in 0..<folds {
      let others = system.selecting(networks: system.members.indices.filter { $0 % folds != fold })
      let coefficients = try RelativeFit.coefficients(others, choice(others), isRobust: options.isRobust)
      for network in stride(from: fold, to: system.networkCount, by: folds) {
        predicted[network] = system.prediction(network, coefficients)
      }
    }
    return predicted
  }

  /// Features that cannot have a coefficient, with the reason.
  static func dropped(
    _ data: CostMeasurements, _ features: [String]
  ) throws(HardwareError) -> [(feature: String, reason: String)] {
    var dropped: [(feature: String, reason: String)] = []
    for name in features where name != LinearCost.constant {
      guard let column = data.columns[name] else {
        throw .unknownFeature(found: name, known: [LinearCost.constant] + data.columns.keys.sorted())
      }
      if column.allSatisfy({ $0 == 0 }) {
        dropped.append((name, "it is 0 in every row"))
      } else if features.contains(LinearCost.constant), column.allSatisfy({ $0 == column[0] }) {
        dropped.append((name, "it is the same in every row"))
      }
    }
    return dropped
  }

  private static func reasons(
    _ kept: [String], _ coefficients: [Double], _ choice: RelativeChoice
  ) -> [(feature: String, reason: String)] {
    zip(kept, coefficients).enumerated().compactMap { column, entry in
      guard entry.1 == 0, choice.columns.contains(column) else { return nil }
      return (entry.0, "the measurements give it no positive coefficient")
    }
  }

  /// Fewer rows than coefficients + 2 say nothing; a choice, and rows of layers, need five networks to leave out.
  static func checkCount(
    _ quantity: String, _ system: RelativeSystem, _ features: Int, _ options: HardwareFitOptions
  ) throws(HardwareError) {
    let needed = options.choosesFeatures ? 5 : features + 2
    guard system.rows.count >= needed else {
      throw .tooFewSamples(quantity: quantity, found: system.rows.count, needed: needed)
    }
    guard system.rows.count == system.networkCount || system.networkCount >= 5 else {
      throw .tooFewSamples(quantity: "\(quantity) of networks", found: system.networkCount, needed: 5)
    }
  }

  private static func range(_ data: CostMeasurements, _ name: String) -> ClosedRange<Double> {
    guard let column = data.columns[name], let least = column.min(), let most = column.max() else { return 1...1 }
    // Of rows that are layers a model reads the sum over a network.
    guard let networks = data.networks else { return least...most }
    var sums = [Double](repeating: 0, count: (networks.max() ?? 0) + 1)
    for (network, value) in zip(networks, column) { sums[network] += value }
    return (sums.min() ?? 0)...(sums.max() ?? 0)
  }
}
