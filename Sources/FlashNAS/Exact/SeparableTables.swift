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
  static let multiplierCount = 16

  let cells: [CellGeometry]
  let kept: KeptWidths
  /// Where a cell's widths begin among all that are kept.
  let starts: [Int]
  /// The widths that are kept, cell by cell.
  let widths: [Int]
  /// Units of the first layers: of each width that is kept, one per width that is kept of the cell before.
  let firstLayers: [SIMD4<Double>]
  /// Where a width's first layers begin.
  let firstStarts: [Int]
  /// λ of each lane, by multiplier.
  let multipliers: [SIMD4<Double>]
  /// By width and multiplier; the classifier's costs are part of the last cell's.
  let leastReduced: [SIMD4<Double>]
  /// The largest NN-Degree at each width.
  let tops: [Double]
  /// The classifier's units by the last cell's width, zero for other cells.
  let classifiers: [SIMD4<Double>]

  /// - Returns: `nil` where limits of costs and the NN-Degree that is needed leave a cell no width.
  init?(_ question: SeparableQuestion, leastDegree: Double) {
    let (problem, lanes, limits) = (question.problem, question.lanes, question.limits)
    cells = CellGeometry.cells(problem.space, count: question.cellCount)
    guard
      let kept = KeptWidths(cells, problem.space, lanes, limits: limits, leastDegree: leastDegree)
    else { return nil }
    self.kept = kept
    var starts = [0]
    for range in kept.ranges { starts.append(starts[starts.count - 1] + range.count) }
    self.starts = starts
    widths = zip(cells, kept.ranges).flatMap { Array($0.widths[$1]) }
    var blocks = CellBlocks()
    var firstLayers: [SIMD4<Double>] = []
    var firstStarts: [Int] = []
    var classifiers: [SIMD4<Double>] = []
    var before = ArraySlice([problem.space.input.channels])
    for (index, cell) in cells.enumerated() {
      let widths = cell.widths[kept.ranges[index]]
      for width in widths {
        firstStarts.append(firstLayers.count)
        for channels in before { firstLayers.append(lanes.units(of: cell.first(width: width, from: channels))) }
        classifiers.append(
          index < cells.count - 1
            ? .zero
            : lanes.units(of: .fullyConnected(inputs: width, outputs: problem.space.input.classes), isClassifier: true))
        let fixed = firstLayers[firstStarts[firstStarts.count - 1]] + classifiers[classifiers.count - 1]
        blocks.append(
          cell, width: width, lanes, room: kept.room(index, limits) - fixed,
          leastDegree: question.readsAccuracy ? kept.leastDegree(index) : nil)
      }
      before = widths
    }
    self.firstLayers = firstLayers
    self.firstStarts = firstStarts
    self.classifiers = classifiers
    let (multipliers, ends) = (Self.multipliers(blocks), blocks.ends)
    self.multipliers = multipliers
    var leastReduced: [SIMD4<Double>] = []
    leastReduced.reserveCapacity(widths.count * multipliers.count)
    var tops: [Double] = []
    blocks.blocks.withUnsafeBufferPointer { blocks in
      for place in classifiers.indices {
        let own = UnsafeBufferPointer(rebasing: blocks[ends[place]..<ends[place + 1]])
        tops.append(own.reduce(-.infinity) { max($0, $1.degree) })
        leastReduced += Self.leastReduced(own.count, multipliers, classifiers[place]) { (own[$0].cost, own[$0].degree) }
      }
    }
    self.leastReduced = leastReduced
    self.tops = tops
  }

  /// Units that no design of at least so much NN-Degree falls below. Complexity: O(widths · multipliers).
  func leastUnits(degree: Double) -> SIMD4<Double> {
    var units = SIMD4<Double>(repeating: -.infinity)
    for (row, multiplier) in multipliers.enumerated() {
      var sum = degree * multiplier
      for cell in cells.indices {
        var own = SIMD4<Double>(repeating: .infinity)
        for place in starts[cell]..<starts[cell + 1] {
          own = least(own, leastReduced[place * multipliers.count + row] + firstLayers[firstStarts[place]])
        }
        sum += own
      }
      units = greatest(units, sum)
    }
    return units
  }

  /// The front of a cell at a width, by its place among those that are kept, and its row of multipliers.
  ///
  /// - Parameter question: with the limits that its entries keep.
  func front(
    _ cell: Int, _ place: Int, _ question: SeparableQuestion, _ builder: inout FrontBuilder
  ) -> (front: CellFront, leastReduced: [SIMD4<Double>]) {
    let (geometry, lanes, width) = (cells[cell], question.lanes, widths[place])
    let layers = (0...geometry.mostSkips(width: width)).map { skips in
      lanes.units(of: geometry.inner(width: width, skips: skips), skips: skips)
    }
    let fixed = firstLayers[firstStarts[place]] + classifiers[place]
    let front = builder.front(
      geometry, width: width, layers, lanes, room: kept.room(cell, question.limits) - fixed,
      leastDegree: question.readsAccuracy ? kept.leastDegree(cell) : nil)
    let leastReduced = Self.leastReduced(front.count, multipliers, classifiers[place]) {
      (front.entries[$0].cost, front.entries[$0].degree)
    }
    return (front, leastReduced)
  }

  /// By multiplier the least of cost − λ · degree over so many choices, and the classifier's units.
  @inline(__always)
  private static func leastReduced(
    _ count: Int, _ multipliers: [SIMD4<Double>], _ classifier: SIMD4<Double>,
    _ choice: (Int) -> (cost: SIMD4<Double>, degree: Double)
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

  /// A geometric row of multipliers per lane, from half the least to twice the largest secant of any width (chosen).
  private static func multipliers(_ blocks: CellBlocks) -> [SIMD4<Double>] {
    var smallest = SIMD4<Double>(repeating: .infinity)
    var largest = SIMD4<Double>.zero
    for place in 0..<(blocks.ends.count - 1) {
      let own = blocks.blocks[blocks.ends[place]..<blocks.ends[place + 1]]
      guard let first = own.first, let last = own.max(by: { $0.degree < $1.degree }) else { continue }
      guard last.degree - first.degree > 0.5 else { continue }
      let secant = (last.cost - first.cost) / (last.degree - first.degree)
      smallest = smallest.replacing(with: secant, where: secant .> 0 .& (secant .< smallest))
      largest = greatest(largest, secant)
    }
    var rows = [SIMD4<Double>.zero]
    for row in 0..<(multiplierCount - 1) {
      let share = Double(row) / Double(multiplierCount - 2)
      var multiplier = SIMD4<Double>.zero
      for lane in 0..<CostLanes.count where largest[lane] > 0 {
        let (low, high) = (smallest[lane] / 2, 2 * largest[lane])
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
