/// The tables of a search with the memory that its hot path works in, as plain buffers.
///
/// Widths are told by their place among those that a cell keeps; `box` holds the least and the largest place of each
/// cell.
struct SeparableView {
  let cellCount: Int
  let starts: UnsafePointer<Int>
  let widths: UnsafePointer<Int>
  /// The fronts of widths, where a search has asked for them.
  let fronts: UnsafeMutablePointer<CellFront?>
  /// The largest NN-Degree at each width.
  let tops: UnsafeMutablePointer<Double>
  let firstLayers: UnsafePointer<SIMD4<Double>>
  let firstStarts: UnsafePointer<Int>
  let classifiers: UnsafePointer<SIMD4<Double>>
  let multipliers: UnsafePointer<SIMD4<Double>>
  /// One over each; infinite where it is 0.
  let inverseMultipliers: UnsafePointer<SIMD4<Double>>
  /// By width and multiplier: of blocks, or of the front where there is one.
  let leastReduced: UnsafeMutablePointer<SIMD4<Double>>
  let steps: UnsafeBufferPointer<MonotoneObjective.Step>

  let box: UnsafeMutablePointer<Int32>
  /// By cell: the entry that is chosen.
  let choice: UnsafeMutablePointer<Int32>
  let stack: UnsafeMutablePointer<Double>
  /// By cell and multiplier: the least reduced cost over the cell's box, first layers at the least width before.
  let envelopes: UnsafeMutablePointer<SIMD4<Double>>
  /// Their sum over the cells, by multiplier.
  let sum: UnsafeMutablePointer<SIMD4<Double>>
  /// By cell and multiplier: the sum over this and all later cells of fixed widths, without first layers and classifier.
  let rests: UnsafeMutablePointer<SIMD4<Double>>
  /// The parts of a band that are joined (`FrontJoin`), by their upper end: the most accuracy, and the objective for costs
  /// of 1 with the limit of their product.
  let accuracies: UnsafeMutablePointer<Double>
  let unitObjectives: UnsafeMutablePointer<Double>
  let productLimits: UnsafeMutablePointer<Double>

  init(_ tables: SeparableTables, _ question: SeparableQuestion) {
    cellCount = tables.cells.count
    starts = UnsafePointer(Self.copy(tables.parts.starts))
    widths = UnsafePointer(Self.copy(tables.widths))
    fronts = Self.memory(max(1, tables.widths.count), nil)
    tops = Self.copy(tables.tops)
    firstLayers = UnsafePointer(Self.copy(tables.parts.firstLayers))
    firstStarts = UnsafePointer(Self.copy(tables.parts.firstStarts))
    classifiers = UnsafePointer(Self.copy(tables.parts.classifiers))
    multipliers = UnsafePointer(Self.copy(tables.rows.multipliers))
    inverseMultipliers = UnsafePointer(Self.copy(tables.rows.multipliers.map { 1 / $0 }))
    leastReduced = Self.copy(tables.rows.leastReduced)
    let count = question.objective.steps.count
    steps = UnsafeBufferPointer(start: Self.copy(question.objective.steps), count: count)
    box = Self.memory(2 * cellCount, 0)
    choice = Self.memory(cellCount, 0)
    stack = Self.memory(count + 1, 0)
    envelopes = Self.memory(cellCount * Self.rows, .zero)
    sum = Self.memory(Self.rows, .zero)
    rests = Self.memory(cellCount * Self.rows, .zero)
    accuracies = Self.memory(LagrangianSearch.partLimit + 1, 0)
    unitObjectives = Self.memory(LagrangianSearch.partLimit + 1, 0)
    productLimits = Self.memory(LagrangianSearch.partLimit + 1, 0)
  }

