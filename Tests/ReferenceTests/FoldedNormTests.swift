import FlashFormats
import FlashGraph
import Foundation
import Testing

@Suite("Folded batch normalisation")
struct FoldedNormTests {
  struct Document: Decodable {
    let tolerance: Int
    let models: [String: Model]
  }

  struct Model: Decodable {
    let parameters: Int
    let folded_channels: Int
    let biased_channels: Int
  }

  private func read(_ path: String) throws -> ONNXFile {
    try ONNXFile(reading: Reference.folder.appending(path: "\(path).onnx").path)
  }

  @Test("Exports with folded batch norm say so, and explain torchvision's count to the last parameter")
  func folded() throws {
    let document = try Reference.decode(Document.self, "torchvision-folded")
    #expect(document.tolerance == 0)
    #expect(document.models.count == 8)
    for (name, expected) in document.models.sorted(by: { $0.key < $1.key }) {
      let file = try read("onnx-folded/\(name)")
      let folding = file.folding
      let comment: Comment = "\(name)"
      #expect(folding.isFolded == true, comment)
      #expect(folding.channels == expected.folded_channels, comment)
      let parameters = file.graph.features().parameters
      #expect(parameters + folding.channels + expected.biased_channels == expected.parameters, comment)
      // Dynamo's names tell which convolutions had a bias before; the others' do not.
      #expect(folding.biasedChannels == (name.hasSuffix(".dynamo") ? expected.biased_channels : nil), comment)
      let note = try #require(folding.note(parameters: parameters))
      let before = expected.parameters - (name.hasSuffix(".dynamo") ? 0 : expected.biased_channels)
      #expect(note.contains("before, the network had \(before) parameters"), comment)
      #expect(note.hasSuffix("bias of its own") == !name.hasSuffix(".dynamo"), comment)
    }
  }

  @Test("Exports with batch norm kept never say that it was folded: no where no convolution has a bias, else unknown")
  func kept() throws {
    let biased: Set = [
      "alexnet", "convnext_tiny", "efficientnet_b0", "mobilenet_v3_small", "regnet_y_400mf", "squeezenet1_1", "vgg11",
    ]
    let names = try FileManager.default.contentsOfDirectory(atPath: Reference.folder.appending(path: "onnx").path)
      .filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }
    #expect(names.count == 18)
    for name in names.sorted() {
      let folding = try read("onnx/\(name)").folding
      #expect(folding.isFolded == (biased.contains(name) ? nil : false), "\(name)")
      #expect(folding.channels == 0, "\(name)")
      #expect((folding.note(parameters: 1) == nil) == !biased.contains(name), "\(name)")
    }
  }
}
