internal import FlashAccuracy
internal import FlashGraph
internal import FlashHardware
public import FlashSearch

/// A bound on one quantity.
public struct Bound: Sendable, Hashable {
  public enum Relation: String, Sendable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
  }

  public let quantity: Quantity
  public let relation: Relation
  /// In SI units, area in mm².
  public let limit: Double
  /// The confidence of the two-sided interval whose unfavourable end has to keep the bound; `nil` where the expected value
  /// has to.
  public let confidence: Double?

  /// The confidences that a bound may have (chosen: below, an interval is no caution; above, no sample tells its ends).
  public static let confidences = 0.5...0.999

  /// - Parameter confidence: one of `confidences`.
  public init(quantity: Quantity, relation: Relation, limit: Double, confidence: Double? = nil) {
    self.quantity = quantity
    self.relation = relation
    self.limit = limit
    self.confidence = confidence
  }

  /// The same bound at another limit.
  public func at(_ limit: Double) -> Bound {
    Bound(quantity: quantity, relation: relation, limit: limit, confidence: confidence)
  }

  /// The same bound with another confidence.
  public func with(confidence: Double?) -> Bound {
    Bound(quantity: quantity, relation: relation, limit: limit, confidence: confidence)
  }

  /// How far a value is inside the bound, in the quantity's unit: ≥ 0 when met.
  public func slack(_ value: Double) -> Double {
    relation == .atLeast ? value - limit : limit - value
  }

  /// max(0, c) / s with c the distance beyond the bound and s = |limit|, or 1 where that is 0; NaN counts as infinite.
  func violation(_ value: Double) -> Double {
    let slack = slack(value)
    guard !slack.isNaN else { return .infinity }
    return max(0, -slack) / (limit == 0 ? 1 : abs(limit))
  }
}

/// What to make as good as possible.
public struct Objective: Sendable, Hashable {
  public enum Direction: String, Sendable, CaseIterable {
    case maximize
    case minimize
  }

  public let expression: Expression
  public let direction: Direction

  public init(expression: Expression, direction: Direction) {
    self.expression = expression
    self.direction = direction
  }

  /// Its own value where a problem's f is given, and f where its value is.
  public func value(_ f: Double) -> Double { direction == .maximize ? -f : f }
}

/// Space, models, objective and bounds, composed into the standard form that a strategy minimises.
///
/// A point has the space's variables and, behind them, those of free hardware parameters.
///
/// A class, so that a strategy copies a reference; it never changes.
public final class DesignProblem: BoundedProblem, ConstrainedProblem {
  public let space: SearchSpace
  public let model: PerformanceModel
  public let objective: Objective
  public let bounds: [Bound]
  /// What each bound is judged by; empty where none has a confidence, and the values themselves are.
  let judges: [BoundJudge]
  /// The hardware's free parameters; `nil` where none is free.
  public let hardware: HardwareBox?
  /// Whether there is such hardware: a search asks at every point, and copies nothing for it.
  let hasFreeHardware: Bool
  /// Whether bounds over sub-boxes are known: for spaces of independent dense cells, with costs that never fall when a
  /// variable rises, and an accuracy model that has bounds and does not read NN-Mass. For any other problem, a bound says
  /// nothing.
  public let isBounded: Bool
  /// What makes a score quick; `nil` before the problem is prepared.
  private let tables: CostTables?
  /// What works out many points together; `nil` before the problem is prepared for blocks, and where it cannot be.
  let batchTables: BatchTables?
  /// The same of all questions over these models.
  private let sharedTables: SharedTables
  /// Whether objective, bounds or costs read more of the features than NN-Degree.
  let readsFeatures: Bool
  /// Whether objective, bounds and accuracy model read no feature but NN-Degree.
  private let readsDegreeAlone: Bool

  /// - Parameter hardware: free parameters of the model's simulator.
  /// - Throws: `DesignError.unavailable` where the objective or a bound names a quantity that no model gives, or a bound
  ///   has a confidence at which a model has no interval.
  public init(
    space: SearchSpace, model: PerformanceModel, objective: Objective, bounds: [Bound], hardware: HardwareBox? = nil
  ) throws(DesignError) {
    try Self.check(objective.expression.quantities + bounds.map(\.quantity), space, model)
    self.space = space
    self.model = model
    self.objective = objective
    self.bounds = bounds
    judges = try BoundJudge.judges(bounds, model)
    self.hardware = hardware
    hasFreeHardware = hardware != nil
    isBounded = Self.isBounded(space, model, hardware)
    variables = space.variables + (hardware?.variables ?? [])
    (readsFeatures, readsDegreeAlone) = Self.read(objective, bounds, model)
    (tables, batchTables) = (nil, nil)
    sharedTables = SharedTables()
  }

