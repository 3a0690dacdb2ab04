internal import SwiftProtobuf

/// Functions that a model defines for itself: each call is replaced by the function's nodes.
struct ONNXFunctions {
  /// A call that is being read.
  struct Call {
    let function: String
    /// Names in its body that depend on the call's attributes.
    let bound: Set<String>
  }

  private let functions: [String: Onnx_FunctionProto]

  init(_ functions: [Onnx_FunctionProto] = []) {
    self.functions = Dictionary(functions.map { (Self.key($0.domain, $0.name, $0.overload), $0) }) { first, _ in first }
  }

  private static func key(_ domain: String, _ name: String, _ overload: String) -> String {
    "\(domain == "ai.onnx" ? "" : domain)\n\(name)\n\(overload)"
  }

  static func key(_ node: Onnx_NodeProto) -> String { key(node.domain, node.opType, node.overload) }

  /// The function that a node calls.
  subscript(_ node: Onnx_NodeProto) -> Onnx_FunctionProto? {
    functions.isEmpty ? nil : functions[Self.key(node)]
  }

  /// A function's node as a call has it: attributes by reference take the call's value, else the function's own, else
  /// they are left out; inputs that the call leaves out are left out.
  static func bound(
    _ node: Onnx_NodeProto, _ attributes: [String: Onnx_AttributeProto], without missing: Set<String>
  ) -> Onnx_NodeProto {
    var node = node
    node.input = node.input.map { missing.contains($0) ? "" : $0 }
    node.attribute = node.attribute.compactMap { attribute in
      var value = attribute
      if !attribute.refAttrName.isEmpty {
        guard let given = attributes[attribute.refAttrName] else { return nil }
        value = given
        value.name = attribute.name
      }
      if attribute.hasG { value.g.node = attribute.g.node.map { bound($0, attributes, without: missing) } }
      return value
    }
    return node
  }
}

extension ONNXImporter {
  /// The outputs of a function that a node calls. Its body sees its inputs alone.
  func call(_ function: Onnx_FunctionProto, _ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    guard calls.count < Self.depthLimit else {
      throw node.error("functions nested too deeply", allowed: "\(Self.depthLimit) levels")
    }
    guard node.inputs.count <= function.input.count else {
      throw node.error(
        "more inputs than the function has", found: "\(node.inputs.count)", allowed: "at most \(function.input.count)")
    }
    let outer = scopes
    scopes = [[:]]
    var missing: Set<String> = []
    for (place, name) in function.input.enumerated() {
      if let value = node.optional(place) { scopes[0][name] = value } else { missing.insert(name) }
    }
    var attributes: [String: Onnx_AttributeProto] = [:]
    for attribute in function.attributeProto + node.proto.attribute { attributes[attribute.name] = attribute }
    let bound = Set(
      function.node.filter { $0.attribute.contains { !$0.refAttrName.isEmpty } }.flatMap { $0.output })
    calls.append(ONNXFunctions.Call(function: ONNXFunctions.key(node.proto), bound: bound))
    try run(function.node.map { ONNXFunctions.bound($0, attributes, without: missing) })
    calls.removeLast()
    var values: [ONNXValue] = []
    for name in function.output {
      guard let value = scopes[0][name] else {
        throw node.error("outputs of the function: unknown name", found: "'\(name)'")
      }
      values.append(value)
    }
    scopes = outer
    return values
  }

  /// A tensor of a `Constant` node: one in the body of a function is the same tensor in every call.
  func constantTensor(_ tensor: Onnx_TensorProto, _ name: String) throws(FormatError) -> ONNXValue {
    guard let call = calls.last, !call.bound.contains(name) else { return try stored(tensor, name: name) }
    let key = "\(call.function)\n\(name)"
    if let value = functionConstants[key] { return value }
    let value = try stored(tensor, name: name)
    functionConstants[key] = value
    return value
  }
}
