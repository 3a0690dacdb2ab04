import Foundation
import Testing

@testable import FlashSearch

/// The problems of SciPy's own tests of `shgo`: functions, bounds, constraints, expected minima, tolerance 1e-5.
///
/// Source: SciPy 1.17.1, scipy/optimize/tests/test__shgo.py. Left out: what only concerns Python (arguments, derivatives
/// passed in, other solvers' names, printing, pools of processes).
@Suite("SHGO on SciPy's tests") struct SciPySHGOTests {
  static let complexes = [SHGO.Complex.simplicial, .sobol]

  private func search(_ complex: SHGO.Complex) -> SHGO {
    var search = SHGO()
    search.complex = complex
    return search
  }

  /// Runs a problem and holds the report to the expected minimum, and to the honesty of its counts.
  @discardableResult
  private func expect(
    _ search: SHGO, _ bounds: [(lower: Double, upper: Double)], x: [Double]?, value: Double?, budget: Int = 20_000,
    _ objective: @escaping ([Double]) -> Double, inequalities: (([Double]) -> [Double])? = nil,
    equalities: (([Double]) -> [Double])? = nil, at location: SourceLocation = #_sourceLocation
  ) -> MinimizationReport {
    var calls = 0
    let problem = MinimizationProblem<Never>(
      bounds: bounds,
      objective: {
        calls += 1
        return objective($0)
      }, inequalities: inequalities, equalities: equalities)
    let report = search.run(problem, stopping: StoppingRule(maximumEvaluations: budget))
    #expect(report.isSuccess, "\(report.status)", sourceLocation: location)
    #expect(report.objectiveCalls == calls && report.evaluations <= budget, sourceLocation: location)
    guard let best = report.best else { return report }
    for (coordinate, bound) in zip(best.point, bounds) {
      #expect(bound.lower <= coordinate && coordinate <= bound.upper, sourceLocation: location)
    }
    #expect(best.objective == objective(best.point), sourceLocation: location)
    if let x {
      let isNear = zip(best.point, x).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
      #expect(isNear && best.point.count == x.count, "\(best.point)", sourceLocation: location)
    }
    if let value {
      #expect(abs(best.objective - value) <= 1e-5, "\(best.objective)", sourceLocation: location)
    }
    return report
  }

