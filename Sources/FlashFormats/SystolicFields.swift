internal import FlashHardware

extension SystolicArray {
  static let parameterKeys = [
    "rows", "columns", "dataflow", "clock", "operand_bits", "accumulator_bits", "input_sram", "filter_sram",
    "output_sram", "dram_bandwidth", "mac_energy", "multiplier_energy", "sram_energy", "dram_energy", "pe_area",
    "multiplier_area", "sram_area",
  ]

  /// Reads the parameters of a profile.
  init(_ fields: inout ParameterFields) throws(FormatError) {
    let (rows, columns) = (try fields.integer("rows", 1...65_536), try fields.integer("columns", 1...65_536))
    let isNetwork = try fields.field.required("filter_sram").string() == "network"
    var parameters = Parameters(
      rows: rows, columns: columns, dataflow: try fields.word("dataflow"), clock: try fields.frequency("clock"),
      operandBytes: try fields.wordBytes("operand_bits"), accumulatorBytes: try fields.wordBytes("accumulator_bits"),
      inputMemory: try fields.bytes("input_sram"),
      filterMemory: isNetwork ? .network : .buffer(bytes: try fields.bytes("filter_sram")),
      outputMemory: try fields.bytes("output_sram"), dramBandwidth: try fields.bandwidth("dram_bandwidth"),
      technology: Technology(
        mac: try fields.energy("mac_energy"), sramByte: try fields.energyPerByte("sram_energy"),
        dramByte: try fields.energyPerByte("dram_energy"), processingElement: try fields.area("pe_area"),
        sramByteArea: Area(squareMillimetres: try fields.value("sram_area", .areaPerByte))))
    if let part = try fields.optional("multiplier_energy", .energy) {
      parameters.technology.multiplication = Energy(joules: part)
    }
    if let part = try fields.optional("multiplier_area", .area) {
      parameters.technology.multiplier = Area(squareMillimetres: part)
    }
    self = try fields.make { () throws(HardwareError) in try SystolicArray(parameters) }
  }
}
