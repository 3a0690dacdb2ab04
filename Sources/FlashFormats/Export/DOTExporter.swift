internal import FlashGraph

/// Writes a graph in Graphviz's language: what makes a map as nodes with their shapes, who reads whom as edges.
///
/// Batch normalisation, activations, concatenations and selections of channels are not drawn: edges go through them. An
/// edge that bypasses a weighted layer, a skip link, is dashed and says how many channels it carries; so does an edge that
/// carries some of its source's channels. Layers whose names share what stands before the first dot are drawn together.
struct DOTExporter {
  private let graph: LayerGraph
  private let name: String
  /// For each layer, as long as it is needed, the node that made each of its channels.
  private var origins: [[Int32]] = []
  /// Weighted layers on the longest way to a node, itself included.
  private var levels: [Int]
  private var edges: [String] = []

  /// Complexity: O(layers + channels listed).
  init(_ graph: LayerGraph, name: String) {
    self.graph = graph
    self.name = name
    levels = [Int](repeating: 0, count: graph.layers.count)
    var lastUse = Array(graph.layers.indices)
    for (index, layer) in graph.layers.enumerated() {
      for input in layer.inputs { lastUse[input] = index }
    }
    for (index, layer) in graph.layers.enumerated() {
      origins.append(follow(layer, index))
      for input in layer.inputs where lastUse[input] == index { origins[input] = [] }
    }
  }

  /// The nodes behind a layer's channels; a layer that is a node itself gets its edges.
  private mutating func follow(_ layer: LayerGraph.Layer, _ index: Int) -> [Int32] {
    switch layer.operation {
    case .pointwise: return origins[layer.inputs[0]]
    case .concatenation: return layer.inputs.flatMap { origins[$0] }
    case .selection(let chosen):
      let read = origins[layer.inputs[0]]
      return chosen.map { read[Int($0)] }
    case .input, .weighted, .pooling, .sum, .product, .mixing:
      let reads = layer.inputs.flatMap(counts)
      let reach = reads.map { levels[$0.node] }.max() ?? 0
      levels[index] = isWeighted(index) ? reach + 1 : reach
      for read in reads { join(read, to: index, reach: reach) }
      return [Int32](repeating: Int32(index), count: layer.channels)
    }
  }

  /// The nodes that an input's channels come from, in order, each with how many different ones there are of it.
  ///
  /// A channel that stands several times, as in flattened maps, counts once: as many as the node has at most.
  private func counts(_ input: Int) -> [(node: Int, channels: Int)] {
    var counts: [(node: Int, channels: Int)] = []
    var places: [Int32: Int] = [:]
    for node in origins[input] {
      if let place = places[node] {
        counts[place].channels += 1
      } else {
        places[node] = counts.count
        counts.append((Int(node), 1))
      }
    }
    return counts.map { ($0.node, min($0.channels, graph.layers[$0.node].channels)) }
  }

  private mutating func join(_ read: (node: Int, channels: Int), to target: Int, reach: Int) {
    // Inputs of the network are no nodes of links: they make no skip links.
    let isSkip = levels[read.node] < reach && levels[read.node] > 0
    let isPart = read.channels < graph.layers[read.node].channels
    var attributes: [String] = []
    if isSkip { attributes.append("style=dashed") }
    if isSkip || isPart { attributes.append("label=\"\(read.channels)\"") }
    let list = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
    edges.append("  n\(read.node) -> n\(target)\(list);\n")
  }

  private func isWeighted(_ index: Int) -> Bool {
    if case .weighted = graph.layers[index].operation { true } else { false }
  }

  /// The text of the file.
  var text: String {
    var text = """
      // \(FormatError.line(name))
      // Dashed edges are skip links with their channels; batch normalisation, activations and concatenations are not drawn.
      digraph network {
        rankdir=TB;
        node [shape=box, fontname="sans-serif", fontsize=10];
        edge [fontname="sans-serif", fontsize=9];

      """
    for (number, group) in groups.enumerated() {
      let isCluster = group.nodes.count > 1 && !group.name.isEmpty
      let margin = isCluster ? "    " : "  "
      if isCluster { text += "  subgraph cluster\(number) {\n    label=\(Self.quoted(group.name));\n" }
      for node in group.nodes { text += "\(margin)n\(node) [\(attributes(of: node))];\n" }
      if isCluster { text += "  }\n" }
    }
    return text + edges.joined() + "}\n"
  }

  var bytes: [UInt8] { Array(text.utf8) }

  /// The nodes by what stands before the first dot of their names, in the order of their first.
  private var groups: [(name: String, nodes: [Int])] {
    var groups: [(name: String, nodes: [Int])] = []
    var places: [String: Int] = [:]
    for (index, layer) in graph.layers.enumerated() {
      switch layer.operation {
      case .pointwise, .concatenation, .selection: continue
      case .input, .weighted, .pooling, .sum, .product, .mixing: break
      }
      let prefix = layer.name.contains(".") ? String(layer.name.prefix { $0 != "." }) : ""
      if let place = places[prefix], !prefix.isEmpty {
        groups[place].nodes.append(index)
      } else {
        places[prefix] = groups.count
        groups.append((prefix, [index]))
      }
    }
    return groups
  }

  private func attributes(of node: Int) -> String {
    let layer = graph.layers[node]
    let positions = layer.channels > 0 ? layer.elements / layer.channels : 0
    var shape = "\(layer.channels) × \(positions)"
    var kind: String
    var more = ""
    switch layer.operation {
    case .input: (kind, more) = ("input", ", shape=ellipse")
    case .weighted(let weighted, let isTransposed):
      shape = "\(weighted.outputChannels) × \(weighted.outputHeight) × \(weighted.outputWidth)"
      kind = "\(weighted.kernelHeight)×\(weighted.kernelWidth), \(weighted.inputChannels) → \(weighted.outputChannels)"
      if weighted.groups > 1 { kind += ", \(weighted.groups) groups" }
      if isTransposed { kind += ", transposed" }
      more = ", style=filled, fillcolor=\"#dce6f2\""
    case .sum: (kind, more) = ("sum", ", shape=ellipse")
    case .product: (kind, more) = ("product", ", shape=ellipse")
    case .mixing: kind = "mixing"
    case .pooling, .pointwise, .concatenation, .selection: kind = "pooling or resizing"
    }
    let lines = layer.name == kind ? [kind, shape] : [layer.name, kind, shape]
    return "label=\(Self.quoted(lines.joined(separator: "\n")))\(more)"
  }

  /// A quoted text: quotes and backslashes escaped, lines as Graphviz breaks them.
  private static func quoted(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      FormatError.line(String(line)).map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
    }
    return "\"\(lines.joined(separator: "\\n"))\""
  }
}
