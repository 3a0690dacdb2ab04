internal import SwiftProtobuf

/// One node with the values that it reads, and its place for messages.
struct ONNXNode {
  let proto: Onnx_NodeProto
  let inputs: [ONNXValue?]
  let file: String

  /// `Conv 'conv1'`, after its first output where it has no name.
  var place: String { Self.place(proto) }

  static func place(_ proto: Onnx_NodeProto) -> String { "\(proto.opType) '\(label(proto))'" }

  /// The node's name, or that of its first output.
  static func label(_ proto: Onnx_NodeProto) -> String {
    FormatError.shown(proto.name.isEmpty ? proto.output.first ?? "" : proto.name)
  }

  var name: String { Self.label(proto) }

  /// The operator as the catalogue names it: with its domain where that is not ONNX's own.
  var operation: String { Self.operation(proto) }

  static func operation(_ proto: Onnx_NodeProto) -> String {
    ["", "ai.onnx"].contains(proto.domain) ? proto.opType : "\(proto.domain).\(proto.opType)"
  }

  func error(_ problem: String, found: String? = nil, allowed: String? = nil) -> FormatError {
    FormatError(file: file, place: place, problem: problem, found: found, allowed: allowed)
  }

  /// An input that must be there.
  func input(_ index: Int) throws(FormatError) -> ONNXValue {
    guard let value = optional(index) else { throw error("input \(index) missing") }
    return value
  }

  /// An input that may be left out.
  func optional(_ index: Int) -> ONNXValue? { inputs.indices.contains(index) ? inputs[index] : nil }

  /// The outputs of layers among the inputs.
  var activations: [ONNXValue] { inputs.compactMap { $0 }.filter { !$0.isConstant } }

  private func attribute(_ name: String) -> Onnx_AttributeProto? { proto.attribute.first { $0.name == name } }

  func integer(_ name: String) -> Int? { attribute(name).flatMap { $0.hasI ? Int($0.i) : nil } }

  func integers(_ name: String) -> [Int]? { attribute(name).map { $0.ints.map { Int($0) } } }

  func reals(_ name: String) -> [Double]? { attribute(name).map { $0.floats.map { Double($0) } } }

  func real(_ name: String) -> Double? { attribute(name).flatMap { $0.hasF ? Double($0.f) : nil } }

  func text(_ name: String) -> String { attribute(name).map { String(decoding: $0.s, as: UTF8.self) } ?? "" }

  func tensor(_ name: String) -> Onnx_TensorProto? { attribute(name).flatMap { $0.hasT ? $0.t : nil } }

  func graph(_ name: String) -> Onnx_GraphProto? { attribute(name).flatMap { $0.hasG ? $0.g : nil } }

  /// Integers from an attribute, or in later versions of an operator from an input.
  ///
  /// - Throws: `FormatError` where the input's values are not known.
  func integers(_ name: String, orInput index: Int) throws(FormatError) -> [Int]? {
    if let values = integers(name) { return values }
    guard let value = optional(index) else { return nil }
    if value.shape == [0] { return [] }
    guard let values = value.integers else {
      throw error("\(name): not known, since it depends on more than shapes and constants")
    }
    return values
  }

  /// An axis counted from the front.
  func axis(_ axis: Int, rank: Int) throws(FormatError) -> Int {
    guard -rank..<max(rank, 1) ~= axis else {
      throw error("axis: out of range", found: "\(axis)", allowed: "\(-rank) to \(rank - 1)")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// Axes counted from the front, rising, each once.
  func axes(_ axes: [Int], rank: Int) throws(FormatError) -> [Int] {
    var chosen: Set<Int> = []
    for axis in axes {
      guard chosen.insert(try self.axis(axis, rank: rank)).inserted else {
        throw error("axes: one stands twice", found: "\(axis)")
      }
    }
    return chosen.sorted()
  }
}
