import FlashNAS
import FlashNumerics
import FlashSearch
import Foundation

/// The Python package: its batches against those of Swift, and `flashnas.minimize` against SciPy's `shgo`.
struct PythonBenchmark {
  private static let count = 1_000_000
  /// Ten of SciPy's global benchmark functions.
  private static let functions: Set = [
    "Adjiman", "Bird", "Branin01", "EggHolder", "GoldsteinPrice", "Hartmann6", "HolderTable", "Michalewicz", "Shekel10",
    "SixHumpCamel",
  ]
  private static let methods = ["flashnas", "shgo", "flashnas-until", "shgo-until"]

  /// What a minimiser made of a problem.
  private struct Outcome {
    let seconds: Double
    let calls: Int
    let isFound: Bool

    var microsecondsPerCall: Double { seconds * 1e6 / Double(max(calls, 1)) }

    var cell: String {
      let found = isFound ? "" : ", **missed**"
      return "\(calls), \(shown(seconds * 1e3)) ms\(found)"
    }
  }

  private let pairs: Int
  private var batches: [(title: String, times: PairedTimes)] = []
  private var rows: [(name: String, outcomes: [Outcome])] = []

  init(settings: Settings, reference: ReferenceProcess) throws {
    pairs = settings.pairs
    try measureBatches(reference)
    let problems = SciPySuite.problems + GlobalSuite.problems.filter { Self.functions.contains($0.name) }
    for problem in problems {
      rows.append((problem.name, try Self.methods.map { try Self.outcome($0, problem, pairs, reference) }))
    }
  }

  // MARK: Batches

  private mutating func measureBatches(_ reference: ReferenceProcess) throws {
    let problem = try DesignProblems().shipped("default")()
    let batch = BatchEvaluator(problem)
    let points = BatchPoints(problem, count: Self.count)
    try Self.check(problem, points.rows.prefix(20), reference)
    let rows = points.rows.flatMap { $0 }
    let question = "evaluate \(Self.count)"
    batches = [
      (
        "rows of 64-bit integers",
        try PairedTimes(
          pairs: pairs, toolkit: { try Self.seconds { try Self.evaluate(rows, batch) } },
          reference: { try reference.seconds(for: question) })
      ),
      (
        "columns of 32-bit integers",
        try PairedTimes(
          pairs: pairs, toolkit: { try Self.seconds { try Self.evaluate(points, batch) } },
          reference: { try reference.seconds(for: question) })
      ),
    ]
  }

  /// Both sides have the same objective.
  private static func check(
    _ problem: DesignProblem, _ points: ArraySlice<[Int64]>, _ reference: ReferenceProcess
  ) throws {
    for point in points {
      let answer = try reference.answer(to: "value \(point.map(String.init).joined(separator: " "))")
      let own = problem.objective.value(problem.score(point.map(Int.init)).objective)
      guard let other = Double(answer), abs(own - other) <= 1e-9 * abs(own) else {
        throw BenchmarkError("python_reference.py: expected \(own), found '\(answer)' at \(point)")
      }
    }
  }

  private static func seconds(_ call: () throws -> Double) throws -> Double { try PairedTimes.seconds(1, call) }

  /// Room for the six values of all points, made and given back as Python does it.
  private static func withColumns(_ body: ([UnsafeMutablePointer<Double>]) throws -> Void) rethrows -> Double {
    let columns = (0..<6).map { _ in UnsafeMutablePointer<Double>.allocate(capacity: count) }
    defer { for column in columns { column.deallocate() } }
    try body(columns)
    return columns[4][count - 1]
  }

  private static func evaluate(_ rows: [Int64], _ batch: BatchEvaluator) throws -> Double {
    try withColumns { columns in
      try rows.withUnsafeBufferPointer { rows in
        try batch.evaluate(
          rows,
          into: WantedColumns(
            accuracy: columns[0], latency: columns[1], energy: columns[2], area: columns[3], objective: columns[4],
            violation: columns[5]))
      }
    }
  }

