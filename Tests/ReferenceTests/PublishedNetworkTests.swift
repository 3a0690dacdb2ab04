import FlashFormats
import FlashGraph
import FlashNAS
import Foundation
import Testing

/// The shipped spaces hold published networks, counted to the last parameter and MAC.
@Suite("Published networks")
struct PublishedNetworkTests {
  struct Network: Sendable {
    let name: String
    let space: String
    let point: [Int]
    let parameters: Int
    let macs: Int
  }

  /// Parameters: `sum(p.numel() for p in torchvision.models.NAME().parameters())`; MACs of convolutions and fully
  /// connected layers at 224×224, by forward hooks: `References/torchvision-counts.json` and its generator.
  static let torchvision = [
    Network(
      name: "resnet18", space: "resnet-imagenet", point: [0, 64, 2, 2, 2, 2, 224], parameters: 11_689_512,
      macs: 1_814_073_344),
    Network(
      name: "resnet50", space: "resnet-imagenet", point: [1, 64, 3, 4, 6, 3, 224], parameters: 25_557_032,
      macs: 4_089_184_256),
    Network(
      name: "wide_resnet50_2", space: "resnet-imagenet", point: [2, 64, 3, 4, 6, 3, 224], parameters: 68_883_240,
      macs: 11_398_021_120),
    Network(
      name: "regnet_x_400mf", space: "regnet-imagenet", point: [16, 16, 2, 4, 10, 25, 1, 2, 7, 12, 224],
      parameters: 5_495_976, macs: 413_812_608),
    Network(
      name: "mobilenet_v2", space: "mobilenetv2-imagenet", point: [100, 6, 2, 3, 4, 3, 3, 1, 224],
      parameters: 3_504_872, macs: 300_774_272),
    Network(
      name: "densenet121", space: "densenet-imagenet", point: [32, 6, 12, 24, 16, 224], parameters: 7_978_856,
      macs: 2_834_161_664),
  ]

  @Test("torchvision's networks are points of the spaces", arguments: torchvision)
  func published(network: Network) throws {
    let space = try SearchSpace.named(network.space)
    try space.check(network.point)
    let closed = space.features(network.point)
    #expect(closed.parameters == network.parameters)
    #expect(closed.macs == network.macs)
    let counted = try space.network(network.point).network(seed: 0).features
    #expect(counted.parameters == network.parameters)
    #expect(counted.macs == network.macs)
  }

