import Foundation
import Testing

/// Several targets, operands of other widths, and the hardware of saved results.
@Suite("Targets on the command line") struct TargetTests {
  private static let targets = ["--hardware", "systolic-ws-32x32", "--hardware", "systolic-os-32x32"]
  private static let json = ["--format", "json", "--no-timing"]

  private func entries(_ value: Any?) throws -> [[String: Any]] { try #require(value as? [[String: Any]]) }

  @Test func `a search over two targets gives each target's costs, and is worth the worse of them`() async throws {
    let outcome = try await Program.run(["search"] + Self.targets + Self.json)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try outcome.json
    let names = try entries((document["hardware"] as? [String: Any])?["targets"]).map { $0["name"] as? String }
    #expect(names == ["systolic-ws-32x32", "systolic-os-32x32"])
    #expect((document["certificate"] as? [String: Any])?["status"] as? String == "optimal")
    let best = try #require(document["best"] as? [String: Any])
    let targets = try entries(best["targets"])
    for key in ["latency_s", "energy_j", "area_mm2"] {
      #expect(best[key] as? Double == targets.compactMap { $0[key] as? Double }.max())
    }
    let objective = try #require(document["objective"] as? [String: Any])
    #expect(objective["value"] as? Double == targets.compactMap { $0["objective"] as? Double }.min())
  }

  @Test func `a problem file may list its targets`() async throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: "\(packageRoot)/problems/default.yaml", encoding: .utf8)
    let list = text.replacingOccurrences(
      of: "hardware: systolic-ws-32x32", with: "hardware: [systolic-ws-32x32, systolic-os-32x32]")
    #expect(list != text)
    let file = try folder.file("two.yaml", list)
    let outcome = try await Program.run(["search", file] + Self.json)
    #expect(try await outcome.output == Program.run(["search"] + Self.targets + Self.json).output)
  }

  @Test func `a saved result is predicted on the targets it was searched for`() async throws {
    let folder = try TemporaryFolder()
    let saved = try await Program.run(["search"] + Self.targets + Self.json)
    let file = try folder.file("worst.json", saved.output)
    let predicted = try await Program.run("predict", file, "--format", "json")
    #expect(predicted.code == 0, "\(predicted.errors)")
    let best = try #require(try saved.json["best"] as? [String: Any])
    let points = try entries(try predicted.json["points"])
    #expect(
      points.map { $0["latency_s"] as? Double } == (try entries(best["targets"]).map { $0["latency_s"] as? Double }))
  }

  @Test func `a saved chip is predicted as the search judged it`() async throws {
    let folder = try TemporaryFolder()
    let saved = try await Program.run(
      ["search", "--hardware", "systolic-codesign", "--unbounded", "--weight-bits", "4"]
        + ["width1=4", "depth1=4", "width2=8", "depth2=4", "width3=32", "depth3=5", "skip1=0", "rows=16"].flatMap {
          ["--fix", $0]
        } + Self.json)
    #expect(saved.code == 0, "\(saved.errors)")
    let file = try folder.file("chip.json", saved.output)
    let predicted = try await Program.run("predict", file, "--format", "json")
    #expect(predicted.code == 0, "\(predicted.errors)")
    let points = try entries(try predicted.json["points"])
    #expect(try saved.json["best"] as? NSDictionary == points[0] as NSDictionary)
    let hardware = try predicted.json["hardware"] as? [String: Any]
    #expect(hardware?["weight_bits"] as? Int == 4)
    let elsewhere = try await Program.run("predict", file, "--hardware", "systolic-os-32x32", "--format", "json")
    #expect(try entries(try elsewhere.json["points"])[0]["hardware"] == nil)
  }

  @Test(arguments: [
    (["--hardware", "systolic-ws-32x32", "--hardware", "systolic-codesign"], "free parameters beside other targets"),
    (["--hardware", "systolic-ws-32x32", "--hardware", "systolic-ws-32x32"], "target stands twice"),
    (["--weight-bits", "0"], "--weight-bits: not an integer in range, found '0', allowed 1 to 64"),
    (
      ["--hardware", "imc-reram-isaac32", "--activation-bits", "40"],
      "--activation-bits: out of range of 'imc-reram-isaac32', found 40, allowed 1 to 32"
    ),
    (["--costs", "fitted", "--weight-bits", "4"], "fitted costs, found those of 'systolic-ws-32x32'"),
  ])
  func `what cannot be asked of targets is refused in one line`(options: [String], message: String) async throws {
    let outcome = try await Program.run(["search"] + options)
    #expect(outcome.code == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }

  @Test func `fewer bits cost less, everywhere that simulates`() async throws {
    let point = ["--space", "dense3-fashion", "--point", Points.fashion]
    func energy(_ command: String, _ more: [String]) async throws -> Double {
      let outcome = try await Program.run([command] + point + more + ["--format", "json"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try #require(try entries(try outcome.json["points"])[0]["energy_j"] as? Double)
    }
    for command in ["simulate", "predict"] {
      let four = try await energy(command, ["--weight-bits", "4", "--activation-bits", "4"])
      #expect(try await four < energy(command, []))
      #expect(try await energy(command, ["--weight-bits", "8", "--activation-bits", "8"]) == energy(command, []))
    }
    let gate = try await Program.run(["check"] + point + ["--max-energy", "50uJ"])
    let narrow = try await Program.run(
      ["check"] + point + ["--max-energy", "50uJ", "--weight-bits", "4", "--activation-bits", "4"])
    #expect([gate.code, narrow.code] == [2, 0], "\(gate.output) \(narrow.output)")
  }
}
