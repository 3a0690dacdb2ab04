import FlashGraph
import Testing

@testable import FlashHardware

/// Weights and activations of other widths than the profile's.
@Suite("Operand bits")
struct OperandBitsTests {
  private let technology = SystolicArray.Technology(
    mac: Energy(joules: 3), sramByte: Energy(joules: 0), dramByte: Energy(joules: 0),
    processingElement: Area(squareMillimetres: 6), sramByteArea: Area(squareMillimetres: 0))

  @Test("the profile's own widths, given, change nothing")
  func same() throws {
    let bits = OperandBits(weight: 8, activation: 8)
    #expect(try HardwareSimulator.systolic(array()).with(bits) == .systolic(array()))
    let chip = try chip { ($0.weightBits, $0.inputBits) = (8, 8) }
    #expect(try HardwareSimulator.imc(chip).with(bits) == .imc(chip))
    #expect(try HardwareSimulator.imc(chip).with(OperandBits()) == .imc(chip))
  }

  @Test("systolic traffic by hand: packed operands in whole bytes, partial sums as wide as before")
  func traffic() throws {
    let (k, n, p, inputs) = (144, 24, 64, 16 * 64)
    let parameters = try array().parameters.with(OperandBits(weight: 3, activation: 4))
    let tally = try SystolicArray(parameters).tally(of: convolution)
    let filters = k * n * 3 / 8
    #expect(tally.filterBytes == filters)
    #expect(tally.sramBytes == k * p * 2 / 2 + filters + n * p * 9 * 4)
    #expect(tally.dramBytes == inputs / 2 + filters + n * p / 2)
    #expect(try tally.computeCycles == array().tally(of: convolution).computeCycles)
    // 27 weights of 3 bits are 81 bits, eleven bytes.
    let odd = WeightedLayer(
      kernelHeight: 3, kernelWidth: 3, inputChannels: 3, outputChannels: 1, inputHeight: 1, inputWidth: 1,
      outputHeight: 1, outputWidth: 1)
    #expect(try SystolicArray(parameters).tally(of: odd).filterBytes == 11)
  }

  @Test("the multiplier's part of energy and area goes with the product of the widths, the rest stays")
  func multiplier() throws {
    var technology = technology
    technology.multiplication = Energy(joules: 2)
    technology.multiplier = Area(squareMillimetres: 4)
    let array = try array(rows: 1, columns: 1, technology: technology)
    let tally = array.tally(of: convolution)
    for (weight, activation, energy, area) in [(8, 8, 3.0, 6.0), (4, 8, 2.0, 4.0), (4, 4, 1.5, 3.0), (16, 8, 5, 10)] {
      let other = try SystolicArray(array.parameters.with(OperandBits(weight: weight, activation: activation)))
      let costs = other.costs(of: tally)
      #expect(costs.energy.joules == Double(tally.macs) * energy)
      #expect(costs.area.squareMillimetres == area)
    }
  }

  @Test("a multiplier larger than its processing element is refused")
  func parts() {
    func message(_ change: (inout SystolicArray.Technology) -> Void) -> String {
      var technology = technology
      change(&technology)
      do throws(HardwareError) {
        _ = try array(technology: technology)
        return "no error"
      } catch { return error.description }
    }
    #expect(
      message { $0.multiplication = Energy(joules: 4) }
        == "multiplier_energy: out of range, found 4.0, allowed 0 to mac_energy")
    #expect(
      message { $0.multiplier = Area(squareMillimetres: -1) }
        == "multiplier_area: out of range, found -1.0, allowed 0 to pe_area")
  }

  @Test("crossbars hold weights of fewer bits in fewer columns, and take inputs of fewer bits in fewer steps")
  func crossbars() throws {
    let own = try chip().tally(of: convolution)
    let parameters = chipParameters()
    let narrow = try InMemoryComputing(parameters.with(OperandBits(weight: 2))).tally(of: convolution)
    #expect(2 * narrow.crossbars == own.crossbars)
    let short = try InMemoryComputing(parameters.with(OperandBits(activation: 2))).tally(of: convolution)
    #expect(2 * short.steps == own.steps)
    #expect(short.crossbars == own.crossbars)
  }

  @Test("a roofline moves fewer bits faster and computes no faster")
  func roofline() throws {
    let parameters = Roofline.Parameters(
      launch: Latency(seconds: 0), convolutionPeak: Frequency(hertz: 1e12), depthwisePeak: Frequency(hertz: 1e12),
      fullyConnectedPeak: Frequency(hertz: 1e12), bandwidth: Bandwidth(bytesPerSecond: 1), wordBits: 32)
    func time(_ bits: OperandBits) throws -> Double {
      let simulator = try HardwareSimulator.roofline(Roofline(parameters)).with(bits)
      guard case .roofline(let roofline) = simulator else { return .nan }
      var tally = Roofline.Tally()
      roofline.add(convolution, to: &tally)
      return tally.time.seconds
    }
    let (weights, activations) = (144 * 24, 16 * 64 + 24 * 64)
    #expect(try time(OperandBits()) == Double(4 * (weights + activations)))
    #expect(try time(OperandBits(weight: 8)) == Double(weights + 4 * activations))
    #expect(try time(OperandBits(weight: 8, activation: 16)) == Double(weights + 2 * activations))
  }

  @Test("widths that a simulator does not have are refused")
  func errors() throws {
    #expect(
      throws: HardwareError.outOfRange(parameter: "weight_bits", found: "33", allowed: "1 to 32"),
      performing: { try HardwareSimulator.imc(chip()).with(OperandBits(weight: 33)) })
    #expect(
      throws: HardwareError.outOfRange(parameter: "activation_bits", found: "0", allowed: "1 to 64"),
      performing: { try HardwareSimulator.systolic(array()).with(OperandBits(activation: 0)) })
  }
}
