internal import FlashNumerics

/// The best share of a box's points: from which score on a point is among them.
///
/// Every point of the box is scored where there are 2²⁰ or fewer; else as many uniform random ones, whose quantile is an
/// estimate: of a share of 0.1 % its rank is known to 3 %. Points that mean the same count as often as they stand in the
/// box.
public struct TopShare: Sendable {
  /// The points scored at most.
  static let most = 1 << 20

  /// The worst score that is among the best.
  public let threshold: Score
  /// Points scored to know it.
  public let points: Int
  /// How many of them are feasible.
  public let feasible: Int
  /// Whether they are all points of the box.
  public let isExact: Bool

  /// Finds the best `share`, 0…1, of a problem's points. Complexity: O(points · log points).
  ///
  /// - Returns: `nil` where the caller stopped it.
  public init?<Problem: IntegerProblem>(
    _ share: Double, of problem: Problem, seed: UInt64, isInterrupted: () -> Bool = { false }
  ) {
    let problem = problem.prepared()
    let variables = problem.variables
    // A variable has far fewer than 2⁴⁰ values.
    let count = variables.reduce(1) { min(Self.most + 1, $0 * $1.count) }
    isExact = count <= Self.most
    points = min(count, Self.most)
    var random = SplitMix64(seed: seed, stream: 0x70)
    var point = variables.map(\.lower)
    var scores: [Score] = []
    scores.reserveCapacity(points)
    for number in 0..<points {
      if number % 4096 == 0, isInterrupted() { return nil }
      var rest = number
      for (axis, variable) in variables.enumerated() {
        let place = isExact ? rest % variable.count : random.below(variable.count)
        rest /= variable.count
        point[axis] = variable.lower + place * variable.step
      }
      scores.append(problem.score(point))
    }
    scores.sort()
    feasible = scores.count(where: \.isFeasible)
    threshold = scores[max(0, min(points, Int(share * Double(points))) - 1)]
  }

  /// Points scored until one was among the best; `nil` where none was.
  public func evaluations(of report: SearchReport) -> Int? {
    report.improvements.first { !(threshold < $0.score) }?.evaluations
  }
}
