import FlashNumerics
import Testing

@testable import FlashSearch

/// Functions of integers whose minimum is known by construction.
@Suite("Hierarchical SHGO")
struct HierarchicalSHGOTests {
  private func run(_ problem: FunctionProblem, _ rule: StoppingRule = StoppingRule()) -> SearchReport {
    HierarchicalSHGO().run(problem, stopping: rule)
  }

  @Test("the minimum of a separable function is found, over steps and fixed variables too", arguments: 1...9)
  func separable(dimension: Int) {
    for trial in 0..<10 {
      var random = SplitMix64(seed: 1, stream: UInt64(dimension), UInt64(trial))
      let box = [IntegerVariable].randomBox(dimension, most: 40, &random)
      let target = box.randomPoint(&random)
      let weights = box.map { _ in 1 + random.below(9) }
      let problem = FunctionProblem(box) { point in
        feasible(zip(weights, zip(point, target)).reduce(7) { $0 + $1.0 * abs($1.1.0 - $1.1.1) })
      }
      let report = run(problem)
      #expect(report.point == target, "\(box.map(\.count))")
      #expect(report.score == feasible(7))
      #expect(report.termination == .converged)
      #expect(report.strategy == "hierarchical")
      #expect(report.certificate == .none)
    }
  }

  @Test("the minimum of a rotated quadratic is found", arguments: 2...6)
  func rotated(dimension: Int) {
    for trial in 0..<10 {
      var random = SplitMix64(seed: 2, stream: UInt64(dimension), UInt64(trial))
      let box = (0..<dimension).map { _ in variable(random.below(11) - 20, 20 + random.below(11)) }
      let target = box.randomPoint(&random)
      // |L(x − x*)|² with L lower triangular and invertible: one minimum, axes that are not the variables'.
      let matrix = (0..<dimension).map { row in
        (0..<dimension).map { $0 == row ? 2 : $0 < row ? random.below(3) - 1 : 0 }
      }
      let problem = FunctionProblem(box) { point in
        feasible(
          matrix.reduce(0) { sum, row in
            let entry = zip(row, zip(point, target)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
            return sum + entry * entry
          })
      }
      let report = run(problem)
      #expect(report.point == target)
      #expect(report.score.objective == 0)
    }
  }

  @Test("the global minimum is found among many local ones", arguments: 2...3)
  func multimodal(dimension: Int) {
    for trial in 0..<10 {
      var random = SplitMix64(seed: 3, stream: UInt64(dimension), UInt64(trial))
      let box = (0..<dimension).map { _ in variable(0, 2 * (20 + random.below(11)), step: 2) }
      let target = box.randomPoint(&random)
      // Steps away from the target: every fifth is a local minimum, 40 below the four around it.
      let problem = FunctionProblem(box) { point in
        feasible(
          zip(point, target).reduce(0) { sum, pair in
            let steps = (pair.0 - pair.1) / 2
            return sum + steps * steps + (steps % 5 == 0 ? 0 : 40)
          })
      }
      let report = run(problem)
      #expect(report.point == target)
      #expect(report.levels.last.map { $0.minima > 1 } == true)
    }
  }

  @Test("a small feasible region in a wide box is found, and its best point")
  func smallRegion() {
    for trial in 0..<10 {
      var random = SplitMix64(seed: 4, stream: UInt64(trial))
      let box = (0..<5).map { _ in variable(0, 30) }
      let target = box.map { _ in 3 + random.below(25) }
      // 61 of 28 629 151 points are within two steps of the target.
      let problem = FunctionProblem(box) { point in
        let distance = zip(point, target).reduce(0) { $0 + abs($1.0 - $1.1) }
        let objective = zip(point, [1, 2, 9, 3, 4]).reduce(0) { $0 + $1.0 * $1.1 }
        return Score(objective: Double(objective), violation: Double(max(0, distance - 2)))
      }
      let report = run(problem)
      var best = target
      best[2] -= 2
      #expect(report.score.isFeasible)
      #expect(report.point == best)
    }
  }

  @Test("an infeasible problem ends with the point of least violation")
  func infeasible() {
    for trial in 0..<10 {
      var random = SplitMix64(seed: 5, stream: UInt64(trial))
      let box = [IntegerVariable].randomBox(4, most: 25, &random)
      let target = box.randomPoint(&random)
      let problem = FunctionProblem(box) { point in
        let distance = zip(point, target).reduce(0) { $0 + abs($1.0 - $1.1) }
        return Score(objective: Double(-distance), violation: 1 + Double(distance))
      }
      let report = run(problem)
      #expect(report.point == target)
      #expect(report.score.violation == 1)
      #expect(!report.score.isFeasible)
      #expect(report.termination == .converged)
      #expect(report.gap == nil)
    }
  }

  @Test("a function that is not a number everywhere ends, infeasible")
  func notANumber() {
    let report = run(FunctionProblem([variable(0, 9), variable(0, 9)]) { _ in Score(objective: .nan, violation: 0) })
    #expect(!report.score.isFeasible)
    #expect(report.termination == .converged)
  }

  @Test("a box of a single point gives that point", arguments: [0, 1, 3])
  func singlePoint(dimension: Int) {
    let box = (0..<dimension).map { variable($0, $0) }
    let report = run(FunctionProblem(box) { _ in feasible(3) })
    #expect(report.point == Array(0..<dimension))
    #expect(report.score == feasible(3))
    #expect(report.termination == .converged)
  }

  @Test("only points of the box and its lattice are scored")
  func lattice() {
    for trial in 0..<20 {
      var random = SplitMix64(seed: 6, stream: UInt64(trial))
      let box = [IntegerVariable].randomBox(1 + random.below(5), most: 12, &random)
      let problem = FunctionProblem(box) { point in feasible(point.reduce(0) { $0 &* 31 &+ $1 } % 101) }
      let report = run(problem)
      #expect(problem.points.allSatisfy(box.hold))
      #expect(box.hold(report.point))
    }
  }

  @Test("points that come back soon are not asked for again, and every call is counted")
  func repeated() {
    var random = SplitMix64(seed: 7)
    let box = (0..<6).map { _ in variable(0, 30) }
    let target = box.randomPoint(&random)
    let problem = FunctionProblem(box) { point in
      feasible(zip(point, target).reduce(0) { $0 + abs($1.0 - $1.1) * (1 + ($1.0 + $1.1) % 3) })
    }
    let report = run(problem)
    #expect(report.point == target)
    #expect(report.evaluations == problem.calls)
    #expect(Set(problem.points).count * 10 > problem.calls * 7)
  }

  @Test("the reported point is canonical")
  func canonical() {
    // The second variable counts up to the first: above it, it changes nothing.
    let problem = FunctionProblem(
      [variable(2, 20), variable(0, 30)], canonical: { [$0[0], min($0[0], $0[1])] },
      { feasible(10 * $0[0] - min($0[0], $0[1])) })
    let report = run(problem)
    #expect(report.point == [2, 2])
  }

  @Test("blocks that score a little off lead where scores one by one do, and every reported score is exact")
  func blocks() {
    for trial in 0..<40 {
      var random = SplitMix64(seed: 8, stream: UInt64(trial))
      let box = [IntegerVariable].randomBox(1 + random.below(6), most: 20, &random)
      let target = box.randomPoint(&random)
      let limit = random.below(12)
      let function = FunctionProblem(box) { point in
        let distances = zip(point, target).map { abs($0 - $1) }
        let sum = distances.enumerated().reduce(0) { $0 + $1.element * ($1.element % 3 + $1.offset + 1) }
        return Score(objective: Double(sum) - 50, violation: Double(max(0, limit - distances.reduce(0, +))))
      }
      let expected = run(function)
      for deviation in [1, 1 - 1e-13, 1 + 1e-13] {
        let problem = BlockProblem(function: function, deviation: deviation)
        let report = HierarchicalSHGO().run(problem, stopping: StoppingRule())
        #expect(report.score == expected.score && report.point == expected.point)
        #expect(report.improvements.last?.score == report.score)
        let budget = 1 + report.evaluations / 2
        let stopped = HierarchicalSHGO().run(problem, stopping: StoppingRule(maximumEvaluations: budget))
        #expect(stopped.evaluations == budget && stopped.termination == .budget)
        #expect(stopped.score == function.score(stopped.point))
        #expect(stopped.improvements.last?.score == stopped.score)
      }
    }
  }
}
