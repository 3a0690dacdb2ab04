import Foundation
import Testing

@testable import FlashSearch

/// How a minimisation ends, on bad problems above all.
@Suite("Minimisation statuses") struct MinimizationStatusTests {
  static let complexes = [SHGO.Complex.simplicial, .sobol]

  private func run(
    _ complex: SHGO.Complex, _ problem: MinimizationProblem<Never>,
    _ rule: StoppingRule = StoppingRule(maximumEvaluations: 20_000)
  ) -> MinimizationReport {
    var search = SHGO()
    search.complex = complex
    return search.run(problem, stopping: rule)
  }

  private func run(
    _ problem: MinimizationProblem<Never>, _ rule: StoppingRule = StoppingRule(maximumEvaluations: 20_000)
  ) -> MinimizationReport {
    run(.simplicial, problem, rule)
  }

  private static let square = BenchmarkProblem.box(-1, 2, 2)

  private static func squares(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } }

  @Test("An objective that is nowhere a number has no feasible point", arguments: complexes)
  func noNumber(complex: SHGO.Complex) {
    for value in [Double.nan, .infinity, -.infinity] {
      let report = run(complex, MinimizationProblem(bounds: Self.square, objective: { _ in value }))
      #expect(report.status == .noFeasiblePoint && !report.isSuccess)
      #expect(report.best?.isFeasible == false && report.best?.violation == .infinity)
    }
  }

  @Test("An objective that is no number in places is minimised in the others", arguments: complexes)
  func holes(complex: SHGO.Complex) {
    let problem = MinimizationProblem<Never>(
      bounds: Self.square, objective: { $0[0] < 0.5 ? .nan : Self.squares($0) })
    let report = run(complex, problem)
    #expect(report.isSuccess)
    // The edge of a hole is no constraint that a local search can follow.
    #expect((report.best?.objective ?? 1) < 0.26)
  }

  @Test("A constraint that is no number is violated", arguments: [Double.nan, -.infinity, .infinity])
  func constraintHoles(value: Double) {
    let problem = MinimizationProblem<Never>(
      bounds: Self.square, objective: Self.squares, inequalities: { [$0[0] < 0.5 ? value : -1] })
    let report = run(problem)
    #expect(report.isSuccess && (report.best?.point[0] ?? 0) >= 0.5)
    let none = run(MinimizationProblem(bounds: Self.square, objective: Self.squares, equalities: { _ in [value] }))
    #expect(none.status == .noFeasiblePoint && !none.isSuccess)
  }

  @Test("A function that falls for ever in an open box is unbounded", arguments: complexes)
  func unbounded(complex: SHGO.Complex) {
    let open = (-Double.infinity, Double.infinity)
    for function in [{ $0[0] }, { -abs($0[0]).squareRoot() }, { $0[1] * $0[1] - $0[0] * $0[0] }]
      as [([Double]) -> Double]
    {
      let report = run(complex, MinimizationProblem(bounds: [open, open], objective: function))
      #expect(report.status == .unbounded && !report.isSuccess)
    }
  }

  @Test(
    "A function that levels off in an open box, or has its minimum far away, is not unbounded", arguments: complexes)
  func open(complex: SHGO.Complex) {
    let half = (0.0, Double.infinity)
    let levelling = run(complex, MinimizationProblem(bounds: [half], objective: { exp(-$0[0]) }))
    #expect(levelling.status != .unbounded && levelling.isSuccess)
    let far = run(
      complex, MinimizationProblem(bounds: [half, half], objective: { Self.squares($0.map { $0 - 54321 }) }))
    #expect(far.isSuccess && zip(far.best?.point ?? [], [54321, 54321]).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test("Empty boxes and problems without variables are invalid")
  func invalid() {
    let objective: ([Double]) -> Double = { _ in 0 }
    #expect(run(MinimizationProblem([], objective: objective)).status == .invalid(.noVariables))
    let crossed = MinimizationProblem<Never>(bounds: [(0, 1), (2, 1)], objective: objective)
    #expect(run(crossed).status == .invalid(.emptyRange(variable: 1)))
    let infinite = MinimizationProblem<Never>(bounds: [(.infinity, .infinity)], objective: objective)
    #expect(run(infinite).status == .invalid(.emptyRange(variable: 0)))
    #expect(run(MinimizationProblem([.categorical(count: 0)], objective: objective)).evaluations == 0)
    var search = SHGO()
    search.symmetry = [[0, 1]]
    let unequal = MinimizationProblem<Never>(bounds: [(0, 1), (0, 2)], objective: objective)
    #expect(search.run(unequal).status == .invalid(.unequalSymmetry(group: 0)))
    search.symmetry = [[0, 7]]
    #expect(search.run(unequal).status == .invalid(.unequalSymmetry(group: 0)))
  }

  @Test("Constraints whose number changes are invalid")
  func changingCount() {
    var calls = 0
    let problem = MinimizationProblem<Never>(
      bounds: Self.square, objective: Self.squares,
      inequalities: { _ in
        calls += 1
        return calls < 5 ? [-1] : [-1, -1]
      })
    let report = run(problem)
    #expect(report.status == .invalid(.constraintCount(found: 2, expected: 1)) && !report.isSuccess)
  }

  @Test("A box of one point is evaluated once", arguments: complexes)
  func onePoint(complex: SHGO.Complex) {
    let problem = MinimizationProblem<Never>(bounds: [(2, 2), (-1, -1)], objective: Self.squares)
    let report = run(complex, problem)
    #expect(
      report.isSuccess && report.evaluations == 1 && report.best?.point == [2, -1] && report.best?.objective == 5)
    let worse = MinimizationProblem<Never>(
      bounds: [(2, 2), (-1, -1)], objective: Self.squares, inequalities: { [$0[0]] })
    #expect(run(complex, worse).status == .noFeasiblePoint)
  }

  @Test("A fixed variable keeps its value", arguments: complexes)
  func fixed(complex: SHGO.Complex) {
    let problem = MinimizationProblem<Never>(bounds: [(-1, 2), (0.3, 0.3), (-2, 1)], objective: Self.squares)
    let report = run(complex, problem)
    #expect(report.isSuccess && report.best?.point[1] == 0.3 && (report.best?.objective ?? 1) < 0.09 + 1e-8)
  }

  @Test("A budget of 0, a deadline in the past and an interruption end the search, with the best so far")
  func stops() {
    let problem = MinimizationProblem<Never>(bounds: Self.square, objective: Self.squares)
    let nothing = run(problem, StoppingRule(maximumEvaluations: 0))
    #expect(nothing.status == .budget && nothing.best == nil && !nothing.isSuccess && nothing.minima.isEmpty)
    let late = run(problem, StoppingRule(deadline: ContinuousClock.now - .seconds(1)))
    #expect(late.status == .timeLimit && late.evaluations == 0 && !late.isSuccess)
    var calls = 0
    let counted = MinimizationProblem<Never>(
      bounds: Self.square,
      objective: {
        calls += 1
        return Self.squares($0)
      })
    let clock = StopAfter(50)
    let interrupted = run(counted, StoppingRule(isInterrupted: { clock.isOver() }))
    #expect(interrupted.status == .interrupted && !interrupted.isSuccess && interrupted.best?.isFeasible == true)
    #expect(interrupted.evaluations == calls && calls <= 50)
  }

  @Test("A deadline is kept by slow functions")
  func slow() {
    let problem = MinimizationProblem<Never>(
      bounds: Self.square,
      objective: {
        Thread.sleep(forTimeInterval: 0.002)
        return Self.squares($0)
      })
    let report = run(problem, StoppingRule(deadline: ContinuousClock.now + .milliseconds(50)))
    // Fewer on a busy machine, down to none.
    #expect(report.status == .timeLimit && report.evaluations <= 26 && report.isSuccess == (report.evaluations > 0))
  }

  @Test("200 variables end within their budget", arguments: complexes)
  func many(complex: SHGO.Complex) {
    let problem = MinimizationProblem<Never>(
      bounds: BenchmarkProblem.box(-3, 4, complex == .sobol ? 40 : 200), objective: Self.squares)
    let report = run(complex, problem, StoppingRule(maximumEvaluations: 10_000))
    #expect(report.isSuccess && report.evaluations <= 10_000)
    #expect((report.best?.objective ?? 1) < 1e-5)
  }

  private struct Failure: Error, Equatable {
    let call: Int
  }

  @Test("A callback's error ends the search and is passed on", arguments: [1, 2, 145, 146, 150, 160])
  func throwing(call: Int) {
    for kind in 0..<3 {
      for method in [SHGO.LocalMethod.quasiNewton, .derivativeFree] {
        var calls = 0
        func count() throws(Failure) {
          calls += 1
          if calls == call { throw Failure(call: calls) }
        }
        let problem = MinimizationProblem<Failure>(
          bounds: Self.square,
          objective: { (x: [Double]) throws(Failure) -> Double in
            if kind == 0 { try count() }
            return Self.squares(x)
          },
          inequalities: { (x: [Double]) throws(Failure) -> [Double] in
            if kind == 1 { try count() }
            return [x[0] - 5]
          },
          equalities: { (x: [Double]) throws(Failure) -> [Double] in
            if kind == 2 { try count() }
            return [x[0] + x[1] - 0.1]
          })
        var search = SHGO()
        search.localMethod = method
        #expect(throws: Failure(call: call)) {
          _ = try search.run(problem, stopping: StoppingRule(maximumEvaluations: 5_000))
        }
        #expect(calls == call)
      }
    }
  }

  @Test("A small feasible region that no vertex hits is found", arguments: complexes)
  func smallRegion(complex: SHGO.Complex) {
    let problem = MinimizationProblem<Never>(
      bounds: BenchmarkProblem.box(-10, 10, 4), objective: { -$0[0] },
      inequalities: { x in [Self.squares(x.map { $0 - 3.3 }) - 1e-6] })
    let report = run(complex, problem)
    #expect(report.isSuccess && abs((report.best?.objective ?? 0) + 3.301) < 1e-5)
    #expect(report.constraintCalls == report.evaluations && report.objectiveCalls <= report.evaluations)
  }

  @Test("f is not called where a vertex is infeasible")
  func sparing() {
    let problem = MinimizationProblem<Never>(
      bounds: Self.square, objective: Self.squares, inequalities: { _ in [1] })
    var search = SHGO()
    search.iterations = 1
    let report = search.run(problem, stopping: StoppingRule(maximumEvaluations: 145))
    #expect(report.objectiveCalls == 0 && report.constraintCalls == 145)
    #expect(report.best?.objective.isNaN == true)
  }
}

/// Says that it is over after some questions.
private final class StopAfter: @unchecked Sendable {
  private var left: Int

  init(_ count: Int) { left = count }

  func isOver() -> Bool {
    left -= 1
    return left < 0
  }
}
