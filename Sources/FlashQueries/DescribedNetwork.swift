internal import FlashFormats
internal import FlashGraph

/// A network from a file, or of a point.
struct DescribedNetwork {
  let name: String
  /// What the network computes; `nil` of an ONNX file, of which only the graph is known.
  let network: Network?
  let graph: LayerGraph
  /// Operators of an ONNX file that were let through without being understood.
  private(set) var unsupported: [String] = []
  /// The names of an ONNX file's symbolic dimensions.
  private(set) var dimensions: [String] = []
  private var folding: BatchNormFolding?
  private var fileNotes: [String] = []

  init(name: String, graph: LayerGraph) {
    network = nil
    self.name = name
    self.graph = graph
  }

  /// Reads a file: ONNX by its ending, else a description, its links drawn from a seed.
  init(
    reading file: String, seed: UInt64 = 0, allowUnsupported: Bool = false, sizes: [String: Int] = [:]
  ) throws(QueryError) {
    do {
      guard Self.isONNX(file) else {
        let description = try NetworkFile(reading: file)
        do {
          let network = try description.network(seed: seed)
          graph = try network.layerGraph
          self.network = network
        } catch { throw QueryError.data("\(FormatError.name(file)): \(error.description)") }
        name = description.name ?? Self.stem(file)
        return
      }
      let imported = try ONNXFile(reading: file, allowUnsupported: allowUnsupported, sizes: sizes)
      name = Self.stem(file)
      network = nil
      graph = imported.graph
      unsupported = imported.unsupported
      dimensions = imported.dimensions
      folding = imported.folding
      fileNotes = imported.notes
    } catch { throw QueryError(error) }
  }

  /// Whether batch normalisation was folded into convolutions before the file was written, as far as it tells.
  var isFolded: Bool? { folding?.isFolded ?? (folding == nil ? false : nil) }

  /// Channels into which it was.
  var foldedChannels: Int { folding?.channels ?? 0 }

  /// What a reader of the counts should know.
  func notes(parameters: Int) -> [String] {
    [folding?.note(parameters: parameters)].compactMap { $0 } + fileNotes
  }

  static func isONNX(_ file: String) -> Bool { file.hasSuffix(".onnx") }

  /// The file's name without folder and ending.
  static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return file }
    return String(file[..<dot])
  }
}
