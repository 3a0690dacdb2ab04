/// Branch and bound over sub-boxes: the best point, with a proof.
///
/// Depth first; a node is a sub-box. Each node is *shaved* before it is split: from both ends of every variable the
/// largest slab is cut off whose own bound says that it holds nothing better than the best point known. What is left is
/// halved along its widest variable, the half with the better bound first.
///
/// Requirements: bounds that hold for every point of a sub-box, and that do not loosen when the sub-box shrinks. Start
/// points are not needed, but a good one saves most of the work; without one the point of an infeasible problem's report
/// is the lower corner, not the one of least violation.
///
/// A slab is cut only where its bound is *worse* than the best point, or infeasible: every point of equal score is met,
/// and the lexicographically least canonical one is reported. With `count` above 1 the threshold is the last of the best
/// points known, so that all of them are proved.
public struct BranchAndBound: Sendable {
  public static let name = "exact"

  /// How many of the best distinct points are to be proved.
  public var count = 1

  public init() {}

  /// Proves the best point of a problem.
  ///
  /// - Parameter start: a report of another strategy to begin with, whose evaluations and levels are taken over.
  /// - Complexity: exponential in the worst case, O(n log range) bounds a node.
  @inlinable
  public func run<Problem: BoundedProblem>(
    _ problem: Problem, from start: SearchReport? = nil, stopping rule: StoppingRule
  ) -> SearchReport {
    var search = Run(problem, rule, start, count: count)
    search.prove()
    return search.report(start)
  }

  /// As `run`, with the leaves of the proof: boxes that cover the whole box, each once, in the order of the cuts.
  ///
  /// - Precondition: `count` is 1: a leaf is left for the best point alone.
  @inlinable
  public func proof<Problem: BoundedProblem>(
    _ problem: Problem, from start: SearchReport? = nil, stopping rule: StoppingRule
  ) -> (report: SearchReport, leaves: [ProofLeaf]) {
    precondition(count == 1, "leaves are those of one point's proof")
    var search = Run(problem, rule, start, count: 1)
    search.leaves = []
    search.prove()
    return (search.report(start), (search.leaves ?? []) + search.openLeaves)
  }
}

extension BranchAndBound {
  /// A sub-box with what the problem knows of its corners.
  @usableFromInline
  struct Node<Problem: BoundedProblem> {
    @usableFromInline var lower: [Int]
    @usableFromInline var upper: [Int]
    @usableFromInline var lowerCorner: Problem.Corner
    @usableFromInline var upperCorner: Problem.Corner
    @usableFromInline var bound: Score

    @inlinable
    init(_ problem: Problem, lower: [Int], upper: [Int]) {
      self.lower = lower
      self.upper = upper
      lowerCorner = problem.corner(lower)
      upperCorner = problem.corner(upper)
      bound = problem.bound(from: lower, lowerCorner, to: upper, upperCorner)
    }
  }

  /// The state of one proof.
  @usableFromInline
  struct Run<Problem: BoundedProblem> {
    @usableFromInline var session: EvaluationSession<Problem>
    @usableFromInline let variables: [IntegerVariable]
    @usableFromInline let weights: [Double]
    @usableFromInline var best: Candidate
    /// The best distinct feasible points, at most `count`, best first.
    @usableFromInline var ranked: [Candidate] = []
    @usableFromInline let count: Int
    @usableFromInline var open: [Node<Problem>] = []
    @usableFromInline var nodes = 0
    /// The boxes that were left, where they are asked for.
    @usableFromInline var leaves: [ProofLeaf]?

    @inlinable
    init(_ problem: Problem, _ rule: StoppingRule, _ start: SearchReport?, count: Int) {
      self.count = count
      session = EvaluationSession(problem, rule)
      variables = problem.variables
      weights = problem.branchingWeights
      let lower = problem.variables.map(\.lower)
      if let start, start.score != .none {
        best = Candidate(point: start.point, score: start.score)
      } else {
        best = Candidate(point: problem.canonical(lower), score: session.score(lower))
      }
      if best.score.isFeasible { ranked = [best] }
      open.append(Node(session.problem, lower: lower, upper: problem.variables.map(\.upper)))
    }

