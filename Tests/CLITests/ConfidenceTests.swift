import Foundation
import Testing

/// `--confidence` through the built program.
@Suite("Confidence on the command line") struct ConfidenceCommandTests {
  private static let json = ["--format", "json", "--no-timing"]

  private func search(_ options: String...) async throws -> Outcome {
    try await Program.run(["search"] + options + Self.json)
  }

  private func object(_ value: Any?) throws -> [String: Any] { try #require(value as? [String: Any]) }

  private func entries(_ value: Any?) throws -> [[String: Any]] { try #require(value as? [[String: Any]]) }

  private func objective(_ outcome: Outcome) throws -> Double {
    try #require(object(outcome.json["objective"])["value"] as? Double)
  }

  @Test func `the lower end of the accuracy's interval keeps the bound, and is what the result and predict print`()
    async throws
  {
    let folder = try TemporaryFolder()
    let outcome = try await search("--confidence", "90%", "--min-accuracy", "89.5%")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try outcome.json
    #expect(document["confidence"] as? Double == 0.9)
    #expect(try object(document["certificate"])["status"] as? String == "optimal")
    let best = try object(document["best"])
    let states = try entries(document["constraints"])
    #expect(states.map { $0["judged"] as? String } == ["low", "value"])
    #expect(states[0]["value"] as? Double == best["accuracy_low"] as? Double)
    #expect(states[1]["value"] as? Double == best["area_mm2"] as? Double)
    let (low, value) = (try #require(best["accuracy_low"] as? Double), try #require(best["accuracy"] as? Double))
    #expect(low >= 0.895 && value > low)
    #expect(abs(try #require(states[0]["slack"] as? Double) - (low - 0.895)) < 1e-12)
    let file = try folder.file("sure.json", outcome.output)
    let predicted = try await Program.run("predict", file, "--format", "json")
    #expect(try entries(try predicted.json["points"])[0] as NSDictionary == best as NSDictionary)
    #expect(try predicted.json["confidence"] as? Double == 0.9)
    // Student's t at 97.5 and 95 % with the predictor's 30 degrees of freedom (any table).
    let usual = try await Program.run("predict", file, "--confidence", "95%", "--format", "json")
    let wide = try #require(try entries(try usual.json["points"])[0]["accuracy_low"] as? Double)
    #expect(abs((value - low) / (value - wide) - 1.6972609 / 2.0422725) < 1e-6)
    let text = try await Program.run("search", "--confidence", "90%", "--min-accuracy", "89.5%")
    #expect(text.output.contains("judged at 90 % confidence") && text.output.contains("lower end"))
    #expect(text.output.contains("90 % interval") && !text.output.contains("95 % interval"))
  }

  @Test func `a saved result is explained under its own question`() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await search("--confidence", "90%", "--min-accuracy", "89.5%")
    let explained = try await Program.run(
      "explain", try folder.file("sure.json", outcome.output), "--format", "json")
    #expect(explained.code == 0, "\(explained.errors)")
    #expect(try explained.json["confidence"] as? Double == 0.9)
    let (states, own) = (try entries(try explained.json["constraints"]), try entries(try outcome.json["constraints"]))
    #expect(states.map { $0["judged"] as? String } == ["low", "value"])
    for (state, saved) in zip(states, own) {
      #expect(state["value"] as? Double == saved["value"] as? Double)
      #expect(state["binding"] as? Bool == saved["binding"] as? Bool)
    }
    // The bound relaxed by 1 % is solved with the same confidence.
    let relaxed = try object(states[0]["relaxed"])
    let again = try await search("--confidence", "90%", "--min-accuracy", "\(0.895 - 0.01 * 0.895)")
    #expect(relaxed["objective"] as? Double == (try objective(again)))
  }

  @Test func `the problem file's key asks the same, and the option replaces it`() async throws {
    let folder = try TemporaryFolder()
    let text = try String(contentsOfFile: "\(packageRoot)/problems/default.yaml", encoding: .utf8)
      .replacingOccurrences(of: "90.6%", with: "89.5%")
    let file = try folder.file("sure.yaml", text + "confidence: 90%\n")
    let asked = try await search("--confidence", "90%", "--min-accuracy", "89.5%")
    let stated = try await Program.run(["search", file] + Self.json)
    #expect(stated.output == asked.output, "\(stated.errors)")
    let other = try await Program.run(["search", file, "--confidence", "0.8"] + Self.json)
    #expect(try other.json["confidence"] as? Double == 0.8)
    #expect(try objective(other) > objective(stated))
    #expect(try await Program.run("validate", file).code == 0)
    let wrong = try folder.file("wrong.yaml", text + "confidence: 100%\n")
    let refused = try await Program.run("search", wrong)
    #expect(refused.code == 65)
    #expect(refused.errorLines.count == 1)
    #expect(refused.errors.contains("confidence: not a confidence, found '100%', allowed 50% to 99.9%, such as 90%"))
  }

  @Test func `surer is never better, and every strategy is judged alike`() async throws {
    var last = try objective(await search("--min-accuracy", "89.5%"))
    for confidence in ["50%", "80%", "90%", "95%"] {
      let outcome = try await search("--min-accuracy", "89.5%", "--confidence", confidence)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try objective(outcome) < last)
      last = try objective(outcome)
    }
    let certified = try await search(
      "--min-accuracy", "89.5%", "--confidence", "95%", "--strategy", "hierarchical", "--certify")
    #expect(try objective(certified) == last)
    #expect(try object(certified.json["certificate"])["status"] as? String == "optimal")
    let top = try await search("--min-accuracy", "89.5%", "--confidence", "95%", "--top", "3")
    let ranked = try entries(try top.json["top"])
    #expect(ranked.count == 3 && ranked[0]["objective"] as? Double == last)
    for entry in ranked { #expect(try #require(entry["accuracy_low"] as? Double) >= 0.895) }
  }

  @Test func `fitted costs are judged by their upper ends`() async throws {
    let outcome = try await search("--costs", "fitted", "--min-accuracy", "89.5%", "--confidence", "90%")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let best = try object(try outcome.json["best"])
    let area = try entries(try outcome.json["constraints"])[1]
    #expect(area["judged"] as? String == "high")
    #expect(area["value"] as? Double == best["area_mm2_high"] as? Double)
    #expect(try #require(area["value"] as? Double) <= 1.42)
    #expect(try #require(best["area_mm2"] as? Double) < #require(best["area_mm2_high"] as? Double))
    let surest = try await search("--costs", "fitted", "--min-accuracy", "80%", "--confidence", "99%")
    #expect(surest.code == 64)
    #expect(
      surest.errors.contains("area at 99 % confidence: not available, its samples tell an interval up to 97.56 %"))
    let power = try await search("--costs", "fitted", "--max-power", "1W", "--confidence", "90%")
    #expect(power.code == 64 && power.errors.contains("power: not available, it has no interval"))
    let simulated = try await search("--max-power", "1W", "--min-accuracy", "89%", "--confidence", "90%")
    #expect(simulated.code == 0, "\(simulated.errors)")
  }

  @Test func `what cannot be met with confidence is proved so, at its best possible end`() async throws {
    for confidence in ["90%", "99%"] {
      let outcome = try await search("--confidence", confidence)
      #expect(outcome.code == 2)
      let document = try outcome.json
      #expect(try object(document["certificate"])["status"] as? String == "infeasible")
      let state = try entries(document["constraints"])[0]
      let best = try #require(state["best_possible"] as? Double)
      #expect(best < 0.906 && abs(0.906 - best - (state["shortfall"] as? Double ?? .nan)) < 1e-12)
      let shown = confidence.replacingOccurrences(of: "%", with: " %")
      #expect(
        outcome.errors.contains(
          "accuracy: no network meets the bound at \(shown) confidence, found at best a lower end of"),
        "\(outcome.errors)")
    }
    let together = try await search("--confidence", "90%", "--min-accuracy", "90.4%")
    #expect(together.code == 2)
    #expect(together.errors.contains("each bound can be met, but not all of them together"), "\(together.errors)")
  }

