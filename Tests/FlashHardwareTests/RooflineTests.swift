import FlashGraph
import Testing

@testable import FlashHardware

@Suite("Roofline")
struct RooflineTests {
  func parameters() -> Roofline.Parameters {
    Roofline.Parameters(
      launch: Latency(seconds: 5), convolutionPeak: Frequency(hertz: 100), depthwisePeak: Frequency(hertz: 10),
      fullyConnectedPeak: Frequency(hertz: 1), bandwidth: Bandwidth(bytesPerSecond: 4), wordBits: 16)
  }

  // 3×3, 16 → 24 channels on 8×8: 221 184 MACs; 3456 weights, 1024 inputs, 1536 outputs of 2 bytes are 12 032 bytes.
  @Test("a layer takes its launch and the longer of computing and moving, by hand")
  func byHand() throws {
    var parameters = parameters()
    func time() throws -> Double { try Roofline(parameters).layerCost(of: convolution).latency.seconds }
    #expect(try time() == 5 + 12_032 / 4)
    parameters.bandwidth = Bandwidth(bytesPerSecond: 1e6)
    #expect(try time() == 5 + 2211.84)
  }

  @Test("each kind of operator has its own peak")
  func kinds() throws {
    var parameters = parameters()
    parameters.bandwidth = Bandwidth(bytesPerSecond: 1e9)
    let roofline = try Roofline(parameters)
    func depthwise(_ groups: Int) -> WeightedLayer {
      WeightedLayer(
        kernelHeight: 3, kernelWidth: 3, inputChannels: 8, outputChannels: 8, groups: groups, inputHeight: 4,
        inputWidth: 4, outputHeight: 4, outputWidth: 4)
    }
    #expect(roofline.layerCost(of: depthwise(8)).latency.seconds == 5 + 9 * 8 * 16 / 10.0)
    #expect(roofline.layerCost(of: depthwise(4)).latency.seconds == 5 + 9 * 16 * 16 / 100.0)
    #expect(roofline.layerCost(of: .fullyConnected(inputs: 6, outputs: 7)).latency.seconds == 5 + 42)
  }

  @Test("energy and area are there where figures are given, and absent otherwise")
  func absent() throws {
    var parameters = parameters()
    let network = CellNetwork(
      input: FeatureShape(channels: 1, height: 9, width: 9), classes: 4, cells: [DenseCell(width: 4, depth: 4, skip: 3)]
    )
    let bare = HardwareSimulator.roofline(try Roofline(parameters))
    #expect(bare.costs(of: network).energy.joules.isNaN && bare.costs(of: network).area.squareMillimetres.isNaN)
    #expect(bare.quantities == [.latency] && bare.energyParts == [] && bare.countNames == [])
    #expect(bare.layerCosts(of: network).allSatisfy { $0.energy.joules.isNaN })
    parameters.power = Power(watts: 3)
    parameters.mac = Energy(joules: 0.5)
    parameters.area = Area(squareMillimetres: 7)
    let full = HardwareSimulator.roofline(try Roofline(parameters))
    let costs = full.costs(of: network)
    #expect(full.quantities == CostQuantity.allCases)
    let expected = 3 * costs.latency.seconds + 0.5 * Double(network.features.macs)
    #expect(abs(costs.energy.joules - expected) < 1e-9 * expected)
    #expect(costs.area.squareMillimetres == 7)
  }

  @Test("rates, words and figures out of range are refused")
  func errors() {
    func message(_ change: (inout Roofline.Parameters) -> Void) -> String {
      var parameters = parameters()
      change(&parameters)
      do throws(HardwareError) {
        _ = try Roofline(parameters)
        return "no error"
      } catch { return error.description }
    }
    #expect(
      message { $0.bandwidth = Bandwidth(bytesPerSecond: 0) }
        == "bandwidth: out of range, found 0.0, allowed numbers > 0")
    #expect(message { $0.weightBits = 0 } == "weight_bits: out of range, found 0, allowed 1 to 64")
    #expect(message { $0.launch = Latency(seconds: -1) } == "launch: out of range, found -1.0, allowed numbers ≥ 0")
    #expect(message { $0.power = Power(watts: -1) } == "power: out of range, found -1.0, allowed numbers ≥ 0")
  }
}