    @inlinable
    mutating func prove() {
      while var node = open.popLast() {
        if nodes % 64 == 0 { session.check() }
        guard session.stop == nil else {
          open.append(node)
          return
        }
        nodes += 1
        guard !isHopeless(node.bound) else {
          leave(.bounded, node.lower, node.upper, node.bound)
          continue
        }
        guard shave(&node) else { continue }
        guard let axis = branchingAxis(node) else {
          consider(node.lower)
          continue
        }
        split(node, axis)
      }
    }

    @inlinable
    func report(_ start: SearchReport?) -> SearchReport {
      SearchReport(
        provedPoint: best.point, best.score, evaluations: session.evaluations, nodes: nodes, stop: session.stop,
        openBound: open.lazy.map(\.bound.objective).min(), improvements: session.improvements,
        ranked: ranked.map { ($0.point, $0.score) }, after: start)
    }

    /// Whether nothing as good as the last of the points wanted can lie under a bound. Of a leaf that is written down,
    /// by more than the rounding of whoever works its bound out again.
    @inlinable
    func isHopeless(_ bound: Score) -> Bool {
      guard bound.violation <= (leaves == nil ? 0 : 1e-12), bound.objective < .infinity else { return true }
      guard ranked.count == count else { return false }
      let wanted = ranked[count - 1].score.objective
      return bound.objective > (leaves == nil ? wanted : wanted + 1e-12 * abs(wanted))
    }

    /// Writes a box down that is left, where leaves are asked for.
    @inlinable
    mutating func leave(_ reason: ProofLeaf.Reason, _ lower: [Int], _ upper: [Int], _ bound: Score) {
      leaves?.append(ProofLeaf(reason: reason, lower: lower, upper: upper, bound: bound))
    }

    /// What a stopped proof has not searched, the next first.
    @inlinable var openLeaves: [ProofLeaf] {
      open.reversed().map { ProofLeaf(reason: .open, lower: $0.lower, upper: $0.upper, bound: $0.bound) }
    }

    @inlinable
    mutating func consider(_ point: [Int]) {
      let found = Candidate(point: session.problem.canonical(point), score: session.score(point))
      leave(.point, point, point, found.score)
      if found < best { best = found }
      guard found.score.isFeasible, ranked.count < count || found < ranked[count - 1], !ranked.contains(found) else {
        return
      }
      ranked.insert(found, at: ranked.firstIndex { found < $0 } ?? ranked.count)
      if ranked.count > count { ranked.removeLast() }
    }

    /// Cuts hopeless slabs off both ends of every variable until that pays no more; false when nothing is left.
    @inlinable
    mutating func shave(_ node: inout Node<Problem>) -> Bool {
      let problem = session.problem
      var isChanged = true
      while isChanged {
        isChanged = false
        let (lower, upper) = (node.lower, node.upper)
        guard problem.clip(lower: &node.lower, upper: &node.upper) else {
          leave(.duplicate, lower, upper, .none)
          return false
        }
        if leaves != nil { leaveClipped(lower, upper, to: node) }
        if node.lower != lower { node.lowerCorner = problem.corner(node.lower) }
        if node.upper != upper { node.upperCorner = problem.corner(node.upper) }
        for axis in variables.indices where node.lower[axis] < node.upper[axis] {
          let cut = shaveLower(&node, axis) + shaveUpper(&node, axis)
          if node.lower[axis] > node.upper[axis] { return false }
          // Another round pays only where this one cut a quarter or more.
          if cut > 0, 4 * cut >= node.upper[axis] - node.lower[axis] + cut { isChanged = true }
        }
      }
      return true
    }

    /// Writes down what `clip` took from a box, one variable after the other.
    @inlinable
    mutating func leaveClipped(_ lower: [Int], _ upper: [Int], to node: Node<Problem>) {
      var (lower, upper) = (lower, upper)
      for axis in variables.indices {
        let step = variables[axis].step
        if lower[axis] < node.lower[axis] {
          var end = upper
          end[axis] = node.lower[axis] - step
          leave(.duplicate, lower, end, .none)
          lower[axis] = node.lower[axis]
        }
        if node.upper[axis] < upper[axis] {
          var end = lower
          end[axis] = node.upper[axis] + step
          leave(.duplicate, end, upper, .none)
          upper[axis] = node.upper[axis]
        }
      }
    }

