internal import FlashFormats
internal import FlashGraph

/// A network with all of its metrics.
struct MeasuredNetwork {
  let name: String
  let cells: [GraphCell]
  private let origin: DescribedNetwork
  /// What a reader of the counts should know.
  private let notes: [String]
  /// Why a metric has no value, by its key.
  private let reasons: [String: String]
  private let values: [String: JSONValue]
  /// Layer-wise dynamical isometry, where it was asked for; an error where it is not defined.
  private var isometry: Result<LayerwiseDynamicalIsometry, GraphError>?

  /// - Parameter seed: where given, layer-wise dynamical isometry is drawn from it.
  init(_ network: DescribedNetwork, cells counting: CellCounting, isometry seed: UInt64? = nil) {
    let graph = network.graph
    let features = graph.features(cells: counting)
    if let seed {
      isometry = Result { () throws(GraphError) in try LayerwiseDynamicalIsometry(graph, seed: seed) }
    }
    name = network.name
    origin = network
    cells = features.cells
    notes = network.notes(parameters: features.parameters)
    let topology = graph.topology
    var reasons = topology.reasons
    if features.nnMass == nil { reasons["nn_mass"] = LayerGraphFeatures.massReason }
    self.reasons = reasons
    func integer(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
    values = [
      "nn_degree": .number(features.nnDegree), "nn_degree_block": .number(features.nnDegreeByBlock),
      "nn_mass": JSONValue(features.nnMass),
      "density": JSONValue(features.density), "parameters": .integer(features.parameters),
      "weights": .integer(features.weights), "biases": .integer(features.biases),
      "batch_norm": .integer(features.batchNorm), "shared_parameters": .integer(features.sharedParameters),
      "macs": .integer(features.macs), "activation_macs": .integer(features.activationMACs),
      "flops": .integer(features.flops), "activations": .integer(features.activations),
      "skip_links": .integer(features.skipLinks), "skip_elements": .integer(features.skipElements),
      "peak_memory_elements": .integer(features.peakMemoryElements),
      "weighted_layers": .integer(features.weightedLayers), "longest_path": .integer(features.longestPath),
      "mean_path": JSONValue(topology.meanPath), "degree_mean": JSONValue(topology.degreeMean),
      "degree_max": integer(topology.degreeMaximum), "assortativity": JSONValue(topology.assortativity),
      "algebraic_connectivity": JSONValue(topology.algebraicConnectivity),
      "receptive_field": integer(topology.receptiveField),
    ]
  }

  /// - Parameter isometry: whether the column `ldi` stands at the end.
  static func csvHeader(isometry: Bool) -> [String] {
    ["name"] + Metric.catalogue.map(\.key) + ["batch_norm_folded", "folded_channels", "unsupported"]
      + (isometry ? ["ldi"] : [])
  }

  var csvRow: [String] {
    [name] + Metric.catalogue.map { Self.field(value($0.key)) }
      + [Self.field(folded), "\(origin.foldedChannels)", origin.unsupported.joined(separator: ";")]
      + (isometry == nil ? [] : [Self.field(JSONValue(isometryMean))])
  }

  private static func field(_ value: JSONValue) -> String { value == .null ? "" : value.text() }

  private var folded: JSONValue { origin.isFolded.map { .bool($0) } ?? .null }

  private func value(_ key: String) -> JSONValue { values[key] ?? .null }

  /// The value of a metric, `nil` where it has none.
  func number(_ key: String) -> Double? {
    switch value(key) {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// Why a metric has no value.
  func reason(_ key: String) -> String? { reasons[key] }

  private var isometryMean: Double? { (try? isometry?.get())?.mean }

  var document: JSONValue {
    var entries: [String: JSONValue] = [
      "name": .string(name), "unsupported": .array(origin.unsupported.map { .string($0) }),
    ]
    for (key, reason) in reasons { entries["\(key)_reason"] = .string(reason) }
    entries["batch_norm_folded"] = folded
    entries["folded_channels"] = .integer(origin.foldedChannels)
    entries["notes"] = .array(notes.map { .string($0) })
    for metric in Metric.catalogue { entries[metric.key] = value(metric.key) }
    switch isometry {
    case .success(let isometry):
      entries["ldi"] = [
        "mean": .number(isometry.mean), "deviation": .number(isometry.deviation), "draws": .integer(isometry.draws),
        "sigma": JSONValue(isometry.sigma),
      ]
    case .failure(let error):
      entries["ldi"] = .null
      entries["ldi_reason"] = .string(error.reason)
    case nil: break
    }
    entries["cells"] = .array(
      cells.map {
        [
          "type": .string($0.kind.rawValue), "width": .number($0.width), "depth": .integer($0.depth),
          "skip_links": .integer($0.skipLinks), "nn_degree": .number($0.nnDegree), "nn_mass": JSONValue($0.nnMass),
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
    switch isometry {
    case .success(let isometry):
      let deviation = Display.number(isometry.deviation, digits: 3)
      table.add(
        "ldi", Display.number(isometry.mean, digits: 7),
        "layer-wise dynamical isometry, \(isometry.draws) draws of deviation \(deviation)")
    case .failure(let error): table.add("ldi", "–", error.reason)
    case nil: break
    }
    var list = TextTable(header: ["cell", "type", "width", "depth", "skip links", "NN-Degree", "NN-Mass"], indent: 2)
    for (index, cell) in cells.enumerated() {
      list.add(
        "\(index + 1)", cell.kind.rawValue, Display.number(cell.width), "\(cell.depth)",
        Display.grouped(cell.skipLinks),
        Display.number(cell.nnDegree), cell.nnMass.map { Display.number($0) } ?? "–")
    }
    let ignored = origin.unsupported.map { "  not understood: \($0)\n" }.joined()
    let remarks = notes.map { "  note: \($0)\n" }.joined()
    return "\(name)\n\(table.text)\n\(list.text)\(remarks)\(ignored)"
  }
}
