import FlashNumerics
import Testing

@testable import FlashGraph

@Suite("Layer-wise dynamical isometry") struct IsometryTests {
  private func layers(_ sizes: [Int]) throws -> LayerGraph {
    var layers = [
      LayerGraph.Layer(name: "input", operation: .input, inputs: [], channels: sizes[0], elements: sizes[0])
    ]
    for (inputs, outputs) in zip(sizes, sizes.dropFirst()) {
      layers.append(
        LayerGraph.Layer(
          name: "layer\(layers.count)",
          operation: .weighted(.fullyConnected(inputs: inputs, outputs: outputs), isTransposed: false),
          inputs: [layers.count - 1], channels: outputs, elements: outputs))
    }
    return try LayerGraph(layers: layers, parameters: [])
  }

  @Test("A wide matrix has the mean singular value of the Marchenko–Pastur law")
  func marchenkoPastur() throws {
    // 200 × 800 with σ = 1/√800: λ = s² has density √((b − λ)(λ − a)) / (2π c λ) on [a, b] = (1 ∓ √c)², c = 1/4.
    let ratio = 0.25
    let (a, b) = (
      (1 - ratio.squareRoot()) * (1 - ratio.squareRoot()), (1 + ratio.squareRoot()) * (1 + ratio.squareRoot())
    )
    let steps = 200_000
    var expected = 0.0
    for step in 0..<steps {
      let value = a + (b - a) * (Double(step) + 0.5) / Double(steps)
      let density = ((b - value) * (value - a)).squareRoot() / (2 * .pi * ratio * value)
      expected += value.squareRoot() * density * (b - a) / Double(steps)
    }
    let found = try LayerwiseDynamicalIsometry(layers([800, 200]), initialisation: .fanIn, seed: 3)
    #expect(abs(found.mean - expected) < 0.005, "\(found.mean) is not \(expected)")
    #expect(found.deviation < 0.005)
  }

  @Test("The singular values' squares add up to the weights' squares")
  func trace() throws {
    let shape = WeightedLayer.fullyConnected(inputs: 30, outputs: 17)
    let matrix = LayerwiseDynamicalIsometry.weights(shape, .fixed(sigma: 2), seed: 5, draw: 1, layer: 2)
    let values = try SingularValues.of(matrix, rows: 17, columns: 30)
    let (left, right) = (values.reduce(0) { $0 + $1 * $1 }, matrix.reduce(0) { $0 + $1 * $1 })
    #expect(abs(left - right) < 1e-10 * right)
    #expect(abs(Statistics.rootMeanSquare(matrix) - 2) < 0.2)
  }

  @Test("With one σ for all layers the value is proportional to σ")
  func proportional() throws {
    let graph = try layers([12, 9, 20, 4])
    let one = try LayerwiseDynamicalIsometry(graph, seed: 8)
    let half = try LayerwiseDynamicalIsometry(graph, initialisation: .fixed(sigma: 0.5), seed: 8)
    #expect(abs(half.mean - one.mean / 2) < 1e-12 * one.mean)
    #expect(abs(half.deviation - one.deviation / 2) < 1e-9 * one.deviation)
    #expect(one.sigma == 1 && half.sigma == 0.5 && one.draws == 5)
  }

  @Test("The classifier is left out, unless it is the only layer")
  func classifier() throws {
    let short = try LayerwiseDynamicalIsometry(layers([12, 9, 4]), seed: 8)
    #expect(short == (try LayerwiseDynamicalIsometry(layers([12, 9, 70]), seed: 8)))
    #expect(short == (try LayerwiseDynamicalIsometry(layers([12, 9]), seed: 8)))
  }

  @Test("Equal seeds give equal values, other seeds and draws others")
  func seeds() throws {
    let graph = try layers([12, 9, 9, 4])
    let first = try LayerwiseDynamicalIsometry(graph, seed: 1)
    #expect(first == (try LayerwiseDynamicalIsometry(graph, seed: 1)))
    #expect(first.mean != (try LayerwiseDynamicalIsometry(graph, seed: 2)).mean)
    #expect(first.mean != (try LayerwiseDynamicalIsometry(graph, draws: 6, seed: 1)).mean)
    let matrices = [(0, 0), (0, 1), (1, 0)].map { draw, layer in
      LayerwiseDynamicalIsometry.weights(
        .fullyConnected(inputs: 3, outputs: 3), .fixed(sigma: 1), seed: 1, draw: draw, layer: layer)
    }
    #expect(Set(matrices).count == 3)
  }

  @Test("Convolutions, too large layers and numbers out of range are refused, and the error says why")
  func refused() throws {
    let shape = WeightedLayer(
      kernelHeight: 3, kernelWidth: 3, inputChannels: 3, outputChannels: 4, inputHeight: 8, inputWidth: 8,
      outputHeight: 8, outputWidth: 8)
    let convolution = try LayerGraph(
      layers: [
        LayerGraph.Layer(name: "input", operation: .input, inputs: [], channels: 3, elements: 192),
        LayerGraph.Layer(
          name: "stem", operation: .weighted(shape, isTransposed: false), inputs: [0], channels: 4, elements: 256),
      ], parameters: [])
    #expect(throws: GraphError.undefined(metric: "ldi", reason: "'stem' is not fully connected")) {
      try LayerwiseDynamicalIsometry(convolution, seed: 0)
    }
    for sizes in [[2000, 2000, 4], [1 << 20, 1 << 10, 4]] {
      let error = #expect(throws: GraphError.self) { try LayerwiseDynamicalIsometry(layers(sizes), seed: 0) }
      #expect(error?.description.contains("too large") == true)
    }
    let graph = try layers([4, 4, 4])
    #expect(throws: GraphError.outOfRange(where: "ldi: draws", found: 1, allowed: "2 to 1000")) {
      try LayerwiseDynamicalIsometry(graph, draws: 1, seed: 0)
    }
    for sigma in [0, -1, .nan, .infinity, 1e308] {
      #expect(throws: GraphError.self) {
        try LayerwiseDynamicalIsometry(graph, initialisation: .fixed(sigma: sigma), seed: 0)
      }
    }
  }

  @Test("The test networks have the NN-Degree and NN-Mass of their cells' channels", arguments: 0..<6)
  func denseMLP(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let network = DenseMLP.random(cells: 2, width: 3...9, depth: 1...7, skip: 0...20, inputs: 6, &random)
    let features = try network.graph().features()
    #expect(features.weightedLayers == network.cells.reduce(1) { $0 + $1.depth })
    #expect(
      features.skipLinks
        == network.cells.reduce(0) { sum, cell in
          sum + (0..<cell.depth).reduce(0) { $0 + cell.width * cell.skipChannels(layer: $1) }
        })
  }
}
