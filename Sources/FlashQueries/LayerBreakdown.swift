internal import FlashFormats
internal import FlashHardware

/// What each layer of one network costs, whose sum is the network's cost.
struct LayerBreakdown {
  private let names: [String]
  private let layers: [LayerCost]
  private let parts: [String]
  private let countNames: [String]

  init(_ network: SimulatedNetwork, on simulator: HardwareSimulator) throws(QueryError) {
    names = try network.layerNames()
    layers = network.layerCosts(on: simulator)
    parts = simulator.energyParts
    countNames = simulator.countNames
  }

  var documents: JSONValue {
    .array(
      zip(names, layers).map { name, layer in
        var entries: [String: JSONValue] = [
          "name": .string(name), "latency_s": .number(layer.latency.seconds),
          "energy_j": JSONValue(finite: layer.energy.joules),
          "energy_parts_j": .object(
            Dictionary(uniqueKeysWithValues: zip(parts, layer.energies).map { ($0, .number($1.joules)) })),
        ]
        for (key, count) in zip(countNames, layer.counts) { entries[key] = count.value }
        return .object(entries)
      })
  }

  /// One row a layer.
  var csv: [[String]] {
    [["layer", "latency_s", "energy_j"] + parts.map { "\($0)_j" } + countNames]
      + zip(names, layers).map { name, layer in
        [name, "\(layer.latency.seconds)", layer.energies.isEmpty ? "" : "\(layer.energy.joules)"]
          + layer.energies.map { "\($0.joules)" } + layer.counts.map(\.text)
      }
  }

  /// One row a layer, with the network's last.
  func text(_ total: Simulation) -> String {
    func time(_ latency: Latency) -> String { Display.quantity(latency.seconds, Display.time) }
    func energy(_ energy: Energy) -> String {
      energy.joules.isNaN ? "–" : Display.quantity(energy.joules, Display.energy)
    }
    var table = TextTable(header: ["layer", "latency", "energy"] + parts + countNames, indent: 2)
    for (name, layer) in zip(names, layers) {
      table.add(
        [name, time(layer.latency), energy(layer.energy)] + layer.energies.map(energy) + layer.counts.map(\.display))
    }
    let sums = parts.indices.map { part in Energy(joules: layers.reduce(0) { $0 + $1.energies[part].joules }) }
    table.add(
      ["total", time(total.costs.latency), energy(total.costs.energy)] + sums.map(energy) + total.counts.map(\.display))
    return table.text
  }
}
