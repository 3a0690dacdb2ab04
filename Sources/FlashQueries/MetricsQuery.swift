internal import FlashFormats
internal import FlashGraph
internal import FlashNAS

/// Topology metrics and counts of networks.
public struct MetricsQuery: Sendable {
  /// ONNX files, descriptions, or folders of them.
  public var networks: [String] = []
  /// Goes on where an operator of an ONNX file is not understood, and lists it in the result.
  public var allowUnsupported = false
  /// Sizes of symbolic dimensions of ONNX files, each `name=value`.
  public var dimensions: [String] = []
  /// `stage` or `block`: what a cell of an ONNX file is.
  public var cell = "stage"
  public var space: String?
  public var point: String?
  public var points: String?

  public init() {}

  public func run() throws(QueryError) -> QueryResult {
    guard let cells = CellCounting(rawValue: cell) else {
      let allowed = CellCounting.allCases.map(\.rawValue).joined(separator: ", ")
      throw .usage("--cell: unknown, found '\(cell)', allowed \(allowed)")
    }
    var sizes = try SymbolicSizes(dimensions)
    var measured: [MeasuredNetwork] = []
    var notices: [String] = []
    if networks.isEmpty {
      guard let space else { throw .usage("NETWORK: missing, allowed files, folders, or --space with --point") }
      let source = try PointSource(space: Models.space(space), point: point, points: points)
      for point in source.points {
        do {
          let name =
            "\(source.space.name) "
            + zip(source.space.variableNames, point).map { "\($0)=\($1)" }
            .joined(separator: ",")
          measured.append(try MeasuredNetwork(name: name, network: source.space.network(point).network(seed: 0)))
        } catch { throw QueryError(error) }
      }
    } else {
      guard space == nil, point == nil, points == nil else {
        throw .usage("--space: given beside network files, allowed one of them")
      }
      for path in networks { try read(path, cells, &sizes, into: &measured, notices: &notices) }
    }
    if let fault = sizes.fault {
      guard !notices.isEmpty else { throw .usage(fault) }
      notices.append(fault)
    }
    let document: [String: JSONValue] = [
      "schema": "flashnas.metrics/1", "version": .string(toolkitVersion),
      "networks": .array(measured.map(\.document)),
    ]
    var result = QueryResult(
      document: document, csv: [MeasuredNetwork.csvHeader] + measured.map(\.csvRow),
      text: measured.map(\.text).joined(separator: "\n"))
    result.notices = notices
    result.exitCode = notices.isEmpty ? 0 : 65
    return result
  }

  /// A file, or every network of a folder by name: there a bad file is a notice, and the others go on.
  private func read(
    _ path: String, _ cells: CellCounting, _ sizes: inout SymbolicSizes,
    into measured: inout [MeasuredNetwork], notices: inout [String]
  ) throws(QueryError) {
    guard let files = DataFolder.files(in: path) else {
      measured.append(try measure(path, cells, &sizes))
      return
    }
    let networks = files.filter { file in [".onnx", ".yaml", ".yml", ".json"].contains { file.hasSuffix($0) } }
    guard !networks.isEmpty else {
      throw .data("\(path): no networks in the folder, allowed *.onnx, *.yaml, *.yml, *.json")
    }
    for file in networks {
      do { measured.append(try measure("\(path)/\(file)", cells, &sizes)) } catch { notices.append(error.message) }
    }
  }

  /// One file: ONNX by its ending, else a description.
  private func measure(
    _ path: String, _ cells: CellCounting, _ sizes: inout SymbolicSizes
  ) throws(QueryError) -> MeasuredNetwork {
    guard path.hasSuffix(".onnx") else {
      let described = try DescribedNetwork(reading: path)
      return MeasuredNetwork(name: described.name, network: described.network)
    }
    do {
      let file = try ONNXFile(reading: path, allowUnsupported: allowUnsupported, sizes: sizes.values)
      sizes.note(file.dimensions)
      return MeasuredNetwork(name: DescribedNetwork.stem(path), file: file, cells: cells)
    } catch { throw QueryError(error) }
  }
}
