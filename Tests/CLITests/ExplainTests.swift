import Foundation
import Testing

/// `explain` and `pareto`.
@Suite("Explain and Pareto on the command line") struct ExplainTests {
  private func saved(_ folder: TemporaryFolder, _ options: String...) async throws -> String {
    let outcome = try await Program.run(["search"] + options + ["--format", "json", "--no-timing"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try folder.file("best.json", outcome.output)
  }

  private func entries(_ value: Any?) throws -> [[String: Any]] { try #require(value as? [[String: Any]]) }

  @Test func `an explanation has steps of every variable that are worse or break a bound, and a price of every bound`()
    async throws
  {
    let folder = try TemporaryFolder()
    let file = try await saved(folder)
    let outcome = try await Program.run("explain", file, "--format", "json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try outcome.json
    let value = try #require((document["objective"] as? [String: Any])?["value"] as? Double)
    let variables = try entries(document["variables"])
    #expect(variables.compactMap { $0["name"] as? String }.joined(separator: ",") == Points.header)
    for variable in variables {
      #expect(variable["best"] is NSNull, "the result is proved")
      for step in [variable["down"], variable["up"]].compactMap({ $0 as? [String: Any] }) {
        let objective = try #require(step["objective"] as? Double)
        let broken = try #require(step["broken"] as? [String])
        #expect(objective <= value || !broken.isEmpty)
      }
    }
    let constraints = try entries(document["constraints"])
    #expect(constraints.map { $0["quantity"] as? String } == ["accuracy", "area_mm2"])
    for constraint in constraints {
      let relaxed = try #require(constraint["relaxed"] as? [String: Any])
      #expect(relaxed["proved"] as? Bool == true)
      #expect(try #require(relaxed["objective"] as? Double) >= value)
      #expect(try #require(constraint["shadow_price"] as? Double) > 0)
      #expect(constraint["binding"] as? Bool == true)
    }
    let csv = try await Program.run("explain", file, "--format", "csv")
    #expect(csv.rows[0].prefix(5) == ["variable", "value", "step", "objective", "broken"])
    #expect(csv.rows.count > 9)
  }

  @Test func `a relaxed bound gives what a search under it gives`() async throws {
    let folder = try TemporaryFolder()
    let file = try await saved(folder, "--max-area", "1.4mm2", "--min-accuracy", "90%")
    let outcome = try await Program.run("explain", file, "--relax", "5%", "--format", "json")
    let constraint = try #require(try entries(try outcome.json["constraints"]).last)
    let relaxed = try #require(constraint["relaxed"] as? [String: Any])
    let own = try await Program.run(
      "search", "--max-area", "1.47mm2", "--min-accuracy", "90%", "--format", "json")
    let value = try #require((try own.json["objective"] as? [String: Any])?["value"] as? Double)
    #expect(relaxed["objective"] as? Double == value)
  }

  @Test func `chips and several targets are explained too`() async throws {
    let folder = try TemporaryFolder()
    let few = [
      "width1=4", "depth1=4", "width2=8", "depth2=4", "width3=32", "depth3=5", "skip1=0", "dataflow=weight-stationary",
    ]
    .flatMap { ["--fix", $0] }
    let chip = try await Program.run(
      ["search", "--hardware", "systolic-codesign", "--format", "json"] + few + ["--max-area", "3mm2"])
    #expect(chip.code == 0, "\(chip.errors)")
    let explained = try await Program.run("explain", try folder.file("chip.json", chip.output), "--format", "json")
    #expect(explained.code == 0, "\(explained.errors)")
    let rows = try #require(try entries(try explained.json["variables"]).first { $0["name"] as? String == "rows" })
    #expect(rows["up"] is [String: Any] || rows["down"] is [String: Any])
    let worst = try await saved(folder, "--hardware", "systolic-ws-32x32", "--hardware", "systolic-os-32x32")
    #expect(try await Program.run("explain", worst).code == 0)
  }

  @Test func `other models than the search's are refused`() async throws {
    let folder = try TemporaryFolder()
    let file = try await saved(folder)
    let outcome = try await Program.run("explain", file, "--hardware", "systolic-os-32x32")
    #expect(outcome.code == 65)
    #expect(outcome.errors.contains("objective.value: not what the models give"))
    #expect(outcome.errorLines.count == 1)
  }

  @Test func `a front runs from end to end, each point proved, with its hypervolume`() async throws {
    let folder = try TemporaryFolder()
    let plot = "\(folder.path)/front.svg"
    let outcome = try await Program.run(
      "pareto", "--unbounded", "--quantities", "accuracy,latency,area", "--points", "7", "--plot", plot, "--format",
      "json", "--no-timing")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try outcome.json
    let front = try entries(document["front"])
    #expect(3...7 ~= front.count)
    #expect(front.allSatisfy { $0["proved"] as? Bool == true })
    let accuracies = front.compactMap { $0["accuracy"] as? Double }
    #expect(accuracies == accuracies.sorted(by: >))
    #expect(try #require(document["hypervolume"] as? Double) > 0)
    #expect(Set((document["reference"] as? [String: Any] ?? [:]).keys) == ["accuracy", "latency_s", "area_mm2"])
    #expect(folder.text("front.svg").hasPrefix("<?xml") || folder.text("front.svg").hasPrefix("<svg"))
    let again = try await Program.run(
      "pareto", "--unbounded", "--quantities", "accuracy,latency,area", "--points", "7", "--format", "json",
      "--no-timing")
    #expect(again.output == outcome.output)
  }

  @Test func `every point of a front`() async throws {
    let few = ["width1=4", "depth1=4", "width2=8", "depth2=4", "width3=32", "skip1=0", "skip2=9"].flatMap {
      ["--fix", $0]
    }
    let outcome = try await Program.run(
      ["pareto", "--unbounded", "--points", "all", "--reference", "accuracy=80%,latency=1ms", "--format", "json"] + few)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try outcome.json
    #expect(document["complete"] as? Bool == true)
    #expect((document["reference"] as? [String: Any])?["accuracy"] as? Double == 0.8)
    #expect(try entries(document["front"]).count > 10)
  }

  @Test func `a front without a proof is NSGA-II's, says so, and keeps its budget, bounds and bytes`() async throws {
    let arguments = [
      "pareto", "--space", "mobilenetv2-imagenet", "--quantities", "nn_mass,latency,parameters", "--points", "9",
      "--budget", "600", "--max-latency", "30ms", "--format", "json", "--no-timing",
    ]
    let outcome = try await Program.run(arguments)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try outcome.json
    let front = try entries(document["front"])
    #expect(front.count == 9)
    #expect(front.allSatisfy { $0["proved"] as? Bool == false })
    #expect(front.allSatisfy { ($0["latency_s"] as? Double ?? 1) <= 0.03 })
    #expect(document["complete"] as? Bool == false)
    let strategy = try #require(document["strategy"] as? [String: Any])
    #expect(strategy["name"] as? String == "nsga2" && strategy["evaluations"] as? Int == 600)
    #expect(strategy["termination"] as? String == "budget")
    #expect(try await Program.run(arguments + ["--threads", "2"]).output == outcome.output)
    #expect(try await Program.run(arguments + ["--seed", "1"]).output != outcome.output)
    let text = try await Program.run(
      "pareto", "--space", "mobilenetv2-imagenet", "--quantities", "latency,energy", "--points", "all", "--budget",
      "300")
    #expect(text.output.contains("none proved: of the front of 300 networks evaluated by NSGA-II (budget)"))
    let none = try await Program.run(
      "pareto", "--space", "mobilenetv2-imagenet", "--quantities", "latency,energy", "--budget", "50", "--max-latency",
      "1ns")
    #expect(none.code == 2 && none.errors.contains("none was found, and it is not proved that there is none"))
  }

  @Test(arguments: [
    (["--budget", "100"], 64, "--budget: points of this problem's front are proved"),
    (["--space", "mobilenetv2-imagenet", "--quantities", "macs,parameters", "--budget", "0"], 64, "--budget"),
    (["--quantities", "accuracy"], 64, "--quantities: too few or too many, found 1, allowed 2 to 4"),
    (["--quantities", "accuracy,speed"], 64, "--quantities"), (["--quantities", "area,area"], 64, "stands twice"),
    (["--points", "1"], 64, "--points: not an integer in range"),
    (["--points", "all", "--quantities", "accuracy,latency,area"], 64, "--points: 'all' for 3 quantities"),
    (["--time-limit", "1ns"], 2, "none was found, and it is not proved that there is none"),
    (["--reference", "accuracy=80%"], 64, "--reference: not every quantity"),
    (["--max-area", "1um2"], 2, "no feasible point: no design keeps every bound"),
  ])
  func `what a front cannot be asked for is one line`(options: [String], code: Int32, message: String) async throws {
    let outcome = try await Program.run(["pareto"] + options)
    #expect(outcome.code == code)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
