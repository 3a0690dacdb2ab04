/// ReRAM in-memory computing: weights stay in crossbars, crossbars in processing elements, those in tiles, and the
/// tiles in a mesh. After ISAAC (Shafiee et al., ISCA 2016, doi 10.1109/ISCA.2016.12), made parametric.
///
/// *Mapping.* With K = k_h·k_w·C_in/G, N = C_out/G, crossbars of S×S cells and ⌈b_w/b_cell⌉ columns a weight, a layer takes
///
///     G · ⌈K/S⌉ · ⌈N·⌈b_w/b_cell⌉/S⌉
///
/// crossbars, and whole tiles for itself. Signed weights cost one offset column a crossbar, beside its S columns. Tiles
/// lie row-major in layer order in a mesh ⌈√n⌉ wide.
///
/// *Time.* Each output pixel is one input vector, which enters in ⌈b_in/b_DAC⌉ steps of max(read time, columns per ADC /
/// f_ADC), all crossbars at once. Then, in cycles of the clock: shift-and-add 1, accumulation over the row blocks
/// ⌈log₂⌈K/S⌉⌉, activation 1, and the tiles' buffers, which hand over K·G inputs and N·G results a vector, split evenly
/// over the layer's tiles, a buffer's width a cycle. What a layer reads comes over the mesh first (`MeshTraffic`).
/// Layers run one after another, or pipelined by pixel row: each starts with its predecessor's first row, so that the
/// network takes Σ T/h + max (T − T/h) for layers of time T and h output rows.
///
/// *Energy* = Σ events · energy of the event + Σ leakage of the parts · latency. An ADC resolves ⌈log₂ S⌉ + b_cell + b_DAC
/// − 2 bits; its energy and its area double with every bit. *Area* = provisioned tiles · area of a tile.
///
/// Not modelled: writing the weights, the chip's input and output, refresh, wires between tiles, cells that do not read
/// as they were written.
///
/// Events are `Double`: they are exact below 2⁵³, and none overflows.
public struct InMemoryComputing: Sendable, Hashable {
  /// The simulator's name in profiles.
  public static let name = "imc"

  /// When layers run.
  public enum Schedule: String, Sendable, CaseIterable {
    /// One after another.
    case sequential
    /// Each from its predecessor's first pixel row on.
    case pipelined
  }

  /// Every number that makes a chip, as a profile gives them or a search varies them; checked by the initialiser.
  public struct Parameters: Sendable, Hashable {
    /// Rows and columns of a crossbar.
    public var crossbarSize: Int
    public var cellBits: Int
    public var weightBits: Int
    public var inputBits: Int
    public var dacBits: Int
    /// Columns that share an ADC.
    public var columnsPerADC: Int
    /// Crossbars of a processing element.
    public var elementCrossbars: Int
    /// Processing elements of a tile.
    public var tileElements: Int
    /// Bits that a tile's buffer hands over in a cycle.
    public var bufferBits: Int
    public var flitBits: Int
    public var schedule: Schedule
    /// Of a crossbar, until its currents can be converted.
    public var readTime: Latency
    public var adcRate: Frequency
    /// Of digital parts and the mesh.
    public var clock: Frequency
    public var technology: Technology

    public init(
      crossbarSize: Int, cellBits: Int, weightBits: Int, inputBits: Int, dacBits: Int, columnsPerADC: Int,
      elementCrossbars: Int, tileElements: Int, bufferBits: Int, flitBits: Int, schedule: Schedule,
      readTime: Latency, adcRate: Frequency, clock: Frequency, technology: Technology
    ) {
      self.crossbarSize = crossbarSize
      self.cellBits = cellBits
      self.weightBits = weightBits
      self.inputBits = inputBits
      self.dacBits = dacBits
      self.columnsPerADC = columnsPerADC
      self.elementCrossbars = elementCrossbars
      self.tileElements = tileElements
      self.bufferBits = bufferBits
      self.flitBits = flitBits
      self.schedule = schedule
      self.readTime = readTime
      self.adcRate = adcRate
      self.clock = clock
      self.technology = technology
    }
  }

  /// Energies, areas and leakage of the parts.
  public struct Technology: Sendable, Hashable {
    /// One cell in one read of its crossbar.
    public var cell: Energy
    /// One row driven for one step.
    public var dac: Energy
    /// One conversion at `adcReferenceBits`.
    public var adc: Energy
    public var adcReferenceBits: Int
    /// One shift-and-add, and one addition of row blocks.
    public var shiftAdd: Energy
    /// One byte in or out of a tile's buffer.
    public var bufferByte: Energy
    /// One byte over the bus of a tile.
    public var busByte: Energy
    /// One byte through a router.
    public var routerByte: Energy
    public var cellArea: Area
    public var dacArea: Area
    /// Of one ADC of `adcReferenceBits`.
    public var adcArea: Area
    /// Of the unit behind one ADC.
    public var shiftAddArea: Area
    public var bufferArea: Area
    public var busArea: Area
    public var routerArea: Area
    public var crossbarLeakage: Power
    public var adcLeakage: Power
    public var bufferLeakage: Power
    public var routerLeakage: Power

