internal import FlashFormats
internal import FlashGraph
internal import FlashNAS

/// Topology metrics and counts of networks.
public struct MetricsQuery: Sendable {
  /// ONNX files, descriptions, or folders of them.
  public var networks: [String] = []
  /// Goes on where an operator of an ONNX file is not understood, and lists it in the result.
  public var allowUnsupported = false
  /// `stage` or `block`: what a cell is.
  public var cell = "stage"
  /// Also draws weights and gives the layer-wise dynamical isometry of fully connected networks.
  public var isometry = false
  /// Draws the links of points and descriptions, and the weights of `isometry`.
  public var seed: String?
  public var space: String?
  public var point: String?
  public var points: String?

  public init() {}

  public func run() throws(QueryError) -> QueryResult {
    guard let cells = CellCounting(rawValue: cell) else {
      let allowed = CellCounting.allCases.map(\.rawValue).joined(separator: ", ")
      throw .usage("--cell: unknown, found '\(cell)', allowed \(allowed)")
    }
    let seed = try Arguments.seed(self.seed)
    var measured: [MeasuredNetwork] = []
    var notices: [String] = []
    if networks.isEmpty {
      guard let space else { throw .usage("NETWORK: missing, allowed files, folders, or --space with --point") }
      let source = try PointSource(space: Models.space(space), point: point, points: points)
      for point in source.points {
        do {
          let name =
            "\(source.space.name) "
            + zip(source.space.variableNames, source.space.texts(point)).map { "\($0)=\($1)" }
            .joined(separator: ",")
          let graph = try source.space.network(point).network(seed: seed).layerGraph
          measured.append(MeasuredNetwork(name: name, graph: graph, cells: cells, isometry: isometry ? seed : nil))
        } catch { throw QueryError(error) }
      }
    } else {
      guard space == nil, point == nil, points == nil else {
        throw .usage("--space: given beside network files, allowed one of them")
      }
      for path in networks { try read(path, cells, seed, into: &measured, notices: &notices) }
    }
    let document: [String: JSONValue] = [
      "schema": "flashnas.metrics/1", "version": .string(toolkitVersion),
      "networks": .array(measured.map(\.document)),
    ]
    var result = QueryResult(
      document: document, csv: [MeasuredNetwork.csvHeader(isometry: isometry)] + measured.map(\.csvRow),
      text: measured.map(\.text).joined(separator: "\n"))
    result.notices = notices
    result.exitCode = notices.isEmpty ? 0 : 65
    return result
  }

  /// A file, or every network of a folder by name: there a bad file is a notice, and the others go on.
  private func read(
    _ path: String, _ cells: CellCounting, _ seed: UInt64, into measured: inout [MeasuredNetwork],
    notices: inout [String]
  ) throws(QueryError) {
    guard let files = DataFolder.files(in: path) else {
      measured.append(try measure(path, cells, seed))
      return
    }
    let networks = files.filter { file in [".onnx", ".yaml", ".yml", ".json"].contains { file.hasSuffix($0) } }
    guard !networks.isEmpty else {
      throw .data("\(path): no networks in the folder, allowed *.onnx, *.yaml, *.yml, *.json")
    }
    for file in networks {
      do { measured.append(try measure("\(path)/\(file)", cells, seed)) } catch { notices.append(error.message) }
    }
  }

  private func measure(
    _ path: String, _ cells: CellCounting, _ seed: UInt64
  ) throws(QueryError) -> MeasuredNetwork {
    let network = try DescribedNetwork(reading: path, seed: seed, allowUnsupported: allowUnsupported)
    return MeasuredNetwork(
      name: network.name, graph: network.graph, unsupported: network.unsupported, cells: cells,
      isometry: isometry ? seed : nil)
  }
}
