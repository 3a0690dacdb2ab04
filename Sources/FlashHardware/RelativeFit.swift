internal import FlashNumerics

/// How a cost is fitted.
public struct HardwareFitOptions: Sendable, Hashable {
  /// Whether features are chosen, by the errors of left-out networks, instead of all taken.
  public var choosesFeatures = false
  /// Whether coefficients are drawn towards 0 by a penalty, which is chosen by the errors of left-out networks.
  public var isRidge = false
  /// Whether measurements far from the fit lose weight (Huber).
  public var isRobust = false

  public init() {}
}

/// What is chosen before coefficients are fitted.
struct RelativeChoice: Sendable {
  /// Columns of the system.
  var columns: [Int]
  /// λ of the penalty λ Σ (|xₖ| βₖ)².
  var penalty = 0.0
  /// How the columns were chosen; `nil` where all were taken.
  var path: SelectionPath?

  /// Penalties that a ridge fit tries (chosen): from none to a tenth of a column's square, a factor of 10 apart.
  static let penalties = [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]

  /// Chooses columns and penalty from the system alone.
  ///
  /// - Complexity: O(networks · p³) per set of columns and penalty that is tried.
  init(_ system: RelativeSystem, _ options: HardwareFitOptions) {
    columns = Array(system.names.indices)
    guard options.choosesFeatures || options.isRidge else { return }
    let gram = system.gram
    if options.choosesFeatures {
      let path = SelectionPath(system, gram)
      columns = path.steps.map(\.column)
      self.path = path
    }
    guard options.isRidge else { return }
    var least = Double.infinity
    for candidate in Self.penalties {
      let error = Statistics.meanAbsolute(system.leftOutErrors(gram, columns, penalty: candidate))
      if error < least { (least, penalty) = (error, candidate) }
    }
  }
}

/// Coefficients ≥ 0 that minimise the weighted squares of relative errors.
enum RelativeFit {
  /// One coefficient per column of the system, 0 for those that were not chosen.
  ///
  /// - Throws: `HardwareError.numerics`. Complexity: O(n p²) per step, up to 20 times as many where robust.
  static func coefficients(
    _ system: RelativeSystem, _ choice: RelativeChoice, isRobust: Bool
  ) throws(HardwareError) -> [Double] {
    let part = system.selecting(columns: choice.columns)
    var found = try solve(part, weights: part.weights, penalty: choice.penalty)
    if isRobust { found = try robust(part, from: found, penalty: choice.penalty) }
    var coefficients = [Double](repeating: 0, count: system.names.count)
    for (column, value) in zip(choice.columns, found) { coefficients[column] = value }
    return coefficients
  }

  /// Huber's weights of the rows' weighted relative errors, until no coefficient moves by more than 1e-9 of itself
  /// (chosen) or twenty times.
  private static func robust(
    _ system: RelativeSystem, from start: [Double], penalty: Double
  ) throws(HardwareError) -> [Double] {
    var coefficients = start
    for _ in 0..<20 {
      let residuals = system.rows.indices.map { row in
        let value = zip(system.rows[row], coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        return abs(value - system.targets[row]) * system.weights[row].squareRoot()
      }
      // Where half of the rows fit to rounding, they say where the cost lies.
      guard let huber = Statistics.huberWeights(residuals, above: 1e-12) else { break }
      let weights = zip(system.weights, huber).map { $0 * $1 }
      let before = coefficients
      coefficients = try solve(system, weights: weights, penalty: penalty)
      if zip(before, coefficients).allSatisfy({ abs($0 - $1) <= 1e-9 * $1 }) { break }
    }
    return coefficients
  }

  /// One coefficient per column. A column may be 0 in every row that is left: its coefficient is 0.
  private static func solve(
    _ system: RelativeSystem, weights: [Double], penalty: Double
  ) throws(HardwareError) -> [Double] {
    var rows = zip(system.rows, weights).map { row, weight in row.map { $0 * weight.squareRoot() } }
    var targets = zip(system.targets, weights).map { $0 * $1.squareRoot() }
    let used = system.names.indices.filter { k in rows.contains { $0[k] != 0 } }
    var coefficients = [Double](repeating: 0, count: system.names.count)
    guard !used.isEmpty else { return coefficients }
    rows = rows.map { row in used.map { row[$0] } }
    if penalty > 0 {
      // A row more a column: √λ · |xₖ| there, and 0 to aim at.
      for k in used.indices {
        let length = rows.prefix(weights.count).reduce(0) { $0 + $1[k] * $1[k] }.squareRoot()
        rows.append(used.indices.map { $0 == k ? penalty.squareRoot() * length : 0 })
        targets.append(0)
      }
    }
    do {
      let fit = try NonNegativeFit(rows: rows, targets: targets)
      for (k, value) in zip(used, fit.coefficients) { coefficients[k] = value }
      return coefficients
    } catch { throw .numerics(error.description) }
  }
}
