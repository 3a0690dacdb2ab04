import FlashNumerics

@testable import FlashGraph

/// A multi-layer perceptron of `dense` cells: the cells of `DenseNetwork` with fully connected layers.
struct DenseMLP {
  let inputs: Int
  let classes: Int
  let cells: [DenseCell]
  let seed: UInt64

  var nnDegree: Double {
    cells.reduce(0) { sum, cell in
      sum
        + NNDegree.cell(width: Double(cell.width), depth: cell.depth, skipLinks: cell.width * skipChannels(cell))
    }
  }

  var nnMass: Double {
    cells.reduce(0) { sum, cell in
      let candidates = (2..<max(cell.depth, 2)).reduce(0) { $0 + cell.width * ($1 - 1) }
      return sum
        + NNMass.cell(
          width: Double(cell.width), depth: cell.depth, skipChannels: skipChannels(cell), candidates: candidates)
    }
  }

  private func skipChannels(_ cell: DenseCell) -> Int {
    (0..<cell.depth).reduce(0) { $0 + cell.skipChannels(layer: $1) }
  }

  /// The layers with links drawn from the seed.
  func graph() throws(GraphError) -> LayerGraph {
    var layers = [LayerGraph.Layer(name: "input", operation: .input, inputs: [], channels: inputs, elements: inputs)]
    func connect(_ input: Int, to outputs: Int) {
      let shape = WeightedLayer.fullyConnected(inputs: layers[input].channels, outputs: outputs)
      layers.append(
        LayerGraph.Layer(
          name: "layer\(layers.count)", operation: .weighted(shape, isTransposed: false), inputs: [input],
          channels: outputs, elements: outputs))
    }
    for (index, cell) in cells.enumerated() {
      var outputs: [Int] = []
      for layer in 0..<cell.depth {
        let previous = layers.count - 1
        var parts = [previous]
        let drawn = LinkDraw.channels(seed: seed, cell: index, layer: layer, width: cell.width, skip: cell.skip)
        for (source, place) in outputs.enumerated() {
          let chosen = drawn.filter { $0 / cell.width == source }.map { Int32($0 % cell.width) }
          guard !chosen.isEmpty else { continue }
          layers.append(
            LayerGraph.Layer(
              name: "skip\(layers.count)", operation: .selection(chosen), inputs: [place], channels: chosen.count,
              elements: chosen.count))
          parts.append(layers.count - 1)
        }
        if parts.count > 1 {
          let channels = parts.reduce(0) { $0 + layers[$1].channels }
          layers.append(
            LayerGraph.Layer(
              name: "joined\(layers.count)", operation: .concatenation, inputs: parts, channels: channels,
              elements: channels))
        }
        connect(layers.count - 1, to: cell.width)
        outputs.append(layers.count - 1)
      }
    }
    connect(layers.count - 1, to: classes)
    return try LayerGraph(layers: layers, parameters: [])
  }

  /// One of random cells, every number drawn evenly.
  static func random(
    cells: Int, width: ClosedRange<Int>, depth: ClosedRange<Int>, skip: ClosedRange<Int>, inputs: Int,
    _ random: inout SplitMix64
  ) -> DenseMLP {
    func draw(_ range: ClosedRange<Int>) -> Int { range.lowerBound + random.below(range.count) }
    let list = (0..<cells).map { _ in DenseCell(width: draw(width), depth: draw(depth), skip: draw(skip)) }
    return DenseMLP(inputs: inputs, classes: 10, cells: list, seed: random.next())
  }
}
