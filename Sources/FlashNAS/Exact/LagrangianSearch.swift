internal import FlashAccuracy
internal import FlashSearch

/// The state of one proof of `LagrangianBranchAndBound`.
///
/// All that the hot path reads and writes lies in buffers and in this object: nothing is allocated, copied, retained or
/// released there.
final class LagrangianSearch {
  let view: SeparableView
  /// Of the lanes, lowered: sums of positive numbers are off by far less than 1e-11, so that offset + scale · units does not
  /// exceed a cost of at least so many units.
  let offset: SIMD4<Double>
  let scale: SIMD4<Double>
  private(set) var limits: SIMD4<Double>
  let predictor: AccuracyModel?
  let largestDegree: Double
  private(set) var best: BestPoint
  /// Whether the best point's stopping rule says so.
  private(set) var isStopped: Bool
  /// The best point's objective.
  private(set) var incumbent: Double
  /// Boxes bounded.
  private(set) var nodes = 0
  /// Whether a design that kept every bound here was found infeasible.
  var hasMissed = false
  /// The least bound of what is open when a search has to stop.
  private(set) var openBound: Double?

  private let tables: SeparableTables
  private var question: SeparableQuestion
  /// Units that no design falls below.
  private let leastUnits: SIMD4<Double>
  private let leastDegree: Double
  /// The objective that limits were last lowered to.
  private var tightenedTo = Double.infinity
  private var builder = FrontBuilder()
  private var queue: NodeQueue
  /// The band whose fronts are joined, in equal parts.
  var joined = JoinedBand(low: 0, width: 0, parts: 0, costs: .zero, floor: 0)
  /// Whether the band's upper half is the better one.
  var isUpperFirst = false
  /// What the objective makes of its costs, and whether it is a function of a product of them.
  let form: MonotoneObjective.Form
  let isProduct: Bool
  let productOffset: SIMD4<Double>
  let productScale: SIMD4<Double>
  /// What the last lane says of the costs together; `nil` where it is a cost's, or none.
  let joint: JointCosts?
  /// The most that costs within limits weigh in it.
  private(set) var mostShares = SIMD4<Double>(repeating: .infinity)
  /// The place of a point that is scored.
  var point: [Int]

  /// The width of a band that is not halved for a first point (chosen).
  private static let narrow = 0.5

  /// How much wider than its half a band overlaps it, so that no rounding of a sum falls between two halves.
  static let overlap = 1e-9

  /// - Parameter choice: the places of the chip's parameters where hardware is free.
  init(
    _ tables: SeparableTables, _ question: SeparableQuestion, leastDegree: Double, _ best: BestPoint,
    on choice: [Int] = []
  ) {
    view = SeparableView(tables, question)
    self.tables = tables
    self.question = question
    self.leastDegree = leastDegree
    leastUnits = tables.leastUnits(degree: leastDegree)
    offset = tables.lanes.offset * (1 - 1e-11)
    scale = tables.lanes.scale * (1 - 1e-11)
    limits = question.limits
    predictor = question.readsAccuracy ? question.problem.model.predictor : nil
    largestDegree = question.largestDegree
    self.best = best
    isStopped = best.stop != nil
    incumbent = best.objective
    queue = NodeQueue(cells: view.cellCount)
    form = question.objective.form
    isProduct = form.factors != nil
    let factors = form.factors ?? SIMDMask(repeating: false)
    productOffset = SIMD4(repeating: 1).replacing(with: offset, where: factors)
    productScale = SIMD4(repeating: 0).replacing(with: scale, where: factors)
    joint = tables.joint
    point = [Int](repeating: 0, count: 3 * view.cellCount) + choice
  }

  deinit { view.deallocate() }

  func run() {
    takeLimits()
    tighten()
    let box = view.box
    for cell in 0..<view.cellCount {
      box[2 * cell] = 0
      box[2 * cell + 1] = Int32(view.widthCount(cell) - 1)
    }
    for cell in 0..<view.cellCount { view.envelop(cell) }
    pushBounded(low: leastDegree, high: largestDegree)
    var popped = 0
    while let node = queue.pop(box), node.bound <= incumbent {
      popped += 1
      if popped % 64 == 0 { check() }
      if !isStopped { expand(node) }
      if isStopped {
        openBound = min(node.bound, queue.leastBound ?? .infinity)
        return
      }
    }
  }

