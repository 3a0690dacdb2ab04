internal import FlashFormats
internal import FlashGraph
internal import FlashNAS

/// Topology metrics and counts of networks.
public struct MetricsQuery: Sendable {
  /// Description files, or folders of them.
  public var networks: [String] = []
  public var space: String?
  public var point: String?
  public var points: String?

  public init() {}

  public func run() throws(QueryError) -> QueryResult {
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
      for path in networks { try read(path, into: &measured, notices: &notices) }
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
    _ path: String, into measured: inout [MeasuredNetwork], notices: inout [String]
  ) throws(QueryError) {
    guard let files = DataFolder.files(in: path) else {
      let described = try DescribedNetwork(reading: path)
      measured.append(MeasuredNetwork(name: described.name, network: described.network))
      return
    }
    let networks = files.filter { file in [".yaml", ".yml", ".json"].contains { file.hasSuffix($0) } }
    guard !networks.isEmpty else { throw .data("\(path): no networks in the folder, allowed *.yaml, *.yml, *.json") }
    for file in networks {
      do {
        let described = try DescribedNetwork(reading: "\(path)/\(file)")
        measured.append(MeasuredNetwork(name: described.name, network: described.network))
      } catch { notices.append(error.message) }
    }
  }
}

/// A network with all of its metrics.
private struct MeasuredNetwork {
  let name: String
  let features: NetworkFeatures
  let cells: [CellFeatures]
  let longestPath: Int

  init(name: String, network: Network) {
    self.name = name
    features = network.features
    cells = network.cellFeatures
    longestPath = network.longestPath
  }

  static var csvHeader: [String] { ["name"] + Metric.catalogue.map(\.key) }

  var csvRow: [String] { [name] + Metric.catalogue.map { value($0.key) }.map { $0 == .null ? "" : $0.text() } }

  private func value(_ key: String) -> JSONValue {
    switch key {
    case "nn_degree": .number(features.nnDegree)
    case "nn_mass": .number(features.nnMass)
    case "density": JSONValue(features.density)
    case "parameters": .integer(features.parameters)
    case "weights": .integer(features.weights)
    case "biases": .integer(features.biases)
    case "batch_norm": .integer(features.batchNorm)
    case "shared_parameters", "activation_macs": .integer(0)
    case "macs": .integer(features.macs)
    case "flops": .integer(features.flops)
    case "activations": .integer(features.activations)
    case "skip_links": .integer(features.skipLinks)
    case "skip_elements": .integer(features.skipElements)
    case "peak_memory_elements": .integer(features.peakMemoryElements)
    case "weighted_layers": .integer(features.weightedLayers)
    case "longest_path": .integer(longestPath)
    default: .null
    }
  }

  var document: JSONValue {
    var entries: [String: JSONValue] = ["name": .string(name), "unsupported": []]
    for metric in Metric.catalogue { entries[metric.key] = value(metric.key) }
    entries["cells"] = .array(
      cells.map {
        [
          "type": .string($0.type.rawValue), "width": .number($0.width), "depth": .integer($0.depth),
          "skip_links": .integer($0.skipLinks), "nn_degree": .number($0.nnDegree), "nn_mass": .number($0.nnMass),
        ]
      })
    return .object(entries)
  }

  var text: String {
    var table = TextTable(indent: 2)
    for metric in Metric.catalogue {
      let value =
        switch value(metric.key) {
        case .integer(let value): Display.grouped(value)
        case .number(let value): Display.number(value, digits: 7)
        default: "–"
        }
      table.add(metric.key, value, metric.summary)
    }
    var list = TextTable(header: ["cell", "type", "width", "depth", "skip links", "NN-Degree", "NN-Mass"], indent: 2)
    for (index, cell) in cells.enumerated() {
      list.add(
        "\(index + 1)", cell.type.rawValue, Display.number(cell.width), "\(cell.depth)",
        Display.grouped(cell.skipLinks), Display.number(cell.nnDegree), Display.number(cell.nnMass))
    }
    return "\(name)\n\(table.text)\n\(list.text)"
  }
}
