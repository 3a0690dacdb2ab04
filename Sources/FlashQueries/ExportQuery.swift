internal import FlashFormats
internal import FlashGraph
internal import FlashNAS

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A network in another format.
public struct ExportQuery: Sendable {
  /// A saved result of `search`, a description or an ONNX file.
  public var file: String?
  public var space: String?
  public var point: String?
  /// The format's name.
  public var to: String
  /// Where the links of cells and the weights are drawn from.
  public var seed: String?
  /// Whether the document and the CSV are asked for: they hold the file, in base64 where it is no text.
  public var isRecord = false

  public init(to format: String) { to = format }

  /// The names of the formats.
  public static var formats: [String] { ExportFormat.catalogue.map(\.name) }

  public func run() throws(QueryError) -> QueryResult {
    guard let format = ExportFormat.catalogue.first(where: { $0.name == to }) else {
      throw QueryError(DesignError.unknownName(kind: "--to: format", found: to, known: Self.formats))
    }
    let source = try source(seed: Arguments.seed(seed))
    do {
      return result(format, source, try format.bytes(of: source))
    } catch { throw QueryError(error) }
  }

  private func source(seed: UInt64) throws(QueryError) -> NetworkExport {
    guard let file else {
      guard let space else {
        throw .usage("--space: missing, allowed a space with --point, or a result or network file")
      }
      guard let point else { throw .usage("--point: missing, allowed --point NAME=VALUE,…") }
      let found = try Models.space(space)
      return try source(found, Arguments.point(point, found), seed)
    }
    guard point == nil else {
      throw .usage("--point: given beside a result or network file, allowed one of them")
    }
    do {
      if !DescribedNetwork.isONNX(file), try ResultFile.schema(of: file)?.hasPrefix("flashnas.search/") == true {
        let saved = try SavedDesign(reading: file, space: space)
        return try source(saved.space, saved.point, seed)
      }
    } catch { throw QueryError(error) }
    guard space == nil else { throw .usage("--space: given beside a network file, allowed one of them") }
    let network = try DescribedNetwork(reading: file, seed: seed)
    return NetworkExport(
      // Of an ONNX file only the graph is known: messages name the file.
      name: network.network == nil ? file : network.name, network: network.network, graph: network.graph, seed: seed,
      version: toolkitVersion)
  }

  private func source(_ space: SearchSpace, _ point: [Int], _ seed: UInt64) throws(QueryError) -> NetworkExport {
    do {
      let network = try space.network(point).network(seed: seed)
      return NetworkExport(
        name: "\(space.name) \(space.assignments(point))", network: network, graph: try network.layerGraph, seed: seed,
        version: toolkitVersion)
    } catch { throw QueryError(error) }
  }

  /// The file itself, or a record with the file inside.
  private func result(_ format: ExportFormat, _ source: NetworkExport, _ bytes: [UInt8]) -> QueryResult {
    let text =
      isRecord || !format.isBinary
      ? (format.isBinary ? Data(bytes).base64EncodedString() : String(decoding: bytes, as: UTF8.self)) : ""
    let features = source.graph.features()
    let counts = [
      ("weighted_layers", features.weightedLayers), ("parameters", features.parameters),
      ("skip_links", features.skipLinks), ("bytes", bytes.count),
    ]
    let words = [
      ("name", source.name), ("to", format.name), ("encoding", format.isBinary ? "base64" : "utf-8"), ("content", text),
    ]
    var document: [String: JSONValue] = [
      "schema": "flashnas.export/1", "version": .string(toolkitVersion), "seed": .unsigned(source.seed),
    ]
    for (key, value) in words { document[key] = .string(value) }
    for (key, value) in counts { document[key] = .integer(value) }
    var result = QueryResult(
      document: document, csv: [counts.map(\.0) + words.map(\.0), counts.map { "\($0.1)" } + words.map(\.1)], text: text
    )
    if format.isBinary { result.binary = bytes }
    return result
  }
}
