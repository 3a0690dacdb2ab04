import Foundation
import Testing

/// `fit hardware` with its options, on the shipped tables.
@Suite struct FitHardwareTests {
  private static let data = "\(packageRoot)/datasets/systolic-ws-32x32"
  private let fit = ["fit", "hardware", "\(data)/fit.csv", "--space", "dense3-fashion"]

  private func quantities(_ arguments: [String], in folder: TemporaryFolder? = nil) async throws -> [String: [String:
    Any]]
  {
    let outcome = try await Program.run(arguments + ["--format", "json"], in: folder?.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try #require(outcome.json["quantities"] as? [String: [String: Any]])
  }

  private func mape(_ entry: [String: Any]?, _ key: String = "leave_one_out") throws -> Double {
    try #require((entry?[key] as? [String: Any])?["mape"] as? Double)
  }

  @Test func `the folds of the array take the error of latency to less than half`() async throws {
    let plain = try await quantities(fit)
    let folds = try await quantities(fit + ["--feature", "folds_32x32"])
    #expect(try mape(folds["latency_s"]) < 0.5 * mape(plain["latency_s"]))
    #expect((folds["latency_s"]?["features"] as? [String])?.last == "folds_32x32")
  }

  @Test func `a choice of features reports its path and the error with the choice left out`() async throws {
    let latency = try #require(try await quantities(fit + ["--features", "auto"])["latency_s"])
    let selection = try #require(latency["selection"] as? [String: Any])
    let steps = try #require(selection["steps"] as? [[String: Any]])
    #expect(steps.compactMap { $0["feature"] as? String } == latency["features"] as? [String])
    #expect(steps.first?["before"] as? Double == 1)
    for step in steps {
      let values = try ["before", "after", "standard_error"].map { try #require(step[$0] as? Double) }
      #expect(values[0] - values[1] > values[2])
    }
    #expect(try mape(latency, "nested") < 0.06)
    let text = try await Program.run(fit + ["--features", "auto"]).output
    #expect(text.contains("the choice left out too"))
    #expect(text.contains("joined"))
  }

  @Test func `search and predict read a model with sums over layers, and search proves its optimum`() async throws {
    let folder = try TemporaryFolder()
    let made = try await Program.run(fit + ["--feature", "folds_32x32", "-o", "m.json"], in: folder.path)
    #expect(made.code == 0)
    let search = ["search", "--hardware", "m.json", "--costs", "fitted", "--max-latency", "120us", "--unbounded"]
    let outcome = try await Program.run(
      search + ["--min-accuracy", "88%", "--strategy", "exact", "--format", "json", "-o", "best.json"], in: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let best = try JSONSerialization.jsonObject(with: Data(folder.text("best.json").utf8)) as? [String: Any]
    #expect((best?["certificate"] as? [String: Any])?["status"] as? String == "optimal")
    let again = try await Program.run(
      "predict", "best.json", "--hardware", "m.json", "--format", "json", in: folder.path)
    let point = (try again.json["points"] as? [[String: Any]])?.first
    #expect(point as NSDictionary? == best?["best"] as? NSDictionary)
    // The same network from a file of its layers.
    _ = try await Program.run("export", "best.json", "--to", "json", "-o", "network.json", in: folder.path)
    let network = try await Program.run(
      "predict", "network.json", "--hardware", "m.json", "--format", "json", in: folder.path)
    let exported = (try network.json["points"] as? [[String: Any]])?.first
    #expect(exported?["latency_s"] as? Double == point?["latency_s"] as? Double)
  }

  @Test func `features as columns predict what the space predicts`() async throws {
    let folder = try TemporaryFolder()
    let rows = (1...12).map { index in
      "\(1_000_000 * index),\(10 + index * index % 7),\(1e-6 * Double(index) + 1e-5 * Double(10 + index * index % 7))\n"
    }
    let path = try folder.file("c.csv", "macs,folds_32x32,latency_s\n" + rows.joined())
    let made = try await Program.run(
      "fit", "hardware", path, "--feature", "folds_32x32", "-o", "m.json", in: folder.path)
    #expect(made.code == 0)
    let predicted = try await Program.run(
      "predict", "--points", path, "--hardware", "m.json", "--format", "csv", in: folder.path)
    let values = predicted.rows.dropFirst().compactMap { Double($0[0]) }
    #expect(values.count == 12)
    for (value, row) in zip(values, rows) {
      let measured = try #require(Double(row.split(separator: ",")[2].dropLast()))
      #expect(abs(value - measured) < 1e-9 * measured)
    }
  }

  @Test func `layers of one kind have coefficients of their own`() async throws {
    let latency = try #require(try await quantities(fit + ["--per-layer", "--feature", "folds_32x32"])["latency_s"])
    let features = try #require(latency["features"] as? [String])
    #expect(features.contains("folds_32x32:3x3"))
    #expect(features.allSatisfy { $0.hasSuffix(":3x3") || $0.hasSuffix(":fully_connected") })
    #expect(try mape(latency) < 0.05)
  }

  @Test func `rows that are layers are fitted, and judged by their networks' totals`() async throws {
    let folder = try TemporaryFolder()
    // Cost 1e-9 a multiply-accumulate of a 3×3 layer and 1e-6 a layer, over ten networks of 2 + 2 + 2 layers and one.
    var table = "width1,depth1,skip1,width2,depth2,skip2,width3,depth3,skip3,layer,latency_s\n"
    for network in 0..<10 {
      let widths = [4 + network % 9, 8 + network, 16 + 2 * network]
      let depths = [4, 5, 4]
      var inputs = 1
      var place = 0
      for (cell, width) in widths.enumerated() {
        let pixels = [784, 196, 49][cell]
        for layer in 0..<depths[cell] {
          let macs = 9 * (layer == 0 ? inputs : width) * width * pixels
          let point = zip(widths, depths).map { "\($0),\($1),0" }.joined(separator: ",")
          table += "\(point),\(place),\(1e-9 * Double(macs) + 1e-6)\n"
          place += 1
        }
        inputs = width
      }
      let point = zip(widths, depths).map { "\($0),\($1),0" }.joined(separator: ",")
      table += "\(point),\(place),\(1e-9 * Double(10 * inputs) + 1e-6)\n"
    }
    let path = try folder.file("layers.csv", table)
    let arguments = ["fit", "hardware", path, "--space", "dense3-fashion"]
    let latency = try #require(try await quantities(arguments + ["--per-layer"])["latency_s"])
    #expect(latency["samples"] as? Int == 10)
    #expect(latency["layers"] as? Int == 140)
    let features = try #require(latency["features"] as? [String])
    let coefficients = try #require(latency["coefficients"] as? [Double])
    let values = Dictionary(uniqueKeysWithValues: zip(features, coefficients))
    #expect(abs(try #require(values["macs:3x3"]) - 1e-9) < 1e-12)
    #expect(abs(try #require(values["layers:3x3"]) - 1e-6) < 1e-9)
    #expect(try mape(latency) < 1e-3)
    let without = try await Program.run(arguments)
    #expect(without.code == 65)
    #expect(without.errors.contains("rows are layers, found a column 'layer', allowed such rows with --per-layer"))
  }

  @Test func `deviations weigh, and ridge and robust say what they are`() async throws {
    let folder = try TemporaryFolder()
    let rows = (1...14).map {
      "\(1000 * $0 * $0),\(Double(1000 * $0 * $0 + 50 * ($0 % 3)) * 1e-9),\(1e-9 * Double($0))\n"
    }
    let path = try folder.file("c.csv", "macs,latency_s,latency_s_sd\n" + rows.joined())
    let latency = try #require(
      try await quantities(["fit", "hardware", path, "--weights", "--ridge", "--robust"])["latency_s"])
    #expect(latency["weighted"] as? Bool == true)
    #expect(latency["robust"] as? Bool == true)
    #expect(latency["penalty"] is Double || latency["penalty"] is Int)
    #expect(((latency["nested"] as? [String: Any])?["folds"] as? Int) == 14)
    let text = try await Program.run("fit", "hardware", path, "--weights", "--ridge", "--robust").output
    #expect(text.hasPrefix("non-negative least squares in relative error, weighted by deviations, ridge, robust, 14 "))
    #expect(try await Program.run("validate", path).code != 64)
  }

  @Test func `a plot is one file for one quantity, and one a quantity for several`() async throws {
    let folder = try TemporaryFolder()
    _ = try await Program.run(fit + ["--plot", "p.svg"], in: folder.path)
    #expect(try folder.names == ["p-area_mm2.svg", "p-energy_j.svg", "p-latency_s.svg"])
    _ = try await Program.run(fit + ["--quantity", "cycles", "--plot", "c.svg"], in: folder.path)
    #expect(folder.text("c.svg").contains("measured cycles"))
    #expect(folder.text("c.svg").hasPrefix("<?xml") || folder.text("c.svg").hasPrefix("<svg"))
  }

  @Test func `a learning curve compares sets of features`() async throws {
    let outcome = try await Program.run(
      [
        "fit", "hardware", "\(Self.data)/curve.csv", "--space", "dense3-fashion", "--quantity", "cycles",
        "--learning-curve", "25", "--draws", "10", "--feature", "folds_32x32", "--format", "csv",
      ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      outcome.rows[0] == ["quantity", "features", "samples", "mape", "mape_low", "mape_high", "max_ape", "largest_ape"])
    let errors = outcome.rows.dropFirst().compactMap { Double($0[$0.count - 5]) }
    #expect(errors.count >= 4)
    #expect(errors[1] < 0.05 && errors[1] < errors[0])
  }

  @Test(arguments: [
    BadCase(
      "fit hardware datasets/systolic-ws-32x32/fit.csv --space dense3-fashion --feature fold_32x32", 65,
      "(did you mean 'folds_32x32'?)"),
    BadCase(
      "fit hardware datasets/systolic-ws-32x32/fit.csv --space dense3-fashion --features all", 64,
      "--features: unknown, found 'all'"),
    BadCase(
      "fit hardware datasets/systolic-ws-32x32/fit.csv --space dense3-fashion --draws 3", 64,
      "--draws: given without --learning-curve"),
    BadCase(
      "fit hardware datasets/systolic-ws-32x32/fit.csv --space dense3-fashion --learning-curve 39", 65,
      "found 40, allowed 41 or more"),
    BadCase(
      "fit hardware datasets/systolic-ws-32x32/fit.csv --space dense3-fashion --learning-curve x", 64,
      "--learning-curve"),
    BadCase(
      "fit hardware datasets/systolic-ws-32x32/fit.csv --space dense3-fashion --learning-curve 9 --plot p.svg", 64,
      "--plot: given beside"),
    BadCase(
      "fit hardware datasets/systolic-ws-32x32/fit.csv --space dense3-fashion --weights", 65,
      "allowed 'latency_s_sd', as --weights asks"),
    BadCase(
      "fit hardware datasets/systolic-ws-32x32/fit.csv --space dense3-fashion --quantity joules", 65,
      "no measured column"),
    BadCase("fit hardware datasets/systolic-ws-32x32/fit.csv --per-layer", 65, "allowed --per-layer with --space"),
    BadCase(
      "fit hardware datasets/systolic-ws-32x32/fit.csv --space dense3-fashion --per-layer --feature skip_elements", 65,
      "no sum over layers"),
  ]) func `what it refuses is one line`(_ bad: BadCase) async throws { try await bad.check() }
}