  private static func evaluate(_ points: BatchPoints, _ batch: BatchEvaluator) throws -> Double {
    try withColumns { columns in try points.evaluate(batch, into: columns) }
  }

  // MARK: Minimisers

  /// The median time of some runs, which are all alike; what takes half a second is run once.
  private static func outcome(
    _ method: String, _ problem: BenchmarkProblem, _ runs: Int, _ reference: ReferenceProcess
  ) throws -> Outcome {
    var outcomes: [Outcome] = []
    repeat {
      let answer = try reference.answer(to: "minimize \(problem.name) \(method) \(problem.optimum)")
      let words = answer.split(separator: " ").map(String.init)
      guard words.count == 3, let seconds = Double(words[0]), let calls = Int(words[1]) else {
        throw BenchmarkError("python_reference.py: expected three words, found '\(answer)'")
      }
      let isFound = Double(words[2]).map(problem.isOptimum) ?? false
      outcomes.append(Outcome(seconds: seconds, calls: calls, isFound: isFound))
    } while outcomes.count < runs && outcomes[0].seconds < 0.5
    let first = outcomes[0]
    return Outcome(seconds: Spread(outcomes.map(\.seconds)).median, calls: first.calls, isFound: first.isFound)
  }

  // MARK: Report

  var report: String {
    """
    A million random points of `problems/default.yaml`, in Python from an array of 64-bit integers into new arrays, models
    loaded; in Swift from what the first column says, into new arrays too; \(pairs) pairs:

    | Swift's points | Swift, ms | Python, ms | Python / Swift |
    |---|---|---|---|
    \(batches.map { "| \($0.title) | \($0.times.row) |" }.joined(separator: "\n"))

    `flashnas.minimize` and SciPy's `shgo`: calls of f and processor time; by default, and until the known optimum is found.
    Missed: not the known optimum to 1e-5, or 1e-6 of its size, or not feasible, or not within 10 s.

    | | flashnas | `shgo` | `shgo` / flashnas, a call | flashnas until | `shgo` until | `shgo` / flashnas, until |
    |---|---|---|---|---|---|---|
    \(rows.map(cells).joined(separator: "\n"))
    \(sum)
    """
  }

  private func cells(_ row: (name: String, outcomes: [Outcome])) -> String {
    let (own, peer) = (row.outcomes[0], row.outcomes[1])
    let (ownUntil, peerUntil) = (row.outcomes[2], row.outcomes[3])
    let perCall = shown(peer.microsecondsPerCall / own.microsecondsPerCall)
    let bound = peerUntil.isFound ? "" : "> "
    return "| `\(row.name)` | \(own.cell) | \(peer.cell) | \(perCall) | \(ownUntil.cell) | \(peerUntil.cell) "
      + "| \(bound)\(shown(peerUntil.seconds / ownUntil.seconds)) |"
  }

  private var sum: String {
    let totals = Self.methods.indices.map { method in
      let outcomes = rows.map { $0.outcomes[method] }
      let milliseconds = outcomes.reduce(0) { $0 + $1.seconds } * 1e3
      return "\(outcomes.count { $0.isFound }) of \(outcomes.count) found, \(shown(milliseconds)) ms"
    }
    let perCall = Spread(rows.map { $0.outcomes[1].microsecondsPerCall / $0.outcomes[0].microsecondsPerCall })
    let until = Spread(rows.map { $0.outcomes[3].seconds / $0.outcomes[2].seconds })
    return "| all, median ratios | \(totals[0]) | \(totals[1]) | \(perCall.text) | \(totals[2]) | \(totals[3]) "
      + "| \(until.text) |"
  }
}

private func shown(_ value: Double) -> String {
  String(format: "%.\(value < 10 ? 2 : value < 100 ? 1 : 0)f", value)
}
