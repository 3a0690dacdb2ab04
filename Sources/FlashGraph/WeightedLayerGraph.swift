/// The graph of the weighted layers: what topology metrics of any network are taken over.
///
/// The nodes are the weighted layers in file order. An edge u → v says that v reads a channel that u made, or a sum,
/// product, concatenation, pooling or activation that comes from one, with no other weighted layer between. Channels are
/// followed one by one through splits, shuffles and sums, so that a layer that reads one half of a map has no edge from
/// what only the other half holds. There is at most one edge from one node to another, and every edge rises in order.
public struct WeightedLayerGraph: Sendable, Hashable {
  /// The most edges (chosen: well above any network, and a second's work for every metric).
  public static let edgeLimit = 1 << 22
  /// The most members of all different sets of weighted layers that channels come from (chosen alike).
  static let memberLimit = 1 << 24
  /// The most nodes for metrics that look at all pairs of them (chosen, so that none takes longer than seconds).
  public static let pairLimit = 2048

  /// The nodes that each node's edges lead to, rising.
  public let successors: [[Int]]
  /// The nodes that each node's edges come from, rising.
  public let predecessors: [[Int]]

  /// Nodes.
  public var count: Int { successors.count }
  public var edgeCount: Int { successors.reduce(0) { $0 + $1.count } }

  /// A graph of `count` nodes with these edges, in any order.
  ///
  /// - Throws: `GraphError` for an edge that does not rise, leaves 0 ..< count or stands twice, or for too many of them.
  /// - Complexity: O(count + edges · log edges).
  public init(count: Int, edges: [(from: Int, to: Int)]) throws(GraphError) {
    guard 0...LayerGraph.layerLimit ~= count else { throw .tooLarge(where: "nodes", limit: LayerGraph.layerLimit) }
    guard edges.count <= Self.edgeLimit else { throw .tooLarge(where: "edges", limit: Self.edgeLimit) }
    var predecessors = [[Int]](repeating: [], count: count)
    for (index, edge) in edges.enumerated() {
      guard 0..<count ~= edge.to, 0..<edge.to ~= edge.from else {
        throw .danglingInput(layer: "edges[\(index)]", found: "\(edge.from) → \(edge.to) of \(count) nodes")
      }
      predecessors[edge.to].append(edge.from)
    }
    for node in predecessors.indices {
      predecessors[node].sort()
      for (first, second) in zip(predecessors[node], predecessors[node].dropFirst()) where first == second {
        throw .danglingInput(layer: "edges", found: "\(first) → \(node) twice")
      }
    }
    self.init(predecessors: predecessors)
  }

  /// The graph of a network's weighted layers.
  ///
  /// - Throws: `GraphError` where there are more edges than `edgeLimit`, or paths in such a number that they cannot be
  ///   followed.
  /// - Complexity: O(channels listed + members of the different sets of layers that they come from).
  public init(_ graph: LayerGraph) throws(GraphError) {
    var trace = SourceTrace()
    self.init(predecessors: try trace.predecessors(graph))
  }

  /// - Precondition: each list rises and names earlier nodes alone.
  private init(predecessors: [[Int]]) {
    var successors = [[Int]](repeating: [], count: predecessors.count)
    for (node, sources) in predecessors.enumerated() {
      for source in sources { successors[source].append(node) }
    }
    self.predecessors = predecessors
    self.successors = successors
  }
}

/// Follows every channel back to the weighted layers that it comes from without another between. Equal sets are stored
/// once and named by a number, 0 the empty one.
private struct SourceTrace {
  private struct Pair: Hashable {
    let first: Int32
    let second: Int32
  }

  private var sets: [[Int32]] = [[]]
  private var numbers: [[Int32]: Int32] = [[]: 0]
  private var unions: [Pair: Int32] = [:]
  private var members = 0
  private var edges = 0

  mutating func predecessors(_ graph: LayerGraph) throws(GraphError) -> [[Int]] {
    let lastUse = graph.lastReaders
    var channels: [[Int32]] = []
    var predecessors: [[Int]] = []
    for (index, layer) in graph.layers.enumerated() {
      if layer.isWeighted {
        let sources = sets[Int(try union(channels[layer.inputs[0]]))]
        edges += sources.count
        guard edges <= WeightedLayerGraph.edgeLimit else {
          throw .tooLarge(where: "\(layer.name): edges up to here", limit: WeightedLayerGraph.edgeLimit)
        }
        let own = try number([Int32(predecessors.count)])
        predecessors.append(sources.map(Int.init))
        channels.append([Int32](repeating: own, count: layer.channels))
      } else {
        channels.append(try follow(layer, channels))
      }
      for input in layer.inputs where lastUse[input] == index { channels[input] = [] }
    }
    return predecessors
  }

  /// The sets of the channels that a layer without weights writes.
  private mutating func follow(
    _ layer: LayerGraph.Layer, _ channels: [[Int32]]
  ) throws(GraphError) -> [Int32] {
    switch layer.operation {
    case .input, .weighted: return [Int32](repeating: 0, count: layer.channels)
    case .pointwise, .pooling: return channels[layer.inputs[0]]
    case .concatenation: return layer.inputs.flatMap { channels[$0] }
    case .selection(let chosen):
      let read = channels[layer.inputs[0]]
      return chosen.map { read[Int($0)] }
    case .sum, .product:
      var result = [Int32](repeating: 0, count: layer.channels)
      for input in layer.inputs {
        let read = channels[input]
        // An operand of one channel goes with every channel.
        for channel in result.indices {
          result[channel] = try union(result[channel], read.count == 1 ? read[0] : read[channel])
        }
      }
      return result
    case .mixing:
      let all = try union(layer.inputs.flatMap { channels[$0] })
      return [Int32](repeating: all, count: layer.channels)
    }
  }

  private mutating func union(_ read: [Int32]) throws(GraphError) -> Int32 {
    var different: [Int32] = []
    var seen: Set<Int32> = []
    for set in read where set != different.last && seen.insert(set).inserted { different.append(set) }
    guard different.count > 1 else { return different.first ?? 0 }
    var all: Set<Int32> = []
    for set in different { all.formUnion(sets[Int(set)]) }
    return try number(all.sorted())
  }

  private mutating func union(_ first: Int32, _ second: Int32) throws(GraphError) -> Int32 {
    if first == second || second == 0 { return first }
    if first == 0 { return second }
    let pair = Pair(first: min(first, second), second: max(first, second))
    if let known = unions[pair] { return known }
    let result = try number(Set(sets[Int(first)]).union(sets[Int(second)]).sorted())
    unions[pair] = result
    return result
  }

  private mutating func number(_ set: [Int32]) throws(GraphError) -> Int32 {
    if let known = numbers[set] { return known }
    members += set.count
    guard members <= WeightedLayerGraph.memberLimit else {
      throw .tooLarge(where: "weighted layers: paths between them", limit: WeightedLayerGraph.memberLimit)
    }
    let number = Int32(sets.count)
    sets.append(set)
    numbers[set] = number
    return number
  }
}
