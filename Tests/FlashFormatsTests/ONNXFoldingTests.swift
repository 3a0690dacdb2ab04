import FlashGraph
import Foundation
import SwiftProtobuf
import Testing

@testable import FlashFormats

@Suite struct ONNXFoldingTests {
  /// A convolution 3 → 4 whose tensors have these names.
  private func convolution(_ kernel: String, _ bias: String?) -> ONNXModel {
    var model = ONNXModel()
    model.tensor(kernel, [4, 3, 1, 1])
    if let bias { model.tensor(bias, [4]) }
    model.add("Conv", ["x", kernel] + [bias].compactMap { $0 }, ["a"])
    return model
  }

  @Test(
    arguments: [
      ("onnx::Conv_12", "onnx::Conv_13", true), ("ConvBnFusion_W_c.weight", "ConvBnFusion_BN_B_n.bias", true),
      ("onnx::Conv_12", "c.bias", nil), ("onnx::Conv_", "onnx::Conv_", nil), ("onnx::Conv_a", "onnx::Conv_b", nil),
      ("c.weight", "c.bias", nil), ("c.weight", nil, false), ("onnx::Conv_12", nil, false),
    ] as [(String, String?, Bool?)])
  func `names of kernel and bias tell of folding`(_ kernel: String, _ bias: String?, _ isFolded: Bool?) throws {
    // One tensor cannot be listed twice.
    var model = convolution(kernel, kernel == bias ? nil : bias)
    if kernel == bias { model.graph.node[0].input.append(kernel) }
    let folding = try model.read().folding
    #expect(folding.isFolded == isFolded)
    #expect(folding.channels == (isFolded == true ? 4 : 0))
    #expect(folding.undecidedChannels == (isFolded == nil ? 4 : 0))
  }

  @Test(arguments: [("w_bias", 0), ("c.bias", 4), ("x_bias", nil)] as [(String, Int?)])
  func `a rewriter's note tells of folding, and the bias's name whether there was one`(
    _ bias: String, _ biased: Int?
  ) throws {
    var model = convolution("w", bias)
    var note = Onnx_StringStringEntryProto()
    note.key = "pkg.onnxscript.rewriter.rule_name"
    note.value = "FuseBatchNormIntoConv, RemoveOptionalBiasFromConv"
    var other = Onnx_StringStringEntryProto()
    other.key = "pkg.torch.onnx.stack_trace"
    other.value = "FuseBatchNormIntoConv"
    model.graph.node[0].metadataProps = [other]
    #expect(try model.read().folding.isFolded == nil)
    model.graph.node[0].metadataProps = [other, note]
    let folding = try model.read().folding
    #expect(folding.isFolded == true)
    #expect(folding.biasedChannels == biased)
    #expect(try #require(folding.note(parameters: 16)).contains("had \(20 + (biased ?? 0)) parameters"))
    let kept = try model.bytes.withUnsafeBytes { ONNXWire.withoutWeights($0) }
    let decoded = try Onnx_ModelProto(serializedBytes: kept)
    #expect(decoded.graph.node[0].metadataProps == [note])
  }

  @Test func `other names of a folded convolution's output count it once`() throws {
    var model = convolution("onnx::Conv_1", "onnx::Conv_2")
    model.add("Identity", ["a"], ["b"])
    model.add("Dropout", ["b"], ["c"])
    #expect(try model.read().folding.channels == 4)
    #expect(try model.read().folding.layers == 1)
  }

  @Test func `a bias before batch normalisation is the convolution's own`() throws {
    var model = convolution("w", "b")
    for name in ["gamma", "beta", "mean", "variance"] { model.tensor(name, [4]) }
    model.add("BatchNormalization", ["a", "gamma", "beta", "mean", "variance"], ["d"])
    let folding = try model.read().folding
    #expect(folding.isFolded == false)
    #expect(folding.note(parameters: 24) == nil)
  }

  @Test func `a bias that is added behind a convolution leaves the question open`() throws {
    var model = convolution("w", nil)
    model.tensor("b", [4, 1, 1])
    model.add("Add", ["a", "b"], ["c"])
    let folding = try model.read().folding
    #expect(folding.isFolded == nil)
    #expect(try #require(folding.note(parameters: 16)).hasPrefix("a convolution has a bias"))
  }
}
