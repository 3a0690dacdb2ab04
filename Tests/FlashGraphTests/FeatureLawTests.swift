import FlashNumerics
import Testing

@testable import FlashGraph

@Suite("Laws of metrics and counts")
struct FeatureLawTests {
  @Test("NN-Degree never falls when width, depth or skip rises")
  func degreeIsMonotone() throws {
    var random = SplitMix64(seed: 21)
    for _ in 0..<150 {
      let base = randomDense(&random)
      let degree = try base.network(seed: 1).features.nnDegree
      let index = random.below(base.cells.count)
      let cell = base.cells[index]
      let raised = [
        DenseCell(width: cell.width + 1 + random.below(3), depth: cell.depth, skip: cell.skip),
        DenseCell(width: cell.width, depth: cell.depth + 1 + random.below(3), skip: cell.skip),
        DenseCell(width: cell.width, depth: cell.depth, skip: cell.skip + 1 + random.below(9)),
      ]
      for other in raised {
        var cells = base.cells
        cells[index] = other
        let larger = DenseNetwork(input: base.input, classes: base.classes, cells: cells)
        #expect(try larger.network(seed: 1).features.nnDegree >= degree - 1e-9, "\(base.cells) and \(cells)")
      }
    }
  }

  @Test("the features are the same for every seed of the links, though the links are not")
  func seedsDoNotCount() throws {
    var random = SplitMix64(seed: 22)
    var different = 0
    for _ in 0..<40 {
      let design = randomDense(&random)
      let first = try design.network(seed: 0)
      for seed: UInt64 in [1, 2, .max] {
        let other = try design.network(seed: seed)
        #expect(try other.features == first.features)
        #expect(other.weightedLayers == first.weightedLayers)
        #expect(try other.longestPath == first.longestPath)
        different += other == first ? 0 : 1
      }
    }
    #expect(different > 40)
  }

  @Test("other names for the layers change nothing")
  func relabelling() throws {
    let network = try dense([4, 6], [5, 6], [3, 7]).network(seed: 2)
    let renamed = try Network(
      input: network.input,
      layers: network.layers.enumerated().map { index, layer in
        Network.Layer(
          name: "z\(1000 - index)", operation: layer.operation, inputs: layer.inputs, startsCell: layer.startsCell)
      })
    #expect(try renamed.layerGraph.features() == network.layerGraph.features())
    #expect(renamed.shapes == network.shapes)
  }

  @Test("the order in which a layer lists its sources changes nothing")
  func sourceOrder() throws {
    let network = try dense([4, 6], [5, 6], [3, 7]).network(seed: 2)
    let turned = try Network(
      input: network.input,
      layers: network.layers.map {
        Network.Layer(
          name: $0.name, operation: $0.operation, inputs: $0.inputs.reversed(), startsCell: $0.startsCell)
      })
    #expect(try turned.features == network.features)
  }

  @Test("a skip above saturation is the saturated network")
  func saturation() throws {
    let saturated = try dense([4, 6], [5, 4], [12, 12]).network(seed: 5)
    #expect(try dense([4, 6], [5, 4], [99, 13]).network(seed: 5) == saturated)
    #expect(try saturated.features.density == 1)
    #expect(try dense([4, 6], [5, 4], [11, 12]).network(seed: 5) != saturated)
  }

  @Test("peak memory of a chain is the largest input plus output")
  func chainMemory() throws {
    // 1·8·8 = 64, 3·8·8 = 192, 5·4·4 = 80 elements, then 5 and 10.
    let network = try dense([3, 5], [1, 1], [0, 0], input: FeatureShape(channels: 1, height: 8, width: 8))
      .network(seed: 0)
    #expect(try network.features.peakMemoryElements == 192 + 80)
  }

  @Test("with skip links a cell's maps stay until its last layer")
  func skipMemory() throws {
    let input = FeatureShape(channels: 1, height: 4, width: 4)
    // Each map has 2·16 elements: without skips two live at a time, with skips all five in the last layer.
    #expect(try dense([2], [5], [0], input: input).network(seed: 0).features.peakMemoryElements == 64)
    #expect(try dense([2], [5], [1], input: input).network(seed: 0).features.peakMemoryElements == 160)
  }

  @Test("every feature has its metric, and no key stands twice")
  func catalogue() {
    let keys = Metric.catalogue.map(\.key)
    #expect(Set(keys).count == keys.count)
    #expect(Metric.catalogue.allSatisfy { !$0.summary.isEmpty })
    for feature in NetworkFeature.allCases { #expect(keys.contains(feature.rawValue)) }
  }

  @Test("a feature's name reads its own number")
  func featureValues() throws {
    let features = try dense([16, 32, 64], [8, 8, 8], [10, 20, 40]).network(seed: 0).features
    let expected: [NetworkFeature: Double] = [
      .nnDegree: 164.5, .nnDegreeByBlock: 164.5, .parameters: 546_042, .macs: 78_889_600, .weights: 544_240,
      .activations: 229_386, .skipElements: 107_520, .weightedLayers: 25, .peakMemoryElements: 131_072,
    ]
    for (feature, value) in expected { #expect(feature.value(of: features) == value, "\(feature)") }
    #expect(abs(NetworkFeature.nnMass.value(of: features) - 160) < 1e-12)
    #expect(expected.count + 1 == NetworkFeature.allCases.count)
  }
}