  @Test("their topology is that of torchvision's own exports", arguments: torchvision)
  func topology(network: Network) throws {
    let space = try SearchSpace.named(network.space)
    let file = try ONNXFile(reading: Reference.folder.appending(path: "onnx/\(network.name).onnx").path)
    var (own, exported) = (try space.network(network.point).network(seed: 0).layerGraph.topology, file.graph.topology)
    // An eigenvalue depends on the order of the layers in its last digits.
    let eigenvalues = try [own, exported].map { try #require($0.algebraicConnectivity) }
    #expect(abs(eigenvalues[0] - eigenvalues[1]) <= 1e-10 * eigenvalues[1])
    (own.algebraicConnectivity, exported.algebraicConnectivity) = (nil, nil)
    #expect(own == exported)
    for counting in CellCounting.allCases {
      let exported = file.graph.features(cells: counting)
      let own = try space.network(network.point).network(seed: 0).layerGraph.features(cells: counting)
      #expect(own.cells == exported.cells)
      #expect(own.nnDegree == exported.nnDegree)
      #expect(own.nnMass == exported.nnMass)
      #expect(own.skipLinks == exported.skipLinks)
      #expect(own.skipElements == exported.skipElements)
      #expect(own.activations == exported.activations)
      #expect(own.weights == exported.weights)
      #expect(own.weightedLayers == exported.weightedLayers)
      #expect(own.longestPath == exported.longestPath)
      #expect(own.peakMemoryElements == exported.peakMemoryElements)
    }
  }

  @Test(
    "torchvision's RegNetX are points of their space",
    arguments: [
      ("400mf", [16, 16, 2, 4, 10, 25], [1, 2, 7, 12]), ("800mf", [16, 16, 4, 8, 18, 42], [1, 3, 7, 5]),
      ("1_6gf", [24, 24, 3, 7, 17, 38], [2, 4, 10, 2]), ("3_2gf", [48, 48, 2, 4, 9, 21], [2, 6, 15, 2]),
      ("8gf", [80, 120, 1, 2, 6, 16], [2, 5, 15, 1]), ("16gf", [128, 128, 2, 4, 7, 16], [2, 6, 13, 1]),
      ("32gf", [168, 168, 2, 4, 8, 15], [2, 7, 13, 1]),
    ])
  func regNet(size: String, widths: [Int], depths: [Int]) throws {
    let models = try Reference.decode(TorchvisionTests.Document.self, "torchvision-regnet").models
    let expected = try #require(models["regnet_x_\(size)"])
    let space = try SearchSpace.named("regnet-imagenet")
    let point = widths + depths + [224]
    try space.check(point)
    for features in try [space.features(point), space.network(point).network(seed: 0).features] {
      #expect(features.parameters == expected.parameters)
      #expect(features.macs == expected.macs)
      #expect(features.activations == expected.activations)
      #expect(features.weightedLayers == expected.weighted_layers)
      #expect(features.weights == expected.weights)
      #expect(features.batchNorm == expected.batch_norm)
    }
  }

  @Test("a width multiplier scales MobileNet-v2 as torchvision does", arguments: [35, 50, 75, 140])
  func multipliers(percent: Int) throws {
    // python -c "import torchvision as t; print([sum(p.numel() for p in t.models.mobilenet_v2(width_mult=w).parameters())
    // for w in (.35, .5, .75, 1.4)])" with torchvision 0.29.2.
    let expected = [35: 1_677_128, 50: 1_968_680, 75: 2_636_424, 140: 6_108_776]
    let space = try SearchSpace.named("mobilenetv2-imagenet")
    #expect(space.features([percent, 6, 2, 3, 4, 3, 3, 1, 224]).parameters == expected[percent])
  }

  @Test("WRN-28-10 has the 36.5 million parameters of its paper")
  func wide() throws {
    // Zagoruyko and Komodakis (arXiv 1605.07146), table 5: WRN-28-10, 36.5M parameters.
    let features = try SearchSpace.named("wide-resnet-cifar").features([10, 4, 10, 4, 10, 4])
    #expect((Double(features.parameters) / 1e6 * 10).rounded() / 10 == 36.5)
    // WRN-16-8: 11.0M; WRN-40-4: 8.9M.
    #expect(
      try (Double(SearchSpace.named("wide-resnet-cifar").features([8, 2, 8, 2, 8, 2]).parameters) / 1e5).rounded()
        == 110)
    #expect(
      try (Double(SearchSpace.named("wide-resnet-cifar").features([4, 6, 4, 6, 4, 6]).parameters) / 1e5).rounded() == 89
    )
  }

  @Test(
    "ResNet-20, 32, 44, 56 and 110 have the parameters of their paper",
    arguments: [
      (3, 0.27), (5, 0.46), (7, 0.66), (9, 0.85), (18, 1.7),
    ])
  func cifar(depth: Int, millions: Double) throws {
    // He et al. (arXiv 1512.03385), table 6. Their shortcuts are free of parameters, ours have two projections.
    let features = try SearchSpace.named("resnet-cifar").features([16, depth, 32, depth, 64, depth])
    let projections = 16 * 32 + 32 * 64 + 2 * (32 + 64)
    let scale = millions < 1 ? 100.0 : 10
    #expect((Double(features.parameters - projections) / 1e6 * scale).rounded() / scale == millions)
  }
}
