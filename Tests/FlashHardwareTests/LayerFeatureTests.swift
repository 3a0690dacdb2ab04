import FlashGraph
import FlashNumerics
import Testing

@testable import FlashHardware

@Suite("Layer features")
struct LayerFeatureTests {
  /// 20 channels of 14×14 to 36, 3×3, stride 1.
  static let convolution = layer(3, 20, 36, 14)
  static let pointwise = layer(1, 20, 36, 14)
  static let depthwise = WeightedLayer(
    kernelHeight: 3, kernelWidth: 3, inputChannels: 24, outputChannels: 24, groups: 24, inputHeight: 14, inputWidth: 14,
    outputHeight: 7, outputWidth: 7)
  static let classifier = WeightedLayer.fullyConnected(inputs: 36, outputs: 10)

  static func layer(_ kernel: Int, _ inputs: Int, _ outputs: Int, _ size: Int, groups: Int = 1) -> WeightedLayer {
    WeightedLayer(
      kernelHeight: kernel, kernelWidth: kernel, inputChannels: inputs, outputChannels: outputs, groups: groups,
      inputHeight: size, inputWidth: size, outputHeight: size, outputWidth: size)
  }

  func value(_ name: String, _ layer: WeightedLayer) throws -> Double {
    try #require(LayerFeature(name: name)).value(of: layer)
  }

  @Test("every measure by hand")
  func measures() throws {
    let layer = Self.convolution
    #expect(try value("layers", layer) == 1)
    #expect(try value("macs", layer) == 1_270_080)
    #expect(try value("weights", layer) == 6480)
    #expect(try value("input_elements", layer) == 3920)
    #expect(try value("output_elements", layer) == 7056)
    #expect(try value("moved_elements", layer) == 17_456)
    // 20 → 24 and 36 → 48 channels.
    #expect(try value("macs_in8_out16", layer) == 9 * 24 * 48 * 196)
    // K = 180: 6 rows of tiles, 2 columns.
    #expect(try value("folds_32x32", layer) == 12)
    #expect(try value("streamed_elements_32x32", layer) == 6480 + 196 * (180 * 2 + 36 * 11))
    // 180 rows on 2 crossbars, 36 · 4 columns on 2.
    #expect(try value("crossbars_128x4", layer) == 4)
    #expect(try value("tiles_128x4x3", layer) == 2)
    #expect(try value("tiles_128x4x96", layer) == 1)
  }

  @Test("a depthwise layer takes its sizes a group, as often as there are groups")
  func groups() throws {
    let layer = Self.depthwise
    #expect(try value("macs", layer) == Double(layer.macs))
    #expect(try value("macs_in8_out16", layer) == 24 * 9 * 49 * 8 * 16)
    #expect(try value("folds_8x8", layer) == 48)
    #expect(try value("crossbars_128x4", layer) == 24)
    #expect(try value("tiles_128x4x96", layer) == 1)
  }

  @Test("with blocks and arrays of one channel a measure is the plain count")
  func units() throws {
    var random = SplitMix64(seed: 3)
    for _ in 0..<200 {
      let groups = [1, 1, 2, 4][random.below(4)]
      let layer = Self.layer(
        1 + random.below(5), groups * (1 + random.below(40)), groups * (1 + random.below(40)), 1 + random.below(30),
        groups: groups)
      #expect(try value("macs_in1_out1", layer) == Double(layer.macs))
      #expect(try value("folds_1x1", layer) == Double(layer.weights))
      #expect(try value("output_pixels", layer) * Double(layer.outputChannels) == Double(layer.outputElements))
      #expect(try value("crossbars_1x1", layer) == Double(layer.weights))
      #expect(try value("tiles_16x2x1", layer) == value("crossbars_16x2", layer))
      #expect(try value("moved_elements", layer) >= value("weights", layer) + value("output_elements", layer))
    }
  }

  @Test("no measure falls when a channel count or a map grows")
  func monotone() throws {
    var random = SplitMix64(seed: 4)
    for case .layers(let feature) in CostFeature.catalogue.map(\.feature) where feature.isMonotone {
      for _ in 0..<200 {
        let (inputs, outputs, size) = (1 + random.below(300), 1 + random.below(300), 2 + random.below(30))
        let small = Self.layer(3, inputs, outputs, size)
        let large = Self.layer(
          3, inputs + random.below(20), outputs + random.below(20), size + random.below(3))
        #expect(feature.value(of: large) >= feature.value(of: small), "\(feature)")
      }
    }
  }

