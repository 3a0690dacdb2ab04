internal import FlashAccuracy
internal import FlashGraph
internal import FlashNumerics
internal import FlashSearch

/// Costs and NN-Degree of the cells of a space in tables, so that a point is a few additions of four numbers each.
///
/// With t the least skip that saturates, or the cell's own, the layers of a cell behind its first cost C(w, t) + (d − 1) ·
/// I(w, t): I of a layer that takes t channels, C the difference of those that find fewer. The fourth number counts skip
/// channels, which over the depth are the cell's share of NN-Degree beside its width.
struct BatchTables: Sendable {
  typealias Four = SIMD4<Double>
  typealias Eight = SIMD8<Double>

  private struct Cell: Sendable {
    let width: IntegerVariable
    /// Where first layers begin: by place of the width, and of the width before.
    let first: Int
    let widthsBefore: Int
    /// Where C and I begin, one after the other: by place of the width, and skip channels.
    let inner: Int
    let skips: Int
  }

  /// How many points are looked up before they are worked out (chosen): what is kept of them fits a level-1 cache.
  private static let blockSize = 128

  /// The most entries (chosen): 32 MB.
  private static let limit = 1 << 20

  /// The largest coordinate (chosen): a width times a depth fits 32 bits.
  private static let largest = 1 << 15

  private let problem: DesignProblem
  private let lanes: CostLanes
  /// Where latency, energy and area stand among the lanes.
  private let places: [Int?]
  private var cells: [Cell] = []
  private let units: AlignedUnits
  /// What C and I are multiplied by, by depth: 1 and d − 1, over the depth for the fourth number.
  private let factors: [Four]

  /// - Returns: `nil` for a problem whose objective or bounds read more than NN-Degree and costs, whose bounds are judged by
  ///   the end of an interval, or whose costs are no sums over layers.
  init?(_ problem: DesignProblem) {
    guard let dense = problem.space.denseCells, !problem.hasFreeHardware, problem.judges.isEmpty,
      problem.model.inputs?.isDegreeAlone ?? true, let costs = problem.model.costs
    else { return nil }
    let read = problem.objective.expression.quantities + problem.bounds.map(\.quantity)
    guard !read.contains(where: { [.macs, .parameters, .nnMass].contains($0) }) else { return nil }
    let quantities = [Quantity.latency, .energy, .area].filter(costs.gives)
    let largest = QuantityValues(problem.values(problem.variables.map(\.upper)))
    guard let lanes = CostLanes(quantities, problem, largest: largest),
      Self.entryCount(problem.variables) <= Self.limit,
      problem.variables.allSatisfy({ $0.upper <= Self.largest })
    else { return nil }
    self.problem = problem
    self.lanes = lanes
    places = [Quantity.latency, .energy, .area].map(quantities.firstIndex)
    let deepest = (0..<dense.count).map { problem.variables[3 * $0 + 1].upper }.max() ?? 1
    factors = (0...deepest).flatMap { depth in
      let (layers, inverse) = (Double(depth - 1), 1 / Double(max(depth, 1)))
      return [Four(1, 1, 1, inverse), Four(layers, layers, layers, layers * inverse)]
    }
    var units: [Four] = []
    var before = [problem.space.input.channels]
    let geometry = CellGeometry.cells(problem.space, dense)
    for (index, cell) in geometry.enumerated() {
      let first = units.count
      for width in cell.widths {
        let classifier: Four =
          index < geometry.count - 1
          ? .zero
          : lanes.units(of: .fullyConnected(inputs: width, outputs: problem.space.input.classes), isClassifier: true)
        units += before.map {
          Self.four(lanes.units(of: cell.first(width: width, from: $0)) + classifier, Double(width))
        }
      }
      // C and I of one entry share a cache line.
      if units.count % 2 != 0 { units.append(.zero) }
      let inner = units.count
      for width in cell.widths { Self.addInner(cell, width, lanes, to: &units) }
      cells.append(
        Cell(
          width: problem.variables[3 * index], first: first, widthsBefore: before.count, inner: inner,
          skips: cell.skips.upper + 1))
      before = cell.widths
    }
    self.units = AlignedUnits(units)
  }

  private static func entryCount(_ variables: [IntegerVariable]) -> Int {
    var (count, before) = (0, 1)
    for index in stride(from: 0, to: variables.count, by: 3) {
      let width = variables[index]
      count += width.count * (before + 2 * (variables[index + 2].upper + 1))
      before = width.count
    }
    return count
  }

  private static func four(_ units: Four, _ last: Double) -> Four {
    var units = units
    units[3] = last
    return units
  }

