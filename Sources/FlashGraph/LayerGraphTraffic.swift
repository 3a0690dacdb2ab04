/// The weighted layers of a graph and what flows between them, as `TrafficVisitor` says.
public struct GraphTraffic: LayeredNetwork, Sendable {
  struct Transfer: Sendable {
    let source: Int
    let destination: Int
    let elements: Int
    let share: Double
  }

  /// The names of the layers.
  public let names: [String]
  public let layers: [WeightedLayer]
  /// What flows once a layer is there, layer by layer.
  private let transfers: [[Transfer]]

  init(names: [String], layers: [WeightedLayer], transfers: [[Transfer]]) {
    self.names = names
    self.layers = layers
    self.transfers = transfers
  }

  public func forEachLayer(_ body: (WeightedLayer, Int) -> Void) {
    for layer in layers { body(layer, 1) }
  }

  public func walk<Visitor: TrafficVisitor>(_ visitor: consuming Visitor) -> Visitor {
    for (layer, flows) in zip(layers, transfers) {
      visitor.layer(layer)
      for flow in flows {
        visitor.transfer(
          from: flow.source, to: flow.destination, elements: Double(flow.elements), share: flow.share)
      }
    }
    return visitor
  }
}

extension LayerGraph {
  /// What flows between the weighted layers; `nil` where one is a transposed convolution, whose shape says another thing.
  ///
  /// Channels are followed one by one. Complexity: O(layers + channels listed).
  public var traffic: GraphTraffic? {
    guard let shapes = weightedLayers else { return nil }
    var trace = TrafficTrace()
    trace.follow(self)
    return GraphTraffic(
      names: layers.filter(\.isWeighted).map(\.name), layers: shapes, transfers: trace.transfers)
  }
}

/// Follows every channel to the weighted layer that holds it, −1 for the network's input.
private struct TrafficTrace {
  private(set) var transfers: [[GraphTraffic.Transfer]] = []
  private var holders: [[Int32]] = []

  mutating func follow(_ graph: LayerGraph) {
    let lastUse = graph.lastReaders
    for (index, layer) in graph.layers.enumerated() {
      holders.append(follow(layer, graph))
      for input in layer.inputs where lastUse[input] == index { holders[input] = [] }
    }
  }

  /// The holders of the channels that a layer writes.
  private mutating func follow(_ layer: LayerGraph.Layer, _ graph: LayerGraph) -> [Int32] {
    switch layer.operation {
    case .input: return [Int32](repeating: -1, count: layer.channels)
    case .weighted(let shape, _):
      let own = Int32(transfers.count)
      transfers.append([])
      send(holders[layer.inputs[0]], positions: shape.inputHeight * shape.inputWidth, to: own)
      return [Int32](repeating: own, count: layer.channels)
    case .pointwise, .pooling: return holders[layer.inputs[0]]
    case .concatenation: return layer.inputs.flatMap { holders[$0] }
    case .selection(let chosen):
      let read = holders[layer.inputs[0]]
      return chosen.map { read[Int($0)] }
    case .sum, .mixing: return mix(layer, at: layer.inputs.flatMap { holders[$0] }.max() ?? -1, graph)
    case .product:
      // Gates flow to the map that they scale, which stays where it is.
      let main = layer.inputs.max { graph.layers[$0].elements < graph.layers[$1].elements }
      guard let main, graph.layers[main].channels == layer.channels else {
        return mix(layer, at: layer.inputs.flatMap { holders[$0] }.max() ?? -1, graph)
      }
      let holder = holders[main].max() ?? -1
      for input in layer.inputs where input != main { send(input, to: holder, graph) }
      return holders[main]
    }
  }

  /// All operands flow to one layer, which holds the result.
  private mutating func mix(_ layer: LayerGraph.Layer, at holder: Int32, _ graph: LayerGraph) -> [Int32] {
    for input in layer.inputs { send(input, to: holder, graph) }
    return [Int32](repeating: holder, count: layer.channels)
  }

  private mutating func send(_ input: Int, to layer: Int32, _ graph: LayerGraph) {
    send(holders[input], positions: graph.layers[input].positions, to: layer)
  }

  /// Channels flow to a layer, unless it holds them.
  private mutating func send(_ channels: [Int32], positions: Int, to layer: Int32) {
    guard layer >= 0 else { return }
    var counts: [(source: Int32, channels: Int)] = []
    var places: [Int32: Int] = [:]
    var last = -1
    for source in channels where source >= 0 && source != layer {
      if last < 0 || counts[last].source != source {
        last = places[source] ?? counts.count
        if last == counts.count {
          counts.append((source, 0))
          places[source] = last
        }
      }
      counts[last].channels += 1
    }
    for (source, count) in counts {
      transfers[Int(max(source, layer))].append(
        GraphTraffic.Transfer(
          source: Int(source), destination: Int(layer), elements: count * positions,
          share: Double(count) / Double(channels.count)))
    }
  }
}
