import FlashGraph
import FlashNAS
import FlashSearch
import Foundation
import Testing

@testable import FlashFormats

/// What the exporters write, run by ONNX Runtime and PyTorch.
@Suite(
  "Exported models", .serialized,
  .enabled(if: Python.path != nil, "SKIPPED: they need Python with PyTorch and ONNX Runtime; `make test-all` runs them")
)
struct ExportedModelTests {
  private struct Checked: Decodable {
    let parameters: Int
    let output: [Int]
    let difference: Double
  }

  private struct Trained: Decodable {
    let data: String
    let images: Int
    let first_loss: Double
    let last_loss: Double
    let accuracy: Double
    let difference: Double
    let torch_difference: Double
  }

  /// A point of every space, one step above the least of each variable.
  private func networks() throws -> [(name: String, network: Network)] {
    var networks: [(name: String, network: Network)] = []
    for space in SearchSpace.catalogue {
      let point = space.variables.map { min($0.lower + $0.step, $0.upper) }
      networks.append((space.name, try space.network(point).network(seed: 1)))
    }
    let cells: [Cell] = [.denseMLP(DenseCell(width: 8, depth: 5, skip: 9))]
    let perceptron = CellNetwork(
      input: FeatureShape(channels: 1, height: 6, width: 5), classes: 3, activation: .relu6, cells: cells)
    networks.append(("multilayer-perceptron", try perceptron.network(seed: 1)))
    networks.append(("awkward", try Self.awkward()))
    return networks
  }

  /// What no space has: vectors read as maps, sums of parts, a list of more than 512 channels, odd names.
  private static func awkward() throws -> Network {
    func read(_ producer: Int?, _ channels: [Int]? = nil) -> Network.Source {
      Network.Source(producer: producer, channels: channels)
    }
    return try Network(
      input: FeatureShape(channels: 3, height: 9, width: 7),
      layers: [
        .init(
          name: "forward", operation: .convolution(outputChannels: 1100, kernel: 3, stride: 2, groups: 1),
          inputs: [read(nil)]),
        .init(name: "forward.norm", operation: .batchNormalization, inputs: [read(0)]),
        .init(
          name: "forward_norm", operation: .convolution(outputChannels: 4, kernel: 1, stride: 1, groups: 2),
          inputs: [read(1, Array(stride(from: 1, to: 1100, by: 2))), read(1, [0, 4])]),
        .init(name: "1 pool", operation: .maximumPooling(kernel: 3, stride: 2), inputs: [read(2)]),
        .init(name: "half", operation: .averagePooling(kernel: 2), inputs: [read(3)]),
        .init(name: "x", operation: .fullyConnected(outputs: 6, hasBias: false), inputs: [read(4), read(4, [1])]),
        .init(name: "x.norm", operation: .batchNormalization, inputs: [read(5)]),
        .init(name: "x.act", operation: .activation(.relu6), inputs: [read(6)]),
        .init(name: "global", operation: .globalAveragePooling, inputs: [read(1, [3, 5, 8])]),
        .init(name: "sum", operation: .addition, inputs: [read(7, [0, 1, 4]), read(8), read(7, [1, 2, 5])]),
        .init(
          name: "lambda", operation: .convolution(outputChannels: 5, kernel: 3, stride: 1, groups: 1),
          inputs: [read(7), read(9)]),
        .init(name: "last", operation: .fullyConnected(outputs: 4, hasBias: true), inputs: [read(10), read(9)]),
      ])
  }

  private func write(_ network: Network, name: String, to folder: URL) throws {
    let source = NetworkExport(
      name: name, network: network, graph: try network.layerGraph, seed: 2, version: "0")
    for (format, ending) in [("onnx", "onnx"), ("pytorch", "py")] {
      let format = try #require(ExportFormat.catalogue.first { $0.name == format })
      try Data(format.bytes(of: source)).write(to: folder.appendingPathComponent("\(name).\(ending)"))
    }
  }

  @Test("ONNX Runtime and PyTorch compute the same of every exported network")
  func agree() throws {
    try withFolder { folder in
      let networks = try networks()
      for (name, network) in networks { try write(network, name: name, to: folder) }
      let checked = try Python.json(
        [String: Checked].self, "Tests/ReferenceTests/checks/exported_models.py", [folder.path])
      #expect(checked.count == networks.count)
      for (name, network) in networks {
        let found = try #require(checked[name])
        let graph = try network.layerGraph
        #expect(found.parameters == graph.features().parameters, "\(name)")
        #expect(found.output == [3, network.shapes[network.layers.count - 1].channels], "\(name)")
        #expect(found.difference < 1e-4, "\(name)")
      }
    }
  }

  @Test("An exported PyTorch file trains, and ONNX Runtime then agrees with it on both exporters' files")
  func train() throws {
    try withFolder { folder in
      let space = try SearchSpace.named("dense3-fashion")
      let network = try space.network([4, 5, 6, 8, 4, 5, 16, 4, 9]).network(seed: 0)
      try write(network, name: "network", to: folder)
      func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
      let data = ProcessInfo.processInfo.environment["FASHION_MNIST"] ?? "/usr/share/datasets/fashion-mnist"
      let trained = try Python.json(
        Trained.self, "Tests/ReferenceTests/checks/train_exported.py",
        [path("network.py"), path("network.onnx"), path("trained.onnx"), data])
      #expect(trained.images == 10_000)
      #expect(trained.last_loss < 0.8 * trained.first_loss)
      // Chance is 0.1. Measured: 0.727 on Fashion-MNIST, 0.501 on the synthetic images.
      #expect(trained.accuracy > (trained.data == "fashion-mnist" ? 0.6 : 0.35), "\(trained.data)")
      #expect(trained.difference < 1e-4)
      #expect(trained.torch_difference < 1e-4)
      // PyTorch folds batch normalisation into biases; links, multiply-accumulates and weights stay.
      let features = try ONNXFile(reading: path("trained.onnx")).graph.features()
      let expected = try network.layerGraph.features()
      #expect(features.skipLinks == expected.skipLinks)
      #expect(features.nnDegree == expected.nnDegree)
      #expect(features.macs == expected.macs)
      #expect(features.weights == expected.weights)
      #expect(features.batchNorm == 0)
    }
  }

  @Test("No name of a submodule is a member of PyTorch's modules or a keyword of Python's")
  func reserved() throws {
    let names = try Python.json([String].self, "Tests/ReferenceTests/checks/module_names.py", [])
    #expect(names.count > 80)
    #expect(Set(names).subtracting(ExportPlan.reserved) == [])
  }
}
