import FlashGraph
import FlashHardware
import FlashNAS
import FlashNumerics
import Testing

/// The closed form against the count over the layer graph, layer by layer and link by link.
@Suite("Closed form")
struct ClosedFormTests {
  /// How the closed form of a point differs from the count over its network; empty where it does not.
  static func differences(_ space: SearchSpace, _ point: [Int], seed: UInt64) throws -> [String] {
    let closed = space.features(point)
    let counted = try space.network(point).network(seed: seed).features
    let integers: [(String, KeyPath<NetworkFeatures, Int>)] = [
      ("parameters", \.parameters), ("weights", \.weights), ("biases", \.biases), ("batch norm", \.batchNorm),
      ("MACs", \.macs), ("FLOPs", \.flops), ("activations", \.activations), ("skip links", \.skipLinks),
      ("skip elements", \.skipElements), ("skip channels", \.skipChannels), ("candidates", \.skipCandidates),
      ("peak memory", \.peakMemoryElements), ("weighted layers", \.weightedLayers),
    ]
    var differences = integers.filter { closed[keyPath: $1] != counted[keyPath: $1] }.map {
      "\($0): closed form \(closed[keyPath: $1]), count \(counted[keyPath: $1])"
    }
    let numbers: [(String, KeyPath<NetworkFeatures, Double>)] = [("g", \.nnDegree), ("m", \.nnMass)]
    for (name, path) in numbers {
      let (a, b) = (closed[keyPath: path], counted[keyPath: path])
      if !(abs(a - b) <= 1e-12 * abs(b)) { differences.append("\(name): closed form \(a), count \(b)") }
    }
    if space.nnDegree(point) != closed.nnDegree { differences.append("g alone: \(space.nnDegree(point))") }
    return differences
  }

  @Test(
    "the closed form is the count over the layer graph at a thousand random points",
    arguments: ["dense3-fashion", "dense3-cifar"])
  func randomPoints(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 31)
    for trial in 0..<1000 {
      let point = space.randomPoint(&random)
      let differences = try Self.differences(space, point, seed: UInt64(trial))
      #expect(differences.isEmpty, "\(point): \(differences)")
    }
  }

  @Test(
    "the closed form is the count over the layer graph at all 512 corners",
    arguments: ["dense3-fashion", "dense3-cifar"])
  func corners(name: String) throws {
    let space = try SearchSpace.named(name)
    #expect(space.corners.count == 512)
    for corner in space.corners {
      let differences = try Self.differences(space, corner, seed: 1)
      #expect(differences.isEmpty, "\(corner): \(differences)")
    }
  }

  @Test("g and m are those worked out by hand")
  func byHand() throws {
    let space = try SearchSpace.named("dense3-cifar")
    let large = space.features([32, 13, 40, 64, 13, 80, 128, 13, 125])
    #expect(abs(large.nnDegree - 429.461538461538) < 1e-9)
    #expect(abs(large.nnMass - 526.106060606060) < 1e-9)
    let small = space.features([16, 8, 10, 32, 8, 20, 64, 8, 40])
    #expect(abs(small.nnDegree - 164.5) < 1e-12)
    #expect(abs(small.nnMass - 160) < 1e-9)
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

  @Test("layers in closed form are the layer graph's, each as often", arguments: ["dense3-fashion", "dense3-cifar"])
  func layers(name: String) throws {
    let space = try SearchSpace.named(name)
    var random = SplitMix64(seed: 32)
    for trial in 0..<200 {
      let point = trial < 20 ? space.corners[25 * trial] : space.randomPoint(&random)
      var closed: [WeightedLayer: Int] = [:]
      space.forEachLayer(point) { closed[$0, default: 0] += $1 }
      var counted: [WeightedLayer: Int] = [:]
      for layer in try space.network(point).network(seed: 5).weightedLayers { counted[layer, default: 0] += 1 }
      #expect(closed == counted, "\(point)")
    }
  }
}
