import Foundation

/// The problems of SciPy's own tests of `shgo`, named after the test that poses each first.
///
/// `SciPyReferenceTests` holds functions and optima against SciPy itself. Source: SciPy 1.17.1,
/// scipy/optimize/tests/test__shgo.py.
enum SciPySuite {
  static let problems: [BenchmarkProblem] = [
    parabola("test_f1_1_sobol", [(-1, 6), (-1, 6)]), parabola("test_f1_2_sobol", [(0, 1), (0, 1)]),
    parabola("test_f1_3_sobol", BenchmarkProblem.box(-.infinity, .infinity, 2)),
    waves("test_f2_1_sobol", 60), waves("test_f2_2_sobol", 4.5), hock18, hock100, eggHolder, lennardJones,
    line, maratos, squares("test_18_bounds_class", [(-6, -1), (1, 3), (-5, 5)], optimum: 2), cattleFeed,
    squares("test_21_1_jac_true", [(-1, 1), (1, 2)], optimum: 1),
    squares("test_21_1_jac_true#2", [(-1, 1), (1, 2), (-1, 1), (1, 2), (0, 3)], optimum: 2),
    rosenbrock("test_21_3_hess_options_rosen", [(0, 1.6), (0, 1.6), (0, 1.4), (0, 1.4), (0, 1.4)]), atLeastOne,
    rosenbrock("test_1_nfev_simplicial", BenchmarkProblem.box(0, 2, 5)), ring("test_vector_constraint", inner: 2.2),
    ring("test_trust_constr", inner: 2.6), onLine, product, centred,
  ]

  /// Two lines that meet outside the box.
  static let infeasible = BenchmarkProblem(
    "test_5_1_1_infeasible_sobol", [(2, 50), (-1, 1)], optimum: .nan, budget: 20_000, sumOfSquares,
    inequalities: { x in
      let (sum, difference) = (x[0] + x[1] - 1, x[1] - x[0] - 1)
      return [-sum, sum, -difference, difference]
    })

