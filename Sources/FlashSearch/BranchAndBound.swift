/// Branch and bound over sub-boxes: the best point, with a proof.
///
/// Depth first; a node is a sub-box. Each node is *shaved* before it is split: from both ends of every variable the
/// largest slab is cut off whose own bound says that it holds nothing better than the best point known. What is left is
/// halved along its widest variable, the half with the better bound first.
///
/// Requirements: bounds that hold for every point of a sub-box, and that do not loosen when the sub-box shrinks. Start
/// points are not needed, but a good one saves most of the work.
///
/// A slab is cut only where its bound is *worse* than the best point, or infeasible: every point of equal score is met,
/// and the lexicographically least canonical one is reported.
public struct BranchAndBound: Sendable {
  public static let name = "exact"

  public init() {}

  /// Proves the best point of a problem.
  ///
  /// - Parameter start: a report of another strategy to begin with, whose evaluations and levels are taken over.
  /// - Complexity: exponential in the worst case, O(n log range) bounds a node.
  public func run<Problem: BoundedProblem>(
    _ problem: Problem, from start: SearchReport? = nil, stopping rule: StoppingRule
  ) -> SearchReport {
    var search = Run(problem, rule, start)
    search.prove()
    return search.report(start)
  }
}

extension BranchAndBound {
  private struct Node {
    var lower: [Int]
    var upper: [Int]
    var bound: Score
  }

  /// The state of one proof.
  private struct Run<Problem: BoundedProblem> {
    private var session: EvaluationSession<Problem>
    private let variables: [IntegerVariable]
    private var best: Candidate
    private var open: [Node] = []
    private var nodes = 0

    init(_ problem: Problem, _ rule: StoppingRule, _ start: SearchReport?) {
      session = EvaluationSession(problem, rule)
      variables = problem.variables
      let lower = problem.variables.map(\.lower)
      if let start, start.score != .none {
        best = Candidate(point: start.point, score: start.score)
      } else {
        best = Candidate(point: problem.canonical(lower), score: session.score(lower))
      }
      let upper = problem.variables.map(\.upper)
      open.append(Node(lower: lower, upper: upper, bound: problem.bound(lower: lower, upper: upper)))
    }

    mutating func prove() {
      while var node = open.popLast() {
        if nodes % 64 == 0 { session.check() }
        guard session.stop == nil else {
          open.append(node)
          return
        }
        nodes += 1
        guard !isHopeless(node.bound), shave(&node) else { continue }
        guard let axis = widest(node) else {
          consider(node.lower)
          continue
        }
        split(node, axis)
      }
    }

    func report(_ start: SearchReport?) -> SearchReport {
      let isDone = open.isEmpty
      let status: Certificate.Status =
        isDone ? (best.score.isFeasible ? .optimal : .infeasible) : best.score.isFeasible ? .gap : .none
      let openBound = open.lazy.map(\.bound.objective).min() ?? .infinity
      let bound: Double? =
        switch status {
        case .optimal: best.score.objective
        case .gap: min(openBound, best.score.objective)
        case .infeasible, .none: nil
        }
      return SearchReport(
        strategy: BranchAndBound.name, point: best.point, score: best.score,
        evaluations: session.evaluations + (start?.evaluations ?? 0),
        termination: session.stop ?? (best.score.isFeasible ? .optimal : .infeasible), levels: start?.levels ?? [],
        certificate: Certificate(status: status, bound: bound.flatMap { $0.isFinite ? $0 : nil }, nodes: nodes))
    }

    /// Whether nothing as good as the best point can lie under a bound.
    private func isHopeless(_ bound: Score) -> Bool {
      bound.violation > 0 || best.score.isFeasible && bound.objective > best.score.objective
    }

    private func isHopeless(_ lower: [Int], _ upper: [Int]) -> Bool {
      isHopeless(session.problem.bound(lower: lower, upper: upper))
    }

    private mutating func consider(_ point: [Int]) {
      let found = Candidate(point: session.problem.canonical(point), score: session.score(point))
      if found < best { best = found }
    }

    /// Cuts hopeless slabs off both ends of every variable until nothing more can be cut; false when nothing is left.
    private func shave(_ node: inout Node) -> Bool {
      var isChanged = true
      while isChanged {
        isChanged = false
        guard session.problem.clip(lower: &node.lower, upper: &node.upper) else { return false }
        for axis in variables.indices where node.lower[axis] < node.upper[axis] {
          let cut = shaveLower(&node, axis) + shaveUpper(&node, axis)
          if node.lower[axis] > node.upper[axis] { return false }
          // Another round pays only where this one cut much.
          if 4 * cut >= node.upper[axis] - node.lower[axis] + cut, cut > 0 { isChanged = true }
        }
      }
      return true
    }

    /// Raises the lower end as far as the slab below is hopeless; returns by how much.
    private func shaveLower(_ node: inout Node, _ axis: Int) -> Int {
      let (first, last, step) = (node.lower[axis], node.upper[axis], variables[axis].step)
      var upper = node.upper
      let kept = firstHopeful(count: (last - first) / step + 1) { index in
        upper[axis] = first + index * step
        return isHopeless(node.lower, upper)
      }
      node.lower[axis] = first + kept * step
      return kept * step
    }

    /// Lowers the upper end as far as the slab above is hopeless; returns by how much.
    private func shaveUpper(_ node: inout Node, _ axis: Int) -> Int {
      let (first, last, step) = (node.lower[axis], node.upper[axis], variables[axis].step)
      guard first <= last else { return 0 }
      var lower = node.lower
      let kept = firstHopeful(count: (last - first) / step + 1) { index in
        lower[axis] = last - index * step
        return isHopeless(lower, node.upper)
      }
      node.upper[axis] = last - kept * step
      return kept * step
    }

    /// The first index in 0..<count whose slab is not hopeless, or `count`. Slabs grow with the index, so the answers
    /// are hopeless, …, hopeless, hopeful, …: found by doubling, then bisection.
    private func firstHopeful(count: Int, _ isHopeless: (Int) -> Bool) -> Int {
      var low = -1
      var high = 0
      while high < count, isHopeless(high) {
        low = high
        high = 2 * high + 1
      }
      high = min(high, count)
      while high - low > 1 {
        let middle = low + (high - low) / 2
        if isHopeless(middle) { low = middle } else { high = middle }
      }
      return high
    }

    /// The variable with the most of its range left; `nil` for a single point.
    private func widest(_ node: Node) -> Int? {
      var choice: Int?
      var most = 0.0
      for (axis, variable) in variables.enumerated() {
        let left = node.upper[axis] - node.lower[axis]
        guard left > 0 else { continue }
        let share = Double(left) / Double(variable.upper - variable.lower)
        if share > most { (choice, most) = (axis, share) }
      }
      return choice
    }

    private mutating func split(_ node: Node, _ axis: Int) {
      let step = variables[axis].step
      let middle = node.lower[axis] + (node.upper[axis] - node.lower[axis]) / step / 2 * step
      var below = node
      below.upper[axis] = middle
      var above = node
      above.lower[axis] = middle + step
      below.bound = session.problem.bound(lower: below.lower, upper: below.upper)
      above.bound = session.problem.bound(lower: above.lower, upper: above.upper)
      let isAboveFirst = above.bound < below.bound
      for child in isAboveFirst ? [below, above] : [above, below] where !isHopeless(child.bound) { open.append(child) }
    }
  }
}
