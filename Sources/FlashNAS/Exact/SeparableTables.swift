internal import FlashAccuracy
internal import FlashGraph
internal import FlashNumerics
internal import FlashSearch

/// All that bounds read of a space of dense cells on one chip: per cell and width its first layer at each width of the cell
/// before, and multiplier tables.
///
/// A multiplier table holds, for each of a row of multipliers λ, the least of cost − λ · NN-Degree over the depths and
/// skips of a cell at a width, lane by lane. For designs whose NN-Degree is at least g, Σ over cells of these + λ · g is a
/// lower bound of a cost: Lagrange's, for the best λ as good as convex combinations allow. λ = 0 is the plain least cost.
///
/// The tables here are those of blocks of skips (`CellBlocks`); where a search needs better ones, it makes the front of a
/// width (`CellFront`) and its table.
struct SeparableTables {
  /// How many multipliers a lane has: 0, and a geometric row.
  static let multiplierCount = 10

  let cells: [CellGeometry]
  let kept: KeptWidths
  /// The question's, with joint costs.
  private(set) var lanes: CostLanes
  /// `nil` where costs together say no more than one by one.
  private(set) var joint: JointCosts?
  /// The widths that are kept, cell by cell.
  let widths: [Int]
  private(set) var parts: SeparableParts
  /// By width and multiplier; the classifier's costs are part of the last cell's.
  private(set) var rows: MultiplierRows
  /// The largest NN-Degree at each width.
  let tops: [Double]

  /// Where joint costs come from.
  enum Joining {
    case none
    /// Weights that are looked for.
    case searched
    /// Those of a question that is much the same.
    case taken(JointCosts?)
  }

  /// - Returns: `nil` where limits of costs and the NN-Degree that is needed leave a cell no width.
  init?(_ question: SeparableQuestion, leastDegree: Double, joining: Joining = .searched) {
    let (problem, limits) = (question.problem, question.limits)
    lanes = question.lanes
    cells = CellGeometry.cells(problem.space, question.cells)
    guard
      let kept = KeptWidths(cells, problem.space, lanes, limits: limits, leastDegree: leastDegree)
    else { return nil }
    self.kept = kept
    widths = zip(cells, kept.ranges).flatMap { Array($0.widths[$1]) }
    var parts = SeparableParts()
    parts.reserve(widths.count, cells)
    var before = ArraySlice([problem.space.input.channels])
    for (index, cell) in cells.enumerated() {
      let widths = cell.widths[kept.ranges[index]]
      parts.starts.append(parts.starts[index] + widths.count)
      for width in widths {
        let classifier: SIMD4<Double> =
          index < cells.count - 1
          ? .zero
          : lanes.units(of: .fullyConnected(inputs: width, outputs: problem.space.input.classes), isClassifier: true)
        parts.firstStarts.append(parts.firstLayers.count)
        for channels in before { parts.firstLayers.append(lanes.units(of: cell.first(width: width, from: channels))) }
        parts.classifiers.append(classifier)
        let fixed = parts.firstLayers[parts.firstStarts[parts.firstStarts.count - 1]] + classifier
        parts.blocks.append(
          cell, width: width, lanes, room: kept.room(index, limits) - fixed,
          leastDegree: question.readsAccuracy ? kept.leastDegree(index) : nil)
      }
      before = widths
    }
    tops = parts.topDegrees
    if case .taken(let joint?) = joining {
      self.joint = joint
      lanes.join(joint)
      parts.map(lanes.joined)
    }
    rows = MultiplierRows(parts)
    // Not copied where they change.
    self.parts = consume parts
    if case .none = joining { return }
    var (degree, best) = promising(question, from: leastDegree)
    if case .searched = joining,
      let found = JointCosts.search(question, self.parts, best.units, degree: degree)
    {
      joint = found.joint
      lanes.join(found.joint)
      best.multipliers[JointCosts.lane] = found.multiplier
      self.parts.map(lanes.joined)
    }
    rows = MultiplierRows(self.parts, around: best.multipliers)
  }

  /// About the NN-Degree of the best design, where the objective's bound over the whole space stops falling, or limits of
  /// costs are met; with the least units there, and the multipliers by which.
  private func promising(
    _ question: SeparableQuestion, from leastDegree: Double
  ) -> (degree: Double, least: (units: SIMD4<Double>, multipliers: SIMD4<Double>)) {
    var best = (degree: leastDegree, least: rows.leastUnits(parts, degree: leastDegree))
    guard question.readsAccuracy, let predictor = question.problem.model.predictor,
      all(best.least.units .<= question.limits)
    else { return best }
    let step = (question.largestDegree - leastDegree) / Double(Self.degreeSteps)
    func bound(_ degree: Double, _ units: SIMD4<Double>) -> Double {
      question.objective.leastValue(
        costs: lanes.offset + lanes.scale * units, accuracy: predictor.accuracy(degree))
    }
    var least = bound(best.degree, best.least.units)
    for place in 1..<Self.degreeSteps {
      let degree = leastDegree + Double(place) * step
      let found = rows.leastUnits(parts, degree: degree)
      let value = bound(degree, found.units)
      guard all(found.units .<= question.limits), value < least else { break }
      (best, least) = ((degree, found), value)
    }
    return best
  }