  @Sendable private static func sum(_ x: [Double]) -> Double { x.reduce(0, +) }
  @Sendable private static func sumOfSquares(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } }

  @Sendable private static func rosenbrock(_ x: [Double]) -> Double {
    var total = 0.0
    for index in 1..<x.count {
      let (curve, rest) = (x[index] - x[index - 1] * x[index - 1], 1 - x[index - 1])
      total += 100 * curve * curve + rest * rest
    }
    return total
  }

  /// The least value of Rosenbrock's function along a curve, by a scan.
  private static func scan(_ curve: (Double) -> [Double]) -> Double {
    (0...1_000_000).reduce(.infinity) { min($0, rosenbrock(curve(Double($1) / 1e6))) }
  }

  private static func parabola(_ name: String, _ bounds: [(lower: Double, upper: Double)]) -> BenchmarkProblem {
    BenchmarkProblem(
      name, bounds, optimum: 0, budget: 5000, sumOfSquares, inequalities: { [sum($0) - 6] })
  }

  private static func waves(_ name: String, _ upper: Double) -> BenchmarkProblem {
    BenchmarkProblem(
      name, [(0, upper)], optimum: -28.44677132, budget: 5000, { ($0[0] - 30) * sin($0[0]) },
      inequalities: { [$0[0] - 58] })
  }

  private static func squares(
    _ name: String, _ bounds: [(lower: Double, upper: Double)], optimum: Double
  ) -> BenchmarkProblem { BenchmarkProblem(name, bounds, optimum: optimum, budget: 5000, sumOfSquares) }

  private static func rosenbrock(_ name: String, _ bounds: [(lower: Double, upper: Double)]) -> BenchmarkProblem {
    BenchmarkProblem(name, bounds, optimum: 0, budget: 20_000, rosenbrock)
  }

  private static let hock18 = BenchmarkProblem(
    "test_f3_sobol", [(2, 50), (0, 50)], optimum: 5, budget: 5000, { 0.01 * $0[0] * $0[0] + $0[1] * $0[1] },
    inequalities: { [25 - $0[0] * $0[1], 25 - $0[0] * $0[0] - $0[1] * $0[1]] })

  private static let hock100 = named("test_f4_sobol", ConstrainedSuite.g09)

  private static let eggHolder = named("test_f5_1_sobol", GlobalSuite.eggHolder)

  private static func named(_ name: String, _ other: BenchmarkProblem) -> BenchmarkProblem {
    BenchmarkProblem(
      name, other.bounds, optimum: other.optimum, budget: other.budget, other.objective,
      inequalities: other.inequalities)
  }

  private static let lennardJones = BenchmarkProblem(
    "test_f5_1_lj_symmetry", BenchmarkProblem.box(-4, 4, 6), optimum: -1, budget: 20_000,
    { x in
      let square = sumOfSquares([x[0] - x[3], x[1] - x[4], x[2] - x[5]])
      let cube = square * square * square
      return square > 0 ? (1 / cube - 2) / cube : 0
    })

  private static let line = BenchmarkProblem(
    "test_args_gh14589", [(0, 3)], optimum: 1, budget: 5000, { 2 * $0[0] + 1 })

  /// Nocedal and Wright's problem 15.4.
  private static let maratos = BenchmarkProblem(
    "test_args_gh23517", BenchmarkProblem.box(-10, 10, 2), optimum: -1, budget: 5000,
    { 2 * (sumOfSquares($0) - 1) - $0[0] }, equalities: { [sumOfSquares($0) - 1] })

  /// The cattle feed, its protein without two of the feeds: x₂ = 50/111 of the third is just enough.
  private static let cattleFeed = BenchmarkProblem(
    "test_20_constrained_args", BenchmarkProblem.box(0, 1, 4), optimum: 24.55 + 14.45 * 50 / 111, budget: 5000,
    { 24.55 * $0[0] + 26.75 * $0[1] + 39 * $0[2] + 40.50 * $0[3] },
    inequalities: { x in
      let variance: Double = 0.28 * x[0] * x[0] + 0.19 * x[1] * x[1] + 20.5 * x[2] * x[2] + 0.62 * x[3] * x[3]
      let mean: Double = 12 * x[0] + 11.9 * x[1] + 41.8 * x[2] + 52.1 * x[3]
      return [5 - 11.1 * x[2] - 1.3 * x[3], 21 + 1.645 * variance.squareRoot() - mean]
    }, equalities: { [sum($0) - 1] })

  private static let atLeastOne = BenchmarkProblem(
    "test_21_arg_tuple_sobol", [(0, 10)], optimum: 1, budget: 5000, { $0[0] }, inequalities: { [1 - $0[0]] })

  private static func ring(_ name: String, inner: Double) -> BenchmarkProblem {
    let radius = inner.squareRoot()
    return BenchmarkProblem(
      name, BenchmarkProblem.box(0, 10, 2),
      optimum: scan { [radius * cos($0 * .pi / 2), radius * sin($0 * .pi / 2)] }, budget: 5000, rosenbrock,
      inequalities: { [inner - sumOfSquares($0), sumOfSquares($0) - 3] })
  }

  private static let onLine = BenchmarkProblem(
    "test_equality_constraints", BenchmarkProblem.box(0.9, 4, 2),
    optimum: scan { [0.9 + 2.1 * $0, 3 - 2.1 * $0] }, budget: 5000, rosenbrock, equalities: { [sum($0) - 3.9] })

  private static let product = BenchmarkProblem(
    "test_equality_constraints#2", BenchmarkProblem.box(0, 1, 4), optimum: -1 / 256.0, budget: 5000,
    { -$0.reduce(1, *) }, equalities: { [sum($0) - 1] })

  private static let centred = BenchmarkProblem(
    "test_s", BenchmarkProblem.box(0, 2, 4), optimum: 0, budget: 5000, { sumOfSquares($0.map { $0 - 0.5 }) })
}
