import FlashNAS
import FlashSearch
import Foundation

/// What `flashnas search` takes on the shipped problems: proofs, the heuristics beside them, the whole process, scores.
struct SearchBenchmark {
  private let runs: Int
  private var proofs: [(title: String, proof: TimedProof)] = []
  private var heuristics: [String] = []
  private var processes: [String] = []
  private var scores: [(title: String, millions: Spread)] = []

  init(settings: Settings) throws {
    runs = settings.pairs
    let problems = try DesignProblems()
    for costs in DesignProblems.costs {
      let question = try problems.shipped("default", costs)
      let proof = try TimedProof(runs: runs, question)
      proofs.append(("default, \(costs) costs", proof))
      let problem = try question()
      heuristics += [
        try Self.heuristic("hierarchical, \(costs) costs", question, proof.report) { problem, seed, budget in
          var search = HierarchicalSHGO()
          search.seed = seed
          return search.run(problem, stopping: StoppingRule(maximumEvaluations: budget))
        },
        try Self.heuristic("shgo, \(costs) costs, 20 000 networks", question, proof.report) { problem, seed, budget in
          var search = SHGO()
          search.seed = seed
          return search.run(problem, stopping: StoppingRule(maximumEvaluations: min(budget, 20_000)))
        },
      ]
      scores.append(("default, \(costs) costs, point by point", try Self.scores(problem, runs)))
      scores.append(("default, \(costs) costs, in batches", try Self.batchScores(problem, runs)))
    }
    proofs.append(("codesign, simulated costs", try TimedProof(runs: runs, problems.shipped("codesign"))))
    for arguments in [["search"], ["search", "--costs", "fitted"], ["search", "../problems/codesign.yaml"]] {
      processes.append(try Self.process(arguments, settings))
    }
  }

  /// Twenty seeds: the time, the gap to the proved optimum, the points scored; the points until the gap was 1 %, and the time
  /// of a search that stops there.
  private static func heuristic(
    _ title: String, _ question: () throws -> DesignProblem, _ proof: SearchReport,
    _ search: (DesignProblem, _ seed: UInt64, _ budget: Int) -> SearchReport
  ) throws -> String {
    var times: (all: [Double], near: [Double]) = ([], [])
    var (gaps, evaluations, near): ([Double], [Double], [Double]) = ([], [], [])
    func gap(_ score: Score) -> Double {
      let best = proof.score.objective
      return score.isFeasible ? 100 * abs(score.objective - best) / abs(best) : .infinity
    }
    func run(_ seed: UInt64, _ budget: Int = .max) throws -> (report: SearchReport, milliseconds: Double) {
      let (report, seconds) = try PairedTimes.processorSeconds { search(try question(), seed, budget) }
      return (report, seconds * 1e3)
    }
    _ = try run(0)
    for seed in 0..<UInt64(20) {
      let (report, milliseconds) = try run(seed)
      times.all.append(milliseconds)
      evaluations.append(Double(report.evaluations))
      gaps.append(gap(report.score))
      if let first = report.improvements.first(where: { gap($0.score) <= 1 })?.evaluations {
        near.append(Double(first))
        times.near.append(try run(seed, first).milliseconds)
      }
    }
    let reached =
      near.count < 20 ? "\(near.count) of 20 seeds | " : "\(Spread(near).text) | \(Spread(times.near).text)"
    return
      "| \(title) | \(Spread(times.all).text) | \(Spread(gaps).text) | \(Spread(evaluations).text) | \(reached) |"
  }

  /// Processor time and instructions of a whole process.
  private static func process(_ arguments: [String], _ settings: Settings) throws -> String {
    let command = [settings.program] + arguments
    _ = try ChildProcess.run(command)
    let times = try (0..<settings.pairs).map { _ in try ChildProcess.run(command).processor * 1e3 }
    let title = "`flashnas \(arguments.map { $0.replacingOccurrences(of: "../", with: "") }.joined(separator: " "))`"
    return "| \(title) | \(Spread(times).text) | \(try Instructions.count(command)) |"
  }

