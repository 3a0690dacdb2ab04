import DatabaseText
import Foundation
import Testing

/// Sweeps of a few problems, which the tests write.
enum Sweeps {
  /// Two spaces, of which one has no energies on any hardware here, four bounds, and three strategies.
  static let mixed = """
    schema: flashnas.sweep/1
    problem:
      space: dense3-fashion
      accuracy: auto
      hardware: systolic-ws-32x32
      objective: {maximize: accuracy/latency}
      budget: 60
    grid:
      fix: [{}, {width1: 8}, {width9: 8}]
      constraints.accuracy.min: {range: [89%, 99%], step: 5%}
      strategy: [random, evolution]
      seed: [1, 2]

    """

  /// Short problems, so many that a run takes some seconds.
  static func many(_ count: Int) -> String {
    """
    schema: flashnas.sweep/1
    problem:
      space: dense3-fashion
      accuracy: auto
      hardware: systolic-ws-32x32
      objective: {minimize: energy}
      strategy: random
      budget: 400
    random:
      n: \(count)
      seed: 3
      draw:
        constraints.accuracy.min: {uniform: [88%, 92%]}
        constraints.area.max: {log-uniform: [1mm2, 3mm2]}
        seed: {range: [0, 99], step: 1}

    """
  }

  static let kinds = ["csv", "jsonl", "db"]

  /// What a file of results holds: its text, or a database's tables in their order.
  static func content(_ path: String) throws -> String {
    path.hasSuffix(".db") ? try databaseText(path) : try String(contentsOfFile: path, encoding: .utf8)
  }
}