  private func expand(_ node: NodeQueue.Node) {
    guard let axis = branchingCell() else {
      finish(node)
      return
    }
    let box = view.box
    let (low, high) = (box[2 * axis], box[2 * axis + 1])
    let middle = low + (high - low) / 2
    for cell in 0..<view.cellCount where cell != axis { view.envelop(cell) }
    box[2 * axis + 1] = middle
    view.envelop(axis)
    pushBounded(low: node.low, high: node.high)
    box[2 * axis] = middle + 1
    box[2 * axis + 1] = high
    view.envelop(axis)
    if axis + 1 < view.cellCount { view.envelop(axis + 1) }
    pushBounded(low: node.low, high: node.high)
  }

  /// Joins the fronts of fixed widths, which are made where they are not yet known: then the node waits until it is the
  /// best once more.
  private func finish(_ node: NodeQueue.Node) {
    var isNew = false
    for cell in 0..<view.cellCount where view.fronts[view.place(cell)] == nil {
      makeFront(cell)
      isNew = true
    }
    for cell in 0..<view.cellCount { view.envelop(cell) }
    if isNew {
      pushBounded(low: node.low, high: node.high)
      return
    }
    view.sumEnvelopes()
    guard view.sum[0][0] < .infinity else { return }
    joinFronts(Band(low: node.low, high: node.high, bound: node.bound), leastCosts(node.low))
  }

  /// Joins the fronts over a band; before a point is known, where the band's upper half is the better one, that first:
  /// what is found there leaves little of the lower.
  ///
  /// - Parameter costs: least units at the band's lower end.
  private func joinFronts(_ band: Band, _ costs: SIMD4<Double>) {
    guard !isStopped, all(costs .<= limits) else { return }
    guard incumbent == .infinity else {
      // The best point may be better than when the node was bounded.
      if let part = tightened(band, costs, halvings: 6) { join(part, leastCosts(part.low)) }
      return
    }
    let middle = band.low + (band.high - band.low) / 2
    let upperCosts = leastCosts(middle)
    guard predictor != nil, band.high - band.low > Self.narrow,
      objective(upperCosts, band.high) < objective(costs, middle)
    else {
      join(band, costs)
      return
    }
    joinFronts(Band(low: middle - Self.overlap, high: band.high, bound: band.bound), upperCosts)
    joinFronts(Band(low: band.low, high: middle + Self.overlap, bound: band.bound), costs)
  }

  /// Makes the front of a cell at the least width of its box.
  private func makeFront(_ cell: Int) {
    tighten()
    let place = view.place(cell)
    let made = tables.front(cell, place, question, &builder)
    view.take(made.front, made.leastReduced, at: place)
  }

  /// Lowers limits to what the best point allows.
  private func tighten() {
    guard incumbent < tightenedTo else { return }
    tightenedTo = incumbent
    question.tighten(to: incumbent, from: leastUnits)
    takeLimits()
  }

  /// Takes the question's limits over.
  private func takeLimits() {
    limits = question.limits
    if let joint { mostShares = joint.shares(tables.lanes.offset + tables.lanes.scale * limits) }
  }

  /// The cell whose widths to halve; `nil` where all are fixed.
  private func branchingCell() -> Int? {
    var choice: Int?
    var most = 0
    for cell in 0..<view.cellCount {
      let range = Int(view.box[2 * cell + 1] - view.box[2 * cell]) << min(20, view.cellCount - 1 - cell)
      if range > most { (choice, most) = (cell, range) }
    }
    return choice
  }

  private func pushBounded(low: Double, high: Double) {
    view.sumEnvelopes()
    push(low: low, high: min(high, view.largestDegree()))
  }

  /// Bounds the box over a band, and keeps what is not hopeless of it.
  private func push(low: Double, high: Double) {
    nodes += 1
    // Without widths that reach the band all costs are infinite.
    guard view.sum[0][0] < .infinity else { return }
    let high = min(high, highestDegree())
    guard high >= low else { return }
    let costs = leastCosts(low)
    guard all(costs .<= limits) else { return }
    let bound = objective(costs, high)
    guard bound <= incumbent, bound < .infinity else { return }
    var band = Band(low: low, high: high, bound: bound)
    if incumbent < .infinity {
      guard let tighter = tightened(band, costs, halvings: 5) else { return }
      band = tighter
    }
    queue.push(view.box, low: band.low, high: band.high, bound: band.bound)
  }

