import FlashGraph
import Foundation
import SwiftProtobuf
import Testing

@testable import FlashFormats

/// Branches, functions of the model, symbolic dimensions.
@Suite struct ONNXControlTests {
  /// A branch of one convolution with its own kernel.
  private func branch(_ kernel: [Int64], _ attributes: [String: Any] = [:]) -> Onnx_GraphProto {
    var branch = ONNXModel()
    branch.graph.input = []
    branch.tensor("k", kernel)
    branch.add("Conv", ["x", "k"], ["inner"], attributes)
    branch.graph.output = [ONNXModel.value("inner", [])]
    return branch.graph
  }

  private func choice(_ first: Onnx_GraphProto, _ second: Onnx_GraphProto) -> ONNXModel {
    var model = ONNXModel()
    model.graph.input.append(ONNXModel.value("condition", [1]))
    model.add("If", ["condition"], ["y"], ["then_branch": first, "else_branch": second])
    return model
  }

  @Test func `branches that are alike count once where the condition is not known, and the result says so`() throws {
    let file = try choice(branch([4, 3, 1, 1]), branch([4, 3, 1, 1])).read()
    #expect(file.graph.features().macs == 12 * 64)
    #expect(file.graph.features().parameters == 12)
    #expect(file.notes == ["If 'y': condition not known; both branches have the same layers, counted once"])
  }

  @Test func `branches that differ in shape or counts are refused where the condition is not known`() throws {
    var folded = branch([4, 3, 1, 1])
    folded.node.append(ONNXModel.node("Identity", ["inner"], ["same"]))
    folded.output = [ONNXModel.value("same", [])]
    #expect(try choice(folded, branch([4, 3, 1, 1])).read().graph.features().macs == 12 * 64)
    for other in [branch([5, 3, 1, 1]), branch([4, 3, 3, 3], ["pads": [1, 1, 1, 1]]), branch([4, 3, 3, 3])] {
      let text = message { _ = try choice(branch([4, 3, 1, 1]), other).read() }
      #expect(text.contains("If 'y': condition not known"), "\(text)")
      #expect(text.contains("the branches differ"))
    }
  }

  /// `own.Block(x, k)`: a convolution with the call's pads, then an activation.
  private func function(_ body: [Onnx_NodeProto] = []) -> Onnx_FunctionProto {
    var function = Onnx_FunctionProto()
    function.domain = "own"
    function.name = "Block"
    function.input = ["in", "kernel", "bias"]
    function.output = ["out"]
    function.attribute = ["padding"]
    var convolution = ONNXModel.node("Conv", ["in", "kernel", "bias"], ["c"])
    var pads = Onnx_AttributeProto()
    pads.name = "pads"
    pads.refAttrName = "padding"
    convolution.attribute = [pads]
    function.node = body.isEmpty ? [convolution, ONNXModel.node("Relu", ["c"], ["out"])] : body
    return function
  }

  @Test func `a function of the model counts as its nodes do, with the attributes of each call`() throws {
    var model = ONNXModel()
    model.functions = [function()]
    model.tensor("w", [4, 3, 3, 3])
    model.tensor("v", [4, 4, 3, 3])
    model.add("Block", ["x", "w"], ["a"], ["padding": [1, 1, 1, 1]], domain: "own")
    model.add("Block", ["a", "v"], ["b"], domain: "own")
    let file = try model.read()
    #expect(file.unsupported.isEmpty)
    #expect(file.graph.features().macs == 64 * 108 + 36 * 144)
    #expect(file.graph.features().parameters == 108 + 144)
  }

  @Test func `a constant in a function is one tensor, however often the function is called`() throws {
    var model = ONNXModel(input: [1, 4, 8, 8])
    model.functions = [
      function([
        ONNXModel.node("Constant", [], ["k"], ["value": ONNXModel.tensor("", [4, 4, 1, 1])]),
        ONNXModel.node("Conv", ["in", "k"], ["out"]),
      ])
    ]
    model.add("Block", ["x"], ["a"], domain: "own")
    model.add("Block", ["a"], ["b"], domain: "own")
    let features = try model.read().graph.features()
    #expect(features.weights == 16)
    #expect(features.sharedParameters == 16)
    #expect(features.macs == 2 * 16 * 64)
  }

  @Test func `a function sees its inputs alone, and what is not understood in it is listed once`() throws {
    var model = ONNXModel()
    model.tensor("w", [4, 3, 3, 3])
    model.functions = [function([ONNXModel.node("Conv", ["in", "w"], ["out"])])]
    model.add("Block", ["x"], ["a"], domain: "own")
    #expect(message { _ = try model.read() }.contains("inputs: unknown name, found 'w'"))
    model.functions = [function([ONNXModel.node("Loop", ["in"], ["out"])])]
    model.add("Block", ["x"], ["b"], domain: "own")
    #expect(message { _ = try model.read() }.contains("operators not understood: Loop (out), allowed"))
  }

  @Test func `a call with more inputs than the function has is refused`() throws {
    var model = ONNXModel()
    model.functions = [function()]
    model.add("Block", ["x", "x", "x", "x"], ["a"], domain: "own")
    #expect(message { _ = try model.read() }.contains("more inputs than the function has, found 4, allowed at most 3"))
  }

  @Test func `a function that calls itself is refused`() throws {
    var model = ONNXModel()
    model.functions = [function([ONNXModel.node("Block", ["in"], ["out"], domain: "own")])]
    model.add("Block", ["x"], ["a"], domain: "own")
    #expect(message { _ = try model.read() }.contains("functions nested too deeply"))
  }

  @Test func `a symbolic dimension takes the size that is given for its name`() throws {
    var model = ONNXModel(input: [0, -1, 8])
    model.tensor("w", [8, 8])
    model.add("MatMul", ["x", "w"], ["y"])
    let text = message { _ = try model.read() }
    #expect(
      text.hasSuffix(
        "a dynamic dimension, found axis 1 'sequence', allowed the batch, axis 0, alone, "
          + "or a size: --dim sequence=SIZE"))
    let file = try model.read(sizes: ["sequence": 128])
    #expect(file.graph.features().macs == 128 * 64)
    #expect(file.dimensions == ["batch", "sequence"])
    #expect(file.notes.isEmpty)
    let batch = try model.read(sizes: ["sequence": 128, "batch": 4])
    #expect(batch.graph.features().macs == 128 * 64)
    #expect(batch.notes == ["batch: axis 0 of the first input is the batch; counts are of one of 4"])
  }
}
