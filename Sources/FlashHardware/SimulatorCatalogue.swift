/// A cost simulator: its name in profiles and what it is.
public struct Simulator: Sendable {
  public let name: String
  public let summary: String

  /// Every simulator, by name.
  public static let catalogue = [
    Simulator(
      name: SystolicArray.name,
      summary: "R×C systolic array: stall-free cycles as SCALE-Sim counts them, SRAM and DRAM traffic, energy, area"),
    Simulator(
      name: InMemoryComputing.name,
      summary: "ReRAM crossbars in tiles on a mesh: bit-serial inputs, ADCs, buffers, network on chip, leakage"),
    Simulator(
      name: Roofline.name,
      summary: "a processor's peak rates and memory bandwidth: the least time that they allow, layer by layer"),
  ]
}
