internal import FlashAccuracy
public import FlashSearch

/// Branch and bound with Lagrangian bounds over Pareto fronts of cells: the best point of a space of independent dense
/// cells, with a proof. Its answer is that of `BranchAndBound`, some hundred times sooner.
///
/// Costs and NN-Degree are sums over cells, of which a cell's first layer alone depends on two cells, by their widths. A
/// node is a box of widths and a band of NN-Degree; nodes are taken best first.
///
/// - *Bound.* Each cost is at least offset + first layers at the lower widths + max over λ of (Σ over cells of the least
///   of cost − λ · degree over the box + λ · the band's lower end). The objective there, with the accuracy at the band's
///   upper end, bounds the node: any objective that does not fall in a cost and does not rise with accuracy will do.
///   A product of two or three costs, or a sum of their logarithms, has a bound of their weighted sum too: where one is
///   least, or within its limit, the others are not at their least (`JointCosts`). So has a weighted sum itself.
/// - *Band.* Its upper end falls to what widths and limits of costs allow, and as far as the half above is hopeless.
/// - *Branch.* The widest box of widths is halved, the first cells' with more weight; with widths fixed the band, while
///   the accuracy within it says much; then the fronts are joined (`FrontJoin`).
///
/// Every point that is reported was scored by the problem itself; bounds are lowered by more than rounding can take
/// (1e-11 of costs, 1e-12 of accuracy), and a node is left only where its bound is *worse* than the best point: every
/// point of equal score is met, and the lexicographically least canonical one is reported.
///
/// Where parameters of a systolic array are free, every chip is proved by itself, with one best point (`ChipProof`).
///
/// Requirements (`init?` refuses all else): independent dense cells; costs of a systolic array, with at most 100 000 chips to
/// choose from, or fitted ones that are sums over layers and never fall with a variable; at most four costs read; an accuracy that reads
/// NN-Degree alone and rises with it; accuracy bounded from below, latency, energy, area, MACs and parameters from above;
/// an objective over these that is finite, does not fall in a cost and does not rise with accuracy, as the signs of its
/// parts tell.
///
/// An accuracy bound with a confidence is judged by the lower end of an interval, of which nothing says that it rises with
/// NN-Degree. It is relaxed to the NN-Degree from which on an end may reach the limit: the best design of the relaxed
/// question that keeps the bound is the best of all. Where some design that was scored misses it, `BranchAndBound` proves.
///
/// Sources: Lagrangian bounds of multiple-choice knapsacks: Kellerer, Pferschy, Pisinger, "Knapsack Problems", Springer
/// 2004, chapter 11.
public struct LagrangianBranchAndBound {
  private let question: SeparableQuestion

  /// - Returns: `nil` for a problem of another kind.
  public init?(_ problem: DesignProblem) {
    guard let question = SeparableQuestion(problem) else { return nil }
    self.question = question
  }

  /// Proves the best point of the problem.
  ///
  /// - Parameter start: a report of another strategy to begin with, whose evaluations and levels are taken over. Without
  ///   one a hierarchical search comes first where tables would be large: costs above those of a good point stay out of
  ///   them.
  /// - Complexity: tables of O(Σ widths · depths · skips), then exponential in the worst case.
  public func run(from start: SearchReport? = nil, stopping rule: StoppingRule) -> SearchReport {
    guard start == nil, !question.problem.hasFreeHardware, question.tableSize > Self.largeTable,
      question.problem.variables.count <= HierarchicalSHGO.maximumDimension
    else { return prove(from: start, stopping: rule) }
    var heuristic = HierarchicalSHGO()
    heuristic.isKickingFeasible = false
    let report = heuristic.run(question.problem, stopping: rule)
    return prove(from: report, stopping: rule.after(report.evaluations))
  }

  /// Chosen: a table of so many depths and skips takes about as long as the search for a point to begin with.
  private static let largeTable = 200_000

  /// Proves the best distinct points of the problem.
  ///
  /// - Parameter count: how many.
  /// - Complexity: a proof for each of at most 2 · variables parts of the space a point; with free hardware for each chip.
  public func best(_ count: Int, stopping rule: StoppingRule) -> SearchReport {
    let (problem, first) = (question.problem, run(stopping: rule))
    if let hardware = problem.hardware {
      var proof = RankedChips(problem, on: hardware, count: count, stopping: rule)
      return proof.run(from: first)
    }
    var proof = RankedProof(problem, count: count, stopping: rule)
    return proof.run(from: first)
  }

