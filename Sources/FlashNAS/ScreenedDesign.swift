internal import FlashGraph
internal import FlashNumerics
public import FlashSearch

extension DesignProblem: ScreenedProblem {
  /// Whether a point keeps every bound but that on accuracy, which alone would need training.
  public func isWorthScoring(_ point: [Int]) -> Bool {
    zip(bounds, violations(point)).allSatisfy { $0.quantity == .accuracy || $1 == 0 }
  }

  /// The space's cells that repeat, one after the other; free hardware parameters are free from the first.
  public var growth: Growth { space.growth }

  /// The geometric mean of the costs, multiply-accumulates and parameters that objective or bounds read; the point's size
  /// where they read none. Complexity: that of a point's values.
  public func cost(_ point: [Int]) -> Double {
    let values = values(point)
    var (product, count) = (1.0, 0)
    for quantity in Quantity.allCases where quantity.isShrinking {
      guard bounds.contains(where: { $0.quantity == quantity }) || objective.expression.quantities.contains(quantity)
      else { continue }
      product *= values[quantity]
      count += 1
    }
    return count == 0 ? size(point) : Elementary.pow(product, 1 / Double(count))
  }

  /// The accuracy, where there is a model of it.
  public func quality(_ point: [Int], _ score: Score) -> Double {
    model.predictor == nil ? -score.objective : values(point)[.accuracy]
  }

  /// In spaces of independent dense cells a cell's width and its skip.
  public var bypasses: [Bypass] {
    (0..<(space.denseCells?.count ?? 0)).map { Bypass(filters: 3 * $0, bypassed: 3 * $0 + 2) }
  }
}

extension WorstCase: ScreenedProblem {
  public func isWorthScoring(_ point: [Int]) -> Bool { targets.allSatisfy { $0.isWorthScoring(point) } }
  public var growth: Growth { first.growth }
  public var bypasses: [Bypass] { first.bypasses }
  public func quality(_ point: [Int], _ score: Score) -> Double { first.quality(point, score) }

  /// The product over the targets.
  public func cost(_ point: [Int]) -> Double { targets.reduce(1) { $0 * $1.cost(point) } }
}

extension Quantity {
  /// Whether it falls as networks shrink, and is known without training.
  fileprivate var isShrinking: Bool { [.latency, .energy, .area, .edp, .macs, .parameters].contains(self) }
}

extension SearchSpace {
  /// The cells that repeat: those of the type whose cells have most variables of their own, each with these variables. A
  /// variable that several of them read is free from the first stage on.
  ///
  /// Where no two cells of a type have variables of their own, the variables follow one by one, the rest in the middle of
  /// their ranges.
  public var growth: Growth {
    var best: [[Int]] = []
    for type in CellType.allCases {
      let groups = groups(of: cells.filter { $0.type == type })
      if groups.joined().count > best.joined().count { best = groups }
    }
    guard best.isEmpty else { return Growth(groups: best) }
    return Growth(
      groups: variables.indices.map { [$0] }, held: variables.map { $0.lower + ($0.count - 1) / 2 * $0.step })
  }

  /// The places of the variables that give the same number of each cell, and another variable for every cell.
  private func groups(of cells: [CellTemplate]) -> [[Int]] {
    guard cells.count > 1 else { return [] }
    let own = cells[0].ties.indices.filter { number in
      let names = cells.map { $0.ties[number].variable }
      return !names.contains(nil) && Set(names).count == names.count
    }
    let groups = cells.map { cell in
      own.compactMap { number in variables.firstIndex { $0.name == cell.ties[number].variable } }
    }
    // A variable that stands in two places, of one cell or of two, cannot repeat.
    let all = Array(groups.joined())
    return Set(all).count == all.count && !own.isEmpty ? groups : []
  }
}
