import FlashGraph
import FlashNAS
import FlashSearch

@testable import FlashFormats

/// Networks to export.
enum ExportSamples {
  /// Points near the lower corner of a shipped space, which keep the networks small.
  static func networks(of space: SearchSpace, count: Int, seed: UInt64) throws -> [Network] {
    var generator = TestGenerator(seed: seed)
    return try (0..<count).map { number in
      let point = space.variables.map { variable in
        let steps = min((variable.upper - variable.lower) / variable.step, number == 0 ? 0 : 3)
        return variable.lower + variable.step * Int.random(in: 0...steps, using: &generator)
      }
      return try space.network(point).network(seed: UInt64(number))
    }
  }

  private static func read(_ producer: Int?, _ channels: [Int]? = nil) -> Network.Source {
    Network.Source(producer: producer, channels: channels)
  }

  /// What the shipped spaces do not have: vectors read as maps and maps as vectors, sums of three and of parts, parts of
  /// the input, one channel, a list of more channels than the importer keeps in one tensor, layers that nobody reads,
  /// names that are no identifiers.
  static func awkward() throws -> Network {
    let layers: [Network.Layer] = [
      .init(
        name: "class", operation: .convolution(outputChannels: 1, kernel: 3, stride: 1, groups: 1),
        inputs: [read(nil, [0, 2])], startsCell: true),
      .init(name: "0 norm", operation: .batchNormalization, inputs: [read(0)]),
      .init(
        name: "wide", operation: .convolution(outputChannels: 1200, kernel: 1, stride: 2, groups: 1),
        inputs: [read(1), read(nil)]),
      .init(name: "wide.norm", operation: .batchNormalization, inputs: [read(2)]),
      .init(name: "wide_norm", operation: .activation(.relu6), inputs: [read(3)]),
      .init(
        name: "forward", operation: .convolution(outputChannels: 4, kernel: 3, stride: 1, groups: 2),
        inputs: [read(4, Array(stride(from: 0, to: 1200, by: 2))), read(4, [1, 3])], startsCell: true),
      .init(name: "großer \"Pool\"", operation: .maximumPooling(kernel: 3, stride: 2), inputs: [read(5)]),
      .init(name: "half", operation: .averagePooling(kernel: 2), inputs: [read(6)]),
      .init(name: "dense", operation: .fullyConnected(outputs: 8, hasBias: false), inputs: [read(7), read(7)]),
      .init(name: "dense.norm", operation: .batchNormalization, inputs: [read(8)]),
      .init(name: "dense.act", operation: .activation(.relu), inputs: [read(9)]),
      .init(name: "global", operation: .globalAveragePooling, inputs: [read(4, [0, 5, 9, 11])]),
      .init(name: "joint", operation: .batchNormalization, inputs: [read(10, [1, 2, 3, 7]), read(11)]),
      .init(
        name: "unread", operation: .convolution(outputChannels: 3, kernel: 1, stride: 1, groups: 1),
        inputs: [read(12), read(10)]),
      .init(name: "x", operation: .addition, inputs: [read(10), read(12), read(10)]),
      .init(name: "part", operation: .addition, inputs: [read(14, [0, 3]), read(10, [1, 7])]),
      .init(name: "input_", operation: .fullyConnected(outputs: 5, hasBias: true), inputs: [read(15), read(14)]),
    ]
    return try Network(input: FeatureShape(channels: 3, height: 16, width: 12), layers: layers)
  }

  /// Fully connected cells.
  static func multilayerPerceptron() throws -> Network {
    try CellNetwork(
      input: FeatureShape(channels: 1, height: 5, width: 4), classes: 3,
      cells: [.denseMLP(DenseCell(width: 6, depth: 6, skip: 7)), .denseMLP(DenseCell(width: 4, depth: 3, skip: 9))]
    ).network(seed: 3)
  }

  /// Two stages at one resolution, which only their marks keep apart.
  static func equalStages() throws -> Network {
    try CellNetwork(
      input: FeatureShape(channels: 3, height: 8, width: 8), classes: 4,
      cells: [
        .dense(DenseCell(width: 4, depth: 4, skip: 3), stride: 1),
        .dense(DenseCell(width: 4, depth: 4, skip: 3), stride: 1),
      ]
    ).network(seed: 1)
  }

  static func export(_ network: Network, name: String = "sample", seed: UInt64 = 0) throws -> NetworkExport {
    NetworkExport(name: name, network: network, graph: try network.layerGraph, seed: seed, version: "0")
  }

  static func bytes(_ network: Network, as format: String, seed: UInt64 = 0) throws -> [UInt8] {
    guard let format = ExportFormat.catalogue.first(where: { $0.name == format }) else { return [] }
    return try format.bytes(of: export(network, seed: seed))
  }
}