  /// Steps in which the promising NN-Degree is looked for (chosen).
  private static let degreeSteps = 16

  /// Units that no design of at least so much NN-Degree falls below. Complexity: O(widths · multipliers).
  func leastUnits(degree: Double) -> SIMD4<Double> { rows.leastUnits(parts, degree: degree).units }

  /// The front of a cell at a width, by its place among those that are kept, and its row of multipliers.
  ///
  /// - Parameter question: with the limits that its entries keep.
  func front(
    _ cell: Int, _ place: Int, _ question: SeparableQuestion, _ builder: inout FrontBuilder
  ) -> (front: CellFront, leastReduced: [SIMD4<Double>]) {
    let fixed = parts.firstLayers[parts.firstStarts[place]] + parts.classifiers[place]
    let front = builder.front(
      cells[cell], width: widths[place], lanes, room: kept.room(cell, question.limits) - fixed,
      leastDegree: question.readsAccuracy ? kept.leastDegree(cell) : nil)
    let leastReduced = rows.leastReduced(front.count, parts.classifiers[place]) {
      (front.entries[$0].cost, front.entries[$0].degree)
    }
    return (front, leastReduced)
  }
}

/// The costs of widths that are kept, of which multiplier tables are made.
struct SeparableParts {
  /// Where a cell's widths begin among all that are kept.
  var starts = [0]
  /// Units of the first layers: of each width that is kept, one per width that is kept of the cell before.
  var firstLayers: [SIMD4<Double>] = []
  /// Where a width's first layers begin.
  var firstStarts: [Int] = []
  /// The classifier's units by the last cell's width, zero for other cells.
  var classifiers: [SIMD4<Double>] = []
  var blocks = CellBlocks()

  /// Makes room for so many widths.
  mutating func reserve(_ widths: Int, _ cells: [CellGeometry]) {
    blocks.reserve(widths * (cells.map(\.depths.count).max() ?? 0))
    firstStarts.reserveCapacity(widths)
    classifiers.reserveCapacity(widths)
  }

  /// The largest NN-Degree at each width.
  var topDegrees: [Double] {
    classifiers.indices.map { place in blocks.of(place).reduce(-.infinity) { max($0, $1.degree) } }
  }

  /// Takes other units for all.
  mutating func map(_ units: (SIMD4<Double>) -> SIMD4<Double>) {
    for index in firstLayers.indices { firstLayers[index] = units(firstLayers[index]) }
    for index in classifiers.indices { classifiers[index] = units(classifiers[index]) }
    blocks.map(units)
  }
}

/// The multiplier tables of all widths.
struct MultiplierRows {
  /// λ of each lane, by multiplier.
  let multipliers: [SIMD4<Double>]
  /// By width and multiplier.
  private(set) var leastReduced: [SIMD4<Double>] = []

  /// - Parameter best: the multipliers that are best for the whole space; the rows are then about these.
  init(_ parts: SeparableParts, around best: SIMD4<Double> = .zero) {
    multipliers = Self.multipliers(parts, around: best)
    leastReduced.reserveCapacity(parts.classifiers.count * multipliers.count)
    for (place, classifier) in parts.classifiers.enumerated() {
      parts.blocks.of(place).withUnsafeBufferPointer { own in
        leastReduced += leastReduced(own.count, classifier) { (own[$0].cost, own[$0].degree) }
      }
    }
  }

  /// Units that no design of at least so much NN-Degree falls below, and the multipliers by which. Complexity: O(widths ·
  /// multipliers).
  func leastUnits(_ parts: SeparableParts, degree: Double) -> (units: SIMD4<Double>, multipliers: SIMD4<Double>) {
    var units = SIMD4<Double>(repeating: -.infinity)
    var best = SIMD4<Double>.zero
    for (row, multiplier) in multipliers.enumerated() {
      var sum = degree * multiplier
      for cell in 0..<(parts.starts.count - 1) {
        var own = SIMD4<Double>(repeating: .infinity)
        for place in parts.starts[cell]..<parts.starts[cell + 1] {
          own = least(own, leastReduced[place * multipliers.count + row] + parts.firstLayers[parts.firstStarts[place]])
        }
        sum += own
      }
      best.replace(with: multiplier, where: sum .> units)
      units = greatest(units, sum)
    }
    return (units, best)
  }

  /// By multiplier the least of cost − λ · degree over so many choices, and the classifier's units.
  @inline(__always)
  func leastReduced(
    _ count: Int, _ classifier: SIMD4<Double>, _ choice: (Int) -> (cost: SIMD4<Double>, degree: Double)
  ) -> [SIMD4<Double>] {
    [SIMD4<Double>](unsafeUninitializedCapacity: multipliers.count) { rows, length in
      length = multipliers.count
      multipliers.withUnsafeBufferPointer { multipliers in
        for (row, multiplier) in multipliers.enumerated() {
          var reduced = SIMD4<Double>(repeating: .infinity)
          for index in 0..<count {
            let (cost, degree) = choice(index)
            reduced = least(reduced, cost - multiplier * degree)
          }
          rows.initializeElement(at: row, to: reduced + classifier)
        }
      }
    }
  }

