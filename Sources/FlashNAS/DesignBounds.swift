internal import FlashAccuracy
internal import FlashGraph
internal import FlashHardware
public import FlashSearch

extension DesignProblem {
  /// The values at a corner of a sub-box, and the most that NN-Mass can be below it.
  public struct Corner: Sendable {
    var values: QuantityValues
    let largestMass: Double
    /// The accuracy model's linear predictor where it reads more than NN-Degree: the parts that never fall and never rise
    /// when a variable rises.
    var predictor = (rising: 0.0, falling: 0.0)
  }

  /// The values at a corner; of free hardware without costs, which no corner has alone. Complexity: one evaluation.
  public func corner(_ point: [Int]) -> Corner {
    guard readsFeatures else {
      return Corner(
        values: hasFreeHardware ? degreeValues(space.nnDegree(point), .unknown) : scoredValues(point),
        largestMass: .infinity)
    }
    var corner = Corner(values: scoredValues(point), largestMass: space.largestMass(point))
    if let predictor = model.predictor, let inputs = model.inputs, !inputs.isDegreeAlone {
      let features = space.features(point)
      corner.predictor = predictor.predictor { inputs.value($0, features, point, space) }
    }
    return corner
  }

  /// Whether bounds over sub-boxes are known: see `isBounded`.
  static func isBounded(_ space: SearchSpace, _ model: PerformanceModel, _ hardware: HardwareBox?) -> Bool {
    guard space.denseCells != nil, model.costs?.isMonotone ?? true, hardware?.space.isBounded ?? true else {
      return false
    }
    guard let predictor = model.predictor, let inputs = model.inputs else { return true }
    return predictor.isBounded && !inputs.sources.contains(.feature(.nnMass))
  }

  /// A score that no point between two corners beats.
  ///
  /// Every quantity but NN-Mass and power never falls when a variable rises (a property test holds the declaration), so
  /// that its range over the sub-box lies between the values at the two corners. NN-Mass is a density, 0…1, times width
  /// times depth; power is energy over latency. Where hardware is free, costs lie between those of the lower corner's
  /// network on the best imaginable chip of the sub-box and of the upper corner's on the worst. The ranges go through the
  /// objective by interval arithmetic, rounded outward. No allocation where no hardware is free.
  public func bound(from lower: [Int], _ lowerCorner: Corner, to upper: [Int], _ upperCorner: Corner) -> Score {
    guard isBounded, let ends = onChips(lower, lowerCorner, upper, upperCorner) else {
      return Score(objective: -.infinity, violation: 0)
    }
    return score(from: lower, ends.least, to: upper, ends.most)
  }

  /// The values between which those of every design lie, as far as they are monotone.
  ///
  /// - Precondition: `isBounded`.
  func extremes() -> (least: QuantityValues, most: QuantityValues)? {
    let (lower, upper) = (variables.map(\.lower), variables.map(\.upper))
    return onChips(lower, corner(lower), upper, corner(upper)).map { ($0.least.values, $0.most.values) }
  }

  /// The corners with the least and the most costs on the chips between them, where hardware is free.
  private func onChips(
    _ lower: [Int], _ lowerCorner: Corner, _ upper: [Int], _ upperCorner: Corner
  ) -> (least: Corner, most: Corner)? {
    guard hasFreeHardware else { return (lowerCorner, upperCorner) }
    guard
      let costs = hardware?.space.costRange(
        of: SpacePoint(lower, in: space), to: SpacePoint(upper, in: space), on: lower, to: upper,
        from: space.variables.count)
    else { return nil }
    var (least, most) = (lowerCorner, upperCorner)
    least.values.costs = costs.least
    most.values.costs = costs.most
    return (least, most)
  }

  /// Of the bounds that no point between two corners keeps, the place of the one that is missed most, with the best value
  /// that its quantity takes there; `nil` where there is none.
  func brokenBound(lower: [Int], upper: [Int]) -> (place: Int, best: Double, violation: Double)? {
    guard let ends = onChips(lower, corner(lower), upper, corner(upper)) else { return nil }
    return bounds.enumerated().map { place, bound in
      let range = range(of: bound.quantity, ends.least, ends.most)
      return (place, bound.relation == .atLeast ? range.upper : range.lower, bound.leastViolation(range))
    }.filter { $0.2 > 0 }.max { $0.2 < $1.2 }
  }

  private func score(from first: [Int], _ lower: Corner, to last: [Int], _ upper: Corner) -> Score {
    var violation = 0.0
    if judges.isEmpty {
      for bound in bounds { violation += bound.leastViolation(range(of: bound.quantity, lower, upper)) }
    } else {
      for judge in judges { violation += leastViolation(judge, from: first, lower, to: last, upper) }
    }
    // What cannot be feasible needs no objective.
    guard violation <= 0 else { return Score(objective: -.infinity, violation: violation) }
    let value = objective.expression.interval { range(of: $0, lower, upper) }
    guard value.holdsNumbers else { return Score(objective: .infinity, violation: .infinity) }
    return Score(objective: objective.direction == .maximize ? -value.upper : value.lower, violation: 0)
  }