  /// A band of NN-Degree with a bound of the objective over the summed box.
  struct Band {
    var low: Double
    var high: Double
    var bound: Double
  }

  /// Bounds the parts of a band, as long as the accuracy over one moves its bound by much; `nil` where all are hopeless.
  ///
  /// - Parameter costs: least units at the band's lower end.
  private func tightened(_ band: Band, _ costs: SIMD4<Double>, halvings: Int) -> Band? {
    guard halvings > 0, band.high - band.low > 0.02 else { return band }
    let middle = band.low + (band.high - band.low) / 2
    let upperCosts = leastCosts(middle)
    var upper: Band?
    if all(upperCosts .<= limits) {
      let bound = objective(upperCosts, band.high)
      if bound <= incumbent { upper = Band(low: middle - Self.overlap, high: band.high, bound: max(bound, band.bound)) }
    }
    let bound = objective(costs, middle + Self.overlap)
    var lower: Band?
    if bound <= incumbent { lower = Band(low: band.low, high: middle + Self.overlap, bound: max(bound, band.bound)) }
    // Where accuracy says little, the lower part is the best one and its bound is tight.
    if let whole = lower, isLoose(whole, costs) { lower = tightened(whole, costs, halvings: halvings - 1) }
    if let part = upper, lower.map({ part.bound < $0.bound }) ?? true {
      upper = tightened(part, upperCosts, halvings: halvings - 1)
    }
    guard let first = lower else { return upper }
    guard let second = upper else { return first }
    return Band(low: first.low, high: second.high, bound: min(first.bound, second.bound))
  }

  /// Whether the accuracy over a band moves its bound by more than 0.1 % (chosen), or beyond the incumbent.
  func isLoose(_ band: Band, _ costs: SIMD4<Double>) -> Bool {
    guard predictor != nil else { return false }
    let tight = objective(costs, band.low)
    return tight > incumbent || tight - band.bound > 1e-3 * abs(incumbent)
  }

  /// Units that no design of the summed box with at least so much NN-Degree falls below.
  @inline(__always)
  func leastCosts(_ degree: Double) -> SIMD4<Double> {
    var costs = view.sum[0]
    for row in 1..<SeparableTables.multiplierCount {
      costs = greatest(costs, view.sum[row] + degree * view.multipliers[row])
    }
    return costs
  }

  /// The NN-Degree that limits of costs allow.
  private func highestDegree() -> Double {
    var highest = SIMD4<Double>(repeating: .infinity)
    for row in 1..<SeparableTables.multiplierCount {
      // Not a number, 0 · ∞, is not less.
      highest = least(highest, (limits - view.sum[row]) * view.inverseMultipliers[row])
    }
    return highest.min() * (1 + 1e-10) + 1e-9
  }

  /// A bound of the objective for at least so many units and at most so much NN-Degree.
  @inline(__always)
  func objective(_ units: SIMD4<Double>, _ degree: Double) -> Double { objective(units, accuracy: accuracy(degree)) }

  @inline(__always)
  func objective(_ units: SIMD4<Double>, accuracy: Double) -> Double {
    var costs = offset + scale * units
    if let joint {
      if joint.isSum {
        return MonotoneObjective.leastValue(view.steps, view.stack, costs: costs, accuracy: accuracy)
          + joint.excess(costs)
      }
      let lift = joint.lift(costs, mostShares)
      if lift > 1 {
        guard lift < .infinity else { return .infinity }
        costs[joint.factor] *= lift
      }
    }
    return MonotoneObjective.leastValue(view.steps, view.stack, costs: costs, accuracy: accuracy)
  }

  @inline(__always)
  func accuracy(_ degree: Double) -> Double {
    guard let predictor else { return 0 }
    return SeparableQuestion.mostAccuracy(predictor, degree)
  }

  /// Asks clock, budget and caller.
  func check() {
    best.check()
    isStopped = best.stop != nil
  }

  /// Scores a canonical point, and keeps it where it is better.
  func consider(_ point: [Int]) -> Score {
    let score = best.consider(point)
    isStopped = best.stop != nil
    if best.objective < incumbent { incumbent = best.objective }
    return score
  }
}
