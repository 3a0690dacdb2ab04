import FlashNumerics
import Foundation
import Synchronization
import Testing

@testable import FlashSearch

/// Fronts by NSGA-II against enumeration, and on published problems.
@Suite("NSGA-II") struct NSGA2Tests {
  /// A problem given by a function, which keeps the points that it was asked for.
  private final class Fronts: MultiObjectiveProblem {
    let variables: [IntegerVariable]
    private let function: @Sendable ([Int]) -> MultiScore
    private let log = Mutex<[[Int]]>([])

    init(_ variables: [IntegerVariable], _ function: @escaping @Sendable ([Int]) -> MultiScore) {
      self.variables = variables
      self.function = function
    }

    func evaluate(_ point: [Int]) -> MultiScore {
      log.withLock { $0.append(point) }
      return function(point)
    }

    func score(_ point: [Int]) -> MultiScore { function(point) }
    func canonical(_ point: [Int]) -> [Int] { point }
    var points: [[Int]] { log.withLock { $0 } }
  }

  /// Two or three weighted distances from random points, each rounded so that ties occur; half of the problems constrained.
  private static func random(_ seed: UInt64, most: Int) -> Fronts {
    var random = SplitMix64(seed: seed, stream: 0x4E53)
    let box = [IntegerVariable].randomBox(2 + random.below(3), most: most, &random)
    let targets = (0..<(2 + random.below(2))).map { _ in box.randomPoint(&random) }
    let weights = targets.map { _ in box.map { _ in 1 + random.below(4) } }
    let (corner, isConstrained) = (box.randomPoint(&random), random.below(2) == 0)
    return Fronts(box) { point in
      let objectives = zip(targets, weights).map { distance(point, $0, $1) }
      let excess = point.reduce(0, +) - corner.reduce(0, +)
      return MultiScore(objectives: objectives, violation: isConstrained ? Double(max(0, excess)) : 0)
    }
  }

  private static func distance(_ point: [Int], _ target: [Int], _ weights: [Int]) -> Double {
    var sum = 0
    for axis in point.indices { sum += weights[axis] * (point[axis] - target[axis]) * (point[axis] - target[axis]) }
    return Double(sum / 2)
  }

  private static func enumerated(_ problem: Fronts) -> Set<[Double]> {
    var front: [[Double]] = []
    problem.variables.forEachPoint { point in
      let score = problem.score(point)
      guard score.isFeasible, !front.contains(where: { Hypervolume.dominates($0, score.objectives) }) else { return }
      front.removeAll { Hypervolume.dominates(score.objectives, $0) }
      front.append(score.objectives)
    }
    return Set(front)
  }

  private static func count(_ variables: [IntegerVariable]) -> Int { variables.reduce(1) { $0 * $1.count } }

  @Test("the front of 60 random small problems is that of enumeration, once all is evaluated")
  func enumerated() {
    var sizes = 0
    for seed in 0..<60 {
      let problem = Self.random(UInt64(seed), most: 7)
      let report = NSGA2().run(problem, stopping: StoppingRule())
      #expect(report.termination == .converged)
      #expect(Set(report.front.map(\.objectives)) == Self.enumerated(problem), "\(seed)")
      #expect(report.evaluations == problem.points.count && Set(problem.points).count == problem.points.count)
      sizes += report.front.count
    }
    #expect(sizes > 300)
  }

  @Test("with a fifth of the box evaluated the front has nearly all of the volume, more than random points have")
  func volume() {
    var (evolved, drawn, all) = (0.0, 0.0, 0.0)
    for seed in 0..<60 {
      let problem = Self.random(UInt64(100 + seed), most: 18)
      let box = problem.variables
      guard 3000...30_000 ~= Self.count(box) else { continue }
      let budget = Self.count(box) / 5
      let front = Self.enumerated(problem)
      guard let first = front.first else { continue }
      let worst = first.indices.map { axis in (front.map { $0[axis] }.max() ?? 0) + 1 }
      let report = NSGA2().run(problem, stopping: StoppingRule(maximumEvaluations: budget))
      #expect(report.evaluations == budget && report.termination == .budget)
      var random = SplitMix64(seed: UInt64(seed), stream: 9)
      let points = (0..<budget).map { _ in problem.score(box.randomPoint(&random)) }.filter(\.isFeasible)
      let whole = Hypervolume.volume(Array(front), reference: worst)
      all += 1
      evolved += Hypervolume.volume(report.front.map(\.objectives), reference: worst) / whole
      drawn += Hypervolume.volume(Hypervolume.nondominated(points.map(\.objectives)), reference: worst) / whole
    }
    #expect(all >= 5)
    #expect(evolved / all > 0.99, "\(evolved / all)")
    #expect(evolved > drawn, "\(evolved), \(drawn)")
  }

