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
  public var hardware = HardwareArguments()
  /// Gives what each layer of the network costs.
  public var layers = false
  /// A file for the chip's tiles in SVG.
  public var floorplan: String?
  /// Draws the links of descriptions.
  public var seed: String?

  public init() {}

  public func run() throws(QueryError) -> QueryResult {
    let (hardware, simulator) = try Models.simulator(hardware)
    let (names, subjects) = try subjects()
    if layers || floorplan != nil, subjects.count != 1 {
      throw .usage(
        "\(layers ? "--layers" : "--floorplan"): more than one network, found \(subjects.count), allowed one")
    }
    let rows = subjects.map { SimulatedNetwork($0, on: simulator) }
    if let floorplan { try draw(rows[0], on: simulator, hardware.name, to: floorplan) }
    let header = names + CostQuantity.allCases.map(\.rawValue) + simulator.countNames
    var table = TextTable(header: names + CostQuantity.allCases.map(\.title) + simulator.countNames)
    for row in rows { table.add(row.display) }
    var documents = rows.map { $0.document(simulator.countNames) }
    var csv = [header] + rows.map(\.csv)
    var text = table.text
    if layers {
      let breakdown = try LayerBreakdown(rows[0], on: simulator)
      documents[0]["layers"] = breakdown.documents
      csv = breakdown.csv
      text += "\n" + breakdown.text(rows[0].simulation)
    }
    var result = QueryResult(
      document: [
        "schema": "flashnas.simulate/1", "version": .string(toolkitVersion),
        "hardware": .object(hardware.document), "points": .array(documents.map { .object($0) }),
      ], csv: csv, text: text)
    [hardware].note(in: &result)
    return result
  }

  /// The columns that name the networks, and these.
  private func subjects() throws(QueryError) -> (names: [String], subjects: [SimulatedNetwork.Subject]) {
    guard !networks.isEmpty else {
      guard let space else { throw .usage("--space: missing, allowed a space with --point or --points, or files") }
      let source = try PointSource(space: Models.space(space), point: point, points: points)
      return (source.space.variableNames, source.points.map { .point(SpacePoint($0, in: source.space)) })
    }
    guard space == nil, point == nil, points == nil else {
      throw .usage("--space: given beside network files, allowed one of them")
    }
    let seed = try Arguments.seed(seed)
    var subjects: [SimulatedNetwork.Subject] = []
    for file in networks {
      let network = try DescribedNetwork(reading: file, seed: seed)
      guard let traffic = network.graph.traffic else {
        throw .data("\(FormatError.name(file)): transposed convolutions are not simulated")
      }
      subjects.append(.graph(name: network.name, traffic))
    }
    return (["network"], subjects)
  }

  private func draw(
    _ network: SimulatedNetwork, on simulator: HardwareSimulator, _ hardware: String, to path: String
  ) throws(QueryError) {
    guard case .imc(let chip) = simulator else {
      throw .usage(
        "--floorplan: no tiles, found the simulator '\(simulator.name)', allowed a profile of \(InMemoryComputing.name)"
      )
    }
    let plan = try network.floorplan(on: chip, hardware: hardware)
    do { try TextFile.write(Array(plan.svg().utf8), to: path) } catch { throw QueryError(error) }
  }
}
