public import FlashGraph

/// A systolic array of R rows × C columns with SRAM for inputs, filters and outputs, and DRAM behind them.
///
/// Cycles are the stall-free compute time of SCALE-Sim (Samajdar et al., ISPASS 2020). With K = k_h·k_w·C_in/G,
/// N = C_out/G, P = output pixels, a layer is mapped as S_r × S_c tiles that T steps stream through:
///
/// | dataflow | S_r | S_c | T | cycles |
/// |---|---|---|---|---|
/// | weight-stationary | K | N | P | F·(2R + C + T − 2) − 1 |
/// | input-stationary | K | P | N | F·(2R + C + T − 2) − 1 |
/// | output-stationary | P | N | K | F·(R + C + T − 2) − 1 |
///
/// with F = ⌈S_r/R⌉·⌈S_c/C⌉ folds; G groups take G times as long. A layer lasts for the longer of its cycles and its
/// DRAM traffic over the bandwidth, in whole cycles. Energy = MACs · e_mac + SRAM bytes moved · e_sram + DRAM bytes
/// moved · e_dram. Area = R·C · a_pe + SRAM bytes · a_sram. Leakage is not modelled.
///
/// *SRAM traffic*: the stationary operand is read once, the streamed operand once per fold of the columns, and results
/// once per fold of the rows, partial sums read back from the second of those folds on (output-stationary: the results
/// leave once, both operands are streamed, each once per fold of the other's dimension). *DRAM traffic*: an operand
/// whose footprint in a layer fits its SRAM region (half of it, since it is double-buffered) is fetched once, otherwise
/// as often as it is streamed; results leave once, as operands of the next layer. With `Memory.network` the region
/// holds the whole network's filters, loaded before the first image: they cause no DRAM traffic and their size is part
/// of the area, which makes area a property of the network.
///
/// *Bits.* Energies and areas of the parts are those for operands of `operandBytes`. With weights of b_w and inputs of
/// b_a bits, traffic and footprints are counted in whole bytes of packed operands, and what the profile names as the
/// multiplier's part of a MAC's energy and of a processing element's area is taken times b_w·b_a / operand bits²: of 45
/// nm multipliers, those of 32 bits take 15.5 times the energy of those of 8 (Horowitz, ISSCC 2014, figure
/// 1.1.9), where the rule says 16. Partial sums keep their width.
///
/// All costs rise with every count of a layer (K, N, P, G) and with the number of layers.
public struct SystolicArray: Sendable, Hashable {
  /// The simulator's name in profiles.
  public static let name = "systolic"

  /// Which operand stays in the processing elements.
  public enum Dataflow: String, Sendable, CaseIterable {
    case weightStationary = "weight-stationary"
    case inputStationary = "input-stationary"
    case outputStationary = "output-stationary"
  }

  /// The SRAM of one operand.
  public enum Memory: Sendable, Hashable {
    /// A double-buffered region of so many bytes: half of them hold the current layer's operand.
    case buffer(bytes: Int)
    /// As large as the whole network's operand, which stays in it.
    case network
  }

  /// Energies and areas of the parts.
  public struct Technology: Sendable, Hashable {
    /// One multiply-accumulate.
    public var mac: Energy
    /// The multiplication's part of it, where known.
    public var multiplication = Energy(joules: 0)
    /// One byte read from or written to SRAM.
    public var sramByte: Energy
    /// One byte read from or written to DRAM.
    public var dramByte: Energy
    /// One processing element.
    public var processingElement: Area
    /// The multiplier's part of it, where known.
    public var multiplier = Area(squareMillimetres: 0)
    /// SRAM for one byte.
    public var sramByteArea: Area

    public init(mac: Energy, sramByte: Energy, dramByte: Energy, processingElement: Area, sramByteArea: Area) {
      self.mac = mac
      self.sramByte = sramByte
      self.dramByte = dramByte
      self.processingElement = processingElement
      self.sramByteArea = sramByteArea
    }
  }

