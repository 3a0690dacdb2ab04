public import FlashGraph

/// A network that is to be written in another format.
public struct NetworkExport: Sendable {
  /// What the file calls the network.
  public let name: String
  /// The network that can be run; `nil` where no more is known than its graph, as of an imported file.
  public let network: Network?
  public let graph: LayerGraph
  /// The seed of the weights that a format stores.
  public let seed: UInt64
  /// The version of the toolkit, for formats that name their producer.
  public let version: String

  public init(name: String, network: Network?, graph: LayerGraph, seed: UInt64, version: String) {
    self.name = name
    self.network = network
    self.graph = graph
    self.seed = seed
    self.version = version
  }
}

/// A format that networks are written in.
public struct ExportFormat: Sendable {
  /// The name that `--to` takes.
  public let name: String
  public let summary: String
  /// What the names of its files end in.
  public var ending: String {
    switch name {
    case "pytorch": "py"
    default: name
    }
  }
  /// Whether the file is no text.
  public let isBinary: Bool
  /// Whether a graph alone suffices, without what its layers compute.
  public let takesGraphs: Bool
  private let write: @Sendable (NetworkExport) throws(FormatError) -> [UInt8]

  init(
    _ name: String, _ summary: String, isBinary: Bool = false, takesGraphs: Bool = false,
    _ write: @escaping @Sendable (NetworkExport) throws(FormatError) -> [UInt8]
  ) {
    self.name = name
    self.summary = summary
    self.isBinary = isBinary
    self.takesGraphs = takesGraphs
    self.write = write
  }

  /// ONNX, which engines run.
  public static let onnx = ExportFormat("onnx", "ONNX with weights drawn from the seed", isBinary: true) {
    (source) throws(FormatError) in try ONNXExporter(runnable(source), source).bytes()
  }

  /// Every format, by name.
  public static let catalogue: [ExportFormat] = [
    onnx,
    ExportFormat("pytorch", "a Python file with one PyTorch module") { (source) throws(FormatError) in
      PyTorchExporter(try runnable(source), source).bytes
    },
    ExportFormat("json", "flashnas.network/1: the layers with their inputs, read by every command") {
      (source) throws(FormatError) in try LayerListWriter(runnable(source), name: source.name).bytes()
    },
    ExportFormat("dot", "Graphviz: weighted layers and skip links", takesGraphs: true) { (source) in
      DOTExporter(source.graph, name: source.name).bytes
    },
  ]

  /// The bytes of the file.
  ///
  /// - Throws: `FormatError` where only the graph is known and the format needs more, or the file would be too large.
  public func bytes(of source: NetworkExport) throws(FormatError) -> [UInt8] { try write(source) }

  private static func runnable(_ source: NetworkExport) throws(FormatError) -> Network {
    guard let network = source.network else {
      let allowed = catalogue.filter(\.takesGraphs).map(\.name).joined(separator: ", ")
      throw FormatError(
        file: source.name, problem: "an imported file does not say all that its layers compute",
        allowed: "--to \(allowed)")
    }
    return network
  }
}
