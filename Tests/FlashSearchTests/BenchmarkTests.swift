import Testing

@testable import FlashSearch

extension BenchmarkProblem: CustomTestStringConvertible {
  var testDescription: String { name }
}

/// Problems with known optima: found, feasible, within the budget that each states.
@Suite("SHGO on benchmarks") struct BenchmarkTests {
  private func expectOptimum(
    _ benchmark: BenchmarkProblem, _ search: SHGO = SHGO(), at location: SourceLocation = #_sourceLocation
  ) {
    var calls = (objective: 0, inequalities: 0, equalities: 0)
    let problem = MinimizationProblem<Never>(
      bounds: benchmark.bounds,
      objective: {
        calls.objective += 1
        return benchmark.objective($0)
      },
      inequalities: benchmark.inequalities.map { function in
        {
          calls.inequalities += 1
          return function($0)
        }
      },
      equalities: benchmark.equalities.map { function in
        {
          calls.equalities += 1
          return function($0)
        }
      })
    let report = search.run(problem, stopping: StoppingRule(maximumEvaluations: benchmark.budget))
    #expect(report.isSuccess && report.evaluations <= benchmark.budget, sourceLocation: location)
    #expect(report.objectiveCalls == calls.objective, sourceLocation: location)
    #expect(report.constraintCalls == max(calls.inequalities, calls.equalities), sourceLocation: location)
    #expect(report.evaluations >= max(calls.objective, calls.inequalities, calls.equalities), sourceLocation: location)
    guard let best = report.best else { return }
    #expect(benchmark.isOptimum(best.objective), "\(best.objective) at \(best.point)", sourceLocation: location)
    for value in benchmark.inequalities?(best.point) ?? [] {
      #expect(value <= search.constraintTolerance, sourceLocation: location)
    }
    for value in benchmark.equalities?(best.point) ?? [] {
      #expect(abs(value) <= search.constraintTolerance, sourceLocation: location)
    }
    for (coordinate, bound) in zip(best.point, benchmark.bounds) {
      #expect(bound.lower <= coordinate && coordinate <= bound.upper, sourceLocation: location)
    }
  }

  @Test("Global functions of SciPy's benchmark set", arguments: GlobalSuite.problems)
  func global(benchmark: BenchmarkProblem) { expectOptimum(benchmark) }

  @Test(
    "Functions whose minimum the box has in its centre, in a box that is not centred", arguments: GlobalSuite.centred)
  func moved(benchmark: BenchmarkProblem) {
    let bounds = benchmark.bounds.map { (lower: 0.83 * $0.lower, upper: 0.61 * $0.upper) }
    expectOptimum(
      BenchmarkProblem(
        benchmark.name, bounds, optimum: benchmark.optimum, budget: benchmark.budget, benchmark.objective))
  }

  @Test("Constrained G problems", arguments: ConstrainedSuite.problems)
  func constrained(benchmark: BenchmarkProblem) { expectOptimum(benchmark) }

  @Test("Global functions in two dimensions without derivatives", arguments: GlobalSuite.planar)
  func derivativeFree(benchmark: BenchmarkProblem) {
    var search = SHGO()
    search.localMethod = .derivativeFree
    expectOptimum(benchmark, search)
  }

  @Test("Global functions in two dimensions over Sobol points", arguments: GlobalSuite.planar)
  func sobol(benchmark: BenchmarkProblem) {
    var search = SHGO()
    search.complex = .sobol
    expectOptimum(benchmark, search)
  }

  @Test("Constrained problems over Sobol points", arguments: ConstrainedSuite.problems.filter { $0.bounds.count < 10 })
  func constrainedSobol(benchmark: BenchmarkProblem) {
    var search = SHGO()
    search.complex = .sobol
    expectOptimum(benchmark, search)
  }

  @Test(
    "Two runs give the same report", arguments: [ConstrainedSuite.g13, ConstrainedSuite.g18, GlobalSuite.eggHolder])
  func repeatable(benchmark: BenchmarkProblem) {
    for complex in [SHGO.Complex.simplicial, .sobol] {
      var search = SHGO()
      search.complex = complex
      let rule = StoppingRule(maximumEvaluations: 3_000)
      #expect(search.run(benchmark.problem, stopping: rule) == search.run(benchmark.problem, stopping: rule))
    }
  }

  @Test("Any budget is kept, and its best point is the best that was seen")
  func budgets() {
    for budget in [0, 1, 2, 3, 50, 145, 146, 150, 170, 300, 1000] {
      for complex in [SHGO.Complex.simplicial, .sobol] {
        var seen: [Double] = []
        let problem = MinimizationProblem<Never>(
          bounds: GlobalSuite.eggHolder.bounds,
          objective: {
            seen.append(GlobalSuite.eggHolder.objective($0))
            return seen[seen.count - 1]
          })
        var search = SHGO()
        search.complex = complex
        let report = search.run(problem, stopping: StoppingRule(maximumEvaluations: budget))
        #expect(report.evaluations == budget && seen.count == budget && report.status == .budget)
        #expect(report.best?.objective == seen.min())
        let levels = report.levels.reduce(0) { $0 + $1.samplingEvaluations + $1.localEvaluations }
        #expect(levels == budget)
      }
    }
  }
}
