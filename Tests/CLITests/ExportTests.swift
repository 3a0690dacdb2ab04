import Foundation
import Testing

@Suite struct ExportTests {
  static let formats = ["onnx", "pytorch", "json", "dot"]
  private static let point = ["--space", "dense3-fashion", "--point", Points.fashion]

  private func export(_ arguments: [String], in folder: TemporaryFolder? = nil) async throws -> Outcome {
    try await Program.run(["export"] + arguments, in: folder?.path)
  }

  @Test(arguments: formats) func `the file goes to standard output or to a file, the same each time`(
    _ format: String
  ) async throws {
    let folder = try TemporaryFolder()
    // Outputs that are no text are compared as files.
    let command = "'\(Program.path)' export \(Self.point.joined(separator: " ")) --to \(format) --seed 3"
    let outcome = try await Program.run(
      "/bin/sh", ["-e", "-c", "\(command) >printed; \(command) -o written; \(command) -q --threads 2 -o again"],
      environment: [:], in: folder.path)
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    #expect(outcome.output == "")
    let files = try ["printed", "written", "again"].map {
      try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\($0)"))
    }
    #expect(!files[0].isEmpty)
    #expect(files.allSatisfy { $0 == files[0] })
    #expect(try folder.names == ["again", "printed", "written"])
  }

  @Test(arguments: formats) func `a record holds the file`(_ format: String) async throws {
    let folder = try TemporaryFolder()
    let written = try await export(Self.point + ["--to", format, "-o", "file"], in: folder)
    #expect(written.code == 0)
    let file = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/file"))
    let record = try await export(Self.point + ["--to", format, "--format", "json"]).json
    #expect(record["schema"] as? String == "flashnas.export/1")
    #expect(record["to"] as? String == format)
    #expect(record["bytes"] as? Int == file.count)
    #expect(record["weighted_layers"] as? Int == 22)
    #expect(record["seed"] as? Int == 0)
    let content = try #require(record["content"] as? String)
    if format == "onnx" {
      #expect(record["encoding"] as? String == "base64")
      #expect(Data(base64Encoded: content) == file)
    } else {
      #expect(record["encoding"] as? String == "utf-8")
      #expect(Data(content.utf8) == file)
    }
  }

  @Test func `what is exported has the metrics of the point, its result and its description`() async throws {
    let folder = try TemporaryFolder()
    let search = try await Program.run("search", "--format", "json", "-o", "best.json", in: folder.path)
    #expect(search.code == 0)
    for (source, copy) in [("best.json", "copy.onnx"), ("best.json", "copy.json"), ("copy.json", "second.onnx")] {
      let format = copy.hasSuffix("onnx") ? "onnx" : "json"
      #expect(try await export([source, "--to", format, "-o", copy], in: folder).code == 0)
    }
    let saved = try JSONSerialization.jsonObject(with: Data(folder.text("best.json").utf8)) as? [String: Any]
    let best = try #require(saved?["best"] as? [String: Any])
    let networks =
      try await Program.run(
        ["metrics", "copy.onnx", "copy.json", "second.onnx", "--format", "json"], in: folder.path
      ).json["networks"] as? [[String: Any]]
    for var network in try #require(networks) {
      for key in ["macs", "parameters"] { #expect(network[key] as? Int == best[key] as? Int) }
      for key in ["nn_degree", "nn_mass"] {
        let value = try #require(network[key] as? Double)
        #expect(abs(value - (best[key] as? Double ?? 0)) < 1e-9)
      }
      network["name"] = nil
      var first = networks?[0]
      first?["name"] = nil
      #expect(network as NSDictionary == first as NSDictionary?)
    }
    #expect(try await Program.run("validate", "copy.onnx", "copy.json", in: folder.path).code == 0)
  }

