internal import FlashFormats
internal import FlashGraph

/// A network from a file: ONNX by its ending, else a description, the links of its cells drawn from a seed.
struct DescribedNetwork {
  let name: String
  /// What the network computes; `nil` of an ONNX file, of which only the graph is known.
  let network: Network?
  let graph: LayerGraph
  /// Operators of an ONNX file that were let through without being understood.
  let unsupported: [String]

  init(reading file: String, seed: UInt64 = 0, allowUnsupported: Bool = false) throws(QueryError) {
    do {
      if Self.isONNX(file) {
        let imported = try ONNXFile(reading: file, allowUnsupported: allowUnsupported)
        name = Self.stem(file)
        network = nil
        graph = imported.graph
        unsupported = imported.unsupported
        return
      }
      let description = try NetworkFile(reading: file)
      name = description.name ?? Self.stem(file)
      unsupported = []
      do {
        let network = try description.network(seed: seed)
        self.network = network
        graph = try network.layerGraph
      } catch { throw QueryError.data("\(FormatError.name(file)): \(error.description)") }
    } catch { throw QueryError(error) }
  }

  static func isONNX(_ file: String) -> Bool { file.hasSuffix(".onnx") }

  /// The file's name without folder and ending.
  static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return file }
    return String(file[..<dot])
  }
}
