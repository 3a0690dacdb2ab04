import FlashGraph

@testable import FlashHardware

/// An array with plenty of memory and bandwidth unless told otherwise; clock 1 Hz, so that a latency is its cycles.
func array(
  rows: Int = 32, columns: Int = 16, _ dataflow: SystolicArray.Dataflow = .weightStationary,
  clock: Double = 1, operandBytes: Int = 1, accumulatorBytes: Int = 4, inputMemory: Int = 1 << 30,
  filterMemory: SystolicArray.Memory = .buffer(bytes: 1 << 30), outputMemory: Int = 1024,
  dramBandwidth: Double = 1e12,
  technology: SystolicArray.Technology = SystolicArray.Technology(
    mac: Energy(joules: 1), sramByte: Energy(joules: 0), dramByte: Energy(joules: 0),
    processingElement: Area(squareMillimetres: 1), sramByteArea: Area(squareMillimetres: 0))
) throws(HardwareError) -> SystolicArray {
  try SystolicArray(
    .init(
      rows: rows, columns: columns, dataflow: dataflow, clock: Frequency(hertz: clock), operandBytes: operandBytes,
      accumulatorBytes: accumulatorBytes, inputMemory: inputMemory, filterMemory: filterMemory,
      outputMemory: outputMemory, dramBandwidth: Bandwidth(bytesPerSecond: dramBandwidth), technology: technology))
}

/// 3×3, 16 → 24 channels on 8×8 maps: K = 144, N = 24, P = 64.
let convolution = WeightedLayer(
  kernelHeight: 3, kernelWidth: 3, inputChannels: 16, outputChannels: 24, inputHeight: 8, inputWidth: 8,
  outputHeight: 8, outputWidth: 8)
