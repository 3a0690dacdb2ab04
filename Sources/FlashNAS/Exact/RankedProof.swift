internal import FlashSearch

/// The best distinct points of a problem, one after the other, each with a proof of its own.
///
/// A box whose best point p is known leaves parts, for each variable in turn: the points that agree with p in all variables
/// before it, and are below p in it, or above. The next best point is the best one of all parts, whose own box is split
/// in turn; a part that holds nothing as good as the last of the points wanted is left.
///
/// Above p in a skip a part ends at the least skip that saturates: width and depth come before it and are fixed there, and
/// more skip is another name of a network that some other part holds.
///
/// Complexity: a proof for each of at most 2 · variables parts a point.
///
/// Source: Lawler, "A procedure for computing the K best solutions to discrete optimization problems", Management Science
/// 18(7), 1972.
struct RankedProof {
  private struct Part {
    let space: SearchSpace
    let best: Candidate
  }

  private let problem: DesignProblem
  private let count: Int
  private let rule: StoppingRule
  /// What points have to come before; `nil` where any may be ranked.
  private let limit: Candidate?
  /// Best first.
  private var ranked: [Candidate] = []
  /// Parts with points that may follow, best first.
  private var parts: [Part] = []
  private var evaluations = 0
  private var nodes = 0
  private var stop: Termination?

  /// - Parameter count: how many points are wanted, at least one.
  init(_ problem: DesignProblem, count: Int, before limit: Candidate? = nil, stopping rule: StoppingRule) {
    self.problem = problem
    self.count = count
    self.limit = limit
    self.rule = rule
  }

  /// - Parameter first: the proof of the best point of all; it has the limit's point where none comes before.
  mutating func run(from first: SearchReport) -> SearchReport {
    if first.point == limit?.point { return first }
    guard first.certificate.status == .optimal else { return first.unranked }
    evaluations = first.evaluations
    nodes = first.certificate.nodes
    parts = [Part(space: problem.space, best: first.best)]
    while stop == nil, ranked.count < count, !parts.isEmpty {
      let part = parts.removeFirst()
      ranked.append(part.best)
      if ranked.count < count { split(part) }
    }
    return first.ranking(ranked, evaluations: evaluations, nodes: nodes, stop: stop)
  }

  private mutating func split(_ part: Part) {
    let (space, point) = (part.space, part.best.point)
    var variables = space.variables
    for (index, variable) in space.variables.enumerated() {
      var largest = point
      largest[index] = variable.upper
      let last = space.canonical(largest)[index]
      let (below, above) = (point[index] - variable.step, point[index] + variable.step)
      for range in [(variable.lower, below), (above, last)] where range.0 <= range.1 {
        variables[index] = variable.holding(range.0, range.1)
        solve(SearchSpace(space, variables: variables))
        if stop != nil { return }
      }
      variables[index] = variable.holding(point[index], point[index])
    }
  }

  /// Keeps a part with its best point, where that is one of those wanted.
  private mutating func solve(_ space: SearchSpace) {
    let wanted = count - ranked.count
    let last = parts.count >= wanted ? parts[wanted - 1].best : limit
    let report = problem.over(space).bestProof(before: last, stopping: rule.after(evaluations))
    evaluations += report.evaluations
    nodes += report.certificate.nodes
    switch report.certificate.status {
    case .optimal where report.point != last?.point:
      let part = Part(space: space, best: report.best)
      parts.insert(part, at: parts.firstIndex { part.best < $0.best } ?? parts.count)
      if parts.count > wanted { parts.removeLast() }
    case .optimal, .infeasible: break
    case .gap, .none: stop = report.termination
    }
  }
}

extension DesignProblem {
  /// The proof of the best point that comes before another; it has that one's point where none does.
  func bestProof(before last: Candidate?, stopping rule: StoppingRule) -> SearchReport {
    let start = SearchReport(
      strategy: BranchAndBound.name, point: last?.point ?? [], score: last?.score ?? .none, evaluations: 0,
      termination: .converged, levels: [], certificate: .none)
    return LagrangianBranchAndBound(self)?.run(from: start, stopping: rule)
      ?? BranchAndBound().run(self, from: start, stopping: rule)
  }
}

extension SearchReport {
  var best: Candidate { Candidate(point: point, score: score) }

  /// The report of a ranking that begins with this proof of the best point. What was not searched holds nothing better
  /// than that.
  func ranking(_ ranked: [Candidate], evaluations: Int, nodes: Int, stop: Termination?) -> SearchReport {
    var report = self
    report.evaluations = evaluations
    report.termination = stop ?? termination
    report.certificate = Certificate(status: stop == nil ? .optimal : .gap, bound: certificate.bound, nodes: nodes)
    report.ranked = ranked.map { ($0.point, $0.score) }
    return report
  }

  /// The same of a proof that was stopped, or of a problem without a feasible point.
  var unranked: SearchReport {
    var report = self
    if score.isFeasible { report.ranked = [(point, score)] }
    return report
  }
}

extension IntegerVariable {
  fileprivate func holding(_ lower: Int, _ upper: Int) -> IntegerVariable {
    IntegerVariable(name: name, lower: lower, upper: upper, step: step)
  }
}
