/// Where a channel comes from: the layer that made it last (a weighted layer, a sum, a mixing layer or an input) and its
/// place there.
struct ChannelOrigin: Hashable {
  let layer: Int32
  let channel: Int32
}

/// Links of a `LayerGraph` on the level of channels.
///
/// The *level* of a weighted layer is the number of weighted layers on the longest way to it, itself included, where a
/// product follows its largest operand. A link from a channel of level l to a node of level m is regular where l = m − 1;
/// where l is lower it bypasses m − 1 − l weighted layers: a skip link. An operand of a sum that lies on a lower level
/// than the sum's deepest operand is a shortcut: each of its channels joins one channel of the sum. Inputs of the network
/// are no nodes, so they make no skip links.
struct LayerGraphLinks {
  /// Skip links into one layer.
  struct Skip {
    let layer: Int
    let links: Int
    let elements: Int
    /// Different channels that a weighted layer reads from further below; none for a sum.
    var channels = 0
    /// The layers that made those channels.
    var sources: Set<Int> = []
  }

  /// A shortcut: the weighted layer that it comes from, and the one before the sum on the way that it bypasses.
  struct Shortcut {
    let first: Int
    let last: Int
  }

  /// The level of the layer that made a channel.
  private(set) var levels: [Int]
  private(set) var skips: [Skip] = []
  private(set) var shortcuts: [Shortcut] = []
  /// The main path: weighted layers in order.
  private(set) var mainPath: [Int] = []
  /// For each layer the weighted layer, itself or before it, that gives it its level.
  private var carriers: [Int?]
  private var predecessors: [Int?]
  private var channels: [[ChannelOrigin]] = []

  /// Complexity: O(layers + channels listed).
  init(_ graph: LayerGraph) {
    levels = [Int](repeating: 0, count: graph.layers.count)
    carriers = [Int?](repeating: nil, count: graph.layers.count)
    predecessors = carriers
    channels.reserveCapacity(graph.layers.count)
    let lastUse = graph.lastReaders
    var last: Int?
    for (index, layer) in graph.layers.enumerated() {
      channels.append(follow(layer, index, graph))
      for input in layer.inputs where lastUse[input] == index { channels[input] = [] }
      // An output of the network: nothing reads it.
      if lastUse[index] == index, let carrier = deepest(channels[index]).flatMap({ carriers[$0] }),
        last.map({ levels[carrier] > levels[$0] }) ?? true
      {
        last = carrier
      }
    }
    trace(from: last)
  }

  /// The channels that a layer writes; notes levels and skip links on the way.
  private mutating func follow(_ layer: LayerGraph.Layer, _ index: Int, _ graph: LayerGraph) -> [ChannelOrigin] {
    switch layer.operation {
    case .input: return fresh(index, layer.channels)
    case .weighted(let shape, _):
      readWeighted(layer, shape, index, graph)
      return fresh(index, layer.channels)
    case .pointwise, .pooling: return channels[layer.inputs[0]]
    case .sum: return add(layer, index)
    case .product:
      let main = layer.inputs.filter { graph.layers[$0].channels == layer.channels }
        .max { graph.layers[$0].elements < graph.layers[$1].elements }
      return main.map { channels[$0] } ?? mix(layer, index)
    case .concatenation: return layer.inputs.flatMap { channels[$0] }
    case .selection(let chosen):
      let read = channels[layer.inputs[0]]
      return chosen.map { read[Int($0)] }
    case .mixing: return mix(layer, index)
    }
  }

  private func fresh(_ index: Int, _ count: Int) -> [ChannelOrigin] {
    (0..<Int32(count)).map { ChannelOrigin(layer: Int32(index), channel: $0) }
  }

  private func level(_ origin: ChannelOrigin) -> Int { levels[Int(origin.layer)] }

  /// The deepest of some channels' origins, the first where several are.
  private func deepest(_ read: [ChannelOrigin]) -> Int? {
    var best: Int32?
    for origin in read where best.map({ levels[Int(origin.layer)] > levels[Int($0)] }) ?? true { best = origin.layer }
    return best.map(Int.init)
  }

  private mutating func readWeighted(
    _ layer: LayerGraph.Layer, _ shape: WeightedLayer, _ index: Int, _ graph: LayerGraph
  ) {
    let read = channels[layer.inputs[0]]
    let deepest = deepest(read)
    levels[index] = 1 + (deepest.map { levels[$0] } ?? 0)
    carriers[index] = index
    predecessors[index] = deepest.flatMap { carriers[$0] }
    let skipping = read.filter { level($0) < levels[index] - 1 && carriers[Int($0.layer)] != nil }
    guard !skipping.isEmpty else { return }
    let channels = Self.distinct(skipping)
    var sources: [Int] = []
    for origin in skipping where sources.last != Int(origin.layer) { sources.append(Int(origin.layer)) }
    skips.append(
      Skip(
        layer: index, links: channels * (shape.outputChannels / shape.groups),
        elements: skipping.count * shape.inputHeight * shape.inputWidth, channels: channels, sources: Set(sources)))
  }

  /// How many different origins there are. Most lists are in rising order as they stand: then there is nothing to sort.
  private static func distinct(_ origins: [ChannelOrigin]) -> Int {
    var keys = origins.map { Int64($0.layer) << 32 | Int64($0.channel) }
    if !zip(keys, keys.dropFirst()).allSatisfy({ $0 <= $1 }) { keys.sort() }
    return zip(keys, keys.dropFirst()).reduce(1) { $1.0 == $1.1 ? $0 : $0 + 1 }
  }

  private mutating func add(_ layer: LayerGraph.Layer, _ index: Int) -> [ChannelOrigin] {
    let tops = layer.inputs.map { deepest(channels[$0]) }
    let top = tops.compactMap { $0 }.max { levels[$0] < levels[$1] }
    levels[index] = top.map { levels[$0] } ?? 0
    carriers[index] = top.flatMap { carriers[$0] }
    let bypassing = zip(layer.inputs, tops).filter { input, operand in
      guard let operand, carriers[operand] != nil else { return false }
      return levels[operand] < levels[index] && channels[input].count == layer.channels
    }
    if !bypassing.isEmpty {
      skips.append(
        Skip(layer: index, links: bypassing.count * layer.channels, elements: bypassing.count * layer.elements))
    }
    for (_, operand) in bypassing {
      if let first = operand.flatMap({ carriers[$0] }), let last = carriers[index] {
        shortcuts.append(Shortcut(first: first, last: last))
      }
    }
    return fresh(index, layer.channels)
  }

  private mutating func mix(_ layer: LayerGraph.Layer, _ index: Int) -> [ChannelOrigin] {
    let top = layer.inputs.compactMap { deepest(channels[$0]) }.max { levels[$0] < levels[$1] }
    levels[index] = top.map { levels[$0] } ?? 0
    carriers[index] = top.flatMap { carriers[$0] }
    return fresh(index, layer.channels)
  }

  /// Walks back from the deepest weighted layer before an output, the first where several are.
  private mutating func trace(from last: Int?) {
    var layer = last
    while let current = layer {
      mainPath.append(current)
      layer = predecessors[current]
    }
    mainPath.reverse()
  }
}
