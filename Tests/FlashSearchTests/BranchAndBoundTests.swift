import FlashNumerics
import Synchronization
import Testing

@testable import FlashSearch

/// Random monotone problems, held against enumeration.
@Suite("Branch and bound")
struct BranchAndBoundTests {
  static func problem(_ seed: Int, values: Int = 7) -> MonotoneProblem {
    var random = SplitMix64(seed: UInt64(seed), stream: 11)
    return MonotoneProblem(&random, dimension: 1 + seed % 4, values: values, tightness: seed / 4 % 5)
  }

  static func report(
    _ point: [Int], _ score: Score, evaluations: Int = 0, levels: [SearchLevel] = []
  ) -> SearchReport {
    SearchReport(
      strategy: "test", point: point, score: score, evaluations: evaluations, termination: .converged, levels: levels,
      certificate: .none)
  }

  @Test("the optimum is the enumerated one, the lexicographically least of equals, or the problem is infeasible")
  func enumeration() {
    var (optimal, infeasible) = (0, 0)
    for seed in 0..<400 {
      let problem = Self.problem(seed)
      let best = problem.enumerated()
      let report = BranchAndBound().run(problem, stopping: StoppingRule())
      #expect(report.strategy == "exact")
      #expect(report.evaluations == problem.points.count)
      if best.score.isFeasible {
        optimal += 1
        #expect(report.point == best.point, "\(seed)")
        #expect(report.score == best.score, "\(seed)")
        #expect(report.certificate.status == .optimal)
        #expect(report.certificate.bound == best.score.objective)
        #expect(report.termination == .optimal)
        #expect(report.gap == 0)
      } else {
        infeasible += 1
        #expect(!report.score.isFeasible)
        #expect(report.certificate.status == .infeasible)
        #expect(report.certificate.bound == nil)
        #expect(report.termination == .infeasible)
        #expect(report.gap == nil)
      }
    }
    #expect(optimal >= 200)
    #expect(infeasible >= 40)
  }

  @Test("a proof that a limit ends has the status gap and a bound below the true optimum")
  func gap() {
    var gaps = 0
    for seed in 0..<300 {
      let problem = Self.problem(seed, values: 12)
      let best = problem.enumerated()
      for budget in [1, 2, 5] {
        let report = BranchAndBound().run(problem, stopping: StoppingRule(maximumEvaluations: budget))
        #expect(report.evaluations <= budget)
        switch report.certificate.status {
        case .optimal: #expect(report.score == best.score)
        case .infeasible: #expect(!best.score.isFeasible)
        case .none:
          #expect(!report.score.isFeasible)
          #expect(report.certificate.bound == nil)
          #expect(report.termination == .budget)
        case .gap:
          gaps += 1
          #expect(report.termination == .budget)
          #expect(!(report.score < best.score))
          if let bound = report.certificate.bound {
            #expect(bound <= best.score.objective)
            #expect(report.gap.map { $0 >= 0 } == true)
          }
        }
      }
    }
    #expect(gaps >= 50)
  }

  @Test("an interrupted proof keeps the start's point, with a bound below the true optimum")
  func interruption() {
    var gaps = 0
    for seed in 0..<100 {
      let problem = Self.problem(seed)
      let best = problem.enumerated()
      guard best.score.isFeasible else { continue }
      let report = BranchAndBound().run(
        problem, from: Self.report(best.point, best.score, evaluations: 5),
        stopping: StoppingRule(isInterrupted: { true }))
      #expect(report.termination == .interrupted)
      #expect(report.certificate.status == .gap)
      #expect(report.certificate.nodes == 0)
      #expect(report.point == best.point)
      #expect(report.evaluations == 5)
      if let bound = report.certificate.bound {
        gaps += 1
        #expect(bound <= best.score.objective)
      }
    }
    #expect(gaps >= 20)
  }

  @Test("a deadline in the past leaves an infeasible start without a proof")
  func deadline() {
    let problem = Self.problem(3)
    let start = Self.report(problem.variables.map(\.upper), Score(objective: 1, violation: 2))
    let report = BranchAndBound().run(
      problem, from: start, stopping: StoppingRule(deadline: ContinuousClock.now - .seconds(1)))
    #expect(report.termination == .timeLimit)
    #expect(report.certificate.status == .none)
    #expect(report.certificate.bound == nil)
    #expect(report.point == start.point)
    #expect(problem.points.isEmpty)
  }

  @Test("a start is used: its evaluations and levels are taken over, its point saves nodes, ties still end the same")
  func starts() {
    let level = SearchLevel(steps: [1], evaluations: 7, minima: 1, best: .none)
    var (with, without) = (0, 0)
    for seed in 0..<200 {
      let problem = Self.problem(seed)
      let best = problem.enumerated()
      guard best.score.isFeasible else { continue }
      let plain = BranchAndBound().run(problem, stopping: StoppingRule())
      let before = problem.points.count
      // Of equal points the last one: the proof has to come back to the first.
      var last = best.point
      problem.variables.forEachPoint { point in
        if problem.bound(lower: point, upper: point) == best.score { last = problem.canonical(point) }
      }
      let report = BranchAndBound().run(
        problem, from: Self.report(last, best.score, evaluations: 7, levels: [level]), stopping: StoppingRule())
      #expect(report.point == best.point, "\(seed)")
      #expect(report.certificate.status == .optimal)
      #expect(report.levels == [level])
      #expect(report.evaluations == 7 + problem.points.count - before)
      with += report.certificate.nodes
      without += plain.certificate.nodes
    }
    #expect(with < without)
  }

