import FlashNumerics
import Testing

@testable import FlashGraph

@Suite("Topology of weighted layers") struct TopologyTests {
  private func path(_ count: Int) throws -> WeightedLayerGraph {
    try WeightedLayerGraph(count: count, edges: (0..<max(count - 1, 0)).map { ($0, $0 + 1) })
  }

  private func complete(_ count: Int) throws -> WeightedLayerGraph {
    try WeightedLayerGraph(count: count, edges: (0..<count).flatMap { v in (0..<v).map { ($0, v) } })
  }

  private func random(_ count: Int, _ random: inout SplitMix64) -> [(from: Int, to: Int)] {
    (0..<count).flatMap { v in (0..<v).map { (from: $0, to: v) } }.filter { _ in random.below(4) == 0 }
  }

  @Test("A path has the closed forms of a path", arguments: [2, 3, 4, 7, 20, 65, 130])
  func paths(count: Int) throws {
    let graph = try path(count)
    let n = Double(count)
    #expect(graph.meanDegree == 2 * (n - 1) / n)
    #expect(graph.maximumDegree == min(count - 1, 2))
    #expect(graph.longestPath == count)
    // Σ k (n − k) over n (n − 1) / 2 pairs.
    #expect(abs(try #require(graph.meanPath) - (n + 1) / 3) < 1e-12 * n)
    // All edges join an out-degree of 1 with an in-degree of 1.
    #expect(graph.degreeAssortativity == nil)
    let expected = 2 - 2 * Elementary.cos(.pi / n)
    #expect(abs(try #require(try graph.algebraicConnectivity()) - expected) < 1e-12)
  }

  @Test("A complete graph has the closed forms of a complete graph", arguments: [3, 4, 9, 33])
  func completes(count: Int) throws {
    let graph = try complete(count)
    #expect(graph.meanDegree == Double(count - 1))
    #expect(graph.maximumDegree == count - 1)
    #expect(graph.longestPath == count)
    #expect(graph.meanPath == 1)
    #expect(abs(try #require(try graph.algebraicConnectivity()) - Double(count)) < 1e-10 * Double(count))
    // Edge u → v joins out-degree n − 1 − u with in-degree v: corr(−u, v) over u < v is −1/2.
    #expect(abs(try #require(graph.degreeAssortativity) + 0.5) < 1e-12)
  }

  @Test("Graphs without edges have no paths, no assortativity and no connectivity")
  func empty() throws {
    for count in [0, 1, 2, 5] {
      let graph = try WeightedLayerGraph(count: count, edges: [])
      #expect(graph.meanPath == nil && graph.degreeAssortativity == nil)
      #expect(graph.meanDegree == (count > 0 ? 0 : nil) && graph.longestPath == min(count, 1))
      #expect(try graph.algebraicConnectivity() == (count > 1 ? 0 : nil))
    }
  }

