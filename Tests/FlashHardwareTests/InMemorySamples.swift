import FlashGraph

@testable import FlashHardware

/// A chip of round numbers: crossbars of 8×8 2-bit cells, two to a tile, 4-bit weights and inputs.
func chipParameters() -> InMemoryComputing.Parameters {
  InMemoryComputing.Parameters(
    crossbarSize: 8, cellBits: 2, weightBits: 4, inputBits: 4, dacBits: 1, columnsPerADC: 4, elementCrossbars: 1,
    tileElements: 2, bufferBits: 16, flitBits: 8, schedule: .sequential, readTime: Latency(seconds: 10e-9),
    adcRate: Frequency(hertz: 1e9), clock: Frequency(hertz: 1e9),
    technology: InMemoryComputing.Technology(
      cell: Energy(joules: 1), dac: Energy(joules: 10), adc: Energy(joules: 100), adcReferenceBits: 3,
      shiftAdd: Energy(joules: 5), bufferByte: Energy(joules: 2), busByte: Energy(joules: 3),
      routerByte: Energy(joules: 7), cellArea: Area(squareMillimetres: 0.01), dacArea: Area(squareMillimetres: 0.1),
      adcArea: Area(squareMillimetres: 1), shiftAddArea: Area(squareMillimetres: 0.5),
      bufferArea: Area(squareMillimetres: 3), busArea: Area(squareMillimetres: 2),
      routerArea: Area(squareMillimetres: 1), crossbarLeakage: Power(watts: 1), adcLeakage: Power(watts: 2),
      bufferLeakage: Power(watts: 3), routerLeakage: Power(watts: 4)))
}

/// The chip with some of its numbers changed.
func chip(_ change: (inout InMemoryComputing.Parameters) -> Void = { _ in }) throws(HardwareError) -> InMemoryComputing
{
  var parameters = chipParameters()
  change(&parameters)
  return try InMemoryComputing(parameters)
}