  /// Adds C and I of a cell at a width, for every number of skip channels.
  private static func addInner(_ cell: CellGeometry, _ width: Int, _ lanes: CostLanes, to units: inout [Four]) {
    // Layers 1 … k + 1, with k = ⌊t/w⌋, find 0, w … k·w candidates and take all of them.
    var saturated = Four.zero
    for skips in 0...cell.skips.upper {
      let layer = four(lanes.units(of: cell.inner(width: width, skips: skips), skips: skips), Double(skips))
      if skips % width == 0 { saturated += layer }
      units.append(saturated - Double(skips / width + 1) * layer)
      units.append(layer)
    }
  }

  /// Evaluates points whose coordinates are within their ranges.
  func evaluate(_ columns: UnsafeBufferPointer<UnsafePointer<Int32>>, _ count: Int, into values: BatchColumns) {
    // A copy for all points.
    let predictor = problem.model.predictor
    withUnsafeTemporaryAllocation(of: Four.self, capacity: Self.blockSize) { sums in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * Self.blockSize) { entries in
        withUnsafeTemporaryAllocation(of: Eight.self, capacity: problem.objective.expression.steps.count + 1) { stack in
          guard let sums = sums.baseAddress, let entries = entries.baseAddress, let stack = stack.baseAddress else {
            return
          }
          var start = 0
          while start < count {
            let length = min(Self.blockSize, count - start)
            look(columns, start, length, (entries, entries + Self.blockSize), sums)
            // Eight at a time: the last ones are filled up.
            for index in length..<((length + 7) / 8 * 8) { sums[index] = sums[length - 1] }
            for index in stride(from: 0, to: length, by: 8) {
              finish(sums + index, stack, predictor, min(8, length - index), at: start + index, values)
            }
            start += length
          }
        }
      }
    }
  }

  /// Sums the units and NN-Degree of some points.
  ///
  /// - Parameter entries: room for as many numbers as there are points, twice.
  private func look(
    _ columns: UnsafeBufferPointer<UnsafePointer<Int32>>, _ start: Int, _ length: Int,
    _ entries: (first: UnsafeMutablePointer<Int32>, inner: UnsafeMutablePointer<Int32>),
    _ sums: UnsafeMutablePointer<Four>
  ) {
    factors.withUnsafeBufferPointer { factors in
      guard let factors = factors.baseAddress else { return }
      let units = self.units.start
      for (number, cell) in cells.enumerated() {
        let last = cells[max(0, number - 1)].width
        let own = (
          width: columns[3 * number] + start, depth: columns[3 * number + 1] + start,
          skip: columns[3 * number + 2] + start
        )
        let before = columns[3 * max(0, number - 1)] + start
        // A division costs more than all else.
        if cell.width.step == 1, last.step == 1 {
          place(cell, own, before, last, (1, 1), number > 0, length, entries)
        } else {
          place(cell, own, before, last, (Int32(cell.width.step), Int32(last.step)), number > 0, length, entries)
        }
        let (first, inner) = (units + cell.first, units + cell.inner)
        for index in 0..<length {
          let entry = inner + 2 &* Int(entries.inner[index])
          let factor = factors + 2 &* Int(own.depth[index])
          let sum = first[Int(entries.first[index])] + (entry[0] * factor[0] + entry[1] * factor[1])
          sums[index] = number == 0 ? sum : sums[index] + sum
        }
      }
    }
  }

  /// Finds where one cell of some points stands in the tables of its first and inner layers.
  @inline(__always)
  private func place(
    _ cell: Cell, _ own: (width: UnsafePointer<Int32>, depth: UnsafePointer<Int32>, skip: UnsafePointer<Int32>),
    _ before: UnsafePointer<Int32>, _ last: IntegerVariable, _ steps: (own: Int32, before: Int32), _ isLater: Bool,
    _ length: Int, _ entries: (first: UnsafeMutablePointer<Int32>, inner: UnsafeMutablePointer<Int32>)
  ) {
    let (lower, lowerBefore) = (Int32(cell.width.lower), Int32(last.lower))
    let (widthsBefore, skips) = (Int32(cell.widthsBefore), Int32(cell.skips))
    // The first cell reads the image, not a width.
    let mask: Int32 = isLater ? -1 : 0
    for index in 0..<length {
      let width = own.width[index]
      let place = (width &- lower) / steps.own
      entries.first[index] = place &* widthsBefore &+ (before[index] &- lowerBefore) / steps.before & mask
      entries.inner[index] = place &* skips &+ min(own.skip[index], width &* max(own.depth[index] &- 2, 0))
    }
  }

  /// Works out and writes the values of up to eight points.
  @inline(__always)
  private func finish(
    _ sums: UnsafePointer<Four>, _ stack: UnsafeMutablePointer<Eight>, _ predictor: AccuracyModel?, _ count: Int,
    at start: Int, _ values: BatchColumns
  ) {
    func lane(_ lane: Int) -> Eight {
      Eight(
        sums[0][lane], sums[1][lane], sums[2][lane], sums[3][lane], sums[4][lane], sums[5][lane], sums[6][lane],
        sums[7][lane])
    }
    let degree = lane(3)
    func cost(_ number: Int) -> Eight {
      guard let place = places[number] else { return Eight(repeating: .nan) }
      return lanes.offset[place] + lanes.scale[place] * (lane(place) + degree * lanes.degree[place])
    }
    let (latency, energy, area) = (cost(0), cost(1), cost(2))
    let accuracy = predictor?.accuracies(degree) ?? Eight(repeating: .nan)
    func read(_ quantity: Quantity) -> Eight {
      switch quantity {
      case .accuracy: accuracy
      case .latency: latency
      case .energy: energy
      case .area: area
      case .power: energy / latency
      case .edp: energy * latency
      case .nnDegree: degree
      case .macs, .parameters, .nnMass: Eight(repeating: .nan)
      }
    }
    let objective = problem.objective.expression.values(stack, read)
    var violation = Eight.zero
    for bound in problem.bounds { violation += bound.violations(read(bound.quantity)) }
    violation.replace(with: .infinity, where: .!(objective - objective .== 0))
    Self.write(accuracy, count, values.accuracy + start)
    Self.write(latency, count, values.latency + start)
    Self.write(energy, count, values.energy + start)
    Self.write(area, count, values.area + start)
    Self.write(objective, count, values.objective + start)
    Self.write(violation, count, values.violation + start)
  }

  @inline(__always)
  private static func write(_ values: Eight, _ count: Int, _ column: UnsafeMutablePointer<Double>) {
    if count == 8 {
      UnsafeMutableRawPointer(column).storeBytes(of: values, as: Eight.self)
    } else {
      for index in 0..<count { column[index] = values[index] }
    }
  }
}