  private static func scores(_ problem: DesignProblem, _ runs: Int) throws -> Spread {
    let problem = problem.prepared()
    var random = SystemRandomNumberGenerator()
    let points = (0..<20_000).map { _ in
      problem.variables.map { $0.lower + Int.random(in: 0..<$0.count, using: &random) * $0.step }
    }
    let rates = try (0..<runs).map { _ in
      let (sum, seconds) = PairedTimes.processorSeconds { points.reduce(0) { $0 + problem.score($1).objective } }
      guard sum.isFinite else { throw BenchmarkError("a score gave no number") }
      return Double(points.count) / seconds / 1e6
    }
    return Spread(rates)
  }

  /// Points evaluated together, given as columns: all values of each.
  private static func batchScores(_ problem: DesignProblem, _ runs: Int) throws -> Spread {
    let (evaluator, count) = (BatchEvaluator(problem), 1_000_000)
    guard evaluator.isBatched else { throw BenchmarkError("the problem is not evaluated in batches") }
    let points = BatchPoints(problem, count: count)
    let values = (0..<6).map { _ in
      let column = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
      column.initialize(repeating: 0)
      return column
    }
    defer { for column in values { column.deallocate() } }
    let targets = values.compactMap(\.baseAddress)
    let rates = try (0..<runs).map { _ in
      let (_, seconds) = try PairedTimes.processorSeconds { try points.evaluate(evaluator, into: targets) }
      guard values[4].allSatisfy(\.isFinite) else { throw BenchmarkError("an objective is no number") }
      return Double(count) / seconds / 1e6
    }
    return Spread(rates)
  }

  var report: String {
    """
    Shipped problems, proved: processor time from the question, models loaded, to the proof, \(runs) runs:

    | | ms | status | boxes bounded | networks evaluated |
    |---|---|---|---|---|
    \(proofs.map { "| \($0.title) | \($0.proof.cells) |" }.joined(separator: "\n"))

    Heuristics on the default problem, 20 seeds:

    | | ms | off the proved optimum, % | networks evaluated | until within 1 % | ms until then |
    |---|---|---|---|---|---|
    \(heuristics.joined(separator: "\n"))

    Whole processes, \(runs) runs; instructions under valgrind's callgrind, of a copy without debugging symbols:

    | | processor time, ms | instructions, millions |
    |---|---|---|
    \(processes.joined(separator: "\n"))

    Scores of random points, objective and bounds, one thread, \(runs) times 20 000 points one by one, a million in batches:

    | | millions a second |
    |---|---|
    \(scores.map { "| \($0.title) | \($0.millions.text) |" }.joined(separator: "\n"))
    """
  }
}

/// Instructions of a whole process, as valgrind's callgrind counts them.
enum Instructions {
  /// In millions; what is missing where they cannot be counted.
  static func count(_ command: [String]) throws -> String {
    guard let valgrind = tool("valgrind"), let strip = tool("strip") else { return "skipped: no valgrind" }
    let copy = "models/flashnas"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: command[0], toPath: copy)
    _ = try ChildProcess.run([strip, "-g", copy])
    let log = "models/callgrind.log"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: valgrind)
    process.arguments =
      ["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-file=\(log)", copy] + command.dropFirst()
    let checkout = URL(fileURLWithPath: "..").standardizedFileURL.path
    process.environment = ProcessInfo.processInfo.environment.merging(["FLASHNAS_DATA": checkout]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    guard process.terminationStatus == 0, let line = lines.first(where: { $0.contains("Collected :") }),
      let count = line.split(separator: " ").last.flatMap({ Double($0) })
    else { throw BenchmarkError("valgrind: expected a line 'Collected : N' in Benchmarks/\(log)") }
    return String(format: "%.1f", count / 1e6)
  }

  private static func tool(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
