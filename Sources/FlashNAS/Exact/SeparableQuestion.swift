internal import FlashAccuracy
internal import FlashGraph
internal import FlashHardware
internal import FlashSearch

/// What `LagrangianBranchAndBound` reads of a problem: costs as lanes, their limits, the objective as a bound reads it,
/// and NN-Degree in accuracy's place.
struct SeparableQuestion {
  let problem: DesignProblem
  let cells: DenseCells
  private(set) var lanes: CostLanes
  let objective: MonotoneObjective
  /// Units that no feasible design exceeds, nor one as good as a known one.
  private(set) var limits: SIMD4<Double>
  /// Costs that no design falls below, and those that none exceeds.
  private var leastCosts: SIMD4<Double>
  private let mostCosts: SIMD4<Double>
  /// Whether objective or bounds read accuracy.
  let readsAccuracy: Bool
  /// NN-Degree that every feasible design reaches; `nil` where none reaches the accuracy that is asked for.
  let leastDegree: Double?
  let largestDegree: Double
  /// Whether a design of so much NN-Degree may still miss its accuracy: the lower end of an interval need not rise with it.
  let isRelaxed: Bool

  /// - Returns: `nil` for a problem of any other kind.
  init?(_ problem: DesignProblem) {
    guard let cells = problem.space.denseCells, problem.isBounded,
      problem.hardware.map({ $0.chips <= ChipProof.limit }) ?? true,
      let extremes = problem.extremes()
    else { return nil }
    self.problem = problem
    self.cells = cells
    let read = problem.objective.expression.quantities + problem.bounds.map(\.quantity)
    guard !read.contains(where: { [.power, .nnMass, .nnDegree].contains($0) }) else { return nil }
    for bound in problem.bounds {
      guard bound.limit.isFinite, bound.quantity != .edp else { return nil }
      guard bound.relation == (bound.quantity == .accuracy ? .atLeast : .atMost) else { return nil }
    }
    let wanted = Set(read.flatMap(MonotoneObjective.factors))
    let quantities = Quantity.allCases.filter { $0 != .accuracy && wanted.contains($0) }
    let (smallest, largest) = extremes
    guard quantities.allSatisfy({ smallest[$0] > 0 && largest[$0] < .infinity }),
      let lanes = CostLanes(quantities, problem.model.costs, largest: largest)
    else { return nil }
    self.lanes = lanes
    limits = Self.limits(problem, lanes)
    var (leastCosts, mostCosts) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    for (lane, quantity) in quantities.enumerated() {
      (leastCosts[lane], mostCosts[lane]) = (smallest[quantity], largest[quantity])
    }
    (self.leastCosts, self.mostCosts) = (leastCosts, mostCosts)

    readsAccuracy = read.contains(.accuracy)
    let degrees = (
      least: problem.space.nnDegree(problem.variables.map(\.lower)),
      most: problem.space.nnDegree(problem.variables.map(\.upper))
    )
    largestDegree = degrees.most
    let accuracyBounds = problem.bounds.filter { $0.quantity == .accuracy }
    isRelaxed = accuracyBounds.contains { $0.confidence != nil }
    var range = Interval(lower: 0, upper: 1)
    if readsAccuracy {
      guard let predictor = problem.model.predictor, problem.model.inputs?.isDegreeAlone == true,
        predictor.predictor({ _ in 2 }).falling == 0
      else { return nil }
      range = Interval(
        lower: predictor.accuracy(degrees.least) - 1e-11,
        upper: Self.mostAccuracy(predictor, degrees.most))
      let least = accuracyBounds.map { bound in
        problem.judge(of: bound)?.accuracyEnd.map { Self.leastDegree($0, bound.limit, in: degrees) }
          ?? Self.leastDegree(predictor, bound.limit, in: degrees)
      }
      leastDegree = least.reduce(0) { most, degree in most.flatMap { most in degree.map { max(most, $0) } } }
    } else {
      leastDegree = 0
    }
    let objective = MonotoneObjective(problem.objective, lanes: quantities) { quantity in
      quantity == .accuracy
        ? range : Interval(lower: smallest[quantity], upper: largest[quantity]).widened(by: 1e-10)
    }
    guard let objective else { return nil }
    self.objective = objective
  }

