public import FlashSearch

/// One question on one target or several: a network is worth what it is worth on the worst of them, and keeps the bounds
/// on all. On one target it is that target's problem.
///
/// f and the violation are the largest over the targets. Over a sub-box no point beats the largest of the targets' own
/// bounds. A class, so that a strategy copies a reference; it never changes.
public final class WorstCase: BoundedProblem, ConstrainedProblem {
  public let targets: [DesignProblem]
  /// The problem on the first target.
  public let first: DesignProblem

  /// - Precondition: at least one target; of several, all have the same space, objective and bounds, and none has free
  ///   hardware.
  public init(_ targets: [DesignProblem]) {
    precondition(!targets.isEmpty, "at least one target")
    first = targets[0]
    precondition(
      targets.count == 1 || targets.allSatisfy { $0.variables == targets[0].variables && !$0.hasFreeHardware },
      "the same variables")
    self.targets = targets
  }

  /// The same targets under another question.
  public func with(objective: Objective, bounds: [Bound]) throws(DesignError) -> WorstCase {
    WorstCase(try targets.map { (target) throws(DesignError) in try target.with(objective: objective, bounds: bounds) })
  }

  public func prepared(inBlocks: Bool) -> WorstCase {
    WorstCase(targets.map { $0.prepared(inBlocks: inBlocks && targets.count == 1) })
  }

  public var variables: [IntegerVariable] { first.variables }
  public func canonical(_ point: [Int]) -> [Int] { first.canonical(point) }
  public var branchingWeights: [Double] { first.branchingWeights }
  public func clip(lower: inout [Int], upper: inout [Int]) -> Bool { first.clip(lower: &lower, upper: &upper) }

  /// Whether bounds over sub-boxes are known on every target.
  public var isBounded: Bool { targets.allSatisfy(\.isBounded) }

  public var couplings: [Coupling] { first.couplings }
  public var isRising: Bool { targets.allSatisfy(\.isRising) }

  public var isBatched: Bool { targets.count == 1 && first.isBatched }

  public func score(_ block: PointBlock) {
    if isBatched { first.score(block) } else { scoreOneByOne(block) }
  }

  public func score(_ point: [Int]) -> Score { worst { $0.score(point) } }

  public func corner(_ point: [Int]) -> [DesignProblem.Corner] { targets.map { $0.corner(point) } }

  public func bound(
    from lower: [Int], _ lowerCorner: [DesignProblem.Corner], to upper: [Int], _ upperCorner: [DesignProblem.Corner]
  ) -> Score {
    var worst = first.bound(from: lower, lowerCorner[0], to: upper, upperCorner[0])
    for index in targets.indices.dropFirst() {
      worst.makeWorse(targets[index].bound(from: lower, lowerCorner[index], to: upper, upperCorner[index]))
    }
    return worst
  }

  /// Of the bounds that no point between two corners keeps on every target, the one that is missed most.
  func brokenBound(lower: [Int], upper: [Int]) -> (place: Int, best: Double)? {
    targets.compactMap { $0.brokenBound(lower: lower, upper: upper) }.max { $0.violation < $1.violation }
      .map { ($0.place, $0.best) }
  }

  /// The violation of each bound on the target that keeps it worst.
  public func violations(_ point: [Int]) -> [Double] {
    targets.dropFirst().reduce(first.violations(point)) { worst, target in
      zip(worst, target.violations(point)).map { max($0, $1) }
    }
  }

  /// The best value that a bound's quantity can take on the target where that is worst; `nil` where it is unknown.
  public func bestPossible(_ bound: Bound) -> Double? {
    worst(bound, targets.map { $0.bestPossible(bound) })
  }

  /// What a bound is judged by at a point, on the target where that keeps it worst.
  public func value(of bound: Bound, at point: [Int]) -> Double {
    worst(bound, targets.map { $0.judgedValue(of: bound, at: point) }) ?? .nan
  }

  /// By what a bound is judged: the values themselves where no target has an interval.
  public func judgedEnd(of bound: Bound) -> JudgedEnd {
    targets.lazy.map { $0.judgedEnd(of: bound) }.first { $0 != .value } ?? .value
  }

  /// A quantity on the target where it is worst.
  public func value(of quantity: Quantity, at point: [Int]) -> Double {
    value(of: quantity.atLeast(as: 0), at: point)
  }

  private func worst(_ bound: Bound, _ values: [Double?]) -> Double? {
    values.reduce(values[0]) { worst, value in
      guard let worst, let value else { return nil }
      return bound.relation == .atLeast ? min(worst, value) : max(worst, value)
    }
  }

  private func worst(_ score: (DesignProblem) -> Score) -> Score {
    var worst = score(first)
    for target in targets.dropFirst() { worst.makeWorse(score(target)) }
    return worst
  }
}

extension Score {
  /// Takes the larger objective and the larger violation.
  fileprivate mutating func makeWorse(_ other: Score) {
    self = Score(objective: max(objective, other.objective), violation: max(violation, other.violation))
  }
}
