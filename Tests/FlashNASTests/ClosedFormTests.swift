import FlashGraph
import FlashHardware
import FlashNAS
import FlashNumerics
import Testing

/// The closed form against the count over the layer graph, layer by layer and link by link.
@Suite("Closed form")
struct ClosedFormTests {
  static let names = SearchSpace.catalogue.map(\.name)

  /// How the closed form of a point differs from the count over its network; empty where it does not.
  static func differences(_ network: CellNetwork, _ closed: NetworkFeatures, seed: UInt64) throws -> [String] {
    let counted = try network.network(seed: seed).features
    let integers: [(String, KeyPath<NetworkFeatures, Int>)] = [
      ("parameters", \.parameters), ("weights", \.weights), ("biases", \.biases), ("batch norm", \.batchNorm),
      ("MACs", \.macs), ("FLOPs", \.flops), ("activations", \.activations), ("skip links", \.skipLinks),
      ("skip elements", \.skipElements), ("skip channels", \.skipChannels), ("candidates", \.skipCandidates),
      ("peak memory", \.peakMemoryElements), ("weighted layers", \.weightedLayers),
    ]
    var differences = integers.filter { closed[keyPath: $1] != counted[keyPath: $1] }.map {
      "\($0): closed form \(closed[keyPath: $1]), count \(counted[keyPath: $1])"
    }
    let numbers: [(String, Double?, Double?)] = [
      ("g", closed.nnDegree, counted.nnDegree), ("m", closed.nnMass, counted.nnMass),
      ("g by block", closed.nnDegreeByBlock, counted.nnDegreeByBlock),
    ]
    for (name, a, b) in numbers where a != b {
      if let a, let b, abs(a - b) <= 1e-12 * abs(b) { continue }
      differences.append("\(name): closed form \(String(describing: a)), count \(String(describing: b))")
    }
    return differences
  }

  static func differences(_ space: SearchSpace, _ point: [Int], seed: UInt64) throws -> [String] {
    let closed = space.features(point)
    var differences = try differences(space.network(point), closed, seed: seed)
    if space.network(point).features != closed { differences.append("the network's own closed form") }
    if space.nnDegree(point) != closed.nnDegree { differences.append("g alone: \(space.nnDegree(point))") }
    return differences
  }