  private static func squares(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } }
  private static func sum(_ x: [Double]) -> Double { x.reduce(0, +) }

  private static func rosenbrock(_ x: [Double]) -> Double {
    var total = 0.0
    for index in 1..<x.count {
      let (curve, rest) = (x[index] - x[index - 1] * x[index - 1], 1 - x[index - 1])
      total += 100 * curve * curve + rest * rest
    }
    return total
  }

  // MARK: Base functions

  @Test("x² + y² in a box, at its corner and without bounds", arguments: complexes)
  func parabola(complex: SHGO.Complex) {
    let open = (-Double.infinity, Double.infinity)
    for bounds in [[(-1.0, 6.0), (-1, 6)], [(0, 1), (0, 1)], [open, open]] {
      expect(search(complex), bounds, x: [0, 0], value: 0, Self.squares, inequalities: { [Self.sum($0) - 6] })
    }
  }

  static let waves: [(x: Double, value: Double)] = [
    (1.53567906, -28.44677132), (55.01782167, -24.99785984), (7.80894889, -22.16855376), (48.74797493, -18.72136195),
    (14.07445705, -15.89423937), (42.4913859, -12.45154942), (20.31743841, -9.63133158), (36.28607535, -6.20801301),
    (26.43039605, -3.43727232), (30.76371366, -0.46353338),
  ]

  @Test("(x − 30) sin x has ten local minima, which come in order", arguments: complexes)
  func allMinima(complex: SHGO.Complex) {
    let report = expect(
      search(complex), [(0, 60)], x: [1.53567906], value: -28.44677132, { ($0[0] - 30) * sin($0[0]) },
      inequalities: { [$0[0] - 58] })
    // x = 58, where the constraint ends the descent, is a local minimum of the constrained problem too.
    let inside = report.minima.filter { $0.isFeasible && $0.point[0] > 1e-3 && $0.point[0] < 57.9 }
    #expect(inside.count == Self.waves.count)
    for (found, expected) in zip(inside, Self.waves) {
      #expect(abs(found.point[0] - expected.x) <= 1e-5 && abs(found.objective - expected.value) <= 1e-5)
    }
    #expect(zip(report.minima, report.minima.dropFirst()).allSatisfy { $0.objective <= $1.objective })
    expect(
      search(complex), [(0, 4.5)], x: [1.53567906], value: -28.44677132, { ($0[0] - 30) * sin($0[0]) },
      inequalities: { [$0[0] - 58] })
  }

  @Test("Hock and Schittkowski 18", arguments: complexes)
  func hock18(complex: SHGO.Complex) {
    expect(
      search(complex), [(2, 50), (0, 50)], x: [15.811388300841896, 1.5811388300841898], value: 5,
      { 0.01 * $0[0] * $0[0] + $0[1] * $0[1] },
      inequalities: { [25 - $0[0] * $0[1], 25 - $0[0] * $0[0] - $0[1] * $0[1]] })
  }

  @Test("Hock and Schittkowski 11 of SciPy, 100 of the collection, by both local methods", arguments: complexes)
  func hock11(complex: SHGO.Complex) {
    let problem = ConstrainedSuite.g09
    let x = [2.330499, 1.951372, -0.4775414, 4.365726, -0.6244870, 1.038131, 1.594227]
    expect(
      search(complex), problem.bounds, x: x, value: 680.6300573, problem.objective,
      inequalities: problem.inequalities)
  }

  @Test("Eggholder", arguments: complexes)
  func eggholder(complex: SHGO.Complex) {
    expect(
      search(complex), GlobalSuite.eggHolder.bounds, x: [512, 404.23180542], value: -959.6406627208509,
      GlobalSuite.eggHolder.objective)
  }

  @Test("Lennard-Jones of two atoms, its variables interchangeable")
  func lennardJones() {
    var search = search(.simplicial)
    search.symmetry = [[0, 1, 2, 3, 4, 5]]
    expect(
      search, BenchmarkProblem.box(-4, 4, 6), x: nil, value: -1,
      { x in
        let square = pow(x[0] - x[3], 2) + pow(x[1] - x[4], 2) + pow(x[2] - x[5], 2)
        let cube = square * square * square
        return square > 0 ? (1 / cube - 2) / cube : 0
      })
  }

  @Test("Symmetric and partly symmetric parabolas")
  func symmetry() {
    var search = search(.simplicial)
    search.symmetry = [[0, 1]]
    expect(search, [(-1, 6), (-1, 6)], x: [0, 0], value: 0, Self.squares, inequalities: { [Self.sum($0) - 6] })
    search.symmetry = [[0, 1, 2]]
    let x = [0.5, 0.5, 0.5, 0.5]
    expect(search, BenchmarkProblem.box(0, 2, 4), x: x, value: 0, { Self.squares($0.map { $0 - 0.5 }) })
  }

  @Test("The least variance under a given mean, where every vertex of the complex is worse than its symmetric centre")
  func leastVariance() {
    let half = [Double](repeating: 0.5, count: 6)
    for complex in Self.complexes {
      expect(
        search(complex), BenchmarkProblem.box(0, 1, 6), x: half, value: 0,
        { x in Self.squares(x.map { $0 - Self.sum(x) / 6 }) / 6 },
        equalities: { [Self.sum($0) / 6 - 0.5] })
    }
    expect(
      search(.simplicial), [(0, 1)], x: nil, value: -0.048112522432468816,
      { $0[0] * ($0[0] - 1) * ($0[0] - 0.5) })
  }

  // MARK: Arguments

  @Test("Known values as a target end the search; a target that is too high ends it early")
  func targets() {
    var search = search(.simplicial)
    search.target = 680.6300573744
    let hard = ConstrainedSuite.g09
    let report = expect(
      search, hard.bounds, x: nil, value: 680.6300573, hard.objective, inequalities: hard.inequalities)
    #expect(report.status == .target)
    for complex in Self.complexes {
      search = self.search(complex)
      search.target = -28.44677132
      search.localSearches = 1
      let found = expect(search, [(0, 60)], x: [1.53567906], value: -28.44677132, { ($0[0] - 30) * sin($0[0]) })
      #expect(found.status == .target)
      search.target = -26
      #expect(expect(search, [(0, 60)], x: nil, value: nil, { ($0[0] - 30) * sin($0[0]) }).status == .target)
      search.target = 0
      expect(search, [(0, 1), (0, 1)], x: [0, 0], value: 0, Self.squares)
    }
  }

  @Test("One local search, the one from the best vertex, finds the least of many minima")
  func bestFirst() {
    var search = search(.simplicial)
    search.localSearches = 1
    search.iterations = 1
    let report = expect(search, [(0, 60)], x: [1.53567906], value: -28.44677132, { ($0[0] - 30) * sin($0[0]) })
    #expect(report.levels.count == 1 && report.levels[0].localSearches == 1 && report.status == .iterations)
    search.iterations = 7
    let seven = expect(search, [(-1, 6), (-1, 6)], x: [0, 0], value: 0, Self.squares)
    #expect(seven.levels.count == 7)
  }

  @Test("Linear functions, ends of boxes and a line")
  func simple() {
    for complex in Self.complexes {
      let search = search(complex)
      expect(search, [(0, 3)], x: [0], value: 1, { 2 * $0[0] + 1 })
      expect(search, [(-6, -1), (1, 3), (-5, 5)], x: [-1, 1, 0], value: 2, Self.squares)
      expect(search, [(-1, 1), (1, 2)], x: [0, 1], value: 1, Self.squares)
      expect(search, [(-1, 1), (1, 2), (-1, 1), (1, 2), (0, 3)], x: [0, 1, 0, 1, 0], value: 2, Self.squares)
      expect(search, [(-100, 100)], x: [-1.0 / 3], value: 14.0 / 3, { 3 * $0[0] * $0[0] + 2 * $0[0] + 5 })
      expect(search, [(0, 10)], x: [1], value: 1, { $0[0] }, inequalities: { [1 - $0[0]] })
      expect(
        search, [(0, 1.6), (0, 1.6), (0, 1.4), (0, 1.4), (0, 1.4)], x: nil, value: 0, Self.rosenbrock)
      expect(
        search, BenchmarkProblem.box(0, 10, 2), x: [1, 1], value: 0, Self.rosenbrock,
        inequalities: { [-Self.squares($0)] })
    }
  }

  @Test("Cattle feed: two inequalities, one equality", arguments: complexes)
  func cattleFeed(complex: SHGO.Complex) {
    expect(
      search(complex), BenchmarkProblem.box(0, 1, 4), x: [0.63552, 0, 0.31270, 0.05178], value: 29.8943782,
      { 24.55 * $0[0] + 26.75 * $0[1] + 39 * $0[2] + 40.50 * $0[3] },
      inequalities: { x in
        let protein = 2.3 * x[0] + 5.6 * x[1] + 11.1 * x[2] + 1.3 * x[3] - 5
        let variance = 0.28 * x[0] * x[0] + 0.19 * x[1] * x[1] + 20.5 * x[2] * x[2] + 0.62 * x[3] * x[3]
        let mean = 12 * x[0] + 11.9 * x[1] + 41.8 * x[2] + 52.1 * x[3]
        return [-protein, 21 + 1.645 * variance.squareRoot() - mean]
      }, equalities: { [Self.sum($0) - 1] })
  }

  @Test("Nocedal and Wright's problem 15.4, an equality on a circle", arguments: complexes)
  func maratos(complex: SHGO.Complex) {
    expect(
      search(complex), BenchmarkProblem.box(-10, 10, 2), x: [1, 0], value: -1,
      { 2 * (Self.squares($0) - 1) - $0[0] }, equalities: { [Self.squares($0) - 1] })
  }

  @Test("Rosenbrock within a ring, against a scan of the ring's inner edge", arguments: complexes)
  func ring(complex: SHGO.Complex) {
    for inner in [2.2, 2.6] {
      let scan = (0...200_000).map { step in
        let angle = Double(step) / 200_000 * .pi / 2
        return Self.rosenbrock([inner.squareRoot() * cos(angle), inner.squareRoot() * sin(angle)])
      }
      expect(
        search(complex), BenchmarkProblem.box(0, 10, 2), x: nil, value: scan.min(), Self.rosenbrock,
        inequalities: { [inner - Self.squares($0), Self.squares($0) - 3] })
    }
  }

  @Test("Equalities: Rosenbrock on a line, a product on a simplex", arguments: complexes)
  func equalities(complex: SHGO.Complex) {
    let scan = (0...200_000).map { step in
      let first = 0.9 + Double(step) / 200_000 * 2.1
      return Self.rosenbrock([first, 3.9 - first])
    }
    expect(
      search(complex), BenchmarkProblem.box(0.9, 4, 2), x: nil, value: scan.min(), Self.rosenbrock,
      equalities: { [Self.sum($0) - 3.9] })
    let quarter = [0.25, 0.25, 0.25, 0.25]
    expect(
      search(complex), BenchmarkProblem.box(0, 1, 4), x: quarter, value: -1 / 256.0, { -$0.reduce(1, *) },
      equalities: { [Self.sum($0) - 1] })
  }

  // MARK: Failures

  @Test("A table with one better point ends within its budget, at a point of the table", arguments: complexes)
  func table(complex: SHGO.Complex) {
    let problem = MinimizationProblem<Never>(
      bounds: [(-10, 10), (-10, 10)], objective: { $0 == [3, 3] ? 50 : 100 })
    for budget in [10, 1000] {
      let report = search(complex).run(problem, stopping: StoppingRule(maximumEvaluations: budget))
      #expect(report.best?.objective == 100 && report.evaluations <= budget)
    }
  }

  @Test("Contradictory constraints are never a success", arguments: complexes)
  func infeasible(complex: SHGO.Complex) {
    let problem = MinimizationProblem<Never>(
      bounds: [(2, 50), (-1, 1)], objective: Self.squares,
      inequalities: { x in
        let (sum, difference) = (x[0] + x[1] - 1, x[1] - x[0] - 1)
        return [sum, -sum, difference, -difference]
      })
    for budget in [100, 1000, 100_000] {
      let report = search(complex).run(problem, stopping: StoppingRule(maximumEvaluations: budget))
      #expect(!report.isSuccess && report.best?.isFeasible == false && report.evaluations <= budget)
      #expect((report.best?.largestViolation ?? 0) > 0.1)
    }
  }

  @Test("Bounds in the wrong order and 41 Sobol dimensions are invalid")
  func invalid() {
    for bounds in [[(6.0, 3.0), (3, 5)], [(.nan, 1), (3, 5)]] {
      let report = SHGO().run(MinimizationProblem<Never>(bounds: bounds, objective: Self.squares))
      #expect(report.status == .invalid(.emptyRange(variable: 0)))
    }
    let wide = MinimizationProblem<Never>(bounds: BenchmarkProblem.box(-1, 1, 41), objective: { _ in 0 })
    let report = search(.sobol).run(wide)
    #expect(report.status == .invalid(.tooManyVariables(found: 41, allowed: 40)))
  }
}
