/// Joins the fronts of cells of fixed widths: every combination of entries in a band of NN-Degree that may be best.
///
/// Cell by cell, an entry is left where the costs so far with a Lagrangian bound on the rest, or over the last cell with
/// the least costs from the entry that reaches the band, are beyond a limit or no better than the best point. Complexity:
/// O(Π over all cells but the last of entries) at worst, mostly far less.
extension LagrangianSearch {
  mutating func join(low: Double, high: Double) {
    let last = view.cellCount - 1
    var cost = view.classifiers[Int(view.place(last))]
    for cell in 0...last { cost += view.firstLayer(cell) }
    view.sumRests()
    bandAccuracy = accuracy(high)
    setProductLimit()
    extend(0, cost, 0, low, high)
  }

  /// Tries every entry of a cell behind a choice for the cells before it.
  private mutating func extend(
    _ cell: Int, _ cost: SIMD4<Double>, _ degree: Double, _ low: Double, _ high: Double
  ) {
    let (start, end) = view.front(cell)
    let last = view.cellCount - 1
    if cell == last {
      scan(start, end, cost, degree, low, high)
      return
    }
    let rest = view.restDegrees(cell + 1)
    let rows =
      cell + 1 < last
      ? view.restRows(
        cell + 1, from: low - degree - view.entries[end - 1].degree, to: low - degree - view.entries[start].degree)
      : 0..<0
    // The place in the last front from which on the band is reached falls while this cell's degree rises.
    let (lastStart, lastEnd) = view.front(last)
    var place = lastEnd
    for index in start..<end {
      let entry = view.entries[index]
      let reached = degree + entry.degree
      if reached + rest.least > high { break }
      let need = low - reached
      if need > rest.most { continue }
      let so = cost + entry.cost
      view.choice[cell] = Int32(index)
      if cell + 1 == last {
        while place > lastStart, view.entries[place - 1].degree >= need { place -= 1 }
        guard place < lastEnd else { continue }
        let least = so + view.floors[place]
        guard isHopeful(least) else { continue }
        scan(place, lastEnd, so, reached, low, high)
      } else {
        let least = so + view.leastRest(cell + 1, need, rows)
        guard isHopeful(least) else { continue }
        extend(cell + 1, so, reached, low, high)
      }
      if best.stop != nil { return }
    }
    if cell == 0 || cell + 2 == last { best.check() }
  }

  /// Scores the entries of the last front that may be best behind a choice for all cells before.
  private mutating func scan(
    _ start: Int, _ end: Int, _ cost: SIMD4<Double>, _ degree: Double, _ low: Double, _ high: Double
  ) {
    for index in start..<end {
      let entry = view.entries[index]
      if degree + entry.degree < low { continue }
      if degree + entry.degree > high { return }
      let floor = cost + view.floors[index]
      guard isHopeful(floor) else { return }
      let whole = cost + entry.cost
      guard isHopeful(whole) else { continue }
      view.choice[view.cellCount - 1] = Int32(index)
      score()
      if best.stop != nil { return }
    }
  }

  /// Scores the point that is chosen.
  private mutating func score() {
    for cell in 0..<view.cellCount {
      let entry = view.entries[Int(view.choice[cell])]
      point[3 * cell] = view.width(cell)
      point[3 * cell + 1] = Int(entry.depth)
      point[3 * cell + 2] = Int(entry.skip)
    }
    best.consider(point)
    guard best.objective < incumbent else { return }
    incumbent = best.objective
    setProductLimit()
  }

  /// Whether a design of at least so many units may be within limits and as good as the best point.
  @inline(__always)
  private func isHopeful(_ units: SIMD4<Double>) -> Bool {
    guard all(units .<= limits) else { return false }
    guard isProduct else { return objective(units, accuracy: bandAccuracy) <= incumbent }
    let costs = productOffset + productScale * units
    return costs[0] * costs[1] * (costs[2] * costs[3]) <= productLimit
  }

  /// An objective that is a product of costs and of what reads none, ± F · Π costs^±1: a limit of Π costs.
  private mutating func setProductLimit() {
    guard isProduct, incumbent < .infinity else {
      productLimit = .infinity
      return
    }
    let one = MonotoneObjective.leastValue(
      view.steps, view.stack, costs: SIMD4(repeating: 1), accuracy: bandAccuracy)
    let limit = one > 0 ? incumbent / one : one < 0 && incumbent < 0 ? one / incumbent : .infinity
    productLimit = limit * (1 + 1e-12)
  }
}