  @Test("the front's points are feasible, have their own objectives, and none is dominated by any evaluated one")
  func front() {
    for seed in 0..<20 {
      for budget in [0, 1, 2, 99, 100, 101, 150] {
        let problem = Self.random(UInt64(seed), most: 12)
        let report = NSGA2().run(problem, stopping: StoppingRule(maximumEvaluations: budget))
        #expect(report.evaluations == problem.points.count && report.evaluations <= budget)
        #expect(problem.points.allSatisfy(problem.variables.hold))
        let scores = problem.points.map(problem.score)
        for entry in report.front {
          let score = problem.score(entry.point)
          #expect(score.isFeasible && score.objectives == entry.objectives)
          #expect(!scores.contains { $0.dominates(score) })
        }
        let best = scores.filter { score in score.isFeasible && !scores.contains { $0.dominates(score) } }
        #expect(Set(best.map(\.objectives)) == Set(report.front.map(\.objectives)))
        #expect(Set(report.front.map(\.objectives)).count == report.front.count)
      }
    }
  }

  @Test("the same seed gives the same front, another seed another search")
  func seeds() {
    func points(_ seed: UInt64) -> [[Int]] {
      let problem = Self.random(5, most: 40)
      var search = NSGA2()
      search.seed = seed
      _ = search.run(problem, stopping: StoppingRule(maximumEvaluations: 500))
      return problem.points
    }
    #expect(points(1) == points(1))
    #expect(points(1) != points(2))
  }

  @Test("time limit, interrupt and a problem without a feasible point")
  func endings() {
    let problem = Self.random(1, most: 9)
    #expect(NSGA2().run(problem, stopping: StoppingRule(deadline: ContinuousClock.now)).termination == .timeLimit)
    let interrupted = NSGA2().run(problem, stopping: StoppingRule(isInterrupted: { true }))
    #expect(interrupted.termination == .interrupted && interrupted.evaluations == 0)
    for score in [MultiScore(objectives: [1, 2], violation: 1), MultiScore(objectives: [.nan, 2], violation: 0)] {
      let none = NSGA2().run(
        Fronts([variable(0, 99), variable(0, 99)]) { _ in score }, stopping: StoppingRule(maximumEvaluations: 1000))
      #expect(none.front.isEmpty && none.evaluations == 1000)
    }
    let single = NSGA2().run(
      Fronts([variable(3, 3)]) { _ in MultiScore(objectives: [1, 2], violation: 0) }, stopping: StoppingRule())
    #expect(single.front.map(\.point) == [[3]] && single.evaluations == 1 && single.termination == .converged)
  }

  @Test("ranks are the layers that peeling off undominated points gives")
  func ranks() {
    var random = SplitMix64(seed: 8)
    for _ in 0..<50 {
      let scores = (0..<40).map { _ in
        MultiScore(
          objectives: (0..<3).map { _ in Double(random.below(6)) }, violation: Double(max(0, random.below(6) - 3)))
      }
      let ranks = NSGA2.ranks(scores)
      var left = Set(scores.indices)
      var rank = 0
      while !left.isEmpty {
        let layer = left.filter { index in !left.contains { scores[$0].dominates(scores[index]) } }
        #expect(layer.allSatisfy { ranks[$0] == rank })
        left.subtract(layer)
        rank += 1
      }
    }
  }

