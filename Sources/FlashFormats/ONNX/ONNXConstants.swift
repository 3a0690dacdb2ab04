internal import FlashGraph
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Constants: stored tensors and what is computed from shapes.
extension ONNXImporter {
  static let constantOperators: [String: Handler] = [
    "Constant": ONNXImporter.constant, "ConstantOfShape": ONNXImporter.constantOfShape, "Shape": ONNXImporter.shape,
    "Size": ONNXImporter.size, "Range": ONNXImporter.range, "If": ONNXImporter.conditional,
  ]

  /// Element types by ONNX's numbers.
  enum ElementType {
    static let float: Int32 = 1
    static let int32: Int32 = 6
    static let int64: Int32 = 7
    static let string: Int32 = 8
    static let bool: Int32 = 9
    static let double: Int32 = 11
    /// Types of positions, conditions and names: never learnt.
    static let notLearnt = [int64, string, bool]
  }

  /// A stored tensor: its shape, and its numbers where they are few.
  func stored(_ tensor: Onnx_TensorProto, name: String? = nil) throws(FormatError) -> ONNXValue {
    let name = name ?? tensor.name
    let place = "tensor '\(FormatError.shown(name))'"
    let shape = tensor.dims.map { Int($0) }
    // A tensor of no elements is fine as long as nothing reads it.
    let isEmpty = shape.contains(0) && shape.count <= Self.rankLimit && !shape.contains { $0 < 0 }
    let elements = isEmpty ? 0 : try size(shape, place)
    let isLearnt = !ElementType.notLearnt.contains(tensor.dataType)
    return ONNXValue(
      shape: shape, elements: Self.elements(of: tensor, count: elements) ?? .unknown,
      parameter: isLearnt && elements > 0 ? addParameter(name, elements) : nil)
  }

  /// The numbers of a small tensor; `nil` where they were left out or are of another type.
  private static func elements(of tensor: Onnx_TensorProto, count: Int) -> ONNXValue.Elements? {
    let isList = tensor.dims.count == 1 && [ElementType.int64, ElementType.int32].contains(tensor.dataType)
    guard count <= (isList ? ONNXWire.keptIndices : ONNXWire.keptNumbers) else { return nil }
    func numbers<Number: FixedWidthInteger>(_ type: Number.Type) -> [Number]? {
      let width = MemoryLayout<Number>.size
      guard tensor.rawData.count == count * width else { return nil }
      return tensor.rawData.withUnsafeBytes { raw in
        (0..<count).map { Number(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * width, as: Number.self)) }
      }
    }
    switch tensor.dataType {
    case ElementType.int64:
      let values = tensor.int64Data.count == count ? tensor.int64Data : numbers(Int64.self)
      return values.map { .integers($0.map { Int($0) }) }
    case ElementType.int32:
      let values = tensor.int32Data.count == count ? tensor.int32Data : numbers(Int32.self)
      return values.map { .integers($0.map { Int($0) }) }
    case ElementType.bool:
      let values = tensor.int32Data.count == count ? tensor.int32Data : numbers(UInt8.self)?.map { Int32($0) }
      return values.map { .integers($0.map { $0 == 0 ? 0 : 1 }) }
    case ElementType.float:
      let values =
        tensor.floatData.count == count ? tensor.floatData : numbers(UInt32.self)?.map { Float(bitPattern: $0) }
      return values.map { .reals($0.map { Double($0) }) }
    case ElementType.double:
      return numbers(UInt64.self).map { .reals($0.map { Double(bitPattern: $0) }) }
    default: return nil
    }
  }

  private func constant(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    if let tensor = node.tensor("value") { return [try constantTensor(tensor, node.proto.output.first ?? "")] }
    if let value = node.integer("value_int") { return [ONNXValue(shape: [], elements: .integers([value]))] }
    if let value = node.real("value_float") { return [ONNXValue(shape: [], elements: .reals([value]))] }
    if let values = node.integers("value_ints") {
      return [ONNXValue(shape: [values.count], elements: .integers(values))]
    }
    if let values = node.reals("value_floats") { return [ONNXValue(shape: [values.count], elements: .reals(values))] }
    throw node.error("no value that is understood", allowed: "a tensor, numbers")
  }

  private func constantOfShape(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    guard let shape = try node.integers("shape", orInput: 0) else { throw node.error("input 0 missing") }
    let count = shape.contains(0) && !shape.contains { $0 < 0 } ? 0 : try size(shape, node.place)
    let value = node.tensor("value")
    let single = value.flatMap { Self.elements(of: $0, count: 1) }
    let isLearnt = !ElementType.notLearnt.contains(value?.dataType ?? ElementType.float) && count > 1
    let elements: ONNXValue.Elements =
      switch single ?? .reals([0]) {
      case .integers(let values) where count <= ONNXWire.keptNumbers:
        .integers([Int](repeating: values.first ?? 0, count: count))
      case .reals(let values) where count <= ONNXWire.keptNumbers:
        .reals([Double](repeating: values.first ?? 0, count: count))
      default: .unknown
      }
    let parameter = isLearnt ? addParameter(node.name, count) : nil
    return [ONNXValue(shape: shape, elements: elements, parameter: parameter)]
  }

  private func shape(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let shape = try node.input(0).shape
    func bound(_ name: String, _ otherwise: Int) -> Int {
      guard let value = node.integer(name) else { return otherwise }
      return min(max(value < 0 ? value &+ shape.count : value, 0), shape.count)
    }
    let start = bound("start", 0)
    let chosen = shape[start..<max(start, bound("end", shape.count))]
    return [ONNXValue(shape: [chosen.count], elements: .integers(Array(chosen)))]
  }

  private func size(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    [ONNXValue(shape: [], elements: .integers([try size(node.input(0).shape, node.place)]))]
  }

  private func range(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let ends = [try node.input(0), try node.input(1), try node.input(2)].map { $0.integers?.first }
    guard let start = ends[0], let limit = ends[1], let step = ends[2], step != 0 else {
      throw node.error("start, limit, delta: not known, since they depend on more than shapes and constants")
    }
    let (span, overflow) = limit.subtractingReportingOverflow(start)
    guard !overflow, step.magnitude <= Int.max, span.magnitude / step.magnitude <= ONNXWire.keptNumbers else {
      throw node.error("too large", allowed: "at most \(ONNXWire.keptNumbers) numbers")
    }
    let values = Array(stride(from: start, to: limit, by: step))
    return [ONNXValue(shape: [values.count], elements: .integers(values))]
  }
}
