import Foundation
import SwiftProtobuf

@testable import FlashFormats

/// Builds small ONNX models, node by node.
struct ONNXModel {
  var graph = Onnx_GraphProto()
  var functions: [Onnx_FunctionProto] = []

  init(input: [Int64] = [1, 3, 8, 8]) {
    graph.input = [Self.value("x", input)]
  }

  static func value(_ name: String, _ shape: [Int64]) -> Onnx_ValueInfoProto {
    var value = Onnx_ValueInfoProto()
    value.name = name
    value.type.tensorType.shape.dim = shape.map { size in
      var dimension = Onnx_TensorShapeProto.Dimension()
      // 0 is a batch of any size, -1 a sequence of any length.
      if size <= 0 { dimension.dimParam = size == 0 ? "batch" : "sequence" } else { dimension.dimValue = size }
      return dimension
    }
    return value
  }

  /// A float tensor without its numbers, or an integer one with them.
  mutating func tensor(_ name: String, _ shape: [Int64], integers: [Int64] = []) {
    graph.initializer.append(Self.tensor(name, shape, integers: integers))
  }

  static func tensor(_ name: String, _ shape: [Int64], integers: [Int64] = []) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = shape
    tensor.dataType = integers.isEmpty ? 1 : 7
    tensor.int64Data = integers
    return tensor
  }

  /// Adds a node; the attributes are one integer, several, a text, a tensor or a graph.
  mutating func add(
    _ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: [String: Any] = [:], domain: String = ""
  ) {
    graph.node.append(Self.node(operation, inputs, outputs, attributes, domain: domain))
  }

  static func node(
    _ operation: String, _ inputs: [String], _ outputs: [String], _ attributes: [String: Any] = [:], domain: String = ""
  ) -> Onnx_NodeProto {
    var node = Onnx_NodeProto()
    node.opType = operation
    node.input = inputs
    node.output = outputs
    node.domain = domain
    node.attribute = attributes.map { name, value in
      var attribute = Onnx_AttributeProto()
      attribute.name = name
      if let value = value as? Int { attribute.i = Int64(value) }
      if let value = value as? [Int] { attribute.ints = value.map { Int64($0) } }
      if let value = value as? String { attribute.s = Data(value.utf8) }
      if let value = value as? Onnx_TensorProto { attribute.t = value }
      if let value = value as? Onnx_GraphProto { attribute.g = value }
      return attribute
    }
    return node
  }

  var bytes: [UInt8] {
    get throws {
      var model = Onnx_ModelProto()
      model.irVersion = 8
      model.graph = graph
      model.functions = functions
      return try model.serializedBytes()
    }
  }

  /// Writes the model into a folder and reads it.
  func read(allowUnsupported: Bool = false, sizes: [String: Int] = [:]) throws -> ONNXFile {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/model.onnx"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try ONNXFile(reading: path, allowUnsupported: allowUnsupported, sizes: sizes)
  }
}
