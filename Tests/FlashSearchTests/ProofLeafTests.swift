import Testing

@testable import FlashSearch

/// The boxes that a proof leaves, held against enumeration.
@Suite struct ProofLeafTests {
  private static func holds(_ leaf: ProofLeaf, _ point: [Int]) -> Bool {
    point.indices.allSatisfy { leaf.lower[$0]...leaf.upper[$0] ~= point[$0] }
  }

  /// Whether what a leaf of a finished proof says holds for one of its points.
  private static func isTrue(_ leaf: ProofLeaf, of point: [Int], _ problem: MonotoneProblem, _ best: Score) -> Bool {
    let score = problem.bound(lower: point, upper: point)
    return switch leaf.reason {
    case .bounded where leaf.bound.violation > 0: score.violation >= leaf.bound.violation
    case .bounded: score.objective >= leaf.bound.objective && best.isFeasible && best < score
    case .duplicate: problem.canonical(point) != point
    case .point: leaf.lower == leaf.upper && leaf.bound == score
    case .open: false
    }
  }

  @Test func `leaves hold every point once, and what they say of it is true`() {
    var reasons: Set<ProofLeaf.Reason> = []
    for seed in 0..<300 {
      let problem = BranchAndBoundTests.problem(seed)
      let (report, leaves) = BranchAndBound().proof(problem, stopping: StoppingRule())
      let plain = BranchAndBound().run(problem, stopping: StoppingRule())
      #expect(report.score == plain.score && report.point == plain.point)
      var faults = 0
      problem.variables.forEachPoint { point in
        let holding = leaves.filter { Self.holds($0, point) }
        guard holding.count == 1, let leaf = holding.first else {
          faults += 1
          return
        }
        reasons.insert(leaf.reason)
        if !Self.isTrue(leaf, of: point, problem, report.score) { faults += 1 }
      }
      #expect(faults == 0, "\(seed)")
    }
    #expect(reasons == [.bounded, .duplicate, .point])
  }

  @Test func `a stopped proof leaves the rest open, and every point once`() {
    var open = 0
    for seed in 0..<300 {
      let problem = BranchAndBoundTests.problem(seed, values: 12)
      let (report, leaves) = BranchAndBound().proof(problem, stopping: StoppingRule(maximumEvaluations: 1 + seed % 5))
      let least = leaves.filter { $0.reason == .open }.map(\.bound.objective).min()
      open += least == nil ? 0 : 1
      #expect((least == nil) == [.optimal, .infeasible].contains(report.certificate.status))
      if report.certificate.status == .gap, let least {
        #expect(report.certificate.bound == min(least, report.score.objective))
      }
      var isCovered = true
      problem.variables.forEachPoint { point in
        if leaves.count(where: { Self.holds($0, point) }) != 1 { isCovered = false }
      }
      #expect(isCovered, "\(seed)")
    }
    #expect(open > 100)
  }

  @Test func `improvements count on from those of the start`() {
    let first = SearchReport(
      strategy: "test", point: [0], score: Score(objective: 5, violation: 0), evaluations: 10, termination: .converged,
      levels: [], certificate: .none,
      improvements: [Improvement(evaluations: 3, score: Score(objective: 5, violation: 0))])
    let later = [
      Improvement(evaluations: 1, score: Score(objective: 7, violation: 0)),
      Improvement(evaluations: 2, score: Score(objective: 4, violation: 0)),
    ]
    let all = first.improvements(followedBy: later)
    #expect(all.map(\.evaluations) == [3, 12])
    #expect(all.map(\.score.objective) == [5, 4])
  }
}
