internal import FlashFormats
internal import FlashGraph

/// A network with all of its metrics.
struct MeasuredNetwork {
  let name: String
  let cells: [GraphCell]
  /// Operators that were let through without being understood.
  let unsupported: [String]
  /// Why NN-Mass has no value, where it has none.
  let massReason: String?
  private let values: [String: JSONValue]

  init(name: String, graph: LayerGraph, unsupported: [String] = [], cells counting: CellCounting) {
    let features = graph.features(cells: counting)
    self.name = name
    cells = features.cells
    self.unsupported = unsupported
    massReason = features.nnMass == nil ? LayerGraphFeatures.massReason : nil
    values = [
      "nn_degree": .number(features.nnDegree), "nn_mass": JSONValue(features.nnMass),
      "density": JSONValue(features.density), "parameters": .integer(features.parameters),
      "weights": .integer(features.weights), "biases": .integer(features.biases),
      "batch_norm": .integer(features.batchNorm), "shared_parameters": .integer(features.sharedParameters),
      "macs": .integer(features.macs), "activation_macs": .integer(features.activationMACs),
      "flops": .integer(features.flops), "activations": .integer(features.activations),
      "skip_links": .integer(features.skipLinks), "skip_elements": .integer(features.skipElements),
      "peak_memory_elements": .integer(features.peakMemoryElements),
      "weighted_layers": .integer(features.weightedLayers), "longest_path": .integer(features.longestPath),
    ]
  }

  static var csvHeader: [String] { ["name"] + Metric.catalogue.map(\.key) }

  var csvRow: [String] { [name] + Metric.catalogue.map { value($0.key) }.map { $0 == .null ? "" : $0.text() } }

  private func value(_ key: String) -> JSONValue { values[key] ?? .null }

  var document: JSONValue {
    var entries: [String: JSONValue] = ["name": .string(name), "unsupported": .array(unsupported.map { .string($0) })]
    if let massReason { entries["nn_mass_reason"] = .string(massReason) }
    for metric in Metric.catalogue { entries[metric.key] = value(metric.key) }
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
    var list = TextTable(header: ["cell", "type", "width", "depth", "skip links", "NN-Degree", "NN-Mass"], indent: 2)
    for (index, cell) in cells.enumerated() {
      list.add(
        "\(index + 1)", cell.kind.rawValue, Display.number(cell.width), "\(cell.depth)",
        Display.grouped(cell.skipLinks),
        Display.number(cell.nnDegree), cell.nnMass.map { Display.number($0) } ?? "–")
    }
    let ignored = unsupported.map { "  not understood: \($0)\n" }.joined()
    return "\(name)\n\(table.text)\n\(list.text)\(ignored)"
  }
}
