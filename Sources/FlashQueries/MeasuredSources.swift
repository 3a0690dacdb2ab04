internal import FlashFormats
internal import FlashGraph
internal import FlashMeasure
internal import FlashNAS

/// A network that is to be measured, and how results name it.
struct MeasuredSource {
  /// The point's values, or the network's name: the first fields of its row.
  let label: [String]
  /// The point of a space; `nil` of a network from a file.
  let point: [String: JSONValue]?
  let model: MeasuredModel
}

/// The networks that `measure` is asked about, each once.
struct MeasuredSources {
  /// The names of the label's columns.
  let names: [String]
  /// The space's name, where the networks are points of one.
  let space: String?
  let sources: [MeasuredSource]

  /// - Throws: `QueryError` where neither files nor points are given, or both, or a network stands twice.
  init(_ query: MeasureQuery, seed: UInt64) throws(QueryError) {
    if query.networks.isEmpty {
      guard let space = query.space else {
        throw .usage("--space: missing, allowed a space with --point or --points, or files")
      }
      let read = try PointSource(space: Models.space(space), point: query.point, points: query.points)
      names = read.space.variableNames
      self.space = read.space.name
      sources = try read.points.map { (point) throws(QueryError) in try Self.source(read.space, point, seed) }
    } else {
      guard query.space == nil, query.point == nil, query.points == nil else {
        throw .usage("--space: given beside network files, allowed one of them")
      }
      names = ["network"]
      space = nil
      sources = try query.networks.map { (file) throws(QueryError) in try Self.source(file, seed) }
    }
    var known: Set<String> = []
    for source in sources where !known.insert(source.model.key.network).inserted {
      let found = source.model.key.network
      throw .data("\(query.points.map(FormatError.name) ?? "networks"): stands twice, found '\(found)', allowed once")
    }
  }

  private static func source(
    _ space: SearchSpace, _ point: [Int], _ seed: UInt64
  ) throws(QueryError) -> MeasuredSource {
    let name = space.assignments(point)
    let model = try measured(name) { () throws(MeasureError) in
      try export(name, seed) { () throws(GraphError) in try space.network(point).network(seed: seed) }
    }
    return MeasuredSource(label: space.texts(point), point: space.document(point), model: model)
  }

  private static func source(_ file: String, _ seed: UInt64) throws(QueryError) -> MeasuredSource {
    if DescribedNetwork.isONNX(file) {
      let name = DescribedNetwork.stem(file)
      return MeasuredSource(label: [name], point: nil, model: try measured(name) { .file(file) })
    }
    let name: String
    let network: Network
    do {
      let description = try NetworkFile(reading: file)
      name = description.name ?? DescribedNetwork.stem(file)
      network = try description.network(seed: seed)
    } catch let error as GraphError {
      throw .data("\(FormatError.name(file)): \(error.description)")
    } catch { throw QueryError(error) }
    let model = try measured(name) { () throws(MeasureError) in try export(name, seed) { network } }
    return MeasuredSource(label: [name], point: nil, model: model)
  }

  /// A network as ONNX, its weights drawn from the seed.
  private static func export(
    _ name: String, _ seed: UInt64, _ network: () throws(GraphError) -> Network
  ) throws(MeasureError) -> EngineModel {
    do {
      let network = try network()
      let source = NetworkExport(
        name: name, network: network, graph: try network.layerGraph, seed: seed, version: toolkitVersion)
      return .bytes(try ExportFormat.onnx.bytes(of: source))
    } catch let error as FormatError {
      throw .file(error)
    } catch { throw .file(FormatError(file: name, problem: "\(error)")) }
  }

  private static func measured(
    _ name: String, _ make: @escaping @Sendable () throws(MeasureError) -> EngineModel
  ) throws(QueryError) -> MeasuredModel {
    do throws(MeasureError) {
      return MeasuredModel(key: VisitLog.Key(network: name, model: try make().digest()), make: make)
    } catch { throw QueryError(error) }
  }
}
