internal import FlashHardware

extension Roofline {
  static let parameterKeys = [
    "launch", "convolution_peak", "depthwise_peak", "fully_connected_peak", "bandwidth", "word_bits", "mac_energy",
    "memory_energy", "power", "area",
  ]

  /// Reads the parameters of a profile.
  init(_ fields: inout ParameterFields) throws(FormatError) {
    let parameters = Parameters(
      launch: try fields.time("launch"), convolutionPeak: try fields.rate("convolution_peak"),
      depthwisePeak: try fields.rate("depthwise_peak"), fullyConnectedPeak: try fields.rate("fully_connected_peak"),
      bandwidth: try fields.bandwidth("bandwidth"), wordBits: 8 * (try fields.wordBytes("word_bits")),
      mac: try fields.optional("mac_energy", .energy).map(Energy.init(joules:)),
      byte: try fields.optional("memory_energy", .energyPerByte).map(Energy.init(joules:)),
      power: try fields.optional("power", .power).map(Power.init(watts:)),
      area: try fields.optional("area", .area).map(Area.init(squareMillimetres:)))
    self = try fields.make { () throws(HardwareError) in try Roofline(parameters) }
  }
}
