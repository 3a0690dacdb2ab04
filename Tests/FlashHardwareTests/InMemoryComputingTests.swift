import FlashGraph
import Testing

@testable import FlashHardware

@Suite("In-memory computing")
struct InMemoryComputingTests {
  /// A 3×3 convolution of 2 to 4 channels over 2×2 maps, and a fully connected layer over its 16 outputs.
  func twoLayers() throws -> GraphTraffic {
    let network = try Network(
      input: FeatureShape(channels: 2, height: 2, width: 2),
      layers: [
        .init(
          name: "a", operation: .convolution(outputChannels: 4, kernel: 3, stride: 1, groups: 1),
          inputs: [.init(producer: nil)]),
        .init(name: "b", operation: .fullyConnected(outputs: 3, hasBias: true), inputs: [.init(producer: 0)]),
      ])
    return try #require(try network.layerGraph.traffic)
  }

  // On paper. A weight takes 4/2 = 2 columns, an input 4/1 = 4 steps of max(10 ns, 4 columns / 1 GHz) = 10 ns. ADCs have
  // 3 + 2 + 1 − 2 = 4 bits, one more than the reference: twice its energy and area. A tile has 2 crossbars.
  //
  // a: K = 18, N = 4, P = 4: ⌈18/8⌉ = 3 row blocks, ⌈8/8⌉ = 1 column block: 3 crossbars, tiles 0 and 1.
  //    4·4 = 16 steps: 160 ns. A vector takes 1 + ⌈log₂ 3⌉ + 1 = 4 cycles and ⌈(18 + 4)·4 / (2·16)⌉ = 3 of the buffers:
  //    4·7 = 28 cycles.
  //    3·16 = 48 reads; 18·16 = 288 DACs; 3·(8 + 1)·16 = 432 conversions; 432 + 2·4·4 = 464 additions; 4·88/8 = 44 bytes.
  // b: K = 16, N = 3, P = 1: 2 row blocks, 1 column block: 2 crossbars, tile 2.
  //    4 steps: 40 ns. 1 + 1 + 1 cycles and ⌈(16 + 3)·4 / 16⌉ = 5: 8 cycles.
  //    2·4 = 8 reads; 16·4 = 64 DACs; 2·(6 + 1)·4 = 56 conversions; 56 + 3 = 59 additions; 76/8 = 9.5 bytes.
  // Mesh: 3 tiles, 2 in a row. a sends 16·4 bits = 8 flits over 1 link (tile 0 to 2) or 2 (tile 1 to 2), 1.5 on average:
  //    12 hops, 20 routers. 2.5·4 + 2 + 8 − 1 = 19 cycles: b's one tile takes all 8 flits.
  // Latency: 200 ns + (28 + 8 + 19) ns = 255 ns.
  // Leakage of a tile: 2·(1 + 2·2) + 3 + 4 = 17 W.
  // Area of a tile: 2·(64·0.01 + 8·0.1 + 2·(2 + 0.5)) + 3 + 2 + 1 = 18.88.
  @Test("a network of two layers, worked out on paper")
  func byHand() throws {
    let chip = try chip()
    #expect(chip.adcBits == 4)
    #expect(chip.crossbarADCs == 2)
    let run = chip.run(try twoLayers())
    let tally = run.tally
    #expect(tally.crossbars == 5)
    #expect(tally.tiles == 3)
    #expect(tally.steps == 20)
    #expect(tally.digitalCycles == 36)
    #expect(tally.meshCycles == 19)
    #expect(tally.flitHops == 12)
    #expect(tally.flitRouters == 20)
    #expect(tally.reads == 56)
    #expect(tally.dacConversions == 352)
    #expect(tally.adcConversions == 488)
    #expect(tally.additions == 523)
    #expect(tally.bufferBytes == 53.5)
    let costs = chip.costs(of: run)
    #expect(abs(costs.latency.seconds - 255e-9) < 1e-20)
    let parts: [Double] = [56 * 64, 352 * 10, 488 * 200, 523 * 5, 53.5 * 2, 53.5 * 3, 20 * 7, 51 * 255e-9]
    let energy = parts.reduce(0, +)
    #expect(abs(costs.energy.joules - energy) < 1e-9)
    #expect(abs(costs.area.squareMillimetres - 3 * 18.88) < 1e-12)
  }

