internal import FlashGraph
internal import FlashNumerics
internal import FlashSearch

/// All that bounds and joins read of a space of dense cells: per cell and width the front of its depths and skips, its
/// first layer at each width of the cell before, and multiplier tables.
///
/// A multiplier table holds, for each of a row of multipliers λ, the least of cost − λ · NN-Degree over a front, lane by
/// lane. For designs whose NN-Degree is at least g, Σ over cells of these + λ · g is a lower bound of a cost: Lagrange's,
/// for the best λ as good as convex combinations of entries allow. λ = 0 is the plain least cost.
struct SeparableTables {
  /// How many multipliers a lane has: 0, and a geometric row.
  static let multiplierCount = 16

  let cells: [CellGeometry]
  /// Where a cell's widths begin among all that are kept.
  let starts: [Int]
  /// The widths that are kept, cell by cell.
  let widths: [Int]
  let fronts: CellFronts
  /// Units of the first layers: of each width that is kept, one per width that is kept of the cell before.
  let firstLayers: [SIMD4<Double>]
  /// Where a width's first layers begin.
  let firstStarts: [Int]
  /// λ of each lane, by multiplier.
  let multipliers: [SIMD4<Double>]
  /// By width and multiplier; the classifier's costs are part of the last cell's.
  let leastReduced: [SIMD4<Double>]
  /// The classifier's units by the last cell's width, zero for other cells.
  let classifiers: [SIMD4<Double>]

  /// - Returns: `nil` where limits of costs and the NN-Degree that is needed leave a cell no width.
  init?(_ question: SeparableQuestion, leastDegree: Double) {
    let (problem, lanes, limits) = (question.problem, question.lanes, question.limits)
    cells = CellGeometry.cells(problem.space, count: question.cellCount)
    guard
      let kept = KeptWidths(cells, problem.space, lanes, limits: limits, leastDegree: leastDegree)
    else { return nil }
    var starts = [0]
    for range in kept.ranges { starts.append(starts[starts.count - 1] + range.count) }
    self.starts = starts
    widths = zip(cells, kept.ranges).flatMap { Array($0.widths[$1]) }
    var fronts = CellFronts()
    var firstLayers: [SIMD4<Double>] = []
    var firstStarts: [Int] = []
    var classifiers: [SIMD4<Double>] = []
    var before = [problem.space.input.channels]
    for (index, cell) in cells.enumerated() {
      let widths = Array(cell.widths[kept.ranges[index]])
      for (place, width) in zip(kept.ranges[index], widths) {
        firstStarts.append(firstLayers.count)
        for (source, channels) in before.enumerated() {
          let origin = index == 0 ? 0 : kept.ranges[index - 1].lowerBound + source
          firstLayers.append(
            problem.table.map {
              lanes.units(of: $0.first(index, place, origin), cell.first(width: width, from: channels))
            } ?? lanes.units(of: cell.first(width: width, from: channels)))
        }
        let classifier =
          index < cells.count - 1
          ? .zero
          : lanes.units(of: .fullyConnected(inputs: width, outputs: problem.space.input.classes), isClassifier: true)
        classifiers.append(classifier)
        let layers = (0...cell.mostSkips(width: width)).map { skips in
          let layer = cell.inner(width: width, skips: skips)
          return problem.table.map { lanes.units(of: $0.inner(index, place, skips), layer) }
            ?? lanes.units(of: layer, skips: skips)
        }
        let fixed = firstLayers[firstStarts[firstStarts.count - 1]] + classifier
        fronts.append(
          cell, width: width, layers, lanes, room: kept.room(index) - fixed,
          leastDegree: question.readsAccuracy ? kept.leastDegree(index) : nil)
      }
      before = widths
    }
    self.fronts = fronts
    self.firstLayers = firstLayers
    self.firstStarts = firstStarts
    self.classifiers = classifiers
    multipliers = Self.multipliers(fronts)
    leastReduced = Self.leastReduced(fronts, multipliers, classifiers)
  }

  /// A geometric row of multipliers per lane, from half the least to twice the largest secant of any front (chosen).
  private static func multipliers(_ fronts: CellFronts) -> [SIMD4<Double>] {
    var smallest = SIMD4<Double>(repeating: .infinity)
    var largest = SIMD4<Double>.zero
    for front in 0..<(fronts.ends.count - 1) {
      let (start, end) = (fronts.ends[front], fronts.ends[front + 1])
      guard start < end else { continue }
      let (first, last) = (fronts.entries[start], fronts.entries[end - 1])
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

  private static func leastReduced(
    _ fronts: CellFronts, _ multipliers: [SIMD4<Double>], _ classifiers: [SIMD4<Double>]
  ) -> [SIMD4<Double>] {
    var table: [SIMD4<Double>] = []
    table.reserveCapacity((fronts.ends.count - 1) * multipliers.count)
    fronts.entries.withUnsafeBufferPointer { entries in
      for front in 0..<(fronts.ends.count - 1) {
        for multiplier in multipliers {
          var reduced = SIMD4<Double>(repeating: .infinity)
          for index in fronts.ends[front]..<fronts.ends[front + 1] {
            reduced = least(reduced, entries[index].cost - multiplier * entries[index].degree)
          }
          table.append(reduced + classifiers[front])
        }
      }
    }
    return table
  }
}

/// The widths of each cell with which, all other variables at their best ends, limits can be kept, and what the other
/// cells leave of them.
///
/// Costs and NN-Degree never fall with a width, so that what is kept is a range.
private struct KeptWidths {
  private(set) var ranges: [Range<Int>]
  private let limits: SIMD4<Double>
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
    self.limits = limits
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
        let (room, degree) = (room(index), self.leastDegree(index))
        while low < high, cell.largestDegree(width: cell.widths[low]) < degree { low += 1 }
        while high > low, any(floor(index, cell.widths[high - 1]) .> room) { high -= 1 }
        guard low < high else { return nil }
        ranges[index] = low..<high
      }
    }
  }

  /// The units that the other cells leave to a cell.
  func room(_ index: Int) -> SIMD4<Double> {
    let rest = (floorSum - floors[index]) * (1 - 1e-11)
    return limits - rest + 1e-11 * limits.replacing(with: 0, where: limits .== .infinity)
  }

  /// The NN-Degree that a cell has to reach, the other cells being as they are largest.
  func leastDegree(_ index: Int) -> Double { neededDegree - (topSum - tops[index]) * (1 + 1e-11) - 1e-9 }
}
