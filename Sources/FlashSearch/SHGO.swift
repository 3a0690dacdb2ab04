internal import FlashNumerics

/// Simplicial homology global optimisation of a problem with real, integer and categorical variables.
///
/// A complex of vertices covers the box and is refined level by level. The vertices that no neighbour beats are the pool;
/// the best of them start local searches, each of which finds a local minimum. When a finer complex brings neither another
/// minimum nor a better one, the homology has stopped growing and the search ends.
///
/// Points are ordered by violation first, so that a feasible region that no vertex hits is walked towards. Where there are
/// equalities, which no vertex meets, the pool of f's own minimisers takes turns with that of the least violated.
///
/// Requirements: none of the functions. Every point evaluated counts, in the complex and in local searches alike. The
/// answer depends on the problem and the options alone.
///
/// Deviations from the paper: the order by violation instead of an infinite objective; a local search may leave its star
/// where the star's boundary or a constraint holds it up, since a star cuts off optima under constraints; the best point is
/// searched from where no local search began there; large generations are added in parts; a categorical variable takes its
/// place in the complex by its number, and any category is one move away in a local search.
///
/// Source: Endres, Sandrock, Focke, J. Global Optim. 72, 2018.
public struct SHGO: Sendable {
  public static let name = "shgo"

  public enum Complex: Sendable {
    /// Refined lattices, in any number of dimensions.
    case simplicial
    /// Sobol points and their Delaunay triangulation; at most 40 variables.
    case sobol
  }

  public enum LocalMethod: Sendable {
    /// SLSQP over differences: smooth functions.
    case quasiNewton
    /// COBYLA, or BOBYQA without constraints: noise and kinks.
    case derivativeFree
  }

  public var complex = Complex.simplicial
  public var localMethod = LocalMethod.quasiNewton
  /// The vertices that a level adds at least (chosen).
  public var points = 128
  /// The levels to search; `nil`: until the homology stops growing, and at most `maximumLevels`.
  public var iterations: Int?
  public static let maximumLevels = 64
  /// Levels without growth after which the search has converged.
  public var patience = 1
  /// The most local searches of a level, of its best minimisers (chosen).
  public var localSearches = 32
  /// How exact a local search is, in parts of the box; and how near to the target is there.
  public var tolerance = 1e-8
  /// What cⱼ and |hₖ| may exceed 0 by, in their own units.
  public var constraintTolerance = 1e-8
  /// The search ends where f ≤ target + tolerance · max(1, |target|).
  public var target: Double?
  /// Groups of variables that may be interchanged without a change of f or a constraint.
  public var symmetry: [[Int]] = []
  /// How far the complex reaches where the box has no end (chosen); local searches go beyond.
  public var openSpan = 100.0
  public var seed: UInt64 = 0

  public init() {}

  /// Searches for the best point, and the local minima.
  ///
  /// - Throws: what the problem's functions throw.
  /// - Complexity: O(vertices · n · min(3ⁿ, vertices)) comparisons at worst, and evaluations as the report counts them.
  public func run<Failure: Error>(
    _ problem: MinimizationProblem<Failure>, stopping rule: StoppingRule = StoppingRule()
  ) throws(Failure) -> MinimizationReport {
    if let fault = problem.fault ?? symmetryFault(problem.variables) { return .invalid(fault) }
    let box = SearchBox(problem.variables, openSpan: openSpan)
    switch complex {
    case .simplicial:
      let groups = symmetry.map { group in group.compactMap { box.axes.firstIndex(of: $0) } }
      let complex = SimplicialComplex(dimension: box.axes.count, symmetry: groups, seed: seed)
      return try report(problem, box, complex, rule)
    case .sobol:
      guard box.axes.count <= SobolComplex.maximumDimension else {
        return .invalid(.tooManyVariables(found: box.axes.count, allowed: SobolComplex.maximumDimension))
      }
      return try report(problem, box, SobolComplex(dimension: box.axes.count), rule)
    }
  }

  private func report<Failure: Error, Shape: SearchComplex>(
    _ problem: MinimizationProblem<Failure>, _ box: SearchBox, _ complex: Shape, _ rule: StoppingRule
  ) throws(Failure) -> MinimizationReport {
    let session = MinimizationSession(problem, rule, tolerance: constraintTolerance)
    var run = SHGORun(self, session, box, complex)
    try run.search()
    return run.report
  }

  private func symmetryFault(_ variables: [SearchVariable]) -> MinimizationFault? {
    for (index, group) in symmetry.enumerated() {
      guard group.allSatisfy(variables.indices.contains), Set(group).count == group.count,
        Set(group.map { variables[$0] }).count <= 1
      else { return .unequalSymmetry(group: index) }
    }
    let all = symmetry.flatMap { $0 }
    return Set(all).count == all.count ? nil : .unequalSymmetry(group: symmetry.count - 1)
  }
}
