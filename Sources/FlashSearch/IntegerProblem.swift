/// An integer variable: lower, lower + step, … , upper.
public struct IntegerVariable: Sendable, Hashable {
  public let name: String
  public let lower: Int
  public let upper: Int
  public let step: Int

  /// - Precondition: lower ≤ upper, step > 0.
  public init(name: String, lower: Int, upper: Int, step: Int) {
    precondition(lower <= upper && step > 0, "a variable has at least one value")
    self.name = name
    self.lower = lower
    self.upper = lower + (upper - lower) / step * step
    self.step = step
  }

  /// How many values the variable takes.
  @inlinable public var count: Int { (upper - lower) / step + 1 }

  /// A value moved; at the end of the range as far as it can.
  @inlinable
  func moved(_ value: Int, by change: Int) -> Int { max(lower, min(upper, value + change)) }
}

/// How good a point is. Feasible before infeasible; among infeasible the smaller violation; among feasible the smaller
/// objective.
public struct Score: Sendable, Hashable, Comparable {
  /// f, to be minimised.
  public let objective: Double
  /// Σ max(0, cⱼ)/sⱼ: 0 where every constraint is met.
  public let violation: Double

  /// A NaN anywhere makes the point infeasible with infinite violation; a NaN objective is kept as infinite, so that
  /// every score equals itself.
  @inlinable
  public init(objective: Double, violation: Double) {
    self.objective = objective.isNaN ? .infinity : objective
    self.violation = objective.isNaN || violation.isNaN ? .infinity : violation
  }

  /// The score of no point: worse than any other.
  public static let none = Score(objective: .infinity, violation: .infinity)

  @inlinable public var isFeasible: Bool { violation <= 0 }

  /// Whether two scores differ by no more than a block's do from those of its points.
  @inlinable
  func isClose(to other: Score) -> Bool {
    func isClose(_ a: Double, _ b: Double) -> Bool { a == b || abs(a - b) <= 1e-11 * abs(b) }
    return isClose(violation, other.violation) && isClose(objective, other.objective)
  }

  @inlinable
  public static func < (a: Score, b: Score) -> Bool {
    if a.violation != b.violation { return a.violation < b.violation }
    return a.isFeasible && a.objective < b.objective
  }
}

/// A problem in standard form over a box of integers: minimise f(x) subject to cⱼ(x) ≤ 0.
public protocol IntegerProblem: Sendable {
  /// The box, one variable per coordinate of a point.
  var variables: [IntegerVariable] { get }
  /// f and the total violation at a point of the box. Pure, and quick: a search calls it a million times.
  func score(_ point: [Int]) -> Score
  /// The point that stands for all points that mean the same: the lexicographically least of them.
  func canonical(_ point: [Int]) -> [Int]
  /// Variables that a local search also moves together.
  var couplings: [Coupling] { get }
  /// Whether all that f and constraints read rises with every variable, so that of two variables only trades are worth a
  /// local search's while: one up, the other down.
  var isRising: Bool { get }
  /// Whether a block of points takes much less time than its points one by one.
  var isBatched: Bool { get }
  /// Scores the points of a block. Where `isBatched`, objectives and violations may be off by 1e-12 of themselves, and a
  /// point that close to a bound on either side of it.
  func score(_ block: PointBlock)
  /// The same problem, with all that makes a score quick worked out before a search asks for many.
  ///
  /// - Parameter inBlocks: whether the search asks for blocks, where `isBatched` then.
  func prepared(inBlocks: Bool) -> Self
}

extension IntegerProblem {
  public func prepared(inBlocks: Bool) -> Self { self }

  public func prepared() -> Self { prepared(inBlocks: false) }

  public var couplings: [Coupling] { [] }

  public var isRising: Bool { false }

  public var isBatched: Bool { false }

  public func score(_ block: PointBlock) { scoreOneByOne(block) }

  /// Scores the points of a block as `score` does.
  public func scoreOneByOne(_ block: PointBlock) {
    var point = variables.map(\.lower)
    for index in 0..<block.count {
      for axis in point.indices { point[axis] = Int(block.columns[axis][index]) }
      let score = score(point)
      (block.objectives[index], block.violations[index]) = (score.objective, score.violation)
    }
  }
}

/// A problem that can bound itself over a part of its box.
///
/// A sub-box is given by its two ends and what is known there: `Corner` is what the problem has to know of one, worked out
/// once and used for every sub-box that begins or ends there. A problem that is monotone in every variable evaluates
/// itself there.
public protocol BoundedProblem: IntegerProblem {
  associatedtype Corner: Sendable

  /// What is known of a corner.
  func corner(_ point: [Int]) -> Corner
  /// A score that no point between two corners beats: objective and violation each at most those of every point.
  /// Rounded outward, so that the bound holds in floating-point arithmetic too; no looser when the sub-box shrinks.
  func bound(from lower: [Int], _ lowerCorner: Corner, to upper: [Int], _ upperCorner: Corner) -> Score
  /// Shrinks the sub-box to what holds every canonical point of it; false where it holds none.
  func clip(lower: inout [Int], upper: inout [Int]) -> Bool
  /// Which variables to branch on first: a branch goes to the largest weight · share of the range that is left.
  var branchingWeights: [Double] { get }
}

extension BoundedProblem {
  public func clip(lower: inout [Int], upper: inout [Int]) -> Bool { true }

  public var branchingWeights: [Double] { variables.map { _ in 1 } }

  /// A score that no point of lower…upper beats.
  public func bound(lower: [Int], upper: [Int]) -> Score {
    bound(from: lower, corner(lower), to: upper, corner(upper))
  }
}
