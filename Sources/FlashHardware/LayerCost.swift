/// A number that a simulator counts beside the costs: whole where events are counted, real where they are expected.
public enum SimulatedCount: Sendable, Hashable {
  case integer(Int)
  case number(Double)
}

/// What one layer costs on a simulated accelerator; the layers' sum is the network's cost.
public struct LayerCost: Sendable, Hashable {
  /// The part of the network's latency that the layer adds.
  public let latency: Latency
  /// The parts of its energy, in the order of `HardwareSimulator.energyParts`.
  public let energies: [Energy]
  /// In the order of `HardwareSimulator.countNames`.
  public let counts: [SimulatedCount]

  /// The sum of the parts; NaN where the simulator gives no energy.
  public var energy: Energy {
    Energy(joules: energies.isEmpty ? .nan : energies.reduce(0) { $0 + $1.joules })
  }
}

/// What a network costs on a simulated accelerator, with what was counted on the way.
public struct Simulation: Sendable, Hashable {
  public let costs: Costs
  /// In the order of `HardwareSimulator.countNames`.
  public let counts: [SimulatedCount]
}
