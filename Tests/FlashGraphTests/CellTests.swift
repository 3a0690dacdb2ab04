import Testing

@testable import FlashGraph

/// Shapes, links and counts of each cell type, by hand.
@Suite("Cells, by hand")
struct CellTests {
  static let input = FeatureShape(channels: 8, height: 8, width: 8)

  /// The features of cells behind a 3×3 convolution to 8 channels, closed form and count, which have to agree.
  func features(_ cells: [Cell], input: FeatureShape = input) throws -> NetworkFeatures {
    let stem = Cell.convolution(ConvolutionCell(width: 8, kernel: 3, stride: 1))
    let network = CellNetwork(input: input, classes: 2, cells: [stem] + cells)
    let graph = try network.network(seed: 0).layerGraph
    let counted = graph.features().counts
    #expect(network.features.nnDegree == counted.nnDegree)
    let byBlock = counted.nnDegreeByBlock
    #expect(abs(network.features.nnDegreeByBlock - byBlock) <= 1e-12 * byBlock)
    #expect(graph.features(cells: .block).nnDegree == byBlock)
    #expect(network.features.parameters == counted.parameters)
    return counted
  }

  @Test("two basic blocks of equal width: two shortcuts of 8 channels, no projection")
  func basic() throws {
    let features = try features([.residual(ResidualCell(block: .basic, width: 8, depth: 2, stride: 1))])
    #expect(features.skipLinks == 16)
    #expect(features.skipElements == 16 * 64)
    #expect(features.weights == 45 * 64 + 16)
    #expect(features.batchNorm == 5 * 16)
    #expect(features.nnMass == 32)
    // The stem joins the stage: five layers of 8, 16 links.
    #expect(features.nnDegree == 8.4)
    // By block: the stem, and twice two layers of 8 with 8 links.
    #expect(features.nnDegreeByBlock == 8 + 2 * 8.5)
    #expect(features.peakMemoryElements == 3 * 8 * 64)
  }

  @Test("a bottleneck that strides: its first convolution is still of the stage before")
  func bottleneck() throws {
    let features = try features([.residual(ResidualCell(block: .bottleneck, width: 4, depth: 1, stride: 2))])
    let weights = [9 * 64, 8 * 4, 9 * 16, 4 * 16, 8 * 16, 16 * 2]
    #expect(features.weights == weights.reduce(0, +))
    #expect(features.skipLinks == 16)
    #expect(features.skipElements == 16 * 16)
    #expect(features.weightedLayers == 6)
    // Stage 1: 8 and 4 channels; stage 2: 4 and 16 channels and 16 links.
    #expect(features.nnDegree == 16.8)
    // By block: the stem; layers of 4, 4 and 16 channels with the block's 16 links.
    #expect(abs(features.nnDegreeByBlock - (8 + 8 + 16.0 / 24)) < 1e-12)
    // (in + 2h)·in / (2·in + h) of in = 8, h = 4.
    #expect(features.nnMass == 6.4)
  }

  @Test("the wide bottleneck has twice the inner width")
  func wide() throws {
    let features = try features([.residual(ResidualCell(block: .wide, width: 4, depth: 1, stride: 1))])
    let weights = [9 * 64, 8 * 8, 9 * 64, 8 * 16, 8 * 16, 16 * 2]
    #expect(features.weights == weights.reduce(0, +))
  }

  @Test("pre-activation blocks normalise what they read, and the last sum is normalised before pooling")
  func preactivation() throws {
    let cells: [Cell] = [.residual(ResidualCell(block: .preactivation, width: 8, depth: 2, stride: 1))]
    // Two norms a block of 8 channels, one at the end, and the stem's.
    #expect(try features(cells).batchNorm == 2 * 8 * 6)
    let network = try CellNetwork(input: Self.input, classes: 2, cells: cells).network(seed: 0)
    #expect(network.layers.suffix(4).map(\.name) == ["final.norm", "final.activation", "pooling", "classifier"])
  }

