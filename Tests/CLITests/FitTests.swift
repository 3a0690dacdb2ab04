import Foundation
import Testing

@Suite struct FitTests {
  private static let samples = "datasets/fashion-mnist-dense3/samples.csv"

  private func keys(_ value: Any?) -> Set<String> { Set((value as? [String: Any] ?? [:]).keys) }

  @Test(arguments: [[], ["--space", "dense3-fashion"]]) func `an accuracy model has the keys of the contract`(
    _ more: [String]
  ) async throws {
    let outcome = try await Program.run(["fit", "accuracy", Self.samples, "--format", "json"] + more)
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    let model = try outcome.json
    #expect(
      keys(model).isSuperset(of: [
        "schema", "version", "form", "coefficients", "samples", "training", "leave_one_out", "baselines", "noise_floor",
        "range",
      ]))
    #expect(model["schema"] as? String == "flashnas.fit-accuracy/1")
    #expect(model["form"] as? String == "flash")
    let coefficients = try #require(model["coefficients"] as? [[String: Any]])
    #expect(coefficients.compactMap { $0["name"] as? String } == ["a", "b", "c"])
    #expect(coefficients.allSatisfy { keys($0) == ["name", "value", "standard_error"] })
    #expect(keys(model["training"]) == ["rmse", "mae"])
    let errors: Set = ["rmse", "mae", "kendall", "spearman"]
    #expect(keys(model["leave_one_out"]).isSuperset(of: errors.union(["coverage"])))
    let baselines = try #require(model["baselines"] as? [String: Any])
    #expect(Set(baselines.keys) == ["constant", "parameters", "macs", "nn_mass"])
    #expect(keys(baselines["constant"]) == errors)
    for name in ["parameters", "macs", "nn_mass"] { #expect(keys(baselines[name]) == errors.union(["form"])) }
    let range = try #require(model["range"] as? [Double])
    #expect(range.count == 2 && range[0] < range[1])
    let coverage = try #require((model["leave_one_out"] as? [String: Any])?["coverage"] as? Double)
    #expect((0...1).contains(coverage))
    #expect((model["samples"] as? Int ?? 0) >= 5)
  }

  @Test func `the saved model is the JSON on standard output, and search reads it`() async throws {
    let folder = try TemporaryFolder()
    let samples = "\(packageRoot)/\(Self.samples)"
    let saved = try await Program.run("fit", "accuracy", samples, "-o", "model.json", in: folder.path)
    #expect(saved.code == 0)
    #expect(saved.output.contains("baseline parameters"))
    let printed = try await Program.run("fit", "accuracy", samples, "--format", "json", in: folder.path)
    #expect(printed.output == folder.text("model.json"))
    let search = ["search", "--unbounded", "--format", "json", "--no-timing", "--accuracy"]
    let fromModel = try await Program.run(search + ["model.json"], in: folder.path)
    let fromSamples = try await Program.run(search + [samples], in: folder.path)
    #expect(fromModel.code == 0)
    let (model, fitted) = (try fromModel.json["best"] as? NSDictionary, try fromSamples.json["best"] as? NSDictionary)
    #expect(model?["point"] as? NSDictionary == fitted?["point"] as? NSDictionary)
    let values = [model, fitted].compactMap { $0?["accuracy"] as? Double }
    #expect(values.count == 2 && abs(values[0] - values[1]) < 1e-9)
  }

  @Test func `columns that are not used are listed`() async throws {
    let folder = try TemporaryFolder()
    let rows = (0..<8).map { "\(40 + 10 * $0),\(0.8 + 0.01 * Double($0)),x\n" }.joined()
    let path = try folder.file("s.csv", "nn_degree,accuracy,note\n\(rows)")
    let model = try await Program.run("fit", "accuracy", path, "--format", "json").json
    #expect(model["unused_columns"] as? [String] == ["note"])
  }

  @Test func `a cost model has the keys of the contract`() async throws {
    let folder = try TemporaryFolder()
    let rows = (0..<12).map { index in
      "\(1000 * (index + 1)),\(500 + index * index),\(1e-5 + 1e-8 * Double(index)),\(3 + index % 4)\n"
    }.joined()
    let path = try folder.file("c.csv", "macs,parameters,latency_s,tiles\n\(rows)")
    let outcome = try await Program.run("fit", "hardware", path, "--feature", "tiles", "--format", "json")
    #expect(outcome.code == 0)
    let model = try outcome.json
    #expect(keys(model).isSuperset(of: ["schema", "version", "quantities"]))
    let quantities = try #require(model["quantities"] as? [String: [String: Any]])
    #expect(Set(quantities.keys) == ["latency_s"])
    let latency = try #require(quantities["latency_s"])
    #expect(
      keys(latency).isSuperset(of: ["features", "coefficients", "training", "leave_one_out", "bias", "dropped"]))
    #expect(keys(latency["leave_one_out"]) == ["mape", "max_ape", "within_10", "kendall"])
    let features = try #require(latency["features"] as? [String])
    let dropped = try #require(latency["dropped"] as? [[String: Any]]).compactMap { $0["feature"] as? String }
    #expect(Set(features + dropped) == ["1", "macs", "parameters", "tiles"])
    #expect((latency["coefficients"] as? [Double])?.count == features.count)
    #expect((latency["coefficients"] as? [Double])?.allSatisfy { $0 >= 0 } == true)
  }
}
