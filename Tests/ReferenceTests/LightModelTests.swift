import FlashFormats
import FlashGraph
import Foundation
import Testing

/// The light models of the Python package `onnx`, where FLASHNAS_PYTHON names an environment that has it.
private enum LightModels {
  static let folder: String? = {
    guard let python = ProcessInfo.processInfo.environment["FLASHNAS_PYTHON"] else { return nil }
    let library = URL(filePath: python).deletingLastPathComponent().deletingLastPathComponent().appending(path: "lib")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: library.path)) ?? []
    return versions.sorted().map { "\(library.path)/\($0)/site-packages/onnx/backend/test/data/light" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }()
}

@Suite(
  "Light models",
  .enabled(if: LightModels.folder != nil, "SKIPPED: they need the Python package onnx; `make test-all` runs them"))
struct LightModelTests {
  struct Document: Decodable {
    let models: [String: Counts]
  }

  struct Counts: Decodable {
    let macs: Int
    let weights: Int
    let activations: Int
    let weighted_layers: Int
  }

  @Test("All nine have the counts that follow from onnx's own shape inference")
  func counts() throws {
    let folder = try #require(LightModels.folder)
    let document = try Reference.decode(Document.self, "onnx-light-counts")
    #expect(document.models.count == 9)
    for (name, expected) in document.models.sorted(by: { $0.key < $1.key }) {
      let file = try ONNXFile(reading: "\(folder)/\(name).onnx")
      let features = file.graph.features()
      #expect(file.unsupported.isEmpty, "\(name)")
      #expect(features.macs == expected.macs, "\(name)")
      #expect(features.weights == expected.weights, "\(name)")
      #expect(features.activations == expected.activations, "\(name)")
      #expect(features.weightedLayers == expected.weighted_layers, "\(name)")
    }
  }
}