  @Test("a layer is aligned where the input channels of a group are a multiple, or it is fully connected")
  func alignment() throws {
    for channels in 1..<40 {
      let layer = Self.layer(3, channels, 6, 8)
      let macs = Double(layer.macs)
      let isAligned = channels % 4 == 0
      #expect(try value("macs:aligned4", layer) == (isAligned ? macs : 0))
      #expect(try value("macs:unaligned4", layer) == (isAligned ? 0 : macs))
      #expect(try value("layers:unaligned1", layer) == 0)
    }
    // Two groups of 4 of 8 channels.
    #expect(try value("layers:aligned4", Self.layer(3, 8, 8, 8, groups: 2)) == 1)
    #expect(try value("layers:aligned8", Self.layer(3, 8, 8, 8, groups: 2)) == 0)
    #expect(try value("layers:aligned4096", Self.classifier) == 1)
    #expect(try !#require(LayerFeature(name: "macs:aligned4")).isMonotone)
    #expect(try !#require(LayerFeature(name: "macs:unaligned4")).isMonotone)
    #expect(try #require(LayerFeature(name: "macs:3x3")).isMonotone)
  }

  @Test("a product of two sums costs what its factors give, and is monotone where both are")
  func products() throws {
    let name = "tiles_128x4x96*macs_in1_out1"
    let feature = try #require(CostFeature(name: name))
    #expect(feature.name == name)
    for other in ["macs*", "*macs", "macs*macs*macs", "macs * macs", "nn_degree*macs", "1*macs"] {
      #expect(CostFeature(name: other) == nil)
    }
    let cost = try LinearCost(features: ["1", name, "layers:3x3"], coefficients: [1, 2, 10])
    #expect(cost.readsLayers)
    let model = try FittedHardware(latency: cost, energy: nil, area: cost)
    let layers = [Self.convolution, Self.classifier, Self.layer(3, 100, 200, 8)]
    func sum(_ name: String) throws -> Double { try #require(LayerFeature(name: name)).sum(over: layers) }
    let expected = try 1 + 2 * sum("tiles_128x4x96") * sum("macs") + 10 * sum("layers:3x3")
    let costs = model.costs(of: NetworkFeatures()) { $0.sum(over: layers) }
    #expect(costs.latency.seconds == expected)
    #expect(costs.area.squareMillimetres == expected)
    #expect(costs.energy.joules.isNaN)
    #expect(model.areLayersMonotone)
    let odd = try LinearCost(features: ["macs:unaligned4*layers"], coefficients: [1])
    #expect(try !FittedHardware(latency: odd, energy: nil, area: nil).areLayersMonotone)
  }

  @Test("a layer has one kind, and counts for that kind alone")
  func kinds() throws {
    let layers: [(WeightedLayer, LayerKind)] = [
      (Self.convolution, .convolution3x3), (Self.pointwise, .convolution1x1), (Self.depthwise, .depthwise),
      (Self.classifier, .fullyConnected), (Self.layer(5, 3, 4, 8), .other), (Self.layer(3, 8, 8, 8, groups: 2), .other),
      (Self.layer(3, 1, 8, 8), .convolution3x3),
    ]
    for (layer, kind) in layers {
      #expect(LayerKind(layer) == kind)
      for other in LayerKind.allCases {
        #expect(try value("macs:\(other.rawValue)", layer) == (other == kind ? Double(layer.macs) : 0))
      }
    }
  }

  @Test("every name of the catalogue is read back as its feature, and no two are alike")
  func names() throws {
    let names = CostFeature.catalogue.map(\.feature.name)
    #expect(Set(names).count == names.count)
    for (feature, _) in CostFeature.catalogue { #expect(CostFeature(name: feature.name) == feature) }
    for name in [
      "folds_16x64:3x3", "tiles_256x8x12:depthwise", "macs_in4_out1:other", "layers", "moved_elements:1x1",
      "macs:aligned4", "folds_8x8:unaligned16",
    ] {
      #expect(LayerFeature(name: name)?.name == name)
    }
    // The closed form's, where it is one.
    #expect(CostFeature(name: "macs") == .network(.macs))
    #expect(CostFeature(name: "macs:3x3") == .layers(LayerFeature(.macs, of: .convolution3x3)))
  }

  @Test(
    "a name that is not exactly one is none",
    arguments: [
      "", "fold_32x32", "folds_32", "folds_32x", "folds_0x32", "folds_032x32", "folds_32x32x1", "folds_32x65537",
      "folds_-1x32", "macs_in8", "macs_out16_in8", "macs:", "macs:5x5", "macs:3x3:1x1", "tiles_128x4", "Layers",
      "folds_99999999999999999999x1", "folds_٣x3", "macs_in8_out16 ", "nn_degree:3x3", "macs:aligned", "macs:aligned0",
      "macs:unaligned04",
      "macs:aligned4x4",
    ])
  func others(name: String) {
    #expect(LayerFeature(name: name) == nil)
  }
}
