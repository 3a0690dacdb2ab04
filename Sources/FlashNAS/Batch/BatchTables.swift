internal import FlashAccuracy
internal import FlashGraph
internal import FlashNumerics
internal import FlashSearch

/// Costs and NN-Degree of the cells of a space in tables, so that a point is a few additions of four numbers each.
///
/// With t the least skip that saturates, or the cell's own, the layers of a cell behind its first cost C(w, t) + (d − 1) ·
/// I(w, t): I of a layer that takes t channels, C the difference of those that find fewer. The fourth number counts skip
/// channels, which over the depth are the cell's share of NN-Degree beside its width.
final class BatchTables: @unchecked Sendable {
  typealias Four = SIMD4<Double>
  typealias Eight = SIMD8<Double>

  private struct Cell {
    let width: IntegerVariable
    /// Where first layers begin: by place of the width, and of the width before.
    let first: Int
    let widthsBefore: Int
    /// Where C and I begin, one after the other: by place of the width, and skip channels.
    let inner: Int
    let skips: Int
  }

  /// How many points are looked up before they are worked out: what is kept of them fits a level-1 cache.
  private static let blockSize = PointBlock.capacity

  /// The most entries (chosen): 32 MB.
  private static let limit = 1 << 20

  /// The largest coordinate (chosen): a width times a depth fits 32 bits.
  private static let largest = 1 << 15

  /// A cost in a lane: offset + scale · (units + degree · NN-Degree).
  private struct Cost {
    let lane: Int
    let offset: Double
    let scale: Double
    let degree: Double

    init?(_ quantity: Quantity, _ lanes: CostLanes) {
      guard let lane = lanes.quantities.firstIndex(of: quantity) else { return nil }
      self.lane = lane
      (offset, scale, degree) = (lanes.offset[lane], lanes.scale[lane], lanes.degree[lane])
    }
  }

  private let (latency, energy, area): (Cost?, Cost?, Cost?)
  private let cells: [Cell]
  /// The entries, in storage that begins at a cache line; written once.
  private let entries: UnsafePointer<Four>
  /// What C and I are multiplied by, by depth: 1 and d − 1, over the depth for the fourth number.
  private let factors: [Four]

  /// - Returns: `nil` for costs that are no sums over layers, and where tables would be too large. Complexity: O(Σ over cells
  ///   of widths · (skips + widths before)).
  init?(_ costs: CostModel, _ space: SearchSpace) {
    let (variables, quantities) = (space.variables, [Quantity.latency, .energy, .area].filter(costs.gives))
    guard let dense = space.denseCells, let lanes = CostLanes(quantities, costs, largest: nil),
      Self.entryCount(variables) <= Self.limit, variables.allSatisfy({ $0.upper <= Self.largest })
    else { return nil }
    (latency, energy, area) = (Cost(.latency, lanes), Cost(.energy, lanes), Cost(.area, lanes))
    let geometry = CellGeometry.cells(space, dense)
    let deepest = geometry.compactMap(\.depths.last).max() ?? 1
    factors = (0...deepest).flatMap { depth in
      let (layers, inverse) = (Double(depth - 1), 1 / Double(max(depth, 1)))
      return [Four(1, 1, 1, inverse), Four(layers, layers, layers, layers * inverse)]
    }
    let capacity = Self.entryCount(variables) + dense.count
    let storage = UnsafeMutableRawPointer.allocate(byteCount: 32 * capacity, alignment: 64)
    let entries = storage.bindMemory(to: Four.self, capacity: capacity)
    var end = entries
    var cells: [Cell] = []
    var before = [space.input.channels]
    for (index, cell) in geometry.enumerated() {
      let first = end - entries
      for width in cell.widths {
        let classifier: Four =
          index < geometry.count - 1
          ? .zero : lanes.units(of: .fullyConnected(inputs: width, outputs: space.input.classes), isClassifier: true)
        for channels in before {
          var units = lanes.units(of: cell.first(width: width, from: channels)) + classifier
          units[3] = Double(width)
          Self.append(units, at: &end)
        }
      }
      // C and I of one entry share a cache line.
      if (end - entries) % 2 != 0 { Self.append(.zero, at: &end) }
      let inner = end - entries
      for width in cell.widths { Self.appendInner(cell, width, lanes, at: &end) }
      cells.append(
        Cell(
          width: variables[3 * index], first: first, widthsBefore: before.count, inner: inner,
          skips: cell.skips.upper + 1))
      before = cell.widths
    }
    self.cells = cells
    self.entries = UnsafePointer(entries)
  }

