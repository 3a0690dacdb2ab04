public import FlashGraph

/// A processor known by a few published figures: what it computes and what it moves a second.
///
/// A layer takes launch + max(MACs / peak of its operator's kind, bytes / bandwidth), with bytes = weights · b_w / 8 +
/// (inputs + outputs) · b_a / 8, every element once; fewer bits move faster, but are computed no faster. Layers run one after another. Energy = MACs · e_mac + bytes · e_byte + power ·
/// time, as far as the figures are given; without any of them there is no energy, and without an area no area. A
/// roofline is the least time that the figures allow, not a prediction: caches, scheduling and the engine's overheads
/// are left out.
///
/// All costs rise with every count of a layer and with the number of layers.
///
/// Source: Williams, Waterman, Patterson, "Roofline: an insightful visual performance model for multicore
/// architectures", CACM 52(4), 2009, doi 10.1145/1498765.1498785.
public struct Roofline: Sendable, Hashable {
  /// The simulator's name in profiles.
  public static let name = "roofline"

  /// Every number that makes a roofline, as a profile gives them or a search varies them; checked by its initialiser.
  public struct Parameters: Sendable, Hashable {
    /// Time before each layer.
    public var launch: Latency
    /// Multiply-accumulates a second of convolutions, grouped ones included.
    public var convolutionPeak: Frequency
    /// Those of depthwise convolutions: as many groups as input channels.
    public var depthwisePeak: Frequency
    /// Those of fully connected layers: 1×1 on a 1×1 map.
    public var fullyConnectedPeak: Frequency
    public var bandwidth: Bandwidth
    public var weightBits: Int
    /// Of inputs and outputs.
    public var activationBits: Int
    /// One multiply-accumulate, where known.
    public var mac: Energy?
    /// One byte moved, where known.
    public var byte: Energy?
    /// What the processor draws all the time, where known.
    public var power: Power?
    public var area: Area?

    public init(
      launch: Latency, convolutionPeak: Frequency, depthwisePeak: Frequency, fullyConnectedPeak: Frequency,
      bandwidth: Bandwidth, wordBits: Int, mac: Energy? = nil, byte: Energy? = nil, power: Power? = nil,
      area: Area? = nil
    ) {
      self.launch = launch
      self.convolutionPeak = convolutionPeak
      self.depthwisePeak = depthwisePeak
      self.fullyConnectedPeak = fullyConnectedPeak
      self.bandwidth = bandwidth
      weightBits = wordBits
      activationBits = wordBits
      self.mac = mac
      self.byte = byte
      self.power = power
      self.area = area
    }
  }

  public let parameters: Parameters

  /// - Throws: `HardwareError.outOfRange`.
  public init(_ parameters: Parameters) throws(HardwareError) {
    let check = ParameterCheck()
    try check.notNegative("launch", parameters.launch.seconds)
    try check.positive("convolution_peak", parameters.convolutionPeak.hertz)
    try check.positive("depthwise_peak", parameters.depthwisePeak.hertz)
    try check.positive("fully_connected_peak", parameters.fullyConnectedPeak.hertz)
    try check.positive("bandwidth", parameters.bandwidth.bytesPerSecond)
    try check.integer("weight_bits", parameters.weightBits, 1...64)
    try check.integer("activation_bits", parameters.activationBits, 1...64)
    if let mac = parameters.mac { try check.notNegative("mac_energy", mac.joules) }
    if let byte = parameters.byte { try check.notNegative("memory_energy", byte.joules) }
    if let power = parameters.power { try check.notNegative("power", power.watts) }
    if let area = parameters.area { try check.positive("area", area.squareMillimetres) }
    self.parameters = parameters
  }

  /// Whether a figure for energy is given.
  public var hasEnergy: Bool { parameters.mac != nil || parameters.byte != nil || parameters.power != nil }

  /// What a network does, summed over its layers.
  public struct Tally: Sendable, Hashable {
    public var time = Latency(seconds: 0)
    public var macs = 0
    public var bytes = 0.0

    @inlinable public init() {}
  }

  /// The time, multiply-accumulates and bytes of `count` equal layers. Complexity: O(1), without allocation.
  @inlinable
  public func add(_ layer: WeightedLayer, count: Int = 1, to tally: inout Tally) {
    let isDepthwise = layer.groups > 1 && layer.groups == layer.inputChannels
    let isFullyConnected =
      layer.kernelHeight == 1 && layer.kernelWidth == 1 && layer.inputHeight == 1 && layer.inputWidth == 1
    let peak =
      isDepthwise
      ? parameters.depthwisePeak : isFullyConnected ? parameters.fullyConnectedPeak : parameters.convolutionPeak
    let activations = Double(layer.inputElements) + Double(layer.outputElements)
    let bits = Double(layer.weights) * Double(parameters.weightBits) + activations * Double(parameters.activationBits)
    let bytes = bits / 8
    let time =
      parameters.launch.seconds
      + max(Double(layer.macs) / peak.hertz, bytes / parameters.bandwidth.bytesPerSecond)
    tally.time = Latency(seconds: tally.time.seconds + Double(count) * time)
    tally.macs += count * layer.macs
    tally.bytes += Double(count) * bytes
  }

  /// The tally of a network. Complexity: O(different layers), without allocation.
  @inlinable
  public func tally(of network: some LayeredNetwork) -> Tally {
    var tally = Tally()
    network.forEachLayer { layer, count in add(layer, count: count, to: &tally) }
    return tally
  }

  /// Latency, energy and area of a tally; NaN for those without figures.
  @inlinable
  public func costs(of tally: Tally) -> Costs {
    let energy = energies(of: tally)
    return Costs(
      latency: tally.time, energy: Energy(joules: hasEnergy ? energy.mac + energy.memory + energy.power : .nan),
      area: parameters.area ?? Area(squareMillimetres: .nan))
  }

  /// The parts of a tally's energy, in joules, 0 where no figure is given.
  @inlinable
  func energies(of tally: Tally) -> (mac: Double, memory: Double, power: Double) {
    (
      Double(tally.macs) * (parameters.mac?.joules ?? 0), tally.bytes * (parameters.byte?.joules ?? 0),
      tally.time.seconds * (parameters.power?.watts ?? 0)
    )
  }
}

extension Roofline {
  /// The parts of an energy, where there is one.
  var energyParts: [String] { hasEnergy ? ["mac", "memory", "power"] : [] }

  /// What one layer costs, part by part.
  func layerCost(of layer: WeightedLayer) -> LayerCost {
    var tally = Tally()
    add(layer, to: &tally)
    let energy = energies(of: tally)
    return LayerCost(
      latency: tally.time,
      energies: hasEnergy ? [energy.mac, energy.memory, energy.power].map(Energy.init(joules:)) : [], counts: [])
  }
}
