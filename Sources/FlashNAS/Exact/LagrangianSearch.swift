internal import FlashAccuracy
internal import FlashSearch

/// The state of one proof of `LagrangianBranchAndBound`.
///
/// All that the hot path reads and writes lies in buffers: nothing is allocated, retained or released there.
struct LagrangianSearch {
  let view: SeparableView
  let lanes: CostLanes
  let limits: SIMD4<Double>
  let predictor: AccuracyModel?
  let largestDegree: Double
  var best: BestPoint
  /// The best point's objective.
  var incumbent: Double
  /// Boxes bounded.
  private(set) var nodes = 0
  /// The least bound of what is open when a search has to stop.
  private(set) var openBound: Double?

  private var queue: NodeQueue
  /// The place of a point that is scored.
  var point: [Int]

  /// How much wider than its half a band overlaps it, so that no rounding of a sum falls between two halves.
  private static let overlap = 1e-9

  init(_ view: SeparableView, _ question: SeparableQuestion, _ best: BestPoint) {
    self.view = view
    lanes = question.lanes
    limits = question.limits
    predictor = question.readsAccuracy ? question.problem.model.predictor : nil
    largestDegree = question.largestDegree
    self.best = best
    incumbent = best.objective
    queue = NodeQueue(cells: view.cellCount)
    point = best.point
  }

  mutating func run(leastDegree: Double) {
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
      if popped % 64 == 0 { best.check() }
      if best.stop == nil { expand(node) }
      if best.stop != nil {
        openBound = min(node.bound, queue.leastBound ?? .infinity)
        return
      }
    }
  }

  private mutating func expand(_ node: NodeQueue.Node) {
    guard let axis = branchingCell() else {
      for cell in 0..<view.cellCount { view.envelop(cell) }
      view.sumEnvelopes()
      leaf(node)
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

  private mutating func pushBounded(low: Double, high: Double) {
    view.sumEnvelopes()
    push(low: low, high: min(high, view.largestDegree()))
  }

  /// Bounds the box over a band, and keeps what is not hopeless of it.
  private mutating func push(low: Double, high: Double) {
    nodes += 1
    var high = min(high, highestDegree())
    guard high >= low else { return }
    let costs = leastCosts(low)
    guard all(costs .<= limits) else { return }
    var bound = objective(costs, high)
    guard bound <= incumbent else { return }
    // As long as the upper half is hopeless.
    for _ in 0..<8 where high - low > 1e-6 && incumbent < .infinity {
      let middle = low + (high - low) / 2
      let upper = leastCosts(middle)
      guard any(upper .> limits) || objective(upper, high) > incumbent else { break }
      high = middle + Self.overlap
      bound = objective(costs, high)
      guard bound <= incumbent else { return }
    }
    queue.push(view.box, low: low, high: high, bound: bound)
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
    var highest = Double.infinity
    for lane in 0..<CostLanes.count where limits[lane] < .infinity {
      for row in 1..<SeparableTables.multiplierCount where view.multipliers[row][lane] > 0 {
        highest = min(highest, (limits[lane] - view.sum[row][lane]) / view.multipliers[row][lane])
      }
    }
    return highest * (1 + 1e-10) + 1e-9
  }

  /// A bound of the objective for at least so many units and at most so much NN-Degree.
  @inline(__always)
  func objective(_ units: SIMD4<Double>, _ degree: Double) -> Double { objective(units, accuracy: accuracy(degree)) }

  @inline(__always)
  func objective(_ units: SIMD4<Double>, accuracy: Double) -> Double {
    MonotoneObjective.leastValue(view.steps, view.stack, costs: lanes.leastCosts(units), accuracy: accuracy)
  }

  func accuracy(_ degree: Double) -> Double {
    predictor.map { SeparableQuestion.mostAccuracy($0, degree) } ?? 0
  }

  /// Fixed widths: halves the band where that tells more, or joins the fronts.
  private mutating func leaf(_ node: NodeQueue.Node) {
    let (low, high) = (node.low, node.high)
    guard incumbent < .infinity, high - low > 0.05, isAccuracyLoose(low, high, node.bound) else {
      join(low: low, high: high)
      return
    }
    let middle = low + (high - low) / 2
    push(low: low, high: middle + Self.overlap)
    push(low: middle - Self.overlap, high: high)
  }

  /// Whether the accuracy over a band moves the bound by much: to beyond the incumbent, or by more than 0.2 % (chosen).
  private func isAccuracyLoose(_ low: Double, _ high: Double, _ bound: Double) -> Bool {
    guard predictor != nil else { return false }
    let tight = objective(leastCosts(low), low)
    return tight > incumbent || tight - bound > 2e-3 * abs(incumbent)
  }
}