  /// The same space, models and hardware under another question. Complexity: O(1), tables are shared.
  public func with(objective: Objective, bounds: [Bound]) throws(DesignError) -> DesignProblem {
    try Self.check(objective.expression.quantities + bounds.map(\.quantity), space, model)
    return DesignProblem(
      self, over: space, objective, bounds, try BoundJudge.judges(bounds, model), sharedTables, tables)
  }

  /// The same question over a part of the space.
  func over(_ space: SearchSpace) -> DesignProblem {
    DesignProblem(self, over: space, objective, bounds, judges, SharedTables())
  }

  /// The same question on one chip, by the places of the hardware's parameters.
  func on(_ choice: [Int]) -> DesignProblem {
    let model = model(at: space.variables.map(\.lower) + choice)
    return DesignProblem(self, over: space, objective, bounds, judges, SharedTables(), on: model)
  }

  /// The same problem with tables of the costs of layers, by which a score takes a fraction of the time, or a block's scores
  /// do. Complexity: that of the tables, once for all questions over these models.
  public func prepared(inBlocks: Bool) -> DesignProblem {
    guard !hasFreeHardware, let costs = model.costs else { return self }
    if inBlocks, readsDegreeAlone, judges.isEmpty, let batchTables = sharedTables.ofBlocks(costs, in: space) {
      return DesignProblem(self, over: space, objective, bounds, judges, sharedTables, sharedTables.made, batchTables)
    }
    guard tables == nil else { return self }
    return DesignProblem(
      self, over: space, objective, bounds, judges, sharedTables, sharedTables.ofPoints(costs, in: space), batchTables)
  }

  /// - Parameter chip: a model in the place of the other's, on hardware of which nothing is free.
  private init(
    _ other: DesignProblem, over space: SearchSpace, _ objective: Objective, _ bounds: [Bound],
    _ judges: [BoundJudge], _ sharedTables: SharedTables, _ tables: CostTables? = nil,
    _ batchTables: BatchTables? = nil, on chip: PerformanceModel? = nil
  ) {
    self.space = space
    model = chip ?? other.model
    self.objective = objective
    self.bounds = bounds
    self.judges = judges
    hardware = chip == nil ? other.hardware : nil
    hasFreeHardware = hardware != nil
    isBounded = other.isBounded
    self.tables = tables
    self.batchTables = batchTables
    self.sharedTables = sharedTables
    (readsFeatures, readsDegreeAlone) = Self.read(objective, bounds, model)
    variables = space.variables + (hardware?.variables ?? [])
  }

  /// Whether a question reads features, and whether no more than NN-Degree beside its costs.
  private static func read(
    _ objective: Objective, _ bounds: [Bound], _ model: PerformanceModel
  ) -> (features: Bool, degreeAlone: Bool) {
    let read = objective.expression.quantities + bounds.map(\.quantity)
    let degreeAlone =
      model.inputs?.isDegreeAlone ?? true && Set(read).isDisjoint(with: [.macs, .parameters, .nnMass])
    let isFitted = if case .fitted = model.costs { true } else { false }
    return (isFitted || !degreeAlone, degreeAlone)
  }

  /// Whether models give the quantities that a question reads, and what the models read is there.
  private static func check(
    _ quantities: [Quantity], _ space: SearchSpace, _ model: PerformanceModel
  ) throws(DesignError) {
    for quantity in quantities {
      if quantity == .accuracy, model.predictor == nil {
        throw .unavailable(
          quantity: "accuracy",
          reason: "the space '\(space.name)' has no predictor: give --accuracy, or ask without accuracy")
      }
      if quantity == .nnMass, !space.hasNNMass {
        throw .unavailable(quantity: quantity.rawValue, reason: "NN-Mass has no formula for cells of '\(space.name)'")
      }
      if quantity.isCost, model.costs == nil {
        throw .unavailable(quantity: quantity.rawValue, reason: "no hardware is given: give --hardware")
      }
      if let costs = model.costs, !costs.gives(quantity) {
        let given = costs.quantities.map(\.rawValue).joined(separator: ", ")
        throw .unavailable(quantity: quantity.rawValue, reason: "the hardware gives \(given) alone")
      }
    }
    if case .fitted(let costs) = model.costs, costs.reads(.nnMass), !space.hasNNMass {
      throw .unavailable(
        quantity: "costs", reason: "the model reads nn_mass, which has no formula for cells of '\(space.name)'")
    }
  }

