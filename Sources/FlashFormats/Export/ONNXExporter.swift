internal import FlashGraph
internal import FlashNumerics
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Writes a network as an ONNX model that runs: IR version 8 and operator set 17 (chosen: of 2022, so that every engine
/// of today reads them), the batch left open.
///
/// Batch normalisation stays a node, in inference form and as it is before training (scale 1, shift 0, mean 0, variance
/// 1), so that parameters are counted as in the network. A layer that reads some channels of a source takes them by
/// Gather. Initialisers are named as in the state dictionary of the PyTorch file. The model's metadata list under
/// `flashnas.cells` the nodes at which a cell begins although the resolution may stay.
struct ONNXExporter {
  /// The key of the metadata, and what stands between the names of its value.
  static let cellsKey = "flashnas.cells"
  static let cellsSeparator: Character = ","
  /// The most bytes of a model: protocol buffers have no more (2³¹ − 1).
  static let byteLimit = Int(Int32.max)

  /// Types of attributes by ONNX's numbers.
  private enum AttributeType {
    static let integer: Int32 = 2
    static let integers: Int32 = 7
  }

  private let plan: ExportPlan
  private let source: NetworkExport
  private var graph = Onnx_GraphProto()
  /// The value of each layer's output.
  private var values: [String] = []

  init(_ network: Network, _ source: NetworkExport) throws(FormatError) {
    plan = ExportPlan(network)
    self.source = source
    try checkSize(network)
    graph.name = source.name.isEmpty ? "network" : FormatError.line(source.name)
    let shape = network.input
    graph.input = [Self.value("input", [shape.channels, shape.height, shape.width])]
    for index in network.layers.indices { write(index) }
    let output = network.shapes[network.layers.count - 1]
    let isVector = plan.isVector[network.layers.count - 1]
    graph.output = [
      Self.value("output", isVector ? [output.channels] : [output.channels, output.height, output.width])
    ]
  }

  /// Refuses before weights are drawn what cannot be written.
  private func checkSize(_ network: Network) throws(FormatError) {
    var numbers = 0
    for (index, layer) in network.layers.enumerated() {
      numbers += network.weighted[index]?.weights ?? 0
      if layer.operation == .batchNormalization { numbers += 4 * network.shapes[index].channels }
    }
    guard 4 * numbers < Self.byteLimit else { throw tooLarge(4 * numbers) }
  }

  private func tooLarge(_ bytes: Int) -> FormatError {
    FormatError(
      file: source.name, problem: "too large for an ONNX file", found: "\(bytes) bytes of weights",
      allowed: "at most \(Self.byteLimit) bytes")
  }

  /// The model's bytes.
  ///
  /// - Throws: `FormatError` above `byteLimit`. Complexity: O(parameters).
  func bytes() throws(FormatError) -> [UInt8] {
    var model = Onnx_ModelProto()
    model.irVersion = 8
    model.producerName = "flashnas"
    model.producerVersion = source.version
    model.docString = "\(graph.name): untrained weights (He normal) drawn from seed \(source.seed)"
    model.graph = graph
    var operators = Onnx_OperatorSetIdProto()
    operators.domain = ""
    operators.version = 17
    model.opsetImport = [operators]
    let starts = plan.network.layers.indices.filter {
      plan.network.layers[$0].startsCell && plan.network.weighted[$0] != nil
    }
    if !starts.isEmpty {
      var cells = Onnx_StringStringEntryProto()
      cells.key = Self.cellsKey
      cells.value = starts.map { plan.names[$0] }.joined(separator: String(Self.cellsSeparator))
      model.metadataProps = [cells]
    }
    let bytes: [UInt8]
    do { bytes = try model.serializedBytes() } catch { throw tooLarge(Self.byteLimit + 1) }
    guard bytes.count <= Self.byteLimit else { throw tooLarge(bytes.count) }
    return bytes
  }

  /// Adds the nodes of one layer.
  private mutating func write(_ index: Int) {
    let name = plan.names[index]
    let layer = plan.network.layers[index]
    var read = layer.inputs.indices.map { self.read($0, of: index) }
    if layer.operation != .addition, read.count > 1 {
      read = [add("Concat", "\(name).concatenation", read, [("axis", [1])])]
    }
    if plan.flattens(index) { read = [add("Flatten", "\(name).flattening", read, [("axis", [1])])] }
    let output = index == plan.network.layers.count - 1 ? "output" : name
    values.append(output)
    switch layer.operation {
    case .convolution(let outputs, let kernel, let stride, let groups):
      let inputs = (plan.network.weighted[index]?.inputChannels ?? groups) / groups
      draw("\(name).weight", [outputs, inputs, kernel, kernel], index)
      add(
        "Conv", name, read + ["\(name).weight"],
        Self.window(kernel, stride) + (groups > 1 ? [("group", [groups])] : []), output: output)
    case .fullyConnected(let outputs, let hasBias):
      draw("\(name).weight", [outputs, plan.network.weighted[index]?.inputChannels ?? 1], index)
      if hasBias { fill("\(name).bias", outputs, 0) }
      add(
        "Gemm", name, read + ["\(name).weight"] + (hasBias ? ["\(name).bias"] : []), [("transB", [1])], output: output)
    case .batchNormalization:
      let parameters = [("weight", 1), ("bias", 0), ("running_mean", 0), ("running_var", 1)] as [(String, Float)]
      for (parameter, value) in parameters {
        fill("\(name).\(parameter)", plan.network.shapes[index].channels, value)
      }
      add("BatchNormalization", name, read + parameters.map { "\(name).\($0.0)" }, output: output)
    case .activation(.relu): add("Relu", name, read, output: output)
    case .activation(.relu6):
      store("\(name).minimum", [], [Float(0)], type: ONNXImporter.ElementType.float)
      store("\(name).maximum", [], [Float(6)], type: ONNXImporter.ElementType.float)
      add("Clip", name, read + ["\(name).minimum", "\(name).maximum"], output: output)
    case .maximumPooling(let kernel, let stride):
      add("MaxPool", name, read, Self.window(kernel, stride), output: output)
    case .averagePooling(let kernel):
      add(
        "AveragePool", name, read, [("kernel_shape", [kernel, kernel]), ("strides", [kernel, kernel])], output: output)
    case .globalAveragePooling: add("GlobalAveragePool", name, read, output: output)
    case .addition: add(read.count == 2 ? "Add" : "Sum", name, read, output: output)
    }
  }

  private static func window(_ kernel: Int, _ stride: Int) -> [(String, [Int])] {
    let padding = (kernel - 1) / 2
    return [
      ("kernel_shape", [kernel, kernel]), ("strides", [stride, stride]),
      ("pads", [padding, padding, padding, padding]),
    ]
  }

  /// A source of a layer: its channels, as a map where the layer reads maps.
  ///
  /// Lists of channels stay as short as the importer, which leaves longer tensors out, reads them.
  private mutating func read(_ number: Int, of index: Int) -> String {
    let name = "\(plan.names[index]).source\(number)"
    let source = plan.network.layers[index].inputs[number]
    var value = source.producer.map { values[$0] } ?? "input"
    if let channels = source.channels {
      let starts = Array(stride(from: 0, to: channels.count, by: ONNXWire.keptIndices))
      let parts = starts.map { start in
        let part = starts.count == 1 ? name : "\(name).part\(start / ONNXWire.keptIndices)"
        let list = channels[start..<min(start + ONNXWire.keptIndices, channels.count)].map { Int64($0) }
        store("\(part).channels", [list.count], list, type: ONNXImporter.ElementType.int64)
        return add("Gather", part, [value, "\(part).channels"], [("axis", [1])])
      }
      value = parts.count == 1 ? parts[0] : add("Concat", name, parts, [("axis", [1])])
    }
    guard plan.widens(source, readBy: index) else { return value }
    store("\(name).axes", [2], [Int64(2), 3], type: ONNXImporter.ElementType.int64)
    return add("Unsqueeze", "\(name).map", [value, "\(name).axes"])
  }

  /// Adds a node; a list of one number, but for axes of a window, is an integer.
  @discardableResult
  private mutating func add(
    _ operation: String, _ name: String, _ inputs: [String], _ attributes: [(name: String, numbers: [Int])] = [],
    output: String? = nil
  ) -> String {
    var node = Onnx_NodeProto()
    node.opType = operation
    node.name = name
    node.input = inputs
    node.output = [output ?? name]
    node.attribute = attributes.map { given in
      var attribute = Onnx_AttributeProto()
      attribute.name = given.name
      if given.numbers.count == 1 {
        attribute.type = AttributeType.integer
        attribute.i = Int64(given.numbers[0])
      } else {
        attribute.type = AttributeType.integers
        attribute.ints = given.numbers.map { Int64($0) }
      }
      return attribute
    }
    graph.node.append(node)
    return output ?? name
  }

  /// Stores a tensor of weights: normal with variance 2 / fan-in, from a stream of the layer's own.
  ///
  /// Source: He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", ICCV 2015, arXiv 1502.01852, equation 10.
  private mutating func draw(_ name: String, _ shape: [Int], _ index: Int) {
    var generator = SplitMix64(seed: source.seed, stream: Self.weightStream, UInt64(index))
    let deviation = (2 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    let weights = (0..<shape.reduce(1, *)).map { _ in Float(deviation * generator.normal()) }
    store(name, shape, weights, type: ONNXImporter.ElementType.float)
  }

  /// Sets the streams of weights apart from those of links, whose first key is a cell's index.
  private static let weightStream = UInt64.max

  private mutating func fill(_ name: String, _ count: Int, _ value: Float) {
    store(name, [count], [Float](repeating: value, count: count), type: ONNXImporter.ElementType.float)
  }

  /// Stores a tensor, little-endian.
  private mutating func store<Number>(_ name: String, _ shape: [Int], _ numbers: [Number], type: Int32) {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = shape.map { Int64($0) }
    tensor.dataType = type
    // Swift's platforms are little-endian, as ONNX's numbers are.
    tensor.rawData = numbers.withUnsafeBytes { Data($0) }
    graph.initializer.append(tensor)
  }

  private static func value(_ name: String, _ shape: [Int]) -> Onnx_ValueInfoProto {
    var value = Onnx_ValueInfoProto()
    value.name = name
    value.type.tensorType.elemType = ONNXImporter.ElementType.float
    var batch = Onnx_TensorShapeProto.Dimension()
    batch.dimParam = "batch"
    value.type.tensorType.shape.dim =
      [batch]
      + shape.map { size in
        var dimension = Onnx_TensorShapeProto.Dimension()
        dimension.dimValue = Int64(size)
        return dimension
      }
    return value
  }
}
