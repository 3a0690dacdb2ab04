import Foundation

/// A sweep of 10 000 problems, each proved, into each kind of file; and some of the problems as processes of their own.
struct SweepBenchmark {
  /// A run of the whole sweep.
  private struct Run {
    let title: String
    let seconds: (elapsed: Double, processor: Double)
    let bytes: Int
  }

  private let runs: [Run]
  /// Seconds of a problem as a process of its own.
  private let alone: Spread

  private static let problems = 10_000

  private static let sweep = """
    schema: flashnas.sweep/1
    problem: {space: dense3-fashion, accuracy: auto}
    grid:
      objective:
        - {maximize: accuracy/(latency*energy*area)}
        - {maximize: accuracy/(latency*energy)}
        - {minimize: latency}
        - {minimize: energy}
        - {minimize: latency*energy*area}
      hardware: [systolic-ws-32x32, systolic-os-32x32]
      constraints.accuracy.min: {range: [86.1%, 91%], step: 0.1%}
      constraints.area.max: {range: [1.1mm2, 3mm2], step: 0.1mm2}

    """

  init(settings: Settings) throws {
    try Data(Self.sweep.utf8).write(to: URL(fileURLWithPath: "models/sweep.yaml"))
    func run(_ kind: String, jobs: Int) throws -> Run {
      let file = "models/sweep-\(jobs).\(kind)"
      try? FileManager.default.removeItem(atPath: file)
      let seconds = try ChildProcess.run([
        settings.program, "sweep", "models/sweep.yaml", "-o", file, "--jobs", "\(jobs)", "--quiet",
      ])
      guard let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int else {
        throw BenchmarkError("\(file): no size")
      }
      return Run(title: "`.\(kind)`, \(jobs == 1 ? "1 thread" : "\(jobs) threads")", seconds: seconds, bytes: bytes)
    }
    let cores = ProcessInfo.processInfo.activeProcessorCount
    runs = try [run("db", jobs: 1), run("db", jobs: cores), run("csv", jobs: cores), run("jsonl", jobs: cores)]
    alone = Spread(
      try (0..<max(settings.pairs, 15)).map { number in
        try ChildProcess.seconds([
          settings.program, "search", "--unbounded", "--min-accuracy", "\(87 + Double(number % 8) / 2)%", "--max-area",
          "3mm2",
        ])
      })
  }

  /// The report in Markdown.
  var report: String {
    func shown(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }
    let rows = runs.map { run in
      let each = run.seconds.elapsed / Double(Self.problems)
      return "| \(run.title) | \(shown(run.seconds.elapsed, 1)) | \(shown(run.seconds.processor, 1)) | "
        + "\(shown(60 / each, 0)) | \(shown(alone.median / each, 1)) | \(shown(Double(run.bytes) / 1e6, 1)) |"
    }
    return """
      A sweep of \(Self.problems) problems, each proved; whole processes. A problem alone as a process takes \
      \(shown(alone.median * 1e3, 1)) ms (median).

      | | s | processor, s | problems a minute | times as many as processes one by one | MB |
      |---|---|---|---|---|---|
      \(rows.joined(separator: "\n"))
      """
  }
}