  @Test func `fronts, comparisons and several targets take it too`() async throws {
    let bounds = ["--min-accuracy", "89.5%", "--max-area", "1.5mm2", "--confidence", "90%"]
    let front = try await Program.run(
      ["pareto", "--quantities", "energy,area", "--points", "4"] + bounds + Self.json)
    #expect(front.code == 0, "\(front.errors)")
    for entry in try entries(try front.json["front"]) {
      #expect(entry["proved"] as? Bool == true)
      #expect(try #require(entry["accuracy_low"] as? Double) >= 0.895)
    }
    #expect(try front.json["confidence"] as? Double == 0.9)
    let optimum = try objective(try await Program.run(["search"] + bounds + Self.json))
    let compared = try await Program.run(
      ["compare", "--strategy", "random", "--budget", "50", "--seeds", "6"] + bounds + Self.json)
    #expect(try compared.json["optimum"] as? Double == optimum, "\(compared.errors)")
    let both = try await Program.run(
      ["search", "--hardware", "systolic-ws-32x32", "--hardware", "systolic-os-32x32"] + bounds + Self.json)
    #expect(both.code == 0, "\(both.errors)")
    #expect(try #require(entries(try both.json["constraints"])[0]["value"] as? Double) >= 0.895)
  }

  @Test func `check is as sure as it is asked to be`() async throws {
    let network = ["--space", "dense3-fashion", "--point"]
    let point = "width1=8,depth1=7,skip1=12,width2=16,depth2=7,skip2=24,width3=32,depth3=7,skip3=40"
    let predicted = try await Program.run(
      ["predict"] + network + [point, "--confidence", "90%", "--format", "json"])
    let low = try #require(try entries(try predicted.json["points"])[0]["accuracy_low"] as? Double)
    for (bound, code) in [(low - 1e-6, 0), (low + 1e-6, 2)] {
      let outcome = try await Program.run(
        ["check"] + network + [point, "--min-accuracy", "\(bound)", "--confidence", "90%"] + Self.json)
      #expect(outcome.code == code, "\(outcome.errors)")
      let check = try entries(entries(try outcome.json["networks"])[0]["checks"])[0]
      #expect(check["judged"] as? String == "low" && check["value"] as? Double == low)
    }
  }

  @Test(arguments: [
    ("90", "not understood, found '90'"), ("100%", "found '100%'"), ("0%", "found '0%'"), ("49.9%", "found '49.9%'"),
    ("-90%", "found '-90%'"), ("high", "found 'high'"), ("nan", "found 'nan'"), ("", "found ''"),
  ]) func `another word for a confidence is refused in one line`(_ text: String, _ message: String) async throws {
    for command in [
      ["search"], ["pareto"], ["compare"], ["check", "--space", "dense3-fashion"], ["predict", "x.json"],
    ] {
      let outcome = try await Program.run(command + ["--confidence", text])
      #expect(outcome.code == 64, "\(command) \(text)")
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
      #expect(outcome.errors.contains("allowed 50% to 99.9%, such as 90%"), "\(outcome.errors)")
    }
  }
}
