import FlashGraph
import Testing

@testable import FlashFormats

/// Descriptions in their form of layers; Tests/Malformed/network has those that are refused.
@Suite struct LayerFileTests {
  private static let yaml = """
    schema: flashnas.network/1
    name: by hand
    input: {channels: 3, height: 8, width: 8}
    layers:
      - {name: stem, type: convolution, channels: 8, kernel: 3, inputs: [input], cell: true}
      - {name: norm, type: batch-normalization, inputs: [stem]}
      - {name: act, type: relu6, inputs: [norm]}
      - name: down
        type: convolution
        channels: 8
        kernel: 3
        stride: 2
        groups: 4
        inputs:
          - {layer: act, channels: [0, 1, 2, 3]}
          - {layer: stem, channels: [4, 5, 6, 7]}
      - {name: small, type: max-pooling, kernel: 3, stride: 2, inputs: [act]}
      - {name: sum, type: addition, inputs: [down, small]}
      - {name: half, type: average-pooling, kernel: 2, inputs: [sum]}
      - {name: act2, type: relu, inputs: [half]}
      - {name: pool, type: global-average-pooling, inputs: [act2]}
      - {name: hidden, type: fully-connected, outputs: 6, bias: false, inputs: [pool]}
      - {name: classifier, type: fully-connected, outputs: 2, inputs: [hidden]}
    """

  @Test func `every type of layer is read from YAML, with its defaults`() throws {
    let folder = try TemporaryFolder()
    let file = try NetworkFile(reading: folder.file("n.yaml", Self.yaml))
    guard case .layers(let network) = file.form else {
      Issue.record("layers are read as another form")
      return
    }
    #expect(file.name == "by hand")
    #expect(network.input == FeatureShape(channels: 3, height: 8, width: 8))
    #expect(
      network.layers.map(\.operation) == [
        .convolution(outputChannels: 8, kernel: 3, stride: 1, groups: 1), .batchNormalization, .activation(.relu6),
        .convolution(outputChannels: 8, kernel: 3, stride: 2, groups: 4), .maximumPooling(kernel: 3, stride: 2),
        .addition, .averagePooling(kernel: 2), .activation(.relu), .globalAveragePooling,
        .fullyConnected(outputs: 6, hasBias: false), .fullyConnected(outputs: 2, hasBias: true),
      ])
    #expect(network.layers[0].inputs == [Network.Source(producer: nil)])
    #expect(
      network.layers[3].inputs == [
        Network.Source(producer: 2, channels: [0, 1, 2, 3]), Network.Source(producer: 0, channels: [4, 5, 6, 7]),
      ])
    #expect(network.layers.map(\.startsCell) == [true] + [Bool](repeating: false, count: 10))
    let features = try network.features
    #expect(features.weights == 9 * 3 * 8 + 9 * 2 * 8 + 8 * 6 + 6 * 2)
    #expect(features.biases == 2)
    // Both operands of the sum lie on their ways through one weighted layer and two: the shortcut's 8 channels.
    #expect(features.skipLinks == 8)
    // The seed draws links of cells alone.
    #expect(try file.network(seed: 1) == file.network(seed: 2))
  }

  @Test func `an exported description equals the one that it was read from`() throws {
    let folder = try TemporaryFolder()
    let network = try NetworkFile(reading: folder.file("n.yaml", Self.yaml)).network(seed: 0)
    let text = String(decoding: try LayerListWriter(network, name: "by hand").bytes(), as: UTF8.self)
    let copy = try NetworkFile(reading: folder.file("n.json", text))
    #expect(copy.form == .layers(network))
    #expect(
      String(decoding: try LayerListWriter(copy.network(seed: 0), name: "by hand").bytes(), as: UTF8.self) == text)
    // One line a layer.
    #expect(text.split(separator: "\n").count == network.layers.count + 7)
  }

  @Test func `names may be any text`() throws {
    let folder = try TemporaryFolder()
    for name in ["null", "true", "12", "a: b", "- c", "#", "\"quoted\"", "back\\slash", "tab\tline\n", "日本"] {
      let layers = [
        Network.Layer(
          name: name, operation: .fullyConnected(outputs: 2, hasBias: true), inputs: [Network.Source(producer: nil)]),
        Network.Layer(
          name: "last", operation: .fullyConnected(outputs: 2, hasBias: true), inputs: [Network.Source(producer: 0)]),
      ]
      let network = try Network(input: FeatureShape(channels: 2, height: 1, width: 1), layers: layers)
      let text = String(decoding: try ExportSamples.bytes(network, as: "json"), as: UTF8.self)
      #expect(try NetworkFile(reading: folder.file("n.json", text)).form == .layers(network), "\(name)")
    }
  }
}