  @Test("a pre-activation bottleneck has the links of a bottleneck; what each convolution reads is normalised")
  func preactivationBottleneck() throws {
    let features = try features([
      .residual(ResidualCell(block: .preactivationBottleneck, width: 4, depth: 1, stride: 2))
    ])
    let weights = [9 * 64, 8 * 4, 9 * 16, 4 * 16, 8 * 16, 16 * 2]
    #expect(features.weights == weights.reduce(0, +))
    // The stem's 8 channels; 8, 4 and 4 before the convolutions; 16 at the end.
    #expect(features.batchNorm == 2 * (8 + 8 + 4 + 4 + 16))
    #expect(features.skipLinks == 16)
    #expect(features.nnDegree == 16.8)
    #expect(features.nnMass == 6.4)
  }

  @Test("an X block of RegNet: one width, groups in its 3×3 convolution, a bottleneck's links")
  func regNet() throws {
    let features = try features([.regNet(RegNetCell(groups: 4, groupWidth: 4, depth: 2, stride: 2))])
    let block = [16 * 16, 9 * 4 * 16, 16 * 16]
    // The stem; the first block, whose 1×1 convolution reads 8 channels, and its projection; the second; the classifier.
    #expect(features.weights == ([9 * 64, 8 * 16 - 16 * 16, 8 * 16, 16 * 2] + block + block).reduce(0, +))
    #expect(features.batchNorm == 2 * (8 + 7 * 16))
    #expect(features.skipLinks == 32)
    #expect(features.skipElements == 32 * 16)
    // The stem of 8 and the first 16 channels at 8×8; five layers of 16 and 32 links at 4×4.
    #expect(abs(features.nnDegree - (12 + 16 + 32.0 / 80)) < 1e-12)
    // The stem; three layers of 16 with 16 links, twice.
    #expect(abs(features.nnDegreeByBlock - (8 + 2 * (16 + 16.0 / 48))) < 1e-12)
    #expect(features.nnMass == nil)
  }

  @Test("NN-Mass has a formula for an X block of one group, which is a bottleneck, alone")
  func regNetMass() throws {
    func mass(_ groups: Int, _ groupWidth: Int, depth: Int) throws -> Double? {
      let cell = Cell.regNet(RegNetCell(groups: groups, groupWidth: groupWidth, depth: depth, stride: 1))
      let counted = try features([cell]).nnMass
      let stem = Cell.convolution(ConvolutionCell(width: 8, kernel: 3, stride: 1))
      #expect(CellNetwork(input: Self.input, classes: 2, cells: [stem, cell]).features.nnMass == counted)
      return counted
    }
    // (in + 2h)·in / (2·in + h) of in = 8 and 16, h = 16.
    #expect(try mass(1, 16, depth: 2) == 40.0 * 8 / 32 + 48.0 * 16 / 48)
    #expect(try mass(2, 8, depth: 2) == nil)
    // Groups of one channel behind an expansion are an inverted residual block; without one they are not.
    #expect(try mass(16, 1, depth: 1) == 10)
    #expect(try mass(8, 1, depth: 1) == nil)
    #expect(try mass(16, 1, depth: 2) == nil)
  }

  @Test("depthwise separable pairs have no sum, and lie in the run of their resolution")
  func depthwiseSeparable() throws {
    let cells: [Cell] = [
      .depthwiseSeparable(DepthwiseSeparableCell(width: 16, depth: 1, stride: 1)),
      .depthwiseSeparable(DepthwiseSeparableCell(width: 32, depth: 2, stride: 2)),
    ]
    let features = try features(cells)
    let weights = [9 * 64, 9 * 8, 8 * 16, 9 * 16, 16 * 32, 9 * 32, 32 * 32, 32 * 2]
    #expect(features.weights == weights.reduce(0, +))
    #expect(features.batchNorm == 2 * (8 + 8 + 16 + 16 + 32 + 32 + 32))
    #expect(features.skipLinks == 0)
    #expect(features.macs == (576 + 72 + 128) * 64 + (144 + 512 + 288 + 1024) * 16 + 64)
    // Layers of 8, 8 and 16 channels at 8×8; 16, 32, 32 and 32 at 4×4. The 1×1 convolution to 16 channels, the depthwise
    // one and the 1×1 one after it are no inverted residual block.
    #expect(abs(features.nnDegree - (32.0 / 3 + 28)) < 1e-12)
    #expect(features.nnDegreeByBlock == features.nnDegree)
    #expect(features.nnMass == 0)
    #expect(features.peakMemoryElements == 24 * 64)
    let network = try CellNetwork(input: Self.input, classes: 2, cells: cells).network(seed: 0)
    #expect(network.layers.count { $0.operation == .activation(.relu) } == 6)
  }