  /// Appends C and I of a cell at a width, for every number of skip channels.
  private static func appendInner(
    _ cell: CellGeometry, _ width: Int, _ lanes: CostLanes, at end: inout UnsafeMutablePointer<Four>
  ) {
    // Layers 1 … k + 1, with k = ⌊t/w⌋, find 0, w … k·w candidates and take all of them.
    var (saturated, taking, next) = (Four.zero, 0.0, 0)
    for skips in 0...cell.skips.upper {
      var layer = lanes.units(of: cell.inner(width: width, skips: skips), skips: skips)
      layer[3] = Double(skips)
      if skips == next {
        saturated += layer
        taking += 1
        next += width
      }
      append(saturated - taking * layer, at: &end)
      append(layer, at: &end)
    }
  }

  @inline(__always)
  private static func append(_ units: Four, at end: inout UnsafeMutablePointer<Four>) {
    end.initialize(to: units)
    end += 1
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

  deinit { UnsafeMutableRawPointer(mutating: entries).deallocate() }

  /// Evaluates points whose coordinates are within their ranges.
  func evaluate(
    _ problem: DesignProblem, _ columns: UnsafeBufferPointer<UnsafePointer<Int32>>, _ count: Int,
    into values: BatchColumns
  ) {
    // A copy for all points.
    let predictor = problem.model.predictor
    withUnsafeTemporaryAllocation(of: Four.self, capacity: Self.blockSize) { sums in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * Self.blockSize) { places in
        withUnsafeTemporaryAllocation(of: Eight.self, capacity: problem.objective.expression.steps.count + 1) { stack in
          guard let sums = sums.baseAddress, let places = places.baseAddress, let stack = stack.baseAddress else {
            return
          }
          var start = 0
          while start < count {
            let length = min(Self.blockSize, count - start)
            look(columns, start, length, (places, places + Self.blockSize), sums)
            // Eight at a time: the last ones are filled up.
            for index in length..<((length + 7) / 8 * 8) { sums[index] = sums[length - 1] }
            for index in stride(from: 0, to: length, by: 8) {
              finish(problem, sums + index, stack, predictor, min(8, length - index), at: start + index, values)
            }
            start += length
          }
        }
      }
    }
  }

  /// Scores the points of a block.
  func score(_ problem: DesignProblem, _ block: PointBlock) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: PointBlock.capacity) { unread in
      guard let unread = unread.baseAddress else { return }
      evaluate(
        problem, block.columns, block.count,
        into: BatchColumns(
          accuracy: unread, latency: unread, energy: unread, area: unread, objective: block.objectives,
          violation: block.violations))
    }
    guard problem.objective.direction == .maximize else { return }
    for index in 0..<block.count { block.objectives[index] = -block.objectives[index] }
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
        let (first, inner) = (self.entries + cell.first, self.entries + cell.inner)
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
    _ problem: DesignProblem, _ sums: UnsafePointer<Four>, _ stack: UnsafeMutablePointer<Eight>,
    _ predictor: AccuracyModel?, _ count: Int, at start: Int, _ values: BatchColumns
  ) {
    func lane(_ lane: Int) -> Eight {
      let numbers = UnsafeRawPointer(sums)
      func number(_ point: Int) -> Double { numbers.load(fromByteOffset: 32 * point + 8 * lane, as: Double.self) }
      return Eight(number(0), number(1), number(2), number(3), number(4), number(5), number(6), number(7))
    }
    let degree = lane(3)
    func worked(_ cost: Cost?) -> Eight {
      guard let cost else { return Eight(repeating: .nan) }
      return cost.offset + cost.scale * (lane(cost.lane) + degree * cost.degree)
    }
    let (latency, energy, area) = (worked(latency), worked(energy), worked(area))
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
