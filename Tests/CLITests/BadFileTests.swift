import Foundation
import Testing

/// Exit code 65: something wrong in or about a file that was given. Exit code 1: a file that cannot be written.
@Suite struct BadFileTests {
  private static let problem = "schema: flashnas.problem/1\nspace: dense3-fashion\naccuracy: auto\n"

  /// The files that the cases below name.
  private static let files: [String: String] = [
    "empty.csv": "", "header.csv": "\(Points.header)\n", "word.csv": "\(Points.header)\n8,7,12,16,seven,24,32,7,48\n",
    "long.csv": "\(Points.header)\n\(Points.row),1\n", "short.csv": "\(Points.header)\n8,7\n",
    "nan.csv": "nn_degree,accuracy\nnan,0.9\n", "inf.csv": "nn_degree,accuracy\n50,inf\n",
    "outside.csv": "\(Points.header)\n\(Points.row)\n99,7,12,16,7,24,32,7,48\n",
    "fraction.csv": "\(Points.header)\n8.5,7,12,16,7,24,32,7,48\n", "column.csv": "width1\n8\n",
    "binary.csv": "PK\u{3}\u{4}\u{0}\u{0}\u{8}", "quote.csv": "\(Points.header)\n\"8,7\n",
    "percent.csv": "nn_degree,accuracy\n50,86\n", "few.csv": "nn_degree,accuracy\n50,0.86\n60,0.87\n",
    "twice.csv": "\(Points.header),accuracy,seed\n\(Points.row),0.9,0\n\(Points.row),0.91,0\n",
    "disagrees.csv": "\(Points.header),nn_degree,accuracy\n\(Points.row),12,0.9\n",
    "costless.csv": "macs\n1\n2\n3\n", "zero.csv": "macs,latency_s\n1,1\n2,0\n3,1\n4,1\n",
    "fewcosts.csv": "macs,latency_s\n1,1\n2,2\n", "features.csv": "macs\n100\n",
    "empty.yaml": "", "list.yaml": "- 1\n", "text.yaml": "one two\n", "broken.json": "{\"schema\": ",
    "newer.yaml": problem.replacingOccurrences(of: "problem/1", with: "problem/2")
      + "objective: {maximize: accuracy}\n",
    "key.yaml": problem + "objektive: {maximize: accuracy}\n",
    "bound.yaml": problem
      + "objective: {maximize: accuracy}\nconstraints: {area: {max: 0.9}}\n",
    "expression.yaml": problem + "objective: {maximize: accuracy/}\n",
    "reversed.yaml": problem + "objective: {maximize: accuracy}\nrange: {depth1: [8, 4]}\n",
    "deep.yaml": String(repeating: "[", count: 200_000),
    "maps.yaml": (0..<3000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    "bomb.yaml": "a0: &a0 x\n" + (1..<60).map { "a\($0): &a\($0) [*a\($0 - 1),*a\($0 - 1)]\n" }.joined(),
    "keybomb.yaml": "a0: &a0 x\n" + (1..<60).map { "a\($0): &a\($0) [*a\($0 - 1),*a\($0 - 1)]\n" }.joined()
      + "? *a59\n: 1\n",
    "unknown.yaml": "schema: flashnas.bogus/1\n", "noschema.yaml": "space: dense3-fashion\n",
    "network.yaml": "schema: flashnas.network/1\ninput: {channels: 1, height: 8, width: 8, classes: 2}\n"
      + "cells: [{type: dense, width: 4, depth: four, skip: 0}]\n",
    "profile.yaml": "schema: flashnas.hardware/1\nname: x\nsimulator: {name: gpu, parameters: {}}\n",
    "result.json": #"{"schema": "flashnas.search/1", "space": {"name": "dense3-fashion"}, "best": null}"#,
    "model.json": #"{"schema": "flashnas.fit-accuracy/9"}"#,
    "hardware.json": #"{"schema": "flashnas.fit-hardware/9", "quantities": {}}"#,
  ]

  private static let fashion = "--space dense3-fashion"

  static let tables: [BadCase] = [
    BadCase("simulate \(fashion) --points none.csv", 65, "none.csv: no such file"),
    BadCase("simulate \(fashion) --points .", 65, "is a folder"),
    BadCase("simulate \(fashion) --points empty.csv", 65, "empty.csv: empty"),
    BadCase("simulate \(fashion) --points header.csv", 65, "header.csv: no rows below the header"),
    BadCase(
      "simulate \(fashion) --points word.csv", 65, "word.csv: line 2, column 'depth2': not an integer, found 'seven'"),
    BadCase(
      "predict \(fashion) --points long.csv", 65, "line 2: row longer than the header, found 10 fields, allowed 9"),
    BadCase("predict \(fashion) --points short.csv", 65, "line 2: row shorter than the header"),
    BadCase("metrics \(fashion) --points outside.csv", 65, "line 3: width1: out of range, found 99, allowed 4 to 12"),
    BadCase("metrics \(fashion) --points fraction.csv", 65, "not an integer, found '8.5'"),
    BadCase("metrics \(fashion) --points column.csv", 65, "header: column missing"),
    BadCase("metrics \(fashion) --points binary.csv", 65, "byte 4: not a text file, found a NUL byte"),
    BadCase("metrics \(fashion) --points quote.csv", 65, "line 2, column 1: quotation without an end"),
    BadCase("fit accuracy none.csv", 65, "none.csv: no such file"),
    BadCase("fit accuracy nan.csv", 65, "line 2, column 'nn_degree': not a number, found 'nan'"),
    BadCase("fit accuracy inf.csv", 65, "line 2, column 'accuracy': not a number, found 'inf'"),
    BadCase("fit accuracy percent.csv", 65, "column 'accuracy': out of range, found '86'"),
    BadCase("fit accuracy few.csv", 65, "few.csv: samples: too few different configurations, found 2, allowed 5"),
    BadCase("fit accuracy twice.csv \(fashion)", 65, "line 3, column 'seed': run stands twice"),
    BadCase("fit accuracy disagrees.csv \(fashion)", 65, "disagrees with the space 'dense3-fashion', found '12'"),
    BadCase("fit hardware costless.csv", 65, "no measured column"),
    BadCase("fit hardware zero.csv", 65, "line 3, column 'latency_s': out of range, found '0'"),
    BadCase("fit hardware fewcosts.csv", 65, "too few measurements, found 2, allowed 4 or more"),
    BadCase("fit hardware zero.csv --feature none", 65, "zero.csv"),
    BadCase("search --accuracy few.csv", 65, "few.csv"),
    BadCase("search --hardware costless.csv", 65, "costless.csv"),
    BadCase("predict --points features.csv --accuracy model.json", 65, "a newer schema than this version reads"),
  ]

  static let documents: [BadCase] = [
    BadCase("search none.yaml", 65, "none.yaml: no such file"),
    BadCase("search .", 65, "is a folder"),
    BadCase("search empty.yaml", 65, "empty.yaml: empty"),
    BadCase("search list.yaml", 65, "not a mapping, found a list"),
    BadCase("search text.yaml", 65, "not a mapping, found 'one two'"),
    BadCase("search broken.json", 65, "not valid YAML or JSON"),
    BadCase("search newer.yaml", 65, "a newer schema than this version reads, found 'flashnas.problem/2'"),
    BadCase("search key.yaml", 65, "unknown key, found 'objektive'"),
    BadCase("search bound.yaml", 65, "constraints.area.max: not a value of this quantity, found '0.9'"),
    BadCase("search expression.yaml", 65, "column 10: not understood"),
    BadCase("search reversed.yaml", 65, "range.depth1[1]: not an integer in range, found '4', allowed 8 or more"),
    BadCase("search deep.yaml", 65, "line 1: nested too deeply, allowed 100 levels"),
    BadCase("search maps.yaml", 65, "nested too deeply"),
    BadCase("search bomb.yaml", 65, "an anchor, found '&', allowed no anchors and aliases"),
    BadCase("search keybomb.yaml", 65, "an anchor"),
    BadCase("search header.csv", 65, "header.csv"),
    BadCase("search --hardware profile.yaml", 65, "unknown simulator, found 'gpu', allowed systolic"),
    BadCase("search --hardware none.yaml", 65, "none.yaml: no such file"),
    BadCase("search --hardware hardware.json", 65, "a newer schema"),
    BadCase("search --accuracy none.json", 65, "none.json: no such file"),
    BadCase("search --accuracy model.json", 65, "a newer schema"),
    BadCase("metrics network.yaml", 65, "cells[0].depth: not an integer in range, found 'four', allowed 1 to 1024"),
    BadCase("metrics none.yaml", 65, "none.yaml: no such file"),
    BadCase("simulate network.yaml", 65, "cells[0].depth"),
    BadCase("predict network.yaml", 65, "cells[0].depth"),
    BadCase("predict result.json", 65, "best: no feasible point was found, allowed a result with a point"),
    BadCase("predict none.json", 65, "none.json: no such file"),
    BadCase("predict empty.yaml", 65, "empty.yaml: empty"),
  ]

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.file(name, text) }
    return folder
  }

  @Test(arguments: tables) func `a table that cannot be read is answered with its place`(_ bad: BadCase) async throws {
    let folder = try Self.folder()
    try await bad.check(in: folder.path)
  }

  @Test(arguments: documents) func `a document that cannot be read is answered with its place`(
    _ bad: BadCase
  ) async throws {
    let folder = try Self.folder()
    try await bad.check(in: folder.path)
  }

  static let outputs: [BadCase] = [
    BadCase("list metrics -o none/out", 1, "none/out: cannot be written: No such file or directory"),
    BadCase("list metrics -o folder", 1, "folder: cannot be written: Is a directory"),
    BadCase("list metrics --format json -o header.csv/out", 1, "cannot be written: Not a directory"),
    BadCase("sample \(fashion) -n 3 --format csv -o none/plan.csv", 1, "none/plan.csv: cannot be written"),
    BadCase(
      "fit accuracy \(packageRoot)/datasets/fashion-mnist-dense3/samples.csv -o none/model.json", 1, "model.json"),
  ]

  @Test(arguments: outputs) func `an output that cannot be written leaves nothing behind`(_ bad: BadCase) async throws {
    let folder = try Self.folder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/folder", withIntermediateDirectories: false)
    let before = try folder.names
    try await bad.check(in: folder.path)
    #expect(try folder.names == before)
  }

  @Test func `a write that fails leaves the old file as it was`() async throws {
    let folder = try TemporaryFolder()
    try folder.file("plan.csv", "old")
    let script = "ulimit -f 16; exec \"$0\" sample \(Self.fashion) -n 9000 --format csv -o plan.csv"
    let outcome = try await Program.run("/bin/sh", ["-c", script, Program.path], environment: [:], in: folder.path)
    #expect(outcome.code == 1)
    #expect(outcome.errors == "flashnas: plan.csv: cannot be written: File too large\n")
    #expect(folder.text("plan.csv") == "old")
    #expect(try folder.names == ["plan.csv"])
  }

  @Test func `a gigabyte of NUL bytes on standard input is refused at the first`() async throws {
    try await BadCase(
      "simulate \(Self.fashion) --points -", 65, "standard input: byte 0: not a text file, found a NUL byte"
    )
    .check(stdin: .bytes(0, count: 1 << 30))
  }

  @Test func `a gigabyte of digits on standard input is refused when the limit is passed`() async throws {
    try await BadCase("fit accuracy -", 65, "standard input: too large, allowed at most 256 MiB")
      .check(stdin: .bytes(UInt8(ascii: "0"), count: 1 << 30))
  }

  @Test func `nothing on standard input is an empty file`() async throws {
    try await BadCase("fit accuracy -", 65, "standard input: empty").check()
    try await BadCase("fit hardware - \(Self.fashion)", 65, "standard input: empty").check()
    try await BadCase("predict \(Self.fashion) --points -", 65, "standard input: empty").check()
  }

  static let checked = ["unknown.yaml", "noschema.yaml", "key.yaml", "twice.csv", "bomb.yaml", "none.csv"]

  @Test(arguments: checked) func `validate reports a bad file and its line is on standard error`(
    _ file: String
  ) async throws {
    let folder = try Self.folder()
    let outcome = try await Program.run(
      "validate", file, "--space", "dense3-fashion", "--format", "json", in: folder.path)
    #expect(outcome.code == 65)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("flashnas: \(file): "))
    let entries = try #require(outcome.json["files"] as? [[String: Any]])
    #expect(entries.count == 1)
    #expect(entries[0]["ok"] as? Bool == false)
    #expect(outcome.errors == "flashnas: \(entries[0]["error"] as? String ?? "")\n")
  }
}
