/// Why a minimisation ended.
public enum MinimizationStatus: Sendable, Hashable {
  /// Finer complexes brought no other minimum and no better one.
  case converged
  /// The objective reached the target.
  case target
  /// The levels asked for were searched.
  case iterations
  /// The budget of evaluations was used up.
  case budget
  /// The time limit was reached.
  case timeLimit
  /// The caller asked to stop.
  case interrupted
  /// The search ended by itself and found no feasible point. No proof that there is none.
  case noFeasiblePoint
  /// The objective falls for ever towards an open end of the box.
  case unbounded
  /// The problem cannot be searched.
  case invalid(MinimizationFault)
}

/// What is wrong with a problem.
public enum MinimizationFault: Error, Hashable, CustomStringConvertible {
  case noVariables
  /// A variable without a value: an end that is NaN or above the other, or no category.
  case emptyRange(variable: Int)
  /// More variables that are not fixed than a Sobol complex takes.
  case tooManyVariables(found: Int, allowed: Int)
  /// Variables said to be interchangeable that differ, or that the problem does not have.
  case unequalSymmetry(group: Int)
  /// Constraints that have other values than at the first point.
  case constraintCount(found: Int, expected: Int)
  /// A numerical routine failed.
  case numerics(String)

  public var description: String {
    switch self {
    case .noVariables: "variables: found none, allowed 1 or more"
    case .emptyRange(let variable): "variables[\(variable)]: the range holds no value"
    case .tooManyVariables(let found, let allowed): "variables: found \(found), allowed 1 to \(allowed)"
    case .unequalSymmetry(let group): "symmetry[\(group)]: the variables do not have one range"
    case .constraintCount(let found, let expected): "constraints: found \(found) values, expected \(expected)"
    case .numerics(let what): what
    }
  }
}

/// A local minimum, or the best point of a search.
public struct LocalMinimum: Sendable, Hashable {
  public let point: [Double]
  /// f there; NaN where f was not asked for.
  public let objective: Double
  /// Σ max(0, cⱼ)/sⱼ + Σ |hₖ|/sₖ beyond the tolerance; 0 where the point is feasible.
  public let violation: Double
  /// The largest of the cⱼ and |hₖ|, in the caller's units; 0 where none is positive.
  public let largestViolation: Double

  public var isFeasible: Bool { violation <= 0 }
}

/// What one level of SHGO did.
public struct MinimizationLevel: Sendable, Hashable {
  /// Vertices of the complex at the end of the level.
  public let vertices: Int
  /// Points that the level's vertices and local searches evaluated.
  public let samplingEvaluations: Int
  public let localEvaluations: Int
  /// Local searches begun.
  public let localSearches: Int
  /// Distinct minima known at the end of the level.
  public let minima: Int
}

/// What a minimisation found.
public struct MinimizationReport: Sendable, Hashable {
  public let status: MinimizationStatus
  /// The best point: feasible, or where none is, of least violation; `nil` where none was evaluated.
  public let best: LocalMinimum?
  /// Every local minimum found, best first; the first is `best`. Points where a local search found no feasible point come
  /// last.
  public let minima: [LocalMinimum]
  /// Points evaluated, in all.
  public let evaluations: Int
  /// Calls of f.
  public let objectiveCalls: Int
  /// Calls of c; h is called as often where the problem has both.
  public let constraintCalls: Int
  public let levels: [MinimizationLevel]

  /// Whether there is a feasible point to use: false without one, for an invalid or unbounded problem, and where the
  /// caller asked to stop.
  public var isSuccess: Bool {
    guard best?.isFeasible == true else { return false }
    switch status {
    case .converged, .target, .iterations, .budget, .timeLimit: return true
    case .interrupted, .noFeasiblePoint, .unbounded, .invalid: return false
    }
  }

  static func invalid(_ fault: MinimizationFault) -> MinimizationReport {
    MinimizationReport(
      status: .invalid(fault), best: nil, minima: [], evaluations: 0, objectiveCalls: 0, constraintCalls: 0, levels: [])
  }
}