    public init(
      cell: Energy, dac: Energy, adc: Energy, adcReferenceBits: Int, shiftAdd: Energy, bufferByte: Energy,
      busByte: Energy, routerByte: Energy, cellArea: Area, dacArea: Area, adcArea: Area, shiftAddArea: Area,
      bufferArea: Area, busArea: Area, routerArea: Area, crossbarLeakage: Power, adcLeakage: Power,
      bufferLeakage: Power, routerLeakage: Power
    ) {
      self.cell = cell
      self.dac = dac
      self.adc = adc
      self.adcReferenceBits = adcReferenceBits
      self.shiftAdd = shiftAdd
      self.bufferByte = bufferByte
      self.busByte = busByte
      self.routerByte = routerByte
      self.cellArea = cellArea
      self.dacArea = dacArea
      self.adcArea = adcArea
      self.shiftAddArea = shiftAddArea
      self.bufferArea = bufferArea
      self.busArea = busArea
      self.routerArea = routerArea
      self.crossbarLeakage = crossbarLeakage
      self.adcLeakage = adcLeakage
      self.bufferLeakage = bufferLeakage
      self.routerLeakage = routerLeakage
    }
  }

  public let parameters: Parameters

  /// ⌈log₂ S⌉ + b_cell + b_DAC − 2.
  public let adcBits: Int
  /// ⌈S / columns per ADC⌉: conversions that a crossbar makes at the same time.
  public let crossbarADCs: Int
  /// Of one step of the inputs.
  public let stepTime: Latency
  public let tileArea: Area
  public let tileLeakage: Power
  /// 2^(ADC bits − reference bits).
  let adcScale: Double
  @usableFromInline let weightColumns: Int
  @usableFromInline let inputSteps: Int
  @usableFromInline let tileCrossbars: Int

  /// - Throws: `HardwareError.outOfRange`.
  public init(_ parameters: Parameters) throws(HardwareError) {
    try Self.check(parameters)
    self.init(checked: parameters)
  }

  /// - Precondition: the parameters are such as the public initialiser takes.
  init(checked parameters: Parameters) {
    self.parameters = parameters
    let size = parameters.crossbarSize
    adcBits = max(1, Self.logarithm(size) + parameters.cellBits + parameters.dacBits - 2)
    crossbarADCs = size.dividedRoundingUp(by: parameters.columnsPerADC)
    stepTime = Latency(
      seconds: max(parameters.readTime.seconds, Double(parameters.columnsPerADC) / parameters.adcRate.hertz))
    weightColumns = parameters.weightBits.dividedRoundingUp(by: parameters.cellBits)
    inputSteps = parameters.inputBits.dividedRoundingUp(by: parameters.dacBits)
    tileCrossbars = parameters.elementCrossbars * parameters.tileElements
    let technology = parameters.technology
    let doublings = adcBits - technology.adcReferenceBits
    adcScale = doublings < 0 ? 1 / Double(1 << -doublings) : Double(1 << doublings)
    let crossbar =
      Double(size * size) * technology.cellArea.squareMillimetres
      + Double(size) * technology.dacArea.squareMillimetres
      + Double(crossbarADCs)
      * (technology.adcArea.squareMillimetres * adcScale + technology.shiftAddArea.squareMillimetres)
    tileArea = Area(
      squareMillimetres: Double(tileCrossbars) * crossbar + technology.bufferArea.squareMillimetres
        + technology.busArea.squareMillimetres + technology.routerArea.squareMillimetres)
    tileLeakage = Power(
      watts: Double(tileCrossbars)
        * (technology.crossbarLeakage.watts + Double(crossbarADCs) * technology.adcLeakage.watts)
        + technology.bufferLeakage.watts + technology.routerLeakage.watts)
  }

  /// ⌈log₂ n⌉.
  @inlinable
  static func logarithm(_ n: Int) -> Int { n <= 1 ? 0 : Int.bitWidth - (n - 1).leadingZeroBitCount }

  private static func check(_ parameters: Parameters) throws(HardwareError) {
    let check = ParameterCheck()
    try check.integer("crossbar_size", parameters.crossbarSize, 8...4096)
    try check.integer("cell_bits", parameters.cellBits, 1...8)
    try check.integer("weight_bits", parameters.weightBits, 1...32)
    try check.integer("input_bits", parameters.inputBits, 1...32)
    try check.integer("dac_bits", parameters.dacBits, 1...8)
    try check.integer("columns_per_adc", parameters.columnsPerADC, 1...parameters.crossbarSize)
    try check.integer("element_crossbars", parameters.elementCrossbars, 1...1024)
    try check.integer("tile_elements", parameters.tileElements, 1...1024)
    try check.integer("buffer_bits", parameters.bufferBits, 1...65_536)
    try check.integer("flit_bits", parameters.flitBits, 1...65_536)
    try check.notNegative("read_time", parameters.readTime.seconds)
    try check.positive("adc_rate", parameters.adcRate.hertz)
    try check.positive("clock", parameters.clock.hertz)
    let technology = parameters.technology
    try check.integer("adc_reference_bits", technology.adcReferenceBits, 1...16)
    let energies = [
      ("cell_energy", technology.cell), ("dac_energy", technology.dac), ("adc_energy", technology.adc),
      ("shift_add_energy", technology.shiftAdd), ("buffer_energy", technology.bufferByte),
      ("bus_energy", technology.busByte), ("router_energy", technology.routerByte),
    ]
    for (name, value) in energies { try check.notNegative(name, value.joules) }
    let areas = [
      ("cell_area", technology.cellArea), ("dac_area", technology.dacArea), ("adc_area", technology.adcArea),
      ("shift_add_area", technology.shiftAddArea), ("buffer_area", technology.bufferArea),
      ("bus_area", technology.busArea), ("router_area", technology.routerArea),
    ]
    for (name, value) in areas { try check.notNegative(name, value.squareMillimetres) }
    let leakages = [
      ("crossbar_leakage", technology.crossbarLeakage), ("adc_leakage", technology.adcLeakage),
      ("buffer_leakage", technology.bufferLeakage), ("router_leakage", technology.routerLeakage),
    ]
    for (name, value) in leakages { try check.notNegative(name, value.watts) }
  }
}