  @Test func `the seed draws the links of a point and of a description's cells`() async throws {
    let folder = try TemporaryFolder()
    try folder.file(
      "n.yaml",
      "schema: flashnas.network/1\ninput: {channels: 1, height: 8, width: 8, classes: 2}\n"
        + "cells: [{type: dense, width: 8, depth: 6, skip: 5}]\n")
    for source in [["n.yaml"], Self.point] {
      let texts = try await [
        export(source + ["--to", "json"], in: folder), export(source + ["--to", "json", "--seed", "0"], in: folder),
        export(source + ["--to", "json", "--seed", "1"], in: folder),
      ].map(\.output)
      #expect(texts[0] == texts[1])
      #expect(texts[0] != texts[2])
    }
  }

  @Test func `an ONNX file gives dot alone`() async throws {
    let folder = try TemporaryFolder()
    #expect(try await export(Self.point + ["--to", "onnx", "-o", "a.onnx"], in: folder).code == 0)
    let drawn = try await export(["a.onnx", "--to", "dot"], in: folder)
    #expect(drawn.code == 0)
    #expect(drawn.output.contains("digraph network {"))
    for format in Self.formats where format != "dot" {
      try await BadCase(
        "export a.onnx --to \(format)", 65,
        "a.onnx: an imported file does not say all that its layers compute, allowed --to dot"
      ).check(in: folder.path)
    }
  }

  static let wrong: [(arguments: String, code: Int32, says: String)] = [
    ("--to onnx", 64, "--space: missing, allowed a space with --point, or a result or network file"),
    ("--space dense3-fashion --to dot", 64, "--point: missing, allowed --point NAME=VALUE,…"),
    ("--space dense3-fashion --point \(Points.fashion)", 64, "--to"),
    ("--space dense3-fashion --point \(Points.fashion) --to onx", 64, "'onx'"),
    ("none.json --to dot --point width1=5", 64, "--point: given beside a result or network file"),
    ("none.json --to dot", 65, "none.json: no such file"), ("none.onnx --to dot", 65, "none.onnx: no such file"),
    ("--space dense3-fashion --point \(Points.fashion) --to onnx -o /dev/full", 1, "/dev/full: cannot be written"),
    ("--space dense3-fashion --point \(Points.fashion) --to dot -o none/a", 1, "none/a: cannot be written"),
    (
      "huge.yaml --to onnx -o out", 65,
      "huge: too large for an ONNX file, found 8589934592 bytes of weights, allowed at most 2147483647 bytes"
    ),
  ]

  @Test(arguments: wrong.indices) func `what is wrong is one line, and nothing is written`(_ index: Int) async throws {
    let folder = try TemporaryFolder()
    try folder.file(
      "huge.yaml",
      "schema: flashnas.network/1\ninput: {channels: 32768, height: 1, width: 1}\nlayers:\n"
        + "  - {name: a, type: fully-connected, outputs: 32768, inputs: [input]}\n"
        + "  - {name: b, type: fully-connected, outputs: 32768, inputs: [a]}\n")
    let (arguments, code, says) = Self.wrong[index]
    try await BadCase("export \(arguments)", code, says).check(in: folder.path)
    #expect(try folder.names == ["huge.yaml"])
  }

  @Test func `a model does not go to a terminal`() async throws {
    let script = "/usr/bin/script"
    guard FileManager.default.isExecutableFile(atPath: script) else { return }
    let folder = try TemporaryFolder()
    let command = "'\(Program.path)' export \(Self.point.joined(separator: " ")) --to"
    let refused = try await Program.run(
      script, ["-q", "-e", "-c", "\(command) onnx", "/dev/null"], environment: [:], in: folder.path)
    #expect(refused.code == 64)
    #expect(refused.output.contains("--to: onnx is no text, and standard output a terminal, allowed -o FILE or a pipe"))
    let drawn = try await Program.run(
      script, ["-q", "-e", "-c", "\(command) dot", "/dev/null"], environment: [:], in: folder.path)
    #expect(drawn.code == 0)
    #expect(drawn.output.contains("digraph network"))
  }
}
