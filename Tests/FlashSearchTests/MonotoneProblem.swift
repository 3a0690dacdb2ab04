import FlashNumerics
import Synchronization

@testable import FlashSearch

/// Minimise rise(x) − fall(x) where cost(x) ≤ most and gain(x) ≥ least, all four functions rising in every variable and
/// of small integers, so that arithmetic is exact and ties are many.
final class MonotoneProblem: BoundedProblem {
  struct Corner: Sendable {
    let rise: Int
    let fall: Int
    let cost: Int
    let gain: Int
  }

  let variables: [IntegerVariable]
  private let weights: [[Int]]
  private let most: Int
  private let least: Int
  /// Whether the last variable counts only up to `share` times the first one's place, so that many points mean the same.
  private let saturates: Bool
  private let share: Int
  let branchingWeights: [Double]
  private let asked = Mutex<[[Int]]>([])

  init(_ random: inout SplitMix64, dimension: Int, values: Int, tightness: Int) {
    variables = (0..<dimension).map { _ in
      let (lower, step) = (random.below(9) - 4, 1 + random.below(3))
      return variable(lower, lower + step * random.below(values), step: step)
    }
    weights = (0..<4).map { _ in (0..<dimension).map { _ in random.below(4) } }
    saturates = dimension > 1 && random.below(2) == 0
    share = 1 + random.below(2)
    branchingWeights = (0..<dimension).map { _ in Double(random.below(4)) }
    let span = values * dimension * 2
    most = random.below(1 + span / (1 + tightness))
    least = random.below(1 + span * tightness / 8)
  }

  /// The most that the last variable's place can count.
  private func saturation(_ point: [Int]) -> Int { share * ((point[0] - variables[0].lower) / variables[0].step) }

  /// The steps from the lower end of each variable, as far as they count.
  private func places(_ point: [Int]) -> [Int] {
    var places = zip(point, variables).map { ($0 - $1.lower) / $1.step }
    if saturates { places[places.count - 1] = min(places[places.count - 1], saturation(point)) }
    return places
  }

  func corner(_ point: [Int]) -> Corner {
    let places = places(point)
    // Squares and sums of pairs: not separable, but rising.
    let values = weights.map { row in
      zip(row, places).reduce(0) { $0 + $1.0 * $1.1 } + places.reduce(0, +) * places[0] / 4
    }
    return Corner(rise: values[0], fall: values[1], cost: values[2], gain: values[3])
  }

  func score(_ point: [Int]) -> Score {
    asked.withLock { $0.append(point) }
    return bound(lower: point, upper: point)
  }

  func bound(from _: [Int], _ lower: Corner, to _: [Int], _ upper: Corner) -> Score {
    Score(
      objective: Double(lower.rise - upper.fall),
      violation: Double(max(0, lower.cost - most) + max(0, least - upper.gain)))
  }

  func canonical(_ point: [Int]) -> [Int] {
    guard saturates, let variable = variables.last else { return point }
    var point = point
    point[point.count - 1] = min(point[point.count - 1], variable.lower + saturation(point) * variable.step)
    return point
  }

  func clip(lower: inout [Int], upper: inout [Int]) -> Bool {
    guard saturates, let variable = variables.last else { return true }
    let last = upper.count - 1
    upper[last] = min(upper[last], variable.lower + saturation(upper) * variable.step)
    return lower[last] <= upper[last]
  }

  var points: [[Int]] { asked.withLock { $0 } }

  /// The least score over all points, and the first point that has it.
  func enumerated() -> (point: [Int], score: Score) {
    var best: (point: [Int], score: Score) = ([], .none)
    variables.forEachPoint { point in
      let score = bound(lower: point, upper: point)
      if best.point.isEmpty || score < best.score { best = (point, score) }
    }
    return best
  }
}
