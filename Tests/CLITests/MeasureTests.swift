import ChildProcess
import Foundation
import Testing

/// The Python that FLASHNAS_PYTHON names: it has ONNX Runtime.
enum EnginePython {
  static let path = ProcessInfo.processInfo.environment["FLASHNAS_PYTHON"]
}

/// Measuring where ONNX Runtime is installed.
@Suite(
  .serialized,
  .enabled(
    if: EnginePython.path != nil, "SKIPPED: they need Python with ONNX Runtime; `make test-all` runs them"))
struct MeasureTests {
  static let rows = [Points.row, "4,4,3,8,4,5,16,4,11", "5,4,3,8,5,5,16,4,11", "4,4,4,9,4,6,17,5,12"]
  static let space = ["--space", "dense3-fashion", "--points", "plan.csv"]
  static let quick = ["--rounds", "2", "--repeats", "2", "--warmup", "1"]
  static let conditions = [
    "threads", "warmup", "repeats", "rounds", "seed", "spread_limit", "engine", "engine_version", "processor", "model",
  ]

  static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("plan.csv", ([Points.header] + rows).joined(separator: "\n") + "\n")
    return folder
  }

  private func measure(_ arguments: [String], in folder: TemporaryFolder) async throws -> Outcome {
    try await Program.run(["measure"] + arguments, in: folder.path)
  }

  /// The rows of a CSV without quotes.
  private func rows(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  @Test func `the example of help pastes into a shell`() async throws { try await HelpTests.paste("measure") }

  @Test func `a table has the variables, the quantities, the quantiles and how it was measured`() async throws {
    let folder = try Self.folder()
    let outcome = try await measure(Self.space + Self.quick + ["--format", "csv"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let rows = outcome.rows
    let energy = rows[0].contains("energy_j") ? ["energy_j", "energy_j_sd"] : []
    let times = ["wall", "cpu"].flatMap { clock in ["min", "p10", "median", "p90"].map { "\(clock)_\($0)_s" } }
    #expect(
      rows[0] == Points.header.split(separator: ",").map(String.init) + ["latency_s", "latency_s_sd"] + energy + times
        + ["spread", "noisy", "runs"] + Self.conditions)
    #expect(rows.dropFirst().map { $0.prefix(9).joined(separator: ",") } == Self.rows)
    func value(_ row: [String], _ column: String) throws -> Double {
      let place = try #require(rows[0].firstIndex(of: column))
      return try #require(Double(row[place]))
    }
    for row in rows.dropFirst() {
      #expect(try value(row, "latency_s") == value(row, "cpu_p10_s"))
      for clock in ["wall", "cpu"] {
        let values = try ["min", "p10", "median", "p90"].map { try value(row, "\(clock)_\($0)_s") }
        #expect(values == values.sorted() && values[0] > 0)
      }
      #expect(try value(row, "runs") == 4)
      #expect(try value(row, "latency_s_sd") >= 0)
      #expect(try (value(row, "spread") > 0.2) == (value(row, "noisy") == 1))
    }
    // One line a round, and perhaps one on noisy points.
    #expect(
      outcome.errorLines.prefix(2) == [
        "flashnas: round 1 of 2: 4 of 8 visits", "flashnas: round 2 of 2: 8 of 8 visits",
      ])
    // What is measured can be fitted and read as points.
    #expect(try await Program.run(["validate", "plan.csv"] + Self.space.prefix(2), in: folder.path).code == 0)
  }

  @Test func `on two threads the latency is wall time`() async throws {
    let folder = try Self.folder()
    let arguments = Self.space + Self.quick + ["--threads", "2", "--format", "json"]
    let points = try #require(try await measure(arguments, in: folder).json["points"] as? [[String: Any]])
    #expect(points.count == 4)
    for point in points { #expect(point["latency_s"] as? Double == point["wall_p10_s"] as? Double) }
  }

  @Test func `JSON says the conditions once and holds no path`() async throws {
    let folder = try Self.folder()
    let outcome = try await measure(
      Self.space + Self.quick + ["--spread-limit", "0%", "--seed", "7", "--format", "json", "--no-timing"], in: folder)
    #expect(outcome.code == 0)
    let result = try outcome.json
    #expect(result["schema"] as? String == "flashnas.measure/1")
    #expect(result["engine"] as? String == "onnxruntime")
    #expect(result["seed"] as? Int == 7)
    #expect(result["rounds"] as? Int == 2)
    #expect((result["engine_version"] as? String)?.contains(".") == true)
    #expect(result["timing"] == nil)
    #expect(!outcome.output.contains(folder.path) && !outcome.output.contains("/bin/"))
    let points = try #require(result["points"] as? [[String: Any]])
    #expect((points[0]["point"] as? [String: Int])?["width1"] == 8)
    // No two of four runs take the same number of nanoseconds all along.
    #expect(points.contains { $0["noisy"] as? Bool == true })
    #expect(outcome.errors.contains("noisy: spread over 0.00 %"))
  }

  @Test func `a run that is killed goes on, and a whole table stays as it is`() async throws {
    let folder = try Self.folder()
    let arguments = Self.space + ["--rounds", "3", "--repeats", "400", "--format", "csv", "-o", "m.csv"]
    let visits = "\(folder.path)/m.csv.visits"
    // Killed after 10 of 12 visits, by a shell, which is never kept waiting by the other tests.
    let script = """
      "$0" "$@" & run=$!
      until [ "$(wc -l <m.csv.visits)" -gt 10 ]; do kill -0 $run || exit 1; sleep 0.05; done 2>/dev/null
      kill -9 $run
      """
    let killed = try await Program.run(
      "/bin/sh", ["-c", script, Program.path, "measure"] + arguments, environment: [:], in: folder.path)
    #expect(killed.code == 0, "\(killed.errors)")
    let before = folder.text("m.csv.visits").split(separator: "\n").count - 1
    #expect((10..<12).contains(before))
    // A row that is there is whole.
    let early = rows(folder.text("m.csv"))
    #expect(early.allSatisfy { $0.count == early[0].count })
    let next = try await measure(arguments, in: folder)
    #expect(next.code == 0, "\(next.errors)")
    #expect(next.errors.contains("of an earlier run gone on with"))
    #expect(!FileManager.default.fileExists(atPath: visits))
    let table = folder.text("m.csv")
    #expect(rows(table).dropFirst().map { $0.prefix(9).joined(separator: ",") } == Self.rows)
    for row in early.dropFirst() { #expect(rows(table).contains(row)) }

    let again = try await measure(arguments, in: folder)
    #expect(again.code == 0)
    #expect(again.errorLines == ["flashnas: m.csv: 4 of 4 points there, not measured again"])
    #expect(folder.text("m.csv") == table)
    // A longer plan measures what is new alone.
    try folder.file("plan.csv", ([Points.header] + Self.rows + ["6,4,4,9,4,6,17,5,12"]).joined(separator: "\n") + "\n")
    let longer = try await measure(arguments, in: folder)
    #expect(longer.code == 0)
    #expect(rows(folder.text("m.csv")).dropLast() == rows(table)[...])
    #expect(rows(folder.text("m.csv")).count == 6)
  }

  @Test func `a table of other settings, columns or models is refused in one line`() async throws {
    let folder = try Self.folder()
    let output = ["--format", "csv", "-o", "m.csv"]
    #expect(try await measure(Self.space + Self.quick + output, in: folder).code == 0)
    let table = folder.text("m.csv")
    for (change, says) in [
      (["--seed", "1"], "m.csv: line 2, column 'seed': measured with other settings, found '0', allowed '1'"),
      (["--spread-limit", "10%"], "column 'spread_limit': measured with other settings"),
    ] {
      try await BadCase("measure " + (Self.space + Self.quick + output + change).joined(separator: " "), 65, says)
        .check(in: folder.path)
    }
    try folder.file("network.yaml", Self.network)
    try await BadCase("measure network.yaml \(output.joined(separator: " "))", 65, "m.csv: header: other columns")
      .check(in: folder.path)
    #expect(folder.text("m.csv") == table)
    let model = try #require(rows(table)[1].last)
    try folder.file("m.csv", table.replacingOccurrences(of: model, with: "0123456789abcdef"))
    let same = (Self.space + Self.quick + output).joined(separator: " ")
    try await BadCase("measure \(same)", 65, "column 'model': another model of that name").check(in: folder.path)
  }

  @Test func `an interrupted run ends with 130 and goes on with the same command`() async throws {
    let folder = try Self.folder()
    let arguments = Self.space + ["--rounds", "2", "--repeats", "500", "--format", "csv", "-o", "m.csv"]
    let outcome = try await onOwnThread {
      let running = try Running(["measure"] + arguments, folder: folder.path)
      for _ in 0..<6000 where running.process.isRunning {
        if folder.text("m.csv.visits").split(separator: "\n").count > 2 { break }
        usleep(10_000)
      }
      running.process.send(SIGINT)
      return running.wait()
    }
    #expect(outcome.code == 130)
    #expect(outcome.errorLines.last?.hasPrefix("flashnas: interrupted with ") == true)
    #expect(try await measure(arguments + ["-q"], in: folder).errors == "")
    #expect(rows(folder.text("m.csv")).count == 5)
  }

  static let network = """
    schema: flashnas.network/1
    name: small
    input: {channels: 1, height: 8, width: 8, classes: 2}
    cells: [{type: dense, width: 4, depth: 4, skip: 2}]

    """

  @Test func `descriptions and ONNX files are measured by name, and bad ones told in one line`() async throws {
    let folder = try Self.folder()
    try folder.file("network.yaml", Self.network)
    #expect(
      try await Program.run(["export", "network.yaml", "--to", "onnx", "-o", "exported.onnx"], in: folder.path).code
        == 0)
    let outcome = try await measure(["network.yaml", "exported.onnx", "--format", "csv"] + Self.quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.rows[0].prefix(2) == ["network", "latency_s"])
    #expect(outcome.rows.dropFirst().map { $0[0] } == ["small", "exported"])
    // The exporter's bytes are the file's.
    #expect(outcome.rows[1].last == outcome.rows[2].last)
    try folder.file("broken.onnx", "no model")
    for case let bad in [
      BadCase("measure broken.onnx", 65, "broken: refused by ONNX Runtime: "),
      BadCase("measure none.onnx", 65, "none.onnx: no such file"),
      BadCase("measure none.yaml", 65, "none.yaml: no such file"),
      BadCase("measure network.yaml network.yaml", 65, "networks: stands twice, found 'small'"),
    ] { try await bad.check(in: folder.path) }
  }

  @Test func `a power log gives energy, and one that does not reach far enough keeps the visits`() async throws {
    let folder = try Self.folder()
    let arguments =
      Self.space + Self.quick + ["--power-log", "power.csv", "-q", "--format", "csv", "-o", "m.csv"]
    try folder.file("power.csv", "time_s,power_w\n0,2\n1000,2\n")
    try await BadCase(
      "measure \(arguments.joined(separator: " "))", 65, "power.csv: does not cover what was measured"
    ).check(in: folder.path)
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/m.csv"))
    let visits = folder.text("m.csv.visits")
    #expect(visits.split(separator: "\n").count == 9)
    try folder.file("power.csv", "time_s,power_w\n0,2\n8000000000,2\n")
    #expect(try await measure(arguments, in: folder).code == 0)
    let table = rows(folder.text("m.csv"))
    let energy = try #require(table[0].firstIndex(of: "energy_j"))
    let wall = try #require(table[0].firstIndex(of: "wall_min_s"))
    for row in table.dropFirst() {
      // Two watts over each run, and over the little between runs.
      let (joules, seconds) = (try #require(Double(row[energy])), try #require(Double(row[wall])))
      #expect(joules >= 2 * seconds)
    }
  }
}

/// What `measure` refuses whether ONNX Runtime is installed or not.
@Suite struct MeasureRefusalTests {
  private static let point = "--space dense3-fashion --point \(Points.fashion)"

  static let cases: [BadCase] = [
    BadCase("measure", 64, "--space: missing"), BadCase("measure --space dense3-fashion", 64, "--point: missing"),
    BadCase("measure network.yaml \(point)", 64, "--space: given beside network files"),
    BadCase("measure \(point) --rounds 1", 64, "--rounds: not an integer in range, found '1', allowed 2 to 10000"),
    BadCase("measure \(point) --repeats 0", 64, "--repeats: not an integer in range"),
    BadCase("measure \(point) --warmup 0", 64, "--warmup: not an integer in range"),
    BadCase("measure \(point) --threads 0", 64, "--threads: not an integer in range, found '0', allowed 1 to 4096"),
    BadCase("measure \(point) --seed x", 64, "--seed: not understood"),
    BadCase("measure \(point) --spread-limit 20", 64, "--spread-limit: not understood, found '20'"),
    BadCase("measure \(point) --format xml", 64, "--format: unknown"),
    BadCase("measure \(point) --engine none.so", 65, "none.so: not a library of ONNX Runtime (No such file"),
    BadCase("measure \(point) --engine plan.csv", 65, "plan.csv: not a library of ONNX Runtime ("),
    BadCase("measure \(point) --engine .", 65, ".: not a library of ONNX Runtime ("),
    BadCase("measure --space dense3-fashion --points twice.csv", 65, "twice.csv: stands twice, found 'width1=8,"),
  ]

  @Test(arguments: cases) func `a command that cannot be answered says so in one line`(_ bad: BadCase) async throws {
    let folder = try MeasureTests.folder()
    try folder.file("network.yaml", MeasureTests.network)
    try folder.file("twice.csv", "\(Points.header)\n\(Points.row)\n\(Points.row)\n")
    try await bad.check(in: folder.path)
  }

  @Test func `without ONNX Runtime one line says how to get it, and the code is 1`() async throws {
    let folder = try MeasureTests.folder()
    for python in ["none/python", "/bin/false"] {
      let outcome = try await Program.run(
        Program.path, ["measure"] + MeasureTests.space, environment: ["FLASHNAS_PYTHON": python], in: folder.path)
      #expect(outcome.code == 1)
      #expect(outcome.output == "")
      #expect(
        outcome.errorLines == [
          "flashnas: ONNX Runtime: not found by \(python), allowed --engine with its libonnxruntime, "
            + "or pip install onnxruntime"
        ])
    }
  }

  #if os(Linux)
    @Test func `a library that is not ONNX Runtime is refused`() async throws {
      let folders = ["/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib"]
      let library = try #require(
        folders.map { "\($0)/libm.so.6" }.first { FileManager.default.fileExists(atPath: $0) })
      try await BadCase(
        "measure \(Self.point) --engine \(library)", 65,
        "libm.so.6: not a library of ONNX Runtime (it has no OrtGetApiBase)"
      ).check()
    }
  #endif
}
