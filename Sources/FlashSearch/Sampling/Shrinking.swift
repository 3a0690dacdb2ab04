/// By how much a descent from the largest network lowers its cost, iteration by iteration.
///
/// Iteration i (from 1) is to save initial · decay^(i−1) of the largest network's cost, in all initial / (1 − decay) at
/// most: 62.5 % by default. Steps of variables overshoot, so that a descent usually gets below 37.5 %.
public struct ReductionSchedule: Sendable, Hashable {
  /// R₀, in 0…1.
  public var initial = 0.025
  /// In 0…1.
  public var decay = 0.96

  public init() {}
}

/// A strategy that shrinks the largest network by a schedule.
public protocol ShrinkingStrategy: SamplingStrategy {
  var schedule: ReductionSchedule { get set }
}

/// A descent from the largest network: where it stands, what it costs and is worth there.
struct Shrinking<Problem: ScreenedProblem> {
  var session: SampledSession<Problem>
  private let problem: Problem
  private let bypasses: [Int: Bypass]
  private let decay: Double
  /// The largest network's cost.
  private let unit: Double
  private(set) var point: [Int]
  /// As a share of the largest network's.
  private(set) var cost = 1.0
  /// What the iteration is to save.
  private(set) var reduction: Double
  private var quality: Double

  /// Scores the largest network.
  init(_ problem: Problem, _ rule: StoppingRule, _ schedule: ReductionSchedule, seed: UInt64, stream: UInt64) {
    session = SampledSession(problem, rule, seed: seed, stream: stream)
    self.problem = problem
    bypasses = Dictionary(problem.bypasses.map { ($0.filters, $0) }) { first, _ in first }
    decay = schedule.decay
    reduction = schedule.initial
    point = problem.canonical(session.variables.map(\.upper))
    unit = problem.cost(point)
    quality = problem.quality(point, session.score(point))
  }

  /// The variables that can go lower.
  var axes: [Int] { session.axes.filter { point[$0] > session.variables[$0].lower } }

  /// Whether channels may pass by a variable's filters.
  func hasBypass(_ axis: Int) -> Bool { bypasses[axis] != nil }

  /// A point with one variable at its largest value whose cost is within a target, or at its least where there is none.
  ///
  /// - Parameter bypassing: whether the filters that go leave their input channels to pass by.
  /// - Complexity: O(log values) costs.
  func shrunk(_ point: [Int], _ axis: Int, to target: Double, bypassing: Bool = false) -> [Int] {
    let variable = session.variables[axis]
    func moved(_ place: Int) -> [Int] {
      var moved = point
      moved[axis] = variable.lower + place * variable.step
      if bypassing, let bypass = bypasses[axis] {
        let other = session.variables[bypass.bypassed]
        let room = min(point[axis] - moved[axis], other.upper - point[bypass.bypassed])
        moved[bypass.bypassed] += room / other.step * other.step
      }
      return problem.canonical(moved)
    }
    // `high` costs more than the target.
    var (low, high) = (0, (point[axis] - variable.lower) / variable.step)
    while high - low > 1 {
      let middle = (low + high) / 2
      if share(moved(middle)) <= target { low = middle } else { high = middle }
    }
    return moved(low)
  }

  /// A point's cost as a share of the largest network's.
  func share(_ point: [Int]) -> Double { problem.cost(point) / unit }

  /// Scores the points that save something and goes to the one that loses least for what it saves:
  /// (loss of quality + 1e-6) / (saved cost + 1e-5).
  ///
  /// - Returns: whether there was one.
  mutating func step(to proposals: [[Int]]) -> Bool {
    var best: (point: [Int], cost: Double, quality: Double, ratio: Double)?
    for proposal in proposals where session.isRunning {
      let cost = share(proposal)
      guard cost < self.cost else { continue }
      let quality = problem.quality(proposal, session.score(proposal))
      let ratio = (self.quality - quality + 1e-6) / (self.cost - cost + 1e-5)
      // A loss that is no number is the worst.
      let rank = ratio.isNaN ? .infinity : ratio
      if best == nil || rank < best?.ratio ?? .infinity { best = (proposal, cost, quality, rank) }
    }
    guard let best else { return false }
    (point, cost, quality) = (best.point, best.cost, best.quality)
    reduction *= decay
    return true
  }
}
