extension SHGO {
  /// Searches an integer problem, such as a design problem, in the standard form that the optimiser takes.
  ///
  /// Variable i of the general problem is the number of a step of variable i. The problem's total violation, which sums its
  /// constraints in their own scales, is the one inequality; a point is feasible where it is 0. One point evaluated is one
  /// score: points are remembered, so that none is scored twice.
  ///
  /// - Complexity: as of `run` for any problem; 3ⁿ enters only where generations of the complex are small.
  public func run<Problem: IntegerProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport {
    let recorder = ScoreRecorder(problem)
    var search = self
    search.constraintTolerance = 0
    let report = search.run(
      MinimizationProblem<Never>(
        problem.variables.map { .integer(0...($0.count - 1)) },
        objective: { recorder.score($0).objective }, inequalities: { [recorder.score($0).violation] }),
      stopping: rule)
    let best = recorder.best ?? Candidate(point: problem.variables.map(\.lower), score: .none)
    return SearchReport(
      strategy: Self.name, point: problem.canonical(best.point), score: best.score,
      evaluations: report.evaluations, termination: Termination(report.status), levels: [], certificate: .none,
      improvements: recorder.session.improvements)
  }
}

extension Termination {
  /// How a minimisation of an integer problem ended. What cannot be there, an open box or no variables, converges.
  fileprivate init(_ status: MinimizationStatus) {
    switch status {
    case .budget: self = .budget
    case .timeLimit: self = .timeLimit
    case .interrupted: self = .interrupted
    case .iterations: self = .iterations
    case .converged, .noFeasiblePoint, .target, .unbounded, .invalid: self = .converged
    }
  }
}

/// Scores of an integer problem at points that count steps. Objective and constraints are asked for one after the other:
/// the score of a point is worked out once.
private final class ScoreRecorder<Problem: IntegerProblem> {
  /// Counts scores; when to stop is the minimisation's business.
  private(set) var session: EvaluationSession<Problem>
  private(set) var best: Candidate?
  private let variables: [IntegerVariable]
  private var steps: [Double] = []
  private var last = Score.none

  init(_ problem: Problem) {
    session = EvaluationSession(problem, StoppingRule())
    variables = problem.variables
  }

  func score(_ steps: [Double]) -> Score {
    guard steps != self.steps else { return last }
    let point = zip(variables, steps).map { $0.lower + Int($1) * $0.step }
    last = session.score(point)
    self.steps = steps
    if best.map({ last < $0.score }) ?? true { best = Candidate(point: point, score: last) }
    return last
  }
}
