internal import FlashFormats
internal import FlashGraph

/// A network with all of its metrics.
struct MeasuredNetwork {
  /// One cell, as results and tables print it.
  struct Cell {
    let type: String
    let width: Double
    let depth: Int
    let skipLinks: Int
    let nnDegree: Double
    let nnMass: Double?
  }

  let name: String
  let cells: [Cell]
  /// Operators that were let through without being understood.
  let unsupported: [String]
  /// Whether batch normalisation was folded into convolutions before the file was written, as far as it tells.
  let isFolded: Bool?
  /// Channels into which it was.
  let foldedChannels: Int
  /// What a reader of the counts should know.
  let notes: [String]
  /// Why NN-Mass has no value, where it has none.
  let massReason: String?
  private let values: [String: JSONValue]

  init(name: String, network: Network) {
    let features = network.features
    self.name = name
    cells = network.cellFeatures.map {
      Cell(
        type: $0.type.rawValue, width: $0.width, depth: $0.depth, skipLinks: $0.skipLinks, nnDegree: $0.nnDegree,
        nnMass: $0.nnMass)
    }
    unsupported = []
    isFolded = false
    foldedChannels = 0
    notes = []
    massReason = nil
    values = [
      "nn_degree": .number(features.nnDegree), "nn_mass": .number(features.nnMass),
      "density": JSONValue(features.density), "parameters": .integer(features.parameters),
      "weights": .integer(features.weights), "biases": .integer(features.biases),
      "batch_norm": .integer(features.batchNorm), "shared_parameters": .integer(0), "macs": .integer(features.macs),
      "activation_macs": .integer(0), "flops": .integer(features.flops), "activations": .integer(features.activations),
      "skip_links": .integer(features.skipLinks), "skip_elements": .integer(features.skipElements),
      "peak_memory_elements": .integer(features.peakMemoryElements),
      "weighted_layers": .integer(features.weightedLayers), "longest_path": .integer(network.longestPath),
    ]
  }

  init(name: String, file: ONNXFile, cells counting: CellCounting) {
    let features = file.graph.features(cells: counting)
    self.name = name
    cells = features.cells.map {
      Cell(
        type: $0.kind.rawValue, width: $0.width, depth: $0.depth, skipLinks: $0.skipLinks, nnDegree: $0.nnDegree,
        nnMass: $0.nnMass)
    }
    unsupported = file.unsupported
    isFolded = file.folding.isFolded
    foldedChannels = file.folding.channels
    notes = [file.folding.note(parameters: features.parameters)].compactMap { $0 } + file.notes
    massReason = features.nnMass == nil ? LayerGraphFeatures.massReason : nil
    values = [
      "nn_degree": .number(features.nnDegree), "nn_mass": JSONValue(features.nnMass),
      "parameters": .integer(features.parameters),
      "weights": .integer(features.weights), "biases": .integer(features.biases),
      "batch_norm": .integer(features.batchNorm), "shared_parameters": .integer(features.sharedParameters),
      "macs": .integer(features.macs), "activation_macs": .integer(features.activationMACs),
      "flops": .integer(2 * features.macs), "activations": .integer(features.activations),
      "skip_links": .integer(features.skipLinks), "skip_elements": .integer(features.skipElements),
      "peak_memory_elements": .integer(features.peakMemoryElements),
      "weighted_layers": .integer(features.weightedLayers), "longest_path": .integer(features.longestPath),
    ]
  }

  static var csvHeader: [String] {
    ["name"] + Metric.catalogue.map(\.key) + ["batch_norm_folded", "folded_channels", "unsupported"]
  }

  var csvRow: [String] {
    [name] + Metric.catalogue.map { value($0.key) }.map { $0 == .null ? "" : $0.text() }
      + [isFolded.map { "\($0)" } ?? "", "\(foldedChannels)", unsupported.joined(separator: ";")]
  }

  private func value(_ key: String) -> JSONValue { values[key] ?? .null }

  var document: JSONValue {
    var entries: [String: JSONValue] = ["name": .string(name), "unsupported": .array(unsupported.map { .string($0) })]
    entries["batch_norm_folded"] = isFolded.map { .bool($0) } ?? .null
    entries["folded_channels"] = .integer(foldedChannels)
    entries["notes"] = .array(notes.map { .string($0) })
    if let massReason { entries["nn_mass_reason"] = .string(massReason) }
    for metric in Metric.catalogue { entries[metric.key] = value(metric.key) }
    entries["cells"] = .array(
      cells.map {
        [
          "type": .string($0.type), "width": .number($0.width), "depth": .integer($0.depth),
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
        "\(index + 1)", cell.type, Display.number(cell.width), "\(cell.depth)", Display.grouped(cell.skipLinks),
        Display.number(cell.nnDegree), cell.nnMass.map { Display.number($0) } ?? "–")
    }
    let ignored = unsupported.map { "  not understood: \($0)\n" }.joined()
    let remarks = notes.map { "  note: \($0)\n" }.joined()
    return "\(name)\n\(table.text)\n\(list.text)\(remarks)\(ignored)"
  }
}