  private static func copy<Element: BitwiseCopyable>(_ array: [Element]) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, array.count))
    array.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { memory.initialize(from: base, count: source.count) }
    }
    return memory
  }

  private static func memory<Element: BitwiseCopyable>(
    _ count: Int, _ value: Element
  ) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: count)
    memory.initialize(repeating: value, count: count)
    return memory
  }

  /// Frees the memory; the view is of no use then.
  func deallocate() {
    for place in 0..<starts[cellCount] { fronts[place]?.deallocate() }
    starts.deallocate()
    widths.deallocate()
    fronts.deallocate()
    tops.deallocate()
    firstLayers.deallocate()
    firstStarts.deallocate()
    classifiers.deallocate()
    multipliers.deallocate()
    inverseMultipliers.deallocate()
    leastReduced.deallocate()
    steps.deallocate()
    box.deallocate()
    choice.deallocate()
    stack.deallocate()
    envelopes.deallocate()
    sum.deallocate()
    rests.deallocate()
    accuracies.deallocate()
    unitObjectives.deallocate()
    productLimits.deallocate()
  }

  private static var rows: Int { SeparableTables.multiplierCount }

  @inline(__always) func widthCount(_ cell: Int) -> Int { starts[cell + 1] - starts[cell] }

  /// The index of the least width of a cell's box among those of all cells.
  @inline(__always) func place(_ cell: Int) -> Int { starts[cell] + Int(box[2 * cell]) }

  @inline(__always) func width(_ cell: Int) -> Int { widths[place(cell)] }

  /// The first layer of a cell at the least widths of the box.
  @inline(__always) func firstLayer(_ cell: Int) -> SIMD4<Double> {
    firstLayers[firstStarts[place(cell)] + (cell == 0 ? 0 : Int(box[2 * cell - 2]))]
  }

  /// The front of a cell at the least width of the box.
  ///
  /// - Precondition: it was made.
  @inline(__always) func front(_ cell: Int) -> CellFront { fronts[place(cell)].unsafelyUnwrapped }

  /// Takes the front of a width, by its place among all, and its multiplier table in place of the blocks'.
  func take(_ front: CellFront, _ leastReduced: [SIMD4<Double>], at place: Int) {
    fronts[place] = front
    tops[place] = front.count == 0 ? -.infinity : front.entries[front.count - 1].degree
    for (row, reduced) in leastReduced.enumerated() { self.leastReduced[place * Self.rows + row] = reduced }
  }

  /// Works out the envelope of a cell. Complexity: O(widths of its box · multipliers).
  func envelop(_ cell: Int) {
    let before = cell == 0 ? 0 : Int(box[2 * cell - 2])
    let target = envelopes + cell * Self.rows
    for row in 0..<Self.rows { target[row] = SIMD4(repeating: .infinity) }
    for index in (starts[cell] + Int(box[2 * cell]))...(starts[cell] + Int(box[2 * cell + 1])) {
      let first = firstLayers[firstStarts[index] + before]
      let source = index * Self.rows
      for row in 0..<Self.rows { target[row] = least(target[row], leastReduced[source + row] + first) }
    }
  }

  func sumEnvelopes() {
    for row in 0..<Self.rows {
      var total = envelopes[row]
      for cell in 1..<max(cellCount, 1) { total += envelopes[cell * Self.rows + row] }
      sum[row] = total
    }
  }

  /// The largest NN-Degree of the box.
  func largestDegree() -> Double {
    var degree = 0.0
    for cell in 0..<cellCount {
      var most = -Double.infinity
      for index in place(cell)...(starts[cell] + Int(box[2 * cell + 1])) { most = max(most, tops[index]) }
      degree += most
    }
    return degree * (1 + 1e-12)
  }

  /// Works out `rests` for fixed widths.
  func sumRests() {
    for cell in stride(from: cellCount - 1, through: 0, by: -1) {
      let source = place(cell) * Self.rows
      for row in 0..<Self.rows {
        let later = cell + 1 < cellCount ? rests[(cell + 1) * Self.rows + row] : -classifiers[place(cell)]
        rests[cell * Self.rows + row] = leastReduced[source + row] + later
      }
    }
  }

  /// The least units, without first layers and classifier, of a cell and all later ones with at least so much NN-Degree, by some of
  /// the multipliers.
  @inline(__always)
  func leastRest(_ cell: Int, _ degree: Double, _ rows: Range<Int>) -> SIMD4<Double> {
    let source = rests + cell * Self.rows
    var costs = source[0]
    for row in rows { costs = greatest(costs, source[row] + degree * multipliers[row]) }
    return costs
  }

  /// The multipliers that are best for some NN-Degree of a range, in some lane: the best one rises with NN-Degree.
  func restRows(_ cell: Int, from low: Double, to high: Double) -> Range<Int> {
    let source = rests + cell * Self.rows
    var (first, last) = (Self.rows, 0)
    for lane in 0..<CostLanes.count {
      var (atLow, atHigh) = (0, 0)
      var (mostLow, mostHigh) = (-Double.infinity, -Double.infinity)
      for row in 0..<Self.rows {
        let (cost, multiplier) = (source[row][lane], multipliers[row][lane])
        let (bottom, top) = (cost + low * multiplier, cost + high * multiplier)
        if bottom > mostLow { (atLow, mostLow) = (row, bottom) }
        if top > mostHigh { (atHigh, mostHigh) = (row, top) }
      }
      (first, last) = (min(first, atLow), max(last, atHigh))
    }
    return max(1, first)..<max(1, last + 1)
  }

  /// The least and the largest NN-Degree of a cell and all later ones of fixed widths.
  func restDegrees(_ cell: Int) -> (least: Double, most: Double) {
    var degrees = (least: 0.0, most: 0.0)
    for later in cell..<cellCount {
      let front = front(later)
      degrees.least += front.entries[0].degree
      degrees.most += front.entries[front.count - 1].degree
    }
    return (degrees.least, degrees.most * (1 + 1e-12))
  }
}
