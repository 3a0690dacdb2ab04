import FlashNAS
import FlashNumerics
import FlashSearch
import Foundation

/// SHGO against SciPy's global optimisers, problem by problem: each side solves each problem once after the other, and
/// counts its own calls.
struct OptimiserBenchmark {
  private static let methods = ["shgo", "differential_evolution", "dual_annealing", "direct"]

  /// What one optimiser made of one problem.
  private struct Outcome {
    var seconds = 0.0
    var evaluations = 0
    /// Whether the known optimum was found; `nil` where the optimiser takes no such problem.
    var isFound: Bool?

    var cell: String {
      guard let isFound else { return "–" }
      return "\(evaluations), \(Outcome.shown(seconds)) ms\(isFound ? "" : ", **missed**")"
    }

    static func shown(_ seconds: Double) -> String {
      let milliseconds = seconds * 1e3
      return String(format: "%.\(milliseconds < 10 ? 2 : 0)f", milliseconds)
    }
  }

  private struct Row {
    let name: String
    let toolkit: Outcome
    let peers: [Outcome]
  }

  private var suites: [(title: String, rows: [Row])] = []
  private var design: Row

  init(settings: Settings, reference: ReferenceProcess) throws {
    let all = [
      ("SciPy's own tests of `shgo`", SciPySuite.problems), ("Global functions", GlobalSuite.problems),
      ("Constrained problems", ConstrainedSuite.problems),
    ]
    for (title, problems) in all {
      var rows: [Row] = []
      for problem in problems {
        try Self.check(problem, reference)
        let peers = try Self.methods.map { try Self.peer($0, problem.name, problem.isOptimum, reference) }
        rows.append(Row(name: "`\(problem.name)`", toolkit: Self.toolkit(problem, settings.pairs), peers: peers))
      }
      suites.append((title, rows))
    }
    design = try Self.designRow(settings, reference)
  }

  /// The median time of some runs, which are all alike.
  private static func toolkit(_ problem: BenchmarkProblem, _ runs: Int) -> Outcome {
    var outcome = Outcome()
    var times: [Double] = []
    for _ in 0..<runs {
      let (report, seconds) = PairedTimes.processorSeconds {
        SHGO().run(problem.problem, stopping: StoppingRule(maximumEvaluations: problem.budget))
      }
      times.append(seconds)
      outcome.evaluations = report.evaluations
      outcome.isFound = report.best.map { report.isSuccess && problem.isOptimum($0.objective) } ?? false
    }
    outcome.seconds = Spread(times).median
    return outcome
  }

  /// A peer's feasibility may be 1e-6 off, where the toolkit's is 1e-8.
  private static func peer(
    _ method: String, _ name: String, _ isOptimum: (Double) -> Bool, _ reference: ReferenceProcess
  ) throws -> Outcome {
    let answer = try reference.answer(to: "solve \(name) \(method)")
    guard answer != "none" else { return Outcome() }
    let words = answer.split(separator: " ").map(String.init)
    guard words.count == 4, let seconds = Double(words[0]), let calls = Int(words[1]) else {
      throw BenchmarkError("search_reference.py: expected four words, found '\(answer)'")
    }
    let isFound = Double(words[2]).map { isOptimum($0) && (Double(words[3]) ?? .infinity) <= 1e-6 } ?? false
    return Outcome(seconds: seconds, evaluations: calls, isFound: isFound)
  }

  /// Both sides have the same functions: the values at random points agree.
  private static func check(_ problem: BenchmarkProblem, _ reference: ReferenceProcess) throws {
    var random = SplitMix64(seed: 6)
    for _ in 0..<3 {
      let point = problem.bounds.map { bound in
        let (lower, upper) = (max(bound.lower, -100), min(bound.upper, 10_000))
        return lower + random.unit() * (upper - lower)
      }
      try agree(
        problem.name, point,
        [problem.objective(point)] + (problem.inequalities?(point) ?? []) + (problem.equalities?(point) ?? []),
        reference)
    }
  }

