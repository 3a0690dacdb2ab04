public import FlashNumerics

/// Scores of points that a sampling strategy asks for: each distinct canonical point is scored once, and only that counts
/// against the budget.
@usableFromInline
struct SampledSession<Problem: IntegerProblem> {
  @usableFromInline var session: EvaluationSession<Problem>
  @usableFromInline let variables: [IntegerVariable]
  /// The indices of the variables that are not fixed.
  @usableFromInline let axes: [Int]
  @usableFromInline var best = Candidate(point: [], score: .none)
  @usableFromInline var random: SplitMix64
  private(set) var scores: [[Int]: Score] = [:]
  /// Points asked for one after the other that were known already.
  @usableFromInline var repeats = 0

  /// Points in a row that were not worth scoring.
  var rejections = 0

  /// More repeats than this in a row say that there is hardly anything new to score (chosen).
  @usableFromInline static var mostRepeats: Int { 10_000 }
  /// More rejections than this in a row say that nothing is worth scoring (chosen).
  static var mostRejections: Int { 100_000 }

  @usableFromInline
  init(_ problem: Problem, _ rule: StoppingRule, seed: UInt64, stream: UInt64) {
    session = EvaluationSession(problem, rule)
    variables = problem.variables
    axes = variables.indices.filter { problem.variables[$0].count > 1 }
    random = SplitMix64(seed: seed, stream: stream)
  }

  /// Whether the search may go on.
  @usableFromInline var isRunning: Bool {
    session.stop == nil && repeats < Self.mostRepeats && rejections < Self.mostRejections && scores.count < most
  }

  /// As many points as there can be.
  private var most: Int {
    variables.reduce(1) { $0.multipliedReportingOverflow(by: $1.count).overflow ? .max : $0 * $1.count }
  }

  /// The score of a point; `Score.none` once the search has to stop.
  @usableFromInline
  mutating func score(_ point: [Int]) -> Score {
    let point = session.problem.canonical(point)
    if let known = scores[point] {
      repeats += 1
      return known
    }
    (repeats, rejections) = (0, 0)
    let score = session.score(point)
    guard session.stop == nil || session.evaluations > scores.count else { return .none }
    scores[point] = score
    let candidate = Candidate(point: point, score: score)
    if best.point.isEmpty || candidate < best { best = candidate }
    return score
  }

  /// The point whose every variable has the value at a place, 0 being its least.
  func point(at places: [Int]) -> [Int] { zip(variables, places).map { $0.lower + $1 * $0.step } }

  /// A uniform point of the box.
  @usableFromInline
  mutating func randomPoint() -> [Int] {
    variables.map { $0.lower + random.below($0.count) * $0.step }
  }

  /// A point with one variable at another of its values.
  @usableFromInline
  mutating func mutated(_ point: [Int]) -> [Int] {
    guard !axes.isEmpty else { return point }
    var point = point
    let axis = axes[random.below(axes.count)]
    let variable = variables[axis]
    let place = (point[axis] - variable.lower) / variable.step
    let other = random.below(variable.count - 1)
    point[axis] = variable.lower + (other < place ? other : other + 1) * variable.step
    return point
  }

  @usableFromInline
  func report(_ strategy: String, stages: [SurrogateStage] = []) -> SearchReport {
    SearchReport(
      strategy: strategy, point: best.point.isEmpty ? session.problem.canonical(variables.map(\.lower)) : best.point,
      score: best.score, evaluations: session.evaluations, termination: session.stop ?? .converged, levels: [],
      certificate: .none, improvements: session.improvements, stages: stages)
  }
}
