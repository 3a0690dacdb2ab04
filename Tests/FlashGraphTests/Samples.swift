import FlashNumerics

@testable import FlashGraph

/// A network of `dense` cells, its cells at hand.
struct DenseNetwork {
  let input: FeatureShape
  let classes: Int
  let cells: [DenseCell]

  func network(seed: UInt64) throws(GraphError) -> Network {
    try CellNetwork(input: input, classes: classes, cells: cells).network(seed: seed)
  }
}

extension Network {
  /// The cells of NN-Degree.
  var graphCells: [GraphCell] { get throws { try layerGraph.features().cells } }

  var longestPath: Int { get throws { try layerGraph.features().longestPath } }
}

/// A `dense` network with one width, depth and skip per cell.
func dense(
  _ widths: [Int], _ depths: [Int], _ skips: [Int],
  input: FeatureShape = FeatureShape(channels: 3, height: 32, width: 32), classes: Int = 10
) -> DenseNetwork {
  DenseNetwork(
    input: input, classes: classes,
    cells: widths.indices.map { DenseCell(width: widths[$0], depth: depths[$0], skip: skips[$0]) })
}

/// A small `dense` network of random numbers.
func randomDense(_ random: inout SplitMix64) -> DenseNetwork {
  let cells = (0..<(1 + random.below(3))).map { _ in
    DenseCell(width: 1 + random.below(12), depth: 1 + random.below(8), skip: random.below(40))
  }
  return DenseNetwork(
    input: FeatureShape(channels: 1 + random.below(3), height: 4 + random.below(14), width: 4 + random.below(14)),
    classes: 2 + random.below(9), cells: cells)
}