/// The entries of the tables, in storage that begins at a cache line; written once.
private final class AlignedUnits: @unchecked Sendable {
  let start: UnsafePointer<SIMD4<Double>>

  init(_ units: [SIMD4<Double>]) {
    let raw = UnsafeMutableRawPointer.allocate(byteCount: units.count * 32, alignment: 64)
    let start = raw.bindMemory(to: SIMD4<Double>.self, capacity: units.count)
    start.initialize(from: units, count: units.count)
    self.start = UnsafePointer(start)
  }

  deinit { UnsafeMutableRawPointer(mutating: start).deallocate() }
}

extension Bound {
  /// The violations of eight values.
  @inline(__always)
  fileprivate func violations(_ values: SIMD8<Double>) -> SIMD8<Double> {
    let beyond = relation == .atLeast ? limit - values : values - limit
    let violation = beyond * (limit == 0 ? 1 : 1 / abs(limit))
    // Not a number is as bad as can be.
    return violation.replacing(with: 0, where: beyond .<= 0).replacing(with: .infinity, where: beyond .!= beyond)
  }
}

extension Expression {
  /// The values for eight values of each quantity, given by `read`.
  ///
  /// - Parameter stack: room for as many values as there are steps.
  @inline(__always)
  fileprivate func values(
    _ stack: UnsafeMutablePointer<SIMD8<Double>>, _ read: (Quantity) -> SIMD8<Double>
  ) -> SIMD8<Double> {
    func each(_ top: Int, _ function: (Double) -> Double) {
      for lane in 0..<8 { stack[top][lane] = function(stack[top][lane]) }
    }
    var top = -1
    for step in steps {
      switch step {
      case .number(let value):
        top += 1
        stack[top] = SIMD8(repeating: value)
      case .quantity(let quantity):
        top += 1
        stack[top] = read(quantity)
      case .negate: stack[top] = -stack[top]
      case .log: each(top, Elementary.log)
      case .exp: stack[top] = Elementary.exp(stack[top])
      case .squareRoot: stack[top] = stack[top].squareRoot()
      case .add:
        top -= 1
        stack[top] += stack[top + 1]
      case .subtract:
        top -= 1
        stack[top] -= stack[top + 1]
      case .multiply:
        top -= 1
        stack[top] *= stack[top + 1]
      case .divide:
        top -= 1
        stack[top] /= stack[top + 1]
      case .power, .minimum, .maximum:
        top -= 1
        for lane in 0..<8 { stack[top][lane] = Self.combine(step, stack[top][lane], stack[top + 1][lane]) }
      }
    }
    return stack[0]
  }
}
