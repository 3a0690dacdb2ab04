import FlashNumerics
import Synchronization

@testable import FlashSearch

/// A problem given by a function, which keeps every score that it was asked for.
final class FunctionProblem: IntegerProblem {
  let variables: [IntegerVariable]
  private let function: @Sendable ([Int]) -> Score
  private let representative: @Sendable ([Int]) -> [Int]
  private let log = Mutex<(points: [[Int]], scores: [Score])>(([], []))

  init(
    _ variables: [IntegerVariable], canonical: @escaping @Sendable ([Int]) -> [Int] = { $0 },
    _ function: @escaping @Sendable ([Int]) -> Score
  ) {
    self.variables = variables
    self.function = function
    representative = canonical
  }

  func score(_ point: [Int]) -> Score {
    let score = function(point)
    log.withLock {
      $0.points.append(point)
      $0.scores.append(score)
    }
    return score
  }

  func canonical(_ point: [Int]) -> [Int] { representative(point) }

  /// How often a score was asked for.
  var calls: Int { log.withLock { $0.scores.count } }
  /// The best score given so far.
  var leastScore: Score { log.withLock { $0.scores.min() ?? .none } }
  /// The points asked for, in order.
  var points: [[Int]] { log.withLock { $0.points } }
}

/// A problem that scores points in blocks, a little off there, and moves variables together.
struct BlockProblem: IntegerProblem {
  let function: FunctionProblem
  var couplings: [Coupling] = []
  var isRising = false
  /// What scores of blocks are multiplied by.
  var deviation = 1.0

  var variables: [IntegerVariable] { function.variables }
  var isBatched: Bool { true }
  func canonical(_ point: [Int]) -> [Int] { function.canonical(point) }
  func score(_ point: [Int]) -> Score { function.score(point) }

  func score(_ block: PointBlock) {
    scoreOneByOne(block)
    for index in 0..<block.count {
      block.objectives[index] *= deviation
      block.violations[index] *= deviation
    }
  }
}

/// One variable.
func variable(_ lower: Int, _ upper: Int, step: Int = 1) -> IntegerVariable {
  IntegerVariable(name: "v", lower: lower, upper: upper, step: step)
}

/// A feasible score.
func feasible(_ objective: Int) -> Score { Score(objective: Double(objective), violation: 0) }

extension Array where Element == IntegerVariable {
  /// A random box: some variables in steps, some fixed.
  static func randomBox(_ dimension: Int, most: Int, _ random: inout SplitMix64) -> [IntegerVariable] {
    (0..<dimension).map { _ in
      let lower = random.below(21) - 10
      let step = 1 + random.below(3)
      return variable(lower, lower + step * random.below(most), step: step)
    }
  }

  /// A uniform random point of the box.
  func randomPoint(_ random: inout SplitMix64) -> [Int] {
    map { $0.lower + random.below($0.count) * $0.step }
  }

  /// Whether a point lies on the box's lattice.
  func hold(_ point: [Int]) -> Bool {
    point.count == count
      && zip(self, point).allSatisfy { $0.lower...$0.upper ~= $1 && ($1 - $0.lower) % $0.step == 0 }
  }

  /// Calls `body` with every point, in lexicographic order.
  func forEachPoint(_ body: ([Int]) -> Void) {
    var point = map(\.lower)
    while true {
      body(point)
      var axis = count - 1
      while axis >= 0, point[axis] == self[axis].upper {
        point[axis] = self[axis].lower
        axis -= 1
      }
      guard axis >= 0 else { return }
      point[axis] += self[axis].step
    }
  }
}

/// A problem that keeps what was scored, and of what its quality was asked.
final class CountedProblem<Problem: ScreenedProblem>: ScreenedProblem {
  let problem: Problem
  private let asked = Mutex<(points: [[Int]], judged: [[Int]])>(([], []))

  init(_ problem: Problem) { self.problem = problem }

  var variables: [IntegerVariable] { problem.variables }
  var growth: Growth { problem.growth }
  var bypasses: [Bypass] { problem.bypasses }
  var points: [[Int]] { asked.withLock { $0.points } }
  var judged: [[Int]] { asked.withLock { $0.judged } }
  func canonical(_ point: [Int]) -> [Int] { problem.canonical(point) }
  func isWorthScoring(_ point: [Int]) -> Bool { problem.isWorthScoring(point) }
  func cost(_ point: [Int]) -> Double { problem.cost(point) }

  func quality(_ point: [Int], _ score: Score) -> Double {
    asked.withLock { $0.judged.append(point) }
    return problem.quality(point, score)
  }

  func score(_ point: [Int]) -> Score {
    asked.withLock { $0.points.append(point) }
    return problem.score(point)
  }
}