  @Test("a pair behind a 1×1 convolution to more channels is an inverted residual block, the next pair is not")
  func expansionBeforePair() throws {
    let wider = Cell.convolution(ConvolutionCell(width: 16, kernel: 1, stride: 1))
    let pairs = Cell.depthwiseSeparable(DepthwiseSeparableCell(width: 24, depth: 3, stride: 1))
    // The stem; 16, 16 and 24 channels; a run of 24.
    #expect(try abs(features([wider, pairs]).nnDegreeByBlock - (8 + 56.0 / 3 + 24)) < 1e-12)
  }

  @Test("inverted residuals add where the stride is 1 and the channels match")
  func inverted() throws {
    let features = try features([
      .invertedResidual(InvertedResidualCell(width: 8, depth: 2, expansion: 3, stride: 1)),
      .invertedResidual(InvertedResidualCell(width: 16, depth: 1, expansion: 2, stride: 2)),
    ])
    #expect(features.skipLinks == 16)
    let first = [8 * 24, 9 * 24, 24 * 8]
    let second = [8 * 16, 9 * 16, 16 * 16]
    #expect(features.weights == ([9 * 64] + first + first + second + [32]).reduce(0, +))
    // The stem; 24, 24 and 8 channels with 8 links, twice; 16, 16 and 16 channels.
    #expect(abs(features.nnDegreeByBlock - (8 + 2 * (56.0 / 3 + 8.0 / 56) + 16)) < 1e-12)
    // (8 + 48)·8 / (16 + 24) twice; the block without an addition counts 0.
    #expect(features.nnMass == 22.4)
  }

  @Test("an expansion of 1 leaves the first convolution out, and its block still counts")
  func noExpansion() throws {
    let features = try features([
      .invertedResidual(InvertedResidualCell(width: 8, depth: 1, expansion: 1, stride: 1))
    ])
    #expect(features.weightedLayers == 4)
    #expect(features.skipLinks == 8)
    #expect(features.nnDegreeByBlock == 8 + 8.5)
    #expect(features.nnMass == 8)
  }

  @Test("without expansion and addition a block shows where a 1×1 convolution to more channels is before it")
  func expansionBefore() throws {
    let block = Cell.invertedResidual(InvertedResidualCell(width: 12, depth: 1, expansion: 1, stride: 2))
    // The stem's 8 and the depthwise layer's 8 channels differ in resolution; the last 12 follow the latter.
    #expect(try features([block]).nnDegreeByBlock == 8 + 10)
    let wider = Cell.convolution(ConvolutionCell(width: 16, kernel: 1, stride: 1))
    // The stem; 16, 16 and 12 channels.
    #expect(try abs(features([wider, block]).nnDegreeByBlock - (8 + 44.0 / 3)) < 1e-12)
    // A 1×1 convolution to fewer channels is no expansion: it is in the stem's run, of 8 and 4 channels.
    let narrower = Cell.convolution(ConvolutionCell(width: 4, kernel: 1, stride: 1))
    #expect(try features([narrower, block]).nnDegreeByBlock == 6 + 8)
    // A densely connected layer's 8 and 4 channels join the stem; the stem's 8 are skip channels of the expansion to 16.
    let before = Cell.denseNet(DenseNetCell(growth: 4, depth: 1, bottleneck: 2, hasTransition: false))
    let (run, own) = (20.0 / 3, 44.0 / 3 + 128.0 / 44)
    #expect(try abs(features([before, wider, block]).nnDegreeByBlock - run - own) < 1e-12)
  }

  @Test("no block takes the layer of a dense cell")
  func denseCellStays() throws {
    let network = CellNetwork(
      input: FeatureShape(channels: 1, height: 3, width: 3), classes: 2,
      cells: [
        .denseMLP(DenseCell(width: 20, depth: 1, skip: 0)),
        .invertedResidual(InvertedResidualCell(width: 4, depth: 1, expansion: 1, stride: 1)),
      ])
    #expect(network.features.nnDegreeByBlock == 20 + 12)
    #expect(try network.network(seed: 0).features.nnDegreeByBlock == 20 + 12)
  }