  /// How many depths and skips there are, over all widths of all cells: what tables cost.
  var tableSize: Int {
    var size = 0
    for cell in 0..<cells.count {
      size += problem.variables[3 * cell..<3 * cell + 3].reduce(1) { product, variable in product * variable.count }
    }
    return size
  }

  private static func limits(_ problem: DesignProblem, _ lanes: CostLanes) -> SIMD4<Double> {
    var limits = SIMD4<Double>(repeating: .infinity)
    for bound in problem.bounds {
      guard let lane = lanes.quantities.firstIndex(of: bound.quantity) else { continue }
      let limit = problem.judge(of: bound)?.costLimit ?? bound.limit
      limits[lane] = min(limits[lane], lanes.units(within: limit, lane))
    }
    return limits
  }

  /// The same question on one chip.
  func on(_ array: SystolicArray) -> SeparableQuestion {
    var question = self
    question.lanes.move(to: array)
    question.limits = Self.limits(problem, question.lanes)
    let smallest = array.costs(of: array.tally(of: SpacePoint(problem.space.variables.map(\.lower), in: problem.space)))
    let values = QuantityValues(nnDegree: 0, accuracy: 0, costs: smallest)
    for (lane, quantity) in lanes.quantities.enumerated() where quantity.isCost {
      question.leastCosts[lane] = values[quantity]
    }
    return question
  }

  /// The same question without limits of costs.
  var unlimited: SeparableQuestion {
    var question = self
    question.limits = SIMD4(repeating: .infinity)
    return question
  }

  /// The most accuracy of any design; 0 where nothing reads it.
  private var mostAccuracy: Double {
    readsAccuracy ? problem.model.predictor.map { Self.mostAccuracy($0, largestDegree) } ?? 0 : 0
  }

  /// An objective that no design on any chip falls below.
  var leastObjective: Double { objective.leastValue(costs: leastCosts * (1 - 1e-11), accuracy: mostAccuracy) }

  /// Lowers the limits to those costs with which, all else at its best, a design may be as good as one of an objective.
  ///
  /// - Parameter units: what no design falls below.
  mutating func tighten(to incumbent: Double, from units: SIMD4<Double> = .zero) {
    guard incumbent < .infinity else { return }
    let accuracy = mostAccuracy
    let least = greatest(leastCosts, lanes.offset + lanes.scale * units) * (1 - 1e-11)
    for lane in lanes.quantities.indices {
      func isHopeful(_ cost: Double) -> Bool {
        var costs = least
        costs[lane] = cost * (1 - 1e-11)
        return objective.leastValue(costs: costs, accuracy: accuracy) <= incumbent
      }
      var (low, high) = (least[lane], mostCosts[lane])
      if isHopeful(high) { continue }
      for _ in 0..<16 {
        let middle = (low * high).squareRoot()
        if isHopeful(middle) { low = middle } else { high = middle }
      }
      limits[lane] = min(limits[lane], lanes.units(within: high, lane))
    }
  }

  /// An accuracy that no design of at most that NN-Degree exceeds: the curve at a little more, and a little more of it
  /// than its rounding can take.
  static func mostAccuracy(_ predictor: AccuracyModel, _ degree: Double) -> Double {
    predictor.accuracy(degree * (1 + 1e-12)) + 1e-12
  }

  /// A NN-Degree that every design reaches whose accuracy is at least `limit`: by bisection, from below.
  private static func leastDegree(
    _ predictor: AccuracyModel, _ limit: Double, in degrees: (least: Double, most: Double)
  ) -> Double? {
    guard mostAccuracy(predictor, degrees.most) >= limit else { return nil }
    var (low, high) = (0.0, degrees.most)
    for _ in 0..<64 {
      let middle = low + (high - low) / 2
      // At 0 a curve may be no number.
      if mostAccuracy(predictor, middle) >= limit { high = middle } else { low = middle }
    }
    return low
  }

  /// A NN-Degree that every design reaches whose accuracy has a lower end of at least `limit`.
  private static func leastDegree(
    _ end: AccuracyEnd, _ limit: Double, in degrees: (least: Double, most: Double)
  ) -> Double? {
    let range = degrees.least * (1 - 1e-12)...degrees.most * (1 + 1e-12)
    return end.firstReaching(limit, in: range).map { $0 * (1 - 1e-12) }
  }
}
