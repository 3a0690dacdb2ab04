import Foundation
import Testing

/// The options that every command takes.
@Suite struct EverywhereTests {
  private static let fashion = "--space dense3-fashion"

  static let commands: [String] = [
    "search --unbounded --budget 600", "metrics network.yaml", "metrics \(fashion) --points plan.csv",
    "sample \(fashion) -n 3", "fit accuracy samples.csv", "fit hardware costs.csv",
    "predict \(fashion) --point \(Points.fashion)", "predict --points costs.csv --hardware costs.csv",
    "simulate \(fashion) --points plan.csv", "simulate network.yaml",
    "export \(fashion) --point \(Points.fashion) --to dot", "export network.yaml --to json",
    "validate plan.csv", "list metrics",
  ]

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("plan.csv", "\(Points.header)\n\(Points.row)\n")
    try folder.file(
      "samples.csv",
      "nn_degree,accuracy\n" + (0..<9).map { "\(40 + 9 * $0),\(0.93 - 3 / Double(40 + 9 * $0))\n" }.joined())
    try folder.file("costs.csv", "macs,latency_s\n" + (1...8).map { "\($0 * 1000),\(1e-6 * Double($0))\n" }.joined())
    try folder.file(
      "network.yaml",
      "schema: flashnas.network/1\ninput: {channels: 1, height: 8, width: 8, classes: 2}\n"
        + "cells: [{type: dense, width: 4, depth: 4, skip: 2}]\n")
    return folder
  }

  private func run(_ command: String, _ more: String, in folder: TemporaryFolder) async throws -> Outcome {
    try await Program.run("\(command) \(more)".split(separator: " ").map(String.init), in: folder.path)
  }

  @Test(arguments: commands) func `every command takes every option of all`(_ command: String) async throws {
    let folder = try Self.folder()
    let more = "--seed 5 --threads 2 --no-timing"
    for format in ["table", "json", "csv"] {
      let printed = try await run(command, "--format \(format) \(more)", in: folder)
      #expect(printed.code == 0, "\(printed.errors)")
      #expect(printed.errors == "")
      #expect(printed.output.hasSuffix("\n"))
      let quiet = try await run(command, "--format \(format) \(more) -q -o out", in: folder)
      #expect(quiet.code == 0)
      #expect(quiet.errors == "")
      let isFit = command.hasPrefix("fit")
      #expect(quiet.output.isEmpty != isFit)
      // A fit writes its model, whatever is printed.
      if isFit { #expect(folder.text("out").hasPrefix("{")) }
      if !isFit, format != "table" { #expect(folder.text("out") == printed.output) }
      if format == "json" { #expect(try printed.json["timing"] == nil) }
      if format == "csv" { #expect(printed.rows.count >= 2) }
    }
    let verbose = try await run(command, "--verbose --quiet --output out", in: folder)
    #expect(verbose.code == 0)
    #expect(verbose.errorLines.allSatisfy { $0.firstMatch(of: /^flashnas: [a-z]+_s\b/) != nil })
  }

  static let wrong: [(option: String, says: String)] = [
    ("--seed -3", "--seed: not understood, found '-3', allowed an integer from 0 to 18446744073709551615"),
    ("--seed x", "--seed: not understood, found 'x'"), ("--seed +1", "found '+1'"),
    ("--threads 0", "--threads: not an integer in range, found '0', allowed 1 to 4096"),
    ("--threads x", "found 'x'"), ("--format xml", "--format: unknown, found 'xml', allowed table, json, csv"),
  ]

  @Test(arguments: commands + ["search none.yaml", "fit accuracy none.csv", "list bogus"], wrong.indices)
  func `a wrong value is refused before any work`(_ command: String, _ index: Int) async throws {
    let folder = try Self.folder()
    let before = try folder.names
    let (option, says) = Self.wrong[index]
    try await BadCase("\(command) -o out \(option)", 64, says).check(in: folder.path)
    #expect(try folder.names == before)
  }

  @Test func `a fit as CSV is its coefficients`() async throws {
    let folder = try Self.folder()
    let accuracy = try await run("fit accuracy samples.csv", "--format csv", in: folder).rows
    #expect(accuracy[0] == ["name", "value", "standard_error"])
    #expect(accuracy.dropFirst().map { $0[0] } == ["a", "b", "c"])
    #expect(accuracy.dropFirst().allSatisfy { Double($0[1]) != nil })
    let costs = try await run("fit hardware costs.csv", "--format csv", in: folder).rows
    #expect(costs[0] == ["quantity", "feature", "coefficient"])
    #expect(costs.dropFirst().allSatisfy { $0[0] == "latency_s" && (Double($0[2]) ?? -1) >= 0 })
    #expect(costs.dropFirst().contains { $0[1] == "macs" })
  }

  static let kinds = [
    "spaces", "hardware", "metrics", "forms", "strategies", "simulators", "datasets", "problems", "exporters",
  ]

  @Test(arguments: kinds) func `a list has a name and a summary for each, in every format alike`(
    _ kind: String
  ) async throws {
    let document = try await Program.run("list", kind, "--format", "json").json
    #expect(document["kind"] as? String == kind)
    let items = try #require(document["items"] as? [[String: String]])
    #expect(!items.isEmpty)
    let header = ["name", "summary"] + (kind == "spaces" ? ["predictor"] : [])
    #expect(items.allSatisfy { Set($0.keys) == Set(header) && $0.values.allSatisfy { !$0.isEmpty } })
    let names = items.compactMap { $0["name"] }
    #expect(Set(names).count == names.count)
    let table = try await Program.run("list", kind).output.split(separator: "\n")
    #expect(table.map { String($0.prefix { $0 != " " }) } == names)
    let csv = try await Program.run("list", kind, "--format", "csv").output.split(separator: "\n").map(String.init)
    let rows = items.map { item in
      header.map { item[$0] ?? "" }.map { $0.contains { ",\"".contains($0) } ? "\"\($0)\"" : $0 }
        .joined(separator: ",")
    }
    #expect(csv == [header.joined(separator: ",")] + rows)
  }

  @Test func `a data set is listed by its README's heading, else by its tables`() async throws {
    let folder = try TemporaryFolder()
    for name in ["hardware-profiles", "datasets", "datasets/a", "datasets/b"] {
      try FileManager.default.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: false)
    }
    try folder.file("datasets/a/README.md", "\n# Title of a\n\n## More\n")
    try folder.file("datasets/b/y.csv", "x\n1\n")
    try folder.file("datasets/b/x.csv", "x\n1\n")
    try folder.file("datasets/note.txt", "no data set")
    let outcome = try await Program.run(
      Program.path, ["list", "datasets"], environment: ["FLASHNAS_DATA": folder.path], in: folder.path)
    #expect(outcome.output == "a  Title of a\nb  x.csv, y.csv\n")
  }
}