  @Test("the layers' costs sum to the network's, layer by layer as worked out on paper")
  func layers() throws {
    let chip = try chip()
    let layers = chip.layerCosts(of: try twoLayers())
    #expect(
      layers.map(\.counts) == [
        [.integer(3), .integer(2), .number(0)], [.integer(2), .integer(1), .number(12)],
      ])
    #expect(abs(layers[0].latency.seconds - 188e-9) < 1e-20)
    #expect(abs(layers[1].latency.seconds - 67e-9) < 1e-20)
    #expect(layers[1].energies.map(\.joules).dropLast() == [512, 640, 11_200, 295, 19, 28.5, 140])
    #expect(abs(layers[1].energies[7].joules - 51 * 67e-9) < 1e-18)
  }

  // a takes 188 ns for 2 rows, b 67 ns for 1: 94 + 67, and the other row of a.
  @Test("pipelined, a network takes one row of each layer and the rest of the longest")
  func pipelined() throws {
    let chip = try chip { $0.schedule = .pipelined }
    let network = try twoLayers()
    #expect(abs(chip.run(network).latency.seconds - (94 + 67 + 94) * 1e-9) < 1e-20)
    let layers = chip.layerCosts(of: network)
    #expect(abs(layers[0].latency.seconds - 188e-9) < 1e-20)
    let deep = CellNetwork(
      input: FeatureShape(channels: 3, height: 16, width: 16), classes: 10,
      cells: [DenseCell(width: 8, depth: 8, skip: 0)])
    let (one, other) = (try FlashHardwareTests.chip().run(deep).latency.seconds, chip.run(deep).latency.seconds)
    #expect(other < one / 4)
    #expect(other > one / 9)
  }

  @Test("crossbars follow the padded size of every group", arguments: [(1, 8), (2, 4), (4, 4), (16, 16)])
  func groups(groups: Int, crossbars: Int) throws {
    // K = 16/G, N = 16/G, two columns a weight: G·⌈16/G/8⌉·⌈32/G/8⌉.
    let layer = WeightedLayer(
      kernelHeight: 1, kernelWidth: 1, inputChannels: 16, outputChannels: 16, groups: groups, inputHeight: 3,
      inputWidth: 3, outputHeight: 3, outputWidth: 3)
    #expect(try chip().tally(of: layer).crossbars == crossbars)
  }

  @Test("an ADC's bits follow the crossbar, its energy and area double with each of them")
  func converters() throws {
    let layer = WeightedLayer.fullyConnected(inputs: 8, outputs: 4)
    var before: (energy: Double, area: Double, bits: Int)?
    for size in [8, 16, 32, 64, 128] {
      // Nothing but ADCs costs anything.
      let chip = try chip { parameters in
        parameters.crossbarSize = size
        parameters.columnsPerADC = size
        let none = (Energy(joules: 0), Area(squareMillimetres: 0), Power(watts: 0))
        parameters.technology = .init(
          cell: none.0, dac: none.0, adc: Energy(joules: 1), adcReferenceBits: 8, shiftAdd: none.0, bufferByte: none.0,
          busByte: none.0, routerByte: none.0, cellArea: none.1, dacArea: none.1, adcArea: Area(squareMillimetres: 1),
          shiftAddArea: none.1, bufferArea: none.1, busArea: none.1, routerArea: none.1, crossbarLeakage: none.2,
          adcLeakage: none.2, bufferLeakage: none.2, routerLeakage: none.2)
      }
      let run = chip.run(
        CellNetwork(input: FeatureShape(channels: 8, height: 1, width: 1), classes: 4, cells: [Cell]()))
      #expect(run.tally.adcConversions == chip.tally(of: layer).adcConversions)
      let costs = chip.costs(of: run)
      if let before {
        #expect(chip.adcBits == before.bits + 1)
        #expect(costs.energy.joules == 2 * before.energy)
        #expect(costs.area.squareMillimetres == 2 * before.area)
      }
      before = (costs.energy.joules, costs.area.squareMillimetres, chip.adcBits)
    }
    #expect(try chip { $0.crossbarSize = 128 }.adcBits == 8)
  }

  @Test("twice the columns per ADC are half the conversions at a time, and no less time")
  func sharing() throws {
    for columns in [1, 2, 4] {
      let (one, two) = (try chip { $0.columnsPerADC = columns }, try chip { $0.columnsPerADC = 2 * columns })
      #expect(one.crossbarADCs == 2 * two.crossbarADCs)
      #expect(one.stepTime.seconds <= two.stepTime.seconds)
    }
    // 8 columns at 0.5 GS/s take longer than a read.
    #expect(try chip { ($0.columnsPerADC, $0.adcRate) = (8, Frequency(hertz: 5e8)) }.stepTime.seconds == 16e-9)
  }

  @Test("area follows provisioned tiles: the second crossbar of a tile is free, the third is not")
  func provisioned() throws {
    let chip = try chip()
    let areas = [8, 16, 17, 32, 33].map { inputs in
      let network = CellNetwork(
        input: FeatureShape(channels: inputs, height: 1, width: 1), classes: 4, cells: [Cell]())
      return chip.costs(of: chip.run(network)).area.squareMillimetres / chip.tileArea.squareMillimetres
    }
    #expect(areas == [1, 1, 2, 2, 3])
  }

  @Test("parameters out of range are refused by their name in profiles")
  func errors() {
    func message(_ change: (inout InMemoryComputing.Parameters) -> Void) -> String {
      do throws(HardwareError) {
        _ = try chip(change)
        return "no error"
      } catch { return error.description }
    }
    #expect(message { $0.crossbarSize = 4 } == "crossbar_size: out of range, found 4, allowed 8 to 4096")
    #expect(message { $0.columnsPerADC = 9 } == "columns_per_adc: out of range, found 9, allowed 1 to 8")
    #expect(message { $0.clock = Frequency(hertz: 0) } == "clock: out of range, found 0.0, allowed numbers > 0")
    #expect(
      message { $0.technology.adc = Energy(joules: -1) } == "adc_energy: out of range, found -1.0, allowed numbers ≥ 0")
    #expect(
      message { $0.technology.routerLeakage = Power(watts: .nan) }
        == "router_leakage: out of range, found nan, allowed numbers ≥ 0")
  }
}
