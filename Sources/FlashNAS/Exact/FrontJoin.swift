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
    extend(0, cost, 0, low, high, accuracy(high))
  }

  /// Tries every entry of a cell behind a choice for the cells before it.
  private mutating func extend(
    _ cell: Int, _ cost: SIMD4<Double>, _ degree: Double, _ low: Double, _ high: Double, _ accuracy: Double
  ) {
    let (start, end) = view.front(cell)
    let last = view.cellCount - 1
    if cell == last {
      scan(start, end, cost, degree, low, high, accuracy)
      return
    }
    let rest = view.restDegrees(cell + 1)
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
        guard all(least .<= limits), objective(least, accuracy: accuracy) <= incumbent else { continue }
        scan(place, lastEnd, so, reached, low, high, accuracy)
      } else {
        let least = so + view.leastRest(cell + 1, need)
        guard all(least .<= limits), objective(least, accuracy: accuracy) <= incumbent else { continue }
        extend(cell + 1, so, reached, low, high, accuracy)
      }
      if best.stop != nil { return }
    }
    if cell == 0 || cell + 2 == last { best.check() }
  }

  /// Scores the entries of the last front that may be best behind a choice for all cells before.
  private mutating func scan(
    _ start: Int, _ end: Int, _ cost: SIMD4<Double>, _ degree: Double, _ low: Double, _ high: Double,
    _ accuracy: Double
  ) {
    for index in start..<end {
      let entry = view.entries[index]
      if degree + entry.degree < low { continue }
      if degree + entry.degree > high { return }
      let floor = cost + view.floors[index]
      guard all(floor .<= limits), objective(floor, accuracy: accuracy) <= incumbent else { return }
      let whole = cost + entry.cost
      guard all(whole .<= limits), objective(whole, accuracy: accuracy) <= incumbent else { continue }
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
    incumbent = best.objective
  }
}
