import FlashFormats
import FlashGraph
import FlashNAS
import FlashSearch
import Foundation
import Testing

@testable import FlashMeasure

/// Networks run through ONNX Runtime's C interface, against its Python interface.
@Suite(
  "The engine", .serialized,
  .enabled(if: Python.path != nil, "SKIPPED: they need Python with ONNX Runtime; `make test-all` runs them"))
struct EngineOutputTests {
  private func model() throws -> [UInt8] {
    let space = try SearchSpace.named("dense3-fashion")
    let network = try space.network(space.variables.map { $0.lower + 2 * $0.step }).network(seed: 3)
    return try ExportFormat.onnx.bytes(
      of: NetworkExport(name: "network", network: network, graph: network.layerGraph, seed: 3, version: "0"))
  }

  @Test("Its outputs are those of ONNX Runtime in Python to 1e-5, from bytes, from a file, and on two threads")
  func outputs() throws {
    let engine = try ONNXRuntime(library: EngineLocator.library())
    let bytes = try model()
    try withFolder { folder in
      let file = folder.appendingPathComponent("network.onnx")
      try Data(bytes).write(to: file)
      for (model, threads) in [(EngineModel.bytes(bytes), 1), (.file(file.path), 1), (.bytes(bytes), 2)] {
        let session = try EngineSession(engine, model, name: "network", threads: threads, seed: 5)
        // The later runs write where the first one did.
        for _ in 0..<3 { try session.run() }
        let found = try #require(try session.outputNumbers().first)
        let input = try #require(session.inputNumbers.first)
        #expect(input.count == 28 * 28)
        let inputFile = folder.appendingPathComponent("input.json")
        try JSONEncoder().encode(input).write(to: inputFile)
        let expected = try Python.json(
          [Float].self, "Tests/ReferenceTests/checks/engine_outputs.py", [file.path, inputFile.path])
        #expect(found.count == 10 && expected.count == 10)
        let largest = expected.map(abs).max() ?? 0
        #expect(largest > 1e-3)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-5 * max(1, largest)) }
      }
    }
  }

  @Test("Inputs come from the seed alone")
  func inputs() throws {
    let engine = try ONNXRuntime(library: EngineLocator.library())
    let bytes = try model()
    let draws = try [1, 1, 2].map { seed in
      try EngineSession(engine, .bytes(bytes), name: "network", threads: 1, seed: UInt64(seed)).inputNumbers
    }
    #expect(draws[0] == draws[1])
    #expect(draws[0] != draws[2])
    let numbers = draws[0][0].map(Double.init)
    // Means of 784 standard normal numbers: 6 deviations.
    #expect(abs(numbers.reduce(0, +) / 784) < 6 / 28)
  }

  @Test("A run visits every network once a round, in orders of the seed, and goes on after an interrupt")
  func rounds() throws {
    let engine = try ONNXRuntime(library: EngineLocator.library())
    let bytes = try model()
    var settings = MeasureSettings()
    settings.rounds = 4
    settings.repeats = 2
    let models = (0..<5).map { number in
      MeasuredModel(key: VisitLog.Key(network: "network\(number)", model: "")) { .bytes(bytes) }
    }
    try withFolder { folder in
      let log = VisitLog(path: folder.appendingPathComponent("visits").path, settings: "")
      try log.rewrite([:])
      let run = MeasuringRun(engine, settings: settings, counter: nil, log: log)
      var done = 0
      let ended = try run.run(models, isInterrupted: { done == 13 }, progress: { done = $0.done }) { _, _ in
        Issue.record("no network has all its rounds")
      }
      #expect(!ended)
      let kept = try log.read()
      #expect(kept.values.reduce(0) { $0 + $1.count } == 13)
      #expect(kept.values.allSatisfy { $0.map(\.round) == Array(0..<$0.count) && (2...3).contains($0.count) })
      var completed: [Int: [Visit]] = [:]
      var progress: [MeasuringRun.Progress] = []
      #expect(
        try run.run(models, earlier: kept, progress: { progress.append($0) }) { number, visits in
          completed[number] = visits
        })
      #expect(progress.map(\.done) == Array(14...20))
      #expect(progress.filter(\.endsRound).map(\.round) == [3, 4])
      #expect(completed.count == 5)
      for (number, visits) in completed {
        #expect(visits.map(\.round) == [0, 1, 2, 3])
        #expect(visits.allSatisfy { $0.wall.count == 2 && $0.processor.count == 2 && $0.end > $0.start })
        // What was there before the interrupt is what is reported after it.
        let earlier = try #require(kept[models[number].key])
        #expect(Array(visits.prefix(earlier.count)) == earlier)
      }
    }
  }

  @Test("A model that the engine refuses, and one with inputs that are not measured, are told in one line")
  func refused() throws {
    let engine = try ONNXRuntime(library: EngineLocator.library())
    let error = #expect(throws: MeasureError.self) {
      try EngineSession(engine, .bytes([1, 2, 3]), name: "broken", threads: 1, seed: 0)
    }
    #expect(error?.description.hasPrefix("broken: refused by ONNX Runtime: ") == true)
    #expect(error?.description.contains("\n") == false)
    #expect(error?.isAboutAFile == true)
    #expect(throws: MeasureError.self) {
      try EngineSession(engine, .file("none.onnx"), name: "none", threads: 1, seed: 0)
    }
  }
}
