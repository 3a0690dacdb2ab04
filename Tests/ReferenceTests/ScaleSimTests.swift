import FlashGraph
import FlashHardware
import FlashNAS
import Testing

@Suite("Cycles of SCALE-Sim")
struct ScaleSimTests {
  struct Document: Decodable {
    let tolerance: Int
    let networks: [Network]
  }

  struct Network: Decodable {
    let name: String
    let arrays: [[Int]]
    let layers: [Layer]
    let total_cycles: [String: [String: Int]]
  }

  struct Layer: Decodable {
    let kernel_height: Int
    let kernel_width: Int
    let input_channels: Int
    let output_channels: Int
    let input_height: Int
    let input_width: Int
    let output_height: Int
    let output_width: Int
    let groups: Int?
    let count: Int
    let cycles: [String: [String: Int]]

    var shape: WeightedLayer {
      WeightedLayer(
        kernelHeight: kernel_height, kernelWidth: kernel_width, inputChannels: input_channels,
        outputChannels: output_channels, groups: groups ?? 1, inputHeight: input_height, inputWidth: input_width,
        outputHeight: output_height, outputWidth: output_width)
    }
  }

  static let dataflows: [(name: String, dataflow: SystolicArray.Dataflow)] = [
    ("ws", .weightStationary), ("is", .inputStationary), ("os", .outputStationary),
  ]

  func array(_ rows: Int, _ columns: Int, _ dataflow: SystolicArray.Dataflow) throws -> SystolicArray {
    try SystolicArray(
      .init(
        rows: rows, columns: columns, dataflow: dataflow, clock: Frequency(hertz: 1e9), operandBytes: 1,
        accumulatorBytes: 4, inputMemory: 1 << 20, filterMemory: .buffer(bytes: 1 << 20), outputMemory: 1 << 20,
        dramBandwidth: Bandwidth(bytesPerSecond: 1e12),
        technology: .init(
          mac: Energy(joules: 0), sramByte: Energy(joules: 0), dramByte: Energy(joules: 0),
          processingElement: Area(squareMillimetres: 0), sramByteArea: Area(squareMillimetres: 0))))
  }

  func networks() throws -> [Network] {
    let document = try Reference.decode(Document.self, "scale-sim")
    #expect(document.tolerance == 0)
    return document.networks
  }

  @Test("every layer on every array takes exactly SCALE-Sim's cycles in each dataflow, and so do the networks")
  func cycles() throws {
    var compared = 0
    for network in try networks() {
      for size in network.arrays {
        let name = "\(size[0])x\(size[1])"
        for (dataflowName, dataflow) in Self.dataflows {
          let array = try array(size[0], size[1], dataflow)
          var total = SystolicArray.Tally()
          for layer in network.layers {
            let expected = try #require(layer.cycles[name]?[dataflowName])
            #expect(
              array.tally(of: layer.shape).computeCycles == expected,
              "\(network.name) \(name) \(dataflowName) \(layer.shape)")
            total += layer.count * array.tally(of: layer.shape)
            compared += 1
          }
          #expect(total.computeCycles == network.total_cycles[name]?[dataflowName], "\(network.name) \(name)")
        }
      }
    }
    #expect(compared > 1000)
  }

  @Test("ResNet-20 at 16×32 takes 142 426, 264 388 and 135 034 cycles")
  func resnet20() throws {
    let network = try #require(networks().first { $0.name == "resnet20-cifar" })
    #expect(network.layers.reduce(0) { $0 + $1.count } == 20)
    for ((_, dataflow), expected) in zip(Self.dataflows, [142_426, 264_388, 135_034]) {
      var total = SystolicArray.Tally()
      for layer in network.layers { total += layer.count * (try array(16, 32, dataflow)).tally(of: layer.shape) }
      #expect(total.computeCycles == expected)
    }
  }

  @Test(
    "a dense network's own layers are those that SCALE-Sim was given",
    arguments: [
      ("dense-16-32-64", [16, 8, 10, 32, 8, 20, 64, 8, 40], FeatureShape(channels: 3, height: 32, width: 32)),
      ("dense3-fashion-7-15-31", [7, 5, 9, 15, 8, 33, 31, 6, 50], FeatureShape(channels: 1, height: 28, width: 28)),
      ("dense3-fashion-12-9-43", [12, 4, 24, 9, 10, 0, 43, 5, 96], FeatureShape(channels: 1, height: 28, width: 28)),
    ])
  func denseLayers(name: String, point: [Int], input: FeatureShape) throws {
    let reference = try #require(networks().first { $0.name == name })
    let cells = stride(from: 0, to: 9, by: 3).map {
      DenseCell(width: point[$0], depth: point[$0 + 1], skip: point[$0 + 2])
    }
    let network = try CellNetwork(input: input, classes: 10, cells: cells).network(seed: 11)
    let expected = reference.layers.reduce(into: [WeightedLayer: Int]()) { $0[$1.shape, default: 0] += $1.count }
    let found = network.weightedLayers.reduce(into: [WeightedLayer: Int]()) { $0[$1, default: 0] += 1 }
    #expect(found == expected)
    for size in reference.arrays {
      for (dataflowName, dataflow) in Self.dataflows {
        let tally = try array(size[0], size[1], dataflow).tally(of: network.weightedLayers)
        #expect(tally.computeCycles == reference.total_cycles["\(size[0])x\(size[1])"]?[dataflowName])
      }
    }
  }
}