  @Test("a densely connected cell: every layer reads all before it, a transition halves")
  func denseNet() throws {
    let cell = DenseNetCell(growth: 4, depth: 3, bottleneck: 2, hasTransition: true)
    let network = try CellNetwork(
      input: Self.input, classes: 2,
      cells: [.convolution(ConvolutionCell(width: 8, kernel: 3, stride: 1)), .denseNet(cell)]
    ).network(seed: 0)
    let features = try network.features
    // Skip channels: 8 into the second layer, 12 into the third, 16 into the transition of 10 channels.
    #expect(features.skipLinks == (8 + 12) * 8 + 16 * 10)
    // Not one block: the stem and all layers are a run.
    #expect(features.nnDegreeByBlock == features.nnDegree)
    let weights = [9 * 64, (8 + 12 + 16) * 8, 3 * 9 * 8 * 4, 20 * 10, 10 * 2]
    #expect(features.weights == weights.reduce(0, +))
    #expect(features.nnMass == nil)
    #expect(network.shapes[network.layers.count - 3] == FeatureShape(channels: 10, height: 4, width: 4))
  }

  @Test("a densely connected cell without bottlenecks: one 3×3 convolution a layer")
  func denseNetWithoutBottleneck() throws {
    let features = try features([
      .denseNet(DenseNetCell(growth: 4, depth: 3, bottleneck: 0, hasTransition: true))
    ])
    #expect(features.weightedLayers == 6)
    #expect(features.skipLinks == (8 + 12) * 4 + 16 * 10)
    let weights = [9 * 64, (8 + 12 + 16) * 9 * 4, 20 * 10, 10 * 2]
    #expect(features.weights == weights.reduce(0, +))
    // The stem's 8 channels, what the layers read, the transition's 20, the last 10.
    #expect(features.batchNorm == 2 * (8 + 8 + 12 + 16 + 20 + 10))
  }

  @Test("a `dense-mlp` is a `dense` cell of fully connected layers, without pooling")
  func denseMLP() throws {
    let cell = DenseCell(width: 6, depth: 5, skip: 4)
    let network = try CellNetwork(
      input: FeatureShape(channels: 1, height: 3, width: 3), classes: 2, cells: [.denseMLP(cell), .denseMLP(cell)]
    ).network(seed: 0)
    let features = try network.layerGraph.features()
    #expect(features.cells.map(\.kind) == [.dense, .dense])
    #expect(features.cells.map(\.depth) == [5, 5])
    // Σ s = 12, of 36 candidates; w·d = 30.
    #expect(abs(features.nnDegree - 16.8) < 1e-12)
    #expect(features.nnDegreeByBlock == features.nnDegree)
    #expect(abs((features.nnMass ?? 0) - 20) < 1e-12)
    let weights = [9 * 6, 4 * 36, 12 * 6, 5 * 36, 12 * 6, 6 * 2]
    #expect(features.weights == weights.reduce(0, +))
    #expect(network.layers.last?.name == "classifier")
    #expect(!network.layers.contains { $0.operation == .globalAveragePooling })
  }

  @Test("the most channels that a cell's parameters allow are refused with their place, not computed")
  func limits() {
    for cell in [
      Cell.residual(ResidualCell(block: .bottleneck, width: 65_536, depth: 1, stride: 1)),
      .invertedResidual(InvertedResidualCell(width: 65_536, depth: 2, expansion: 64, stride: 1)),
      .denseNet(DenseNetCell(growth: 4096, depth: 1024, bottleneck: 64, hasTransition: true)),
      .convolution(ConvolutionCell(width: 65_537, kernel: 1, stride: 1)),
      .regNet(RegNetCell(groups: 1024, groupWidth: 1024, depth: 1, stride: 1)),
      .regNet(RegNetCell(groups: 2, groupWidth: 1025, depth: 1, stride: 1)),
      .depthwiseSeparable(DepthwiseSeparableCell(width: 65_536, depth: 2, stride: 1)),
      .residual(ResidualCell(block: .basic, width: 0, depth: 1, stride: 1)),
    ] {
      #expect(throws: GraphError.self) {
        try CellNetwork(input: Self.input, classes: 2, cells: [cell]).network(seed: 0)
      }
    }
  }
}
