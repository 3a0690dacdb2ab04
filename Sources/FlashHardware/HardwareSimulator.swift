public import FlashGraph

/// A simulator with its parameters, of any kind.
///
/// A closed set: a search switches once per network, and every kind is a plain value made from a flat set of parameters
/// that its initialiser checks.
public enum HardwareSimulator: Sendable, Hashable {
  case systolic(SystolicArray)
  case imc(InMemoryComputing)
  case roofline(Roofline)

  /// The kind's name in profiles.
  public var name: String {
    switch self {
    case .systolic: SystolicArray.name
    case .imc: InMemoryComputing.name
    case .roofline: Roofline.name
    }
  }

  /// Latency, energy and area of a network; NaN for a quantity that `quantities` does not name.
  ///
  /// Complexity: O(different layers) without allocation; for `imc` O(layers · width of the mesh).
  @inlinable
  public func costs(of network: some LayeredNetwork) -> Costs {
    switch self {
    case .systolic(let array): array.costs(of: array.tally(of: network))
    case .imc(let chip): chip.costs(of: chip.run(network))
    case .roofline(let roofline): roofline.costs(of: roofline.tally(of: network))
    }
  }

  /// The quantities that it gives.
  public var quantities: [CostQuantity] {
    guard case .roofline(let roofline) = self else { return CostQuantity.allCases }
    return [.latency] + (roofline.hasEnergy ? [.energy] : []) + (roofline.parameters.area == nil ? [] : [.area])
  }

  /// Whether no cost ever falls when a network of `dense` cells gets wider, deeper or more linked: what exact search
  /// relies on. On a mesh more tiles may shorten a way.
  public var isMonotone: Bool {
    if case .imc = self { false } else { true }
  }

  /// The same with operands of other widths, where they are given.
  ///
  /// - Throws: `HardwareError.outOfRange` for `weight_bits` or `activation_bits`.
  public func with(_ bits: OperandBits) throws(HardwareError) -> HardwareSimulator {
    switch self {
    case .systolic(let array): .systolic(try SystolicArray(array.parameters.with(bits)))
    case .imc(let chip): .imc(try InMemoryComputing(chip.parameters.with(bits)))
    case .roofline(let roofline): .roofline(try Roofline(roofline.parameters.with(bits)))
    }
  }

  /// What is counted beside the costs.
  public var countNames: [String] {
    switch self {
    case .systolic: ["cycles"]
    case .imc: ["crossbars", "tiles", "hops"]
    case .roofline: []
    }
  }

  /// The parts of an energy; none where there is no energy.
  public var energyParts: [String] {
    switch self {
    case .systolic: SystolicArray.energyParts
    case .imc: InMemoryComputing.energyParts
    case .roofline(let roofline): roofline.energyParts
    }
  }

  /// The costs of a network with what was counted.
  public func simulation(of network: some LayeredNetwork) -> Simulation {
    switch self {
    case .systolic(let array):
      let tally = array.tally(of: network)
      return Simulation(costs: array.costs(of: tally), counts: [.integer(tally.computeCycles)])
    case .imc(let chip):
      let run = chip.run(network)
      return Simulation(costs: chip.costs(of: run), counts: InMemoryComputing.counts(run.tally))
    case .roofline(let roofline):
      return Simulation(costs: roofline.costs(of: roofline.tally(of: network)), counts: [])
    }
  }

  /// The costs of every layer, in execution order. Complexity: O(layers), for `imc` times the width of the mesh.
  public func layerCosts(of network: some LayeredNetwork) -> [LayerCost] {
    switch self {
    case .systolic(let array): network.walk(LayerList()).layers.map(array.layerCost)
    case .imc(let chip): chip.layerCosts(of: network)
    case .roofline(let roofline): network.walk(LayerList()).layers.map(roofline.layerCost)
    }
  }
}

/// The layers of a network in execution order.
public struct LayerList: TrafficVisitor, Sendable {
  public private(set) var layers: [WeightedLayer] = []

  public init() {}

  public mutating func layer(_ shape: WeightedLayer) { layers.append(shape) }
  public mutating func transfer(from source: Int, to destination: Int, elements: Double, share: Double) {}
  public mutating func clearPool() {}
  public mutating func addToPool(_ source: Int, channels: Int) {}
  public mutating func transferFromPool(to destination: Int, elements: Double, share: Double) {}
}
