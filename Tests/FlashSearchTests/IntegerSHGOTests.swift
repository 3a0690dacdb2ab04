import FlashNumerics
import Testing

@testable import FlashSearch

/// SHGO as a strategy for integer problems.
@Suite("SHGO of integer problems") struct IntegerSHGOTests {
  @Test(
    "every evaluation is one score, of a point of the box that was not scored before; the report is the best of them")
  func counts() {
    for trial in 0..<20 {
      var random = SplitMix64(seed: 11, stream: UInt64(trial))
      let box = [IntegerVariable].randomBox(1 + random.below(6), most: 12, &random)
      let most = random.below(60)
      for budget in [0, 1, 7, 150, .max] {
        let problem = FunctionProblem(box) { point in
          let sum = point.reduce(0) { $0 &* 31 &+ $1 }
          return Score(objective: Double(abs(sum % 101)), violation: Double(max(0, point.reduce(0, +) - most)))
        }
        let report = SHGO().run(problem, stopping: StoppingRule(maximumEvaluations: budget))
        #expect(report.strategy == "shgo" && report.certificate == .none)
        #expect(report.evaluations == problem.calls && report.evaluations <= budget)
        #expect(Set(problem.points).count == problem.calls && problem.points.allSatisfy(box.hold))
        #expect(report.termination == (report.evaluations == budget ? .budget : .converged))
        #expect(report.score == problem.leastScore)
        #expect(report.improvements.last?.score ?? .none == report.score)
        if budget > 0 { #expect(problem.points.contains(report.point)) }
      }
    }
  }

  @Test("the enumerated optimum of random constrained quadratics is found", arguments: 2...4)
  func enumerated(dimension: Int) {
    for trial in 0..<20 {
      var random = SplitMix64(seed: 12, stream: UInt64(dimension), UInt64(trial))
      let box = [IntegerVariable].randomBox(dimension, most: 14, &random)
      let (target, least) = (box.randomPoint(&random), box.randomPoint(&random).reduce(0, +))
      let problem = FunctionProblem(box) { point in
        let squares = zip(point, target).enumerated().reduce(0) { sum, entry in
          sum + (entry.offset + 1) * (entry.element.0 - entry.element.1) * (entry.element.0 - entry.element.1)
        }
        return Score(objective: Double(squares), violation: Double(max(0, least - point.reduce(0, +))))
      }
      let report = SHGO().run(problem, stopping: StoppingRule())
      var best = Score.none
      box.forEachPoint { best = min(best, problem.score($0)) }
      #expect(report.score == best && report.termination == .converged, "\(box.map(\.count))")
    }
  }

  @Test("a small feasible region in a wide box is walked to; a problem without one ends with the least violation")
  func feasibility() {
    for trial in 0..<10 {
      var random = SplitMix64(seed: 13, stream: UInt64(trial))
      let target = (0..<5).map { _ in 3 + random.below(25) }
      for excess in [0, 1] {
        let problem = FunctionProblem((0..<5).map { _ in variable(0, 30) }) { point in
          let distance = zip(point, target).reduce(0) { $0 + abs($1.0 - $1.1) }
          let objective = zip(point, [1, 2, 9, 3, 4]).reduce(0) { $0 + $1.0 * $1.1 }
          return Score(objective: Double(objective), violation: Double(max(0, distance - 2) + excess))
        }
        let report = SHGO().run(problem, stopping: StoppingRule())
        #expect(report.score.violation == Double(excess) && report.score.isFeasible == (excess == 0))
        #expect(report.termination == .converged)
      }
    }
  }

  @Test("time limit, interrupt, a single point, no number anywhere and the canonical point")
  func endings() {
    let box = [variable(2, 20), variable(0, 30)]
    let problem = FunctionProblem(box, canonical: { [$0[0], min($0[0], $0[1])] }) {
      feasible($0[0] * 10 - min($0[0], $0[1]))
    }
    let late = SHGO().run(problem, stopping: StoppingRule(deadline: ContinuousClock.now))
    #expect(late.termination == .timeLimit && late.evaluations == 0 && late.score == .none && late.point == [2, 0])
    let interrupted = SHGO().run(problem, stopping: StoppingRule(isInterrupted: { true }))
    #expect(interrupted.termination == .interrupted)
    #expect(SHGO().run(problem, stopping: StoppingRule()).point == [2, 2])
    let single = SHGO().run(FunctionProblem([variable(3, 3)]) { _ in feasible(7) }, stopping: StoppingRule())
    #expect(single.point == [3] && single.score == feasible(7) && single.evaluations == 1)
    let none = SHGO().run(
      FunctionProblem(box) { _ in Score(objective: .nan, violation: 0) }, stopping: StoppingRule())
    #expect(!none.score.isFeasible && none.termination == .converged)
  }

  @Test("200 variables are searched within their budget")
  func wide() {
    let problem = FunctionProblem((0..<200).map { _ in variable(0, 9) }) { point in
      feasible(point.reduce(0) { $0 + abs($1 - 4) })
    }
    let report = SHGO().run(problem, stopping: StoppingRule(maximumEvaluations: 5000))
    #expect(report.evaluations == 5000 && problem.calls == 5000)
    #expect(report.score.objective < problem.score(Array(repeating: 0, count: 200)).objective)
  }
}
