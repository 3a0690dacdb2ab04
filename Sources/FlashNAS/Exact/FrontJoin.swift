internal import FlashNumerics
internal import FlashSearch

/// A band of NN-Degree in equal parts, of each of which the accuracy at its upper end is known.
struct JoinedBand {
  let low: Double
  /// That of a part.
  let width: Double
  let parts: Int
  /// The least units over the band.
  let costs: SIMD4<Double>
  /// Below it, not even the least costs are as good as the best point.
  var floor: Double

  /// The lower end of a part, a little lower, so that no rounding falls between two.
  @inline(__always)
  func low(_ part: Int) -> Double {
    max(floor, part == 0 ? low : low + Double(part) * width - LagrangianSearch.overlap)
  }

  /// The upper end of the part before, a little higher.
  @inline(__always)
  func high(_ part: Int) -> Double { low + Double(part) * width + LagrangianSearch.overlap }
}

/// Joins the fronts of cells of fixed widths: every combination of entries in a band of NN-Degree that may be best.
///
/// Cell by cell, an entry is left where the costs so far with a Lagrangian bound on the rest, or over the last cell with
/// the least costs from the entry that reaches the band, are beyond a limit or no better than the best point. Where the
/// accuracy over the band says much, the band of each entry is halved down to its parts; its lower end rises with the best
/// point. Complexity: O(Π over all cells but the last of entries) at worst, mostly far less.
extension LagrangianSearch {
  /// The most parts of a band.
  static let partLimit = 32

  /// - Parameter costs: the least units at the band's lower end.
  func join(_ band: Band, _ costs: SIMD4<Double>) {
    let last = view.cellCount - 1
    let width = band.high - band.low
    var parts = 1
    if predictor != nil {
      // Parts over which the accuracy moves the bound by 0.1 %, or of a fiftieth of a channel (chosen).
      let least = objective(costs, band.high)
      let share = (objective(costs, band.low) - least) / abs(incumbent < .infinity ? incumbent : least)
      if share.isFinite { parts = Int(max(1, min(Double(Self.partLimit), 1e3 * share, width / 0.02))) }
    }
    isUpperFirst = false
    if parts > 1 {
      let middle = band.low + width / 2
      isUpperFirst = objective(leastCosts(middle), band.high) < objective(costs, middle)
    }
    joined = JoinedBand(low: band.low, width: width / Double(parts), parts: parts, costs: costs, floor: band.low)
    raiseFloor()
    for part in 1...parts {
      let accuracy = accuracy(joined.high(part))
      view.accuracies[part] = accuracy
      view.unitObjectives[part] = MonotoneObjective.leastValue(
        view.steps, view.stack, costs: SIMD4(repeating: 1), accuracy: accuracy)
    }
    setProductLimits()
    var cost = view.classifiers[view.place(last)]
    for cell in 0...last { cost += view.firstLayer(cell) }
    view.sumRests()
    if last >= 2 {
      extend(0, cost, 0, 0..<parts)
    } else {
      for part in 0..<parts where !isStopped { extend(0, cost, 0, part..<(part + 1)) }
    }
  }

  /// Tries every entry of a cell behind a choice for the cells before it, over some parts of the band.
  private func extend(_ cell: Int, _ cost: SIMD4<Double>, _ degree: Double, _ parts: Range<Int>) {
    let front = view.front(cell)
    let last = view.cellCount - 1
    let (low, high) = (joined.low(parts.lowerBound), joined.high(parts.upperBound))
    if cell == last {
      scan(front, 0, cost, degree, parts)
      return
    }
    let rest = view.restDegrees(cell + 1)
    let rows =
      cell + 1 < last
      ? view.restRows(
        cell + 1, from: low - degree - front.entries[front.count - 1].degree,
        to: high - degree - front.entries[0].degree)
      : 0..<0
    // The place in the last front from which on the band is reached falls while this cell's degree rises.
    let lastFront = view.front(last)
    var place = lastFront.count
    for index in front.first(of: low - degree - rest.most)..<front.count {
      let entry = front.entries[index]
      let reached = degree + entry.degree
      if reached + rest.least > high { return }
      let need = low - reached
      if need > rest.most { continue }
      let sum = cost + entry.cost
      view.choice[cell] = Int32(index)
      if cell + 1 == last {
        while place > 0, lastFront.entries[place - 1].degree >= need { place -= 1 }
        guard place < lastFront.count, isHopeful(sum + lastFront.floors[place], parts.upperBound) else { continue }
        scan(lastFront, place, sum, reached, parts)
      } else {
        if index % 64 == 0 { check() }
        descend(cell + 1, sum, reached, parts, rows)
      }
      if isStopped { return }
    }
  }

