import Testing

@testable import FlashGraph

/// Numbers worked out by hand from the formulas.
@Suite("Topology and counts, by hand")
struct ClosedNumberTests {
  @Test("widths 32/64/128, depth 13, skips 40/80/125 have g = 429.461538… and m = 526.106060…")
  func degreeAndMass() throws {
    let features = try dense([32, 64, 128], [13, 13, 13], [40, 80, 125]).network(seed: 0).features
    #expect(abs(features.nnDegree - 429.461538461538) < 1e-9)
    #expect(try abs(#require(features.nnMass) - 526.106060606061) < 1e-9)
  }

  @Test("widths 16/32/64, depth 8, skips 10/20/40 on 3×32×32 have the counts worked out by hand")
  func counts() throws {
    let network = try dense([16, 32, 64], [8, 8, 8], [10, 20, 40]).network(seed: 0)
    let features = try network.features
    #expect(features.nnDegree == 164.5)
    #expect(features.nnDegreeByBlock == 164.5)
    #expect(try abs(#require(features.nnMass) - 160) < 1e-12)
    #expect(features.weights == 544_240)
    #expect(features.biases == 10)
    #expect(features.batchNorm == 1792)
    #expect(features.parameters == 546_042)
    #expect(features.macs == 78_889_600)
    #expect(features.flops == 157_779_200)
    #expect(features.activations == 229_386)
    #expect(features.skipLinks == 20_160)
    #expect(features.skipElements == 107_520)
    #expect(features.weightedLayers == 25)
    #expect(features.peakMemoryElements == 131_072)
    #expect(try network.longestPath == 25)
    // 60 + 120 + 240 channels of 16, 32 and 64 times 21.
    #expect(features.skipChannels == 420)
    #expect(features.skipCandidates == 2352)
    #expect(features.density == 420.0 / 2352)
  }

  @Test("NN-Mass falls with depth where NN-Degree does not: 30 at d = 3, 21.8 at d = 12 for w = 16, t = 10")
  func massFalls() throws {
    let shallow = try dense([16], [3], [10]).network(seed: 0).features
    let deep = try dense([16], [12], [10]).network(seed: 0).features
    #expect(try abs(#require(shallow.nnMass) - 30) < 1e-12)
    #expect(try abs(#require(deep.nnMass) - 21.8181818181818) < 1e-9)
    #expect(deep.nnDegree > shallow.nnDegree)
  }

  @Test("for one cell (m/2) / (Σ s/d) = d² / ((d − 1)(d − 2))")
  func massAndDegree() throws {
    for depth in 3...14 {
      for width in [1, 4, 16] {
        for skip in [1, 3, 10, 200] {
          let network = try dense([width], [depth], [skip]).network(seed: 3)
          let features = try network.features
          let skips = features.nnDegree - Double(width)
          let d = Double(depth)
          let mass = try #require(features.nnMass)
          let ratio = d * d / ((d - 1) * (d - 2))
          #expect(abs(mass / 2 / skips - ratio) < 1e-9)
          #expect(abs(skips - Double(features.skipChannels) / d) < 1e-9)
        }
      }
    }
  }

  @Test("the skip channels of a cell are w·k(k+1)/2 + t·(n − k)", arguments: [0, 1, 5, 12, 13, 100])
  func skipChannels(skip: Int) {
    for width in 1...6 {
      for depth in 1...9 {
        let cell = DenseCell(width: width, depth: depth, skip: skip)
        let n = max(depth - 2, 0)
        let k = min(n, skip / width)
        let sum = (0..<depth).reduce(0) { $0 + cell.skipChannels(layer: $1) }
        #expect(sum == width * k * (k + 1) / 2 + skip * (n - k))
        #expect(cell.saturation == width * n)
      }
    }
  }

  @Test("cells of one and two layers have no skips: g = w, m = 0, no density", arguments: [1, 2])
  func shortCells(depth: Int) throws {
    let network = try dense([5, 7], [depth, depth], [9, 9]).network(seed: 0)
    let features = try network.features
    #expect(features.nnDegree == 12)
    #expect(features.nnMass == 0)
    #expect(features.density == nil)
    #expect(features.skipLinks == 0)
    #expect(features.skipElements == 0)
    #expect(features.weightedLayers == 2 * depth + 1)
    #expect(try network.longestPath == 2 * depth + 1)
    #expect(try network.graphCells.map(\.width) == [5, 7])
    #expect(try network.graphCells.map(\.depth) == [depth, depth])
  }