@Suite struct SweepTests {
  private static func folder(_ text: String = Sweeps.mixed) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("sweep.yaml", text)
    return folder
  }

  private static func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func `a row holds what search finds, and its whole answer`() async throws {
    let folder = try Self.folder()
    let outcome = try await Program.run("sweep", "sweep.yaml", "-o", "out.jsonl", "-q", in: folder.path)
    #expect(outcome.code == 65)
    #expect(
      outcome.errors
        == "flashnas: sweep.yaml: 12 problems of 36 without an answer, each with its reason in the column 'error'\n")
    #expect(outcome.output.hasPrefix("36 problems: "))
    let rows = try Self.objects(folder.text("out.jsonl"))
    #expect(rows.map { $0["index"] as? Int } == Array(0..<36))
    for (index, row) in rows.enumerated() {
      let status = try #require(row["status"] as? String)
      let fix = try #require(row["problem.fix"] as? String)
      guard !fix.contains("width9") else {
        #expect(status == "failed" && row["answer"] is NSNull && row["objective"] is NSNull)
        #expect((row["error"] as? String)?.hasPrefix("problem \(index): ") == true)
        continue
      }
      let accuracy = try #require(row["problem.constraints.accuracy.min"] as? String)
      var arguments = [
        "search", "--accuracy", "auto", "--hardware", "systolic-ws-32x32", "--maximize", "accuracy/latency",
        "--unbounded", "--min-accuracy", accuracy, "--budget", "60", "--no-timing", "--format", "json",
        "--strategy", try #require(row["problem.strategy"] as? String), "--seed",
        try #require(row["problem.seed"] as? String),
      ]
      if fix.contains("width1") { arguments += ["--fix", "width1=8"] }
      let search = try await Program.run(arguments, in: folder.path)
      let answer = try search.json
      #expect(row["answer"] as? NSDictionary == answer as NSDictionary, "\(index)")
      #expect(status == (search.code == 2 ? "infeasible" : "feasible"))
      let objective = answer["objective"] as? [String: Any]
      #expect(row["objective"] as? Double == objective?["value"] as? Double)
      let best = answer["best"] as? [String: Any]
      #expect(row["latency_s"] as? Double == best?["latency_s"] as? Double)
      let point = (best?["point"] as? [String: Int])?.sorted { $0.key < $1.key }
      #expect(row["point"] as? String == point?.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
      #expect(row["evaluations"] as? Int == (answer["strategy"] as? [String: Any])?["evaluations"] as? Int)
      #expect(row["certificate"] as? String == (answer["certificate"] as? [String: Any])?["status"] as? String)
    }
    #expect(Set(rows.compactMap { $0["key"] as? String }).count == 36)
  }

  @Test func `the summary counts by the values of each key, in every format`() async throws {
    let folder = try Self.folder()
    let document = try await Program.run("sweep", "sweep.yaml", "-o", "a.db", "--format", "json", "-q", in: folder.path)
      .json
    #expect(document["schema"] as? String == "flashnas.sweep-summary/1")
    #expect(document["problems"] as? Int == 36 && document["failed"] as? Int == 12 && document["missing"] as? Int == 0)
    let feasible = try #require(document["feasible"] as? Int)
    #expect(feasible > 0 && feasible < 24 && feasible + (document["infeasible"] as? Int ?? 0) == 24)
    let keys = try #require(document["keys"] as? [[String: Any]])
    #expect(keys.map { $0["key"] as? String } == ["fix", "constraints.accuracy.min", "strategy", "seed"])
    for key in keys {
      let values = try #require(key["values"] as? [[String: Any]])
      #expect(values.reduce(0) { $0 + ($1["problems"] as? Int ?? 0) } == 36)
      #expect(values.reduce(0) { $0 + ($1["feasible"] as? Int ?? 0) } == feasible)
    }
    let table = try await Program.run("sweep", "sweep.yaml", "-o", "a.db", in: folder.path)
    #expect(table.output.contains("  strategy                  random "))
    #expect(table.errorLines.first == "flashnas: a.db: 36 of 36 problems there, not solved again")
    let csv = try await Program.run("sweep", "sweep.yaml", "-o", "a.db", "--format", "csv", in: folder.path).rows
    #expect(csv[0] == ["key", "value", "problems", "feasible", "infeasible", "failed", "missing"])
    #expect(csv[1] == ["", "", "36", "\(feasible)", "\(24 - feasible)", "12", "0"])
  }

  @Test func `without a file the rows stand in the answer`() async throws {
    let folder = try Self.folder()
    _ = try await Program.run("sweep", "sweep.yaml", "-o", "out.csv", in: folder.path)
    let csv = try await Program.run("sweep", "sweep.yaml", "--format", "csv", in: folder.path)
    #expect(csv.code == 65)
    #expect(csv.output == folder.text("out.csv"))
    let document = try await Program.run("sweep", "sweep.yaml", "--format", "json", "--no-timing", in: folder.path).json
    #expect((document["results"] as? [Any])?.count == 36)
    #expect(document["timing"] == nil)
    #expect(try folder.names == ["out.csv", "sweep.yaml"])
  }

  @Test(arguments: Sweeps.kinds) func `any number of threads gives the same bytes`(_ kind: String) async throws {
    let folder = try Self.folder(Sweeps.many(300))
    for jobs in [1, 2, 5] {
      let outcome = try await Program.run(
        "sweep", "sweep.yaml", "-o", "\(jobs).\(kind)", "--jobs", "\(jobs)", "-q", in: folder.path)
      #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
    }
    let one = try Sweeps.content("\(folder.path)/1.\(kind)")
    #expect(try Sweeps.content("\(folder.path)/2.\(kind)") == one)
    #expect(try Sweeps.content("\(folder.path)/5.\(kind)") == one)
  }

  @Test(arguments: Sweeps.kinds) func `three shards merged are the whole`(_ kind: String) async throws {
    let folder = try Self.folder(Sweeps.many(200))
    _ = try await Program.run("sweep", "sweep.yaml", "-o", "whole.\(kind)", in: folder.path)
    var parts: [String] = []
    for number in 1...3 {
      let outcome = try await Program.run(
        "sweep", "sweep.yaml", "-o", "\(number).\(kind)", "--shard", "\(number)/3", "--format", "json", in: folder.path)
      #expect(outcome.code == 0)
      #expect(try outcome.json["problems"] as? Int == [67, 67, 66][number - 1])
      #expect(try outcome.json["shard"] as? String == "\(number)/3")
      parts.append("\(number).\(kind)")
    }
    let merged = try await Program.run(["sweep", "merge"] + parts + ["-o", "all.\(kind)"], in: folder.path)
    #expect(merged.code == 0 && merged.errors == "", "\(merged.errors)")
    #expect(merged.output.hasPrefix("200 problems: "))
    #expect(try Sweeps.content("\(folder.path)/all.\(kind)") == Sweeps.content("\(folder.path)/whole.\(kind)"))

    let partial = try await Program.run("sweep", "merge", parts[2], parts[0], "-o", "part.\(kind)", in: folder.path)
    #expect(partial.code == 65)
    #expect(partial.errors == "flashnas: part.\(kind): 67 problems of 200 missing: 1, 4, 7, 10, 13, 16, 19, 22, …\n")
    #expect(partial.output.contains("67 missing"))
    if kind == "db" {
      let rest = try await Program.run("sweep", "sweep.yaml", "-o", "part.db", in: folder.path)
      #expect(rest.errorLines.first == "flashnas: part.db: 133 of 200 problems there, not solved again")
      #expect(try Sweeps.content("\(folder.path)/part.db") == Sweeps.content("\(folder.path)/whole.db"))
    }
  }

  @Test func `the shipped sweeps are in order`() async throws {
    let outcome = try await Program.run("validate", "examples/sweep/bounds.yaml", "examples/sweep/random.yaml")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("sweep"))
  }

  @Test func `a request of a program is answered with the rows`() async throws {
    let folder = try Self.folder()
    let outcome = try await Program.run(
      "serve", stdin: "{\"id\": 1, \"command\": \"sweep\", \"arguments\": [\"sweep.yaml\"]}\n", in: folder.path)
    let reply = try outcome.json
    #expect(reply["code"] as? Int == 65)
    #expect(((reply["result"] as? [String: Any])?["results"] as? [Any])?.count == 36)
  }
}
