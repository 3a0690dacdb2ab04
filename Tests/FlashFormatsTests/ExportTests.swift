import FlashGraph
import FlashNAS
import Foundation
import SwiftProtobuf
import Testing

@testable import FlashFormats

@Suite struct ExportTests {
  /// Every metric is the same: of stages, of blocks, and of the topology.
  private func expectEqual(_ read: LayerGraph, _ written: LayerGraph, _ comment: Comment) {
    for counting in CellCounting.allCases {
      #expect(read.features(cells: counting) == written.features(cells: counting), comment)
    }
    var (topology, expected) = (read.topology, written.topology)
    // Reasons name layers, which a format may name otherwise.
    #expect(topology.reasons.keys.sorted() == expected.reasons.keys.sorted(), comment)
    topology.reasons = [:]
    expected.reasons = [:]
    #expect(topology == expected, comment)
  }

  private func file(_ network: Network, _ format: String, in folder: TemporaryFolder) throws -> String {
    let path = "\(folder.path)/network.\(format)"
    try Data(ExportSamples.bytes(network, as: format)).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func checkRoundTrips(_ network: Network, _ comment: Comment) throws {
    let folder = try TemporaryFolder()
    let graph = try network.layerGraph
    let imported = try ONNXFile(reading: file(network, "onnx", in: folder))
    #expect(imported.unsupported.isEmpty, comment)
    expectEqual(imported.graph, graph, "\(comment) onnx")
    let described = try NetworkFile(reading: file(network, "json", in: folder))
    #expect(described.name == "sample")
    #expect(described.form == .layers(network), comment)
  }

  @Test(arguments: SearchSpace.catalogue.map(\.name)) func `what is exported of a shipped space reads back the same`(
    _ name: String
  ) throws {
    for network in try ExportSamples.networks(of: SearchSpace.named(name), count: 3, seed: 5) {
      try checkRoundTrips(network, "\(name), \(network.layers.count) layers")
    }
  }

  @Test func `networks of other forms read back the same`() throws {
    try checkRoundTrips(ExportSamples.awkward(), "awkward")
    try checkRoundTrips(ExportSamples.multilayerPerceptron(), "fully connected")
    let stages = try ExportSamples.equalStages()
    try checkRoundTrips(stages, "stages of one resolution")
    #expect(try stages.layerGraph.features().cells.count == 2)
  }

  @Test func `the same seed gives the same bytes, another seed other weights`() throws {
    let network = try ExportSamples.equalStages()
    for format in ExportFormat.catalogue.map(\.name) {
      let bytes = try ExportSamples.bytes(network, as: format, seed: 7)
      #expect(try ExportSamples.bytes(network, as: format, seed: 7) == bytes, "\(format)")
      #expect(!bytes.isEmpty)
    }
    #expect(try ExportSamples.bytes(network, as: "onnx", seed: 7) != ExportSamples.bytes(network, as: "onnx", seed: 8))
  }

  @Test func `weights have the deviation of He's initialisation`() throws {
    let layers: [Network.Layer] = [
      .init(
        name: "a", operation: .convolution(outputChannels: 64, kernel: 3, stride: 1, groups: 2),
        inputs: [Network.Source(producer: nil)])
    ]
    let network = try Network(input: FeatureShape(channels: 32, height: 4, width: 4), layers: layers)
    let model = try Onnx_ModelProto(serializedBytes: ExportSamples.bytes(network, as: "onnx"))
    let raw = [UInt8](model.graph.initializer[0].rawData)
    let weights = stride(from: 0, to: raw.count, by: 4).map { place in
      Double(Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(raw[place + $1]) << (8 * $1) }))
    }
    #expect(weights.count == 9 * 16 * 64)
    let mean = weights.reduce(0, +) / Double(weights.count)
    let variance = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(weights.count)
    // 9216 draws: standard errors 0.0012 of the mean and 1.5 % of the variance.
    #expect(abs(mean) < 0.006)
    #expect(abs(variance * Double(9 * 16) / 2 - 1) < 0.07)
  }

  @Test func `an exported model says what made it and where cells begin`() throws {
    let model = try Onnx_ModelProto(serializedBytes: ExportSamples.bytes(ExportSamples.equalStages(), as: "onnx"))
    #expect(model.irVersion == 8)
    #expect(model.opsetImport.map(\.version) == [17])
    #expect(model.producerName == "flashnas")
    #expect(model.producerVersion == "0")
    #expect(model.docString.contains("seed 0"))
    #expect(model.graph.input[0].type.tensorType.shape.dim[0].dimParam == "batch")
    #expect(model.metadataProps.map(\.key) == ["flashnas.cells"])
    #expect(model.metadataProps.map(\.value) == ["cell1_layer0,cell2_layer0"])
  }

  @Test func `identifiers are letters, digits and underscores, each once, and none of Python's or PyTorch's`() throws {
    let names = ["a.b", "a_b", "a-b", "", "1", "_", "é", "lambda", "train", "x", "a_b_2", "take"]
    let found = ExportPlan.identifiers(names)
    #expect(
      found == [
        "a_b", "a_b_2", "a_b_3", "layer_", "layer_1", "layer__", "layer___2", "lambda_2", "train_2", "x_2", "a_b_2_2",
        "take_2",
      ])
    let many = ExportPlan.identifiers((0..<300).map { ["a.b", "a_b", "class", "a_b_2", "0"][$0 % 5] })
    #expect(Set(many).count == 300)
    #expect(Set(many).isDisjoint(with: ExportPlan.reserved))
  }

  @Test func `more weights than a model can hold are refused before they are drawn`() throws {
    let layers = (0..<2).map { index in
      Network.Layer(
        name: "layer\(index)", operation: .fullyConnected(outputs: 16_384, hasBias: false),
        inputs: [Network.Source(producer: index == 0 ? nil : 0)])
    }
    let network = try Network(input: FeatureShape(channels: 16_384, height: 1, width: 1), layers: layers)
    #expect(
      message { _ = try ExportSamples.bytes(network, as: "onnx") }
        == "sample: too large for an ONNX file, found 2147483648 bytes of weights, allowed at most 2147483647 bytes")
    // Other formats hold no weights.
    for format in ["pytorch", "json", "dot"] { #expect(try ExportSamples.bytes(network, as: format).count < 2000) }
  }

  @Test func `a graph alone gives dot, and the other formats say so`() throws {
    let graph = try ExportSamples.equalStages().layerGraph
    let source = NetworkExport(name: "model.onnx", network: nil, graph: graph, seed: 0, version: "0")
    for format in ExportFormat.catalogue {
      let text = message { _ = try format.bytes(of: source) }
      #expect(
        text
          == (format.name == "dot"
            ? "no error"
            : "model.onnx: an imported file does not say all that its layers compute, allowed --to dot"))
    }
  }

  @Test func `names that a description cannot tell apart are refused`() throws {
    for name in ["a", "input"] {
      let layers = ["a", name].enumerated().map { index, name in
        Network.Layer(
          name: name, operation: .fullyConnected(outputs: 2, hasBias: true),
          inputs: [Network.Source(producer: index == 0 ? nil : 0)])
      }
      let network = try Network(input: FeatureShape(channels: 2, height: 1, width: 1), layers: layers)
      let text = message { _ = try ExportSamples.bytes(network, as: "json") }
      #expect(text == "sample: layers: a name stands twice, found '\(name)', allowed names of their own")
    }
  }

  @Test func `a PyTorch file has a line of at most 100 characters for every layer`() throws {
    let network = try ExportSamples.networks(of: SearchSpace.named("dense3-cifar"), count: 3, seed: 1)[2]
    let text = String(decoding: try ExportSamples.bytes(network, as: "pytorch"), as: UTF8.self)
    let lines = text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 100 })
    for name in ExportPlan(network).names {
      #expect(lines.contains { $0.hasPrefix("        self.\(name) = nn.") }, "\(name)")
    }
  }

  @Test func `a name on several lines stays in one comment`() throws {
    let network = try ExportSamples.equalStages()
    for format in ExportFormat.catalogue where !format.isBinary {
      let source = try ExportSamples.export(network, name: "one\ntwo\r\u{2028}\"three\\")
      let text = String(decoding: try format.bytes(of: source), as: UTF8.self)
      #expect(!text.split(separator: "\n").contains { $0.hasPrefix("two") }, "\(format.name)")
      #expect(!text.contains("\r") && !text.contains("\u{2028}"))
    }
  }
}