  @Test("the best points asked for are those of enumeration, in their order, and all there are where there are fewer")
  func ranks() {
    var (many, fewer) = (0, 0)
    for seed in 0..<200 {
      let problem = Self.problem(seed)
      var all: [(point: [Int], score: Score)] = []
      problem.variables.forEachPoint { point in
        let canonical = problem.canonical(point)
        let score = problem.bound(lower: canonical, upper: canonical)
        if score.isFeasible, !all.contains(where: { $0.point == canonical }) { all.append((canonical, score)) }
      }
      all.sort { $0.score < $1.score || $0.score == $1.score && $0.point.lexicographicallyPrecedes($1.point) }
      var strategy = BranchAndBound()
      strategy.count = 1 + seed % 7
      let report = strategy.run(problem, stopping: StoppingRule())
      let expected = all.prefix(strategy.count)
      #expect(report.ranked.map(\.point) == expected.map(\.point), "\(seed)")
      #expect(report.ranked.map(\.score) == expected.map(\.score))
      many += expected.count > 1 ? 1 : 0
      fewer += expected.count < strategy.count ? 1 : 0
    }
    #expect(many > 50 && fewer > 5)
  }

  @Test("an infeasible problem keeps the start's point of least violation")
  func infeasibleStart() {
    var count = 0
    for seed in 0..<200 {
      let problem = Self.problem(seed)
      let best = problem.enumerated()
      guard !best.score.isFeasible else { continue }
      count += 1
      let report = BranchAndBound().run(problem, from: Self.report(best.point, best.score), stopping: StoppingRule())
      #expect(report.point == best.point)
      #expect(report.score == best.score)
      #expect(report.certificate.status == .infeasible)
    }
    #expect(count > 10)
  }

  @Test("what clip cuts off the whole box is never scored")
  func clip() {
    var cut = 0
    for seed in 0..<200 {
      let problem = Self.problem(seed)
      _ = BranchAndBound().run(problem, stopping: StoppingRule())
      var (lower, upper) = (problem.variables.map(\.lower), problem.variables.map(\.upper))
      guard problem.clip(lower: &lower, upper: &upper) else { continue }
      if upper != problem.variables.map(\.upper) { cut += 1 }
      for point in problem.points { #expect(zip(point, upper).allSatisfy { $0 <= $1 }) }
    }
    #expect(cut > 20)
  }

  /// 0 ≤ x ≤ 9, minimise x; `clip` raises the lower end to 4 and knows nothing above 6. Keeps the lower ends that it was
  /// asked to bound.
  private final class Clipped: BoundedProblem {
    let variables = [variable(0, 9)]
    let lowerEnds = Mutex<[Int]>([])
    func score(_ point: [Int]) -> Score { feasible(point[0]) }
    func canonical(_ point: [Int]) -> [Int] { [max(point[0], 4)] }
    func corner(_ point: [Int]) -> Int { point[0] }
    func bound(from _: [Int], _ lower: Int, to _: [Int], _ upper: Int) -> Score {
      lowerEnds.withLock { $0.append(lower) }
      return feasible(lower)
    }
    func clip(lower: inout [Int], upper: inout [Int]) -> Bool {
      lower[0] = max(lower[0], 4)
      upper[0] = min(upper[0], 6)
      return lower[0] <= upper[0]
    }
  }

  @Test("clip may raise the lower end too, and bounds are then asked for what is left")
  func clipLower() {
    let problem = Clipped()
    let report = BranchAndBound().run(problem, from: Self.report([9], feasible(9)), stopping: StoppingRule())
    #expect(report.point == [4])
    #expect(report.score == feasible(4))
    #expect(report.certificate.status == .optimal)
    // The first bound is that of the whole box.
    let asked = problem.lowerEnds.withLock { $0.dropFirst() }
    #expect(!asked.isEmpty)
    #expect(asked.allSatisfy { 4...6 ~= $0 }, "\(asked)")
  }

  @Test("a proof that ends with the last evaluation of the budget is a proof")
  func lastEvaluation() {
    var proofs = 0
    for seed in 0..<100 {
      let problem = Self.problem(seed)
      let needed = BranchAndBound().run(problem, stopping: StoppingRule()).evaluations
      let report = BranchAndBound().run(problem, stopping: StoppingRule(maximumEvaluations: needed))
      switch report.certificate.status {
      case .optimal:
        proofs += 1
        #expect(report.termination == .optimal)
      case .infeasible: #expect(report.termination == .infeasible)
      case .gap, .none: #expect(report.termination == .budget)
      }
    }
    #expect(proofs > 0)
  }
}
