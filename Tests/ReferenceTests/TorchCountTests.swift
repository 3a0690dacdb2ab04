import FlashGraph
import FlashNAS
import Testing

@Suite("Counts of PyTorch")
struct TorchCountTests {
  struct Document: Decodable {
    let tolerance: Int
    let points: [Point]
  }

  struct Point: Decodable {
    let cells: [[Int]]
    let seed: UInt64
    let parameters: Int
    let convolution_weights: Int
    let linear_weights: Int
    let biases: Int
    let batch_norm: Int
    let macs: Int
    let activations: Int
    let weighted_layers: Int

    func expectEqual(_ features: NetworkFeatures, _ comment: Comment) {
      #expect(features.parameters == parameters, comment)
      #expect(features.weights == convolution_weights + linear_weights, comment)
      #expect(features.biases == biases, comment)
      #expect(features.batchNorm == batch_norm, comment)
      #expect(features.macs == macs, comment)
      #expect(features.flops == 2 * macs, comment)
      #expect(features.activations == activations, comment)
      #expect(features.weightedLayers == weighted_layers, comment)
    }
  }

  @Test("the layer graph and the closed form both count what PyTorch counts")
  func counts() throws {
    let document = try Reference.decode(Document.self, "torch-counts")
    #expect(document.tolerance == 0)
    #expect(document.points.count >= 30)
    let space = try SearchSpace.named("dense3-fashion")
    for point in document.points {
      let values = point.cells.flatMap { $0 }
      try space.check(values)
      let graph = try space.network(values).network(seed: point.seed).features
      let closed = space.features(values)
      point.expectEqual(graph, "graph \(point.cells)")
      point.expectEqual(closed, "closed form \(point.cells)")
      #expect(closed == graph, "\(point.cells)")
    }
  }
}
