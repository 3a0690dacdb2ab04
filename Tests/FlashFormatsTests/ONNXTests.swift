import FlashGraph
import Foundation
import SwiftProtobuf
import Testing

@testable import FlashFormats

@Suite struct ONNXTests {
  /// Two 3×3 convolutions, 3 → 4 → 4 on 8×8.
  private func twoConvolutions() -> ONNXModel {
    var model = ONNXModel()
    model.tensor("w", [4, 3, 3, 3])
    model.tensor("v", [4, 4, 3, 3])
    model.add("Conv", ["x", "w"], ["a"], ["pads": [1, 1, 1, 1]])
    model.add("Conv", ["a", "v"], ["b"], ["pads": [1, 1, 1, 1]])
    return model
  }

  @Test func `a convolution counts its weights at every output position`() throws {
    let features = try twoConvolutions().read().graph.features()
    #expect(features.weights == 9 * 12 + 9 * 16)
    #expect(features.macs == 64 * (9 * 12 + 9 * 16))
    #expect(features.activations == 2 * 4 * 64)
    #expect(features.longestPath == 2)
  }

  @Test func `convolutions and poolings have windows, and receptive fields follow from them`() throws {
    var model = ONNXModel(input: [1, 3, 64, 64])
    model.tensor("w", [4, 3, 3, 5])
    model.tensor("v", [4, 4, 3, 3])
    model.add("Conv", ["x", "w"], ["a"], ["dilations": [2, 3], "strides": [2, 1]])
    model.add("Pad", ["a"], ["b"], ["pads": [0, 0, 1, 1, 0, 0, 1, 1]])
    model.add("MaxPool", ["b"], ["c"], ["kernel_shape": [3, 2], "strides": [1, 2]])
    model.add("Relu", ["c"], ["d"])
    model.add("Conv", ["d", "v"], ["e"])
    model.add("GlobalAveragePool", ["e"], ["f"])
    let graph = try model.read().graph
    let windows = graph.layers.compactMap(\.window)
    #expect(
      windows == [
        LayerGraph.Window(height: 5, width: 13, strideHeight: 2, strideWidth: 1),
        LayerGraph.Window(height: 1, width: 1),
        LayerGraph.Window(height: 3, width: 2, strideHeight: 1, strideWidth: 2),
        LayerGraph.Window(height: 3, width: 3),
      ])
    // Heights: 5, + 2 · 2, + 2 · 2 = 13. Widths: 13, + 1, + 2 · 2 = 18, the larger.
    #expect(try ReceptiveField.of(graph) == 18)
    for (operation, inputs) in [("ConvTranspose", ["e", "v"]), ("Resize", ["e", "", "", "sizes"])] {
      var other = model
      other.graph.node.removeLast()
      other.tensor("sizes", [4], integers: [1, 4, 100, 100])
      other.add(operation, inputs, ["g"])
      let error = #expect(throws: GraphError.self) { try ReceptiveField.of(other.read().graph) }
      #expect(error?.reason == "'g' changes or mixes positions without a sliding window")
    }
  }

  @Test func `initializers listed as inputs are weights, and a dynamic batch is 1`() throws {
    var model = ONNXModel(input: [0, 3, 8, 8])
    model.graph.input.append(ONNXModel.value("w", [4, 3, 3, 3]))
    model.tensor("w", [4, 3, 3, 3])
    model.add("Conv", ["x", "w"], ["a"], ["auto_pad": "SAME_UPPER", "strides": [2, 2]])
    let features = try model.read().graph.features()
    #expect(features.macs == 16 * 108)
    #expect(features.parameters == 108)
  }

  @Test func `a batch in the file counts once`() throws {
    var model = twoConvolutions()
    model.graph.input = [ONNXModel.value("x", [16, 3, 8, 8])]
    #expect(try model.read().graph.features() == twoConvolutions().read().graph.features())
  }

  @Test func `a tensor under two names counts once, and the result says so`() throws {
    var model = ONNXModel(input: [1, 4, 8, 8])
    model.tensor("w", [4, 4, 1, 1])
    model.add("Identity", ["w"], ["v"])
    model.add("Conv", ["x", "w"], ["a"])
    model.add("Conv", ["a", "v"], ["b"])
    let features = try model.read().graph.features()
    #expect(features.weights == 16)
    #expect(features.sharedParameters == 16)
    #expect(features.macs == 2 * 16 * 64)
  }

  @Test func `weights may be computed constants`() throws {
    var model = ONNXModel()
    model.tensor("shape", [4], integers: [4, 3, 1, 1])
    model.add("ConstantOfShape", ["shape"], ["w"])
    model.add("Conv", ["x", "w"], ["a"])
    model.add("Constant", [], ["v"], ["value": ONNXModel.tensor("", [5, 4, 1, 1])])
    model.add("Conv", ["a", "v"], ["b"])
    #expect(try model.read().graph.features().weights == 12 + 20)
  }

  @Test func `scale and shift after batch norm are affine, what follows a convolution is a bias`() throws {
    var model = twoConvolutions()
    for name in ["bias", "gamma", "beta", "mean", "variance", "scale", "shift"] {
      model.tensor(name, name == "bias" ? [4, 1, 1] : [4])
    }
    model.add("Add", ["b", "bias"], ["c"])
    model.add("BatchNormalization", ["c", "gamma", "beta", "mean", "variance"], ["d"])
    model.add("Unsqueeze", ["scale"], ["scale2"], ["axes": [1, 2]])
    model.add("Unsqueeze", ["shift"], ["shift2"], ["axes": [1, 2]])
    model.add("Mul", ["d", "scale2"], ["e"])
    model.add("Add", ["e", "shift2"], ["f"])
    let features = try model.read().graph.features()
    #expect(features.biases == 4)
    #expect(features.batchNorm == 16)
  }

  @Test(arguments: ["Add", "Sum"]) func `a shortcut counts by channel`(_ operation: String) throws {
    var model = twoConvolutions()
    model.add(operation, ["a", "b"], ["c"])
    let features = try model.read().graph.features()
    #expect(features.skipLinks == 4)
    #expect(features.skipElements == 4 * 64)
  }

  @Test func `channels are followed through concatenation, shuffle and split`() throws {
    var model = twoConvolutions()
    model.tensor("u", [5, 4, 1, 1])
    model.tensor("grouped", [5], integers: [0, 2, 4, 8, 8])
    model.tensor("flat", [4], integers: [1, -1, 8, 8])
    model.add("Concat", ["a", "b"], ["c"], ["axis": 1])
    model.add("Reshape", ["c", "grouped"], ["d"])
    model.add("Transpose", ["d"], ["e"], ["perm": [0, 2, 1, 3, 4]])
    model.add("Reshape", ["e", "flat"], ["f"])
    model.add("Split", ["f"], ["g", "h"], ["axis": 1])
    model.add("Conv", ["g", "u"], ["i"])
    // Two of the four channels that it reads come from the first convolution.
    #expect(try model.read().graph.features().skipLinks == 2 * 5)
  }

  @Test func `shapes follow from Shape, Gather, Unsqueeze and Concat`() throws {
    var model = twoConvolutions()
    model.tensor("zero", [1], integers: [0])
    model.tensor("rest", [1], integers: [-1])
    model.tensor("matrix", [10, 256])
    model.tensor("bias", [10])
    model.add("Shape", ["b"], ["shape"])
    model.add("Gather", ["shape", "zero"], ["batch"], ["axis": 0])
    model.add("Concat", ["batch", "rest"], ["target"], ["axis": 0])
    model.add("Reshape", ["b", "target"], ["flat"])
    model.add("Gemm", ["flat", "matrix", "bias"], ["y"], ["transB": 1])
    let features = try model.read().graph.features()
    #expect(features.weights == 9 * 12 + 9 * 16 + 2560)
    #expect(features.biases == 10)
  }

  @Test func `the product of two activations is counted apart`() throws {
    var model = ONNXModel(input: [1, 6, 8])
    model.tensor("w", [8, 8])
    model.add("MatMul", ["x", "w"], ["q"])
    model.add("Transpose", ["x"], ["k"], ["perm": [0, 2, 1]])
    model.add("MatMul", ["q", "k"], ["scores"])
    model.add("Softmax", ["scores"], ["weights"])
    model.add("MatMul", ["weights", "x"], ["y"])
    let features = try model.read().graph.features()
    #expect(features.macs == 6 * 64)
    #expect(features.activationMACs == 2 * 6 * 6 * 8)
  }

  @Test func `a transposed convolution spreads each input over its kernel`() throws {
    var model = ONNXModel(input: [1, 4, 5, 5])
    model.tensor("w", [4, 3, 2, 2])
    model.add("ConvTranspose", ["x", "w"], ["a"], ["strides": [2, 2], "group": 2])
    let features = try model.read().graph.features()
    #expect(features.activations == 6 * 100)
    #expect(features.macs == 48 * 25)
  }

  @Test func `quantised convolutions and quantised weights count as others do`() throws {
    var model = ONNXModel()
    for name in ["s", "z"] { model.tensor(name, []) }
    model.tensor("w", [4, 3, 3, 3])
    model.tensor("v", [4, 4, 1, 1])
    model.tensor("bias", [4])
    model.add("QuantizeLinear", ["x", "s", "z"], ["q"])
    model.add("QLinearConv", ["q", "s", "z", "w", "s", "z", "s", "z", "bias"], ["a"], ["pads": [1, 1, 1, 1]])
    model.add("DequantizeLinear", ["a", "s", "z"], ["b"])
    model.add("DequantizeLinear", ["v", "s", "z"], ["v2"])
    model.add("Conv", ["b", "v2"], ["c"])
    let features = try model.read().graph.features()
    #expect(features.macs == 64 * (108 + 16))
    #expect(features.parameters == 108 + 16 + 4)
  }

  @Test func `an If takes the branch that its condition names`() throws {
    var branch = ONNXModel()
    branch.graph.input = []
    branch.add("Conv", ["x", "w"], ["inner"])
    branch.graph.output = [ONNXModel.value("inner", [])]
    var other = ONNXModel()
    other.graph.input = []
    other.add("Identity", ["x"], ["inner"])
    other.graph.output = [ONNXModel.value("inner", [])]
    var model = ONNXModel()
    model.tensor("w", [4, 3, 1, 1])
    model.tensor("three", [], integers: [3])
    model.tensor("one", [1], integers: [1])
    model.add("Shape", ["x"], ["shape"])
    model.add("Gather", ["shape", "one"], ["channels"])
    model.add("Squeeze", ["channels"], ["count"])
    model.add("Equal", ["count", "three"], ["condition"])
    model.add("If", ["condition"], ["y"], ["then_branch": branch.graph, "else_branch": other.graph])
    #expect(try model.read().graph.features().macs == 12 * 64)
  }

  @Test func `operators that are not understood are listed together, or let through when asked`() throws {
    var model = twoConvolutions()
    model.add("Scan", ["b"], ["c"])
    model.add("Loop", ["c"], ["d"])
    model.add("Relu", ["d"], ["e"], domain: "my.domain")
    let text = message { _ = try model.read() }
    #expect(text.contains("operators not understood: Loop (d); Scan (c); my.domain.Relu (e)"))
    let file = try model.read(allowUnsupported: true)
    #expect(file.unsupported == ["Loop (d)", "Scan (c)", "my.domain.Relu (e)"])
    #expect(try file.graph.features().macs == twoConvolutions().read().graph.features().macs)
  }

  @Test func `weights are left out before decoding, small tensors are kept`() throws {
    var model = twoConvolutions()
    model.graph.initializer[0].rawData = Data(repeating: 7, count: 1 << 20)
    model.graph.initializer[1].rawData = Data(repeating: 7, count: 64)
    let bytes = try model.bytes
    let kept = bytes.withUnsafeBytes { ONNXWire.withoutWeights($0) }
    #expect(bytes.count > 1 << 20)
    #expect(kept.count < 1000)
    let decoded = try Onnx_ModelProto(serializedBytes: kept)
    #expect(decoded.graph.initializer[0].rawData.isEmpty)
    #expect(decoded.graph.initializer[1].rawData.count == 64)
    #expect(try model.read().graph.features() == twoConvolutions().read().graph.features())
  }

  @Test func `the affine pair of a single channel counts, one slope for all channels does not`() throws {
    var model = ONNXModel(input: [1, 1, 4, 4])
    for name in ["gamma", "beta", "mean", "variance", "slope"] { model.tensor(name, [1]) }
    model.tensor("w", [2, 1, 1, 1])
    model.add("BatchNormalization", ["x", "gamma", "beta", "mean", "variance"], ["a"])
    model.add("PRelu", ["a", "slope"], ["b"])
    model.add("Conv", ["b", "w"], ["c"])
    #expect(try model.read().graph.features().batchNorm == 2)
  }

  @Test func `a flattened map of one channel is still that map`() throws {
    var model = ONNXModel(input: [1, 1, 4, 5])
    model.tensor("w", [20, 3])
    model.add("Flatten", ["x"], ["a"])
    model.add("Gemm", ["a", "w"], ["b"])
    let graph = try model.read().graph
    #expect(graph.layers.contains { $0.operation == .selection([Int32](repeating: 0, count: 20)) })
    #expect(graph.features().peakMemoryElements == 20 + 3)
  }
}