  @Test("a cell's features: width, depth, links, degree and mass")
  func cellFeatures() throws {
    let cells = try dense([16, 32], [8, 4], [10, 20]).network(seed: 0).graphCells
    #expect(cells.map(\.skipLinks) == [960, 1280])
    #expect(cells.map(\.nnDegree) == [23.5, 42])
    // 60 of 336 channels, 40 of 96.
    #expect(try abs(#require(cells[0].nnMass) - 60.0 / 336 * 128) < 1e-12)
    #expect(try abs(#require(cells[1].nnMass) - 40.0 / 96 * 128) < 1e-12)
    #expect(cells.allSatisfy { $0.kind == .dense })
  }

  @Test("a run of layers of 2, 3, 5 and 7 channels, by hand: no dense cell, so no mass")
  func unequalWidths() throws {
    func layer(_ channels: Int, _ inputs: [Network.Source]) -> Network.Layer {
      Network.Layer(
        name: "of \(channels)", operation: .convolution(outputChannels: channels, kernel: 1, stride: 1, groups: 1),
        inputs: inputs)
    }
    let network = try Network(
      input: FeatureShape(channels: 1, height: 2, width: 2),
      layers: [
        layer(2, [.init(producer: nil)]), layer(3, [.init(producer: 0)]),
        layer(5, [.init(producer: 1), .init(producer: 0, channels: [1])]),
        layer(
          7,
          [.init(producer: 2), .init(producer: 0), .init(producer: 1, channels: [0, 2])]),
        Network.Layer(name: "pooling", operation: .globalAveragePooling, inputs: [.init(producer: 3)]),
        Network.Layer(
          name: "classifier", operation: .fullyConnected(outputs: 3, hasBias: false), inputs: [.init(producer: 4)]),
      ])
    let features = try network.features
    // Layer 2 takes 1 of 2 candidates and layer 3 takes 4 of 5; links 1·5 + 4·7; w = 17/4, d = 4.
    #expect(features.density == nil)
    #expect(features.skipLinks == 33)
    #expect(features.skipElements == 20)
    #expect(abs(features.nnDegree - (4.25 + 33 / 17.0)) < 1e-12)
    #expect(features.nnMass == nil)
    #expect(features.weights == 2 + 2 * 3 + 4 * 5 + 9 * 7 + 7 * 3)
    #expect(features.activations == 4 * 17 + 3)
    #expect(features.peakMemoryElements == 4 * 17)
    #expect(try network.longestPath == 5)
  }

  @Test("a stride of 2 halves odd sizes upwards")
  func oddSizes() throws {
    let network = try dense(
      [2, 2, 2], [1, 1, 1], [0, 0, 0], input: FeatureShape(channels: 1, height: 7, width: 5)
    ).network(seed: 0)
    // Convolution, normalisation and activation three times, then pooling and the classifier.
    #expect([0, 3, 6].map { network.shapes[$0].height } == [7, 4, 2])
    #expect([0, 3, 6].map { network.shapes[$0].width } == [5, 3, 2])
    #expect(network.shapes[9] == FeatureShape(channels: 2, height: 1, width: 1))
    #expect(network.shapes[10] == FeatureShape(channels: 10, height: 1, width: 1))
  }

  @Test("the counts of one grouped convolution and of one fully connected layer")
  func oneLayer() {
    let convolution = WeightedLayer(
      kernelHeight: 3, kernelWidth: 5, inputChannels: 16, outputChannels: 24, groups: 4, inputHeight: 9,
      inputWidth: 8, outputHeight: 5, outputWidth: 4)
    #expect(convolution.weights == 15 * 4 * 24)
    #expect(convolution.macs == 15 * 4 * 24 * 20)
    #expect(convolution.inputElements == 16 * 72)
    #expect(convolution.outputElements == 24 * 20)
    let connected = WeightedLayer.fullyConnected(inputs: 64, outputs: 10)
    #expect(connected.weights == 640)
    #expect(connected.macs == 640)
    #expect(connected.inputElements == 64)
    #expect(connected.outputElements == 10)
  }
}