  /// A geometric row of multipliers per lane: within a factor 2 of the best one, or where none is known from half the least
  /// to twice the largest secant of any width (both chosen).
  private static func multipliers(_ parts: SeparableParts, around best: SIMD4<Double>) -> [SIMD4<Double>] {
    var smallest = SIMD4<Double>(repeating: .infinity)
    var largest = SIMD4<Double>.zero
    for place in parts.classifiers.indices {
      let own = parts.blocks.of(place)
      guard let first = own.first, let last = own.max(by: { $0.degree < $1.degree }) else { continue }
      guard last.degree - first.degree > 0.5 else { continue }
      let secant = (last.cost - first.cost) / (last.degree - first.degree)
      smallest = smallest.replacing(with: secant, where: secant .> 0 .& (secant .< smallest))
      largest = greatest(largest, secant)
    }
    let count = SeparableTables.multiplierCount
    var rows = [SIMD4<Double>.zero]
    for row in 0..<(count - 1) {
      let share = Double(row) / Double(count - 2)
      var multiplier = SIMD4<Double>.zero
      for lane in 0..<CostLanes.count where largest[lane] > 0 {
        let (low, high) =
          best[lane] > 0 ? (best[lane] / 2, 2 * best[lane]) : (smallest[lane] / 2, 2 * largest[lane])
        multiplier[lane] = low * Elementary.pow(high / low, share)
      }
      rows.append(multiplier)
    }
    return rows
  }
}

/// The widths of each cell with which, all other variables at their best ends, limits can be kept, and what the other
/// cells leave of them.
///
/// Costs and NN-Degree never fall with a width, so that what is kept is a range.
struct KeptWidths {
  private(set) var ranges: [Range<Int>]
  private let neededDegree: Double
  /// By cell: the least units and the largest NN-Degree of its kept widths.
  private var floors: [SIMD4<Double>] = []
  private var tops: [Double] = []
  private var floorSum = SIMD4<Double>.zero
  private var topSum = 0.0

  init?(
    _ cells: [CellGeometry], _ space: SearchSpace, _ lanes: CostLanes, limits: SIMD4<Double>, leastDegree: Double
  ) {
    ranges = cells.map { 0..<$0.widths.count }
    neededDegree = leastDegree
    // Twice: what one round cuts off leaves less room in the next.
    for _ in 0..<2 {
      /// The least units of a cell at a width: of its smallest depth and skip.
      func floor(_ index: Int, _ width: Int) -> SIMD4<Double> {
        let (cell, depth) = (cells[index], cells[index].depths[0])
        let channels = index == 0 ? space.input.channels : cells[index - 1].widths[ranges[index - 1].lowerBound]
        var units = lanes.units(of: cell.first(width: width, from: channels)) + Double(width) * lanes.degree
        for layer in 1..<max(depth, 1) {
          let skips = min(cell.skips.lower, width * (layer - 1))
          units += lanes.units(of: cell.inner(width: width, skips: skips), skips: skips)
        }
        if index == cells.count - 1 {
          units += lanes.units(of: .fullyConnected(inputs: width, outputs: space.input.classes), isClassifier: true)
        }
        return units
      }
      floors = cells.indices.map { floor($0, cells[$0].widths[ranges[$0].lowerBound]) }
      tops = cells.indices.map { cells[$0].largestDegree(width: cells[$0].widths[ranges[$0].upperBound - 1]) }
      (floorSum, topSum) = (floors.reduce(.zero, +), tops.reduce(0, +))
      for (index, cell) in cells.enumerated() {
        var (low, high) = (ranges[index].lowerBound, ranges[index].upperBound)
        let (room, degree) = (room(index, limits), self.leastDegree(index))
        while low < high, cell.largestDegree(width: cell.widths[low]) < degree { low += 1 }
        // The most widths that are within the room, by bisection.
        var first = low
        while first < high {
          let middle = first + (high - first) / 2
          if any(floor(index, cell.widths[middle]) .> room) { high = middle } else { first = middle + 1 }
        }
        guard low < high else { return nil }
        ranges[index] = low..<high
      }
    }
  }

  /// The units that the other cells leave to a cell within limits.
  func room(_ index: Int, _ limits: SIMD4<Double>) -> SIMD4<Double> {
    let rest = (floorSum - floors[index]) * (1 - 1e-11)
    return limits - rest + 1e-11 * limits.replacing(with: 0, where: limits .== .infinity)
  }

  /// The NN-Degree that a cell has to reach, the other cells being as they are largest.
  func leastDegree(_ index: Int) -> Double { neededDegree - (topSum - tops[index]) * (1 + 1e-11) - 1e-9 }
}
