internal import FlashFormats
internal import FlashGraph
internal import FlashHardware
internal import FlashNAS

/// Costs of points or of described networks from a simulator.
public struct SimulateQuery: Sendable {
  /// ONNX or description files; or points of a space.
  public var networks: [String] = []
  public var space: String?
  public var point: String?
  public var points: String?
  /// A profile's name or file.
  public var hardware: String?

  public init() {}

  public func run() throws(QueryError) -> QueryResult {
    let (name, array) = try Models.simulator(hardware ?? Models.defaultHardware)
    var rows: [Row] = []
    var names: [String] = []
    if networks.isEmpty {
      guard let space else { throw .usage("--space: missing, allowed a space with --point or --points, or files") }
      let source = try PointSource(space: Models.space(space), point: point, points: points)
      names = source.space.variableNames
      rows = source.points.map { point in
        Row(
          label: source.space.texts(point),
          point: source.space.document(point),
          tally: CostModel.tally(array, point, source.space))
      }
    } else {
      guard space == nil, point == nil, points == nil else {
        throw .usage("--space: given beside network files, allowed one of them")
      }
      names = ["network"]
      for file in networks {
        let network = try DescribedNetwork(reading: file)
        guard let layers = network.graph.weightedLayers else {
          throw .data("\(FormatError.name(file)): transposed convolutions are not simulated")
        }
        rows.append(Row(label: [network.name], point: nil, tally: array.tally(of: layers)))
      }
    }
    let header = names + CostQuantity.allCases.map(\.rawValue) + ["cycles"]
    var table = TextTable(header: names + CostQuantity.allCases.map(\.title) + ["cycles"])
    for row in rows { table.add(row.label + row.display(array)) }
    let document: [String: JSONValue] = [
      "schema": "flashnas.simulate/1", "version": .string(toolkitVersion), "hardware": ["name": .string(name)],
      "points": .array(rows.map { $0.document(array) }),
    ]
    return QueryResult(
      document: document, csv: [header] + rows.map { $0.label + $0.values(array) }, text: table.text)
  }

  /// One network's simulated costs.
  private struct Row {
    let label: [String]
    /// The point of a space; `nil` for a network that came from a file.
    let point: [String: JSONValue]?
    let tally: SystolicArray.Tally

    func costs(_ array: SystolicArray) -> [Double] {
      let costs = array.costs(of: tally)
      return [costs.latency.seconds, costs.energy.joules, costs.area.squareMillimetres]
    }

    func values(_ array: SystolicArray) -> [String] { costs(array).map { "\($0)" } + ["\(tally.computeCycles)"] }

    func display(_ array: SystolicArray) -> [String] {
      zip(CostQuantity.allCases, costs(array)).map { Display.quantity($1, Display.units(of: $0)) }
        + [Display.grouped(tally.computeCycles)]
    }

    func document(_ array: SystolicArray) -> JSONValue {
      var entries: [String: JSONValue] = ["cycles": .integer(tally.computeCycles)]
      for (quantity, value) in zip(CostQuantity.allCases, costs(array)) { entries[quantity.rawValue] = .number(value) }
      if let point { entries["point"] = .object(point) } else { entries["name"] = .string(label[0]) }
      return .object(entries)
    }
  }
}
