import FlashFormats
import FlashGraph
import Foundation
import Testing

@Suite("Counts of torchvision")
struct TorchvisionTests {
  struct Document: Decodable {
    let tolerance: Int
    let models: [String: Counts]
  }

  struct Counts: Decodable {
    let macs: Int
    let activations: Int
    let weighted_layers: Int
    let weights: Int
    let biases: Int
    let batch_norm: Int
    let parameters: Int
  }

  @Test("Exported classifiers have the counts of forward hooks, and nothing in them is unknown")
  func counts() throws {
    let document = try Reference.decode(Document.self, "torchvision-counts")
    #expect(document.tolerance == 0)
    #expect(document.models.count == 17)
    for (name, expected) in document.models.sorted(by: { $0.key < $1.key }) {
      let file = try ONNXFile(reading: Reference.folder.appending(path: "onnx/\(name).onnx").path)
      let features = file.graph.features()
      let comment: Comment = "\(name)"
      #expect(file.unsupported.isEmpty, comment)
      #expect(features.macs == expected.macs, comment)
      #expect(features.activations == expected.activations, comment)
      #expect(features.weightedLayers == expected.weighted_layers, comment)
      #expect(features.weights == expected.weights, comment)
      #expect(features.biases == expected.biases, comment)
      #expect(features.batchNorm == expected.batch_norm, comment)
      #expect(features.parameters == expected.parameters, comment)
      #expect(features.sharedParameters == 0, comment)
      #expect(features.activationMACs == 0, comment)
    }
  }

  @Test(
    "Skip links are those of the published blocks",
    arguments: [
      // Basic blocks: two shortcuts a stage. Bottlenecks: 3, 4, 6, 3 of four times the width.
      ("resnet18", 2 * (64 + 128 + 256 + 512)), ("resnet50", 3 * 256 + 4 * 512 + 6 * 1024 + 3 * 2048),
      // Additions of the blocks with stride 1 and equal channels.
      ("mobilenet_v2", 24 + 2 * 32 + 3 * 64 + 2 * 96 + 2 * 160),
      ("convnext_tiny", 3 * 96 + 3 * 192 + 9 * 384 + 3 * 768), ("alexnet", 0), ("vgg11", 0),
    ])
  func skipLinks(name: String, links: Int) throws {
    let file = try ONNXFile(reading: Reference.folder.appending(path: "onnx/\(name).onnx").path)
    #expect(file.graph.features().skipLinks == links)
  }

  @Test(
    "Blocks are cells where asked for",
    arguments: [
      ("resnet18", 9, 8, 0), ("resnet50", 17, 16, 0), ("wide_resnet50_2", 17, 16, 0),
      // The stem with the first block's two layers, 16 blocks with an expansion, the last pointwise convolution.
      ("mobilenet_v2", 18, 0, 16), ("regnet_x_400mf", 23, 22, 0),
    ])
  func blocks(name: String, cells: Int, residual: Int, inverted: Int) throws {
    let file = try ONNXFile(reading: Reference.folder.appending(path: "onnx/\(name).onnx").path)
    let stages = file.graph.features()
    let features = file.graph.features(cells: .block)
    #expect(features.nnDegree == stages.nnDegreeByBlock)
    #expect(features.cells.count == cells)
    #expect(features.cells.filter { $0.kind == .residual }.count == residual)
    #expect(features.cells.filter { $0.kind == .invertedResidual }.count == inverted)
    #expect(features.cells.map(\.depth).reduce(0, +) == stages.cells.map(\.depth).reduce(0, +))
    #expect(features.cells.map(\.skipLinks).reduce(0, +) == features.skipLinks)
    for cell in features.cells where cell.kind == .residual { #expect(cell.skipLinks > 0) }
  }

  @Test("NN-Mass follows the published formulas for residual blocks, and is nothing elsewhere")
  func mass() throws {
    func bottleneck(_ input: Double, _ inner: Double) -> Double { (input + 2 * inner) * input / (2 * input + inner) }
    var resnet50 = 0.0
    var input = 64.0
    for (blocks, inner) in [(3, 64.0), (4, 128), (6, 256), (3, 512)] {
      for _ in 0..<blocks {
        resnet50 += bottleneck(input, inner)
        input = 4 * inner
      }
    }
    var mobilenet = 0.0
    for (blocks, width) in [(1, 24.0), (2, 32), (3, 64), (2, 96), (2, 160)] {
      mobilenet += Double(blocks) * bottleneck(width, 6 * width)
    }
    for (name, expected) in [("resnet18", 3392), ("resnet50", resnet50), ("mobilenet_v2", mobilenet)] {
      let file = try ONNXFile(reading: Reference.folder.appending(path: "onnx/\(name).onnx").path)
      let mass = try #require(file.graph.features().nnMass)
      #expect(abs(mass - expected) < 1e-9 * expected, "\(name)")
    }
    for name in ["convnext_tiny", "densenet121", "efficientnet_b0", "regnet_x_400mf", "resnext50_32x4d"] {
      let file = try ONNXFile(reading: Reference.folder.appending(path: "onnx/\(name).onnx").path)
      #expect(file.graph.features().nnMass == nil, "\(name)")
    }
  }

  @Test("DenseNet's skip links are those of its concatenations")
  func dense() throws {
    var links = 0
    var channels = 64
    for layers in [6, 12, 24, 16] {
      // Layer i reads the block's input and the outputs of all layers before it; its predecessor's 32 are regular.
      for layer in 1..<layers { links += (channels + 32 * (layer - 1)) * 128 }
      channels += 32 * layers
      // The transition, then the classifier, reads everything.
      links += (channels - 32) * (layers == 16 ? 1000 : channels / 2)
      channels /= 2
    }
    let file = try ONNXFile(reading: Reference.folder.appending(path: "onnx/densenet121.onnx").path)
    #expect(file.graph.features().skipLinks == links)
  }
}
