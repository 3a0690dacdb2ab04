internal import FlashNumerics
public import FlashSearch

/// Designs of which none is better than another in every one of a few quantities.
public struct ParetoFront: Sendable {
  public struct Entry: Sendable {
    public let point: [Int]
    /// In the order of the quantities.
    public let values: [Double]
    /// Whether it is proved that no design is at least as good in every quantity and better in one.
    public let isProved: Bool
  }

  public let quantities: [Quantity]
  /// By the first quantity, best first.
  public let entries: [Entry]
  /// Whether it is proved that every point of the front is here, none included.
  public let isComplete: Bool

  /// The volume that the front dominates, and the reference: the worst value of each quantity on the front where none is
  /// given.
  public func hypervolume(reference: [Double]? = nil) -> (volume: Double, reference: [Double]) {
    let reference =
      reference
      ?? quantities.indices.map { index in
        let values = entries.map { $0.values[index] }
        return (quantities[index].isMaximised ? values.min() : values.max()) ?? .nan
      }
    func costs(_ values: [Double]) -> [Double] { zip(quantities, values).map { $0.isMaximised ? -$1 : $1 } }
    return (Hypervolume.volume(entries.map { costs($0.values) }, reference: costs(reference)), reference)
  }
}

extension Quantity {
  /// Whether more of it is better.
  public var isMaximised: Bool { [.accuracy, .nnDegree, .nnMass].contains(self) }

  /// The best of it.
  var objective: Objective {
    Objective(expression: Expression(self), direction: isMaximised ? .maximize : .minimize)
  }

  /// No worse than a value.
  func atLeast(as value: Double) -> Bound {
    Bound(quantity: self, relation: isMaximised ? .atLeast : .atMost, limit: value)
  }
}

/// Finds a front by ε-constraint: the best of the first quantity under bounds on the others, then the best of each of the
/// others in turn with what was found held, so that every point is Pareto-optimal by itself (Haimes, Lasdon, Wismer, IEEE
/// TSMC 1(3), 1971; the second stage after Mavrotas, Appl. Math. Comput. 213(2), 2009).
public struct EpsilonConstraint {
  /// Solves a question.
  public typealias Solver = (Objective, [Bound]) throws(DesignError) -> SearchReport

  private let quantities: [Quantity]
  private let bounds: [Bound]
  private let value: (Quantity, [Int]) -> Double
  private let solve: Solver

  /// - Parameters:
  ///   - bounds: those that every design keeps.
  ///   - value: a quantity at a point.
  /// - Precondition: at least two quantities, each once.
  public init(
    _ quantities: [Quantity], bounds: [Bound], value: @escaping (Quantity, [Int]) -> Double, solve: @escaping Solver
  ) {
    precondition(quantities.count >= 2 && Set(quantities).count == quantities.count, "two quantities or more")
    self.quantities = quantities
    self.bounds = bounds
    self.value = value
    self.solve = solve
  }

  /// Points of the front at levels of all quantities but the first, evenly spaced between the best of each and the worst
  /// that it has where another is best.
  ///
  /// Complexity: `levels`^(quantities − 1) + quantities times as many searches as there are quantities.
  public func front(levels: Int) throws(DesignError) -> ParetoFront {
    var entries: [ParetoFront.Entry] = []
    for index in quantities.indices {
      let order = [quantities[index]] + quantities.filter { $0 != quantities[index] }
      switch try best(order, bounds) {
      case .found(let end): entries.append(end)
      case .none(let isProved): return front(entries, isComplete: isProved)
      }
    }
    let others = Array(quantities.dropFirst())
    let grids = others.enumerated().map { index, quantity in
      let values = entries.map { $0.values[index + 1] }
      let ends = quantity.isMaximised ? (values.max(), values.min()) : (values.min(), values.max())
      return Self.levels(from: ends.0 ?? 0, to: ends.1 ?? 0, levels)
    }
    for cell in Self.products(grids) {
      let held = zip(others, cell).map { $0.atLeast(as: $1) }
      if case .found(let entry) = try best(quantities, bounds + held) { entries.append(entry) }
    }
    return front(entries, isComplete: false)
  }

  /// Every point of the front of two quantities, from the best of the first on: each bounds the second strictly by the one
  /// before.
  ///
  /// It ends with what it has at the first point that is not proved.
  ///
  /// - Precondition: two quantities.
  public func wholeFront() throws(DesignError) -> ParetoFront {
    precondition(quantities.count == 2, "two quantities")
    var entries: [ParetoFront.Entry] = []
    var held: [Bound] = []
    while true {
      switch try best(quantities, bounds + held) {
      case .none(let isProved): return front(entries, isComplete: isProved)
      case .found(let entry):
        entries.append(entry)
        guard entry.isProved else { return front(entries, isComplete: false) }
        let last = entry.values[1]
        held = [quantities[1].atLeast(as: quantities[1].isMaximised ? last.nextUp : last.nextDown)]
      }
    }
  }

  private enum Answer {
    case found(ParetoFront.Entry)
    /// No point that keeps the bounds: proved, or only not found before the search was stopped.
    case none(isProved: Bool)
  }

  /// The best of the first quantity, of those the best of the second, and so on.
  private func best(_ order: [Quantity], _ bounds: [Bound]) throws(DesignError) -> Answer {
    var held = bounds
    var point: [Int] = []
    var isProved = true
    for (stage, quantity) in order.enumerated() {
      let report = try solve(quantity.objective, held)
      guard report.score.isFeasible else {
        // A later stage holds what an earlier one found; only a stop keeps it from finding that again.
        guard stage > 0 else { return .none(isProved: report.certificate.status == .infeasible) }
        isProved = false
        break
      }
      isProved = isProved && report.certificate.status == .optimal
      point = report.point
      held.append(quantity.atLeast(as: value(quantity, point)))
    }
    return .found(ParetoFront.Entry(point: point, values: quantities.map { value($0, point) }, isProved: isProved))
  }

  private func front(_ entries: [ParetoFront.Entry], isComplete: Bool) -> ParetoFront {
    func costs(_ entry: ParetoFront.Entry) -> [Double] {
      zip(quantities, entry.values).map { $0.isMaximised ? -$1 : $1 }
    }
    var kept: [ParetoFront.Entry] = []
    for entry in entries.sorted(by: { costs($0).lexicographicallyPrecedes(costs($1)) }) {
      let own = costs(entry)
      guard !kept.contains(where: { costs($0) == own || Hypervolume.dominates(costs($0), own) }) else { continue }
      kept.append(entry)
    }
    return ParetoFront(quantities: quantities, entries: kept, isComplete: isComplete)
  }

  /// Values between two ends, without them: evenly spaced, in their logarithms where both are above 0.
  static func levels(from first: Double, to last: Double, _ count: Int) -> [Double] {
    guard count > 0, first != last else { return count > 0 ? [last] : [] }
    return (1...count).map { step in
      let share = Double(step) / Double(count + 1)
      return first > 0 && last > 0 ? first * Elementary.pow(last / first, share) : first + share * (last - first)
    }
  }

  /// Every way to take one of each.
  private static func products(_ grids: [[Double]]) -> [[Double]] {
    grids.reduce([[]]) { cells, grid in cells.flatMap { cell in grid.map { cell + [$0] } } }
  }
}
