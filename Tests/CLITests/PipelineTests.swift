import Foundation
import Testing

/// Commands that feed one another, through files and standard input.
@Suite struct PipelineTests {
  private let fashion = ["--space", "dense3-fashion"]

  private func succeed(_ arguments: [String], stdin: String = "", in folder: TemporaryFolder) async throws -> Outcome {
    let outcome = try await Program.run(arguments, stdin: .text(stdin), in: folder.path)
    #expect(outcome.code == 0, "\(arguments): \(outcome.errors)")
    #expect(outcome.errors == "")
    return outcome
  }

  @Test func `sample, simulate, fit hardware, search and predict work through files`() async throws {
    let folder = try TemporaryFolder()
    #expect(
      try await succeed(["sample"] + fashion + ["-n", "40", "--format", "csv", "-o", "plan.csv"], in: folder).output
        == "")
    #expect(
      try await succeed(
        ["simulate"] + fashion + ["--points", "plan.csv", "--format", "csv", "-o", "costs.csv"], in: folder
      ).output == "")
    let fit = try await succeed(["fit", "hardware", "costs.csv"] + fashion + ["-o", "hardware.json"], in: folder)
    #expect(fit.output.contains("latency_s"))
    for hardware in ["hardware.json", "costs.csv"] {
      let search = ["search", "--hardware", hardware, "--unbounded", "--min-accuracy", "89%", "--format", "json"]
      #expect(try await succeed(search + ["-o", "best.json"], in: folder).output == "")
      let printed = try await succeed(search + ["--no-timing"], in: folder).json
      #expect(printed["costs"] as? String == "fitted")
      let best = try #require(printed["best"] as? [String: Any])
      for key in ["latency_s", "energy_j", "area_mm2"] {
        let value = try #require(best[key] as? Double)
        #expect(try #require(best["\(key)_low"] as? Double) <= value)
        #expect(try #require(best["\(key)_high"] as? Double) >= value)
      }
      let predict = try await succeed(
        ["predict", "best.json", "--hardware", hardware, "--format", "json"], in: folder
      ).json
      let points = try #require(predict["points"] as? [[String: Any]])
      #expect(points.count == 1)
      #expect(points[0] as NSDictionary == best as NSDictionary)
      #expect(try await succeed(["validate", "best.json"], in: folder).code == 0)
    }
    #expect(try folder.names == ["best.json", "costs.csv", "hardware.json", "plan.csv"])
  }

  @Test func `standard input and output do the same as files`() async throws {
    let folder = try TemporaryFolder()
    let sample = ["sample"] + fashion + ["-n", "30", "--seed", "5", "--format", "csv"]
    let plan = try await succeed(sample, in: folder).output
    _ = try await succeed(sample + ["-o", "plan.csv"], in: folder)
    #expect(folder.text("plan.csv") == plan)
    let simulate = ["simulate"] + fashion + ["--format", "csv", "--points"]
    let costs = try await succeed(simulate + ["-"], stdin: plan, in: folder).output
    #expect(try await succeed(simulate + ["plan.csv"], in: folder).output == costs)
    try folder.file("costs.csv", costs)
    let fit = try await succeed(["fit", "hardware", "-", "--format", "json"] + fashion, stdin: costs, in: folder).output
    #expect(
      try await succeed(["fit", "hardware", "costs.csv", "--format", "json"] + fashion, in: folder).output == fit)
    _ = try await succeed(["fit", "hardware", "costs.csv", "-o", "model.json"] + fashion, in: folder)
    #expect(folder.text("model.json") == fit)
    let predict = ["predict", "--format", "csv", "--hardware", "model.json"] + fashion + ["--points"]
    #expect(
      try await succeed(predict + ["-"], stdin: plan, in: folder).output
        == succeed(predict + ["plan.csv"], in: folder).output)
    #expect(try await succeed(["validate", "-"] + fashion, stdin: plan, in: folder).output == "-  ok  points\n")
  }

  @Test func `a table of points has the variables, then the quantities, then the counts`() async throws {
    let folder = try TemporaryFolder()
    let plan = "\(Points.header)\n\(Points.row)\n"
    let costs = try await succeed(
      ["simulate", "--points", "-", "--format", "csv"] + fashion, stdin: plan, in: folder
    ).rows
    #expect(costs[0].joined(separator: ",") == "\(Points.header),latency_s,energy_j,area_mm2,cycles")
    #expect(costs.count == 2)
    #expect(costs[1].prefix(9).joined(separator: ",") == Points.row)
    #expect(costs[1].suffix(4).allSatisfy { (Double($0) ?? 0) > 0 })
    let predicted = try await succeed(
      ["predict", "--points", "-", "--format", "csv"] + fashion, stdin: plan, in: folder
    ).rows
    #expect(
      predicted[0].joined(separator: ",")
        == "\(Points.header),nn_degree,nn_mass,macs,parameters,accuracy,accuracy_low,accuracy_high,extrapolated,"
        + "latency_s,energy_j,area_mm2")
    #expect(Array(predicted[1].suffix(3)) == Array(costs[1][9..<12]))
  }

  @Test func `a plan has distinct points of the space, the same for the same seed`() async throws {
    let folder = try TemporaryFolder()
    let command = ["sample"] + fashion + ["-n", "64", "--format", "csv", "--seed"]
    let first = try await succeed(command + ["1"], in: folder)
    #expect(first.rows.count == 65)
    #expect(Set(first.rows).count == 65)
    #expect(try await succeed(command + ["1"], in: folder).output == first.output)
    #expect(try await succeed(command + ["2"], in: folder).output != first.output)
    let held = try await succeed(command + ["1", "--fix", "width1=5", "--range", "depth1=4..6"], in: folder)
    #expect(held.rows.dropFirst().allSatisfy { $0[0] == "5" && (4...6).contains(Int($0[1]) ?? 0) })
  }

  @Test func `features without a space are read as fit reads them`() async throws {
    let folder = try TemporaryFolder()
    let degrees = (0..<12).map { 40 + 8 * $0 }
    try folder.file(
      "samples.csv",
      "nn_degree,macs,accuracy\n"
        + degrees.map { "\($0),\($0 * $0 * 1000),\(0.93 - 3 / Double($0))\n" }.joined())
    try folder.file(
      "costs.csv", "macs,latency_s\n" + degrees.map { "\($0 * 1000),\(1e-5 + 1e-9 * Double($0))\n" }.joined())
    _ = try await succeed(["fit", "accuracy", "samples.csv", "-o", "model.json"], in: folder)
    _ = try await succeed(["fit", "hardware", "costs.csv", "-o", "hardware.json"], in: folder)
    let rows = try await succeed(
      [
        "predict", "--points", "samples.csv", "--accuracy", "model.json", "--hardware", "hardware.json", "--format",
        "csv",
      ],
      in: folder
    ).rows
    #expect(rows.count == 13)
    #expect(
      rows[0].joined(separator: ",")
        == "accuracy,accuracy_low,accuracy_high,latency_s,latency_s_low,latency_s_high")
    for (row, degree) in zip(rows.dropFirst(), degrees) {
      #expect(abs((Double(row[0]) ?? 0) - (0.93 - 3 / Double(degree))) < 0.02)
      #expect((Double(row[1]) ?? 1) <= (Double(row[0]) ?? 0))
    }
  }

  @Test func `an output file is replaced in one step, and a failed command leaves it`() async throws {
    let folder = try TemporaryFolder()
    try folder.file("out.json", "old")
    let failed = try await Program.run("search", "--max-area", "1", "-o", "out.json", in: folder.path)
    #expect(failed.code == 64)
    #expect(folder.text("out.json") == "old")
    let none = try await Program.run(
      "search", "--min-accuracy", "99.9%", "--format", "json", "-o", "out.json", in: folder.path)
    #expect(none.code == 2)
    #expect(folder.text("out.json").contains("\"best\": null"))
    _ = try await succeed(["list", "metrics", "-o", "out.json"], in: folder)
    #expect(try await succeed(["list", "metrics"], in: folder).output == folder.text("out.json"))
    #expect(try folder.names == ["out.json"])
  }

  @Test func `quiet leaves notes out, verbose adds the times`() async throws {
    let folder = try TemporaryFolder()
    let quiet = try await Program.run("search", "--min-accuracy", "99.9%", "-q", in: folder.path)
    #expect(quiet.code == 2)
    #expect(quiet.errors == "")
    let verbose = try await Program.run("search", "-v", in: folder.path)
    #expect(
      verbose.errorLines.map { $0.split(separator: " ").dropLast().joined(separator: " ") } == [
        "flashnas: certify_s", "flashnas: load_s", "flashnas: search_s",
      ])
  }
}
