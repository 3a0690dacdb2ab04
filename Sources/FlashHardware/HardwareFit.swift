internal import FlashNumerics

/// A cost fitted to measurements by non-negative least squares in relative error, and how far to trust it.
///
/// Each row is scaled by 1/y, so that the fit minimises Σ ((ŷ − y)/y)². Relative weighting is biased low: `bias` of the
/// errors says how much. A feature that the measurements cannot support (coefficient 0, or the same in every row, where
/// the constant already stands for it) is dropped and named.
public struct HardwareFit: Sendable {
  public let quantity: String
  public let cost: LinearCost
  public let samples: Int
  /// Errors on the measurements that the model was fitted to.
  public let training: PercentageErrors
  /// Errors on each measurement, by a model fitted to all others.
  public let leaveOneOut: PercentageErrors
  /// Features that got no coefficient, with the reason.
  public let dropped: [(feature: String, reason: String)]

  /// Fits one cost.
  ///
  /// - Parameters:
  ///   - features: names; `1` is the constant and has no column.
  ///   - columns: one column per name other than `1`, of one length.
  ///   - measured: the cost of each row, > 0.
  /// - Throws: `HardwareError`. Complexity: O(n² p²).
  public init(
    quantity: String, features: [String], columns: [String: [Double]], measured: [Double]
  ) throws(HardwareError) {
    guard measured.count >= features.count + 2 else {
      throw .tooFewSamples(quantity: quantity, found: measured.count, needed: features.count + 2)
    }
    for (row, value) in measured.enumerated() where !(value.isFinite && value > 0) {
      throw .notPositive(quantity: quantity, row: row + 1, found: value)
    }
    var kept: [String] = []
    var dropped: [(feature: String, reason: String)] = []
    for name in features {
      guard name != LinearCost.constant else {
        kept.append(name)
        continue
      }
      guard let column = columns[name] else {
        throw .unknownFeature(found: name, known: [LinearCost.constant] + columns.keys.sorted())
      }
      let reason = Self.fault(column, hasConstant: features.contains(LinearCost.constant))
      if let reason { dropped.append((name, reason)) } else { kept.append(name) }
    }
    guard !kept.isEmpty else { throw .unexplained(quantity: quantity) }
    let rows = measured.indices.map { row in
      kept.map { $0 == LinearCost.constant ? 1 : columns[$0]?[row] ?? .nan }
    }
    let coefficients = try Self.fit(rows, measured)
    guard coefficients.contains(where: { $0 > 0 }) else { throw .unexplained(quantity: quantity) }

    let held = try measured.indices.map { (left) throws(HardwareError) -> Double in
      let others = measured.indices.filter { $0 != left }
      let refit = try Self.fit(others.map { rows[$0] }, others.map { measured[$0] })
      return Self.value(rows[left], refit)
    }
    leaveOneOut = PercentageErrors(predicted: held, measured: measured)
    training = PercentageErrors(predicted: rows.map { Self.value($0, coefficients) }, measured: measured)
    for (name, value) in zip(kept, coefficients) where value == 0 {
      dropped.append((name, "the measurements give it no positive coefficient"))
    }
    cost = try LinearCost(
      features: features,
      coefficients: features.map { name in kept.firstIndex(of: name).map { coefficients[$0] } ?? 0 },
      relativeReach: Self.reach(zip(held, measured).map { abs($0 - $1) / $1 }),
      ranges: features.map { name in
        guard let column = columns[name], let least = column.min(), let most = column.max() else { return 1...1 }
        return least...most
      })
    self.quantity = quantity
    self.samples = measured.count
    self.dropped = dropped
  }

  private static func fault(_ column: [Double], hasConstant: Bool) -> String? {
    if column.allSatisfy({ $0 == 0 }) { return "it is 0 in every row" }
    if hasConstant, column.allSatisfy({ $0 == column[0] }) { return "it is the same in every row" }
    return nil
  }

  /// The ⌈0.95 (n + 1)⌉-th smallest left-out error (the largest for n < 39), as split conformal prediction takes it.
  private static func reach(_ errors: [Double]) -> Double {
    let sorted = errors.sorted()
    let rank = Int((0.95 * Double(sorted.count + 1)).rounded(.up))
    return sorted[min(rank, sorted.count) - 1]
  }

  private static func fit(_ rows: [[Double]], _ measured: [Double]) throws(HardwareError) -> [Double] {
    let scaled = zip(rows, measured).map { row, y in row.map { $0 / y } }
    // A column may be 0 in every row once one is left out.
    let width = rows.first?.count ?? 0
    let used = (0..<width).filter { k in scaled.contains { $0[k] != 0 } }
    var coefficients = [Double](repeating: 0, count: width)
    guard !used.isEmpty else { return coefficients }
    do {
      let fit = try NonNegativeFit(
        rows: scaled.map { row in used.map { row[$0] } }, targets: Array(repeating: 1, count: rows.count))
      for (k, value) in zip(used, fit.coefficients) { coefficients[k] = value }
      return coefficients
    } catch { throw .numerics(error.description) }
  }

  private static func value(_ row: [Double], _ coefficients: [Double]) -> Double {
    zip(row, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
