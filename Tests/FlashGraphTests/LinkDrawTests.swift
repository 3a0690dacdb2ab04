import Foundation
import Testing

@testable import FlashGraph

@Suite("Drawing links")
struct LinkDrawTests {
  /// The vectors that the Python trainer is held to as well.
  struct Vectors: Decodable {
    struct Draw: Decodable {
      let seed: UInt64
      let cell: Int
      let layer: Int
      let width: Int
      let skip: Int
      let channels: [Int]
    }
    let vectors: [Draw]
  }

  @Test("the channels are those of the vectors that the Python trainer is held to")
  func sharedVectors() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../datasets/fashion-mnist-dense3/link-vectors.json").standardized
    let vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file)).vectors
    #expect(vectors.contains { $0.seed == .max && $0.channels.count > 20 })
    for draw in vectors {
      #expect(
        LinkDraw.channels(
          seed: draw.seed, cell: draw.cell, layer: draw.layer, width: draw.width, skip: draw.skip) == draw.channels,
        "seed \(draw.seed) cell \(draw.cell) layer \(draw.layer) width \(draw.width) skip \(draw.skip)")
    }
  }

  @Test("channels rise, are distinct, in range and min(t, w·(i − 1)) many")
  func shape() {
    for seed: UInt64 in 0..<8 {
      for layer in 0..<7 {
        for width in [1, 3, 8] {
          for skip in [0, 1, 5, 16, 100] {
            let channels = LinkDraw.channels(seed: seed, cell: 1, layer: layer, width: width, skip: skip)
            let candidates = width * max(layer - 1, 0)
            #expect(channels.count == min(skip, candidates))
            #expect(zip(channels, channels.dropFirst()).allSatisfy { $0 < $1 })
            #expect(channels.allSatisfy { 0 <= $0 && $0 < candidates })
          }
        }
      }
    }
  }

  @Test("every seed, cell and layer draws differently")
  func different() {
    var draws: [[Int]] = []
    for seed: UInt64 in [0, 1, 2, 99, .max] {
      for cell in 0..<3 { draws.append(LinkDraw.channels(seed: seed, cell: cell, layer: 9, width: 16, skip: 12)) }
    }
    #expect(Set(draws).count == draws.count)
  }

  @Test("every candidate is drawn about equally often")
  func uniform() {
    var counts = [Int](repeating: 0, count: 12)
    let draws = 4000
    for seed in 0..<UInt64(draws) {
      for channel in LinkDraw.channels(seed: seed, cell: 0, layer: 4, width: 4, skip: 3) { counts[channel] += 1 }
    }
    // Each with probability ¼: a deviation of √(4000 · ¼ · ¾) = 27.
    for count in counts { #expect(abs(count - draws / 4) < 6 * 27) }
  }

  @Test("a network's sources are the drawn channels, sorted into the layers they come from")
  func sources() throws {
    let cell = DenseCell(width: 5, depth: 7, skip: 9)
    let network = try DenseNetwork(
      input: FeatureShape(channels: 2, height: 6, width: 6), classes: 3, cells: [cell, cell]
    ).network(seed: 31)
    for index in 0..<2 {
      for layer in 0..<cell.depth {
        // A layer is a convolution, a normalisation and an activation; the first source is the predecessor.
        let skips = network.layers[3 * (index * cell.depth + layer)].inputs.dropFirst()
        let channels = skips.flatMap { source in
          (source.channels ?? []).map { ((source.producer ?? 0) / 3 - index * cell.depth) * cell.width + $0 }
        }
        #expect(
          channels == LinkDraw.channels(seed: 31, cell: index, layer: layer, width: cell.width, skip: cell.skip))
      }
    }
  }
}
