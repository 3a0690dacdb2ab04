import FlashAccuracy
import FlashHardware
import Foundation
import Testing

@testable import FlashFormats

@Suite struct ModelFileTests {
  /// Samples on a curve of form `flash`, two runs each, with a deviation from a seed.
  private func samples(_ count: Int, seed: UInt64) throws -> [AccuracySample] {
    var generator = TestGenerator(seed: seed)
    return try (0..<count).map { index in
      let degree = 40 + 10 * Double(index)
      let accuracy = 1 / (1.02 + exp(60 / degree - 3))
      let runs = (0..<2).map { _ in accuracy + Double.random(in: -0.004...0.004, using: &generator) }
      return try AccuracySample(
        nnDegree: degree, nnMass: 2 * degree, parameters: 1000 * degree, macs: 5000 * degree * degree, runs: runs)
    }
  }

  /// Forms, with the way that intervals are made.
  private static let forms =
    AccuracyForm.catalogue.map { ($0.name, IntervalMethod.model) } + [("flash", .jackknife), ("ridge", .jackknife)]

  @Test(arguments: forms) func `an accuracy model predicts the same after writing and reading`(
    _ name: String, _ interval: IntervalMethod
  ) throws {
    var question = AccuracyQuestion()
    question.variables = ["nn_mass", "macs"]
    question.interval = interval
    let samples = try samples(24, seed: 3).map { sample in
      try AccuracySample(
        features: sample.features.merging(["weighted_layers": sample.features["macs", default: 0] / 1000]) { $1 },
        runs: sample.runs)
    }
    let fit = try AccuracyFit(samples, form: AccuracyForm.named(name), question)
    let folder = try TemporaryFolder()
    let path = try folder.file("m.json", JSONValue.object(AccuracyModelFile.document(fit)).text())
    let model = try AccuracyModelFile.read(path)
    #expect(model.features == fit.model.features)
    #expect(model.ranges == fit.model.ranges)
    for degree in [41.5, 90, 170, 400] {
      let values = [
        "nn_degree": degree, "nn_mass": 1.5 * degree, "macs": 90_000 * degree, "weighted_layers": degree / 3,
      ]
      let read = model.features.map { values[$0] ?? .nan }
      let (before, after) = (fit.model.predict(read), model.predict(read))
      #expect(abs(before.value - after.value) < 1e-9)
      #expect(abs(before.low - after.low) < 1e-9)
      #expect(abs(before.high - after.high) < 1e-9)
      #expect(before.isExtrapolated == after.isExtrapolated)
    }
  }

  @Test func `a model of falling samples is a constant, and is read back`() throws {
    let samples = try (0..<8).map { try AccuracySample(nnDegree: 10 + Double($0), runs: [0.9 - 0.01 * Double($0)]) }
    let fit = try AccuracyFit(samples)
    let folder = try TemporaryFolder()
    let path = try folder.file("m.json", JSONValue.object(AccuracyModelFile.document(fit)).text())
    let model = try AccuracyModelFile.read(path)
    #expect(abs(model.accuracy(12) - fit.model.accuracy(12)) < 1e-12)
    #expect(abs(model.accuracy(12) - model.accuracy(500)) < 1e-12)
  }

  @Test(arguments: 1...8) func `a cost model predicts the same after writing and reading`(_ seed: UInt64) throws {
    var generator = TestGenerator(seed: seed)
    let macs = (0..<20).map { 1e6 + 1e5 * Double($0 * $0) }
    let parameters = (0..<20).map { 1e4 + 3e3 * Double($0) }
    let latency = zip(macs, parameters).map { macs, parameters in
      (1e-5 + 2e-12 * macs + 1e-10 * parameters) * Double.random(in: 0.97...1.03, using: &generator)
    }
    let columns = ["macs": macs, "parameters": parameters]
    let fits = try ["latency_s", "area_mm2"].map { quantity in
      try HardwareFit(
        quantity: quantity, features: ["1", "macs", "parameters"], columns: columns, measured: latency)
    }
    let folder = try TemporaryFolder()
    let path = try folder.file("h.json", JSONValue.object(HardwareProfileFile.document(fits)).text())
    let profile = try HardwareProfileFile.read(path)
    #expect(profile.simulator == nil)
    #expect(profile.fitted == (try FittedHardware(fits)))
    #expect(profile.fitted?.energy == nil)
  }

  @Test func `an unknown reach is null in a document and unknown when read`() throws {
    let cost = try LinearCost(features: ["1", "macs"], coefficients: [1e-5, 2e-12])
    let text = """
      schema: flashnas.hardware/1
      name: h
      fitted:
        latency_s: {features: ["1", macs], coefficients: [1e-5, 2e-12], relative_reach: null}
      """
    let folder = try TemporaryFolder()
    let profile = try HardwareProfileFile.read(folder.file("h.yaml", text))
    #expect(profile.fitted?.latency == cost)
    #expect(profile.summary == "")
  }

  @Test func `a profile holds a simulator beside fitted costs`() throws {
    let shipped = try TextFile.read("\(packageRoot)/hardware-profiles/systolic-ws-32x32.yaml", limit: 1 << 20)
    let simulator = try #require(shipped.range(of: "\nfitted:")).lowerBound
    let text =
      shipped[..<simulator] + """

        fitted:
          energy_j: {features: [parameters], coefficients: [3e-10], relative_reach: 0.1, ranges: [[1, 5e5]]}
        provenance: {"mac_energy, multiplier_energy, sram_energy, dram_energy, dram_bandwidth, pe_area, multiplier_area, sram_area, clock": a table}
        validity: {}
        """
    let folder = try TemporaryFolder()
    let profile = try HardwareProfileFile.read(folder.file("h.yaml", String(text)))
    #expect(profile.simulator?.name == "systolic")
    #expect(profile.fitted?.energy?.relativeReach == 0.1)
    #expect(profile.fitted?.energy?.ranges == [1...5e5])
  }
}
