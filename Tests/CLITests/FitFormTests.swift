import Foundation
import Testing

/// Forms, their comparison, plots, learning curves, and plans for them.
@Suite struct FitFormTests {
  private static let residual = "datasets/published-preresnet-cifar10/samples.csv"

  private func fit(_ arguments: String..., folder: TemporaryFolder? = nil) async throws -> Outcome {
    try await Program.run(
      ["fit", "accuracy", "\(packageRoot)/\(Self.residual)", "--space", "preresnet-cifar"] + arguments,
      in: folder?.path ?? packageRoot)
  }

  @Test func `auto compares every form, and the chosen one is what the model is`() async throws {
    let outcome = try await fit("--form", "auto", "--cell", "block", "--format", "json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let model = try outcome.json
    let selection = try #require(model["selection"] as? [String: Any])
    let candidates = try #require(selection["candidates"] as? [[String: Any]])
    let names = candidates.compactMap { $0["form"] as? String }
    let listed = try await Program.run("list", "forms", "--format", "json").json["items"] as? [[String: Any]]
    #expect(names == listed?.compactMap { $0["name"] as? String })
    let scores = candidates.compactMap { entry in (entry["log_score"] as? Double).map { (entry["form"] as? String, $0) }
    }
    let best = try #require(scores.max { $0.1 < $1.1 })
    #expect(model["form"] as? String == best.0)
    #expect((model["features"] as? [String])?.contains("nn_degree_block") == true)
    let nested = try #require(selection["nested"] as? [String: Any])
    #expect(try #require(nested["rmse"] as? Double) > 0)
    // Eight configurations are too few to say how often intervals hold.
    #expect(nested["coverage_low"] is NSNull)
    let choices = try #require(selection["choices"] as? [String: Int])
    #expect(choices.values.reduce(0, +) == selection["folds"] as? Int)
  }

  @Test func `a model of any form predicts from its file what the samples give it`() async throws {
    let folder = try TemporaryFolder()
    for (form, more) in [
      ("ridge", []), ("gp-matern-variables", []), ("degree-macs", ["--cell", "block"]), ("flash-power", ["--robust"]),
    ] {
      let saved = try await Program.run(
        ["fit", "accuracy", "\(packageRoot)/\(Self.residual)", "--space", "preresnet-cifar", "--form", form]
          + ["-o", "model.json"] + more, in: folder.path)
      #expect(saved.code == 0, "\(form): \(saved.errors)")
      let answer = try await Program.run(
        [
          "predict", "--space", "preresnet-cifar", "--point", "block=preactivation,width=16,depth1=9,depth2=9,depth3=9",
          "--accuracy", "model.json", "--format", "json",
        ], in: folder.path)
      #expect(answer.code == 0, "\(form): \(answer.errors)")
      let point = try #require((try answer.json["points"] as? [[String: Any]])?.first)
      let (low, value) = (try #require(point["accuracy_low"] as? Double), try #require(point["accuracy"] as? Double))
      let high = try #require(point["accuracy_high"] as? Double)
      #expect(low < value && value < high && 0.9 < value && value < 0.97, "\(form): \(value)")
    }
  }

  @Test func `a plot is an SVG file, of one feature or of several`() async throws {
    let folder = try TemporaryFolder()
    for form in ["power", "degree-macs"] {
      let outcome = try await fit("--form", form, "--cell", "block", "--plot", "\(form).svg", folder: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let text = folder.text("\(form).svg")
      #expect(text.hasPrefix("<?xml") || text.hasPrefix("<svg"))
      #expect(text.contains("form \(form)"))
      #expect(text.components(separatedBy: "<circle").count > 8)
    }
    let failed = try await fit("--plot", "no/such/folder/p.svg", folder: folder)
    #expect(failed.code == 1)
    #expect(failed.errors.split(separator: "\n").count == 1)
  }

  @Test func `a learning curve has a row a form and size, the same bytes for a seed`() async throws {
    let arguments = [
      "fit", "accuracy", "datasets/fashion-mnist-dense3/samples.csv", "--learning-curve", "8,20", "--draws", "20",
      "--format", "csv",
    ]
    let one = try await Program.run(arguments)
    #expect(one.code == 0, "\(one.errors)")
    #expect(
      one.rows.dropFirst().map { $0[0] }.prefix(6) == [
        "constant", "parameters (flash)", "parameters (logistic-log)", "macs (flash)", "macs (logistic-log)", "flash",
      ])
    #expect(one.rows.count == 13)
    #expect(try await Program.run(arguments).output == one.output)
    #expect(try await Program.run(arguments + ["--seed", "1"]).output != one.output)
    let few = try await Program.run(
      "fit", "accuracy", Self.residual, "--space", "preresnet-cifar", "--learning-curve", "7")
    #expect(few.code == 65)
    #expect(few.errors.contains("found 8, allowed 9 or more"))
  }

  @Test func `options that do not go together are refused in one line`() async throws {
    for (arguments, code, says) in [
      (["--interval", "bootstrap"], 64, "allowed model, jackknife+"),
      (["--cell", "layer"], 64, "allowed stage, block"),
      (["--draws", "3"], 64, "without --learning-curve"), (["--form", "gp-se", "--robust"], 64, "Gaussian processes"),
      (["--interval", "jackknife+"], 65, "allowed 19 or more"), (["--feature", "release"], 65, "release"),
      (["--form", "degree-macs", "--feature", "width"], 64, "allowed none"),
    ] as [([String], Int32, String)] {
      let outcome = try await Program.run(
        ["fit", "accuracy", Self.residual, "--space", "preresnet-cifar"] + arguments)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(says), "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func `what to train next is new, and says how uncertain it was`() async throws {
    let outcome = try await Program.run(
      "sample", "--space", "dense3-fashion", "-n", "3", "--add-to", "datasets/fashion-mnist-dense3/samples.csv",
      "--form",
      "ridge", "--format", "json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let points = try #require(try outcome.json["points"] as? [[String: Any]])
    #expect(points.count == 3)
    let deviations = points.compactMap { $0["prediction_sd"] as? Double }
    #expect(deviations.count == 3 && deviations == deviations.sorted(by: >))
    let designs = try await Program.run("list", "designs", "--format", "json").json["items"] as? [[String: Any]]
    for name in try #require(designs).compactMap({ $0["name"] as? String }) {
      let plan = try await Program.run(
        "sample", "--space", "dense3-fashion", "-n", "12", "--design", name, "--format", "csv")
      #expect(plan.rows.count == 13, "\(name): \(plan.errors)")
    }
    for (arguments, says) in [
      (["--design", "sobol", "--add-to", "x.csv"], "--design: given beside --add-to"),
      (["--form", "ridge"], "--form: allowed with"),
      (["--design", "d-optimal", "--form", "spline"], "--form: unknown"),
      (["--design", "d-optimal", "--form", "gp-se"], "any but Gaussian processes"),
    ] {
      let refused = try await Program.run(["sample", "--space", "dense3-fashion", "-n", "12"] + arguments)
      #expect(refused.code == 64, "\(arguments)")
      #expect(refused.errors.contains(says), "\(refused.errors)")
    }
  }
}
