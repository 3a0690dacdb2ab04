import FlashGraph
import FlashNumerics
import Testing

@testable import FlashHardware

@Suite("Tiles in a mesh")
struct MeshTests {
  /// The mean Manhattan distance, pair by pair.
  func meanDistance(_ a: Range<Int>, _ b: Range<Int>, width: Int) -> Double {
    var sum = 0
    for first in a {
      for second in b { sum += abs(first % width - second % width) + abs(first / width - second / width) }
    }
    return Double(sum) / Double(a.count * b.count)
  }

  @Test("distances in closed form are those of all pairs")
  func closedForm() {
    var random = SplitMix64(seed: 61)
    for _ in 0..<500 {
      let tiles = 2 + random.below(150)
      let mesh = TileMesh(tiles: tiles)
      let cut = 1 + random.below(tiles - 1)
      let first = random.below(cut)
      let second = cut + random.below(tiles - cut)
      let (a, b) = (
        first..<(first + 1 + random.below(cut - first)), second..<(second + 1 + random.below(tiles - second))
      )
      let (from, to) = (
        mesh.place(first: a.lowerBound, count: a.count), mesh.place(first: b.lowerBound, count: b.count)
      )
      let expected = meanDistance(a, b, width: mesh.width)
      #expect(abs(from.meanDistance(to: to) - expected) < 1e-9, "\(a) \(b) of \(tiles)")
      #expect(abs(to.meanDistance(to: from) - expected) < 1e-9)
      var pool = TilePool(width: mesh.width)
      pool.add(from, channels: 7)
      #expect(abs(pool.meanDistance(to: to) - expected) < 1e-9)
    }
  }

  @Test("a pool's distance is the mean of its sources' by their channels, and so are its flits at a time")
  func pool() {
    let mesh = TileMesh(tiles: 30)
    let sources = [(0, 3, 5), (3, 3, 4), (6, 8, 1), (14, 1, 20)]
    let destination = mesh.place(first: 17, count: 4)
    var pool = TilePool(width: mesh.width)
    for turn in 0..<2 {
      var (distance, inverse) = (0.0, 0.0)
      for (first, count, channels) in sources.dropFirst(turn) {
        let place = mesh.place(first: first, count: count)
        pool.add(place, channels: channels)
        distance += Double(channels) * place.meanDistance(to: destination)
        inverse += Double(channels) * max(1 / Double(count), 0.25)
      }
      let channels = Double(sources.dropFirst(turn).reduce(0) { $0 + $1.2 })
      #expect(pool.channels == channels)
      #expect(abs(pool.meanDistance(to: destination) - distance / channels) < 1e-12)
      #expect(abs(pool.meanInverse(atLeast: 0.25) - inverse / channels) < 1e-12)
      pool.clear()
    }
  }

  @Test("uniform traffic on a k×k mesh passes 2(k² − 1)/(3k) + 1 routers on average", arguments: [1, 2, 5, 8])
  func uniform(k: Int) {
    let mesh = TileMesh(tiles: k * k)
    #expect(mesh.width == k)
    var sum = 0.0
    for a in 0..<(k * k) {
      for b in 0..<(k * k) where a != b {
        sum += mesh.place(first: a, count: 1).meanDistance(to: mesh.place(first: b, count: 1))
      }
    }
    let routers = sum / Double(k * k * k * k) + 1
    #expect(abs(routers - (2 * Double(k * k - 1) / Double(3 * k) + 1)) < 1e-9)
  }

  // BookSim 2 (mesh88_lat, packet_size 1, uniform traffic): 27.0 cycles at 0.02 flits a node and cycle.
  @Test("one flit over the mean way of an 8×8 mesh takes the cycles that BookSim gives almost without load")
  func bookSim() throws {
    let chip = try chip { ($0.flitBits, $0.inputBits) = (8, 8) }
    var sum = 0.0
    for a in 0..<64 {
      for b in 0..<64 where a != b {
        var traffic = MeshTraffic(chip, tiles: 64, layers: 64)
        for _ in 0..<64 { traffic.layer(.fullyConnected(inputs: 8, outputs: 4)) }
        traffic.transfer(from: a, to: b, elements: 1, share: 1)
        sum += traffic.flows[b].cycles
      }
    }
    // A node's own traffic passes its router alone.
    #expect(abs((sum + 64 * 6) / 4096 - 27.0) < 0.05)
  }

  @Test("meshes are as wide as the square root of their tiles, rounded up")
  func widths() {
    #expect([0, 1, 2, 4, 5, 9, 10, 64, 65].map { TileMesh(tiles: $0).width } == [1, 1, 2, 2, 3, 3, 4, 8, 9])
  }
}