  @Test("Naming the nodes in another order, or listing the edges in another, changes nothing", arguments: 0..<12)
  func relabelling(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let count = 5 + generator.below(20)
    let edges = random(count, &generator)
    let graph = try WeightedLayerGraph(count: count, edges: edges)
    // Another order that every edge still rises in: of the nodes whose predecessors are named, any next.
    var names = [Int?](repeating: nil, count: count)
    for name in 0..<count {
      let ready = (0..<count).filter { node in
        names[node] == nil && graph.predecessors[node].allSatisfy { names[$0] != nil }
      }
      names[ready[generator.below(ready.count)]] = name
    }
    let renamed = edges.map { (from: names[$0.from] ?? 0, to: names[$0.to] ?? 0) }.shuffled(using: &generator)
    let other = try WeightedLayerGraph(count: count, edges: renamed)
    #expect(other.degrees.sorted() == graph.degrees.sorted())
    #expect(other.longestPath == graph.longestPath)
    #expect(other.meanPath == graph.meanPath)
    let pairs = [
      (other.degreeAssortativity, graph.degreeAssortativity),
      (try other.algebraicConnectivity(), try graph.algebraicConnectivity()),
    ]
    for (found, expected) in pairs {
      #expect((found == nil) == (expected == nil))
      if let found, let expected { #expect(abs(found - expected) < 1e-11) }
    }
  }

  @Test("A graph in pieces has connectivity 0, and joining them makes it positive")
  func pieces() throws {
    let edges = [(0, 1), (1, 2), (3, 4)]
    #expect(try WeightedLayerGraph(count: 5, edges: edges.map { ($0, $1) }).algebraicConnectivity() == 0)
    let joined = try WeightedLayerGraph(count: 5, edges: (edges + [(2, 3)]).map { ($0, $1) })
    #expect(try #require(try joined.algebraicConnectivity()) > 0.3)
  }

  @Test("Edges that do not rise, leave the nodes or stand twice are refused")
  func refused() {
    for edges in [[(1, 1)], [(2, 1)], [(0, 3)], [(-1, 1)], [(0, 1), (0, 1)]] {
      #expect(throws: GraphError.self) { try WeightedLayerGraph(count: 3, edges: edges.map { ($0, $1) }) }
    }
    #expect(throws: GraphError.self) { try WeightedLayerGraph(count: -1, edges: []) }
    #expect(throws: GraphError.self) { try WeightedLayerGraph(count: LayerGraph.layerLimit + 1, edges: []) }
  }

  @Test("Above the limits the costly metrics have no value, and the others have theirs")
  func large() throws {
    let graph = try path(WeightedLayerGraph.pairLimit + 1)
    #expect(graph.meanPath == nil)
    #expect(try graph.algebraicConnectivity() == nil)
    #expect(graph.longestPath == WeightedLayerGraph.pairLimit + 1 && graph.maximumDegree == 2)
    #expect(try path(WeightedLayerGraph.pairLimit).meanPath != nil)
  }

  // MARK: From layers

  private func layer(_ name: String, _ operation: LayerGraph.Operation, _ inputs: [Int], _ channels: Int)
    -> LayerGraph.Layer
  {
    LayerGraph.Layer(name: name, operation: operation, inputs: inputs, channels: channels, elements: channels)
  }

  private func full(_ input: Int, _ inputs: Int, _ outputs: Int) -> LayerGraph.Layer {
    layer(
      "full", .weighted(.fullyConnected(inputs: inputs, outputs: outputs), isTransposed: false), [input], outputs)
  }

  @Test("Sums and activations carry edges along, and a cut keeps only what is left")
  func layers() throws {
    let graph = try LayerGraph(
      layers: [
        layer("input", .input, [], 4), full(0, 4, 4), full(1, 4, 4), layer("sum", .sum, [1, 2], 4),
        layer("activation", .pointwise, [3], 4), full(4, 4, 2), layer("joined", .concatenation, [1, 5], 6),
        layer("half", .selection([4, 5]), [6], 2), full(7, 2, 3), full(6, 6, 1),
        layer("product", .product, [8, 9], 3), full(10, 3, 3), layer("mixed", .mixing(macs: 0), [6], 5), full(12, 5, 1),
      ], parameters: [])
    let found = try WeightedLayerGraph(graph)
    // Nodes: 0 and 1 before the sum, 2 after it; 3 reads 2's half of the concatenation, 4 all of it.
    #expect(found.predecessors == [[], [0], [0, 1], [2], [0, 2], [3, 4], [0, 2]])
    #expect(found.successors == [[1, 2, 4, 6], [2], [3, 4, 6], [5], [5], [], []])
    let topology = graph.topology
    #expect(topology.degreeMaximum == 5 && topology.degreeMean == 20 / 7.0)
    #expect(graph.features().longestPath == found.longestPath)
    #expect(topology.receptiveField == nil)
    #expect(topology.reasons == ["receptive_field": "no input of the network has positions"])
  }

  @Test("The longest path over edges is the one that counting finds", arguments: 0..<6)
  func longest(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let network = DenseMLP.random(cells: 2, width: 3...9, depth: 2...9, skip: 0...30, inputs: 5, &random)
    let graph = try network.graph()
    let found = try WeightedLayerGraph(graph)
    #expect(found.count == graph.features().weightedLayers)
    #expect(found.longestPath == graph.features().longestPath)
  }
}