  /// Every number that makes an array, as a profile gives them or a search varies them; checked by the initialiser of
  /// the array.
  public struct Parameters: Sendable, Hashable {
    public var rows: Int
    public var columns: Int
    public var dataflow: Dataflow
    public var clock: Frequency
    /// Bytes of an input or a weight for which the technology's figures are given.
    public var operandBytes: Int
    /// As many as `operandBytes` has unless told otherwise.
    public var weightBits: Int
    /// Of inputs and results; as many as `operandBytes` has unless told otherwise.
    public var activationBits: Int
    /// Bytes of a partial sum.
    public var accumulatorBytes: Int
    /// Bytes of the double-buffered region for inputs.
    public var inputMemory: Int
    public var filterMemory: Memory
    /// Bytes of the double-buffered region for results.
    public var outputMemory: Int
    /// At least clock / 1024.
    public var dramBandwidth: Bandwidth
    public var technology: Technology

    public init(
      rows: Int, columns: Int, dataflow: Dataflow, clock: Frequency, operandBytes: Int, accumulatorBytes: Int,
      inputMemory: Int, filterMemory: Memory, outputMemory: Int, dramBandwidth: Bandwidth, technology: Technology
    ) {
      self.rows = rows
      self.columns = columns
      self.dataflow = dataflow
      self.clock = clock
      self.operandBytes = operandBytes
      weightBits = 8 * operandBytes
      activationBits = 8 * operandBytes
      self.accumulatorBytes = accumulatorBytes
      self.inputMemory = inputMemory
      self.filterMemory = filterMemory
      self.outputMemory = outputMemory
      self.dramBandwidth = dramBandwidth
      self.technology = technology
    }
  }

  public let parameters: Parameters

  @usableFromInline
  struct Shape: Sendable, Hashable {
    @usableFromInline let rows: Int
    @usableFromInline let columns: Int
  }

  /// The rows and columns that are filled and drained: the parameters' own, but for a bound over several arrays.
  @usableFromInline let filling: Shape
  @usableFromInline let dramBytesPerCycle: Double
  @usableFromInline let filterCapacity: Int
  /// Of one multiply-accumulate, and of one processing element, at the parameters' bits.
  @usableFromInline let mac: Energy
  @usableFromInline let processingElement: Area

  /// - Throws: `HardwareError.outOfRange`.
  public init(_ parameters: Parameters) throws(HardwareError) {
    let check = ParameterCheck()
    let (clock, bandwidth) = (parameters.clock.hertz, parameters.dramBandwidth.bytesPerSecond)
    try check.integer("rows", parameters.rows, 1...65_536)
    try check.integer("columns", parameters.columns, 1...65_536)
    try check.integer("operand_bits", 8 * parameters.operandBytes, 8...64)
    try check.integer("weight_bits", parameters.weightBits, 1...64)
    try check.integer("activation_bits", parameters.activationBits, 1...64)
    try check.integer("accumulator_bits", 8 * parameters.accumulatorBytes, 8...64)
    try check.integer("input_sram", parameters.inputMemory, 2...(1 << 40))
    try check.integer("output_sram", parameters.outputMemory, 2...(1 << 40))
    if case .buffer(let bytes) = parameters.filterMemory { try check.integer("filter_sram", bytes, 2...(1 << 40)) }
    try check.positive("clock", clock)
    try check.positive("dram_bandwidth", bandwidth)
    // Slower than that, the cycles of a transfer could exceed what `Int` holds.
    guard bandwidth >= clock / 1024 else {
      throw .outOfRange(
        parameter: "dram_bandwidth", found: "\(bandwidth)", allowed: "1/1024 byte per cycle of the clock or more")
    }
    let technology = parameters.technology
    try check.notNegative("mac_energy", technology.mac.joules)
    try check.notNegative("sram_energy", technology.sramByte.joules)
    try check.notNegative("dram_energy", technology.dramByte.joules)
    try check.notNegative("pe_area", technology.processingElement.squareMillimetres)
    try check.notNegative("sram_area", technology.sramByteArea.squareMillimetres)
    try check.part("multiplier_energy", technology.multiplication.joules, of: technology.mac.joules, "mac_energy")
    try check.part(
      "multiplier_area", technology.multiplier.squareMillimetres, of: technology.processingElement.squareMillimetres,
      "pe_area")
    self.init(checked: parameters)
  }