  /// The least violation of a bound over a sub-box, by what it is judged by.
  private func leastViolation(
    _ judge: BoundJudge, from first: [Int], _ lower: Corner, to last: [Int], _ upper: Corner
  ) -> Double {
    func between(_ least: Double, _ most: Double) -> ClosedRange<Double> {
      // Features never fall with a variable; their sums are rounded.
      min(least - abs(least) * 1e-12, most)...max(most + abs(most) * 1e-12, least)
    }
    let range = range(of: judge.bound.quantity, lower, upper)
    guard judge.accuracyEnd != nil, let inputs = model.inputs, !inputs.isDegreeAlone else {
      return judge.bound.leastViolation(
        judge.best(range) { _ in between(lower.values.nnDegree, upper.values.nnDegree) })
    }
    let features = (space.features(first), space.features(last))
    return judge.bound.leastViolation(
      judge.best(range) {
        between(inputs.value($0, features.0, first, space), inputs.value($0, features.1, last, space))
      })
  }

  /// The range of a quantity over a sub-box.
  private func range(of quantity: Quantity, _ lower: Corner, _ upper: Corner) -> Interval {
    func between(_ least: Double, _ most: Double) -> Interval {
      // A sum of positive terms, one per layer and part, is off by less than this in double precision.
      Interval(lower: least, upper: most).widened(by: 1e-13)
    }
    func range(_ quantity: Quantity) -> Interval {
      between(lower.values[quantity], upper.values[quantity])
    }
    return switch quantity {
    case .accuracy where readsFeatures && model.inputs?.isDegreeAlone == false:
      accuracyRange(lower.predictor, upper.predictor)
    case .power: range(.energy) / range(.latency)
    case .nnMass: between(0, upper.largestMass)
    default: range(quantity)
    }
  }

  /// The range of the accuracy between two corners: its linear predictor takes each part where it is least or largest.
  private func accuracyRange(
    _ lower: (rising: Double, falling: Double), _ upper: (rising: Double, falling: Double)
  ) -> Interval {
    guard let predictor = model.predictor else { return Interval(lower: .nan, upper: .nan) }
    return Interval(
      lower: predictor.accuracy(predictor: lower.rising + upper.falling),
      upper: predictor.accuracy(predictor: upper.rising + lower.falling)
    ).widened(by: 1e-12)
  }

  /// Hardware first: on one chip costs are monotone. Depths and widths move every cost; skips, of which there are most, move
  /// them least. Chosen by the number of nodes on
  /// a dozen questions.
  public var branchingWeights: [Double] {
    let own: [Double] = space.variables.indices.map { isBounded ? [4, 8, 1][$0 % 3] : 1 }
    return own + variables.dropFirst(own.count).map { _ in 30 }
  }

  /// Cuts skips that no canonical point of the sub-box has: those above the saturation of its largest cells.
  public func clip(lower: inout [Int], upper: inout [Int]) -> Bool {
    space.clipSkips(lower: &lower, upper: &upper)
  }

  /// The best value that a quantity can take in the whole space: the largest for a lower bound, the least for an upper
  /// one. Exact for monotone quantities; `nil` for those whose best point need not be a corner: NN-Mass, power, and an
  /// accuracy that falls with a feature.
  public func bestPossible(_ bound: Bound) -> Double? {
    if bound.quantity == .accuracy, readsFeatures, corner(variables.map(\.upper)).predictor.falling != 0 {
      return nil
    }
    guard isBounded, bound.quantity != .nnMass, bound.quantity != .power else { return nil }
    // The best chip for one quantity is found by a search.
    guard hardware == nil || !bound.quantity.isCost else { return nil }
    let corner = variables.map { bound.relation == .atLeast ? $0.upper : $0.lower }
    guard let judge = judge(of: bound) else { return nil }
    let best = judged(judge, QuantityValues(values(corner)), corner)
    guard let end = judge.accuracyEnd else { return best }
    // The end of an interval need not rise with what the accuracy rises with.
    guard bound.relation == .atLeast, let inputs = model.inputs, inputs.sources.count == 1 else { return nil }
    let ends = [variables.map(\.lower), corner].map { inputs.value(0, space.features($0), $0, space) }
    let isLargest = end.firstReaching(best + 1e-9, in: min(ends[0], ends[1])...ends[1]) == nil
    return isLargest ? best : nil
  }
}

extension Bound {
  /// The least violation of any value in a range.
  func leastViolation(_ range: Interval) -> Double {
    leastViolation(relation == .atLeast ? range.upper : range.lower)
  }

  /// The violation of the best value that there may be.
  func leastViolation(_ best: Double) -> Double { best.isFinite ? violation(best) : 0 }
}

extension SearchSpace {
  /// Σ width · depth: NN-Mass where every density is 1.
  func largestMass(_ point: [Int]) -> Double {
    var mass = 0
    for index in 0..<(denseCells?.count ?? 0) {
      guard let cell = denseCells?[index, point] else { break }
      mass += cell.width * cell.depth
    }
    return Double(mass)
  }

  /// Cuts skips above the saturation of the sub-box's largest cells; false where no canonical point is left.
  func clipSkips(lower: inout [Int], upper: inout [Int]) -> Bool {
    for skip in skipVariables {
      // The last step at or below what saturates the largest cells, or the first that saturates them.
      let variable = variables[skip.variable]
      let steps = (max(0, saturation(skip, upper) - variable.lower) + variable.step - 1) / variable.step
      upper[skip.variable] = min(upper[skip.variable], variable.lower + steps * variable.step)
      if lower[skip.variable] > upper[skip.variable] { return false }
    }
    return true
  }
}
