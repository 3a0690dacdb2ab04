internal import FlashHardware

extension InMemoryComputing {
  static let parameterKeys = [
    "crossbar_size", "cell_bits", "weight_bits", "input_bits", "dac_bits", "columns_per_adc", "element_crossbars",
    "tile_elements", "buffer_bits", "flit_bits", "schedule", "read_time", "adc_rate", "clock", "cell_energy",
    "dac_energy", "adc_energy", "adc_reference_bits", "shift_add_energy", "buffer_energy", "bus_energy",
    "router_energy", "cell_area", "dac_area", "adc_area", "shift_add_area", "buffer_area", "bus_area", "router_area",
    "crossbar_leakage", "adc_leakage", "buffer_leakage", "router_leakage",
  ]

  /// Reads the parameters of a profile.
  init(_ fields: inout ParameterFields) throws(FormatError) {
    let size = try fields.integer("crossbar_size", 8...4096)
    let parameters = Parameters(
      crossbarSize: size, cellBits: try fields.integer("cell_bits", 1...8),
      weightBits: try fields.integer("weight_bits", 1...32), inputBits: try fields.integer("input_bits", 1...32),
      dacBits: try fields.integer("dac_bits", 1...8), columnsPerADC: try fields.integer("columns_per_adc", 1...size),
      elementCrossbars: try fields.integer("element_crossbars", 1...1024),
      tileElements: try fields.integer("tile_elements", 1...1024),
      bufferBits: try fields.integer("buffer_bits", 1...65_536), flitBits: try fields.integer("flit_bits", 1...65_536),
      schedule: try fields.word("schedule"), readTime: try fields.time("read_time"),
      adcRate: try fields.frequency("adc_rate"), clock: try fields.frequency("clock"),
      technology: try Technology(&fields))
    self = try fields.make { () throws(HardwareError) in try InMemoryComputing(parameters) }
  }
}

extension InMemoryComputing.Technology {
  fileprivate init(_ fields: inout ParameterFields) throws(FormatError) {
    self.init(
      cell: try fields.energy("cell_energy"), dac: try fields.energy("dac_energy"),
      adc: try fields.energy("adc_energy"), adcReferenceBits: try fields.integer("adc_reference_bits", 1...16),
      shiftAdd: try fields.energy("shift_add_energy"), bufferByte: try fields.energyPerByte("buffer_energy"),
      busByte: try fields.energyPerByte("bus_energy"), routerByte: try fields.energyPerByte("router_energy"),
      cellArea: try fields.area("cell_area"), dacArea: try fields.area("dac_area"),
      adcArea: try fields.area("adc_area"), shiftAddArea: try fields.area("shift_add_area"),
      bufferArea: try fields.area("buffer_area"), busArea: try fields.area("bus_area"),
      routerArea: try fields.area("router_area"), crossbarLeakage: try fields.power("crossbar_leakage"),
      adcLeakage: try fields.power("adc_leakage"), bufferLeakage: try fields.power("buffer_leakage"),
      routerLeakage: try fields.power("router_leakage"))
  }
}