  /// Proves the closest point of a problem that is proved to have no feasible one: that of least total violation, which is
  /// an objective of this kind itself.
  ///
  /// - Parameter report: that of `run`.
  /// - Returns: the report with that point; as it is where a bound is judged by the end of an interval, or the proof is
  ///   stopped.
  public func closest(_ report: SearchReport, stopping rule: StoppingRule) -> SearchReport {
    let problem = question.problem
    guard problem.judges.isEmpty, let violation = try? Expression(Self.violation(of: problem.bounds)),
      let relaxed = try? problem.with(objective: Objective(expression: violation, direction: .minimize), bounds: []),
      let closest = LagrangianBranchAndBound(relaxed)?.run(stopping: rule.after(report.evaluations)),
      closest.certificate.status == .optimal
    else { return report }
    var found = report
    (found.point, found.score) = (closest.point, problem.score(closest.point))
    found.evaluations += closest.evaluations
    found.certificate = Certificate(
      status: .infeasible, bound: nil, nodes: report.certificate.nodes + closest.certificate.nodes, isClosest: true)
    if found.score < report.score {
      found.improvements.append(Improvement(evaluations: found.evaluations, score: found.score))
    }
    return found
  }

  /// What a score sums of the bounds.
  private static func violation(of bounds: [Bound]) -> String {
    bounds.map { bound in
      let (limit, value) = ("\(bound.limit)", bound.quantity.rawValue)
      let beyond = bound.relation == .atLeast ? "\(limit)-\(value)" : "\(value)-\(limit)"
      return "max(0,\(beyond))/\(bound.limit == 0 ? 1 : abs(bound.limit))"
    }.joined(separator: "+")
  }

  private func prove(from start: SearchReport?, stopping rule: StoppingRule) -> SearchReport {
    var proof = ChipProof(BestPoint(question.problem, rule, start))
    if question.problem.hasFreeHardware { proof.proveAll(question) } else { proof.prove(question) }
    guard proof.hasMissed, proof.openBound == nil else {
      return proof.best.report(start, nodes: proof.nodes, openBound: proof.openBound)
    }
    return provePlainly(
      from: proof.best.report(start, nodes: proof.nodes, openBound: -.infinity), stopping: rule)
  }

  /// Where a design reached the NN-Degree and missed its accuracy, what it took the place of is unknown: corner bounds
  /// prove, from the best point on.
  private func provePlainly(from report: SearchReport, stopping rule: StoppingRule) -> SearchReport {
    BranchAndBound().run(question.problem, from: report, stopping: rule.after(report.evaluations))
  }
}

/// The best point so far, with the count of points scored and the reason to stop.
struct BestPoint {
  private(set) var problem: DesignProblem
  private let rule: StoppingRule
  private(set) var point: [Int]
  private(set) var score: Score
  private(set) var evaluations = 0
  private(set) var stop: Termination?
  private var improvements: [Improvement] = []

  /// Most proofs score fewer points, for which tables are not worth it (chosen).
  private static let fewEvaluations = 512

  init(_ problem: DesignProblem, _ rule: StoppingRule, _ start: SearchReport?) {
    self.problem = problem
    self.rule = rule
    stop = rule.reason(evaluations: 0)
    point = problem.canonical(problem.variables.map(\.lower))
    score = .none
    if let start, start.score != .none {
      (point, score) = (start.point, start.score)
    } else {
      consider(point)
    }
  }

  /// The point without the choice of a chip.
  var network: [Int] { Array(point.prefix(problem.space.variables.count)) }

  /// The objective to beat; infinite before a feasible point is known.
  var objective: Double { score.isFeasible ? score.objective : .infinity }

  /// Scores a canonical point and keeps it where it is better, or as good and lexicographically less.
  ///
  /// - Returns: its score; the worst one, infeasible, once the search has to stop.
  @discardableResult
  mutating func consider(_ candidate: [Int]) -> Score {
    guard stop == nil else { return .none }
    evaluations += 1
    if evaluations == Self.fewEvaluations { problem = problem.prepared() }
    let found = problem.score(candidate)
    if found < score { improvements.append(Improvement(evaluations: evaluations, score: found)) }
    if evaluations == rule.maximumEvaluations || evaluations % 512 == 0 { check() }
    guard !(score < found) else { return found }
    if found < score || candidate.lexicographicallyPrecedes(point) { (point, score) = (candidate, found) }
    return found
  }

  /// Asks clock, budget and caller.
  mutating func check() {
    if stop == nil { stop = rule.reason(evaluations: evaluations) }
  }

  /// - Parameter openBound: the least bound of what was not searched; `nil` where all was.
  func report(_ start: SearchReport?, nodes: Int, openBound: Double?) -> SearchReport {
    SearchReport(
      provedPoint: point, score, evaluations: evaluations, nodes: nodes, stop: stop, openBound: openBound,
      improvements: improvements, after: start)
  }
}