  @Test("crowding is the perimeter's half of a point's neighbours, in parts of the range")
  func crowding() {
    let distances = NSGA2.crowding([[0, 10], [4, 2], [1, 6], [10, 0]])
    #expect(distances[0] == .infinity && distances[3] == .infinity)
    #expect(abs(distances[1] - (0.9 + 0.6)) < 1e-12)
    #expect(abs(distances[2] - (0.4 + 0.8)) < 1e-12)
    #expect(NSGA2.spread([[0, 10], [4, 2], [1, 6], [10, 0]], count: 3) == [0, 1, 3])
    #expect(NSGA2.crowding([]) == [])
  }

  // MARK: Published problems

  /// ZDT1 and ZDT2 with 30 variables in steps of 1e-4. Zitzler, Deb, Thiele, Evol. Comput. 8(2), 2000.
  private static func zdt(convex: Bool) -> Fronts {
    Fronts((0..<30).map { _ in variable(0, 10_000) }) { point in
      let x = point.map { Double($0) / 10_000 }
      let g = 1 + 9 * x.dropFirst().reduce(0, +) / 29
      let share = x[0] / g
      return MultiScore(objectives: [x[0], g * (1 - (convex ? share.squareRoot() : share * share))], violation: 0)
    }
  }

  /// jMetalPy's own test asks for 0.65 of ZDT1 from (1, 1) after 25 000 evaluations of a population of 100; nothing can have
  /// more than ∫√f₁ = 2/3, and ∫f₁² = 1/3 of ZDT2.
  @Test("ZDT1 and ZDT2 after 25 000 evaluations have the volume that others find, and no more than there is")
  func zdt() {
    for (isConvex, least, most) in [(true, 0.65, 2.0 / 3), (false, 1.0 / 3 - 2.0 / 3 + 0.65, 1.0 / 3)] {
      for seed in 0..<3 {
        var search = NSGA2()
        search.seed = UInt64(seed)
        let report = search.run(Self.zdt(convex: isConvex), stopping: StoppingRule(maximumEvaluations: 25_000))
        let volume = Hypervolume.volume(report.front.map(\.objectives), reference: [1, 1])
        #expect(least...most ~= volume, "\(volume)")
        #expect(report.evaluations == 25_000)
      }
    }
  }

  /// Srinivas, Deb, Evol. Comput. 2(3), 1994. f₁ + f₂ = x² + 5x + 6 is least at x = −2.5: that line is the front between the
  /// constraints. Beyond, it follows them: x = 3y − 10 up to where f₁ is least, x = 1.1, and the circle of radius 15 down to
  /// where f₂ is, x = −4.84.
  @Test("the front of SRN is where its conditions put it, on all three parts")
  func srn() {
    let problem = Fronts([variable(-2000, 2000), variable(-2000, 2000)]) { point in
      let (x, y) = (Double(point[0]) / 100, Double(point[1]) / 100)
      let first = (x - 2) * (x - 2) + (y - 1) * (y - 1) + 2
      return MultiScore(
        objectives: [first, 9 * x - (y - 1) * (y - 1)],
        violation: max(0, x * x + y * y - 225) / 225 + max(0, x - 3 * y + 10) / 10)
    }
    let report = NSGA2().run(problem, stopping: StoppingRule(maximumEvaluations: 20_000))
    #expect(report.front.count > 100)
    var parts = (line: 0, first: 0, second: 0)
    var strays = 0
    for (point, _) in report.front {
      let (x, y) = (Double(point[0]) / 100, Double(point[1]) / 100)
      if abs(x + 2.5) < 0.3 {
        parts.line += 1
      } else if -2.8...1.3 ~= x, abs(x - 3 * y + 10) / 10.0.squareRoot() < 0.3 {
        parts.first += 1
      } else if -5.1...(-2.2) ~= x, abs((x * x + y * y).squareRoot() - 15) < 0.3 {
        parts.second += 1
      } else {
        strays += 1
      }
    }
    #expect(min(parts.line, parts.first, parts.second) > 5, "\(parts)")
    // Of thousands of points some have not arrived, 129 when this was written.
    #expect(strays * 20 <= report.front.count, "\(strays) of \(report.front.count)")
  }
}