  public let variables: [IntegerVariable]

  public func canonical(_ point: [Int]) -> [Int] { space.canonical(point) }

  /// The values of a point, equal to `model.values`. Complexity: O(cells) where the problem is prepared, without
  /// allocation.
  public func values(_ point: [Int]) -> DesignValues { values(point, features: space.features(point)) }

  /// The values of a point, of which some features may be taken at other values than its own.
  func values(_ point: [Int], features: NetworkFeatures) -> DesignValues {
    DesignValues(
      features: features, accuracy: model.accuracy(features, point, in: space),
      costs: tables?.simulation?.costs(point) ?? chipCosts(point) ?? tables?.features?.costs(point, features: features)
        ?? model.costs?.costs(of: point, in: space, features: features) ?? .unknown)
  }

  /// The costs on the chip that a point chooses; `nil` where nothing of the hardware is free.
  private func chipCosts(_ point: [Int]) -> Costs? {
    guard hasFreeHardware else { return nil }
    return hardware?.space.simulator(point, from: space.variables.count).costs(of: SpacePoint(point, in: space))
  }

  /// What a point's network is judged by: the model, with the chip that the point chooses.
  public func model(at point: [Int]) -> PerformanceModel {
    guard let hardware else { return model }
    return model.on(.simulated(hardware.space.simulator(point, from: space.variables.count)))
  }

  /// The values that objective and bounds read.
  @inline(__always)
  func scoredValues(_ point: [Int]) -> QuantityValues {
    guard readsDegreeAlone else { return QuantityValues(values(point)) }
    let degree = space.nnDegree(point)
    guard
      let costs = tables?.simulation?.costs(point) ?? chipCosts(point)
        ?? tables?.features?.costs(point, nnDegree: degree)
    else { return QuantityValues(values(point)) }
    return degreeValues(degree, costs)
  }

  /// Where nothing but NN-Degree and costs is read.
  @inline(__always)
  func degreeValues(_ degree: Double, _ costs: Costs) -> QuantityValues {
    QuantityValues(nnDegree: degree, accuracy: model.predictor?.accuracy(degree) ?? .nan, costs: costs)
  }

  /// f and the total scaled violation: f is the objective, negated where it is to be maximised. A point whose objective
  /// is infinite or not a number is infeasible. No allocation.
  public func score(_ point: [Int]) -> Score {
    let values = scoredValues(point)
    var violation = 0.0
    if judges.isEmpty {
      for bound in bounds { violation += bound.violation(values[bound.quantity]) }
    } else {
      for judge in judges { violation += judge.bound.violation(judged(judge, values, point)) }
    }
    let value = objective.expression.value { values[$0] }
    guard value.isFinite else { return Score(objective: .infinity, violation: .infinity) }
    return Score(objective: objective.value(value), violation: violation)
  }

  /// Skip channels follow a cell's width: a saturated cell stays so, any other keeps the distance.
  public var couplings: [Coupling] {
    (0..<(space.denseCells?.count ?? 0)).map { cell in
      Coupling(leader: 3 * cell, follower: 3 * cell + 2, factor: 3 * cell + 1, offset: -2)
    }
  }

  public var isRising: Bool { isBounded && !hasFreeHardware }

  /// False for a problem whose objective, bounds or models read more than NN-Degree and costs, whose bounds are judged by the
  /// end of an interval, or whose costs are no sums over layers.
  public var isBatched: Bool { batchTables != nil }

  /// Scores a block as `score` does its points, within 1e-12 of objective and violation.
  public func score(_ block: PointBlock) {
    guard let batchTables else { return scoreOneByOne(block) }
    batchTables.score(self, block)
  }

  public func violations(_ point: [Int]) -> [Double] {
    let values = QuantityValues(values(point))
    guard !judges.isEmpty else { return bounds.map { $0.violation(values[$0.quantity]) } }
    return judges.map { $0.bound.violation(judged($0, values, point)) }
  }
}
