import FlashNAS
import FlashNumerics
import FlashSearch
import Testing

/// The true optimum, known by enumeration, on random sub-boxes of a million points and more with bounds that bind.
@Suite("Optimum")
struct OptimumTests {
  /// A question over a sub-box with its answer by enumeration.
  private struct Question {
    let problem: DesignProblem
    let best: [Int]
    let score: Score
  }

  /// The least score by enumeration; the first of equals in lexicographic order, which is the canonical one.
  private static func enumerate(_ problem: DesignProblem) -> (point: [Int], score: Score) {
    var best: (point: [Int], score: Score) = ([], .none)
    problem.space.forEachPoint { point in
      let score = problem.score(point)
      if score < best.score { best = (point, score) }
    }
    return best
  }

  /// Draws sub-boxes until one has a question whose bounds both bind at an optimum that is not a corner: accuracy at
  /// 60…90 % of its range, area 15…60 % of the way from the least area that reaches it to that of the best network
  /// without an area bound.
  private static func question(_ seed: UInt64, _ model: PerformanceModel) throws -> Question {
    let space = try SearchSpace.named("dense3-fashion")
    var random = SplitMix64(seed: seed, stream: 6)
    while true {
      let box = try space.randomBox(atLeast: 1_000_000, &random)
      func problem(_ text: String, _ direction: Objective.Direction, _ bounds: [Bound]) throws -> DesignProblem {
        try DesignProblem(
          space: box, model: model, objective: TestModels.objective(text, direction), bounds: bounds)
      }
      let low = model.values(box.variables.map(\.lower), in: box)[.accuracy]
      let high = model.values(box.variables.map(\.upper), in: box)[.accuracy]
      let accuracy = Bound(
        quantity: .accuracy, relation: .atLeast, limit: low + (0.6 + 0.3 * random.unit()) * (high - low))
      let objective = "accuracy/(latency*energy*area)"
      let least = enumerate(try problem("area", .minimize, [accuracy])).score.objective
      let free = enumerate(try problem(objective, .maximize, [accuracy])).point
      let most = model.values(free, in: box)[.area]
      let area = Bound(
        quantity: .area, relation: .atMost, limit: least + (0.15 + 0.45 * random.unit()) * (most - least))
      let bounded = try problem(objective, .maximize, [accuracy, area])
      let best = enumerate(bounded)
      let isCorner = zip(best.point, box.variables).allSatisfy { $0 == $1.lower || $0 == $1.upper }
      // Without its area bound the optimum is `free`, without its accuracy bound the least network: both bounds bind.
      let isBound = best.score.objective > bounded.score(free).objective
      if isBound, !isCorner { return Question(problem: bounded, best: best.point, score: best.score) }
    }
  }

  /// The questions: even ones with simulated costs, odd ones with fitted costs.
  private static let questions = Result {
    try (0..<20).map { seed in
      try question(seed, seed % 2 == 0 ? TestModels.simulated() : TestModels.fitted())
    }
  }

  @Test("exact search finds the enumerated optimum of every sub-box and proves it")
  func exact() throws {
    for (seed, question) in try Self.questions.get().enumerated() {
      let report = BranchAndBound().run(question.problem, stopping: StoppingRule())
      #expect(report.point == question.best, "question \(seed)")
      #expect(report.score == question.score, "question \(seed)")
      #expect(report.certificate.status == .optimal, "question \(seed)")
      #expect(report.certificate.bound == question.score.objective, "question \(seed)")
    }
  }

  @Test("hierarchical search finds the enumerated optimum of every sub-box")
  func hierarchical() throws {
    for (seed, question) in try Self.questions.get().enumerated() {
      let report = HierarchicalSHGO().run(question.problem, stopping: StoppingRule())
      #expect(report.point == question.best, "question \(seed)")
      #expect(report.score == question.score, "question \(seed)")
      #expect(report.termination == .converged, "question \(seed)")
    }
  }
}
