public import FlashSearch
internal import FlashGraph

extension DesignProblem {
  /// A score that no point of a sub-box beats.
  ///
  /// Every quantity but NN-Mass never falls when a variable rises (a property test holds the declaration), so that its
  /// range over the sub-box lies between the values at the two corners. NN-Mass is a density, 0…1, times width times
  /// depth. The ranges go through the objective by interval arithmetic, rounded outward. Complexity: two evaluations.
  public func bound(lower: [Int], upper: [Int]) -> Score {
    let ranges = QuantityRanges(self, lower: lower, upper: upper)
    var violation = 0.0
    for bound in bounds {
      let range = ranges[bound.quantity]
      violation += bound.leastViolation(range)
    }
    let value = objective.expression.interval { ranges[$0] }
    let least = objective.direction == .maximize ? -value.upper : value.lower
    return Score(objective: least, violation: violation)
  }

  /// Cuts skips that no canonical point of the sub-box has: those above the saturation of its largest cells.
  public func clip(lower: inout [Int], upper: inout [Int]) -> Bool {
    space.clipSkips(lower: &lower, upper: &upper)
  }

  /// The best value that a quantity can take in the whole space: the largest for a lower bound, the least for an upper
  /// one. Exact for monotone quantities; `nil` for NN-Mass, whose best point is not a corner.
  public func bestPossible(_ bound: Bound) -> Double? {
    guard bound.quantity != .nnMass, !(bound.quantity == .power) else { return nil }
    let corner = space.variables.map { bound.relation == .atLeast ? $0.upper : $0.lower }
    return values(corner)[bound.quantity]
  }
}

extension Bound {
  /// The least violation of any value in a range.
  func leastViolation(_ range: Interval) -> Double {
    let best = relation == .atLeast ? range.upper : range.lower
    return best.isFinite ? violation(best) : 0
  }
}

/// The range of each quantity over a sub-box.
private struct QuantityRanges {
  private let least: DesignValues
  private let most: DesignValues
  private let largestMass: Double

  /// A sum of positive terms, one per layer and part, is off by less than this in double precision.
  private static let roundingError = 1e-13

  init(_ problem: DesignProblem, lower: [Int], upper: [Int]) {
    let space = problem.space
    largestMass = space.largestMass(upper)
    var features = space.features(lower)
    features.nnMass = 0
    least = problem.values(lower, features: features)
    features = space.features(upper)
    features.nnMass = largestMass
    most = problem.values(upper, features: features)
  }

  subscript(quantity: Quantity) -> Interval {
    switch quantity {
    case .power: self[.energy] / self[.latency]
    case .edp: self[.energy] * self[.latency]
    case .nnMass: Interval(lower: 0, upper: largestMass).widened(by: Self.roundingError)
    default: Interval(lower: least[quantity], upper: most[quantity]).widened(by: Self.roundingError)
    }
  }
}

extension SearchSpace {
  /// Σ width · depth: NN-Mass where every density is 1.
  func largestMass(_ point: [Int]) -> Double {
    var mass = 0
    for index in 0..<cellCount {
      let cell = cell(index, point)
      mass += cell.width * cell.depth
    }
    return Double(mass)
  }

  /// Cuts skips above the saturation of the sub-box's largest cells; false where no canonical point is left.
  func clipSkips(lower: inout [Int], upper: inout [Int]) -> Bool {
    for index in 0..<cellCount {
      let skip = 3 * index + 2
      let most = max(variables[skip].lower, cell(index, upper).saturation)
      upper[skip] = min(upper[skip], most)
      if lower[skip] > upper[skip] { return false }
    }
    return true
  }
}