    /// Raises the lower end as far as the slab below is hopeless; returns by how much.
    @inlinable
    mutating func shaveLower(_ node: inout Node<Problem>, _ axis: Int) -> Int {
      let problem = session.problem
      let (first, last, step) = (node.lower[axis], node.upper[axis], variables[axis].step)
      let kept = firstHopeful(count: (last - first) / step + 1) { index in
        node.upper[axis] = first + index * step
        return problem.bound(from: node.lower, node.lowerCorner, to: node.upper, problem.corner(node.upper))
      }
      node.upper[axis] = last
      guard kept > 0 else { return 0 }
      if leaves != nil {
        var upper = node.upper
        upper[axis] = first + (kept - 1) * step
        leave(.bounded, node.lower, upper, problem.bound(lower: node.lower, upper: upper))
      }
      node.lower[axis] = first + kept * step
      if node.lower[axis] <= last { node.lowerCorner = problem.corner(node.lower) }
      return kept * step
    }

    /// Lowers the upper end as far as the slab above is hopeless; returns by how much.
    @inlinable
    mutating func shaveUpper(_ node: inout Node<Problem>, _ axis: Int) -> Int {
      let problem = session.problem
      let (first, last, step) = (node.lower[axis], node.upper[axis], variables[axis].step)
      guard first <= last else { return 0 }
      let kept = firstHopeful(count: (last - first) / step + 1) { index in
        node.lower[axis] = last - index * step
        return problem.bound(from: node.lower, problem.corner(node.lower), to: node.upper, node.upperCorner)
      }
      node.lower[axis] = first
      guard kept > 0 else { return 0 }
      if leaves != nil {
        var lower = node.lower
        lower[axis] = last - (kept - 1) * step
        leave(.bounded, lower, node.upper, problem.bound(lower: lower, upper: node.upper))
      }
      node.upper[axis] = last - kept * step
      if node.upper[axis] >= first { node.upperCorner = problem.corner(node.upper) }
      return kept * step
    }

    /// The first index in 0..<count whose slab is not hopeless, or `count`. Slabs grow with the index, so the answers
    /// are hopeless, …, hopeless, hopeful, …: found by doubling, then bisection.
    @inlinable
    func firstHopeful(count: Int, _ bound: (Int) -> Score) -> Int {
      var low = -1
      var high = 0
      while high < count, isHopeless(bound(high)) {
        low = high
        high = 2 * high + 1
      }
      high = min(high, count)
      while high - low > 1 {
        let middle = low + (high - low) / 2
        if isHopeless(bound(middle)) { low = middle } else { high = middle }
      }
      return high
    }

    /// The variable to branch on; `nil` for a single point.
    @inlinable
    func branchingAxis(_ node: Node<Problem>) -> Int? {
      var choice: Int?
      var most = -Double.infinity
      for (axis, variable) in variables.enumerated() {
        let left = node.upper[axis] - node.lower[axis]
        guard left > 0 else { continue }
        let weight = weights[axis] * Double(left) / Double(variable.upper - variable.lower)
        if weight > most { (choice, most) = (axis, weight) }
      }
      return choice
    }

    @inlinable
    mutating func split(_ node: Node<Problem>, _ axis: Int) {
      let step = variables[axis].step
      let middle = node.lower[axis] + (node.upper[axis] - node.lower[axis]) / step / 2 * step
      var upper = node.upper
      upper[axis] = middle
      var lower = node.lower
      lower[axis] = middle + step
      let below = Node(session.problem, lower: node.lower, upper: upper)
      let above = Node(session.problem, lower: lower, upper: node.upper)
      let isAboveFirst = above.bound < below.bound
      for child in isAboveFirst ? [below, above] : [above, below] {
        if isHopeless(child.bound) {
          leave(.bounded, child.lower, child.upper, child.bound)
        } else {
          open.append(child)
        }
      }
    }
  }
}
