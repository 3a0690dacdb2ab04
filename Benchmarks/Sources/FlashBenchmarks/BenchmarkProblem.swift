import FlashSearch

/// A minimisation problem with a known optimum.
struct BenchmarkProblem: Sendable {
  let name: String
  let bounds: [(lower: Double, upper: Double)]
  let optimum: Double
  /// Points evaluated within which the optimum is found.
  let budget: Int
  let objective: @Sendable ([Double]) -> Double
  /// c(x) ≤ 0.
  var inequalities: (@Sendable ([Double]) -> [Double])?
  /// h(x) = 0.
  var equalities: (@Sendable ([Double]) -> [Double])?

  init(
    _ name: String, _ bounds: [(lower: Double, upper: Double)], optimum: Double, budget: Int,
    _ objective: @escaping @Sendable ([Double]) -> Double,
    inequalities: (@Sendable ([Double]) -> [Double])? = nil, equalities: (@Sendable ([Double]) -> [Double])? = nil
  ) {
    self.name = name
    self.bounds = bounds
    self.optimum = optimum
    self.budget = budget
    self.objective = objective
    self.inequalities = inequalities
    self.equalities = equalities
  }

  var problem: MinimizationProblem<Never> {
    MinimizationProblem(bounds: bounds, objective: objective, inequalities: inequalities, equalities: equalities)
  }

  /// The same box along every axis.
  static func box(_ lower: Double, _ upper: Double, _ dimension: Int) -> [(lower: Double, upper: Double)] {
    Array(repeating: (lower, upper), count: dimension)
  }

  /// Whether a value is the optimum to 1e-5, or to 1e-6 of its size.
  func isOptimum(_ value: Double) -> Bool { abs(value - optimum) <= max(1e-5, 1e-6 * abs(optimum)) }
}
