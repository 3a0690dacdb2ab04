import DatabaseText
import Foundation
import GRDB
import Testing

@Suite struct SweepFailureTests {
  private static func folder(_ text: String = Sweeps.many(300)) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("sweep.yaml", text)
    return folder
  }

  private static func run(_ arguments: String, in folder: TemporaryFolder) async throws -> Outcome {
    try await Program.run(arguments.split(separator: " ").map(String.init), in: folder.path)
  }

  @Test(arguments: Sweeps.kinds) func `a full disk ends in one line, with whole rows, and the next run goes on`(
    _ kind: String
  ) async throws {
    let folder = try Self.folder()
    _ = try await Self.run("sweep sweep.yaml -o whole.\(kind)", in: folder)
    // Blocks of 512 bytes: 300 rows need more than a megabyte.
    let script = "ulimit -f 600; exec \"$0\" sweep sweep.yaml -o out.\(kind) -q"
    let full = try await Program.run("/bin/sh", ["-c", script, Program.path], environment: [:], in: folder.path)
    #expect(full.code == 1)
    #expect(full.errorLines.count == 1 && full.output.isEmpty)
    #expect(full.errors.hasPrefix("flashnas: out.\(kind): cannot be written: "), "\(full.errors)")
    let next = try await Self.run("sweep sweep.yaml -o out.\(kind)", in: folder)
    #expect(next.code == 0)
    let first = next.errorLines.first ?? ""
    #expect(first.hasPrefix("flashnas: out.\(kind): ") && first.hasSuffix(" there, not solved again"))
    #expect(try Sweeps.content("\(folder.path)/out.\(kind)") == Sweeps.content("\(folder.path)/whole.\(kind)"))
  }

  @Test(arguments: Sweeps.kinds) func `a merge onto a full disk leaves nothing behind`(_ kind: String) async throws {
    let folder = try Self.folder()
    _ = try await Self.run("sweep sweep.yaml -o whole.\(kind)", in: folder)
    let script = "ulimit -f 600; exec \"$0\" sweep merge whole.\(kind) -o all.\(kind)"
    let full = try await Program.run("/bin/sh", ["-c", script, Program.path], environment: [:], in: folder.path)
    #expect(full.code == 1)
    #expect(full.errorLines.count == 1 && full.output.isEmpty)
    #expect(full.errors.hasPrefix("flashnas: all.\(kind): cannot be written: "), "\(full.errors)")
    #expect(try folder.names == ["sweep.yaml", "whole.\(kind)"])
  }

  #if os(Linux)
    @Test(arguments: ["csv", "jsonl"]) func `a full device ends in one line`(_ kind: String) async throws {
      let folder = try Self.folder()
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/out.\(kind)", withDestinationPath: "/dev/full")
      let outcome = try await Self.run("sweep sweep.yaml -o out.\(kind)", in: folder)
      #expect(outcome.code == 1)
      #expect(outcome.errors == "flashnas: out.\(kind): cannot be written: No space left on device\n")
      #expect(outcome.output.isEmpty)
    }

    @Test(arguments: Sweeps.kinds) func `a folder that takes no files, or is not there, ends in one line`(
      _ kind: String
    ) async throws {
      let folder = try Self.folder()
      // Not even for the superuser.
      let readOnly = try await Self.run("sweep sweep.yaml -o /sys/out.\(kind)", in: folder)
      #expect(readOnly.code == 1)
      #expect(readOnly.errors.hasPrefix("flashnas: /sys/out.\(kind): cannot be written: "))
      #expect(readOnly.errorLines.count == 1)
      let missing = try await Self.run("sweep sweep.yaml -o none/out.\(kind)", in: folder)
      #expect(missing.code == 1)
      #expect(missing.errors == "flashnas: none/out.\(kind): cannot be written: No such file or directory\n")
    }
  #endif

  @Test func `a database that another program keeps locked ends in one line, and keeps what it has`() async throws {
    let folder = try Self.folder()
    _ = try await Self.run("sweep sweep.yaml -o out.db --shard 1/2", in: folder)
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let queue = try DatabaseQueue(path: "\(folder.path)/out.db", configuration: configuration)
    let before = try databaseText("\(folder.path)/out.db")
    try queue.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    let outcome = try await Self.run("sweep sweep.yaml -o out.db -q", in: folder)
    #expect(outcome.code == 1)
    #expect(outcome.errorLines.last == "flashnas: out.db: cannot be written: locked by another program")
    try queue.inDatabase { try $0.execute(sql: "COMMIT") }
    try queue.close()
    #expect(try databaseText("\(folder.path)/out.db") == before)
    #expect(try await Self.run("sweep sweep.yaml -o out.db", in: folder).code == 0)
  }

  @Test func `a newer schema is refused in one line`() async throws {
    let folder = try Self.folder()
    _ = try await Self.run("sweep sweep.yaml -o out.db", in: folder)
    let queue = try DatabaseQueue(path: "\(folder.path)/out.db")
    try await queue.write { try $0.execute(sql: "PRAGMA user_version = 2") }
    try queue.close()
    let line = "flashnas: out.db: a newer schema than this version reads, found version 2, allowed version 1\n"
    for arguments in ["sweep sweep.yaml -o out.db", "sweep merge out.db -o all.db"] {
      let outcome = try await Self.run(arguments, in: folder)
      #expect(outcome.code == 65)
      #expect(outcome.errors == line)
    }
    _ = try await Self.run("sweep sweep.yaml -o out.csv", in: folder)
    try folder.file("out.csv", folder.text("out.csv").replacing("sweep-result/1", with: "sweep-result/2"))
    for arguments in ["sweep sweep.yaml -o out.csv", "sweep merge out.csv -o all.csv"] {
      let outcome = try await Self.run(arguments, in: folder)
      #expect(outcome.code == 65)
      #expect(outcome.errors.hasPrefix("flashnas: out.csv: line 2: a newer schema than this version reads, found "))
    }
    try folder.file("sweep.yaml", Sweeps.mixed.replacing("sweep/1", with: "sweep/2"))
    let newer = try await Self.run("sweep sweep.yaml", in: folder)
    #expect(newer.code == 65 && newer.errors.contains("a newer schema than this version reads"))
    #expect(try folder.names == ["out.csv", "out.db", "sweep.yaml"])
  }

  @Test(arguments: Sweeps.kinds) func `results of another sweep, seed or model are refused as they are`(
    _ kind: String
  ) async throws {
    let model = "\(packageRoot)/datasets/fashion-mnist-dense3/predictor.json"
    let text = Sweeps.many(40).replacing("accuracy: auto", with: "accuracy: model.json")
    let folder = try Self.folder(text)
    try folder.file("model.json", String(contentsOfFile: model, encoding: .utf8))
    #expect(try await Self.run("sweep sweep.yaml -o out.\(kind)", in: folder).code == 0)
    let before = try Sweeps.content("\(folder.path)/out.\(kind)")
    // A comment and another folder make no other sweep.
    try folder.file("same.yaml", "# the same\n" + text)
    #expect(try await Self.run("sweep same.yaml -o \(folder.path)/out.\(kind)", in: folder).code == 0)
    try folder.file("other.yaml", text.replacing("n: 40", with: "n: 41"))
    let other = try await Self.run("sweep other.yaml -o out.\(kind)", in: folder)
    #expect(other.code == 65 && other.errorLines.count == 1)
    #expect(other.errors.contains("results of another sweep, or of other models or another version, found '"))
    try folder.file("model.json", String(contentsOfFile: model, encoding: .utf8) + "\n")
    #expect(try await Self.run("sweep sweep.yaml -o out.\(kind)", in: folder).code == 65)
    #expect(try Sweeps.content("\(folder.path)/out.\(kind)") == before)
  }

  @Test func `a database of something else is refused as it is`() async throws {
    let folder = try Self.folder()
    let queue = try DatabaseQueue(path: "\(folder.path)/out.db")
    try await queue.write { try $0.execute(sql: "CREATE TABLE result (a); INSERT INTO result VALUES (1)") }
    try queue.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/out.db"))
    for arguments in ["sweep sweep.yaml -o out.db", "sweep merge out.db -o all.db"] {
      let outcome = try await Self.run(arguments, in: folder)
      #expect(outcome.code == 65)
      #expect(outcome.errors.hasPrefix("flashnas: out.db: not the results of a sweep, found another database"))
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/out.db")) == before)
    #expect(try folder.names == ["out.db", "sweep.yaml"])
  }

  static let usage: [BadCase] = [
    BadCase("sweep", 64, "sweep"), BadCase("sweep none.yaml -o out.db", 65, "none.yaml: no such file"),
    BadCase("sweep sweep.yaml -o out.txt", 64, "--output: unknown kind of results, found 'out.txt', allowed a name"),
    BadCase("sweep sweep.yaml -o out.db --shard 0/3", 64, "--shard: not understood, found '0/3', allowed 1/N to N/N"),
    BadCase("sweep sweep.yaml -o out.db --shard 4/3", 64, "found '4/3'"),
    BadCase("sweep sweep.yaml -o out.db --shard 3", 64, "found '3'"),
    BadCase("sweep sweep.yaml -o out.db --shard 1/2/3", 64, "found '1/2/3'"),
    BadCase("sweep sweep.yaml -o out.db --jobs 0", 64, "not an integer in range, found '0', allowed 1 to 4096"),
    BadCase("sweep sweep.yaml -o out.db --seed x", 64, "--seed: not understood, found 'x'"),
    BadCase("sweep space.yaml -o out.db", 65, "space.yaml: space: unknown name, found 'dense3-fashon'"),
    BadCase("sweep space.yaml -o out.db", 65, "(did you mean 'dense3-fashion'?)"),
    BadCase("sweep hardware.yaml -o out.db", 65, "hardware.yaml: hardware: unknown name, found 'systolic'"),
    BadCase("sweep strategy.yaml -o out.db", 65, "strategy.yaml: strategy: unknown name, found 'exakt'"),
    BadCase("sweep model.yaml -o out.db", 65, "none.json: no such file"),
    BadCase("sweep value.yaml -o out.db", 65, "value.yaml: line 3: problem.constraints.area.max: not a value"),
    BadCase("sweep merge a.db -o a.txt", 64, "--output: unknown kind of results, found 'a.txt'"),
    BadCase("sweep merge a.db", 64, "--output: missing, allowed a name that ends in .db"),
    BadCase("sweep merge a.csv -o all.db", 64, "FILE: another kind than that of --output, found 'a.csv'"),
    BadCase("sweep merge a.db -o all.db", 65, "a.db: no such file"),
    BadCase("sweep merge a.csv -o all.csv", 65, "a.csv: no such file"),
    BadCase("sweep merge a.csv -o there.csv", 65, "there.csv: is there already, allowed a new file"),
    BadCase("sweep merge there.csv -o all.csv", 65, "there.csv: line 2: not a row of a sweep's results"),
    BadCase("sweep merge empty.jsonl -o all.jsonl", 65, "empty.jsonl: no rows, allowed results of a sweep"),
    BadCase("sweep sweep.yaml -o there.csv", 65, "there.csv: line 2: not a row of a sweep's results"),
    BadCase("sweep sweep.yaml -o .csv/", 64, "unknown kind of results"),
  ]

  @Test(arguments: usage) func `wrong usage and bad files are one line, and write nothing`(_ bad: BadCase) async throws
  {
    let folder = try Self.folder()
    let head = "schema: flashnas.sweep/1\nproblem: {space: dense3-fashion, objective: {minimize: macs}}\n"
    try folder.file("space.yaml", head + "grid: {space: [dense3-fashion, dense3-fashon]}\n")
    try folder.file("hardware.yaml", head + "grid: {hardware: [systolic]}\n")
    try folder.file("strategy.yaml", head + "list: [{strategy: exact}, {strategy: exakt}]\n")
    try folder.file("model.yaml", head + "grid: {accuracy: [none.json]}\n")
    try folder.file("value.yaml", head + "grid: {constraints.area.max: [1mm2, 2]}\n")
    try folder.file("there.csv", "a,b\n1,2\n")
    try folder.file("empty.jsonl", "")
    let before = try folder.names
    try await bad.check(in: folder.path)
    #expect(try folder.names == before)
    #expect(folder.text("there.csv") == "a,b\n1,2\n")
  }
}
