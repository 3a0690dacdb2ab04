internal import FlashFormats
internal import FlashGraph
internal import FlashHardware
internal import FlashNAS

/// A network that `simulate` is asked about: a point of a space, or one that came from a file.
struct SimulatedNetwork {
  enum Subject {
    case point(SpacePoint)
    case graph(name: String, GraphTraffic)
  }

  let subject: Subject
  let simulation: Simulation

  init(_ subject: Subject, on simulator: HardwareSimulator) {
    self.subject = subject
    simulation =
      switch subject {
      case .point(let point): simulator.simulation(of: point)
      case .graph(_, let traffic): simulator.simulation(of: traffic)
      }
  }

  /// The columns before the quantities.
  var label: [String] {
    switch subject {
    case .point(let point): point.space.texts(point.point)
    case .graph(let name, _): [name]
    }
  }

  /// The network in one line.
  var title: String {
    switch subject {
    case .point(let point): "\(point.space.name) \(point.space.assignments(point.point))"
    case .graph(let name, _): name
    }
  }

  /// Latency, energy and area; NaN where the simulator gives none.
  var costs: [Double] {
    let costs = simulation.costs
    return [costs.latency.seconds, costs.energy.joules, costs.area.squareMillimetres]
  }

  /// The row in CSV: a quantity that the simulator does not give is empty.
  var csv: [String] {
    label + costs.map { $0.isNaN ? "" : "\($0)" } + simulation.counts.map(\.text)
  }

  /// The row in a table.
  var display: [String] {
    label + zip(CostQuantity.allCases, costs).map { $1.isNaN ? "–" : Display.quantity($1, Display.units(of: $0)) }
      + simulation.counts.map(\.display)
  }

  /// The network as an object.
  func document(_ countNames: [String]) -> [String: JSONValue] {
    var entries: [String: JSONValue] = [:]
    for (name, count) in zip(countNames, simulation.counts) { entries[name] = count.value }
    for (quantity, value) in zip(CostQuantity.allCases, costs) { entries[quantity.rawValue] = JSONValue(finite: value) }
    switch subject {
    case .point(let point): entries["point"] = .object(point.space.document(point.point))
    case .graph(let name, _): entries["name"] = .string(name)
    }
    return entries
  }

  /// The names of the weighted layers, in execution order.
  ///
  /// - Throws: `QueryError` (65) where the point's network is too large to be built.
  func layerNames() throws(QueryError) -> [String] {
    switch subject {
    case .graph(_, let traffic): return traffic.names
    case .point(let point):
      do {
        let network = try point.space.network(point.point).network(seed: 0)
        return zip(network.layers, network.weighted).filter { $1 != nil }.map(\.0.name)
      } catch { throw QueryError(error) }
    }
  }

  func layerCosts(on simulator: HardwareSimulator) -> [LayerCost] {
    switch subject {
    case .point(let point): simulator.layerCosts(of: point)
    case .graph(_, let traffic): simulator.layerCosts(of: traffic)
    }
  }

  /// The chip's tiles.
  func floorplan(on chip: InMemoryComputing, hardware: String) throws(QueryError) -> Floorplan {
    let shapes =
      switch subject {
      case .point(let point): point.walk(LayerList()).layers
      case .graph(_, let traffic): traffic.layers
      }
    var layers: [Floorplan.Layer] = []
    var next = 0
    for (name, shape) in zip(try layerNames(), shapes) {
      let count = chip.tiles(of: shape)
      layers.append(Floorplan.Layer(name: name, first: next, count: count))
      next += count
    }
    return Floorplan(title: "\(title) on \(hardware)", width: TileMesh(tiles: next).width, layers: layers)
  }
}

extension SimulatedCount {
  /// The count in CSV.
  var text: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    }
  }

  var display: String {
    switch self {
    case .integer(let value): Display.grouped(value)
    case .number(let value): Display.number(value, digits: 6)
    }
  }

  var value: JSONValue {
    switch self {
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    }
  }
}
