internal import FlashNumerics

/// Forward selection of features by the errors of left-out networks.
///
/// From no feature on, the one joins that leaves the least mean absolute relative error on networks left out one by one.
/// It stops where that error no longer falls by more than the standard error of the fall, s/√n with s the deviation of
/// the n paired differences; where an error of 1e-9 (chosen) is left; or at n − 2 features, or `limit`.
///
/// Source: the rule of one standard error (Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees",
/// 1984, section 3.4.3), here on paired differences, as the same networks are left out on both sides.
public struct SelectionPath: Sendable {
  /// A feature that joined, or the best that did not.
  public struct Step: Sendable {
    public let feature: String
    /// The mean absolute relative error on left-out networks without the feature; 1, that of predicting nothing, for the
    /// first.
    public let before: Double
    /// … and with it.
    public let after: Double
    /// The standard error of the fall.
    public let standardError: Double

    let column: Int
  }

  /// The features in the order in which they joined.
  public let steps: [Step]
  /// The best of the features that would have been next; `nil` where none was left to try.
  public let refused: Step?
  /// The features that were tried.
  public let candidates: [String]

  /// The most features that join (chosen: more cannot be told apart by the networks that one measures).
  static let limit = 10

  /// - Complexity: O(steps · features · networks · p³).
  init(_ system: RelativeSystem, _ gram: NonNegativeGram) {
    candidates = system.names
    var chosen: [Int] = []
    var errors = [Double](repeating: 1, count: system.networkCount)
    var steps: [Step] = []
    var refused: Step?
    let most = min(Self.limit, system.rows.count - 2, system.networkCount - 2)
    while refused == nil, steps.count < max(most, 1), (steps.last?.after ?? 1) > 1e-9 {
      guard let (step, found) = Self.next(system, gram, after: chosen, errors) else { break }
      if steps.isEmpty || step.before - step.after > step.standardError {
        steps.append(step)
        chosen.append(step.column)
        errors = found
      } else {
        refused = step
      }
    }
    self.steps = steps
    self.refused = refused
  }

  /// The feature with the least error beside those chosen, the first of equals, and the errors with it.
  private static func next(
    _ system: RelativeSystem, _ gram: NonNegativeGram, after chosen: [Int], _ errors: [Double]
  ) -> (step: Step, errors: [Double])? {
    var best: (column: Int, error: Double, errors: [Double])?
    for column in system.names.indices where !chosen.contains(column) {
      let found = system.leftOutErrors(gram, chosen + [column]).map { abs($0) }
      let error = Statistics.mean(found)
      if error < best?.error ?? .infinity { best = (column, error, found) }
    }
    guard let best else { return nil }
    let falls = zip(errors, best.errors).map { $0 - $1 }
    let count = Double(falls.count)
    let deviation = Statistics.populationDeviation(falls) * (count / (count - 1)).squareRoot()
    let step = Step(
      feature: system.names[best.column], before: Statistics.mean(errors), after: best.error,
      standardError: deviation / count.squareRoot(), column: best.column)
    return (step, best.errors)
  }
}
