public import FlashGraph
internal import SwiftProtobuf

/// A network in an ONNX file, as it stands there: nothing is folded, fused or taken out.
///
/// Weights are neither read nor copied: dimensions suffice, so that external data may be absent.
public struct ONNXFile: Sendable {
  /// The graph's name, where the file gives one.
  public let name: String?
  public let graph: LayerGraph
  /// Operators that were let through without being understood, each with its nodes, sorted; empty unless allowed.
  public let unsupported: [String]
  /// Batch normalisation that was folded away before the file was written.
  public let folding: BatchNormFolding
  /// What was decided on reading: branches of unknown conditions, sizes taken for the batch.
  public let notes: [String]
  /// The names of the inputs' symbolic dimensions, sorted.
  public let dimensions: [String]

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - allowUnsupported: goes on where an operator is not understood, as if it mixed its inputs without weights.
  ///   - sizes: sizes of symbolic dimensions by their names; the batch is 1 unless it is named.
  /// - Throws: `FormatError` for a file that is missing or damaged, a shape that cannot be worked out, or operators that
  ///   are not understood: one error that names them all. Complexity: O(nodes + channels), whatever the weights take.
  public init(
    reading path: String, allowUnsupported: Bool = false, sizes: [String: Int] = [:]
  ) throws(FormatError) {
    let model = try MappedFile.read(path) { (bytes) throws(FormatError) in try Self.decode(bytes, path) }
    guard model.hasGraph, !model.graph.node.isEmpty else {
      throw FormatError(file: path, problem: "no graph with nodes", allowed: "an ONNX model")
    }
    let functions = ONNXFunctions(model.functions)
    unsupported = Self.unsupported(in: model.graph, functions)
    guard unsupported.isEmpty || allowUnsupported else {
      throw FormatError(
        file: path, problem: "operators not understood: \(Self.short(unsupported))",
        allowed: "--allow-unsupported to go on without them")
    }
    let importer = ONNXImporter(file: path, functions: functions, dimensions: sizes)
    try importer.run(model.graph, cells: Self.cells(model))
    do {
      graph = try LayerGraph(
        layers: importer.layers, parameters: importer.parameters, cellStarts: importer.cellStarts)
    } catch {
      throw FormatError(file: path, problem: error.description)
    }
    folding = importer.folding.summary(of: graph)
    notes = importer.notes
    let symbols = model.graph.input.flatMap { $0.type.tensorType.shape.dim }.map(\.dimParam)
    dimensions = Set(symbols).subtracting([""]).sorted()
    name = model.graph.name.isEmpty ? nil : FormatError.line(FormatError.shown(model.graph.name))
  }

  /// The nodes at which a cell begins, as the metadata of an exported model say.
  private static func cells(_ model: Onnx_ModelProto) -> Set<String> {
    let lists = model.metadataProps.filter { $0.key == ONNXExporter.cellsKey }.map(\.value)
    return Set(lists.flatMap { $0.split(separator: ONNXExporter.cellsSeparator) }.map(String.init))
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, _ path: String
  ) throws(FormatError) -> Onnx_ModelProto {
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    do {
      return try Onnx_ModelProto(serializedBytes: ONNXWire.withoutWeights(bytes), options: options)
    } catch {
      throw FormatError(file: path, problem: "not a valid ONNX model")
    }
  }

  /// `Operator (node, node)` for each operator that is not understood, subgraphs and called functions included.
  private static func unsupported(in graph: Onnx_GraphProto, _ functions: ONNXFunctions) -> [String] {
    var nodes: [String: [String]] = [:]
    var visited: Set<String> = []
    var waiting: [[Onnx_NodeProto]] = [graph.node]
    while let next = waiting.popLast() {
      for node in next {
        let operation = ONNXNode.operation(node)
        if let function = functions[node] {
          if visited.insert(ONNXFunctions.key(node)).inserted { waiting.append(function.node) }
        } else if ONNXImporter.operators[operation] == nil {
          nodes[FormatError.line(FormatError.shown(operation)), default: []].append(ONNXNode.label(node))
        }
        for attribute in node.attribute where attribute.hasG { waiting.append(attribute.g.node) }
      }
    }
    return nodes.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.joined(separator: ", ")))" }
  }

  /// The list as one text of bounded length.
  private static func short(_ list: [String]) -> String {
    let text = list.joined(separator: "; ")
    return text.utf8.count <= 3000 ? text : String(text.prefix(700)) + "…"
  }
}