  /// Tries the cells from `cell` on over those parts of the band that are not hopeless by their Lagrangian bound.
  private func descend(
    _ cell: Int, _ cost: SIMD4<Double>, _ degree: Double, _ parts: Range<Int>, _ rows: Range<Int>
  ) {
    let least = cost + view.leastRest(cell, joined.low(parts.lowerBound) - degree, rows)
    guard !isStopped, isHopeful(least, parts.upperBound) else { return }
    guard parts.count > 1 else {
      extend(cell, cost, degree, parts)
      return
    }
    let middle = parts.lowerBound + parts.count / 2
    let (lower, upper) = (parts.lowerBound..<middle, middle..<parts.upperBound)
    descend(cell, cost, degree, isUpperFirst ? upper : lower, rows)
    descend(cell, cost, degree, isUpperFirst ? lower : upper, rows)
  }

  /// Scores the entries of the last front that may be best behind a choice for all cells before.
  private func scan(
    _ front: CellFront, _ start: Int, _ cost: SIMD4<Double>, _ degree: Double, _ parts: Range<Int>
  ) {
    let (low, high) = (joined.low(parts.lowerBound), joined.high(parts.upperBound))
    for index in start..<front.count {
      let entry = front.entries[index]
      if degree + entry.degree < low { continue }
      if degree + entry.degree > high { return }
      guard isHopeful(cost + front.floors[index], parts.upperBound) else { return }
      let units = cost + entry.cost
      guard isHopeful(units, parts.upperBound) else { continue }
      // A score takes as long as some bounds.
      if predictor != nil, objective(units, degree + entry.degree + Self.overlap) > incumbent { continue }
      view.choice[view.cellCount - 1] = Int32(index)
      score()
      if isStopped { return }
    }
  }

  /// Scores the point that is chosen.
  private func score() {
    for cell in 0..<view.cellCount {
      let entry = view.front(cell).entries[Int(view.choice[cell])]
      point[3 * cell] = view.width(cell)
      point[3 * cell + 1] = Int(entry.depth)
      point[3 * cell + 2] = Int(entry.skip)
    }
    let before = incumbent
    if !consider(point).isFeasible { hasMissed = true }
    guard incumbent < before else { return }
    setProductLimits()
    raiseFloor()
  }

  /// Raises the band's lower end to what the best point leaves of it, to a 256th of what is left (chosen); not where costs
  /// are factors, whose limits say as much.
  private func raiseFloor() {
    guard predictor != nil, incumbent < .infinity, form.factors.map({ !any($0) }) ?? true else { return }
    var (low, high) = (joined.floor, joined.high(joined.parts))
    guard objective(joined.costs, low) > incumbent else { return }
    for _ in 0..<8 {
      let middle = low + (high - low) / 2
      if objective(joined.costs, middle) > incumbent { low = middle } else { high = middle }
    }
    joined.floor = max(joined.floor, low - Self.overlap)
  }

  /// Whether a design of at least so many units, in the parts of the band before one, may be within limits and as good
  /// as the best point.
  @inline(__always)
  private func isHopeful(_ units: SIMD4<Double>, _ part: Int) -> Bool {
    guard all(units .<= limits) else { return false }
    guard isProduct else { return objective(units, accuracy: view.accuracies[part]) <= incumbent }
    let costs = productOffset + productScale * units
    var product = costs[0] * costs[1] * (costs[2] * costs[3])
    if let joint { product *= joint.lift(offset + scale * units, mostShares) }
    return product <= view.productLimits[part]
  }

  /// By part, the most that a product of costs may be: of an objective F · Π costs^±1, or F + log Π costs, with F of what
  /// reads no cost.
  private func setProductLimits() {
    guard isProduct else { return }
    for part in 1...joined.parts {
      let one = view.unitObjectives[part]
      var limit = Double.infinity
      if case .logarithms = form {
        // The exponent's rounding is the product's relative error.
        limit = Elementary.exp(incumbent - one) * (1 + 1e-14 * (abs(incumbent) + abs(one)))
      } else if incumbent < .infinity, one > 0 {
        limit = incumbent / one
      } else if incumbent < 0, one < 0 {
        limit = one / incumbent
      }
      view.productLimits[part] = limit * (1 + 1e-12)
    }
  }
}
