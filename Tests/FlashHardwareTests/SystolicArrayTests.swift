import FlashGraph
import FlashNumerics
import Testing

@testable import FlashHardware

@Suite("Systolic array")
struct SystolicArrayTests {
  @Test("cycles of one convolution on 32×16, folds worked out by hand")
  func cyclesByHand() throws {
    // ⌈144/32⌉·⌈24/16⌉ = 10 folds of 64 + 16 + 64 − 2 cycles; ⌈144/32⌉·⌈64/16⌉ = 20 of 64 + 16 + 24 − 2;
    // ⌈64/32⌉·⌈24/16⌉ = 4 of 32 + 16 + 144 − 2.
    let expected: [SystolicArray.Dataflow: Int] = [
      .weightStationary: 10 * 142 - 1, .inputStationary: 20 * 102 - 1, .outputStationary: 4 * 190 - 1,
    ]
    #expect(expected.count == SystolicArray.Dataflow.allCases.count)
    for (dataflow, cycles) in expected {
      let tally = try array(dataflow).tally(of: convolution)
      #expect(tally.computeCycles == cycles, "\(dataflow)")
      #expect(tally.cycles == cycles, "\(dataflow)")
      #expect(tally.macs == 144 * 24 * 64)
      #expect(tally.filterBytes == 144 * 24)
    }
  }

  @Test("a fully connected layer is one pixel")
  func fullyConnected() throws {
    let layer = WeightedLayer.fullyConnected(inputs: 64, outputs: 10)
    #expect(try array(.weightStationary).tally(of: layer).computeCycles == 2 * (64 + 16 + 1 - 2) - 1)
    #expect(try array(.inputStationary).tally(of: layer).computeCycles == 2 * (64 + 16 + 10 - 2) - 1)
    #expect(try array(.outputStationary).tally(of: layer).computeCycles == 1 * (32 + 16 + 64 - 2) - 1)
  }