  @Test("the closed form is the count over the layer graph at a thousand random points", arguments: names)
  func randomPoints(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 31)
    for trial in 0..<1000 {
      let point = space.randomPoint(&random)
      let differences = try Self.differences(space, point, seed: UInt64(trial))
      #expect(differences.isEmpty, "\(point): \(differences)")
    }
  }

  @Test("the closed form is the count over the layer graph at every corner", arguments: names)
  func corners(name: String) throws {
    let space = try SearchSpace.named(name)
    #expect(space.corners.count == 1 << space.variables.count)
    for corner in space.corners {
      let differences = try Self.differences(space, corner, seed: 1)
      #expect(differences.isEmpty, "\(corner): \(differences)")
    }
  }

  @Test("the closed form is the count for three thousand networks of cells of any types")
  func mixedCells() throws {
    var random = SplitMix64(seed: 33)
    var built = 0
    for trial in 0..<3000 {
      let network = CellNetwork(
        input: FeatureShape(channels: 1 + random.below(4), height: 9 + random.below(24), width: 9 + random.below(24)),
        classes: 2 + random.below(9), activation: .relu, cells: (0..<(1 + random.below(4))).map { _ in cell(&random) })
      // An average pooling of a map of one pixel is refused; the closed form knows only what can be built.
      guard let layers = try? network.network(seed: 0) else { continue }
      built += 1
      var closed = network.features
      // Where families are mixed, the graph may still show a formula, or none, that the closed form does not look for.
      let types = Set(network.cells.map(\.type))
      if types.count > 1 || types == [.denseNet] { closed.nnMass = try layers.features.nnMass }
      if types != [.dense] {
        closed.skipChannels = try layers.features.skipChannels
        closed.skipCandidates = try layers.features.skipCandidates
      }
      let differences = try Self.differences(network, closed, seed: UInt64(trial))
      #expect(differences.isEmpty, "\(network): \(differences)")
    }
    #expect(built > 2500)
  }

  @Test("the closed form is the count where blocks show by their shapes alone, or read the network's input")
  func blocksByShape() throws {
    var random = SplitMix64(seed: 34)
    var shown = 0
    for trial in 0..<2500 {
      let cells = (0..<(1 + random.below(6))).map { _ in shapedCell(&random) }
      let network = CellNetwork(
        input: FeatureShape(channels: 1 << random.below(4), height: 8, width: 8), classes: 3, cells: cells)
      guard let layers = try? network.network(seed: 0) else { continue }
      let graph = try layers.layerGraph
      var closed = network.features
      closed.nnMass = graph.features().nnMass
      (closed.skipChannels, closed.skipCandidates) = (graph.features().skipChannels, graph.features().skipCandidates)
      let differences = try Self.differences(network, closed, seed: UInt64(trial))
      #expect(differences.isEmpty, "\(network): \(differences)")
      // No inverted block of these cells has an expansion of its own.
      let blocks = graph.features(cells: .block).cells
      if blocks.contains(where: { $0.kind == .invertedResidual && $0.depth == 3 }) { shown += 1 }
    }
    #expect(shown > 100)
  }

  private func shapedCell(_ random: inout SplitMix64) -> Cell {
    let (width, depth, stride) = (1 << random.below(4), 1 + random.below(2), 1 + random.below(2))
    switch random.below(11) {
    case 0, 1: return .convolution(ConvolutionCell(width: width, kernel: 1, stride: stride))
    case 2: return .maximumPooling(PoolingCell(kernel: 3, stride: stride))
    case 3:
      let block: ResidualCell.Block = random.below(2) == 0 ? .bottleneck : .wide
      return .residual(ResidualCell(block: block, width: max(width / 4, 1), depth: depth, stride: stride))
    case 4: return .denseNet(DenseNetCell(growth: width, depth: depth, bottleneck: 2, hasTransition: false))
    case 5: return .denseMLP(DenseCell(width: 16 * width, depth: depth, skip: 3))
    case 6: return .regNet(RegNetCell(groups: width, groupWidth: 1 << random.below(2), depth: depth, stride: stride))
    case 7, 8: return .depthwiseSeparable(DepthwiseSeparableCell(width: width, depth: 2 * depth - 1, stride: stride))
    default:
      return .invertedResidual(InvertedResidualCell(width: width, depth: depth, expansion: 1, stride: stride))
    }
  }

  private func cell(_ random: inout SplitMix64) -> Cell {
    let (width, depth, stride) = (1 + random.below(9), 1 + random.below(4), 1 + random.below(2))
    switch random.below(9) {
    case 0: return .dense(DenseCell(width: width, depth: depth + 2, skip: random.below(20)), stride: stride)
    case 1: return .denseMLP(DenseCell(width: width, depth: depth + 2, skip: random.below(20)))
    case 2:
      let blocks = ResidualCell.Block.allCases
      return .residual(
        ResidualCell(block: blocks[random.below(blocks.count)], width: width, depth: depth, stride: stride))
    case 3:
      return .invertedResidual(
        InvertedResidualCell(width: 2 * width, depth: depth, expansion: 1 + random.below(4), stride: stride))
    case 4:
      return .denseNet(
        DenseNetCell(growth: width, depth: depth, bottleneck: random.below(5), hasTransition: random.below(2) == 0))
    case 5: return .depthwiseSeparable(DepthwiseSeparableCell(width: 2 * width, depth: depth, stride: stride))
    case 6:
      return .regNet(
        RegNetCell(groups: 1 + random.below(4), groupWidth: 1 + random.below(4), depth: depth, stride: stride))
    case 7:
      return .convolution(
        ConvolutionCell(width: width, kernel: 1 + 2 * random.below(3), stride: stride, normalizes: random.below(2) == 0)
      )
    default: return .maximumPooling(PoolingCell(kernel: 3, stride: 2))
    }
  }

  @Test("g and m are those worked out by hand")
  func byHand() throws {
    let space = try SearchSpace.named("dense3-cifar")
    let large = space.features([32, 13, 40, 64, 13, 80, 128, 13, 125])
    #expect(abs(large.nnDegree - 429.461538461538) < 1e-9)
    #expect(large.nnDegreeByBlock == large.nnDegree)
    #expect(try abs(#require(large.nnMass) - 526.106060606060) < 1e-9)
    let small = space.features([16, 8, 10, 32, 8, 20, 64, 8, 40])
    #expect(abs(small.nnDegree - 164.5) < 1e-12)
    #expect(try abs(#require(small.nnMass) - 160) < 1e-9)
    #expect(small.weights == 544_240)
    #expect(small.biases == 10)
    #expect(small.batchNorm == 1792)
    #expect(small.parameters == 546_042)
    #expect(small.macs == 78_889_600)
    #expect(small.activations == 229_386)
    #expect(small.skipLinks == 20_160)
    #expect(small.skipElements == 107_520)
    #expect(small.weightedLayers == 25)
    #expect(small.peakMemoryElements == 131_072)
  }

  @Test("layers in closed form are the layer graph's, each as often", arguments: names)
  func layers(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 32)
    for trial in 0..<200 {
      let corners = space.corners
      let point = trial < 20 ? corners[corners.count / 20 * trial] : space.randomPoint(&random)
      var closed: [WeightedLayer: Int] = [:]
      space.forEachLayer(point) { if $1 > 0 { closed[$0, default: 0] += $1 } }
      var counted: [WeightedLayer: Int] = [:]
      for layer in try space.network(point).network(seed: 5).weightedLayers { counted[layer, default: 0] += 1 }
      #expect(closed == counted, "\(point)")
    }
  }
}