  /// - Parameter filling: rows and columns to fill and drain in place of those that fold.
  /// - Precondition: the parameters are such as the public initialiser takes.
  init(checked parameters: Parameters, filling: (rows: Int, columns: Int)? = nil) {
    self.parameters = parameters
    self.filling = Shape(rows: filling?.rows ?? parameters.rows, columns: filling?.columns ?? parameters.columns)
    dramBytesPerCycle = parameters.dramBandwidth.bytesPerSecond / parameters.clock.hertz
    filterCapacity = if case .buffer(let bytes) = parameters.filterMemory { bytes / 2 } else { .max }
    let technology = parameters.technology
    let reference = Double(64 * parameters.operandBytes * parameters.operandBytes)
    let growth = Double(parameters.weightBits * parameters.activationBits) / reference - 1
    mac = Energy(joules: technology.mac.joules + technology.multiplication.joules * growth)
    processingElement = Area(
      squareMillimetres: technology.processingElement.squareMillimetres
        + technology.multiplier.squareMillimetres * growth)
  }

  /// What a network does on the array, summed over its layers: integers, so that the order of sums never matters.
  public struct Tally: Sendable, Hashable {
    /// The counts in one vector, so that adding two tallies is a handful of instructions. No sum wraps: `Network` bounds
    /// layers and their MACs, and no traffic of a layer exceeds a few times its MACs.
    @usableFromInline var counts: SIMD8<Int64>

    @inlinable public init() { counts = .zero }

    /// Stall-free compute cycles.
    @inlinable public var computeCycles: Int { Int(counts[0]) }
    /// Σ over layers of the longer of compute cycles and DRAM transfer, in whole cycles.
    @inlinable public var cycles: Int { Int(counts[1]) }
    @inlinable public var macs: Int { Int(counts[2]) }
    /// Bytes read from and written to SRAM.
    @inlinable public var sramBytes: Int { Int(counts[3]) }
    /// Bytes read from and written to DRAM.
    @inlinable public var dramBytes: Int { Int(counts[4]) }
    /// Bytes of all filters.
    @inlinable public var filterBytes: Int { Int(counts[5]) }

    @inlinable
    init(computeCycles: Int, cycles: Int, macs: Int, sramBytes: Int, dramBytes: Int, filterBytes: Int) {
      counts = SIMD8(
        Int64(computeCycles), Int64(cycles), Int64(macs), Int64(sramBytes), Int64(dramBytes), Int64(filterBytes), 0, 0)
    }

    @inlinable
    public static func += (sum: inout Tally, other: Tally) { sum.counts &+= other.counts }

    /// `count` times the tally.
    @inlinable
    public static func * (count: Int, tally: Tally) -> Tally {
      var product = tally
      product.counts = tally.counts &* SIMD8(repeating: Int64(count))
      return product
    }
  }

  /// What one layer does on the array. Complexity: O(1), without allocation.
  @inlinable
  public func tally(of layer: WeightedLayer) -> Tally {
    let groups = layer.groups
    let k = layer.kernelHeight * layer.kernelWidth * layer.groupInputs
    let n = layer.groupOutputs
    let p = layer.outputPixels
    let filterBytes = Self.bytes(layer.weights, of: parameters.weightBits)
    let (cycles, inputPasses, filterPasses, outputMoves) = passes(k, n, p)
    let results = n * p * groups

    // Inputs are streamed as the K × P matrix of patches; in DRAM they lie as maps.
    let sram =
      Self.bytes(k * p * groups * inputPasses, of: parameters.activationBits) + filterBytes * filterPasses
      + results * outputMoves * parameters.accumulatorBytes
    let inputBytes = Self.bytes(layer.inputElements, of: parameters.activationBits)
    let inputFetches = inputBytes <= parameters.inputMemory / 2 ? 1 : inputPasses
    let filterFetches = parameters.filterMemory == .network ? 0 : filterBytes <= filterCapacity ? 1 : filterPasses
    let dram =
      inputBytes * inputFetches + filterBytes * filterFetches + Self.bytes(results, of: parameters.activationBits)
    // Rounded up by hand: a call of libm's ceil costs a fifth of a tally.
    let transferCycles = Double(dram) / dramBytesPerCycle
    let whole = Int(transferCycles)
    let transfer = Double(whole) < transferCycles ? whole + 1 : whole
    return Tally(
      computeCycles: groups * cycles, cycles: max(groups * cycles, transfer), macs: layer.macs, sramBytes: sram,
      dramBytes: dram, filterBytes: filterBytes)
  }