  @Test("SRAM traffic by hand: operands once per fold they are streamed in, partial sums written and read back")
  func sramByHand() throws {
    let (k, n, p) = (144, 24, 64)
    #expect(
      try array(.weightStationary).tally(of: convolution).sramBytes == k * p * 2 + k * n + n * p * 9 * 4)
    #expect(try array(.inputStationary).tally(of: convolution).sramBytes == k * p + k * n * 4 + n * p * 9 * 4)
    #expect(try array(.outputStationary).tally(of: convolution).sramBytes == k * p * 2 + k * n * 2 + n * p * 4)
  }

  @Test("DRAM traffic by hand: once where the footprint fits half the region, else as often as streamed")
  func dramByHand() throws {
    let (inputs, filters, results) = (16 * 64, 144 * 24, 24 * 64)
    for dataflow in SystolicArray.Dataflow.allCases {
      #expect(try array(dataflow).tally(of: convolution).dramBytes == inputs + filters + results)
    }
    let exactly = try array(.weightStationary, inputMemory: 2 * inputs).tally(of: convolution)
    #expect(exactly.dramBytes == inputs + filters + results)
    let short = try array(.weightStationary, inputMemory: 2 * inputs - 2).tally(of: convolution)
    #expect(short.dramBytes == 2 * inputs + filters + results)
    let filterShort = try array(.inputStationary, filterMemory: .buffer(bytes: 2 * filters - 2)).tally(of: convolution)
    #expect(filterShort.dramBytes == inputs + 4 * filters + results)
    let bothShort = try array(.outputStationary, inputMemory: 2, filterMemory: .buffer(bytes: 2))
      .tally(of: convolution)
    #expect(bothShort.dramBytes == 2 * inputs + 2 * filters + results)
  }

  @Test("operands of two bytes double all traffic but the partial sums")
  func operandBytes() throws {
    let one = try array(operandBytes: 1).tally(of: convolution)
    let two = try array(operandBytes: 2).tally(of: convolution)
    #expect(two.dramBytes == 2 * one.dramBytes)
    #expect(two.filterBytes == 2 * one.filterBytes)
    #expect(two.sramBytes - one.sramBytes == 144 * 64 * 2 + 144 * 24)
    #expect(two.cycles == one.cycles)
  }

  @Test("four groups take four times the cycles of one of them")
  func groups() throws {
    func layer(_ inputs: Int, _ outputs: Int, _ groups: Int) -> WeightedLayer {
      WeightedLayer(
        kernelHeight: 3, kernelWidth: 3, inputChannels: inputs, outputChannels: outputs, groups: groups,
        inputHeight: 8, inputWidth: 8, outputHeight: 8, outputWidth: 8)
    }
    for dataflow in SystolicArray.Dataflow.allCases {
      let array = try array(dataflow)
      let grouped = array.tally(of: layer(16, 24, 4))
      let single = array.tally(of: layer(4, 6, 1))
      #expect(grouped.computeCycles == 4 * single.computeCycles)
      #expect(grouped.macs == 4 * single.macs)
      #expect(grouped.sramBytes == 4 * single.sramBytes)
      #expect(grouped.dramBytes == 4 * single.dramBytes)
      #expect(grouped.filterBytes == 4 * single.filterBytes)
    }
    // K = 36, N = 6: two folds.
    #expect(try array().tally(of: layer(16, 24, 4)).computeCycles == 4 * (2 * 142 - 1))
  }

  @Test("a layer that waits for memory takes the transfer in whole cycles, any other its compute cycles")
  func memoryBound() throws {
    let bytes = 1024 + 3456 + 1536
    for (bandwidth, cycles) in [(1.0, bytes), (0.5, 2 * bytes), (1.7, 3539), (1e6, 1419)] {
      let tally = try array(dramBandwidth: bandwidth).tally(of: convolution)
      #expect(tally.dramBytes == bytes)
      #expect(tally.cycles == cycles)
      #expect(tally.computeCycles == 1419)
    }
    // Bytes a second over cycles a second.
    #expect(try array(clock: 1000, dramBandwidth: 500).tally(of: convolution).cycles == 2 * bytes)
  }

  @Test("`count` layers are that many times one, and a network is the sum of its layers")
  func sums() throws {
    let array = try array(.outputStationary, dramBandwidth: 3)
    var sum = SystolicArray.Tally()
    for _ in 0..<3 { sum += array.tally(of: convolution) }
    #expect(3 * array.tally(of: convolution) == sum)
    let network = try CellNetwork(
      input: FeatureShape(channels: 1, height: 9, width: 9), classes: 4,
      cells: [DenseCell(width: 4, depth: 4, skip: 3), DenseCell(width: 6, depth: 3, skip: 2)]
    ).network(seed: 0)
    var layers = SystolicArray.Tally()
    for layer in network.weightedLayers { layers += array.tally(of: layer) }
    #expect(array.tally(of: network.weightedLayers) == layers)
    #expect(try layers.macs == network.features.macs)
  }

  @Test("energy and area are the parts' figures times their numbers")
  func costs() throws {
    let technology = SystolicArray.Technology(
      mac: Energy(joules: 3), sramByte: Energy(joules: 5), dramByte: Energy(joules: 7),
      processingElement: Area(squareMillimetres: 11), sramByteArea: Area(squareMillimetres: 0.5))
    let array = try array(
      clock: 200, inputMemory: 4096, filterMemory: .buffer(bytes: 8192), outputMemory: 1024, technology: technology)
    let tally = array.tally(of: convolution)
    let costs = array.costs(of: tally)
    #expect(costs.energy.joules == Double(3 * tally.macs + 5 * tally.sramBytes + 7 * tally.dramBytes))
    #expect(costs.area.squareMillimetres == 32 * 16 * 11 + Double(4096 + 8192 + 1024) / 2)
    #expect(costs.latency.seconds == Double(tally.cycles) / 200)
  }

  @Test("filters kept on the array cause no DRAM traffic and make area grow by their bytes")
  func networkMemory() throws {
    let technology = SystolicArray.Technology(
      mac: Energy(joules: 0), sramByte: Energy(joules: 0), dramByte: Energy(joules: 1),
      processingElement: Area(squareMillimetres: 0), sramByteArea: Area(squareMillimetres: 2))
    let kept = try array(
      operandBytes: 2, inputMemory: 4096, filterMemory: .network, outputMemory: 1000, technology: technology)
    let tally = kept.tally(of: convolution)
    #expect(tally.dramBytes == 2 * (1024 + 1536))
    #expect(kept.costs(of: tally).area.squareMillimetres == 2 * Double(4096 + 1000 + 2 * convolution.weights))
    var twice = tally
    twice += tally
    let growth = kept.costs(of: twice).area.squareMillimetres - kept.costs(of: tally).area.squareMillimetres
    #expect(growth == 2 * 2 * Double(convolution.weights))
    let buffered = try array(operandBytes: 2, filterMemory: .buffer(bytes: 1 << 20)).tally(of: convolution)
    #expect(buffered.dramBytes - tally.dramBytes == 2 * convolution.weights)
  }

  @Test("no cost falls when a width, a depth or a skip rises")
  func monotone() throws {
    let technology = SystolicArray.Technology(
      mac: Energy(joules: 0.3e-12), sramByte: Energy(joules: 2.5e-12), dramByte: Energy(joules: 162.5e-12),
      processingElement: Area(squareMillimetres: 636e-6), sramByteArea: Area(squareMillimetres: 3.954e-6))
    var arrays: [SystolicArray] = []
    for dataflow in SystolicArray.Dataflow.allCases {
      for memory in [SystolicArray.Memory.network, .buffer(bytes: 600)] {
        arrays.append(
          try array(
            rows: 8, columns: 5, dataflow, inputMemory: 700, filterMemory: memory, dramBandwidth: 4,
            technology: technology))
      }
    }
    var random = SplitMix64(seed: 33)
    for _ in 0..<60 {
      let input = FeatureShape(channels: 1 + random.below(3), height: 5 + random.below(6), width: 5 + random.below(6))
      let cells = (0..<2).map { _ in
        DenseCell(width: 1 + random.below(12), depth: 1 + random.below(6), skip: random.below(30))
      }
      let index = random.below(2)
      let cell = cells[index]
      let raised = [
        DenseCell(width: cell.width + 1 + random.below(4), depth: cell.depth, skip: cell.skip),
        DenseCell(width: cell.width, depth: cell.depth + 1 + random.below(3), skip: cell.skip),
        DenseCell(width: cell.width, depth: cell.depth, skip: cell.skip + 1 + random.below(9)),
      ]
      let base = try CellNetwork(input: input, classes: 10, cells: cells).network(seed: 0)
      for other in raised {
        var larger = cells
        larger[index] = other
        let network = try CellNetwork(input: input, classes: 10, cells: larger).network(seed: 0)
        for array in arrays {
          let (low, high) = (
            array.costs(of: array.tally(of: base.weightedLayers)),
            array.costs(of: array.tally(of: network.weightedLayers))
          )
          #expect(low.latency.seconds <= high.latency.seconds, "\(array.parameters.dataflow) \(cells) \(larger)")
          #expect(low.energy.joules <= high.energy.joules, "\(array.parameters.dataflow) \(cells) \(larger)")
          #expect(
            low.area.squareMillimetres <= high.area.squareMillimetres, "\(array.parameters.dataflow) \(cells) \(larger)"
          )
        }
      }
    }
  }

  @Test("a larger array may be slower, which is why rows declare no monotony")
  func notMonotoneInRows() throws {
    let small = WeightedLayer.fullyConnected(inputs: 8, outputs: 8)
    let slow = try array(rows: 512).tally(of: small).cycles
    #expect(try array(rows: 8).tally(of: small).cycles < slow)
  }

  @Test("the catalogue names the simulators")
  func catalogue() {
    #expect(Simulator.catalogue.map(\.name) == ["systolic", "imc", "roofline"])
  }
}