  private static func agree(
    _ name: String, _ point: [Double], _ values: [Double], _ reference: ReferenceProcess
  ) throws {
    let words = point.map { "\($0)" }.joined(separator: " ")
    let others = try reference.answer(to: "check \(name) \(words)").split(separator: " ").compactMap { Double($0) }
    let agree =
      values.count == others.count
      && zip(values, others).allSatisfy { own, other in
        abs(own - other) <= 1e-9 * max(1, abs(own), abs(other))
      }
    guard agree else { throw BenchmarkError("\(name): \(values) here, \(others) in search_reference.py, at \(words)") }
  }

  // MARK: The design problem

  /// The default design problem, proved, beside what the peers find.
  private static func designRow(_ settings: Settings, _ reference: ReferenceProcess) throws -> Row {
    let question = try DesignProblems().shipped("default")
    let problem = try question()
    var random = SplitMix64(seed: 7)
    for _ in 0..<20 {
      let point = problem.variables.map { $0.lower + random.below($0.count) * $0.step }
      let values = problem.model.values(point, in: problem.space)
      let slacks = problem.bounds.map { -$0.slack(values[$0.quantity]) / $0.limit }
      try agree("design", point.map(Double.init), [problem.score(point).objective] + slacks, reference)
    }
    let proof = try TimedProof(runs: settings.pairs, question)
    let best = proof.report.score.objective
    let peers = try methods.map { method in
      try peer(method, "design", { abs($0 - best) <= 1e-9 * abs(best) }, reference)
    }
    let toolkit = Outcome(
      seconds: proof.milliseconds.median / 1e3, evaluations: proof.report.evaluations, isFound: true)
    return Row(name: "default design problem, `exact`", toolkit: toolkit, peers: peers)
  }

  // MARK: Report

  var report: String {
    let names = Self.methods.map { "`\($0)`" }.joined(separator: " | ")
    let line = Self.methods.map { _ in "---" }.joined(separator: "|")
    let tables = suites.map { title, rows in
      """
      | \(title) | flashnas | \(names) |
      |---|---|\(line)|
      \((rows.map(cells) + [sum(rows)]).joined(separator: "\n"))
      """
    }
    return """
      SHGO and SciPy's optimisers: evaluations and processor time; missed: not the known optimum to 1e-5, or 1e-6 of its
      size, or not feasible, or not within 10 s; a dash: not taken.

      \(tables.joined(separator: "\n\n"))

      | | flashnas | \(names) |
      |---|---|\(line)|
      \(cells(design))
      """
  }

  private func cells(_ row: Row) -> String {
    "| \(row.name) | \(([row.toolkit] + row.peers).map(\.cell).joined(separator: " | ")) |"
  }

  /// Found of those taken, with the times and calls of these; the ratio is to the toolkit's time on the same problems.
  private func sum(_ rows: [Row]) -> String {
    func summed(_ outcomes: [(own: Outcome, toolkit: Outcome)]) -> String {
      let taken = outcomes.filter { $0.own.isFound != nil }
      guard !taken.isEmpty else { return "–" }
      let found = taken.count { $0.own.isFound == true }
      let seconds = taken.reduce(0) { $0 + $1.own.seconds }
      let ratio = seconds / taken.reduce(0) { $0 + $1.toolkit.seconds }
      return "\(found) of \(taken.count) found, \(taken.reduce(0) { $0 + $1.own.evaluations }), "
        + "\(Outcome.shown(seconds)) ms, \(String(format: "%.1f", ratio)) ×"
    }
    let own = summed(rows.map { ($0.toolkit, $0.toolkit) })
    let peers = Self.methods.indices.map { index in summed(rows.map { ($0.peers[index], $0.toolkit) }) }
    return "| all | \(([own] + peers).joined(separator: " | ")) |"
  }
}