  /// The bytes of packed operands, rounded up.
  @inlinable
  static func bytes(_ operands: Int, of bits: Int) -> Int { operands / 8 * bits + (operands % 8 * bits + 7) / 8 }

  /// Compute cycles of one group, how often inputs and filters are streamed from SRAM, and how often a result is moved
  /// to or from it.
  @inlinable
  func passes(_ k: Int, _ n: Int, _ p: Int) -> (cycles: Int, inputs: Int, filters: Int, outputs: Int) {
    let (rows, columns) = (parameters.rows, parameters.columns)
    switch parameters.dataflow {
    case .weightStationary:
      let (rowFolds, columnFolds) = (k.dividedRoundingUp(by: rows), n.dividedRoundingUp(by: columns))
      return (
        rowFolds * columnFolds * (2 * filling.rows + filling.columns + p - 2) - 1, columnFolds, 1, 2 * rowFolds - 1
      )
    case .inputStationary:
      let (rowFolds, columnFolds) = (k.dividedRoundingUp(by: rows), p.dividedRoundingUp(by: columns))
      return (
        rowFolds * columnFolds * (2 * filling.rows + filling.columns + n - 2) - 1, 1, columnFolds, 2 * rowFolds - 1
      )
    case .outputStationary:
      let (rowFolds, columnFolds) = (p.dividedRoundingUp(by: rows), n.dividedRoundingUp(by: columns))
      return (rowFolds * columnFolds * (filling.rows + filling.columns + k - 2) - 1, columnFolds, rowFolds, 1)
    }
  }

  /// Latency, energy and area of a tally. Complexity: O(1), without allocation.
  @inlinable
  public func costs(of tally: Tally) -> Costs {
    let filterMemoryBytes = if case .buffer(let bytes) = parameters.filterMemory { bytes } else { tally.filterBytes }
    let technology = parameters.technology
    let area =
      Double(parameters.rows * parameters.columns) * processingElement.squareMillimetres
      + Double(parameters.inputMemory + filterMemoryBytes + parameters.outputMemory)
      * technology.sramByteArea.squareMillimetres
    return Costs(
      latency: Latency(seconds: Double(tally.cycles) / parameters.clock.hertz),
      energy: energy(of: tally), area: Area(squareMillimetres: area))
  }

  /// The energy of a tally. Complexity: O(1), without allocation.
  @inlinable
  public func energy(of tally: Tally) -> Energy {
    let energy = energies(of: tally)
    return Energy(joules: energy.mac + energy.sram + energy.dram)
  }

  /// The parts of a tally's energy, in joules.
  @inlinable
  func energies(of tally: Tally) -> (mac: Double, sram: Double, dram: Double) {
    let technology = parameters.technology
    return (
      Double(tally.macs) * mac.joules, Double(tally.sramBytes) * technology.sramByte.joules,
      Double(tally.dramBytes) * technology.dramByte.joules
    )
  }

  /// The tally of a network, layer by layer. Complexity: O(layers).
  public func tally(of layers: [WeightedLayer]) -> Tally {
    var tally = Tally()
    for layer in layers { tally += self.tally(of: layer) }
    return tally
  }

  /// The tally of a network of any kind. Complexity: O(different layers), without allocation.
  @inlinable
  public func tally(of network: some LayeredNetwork) -> Tally {
    var tally = Tally()
    network.forEachLayer { layer, count in tally += count * self.tally(of: layer) }
    return tally
  }
}

extension SystolicArray {
  static let energyParts = ["mac", "sram", "dram"]

  /// What one layer costs, part by part.
  func layerCost(of layer: WeightedLayer) -> LayerCost {
    let tally = tally(of: layer)
    let energy = energies(of: tally)
    return LayerCost(
      latency: Latency(seconds: Double(tally.cycles) / parameters.clock.hertz),
      energies: [energy.mac, energy.sram, energy.dram].map(Energy.init(joules:)),
      counts: [.integer(tally.computeCycles)])
  }
}