@Suite("What a systolic array refuses")
struct SystolicArrayErrorTests {
  func message(_ make: () throws(HardwareError) -> SystolicArray) -> String {
    do throws(HardwareError) {
      _ = try make()
      return "no error"
    } catch { return error.description }
  }

  @Test("sizes out of range")
  func sizes() {
    #expect(
      message { () throws(HardwareError) in try array(rows: 0) } == "rows: out of range, found 0, allowed 1 to 65536")
    #expect(
      message { () throws(HardwareError) in try array(columns: 65_537) }
        == "columns: out of range, found 65537, allowed 1 to 65536")
    #expect(
      message { () throws(HardwareError) in try array(operandBytes: 9) }
        == "operand_bits: out of range, found 72, allowed 8 to 64")
    #expect(
      message { () throws(HardwareError) in try array(accumulatorBytes: 0) }
        == "accumulator_bits: out of range, found 0, allowed 8 to 64")
    #expect(
      message { () throws(HardwareError) in try array(inputMemory: 1) }
        == "input_sram: out of range, found 1, allowed 2 to 1099511627776")
    #expect(
      message { () throws(HardwareError) in try array(outputMemory: -4) }
        == "output_sram: out of range, found -4, allowed 2 to 1099511627776")
    #expect(
      message { () throws(HardwareError) in try array(filterMemory: .buffer(bytes: 0)) }
        == "filter_sram: out of range, found 0, allowed 2 to 1099511627776")
  }

  @Test("a clock or bandwidth that is not positive and finite", arguments: [0, -1, .nan, .infinity])
  func rates(value: Double) {
    #expect(
      message { () throws(HardwareError) in try array(clock: value) }
        == "clock: out of range, found \(value), allowed numbers > 0")
    #expect(
      message { () throws(HardwareError) in try array(dramBandwidth: value) }
        == "dram_bandwidth: out of range, found \(value), allowed numbers > 0")
  }

  @Test("a bandwidth so low that cycles would overflow")
  func tooSlow() throws {
    #expect(
      message { () throws(HardwareError) in try array(clock: 1e30, dramBandwidth: 1) }
        == "dram_bandwidth: out of range, found 1.0, allowed 1/1024 byte per cycle of the clock or more")
    #expect(try array(clock: 1024, dramBandwidth: 1).tally(of: convolution).cycles == 1024 * 6016)
  }

  @Test("an energy or area that is negative or not finite", arguments: [-1, .nan, .infinity])
  func constants(value: Double) {
    func technology(_ at: Int) -> SystolicArray.Technology {
      SystolicArray.Technology(
        mac: Energy(joules: at == 0 ? value : 1), sramByte: Energy(joules: at == 1 ? value : 1),
        dramByte: Energy(joules: at == 2 ? value : 1),
        processingElement: Area(squareMillimetres: at == 3 ? value : 1),
        sramByteArea: Area(squareMillimetres: at == 4 ? value : 1))
    }
    for (place, name) in ["mac_energy", "sram_energy", "dram_energy", "pe_area", "sram_area"].enumerated() {
      #expect(
        message { () throws(HardwareError) in try array(technology: technology(place)) }
          == "\(name): out of range, found \(value), allowed numbers ≥ 0")
    }
  }
}
