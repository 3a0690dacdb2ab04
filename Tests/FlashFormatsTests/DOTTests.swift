import FlashGraph
import FlashNAS
import Testing

@testable import FlashFormats

/// Graphviz's grammar (https://graphviz.org/doc/info/lang.html), as far as the exporter uses it: statements of nodes,
/// edges, attributes and subgraphs, with quoted texts and names.
private struct DOTParser {
  struct Fault: Error { let rest: String }
  struct Edge {
    let from: String
    let to: String
    let attributes: [String: String]
  }

  private var rest: Substring
  var nodes: [String: [String: String]] = [:]
  var edges: [Edge] = []
  var clusters: [String] = []

  init(_ text: String) throws {
    rest = text[...]
    try expect("digraph")
    _ = try identifier()
    try statements()
    skip()
    guard rest.isEmpty else { throw Fault(rest: String(rest.prefix(40))) }
  }

  private mutating func skip() {
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if rest.hasPrefix("//") {
        rest = rest.drop { $0 != "\n" }
      } else {
        return
      }
    }
  }

  private mutating func takes(_ token: String) -> Bool {
    skip()
    guard rest.hasPrefix(token) else { return false }
    rest = rest.dropFirst(token.count)
    return true
  }

  private mutating func expect(_ token: String) throws {
    guard takes(token) else { throw Fault(rest: String(rest.prefix(40))) }
  }

  /// A name of letters, digits and `_`, or a quoted text in which only quotes, backslashes and n follow a backslash.
  private mutating func identifier() throws -> String {
    guard takes("\"") else {
      let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      guard let first = name.first, !first.isNumber || name.allSatisfy(\.isNumber) else {
        throw Fault(rest: String(rest.prefix(40)))
      }
      rest = rest.dropFirst(name.count)
      return String(name)
    }
    var text = ""
    while let next = rest.popFirst(), next != "\"" {
      guard next == "\\" else {
        guard !next.isNewline else { throw Fault(rest: "a line ends in a text") }
        text.append(next)
        continue
      }
      guard let escaped = rest.popFirst(), "\"\\n".contains(escaped) else { throw Fault(rest: String(rest.prefix(40))) }
      text.append(escaped == "n" ? "\n" : escaped)
    }
    return text
  }

  private mutating func attributes() throws -> [String: String] {
    var attributes: [String: String] = [:]
    guard takes("[") else { return attributes }
    while !takes("]") {
      let key = try identifier()
      try expect("=")
      attributes[key] = try identifier()
      _ = takes(",")
    }
    return attributes
  }

  private mutating func statements() throws {
    try expect("{")
    while !takes("}") {
      if takes("subgraph") {
        clusters.append(try identifier())
        try statements()
        continue
      }
      let name = try identifier()
      if takes("=") {
        _ = try identifier()
      } else if takes("->") {
        edges.append(Edge(from: name, to: try identifier(), attributes: try attributes()))
      } else {
        let attributes = try attributes()
        if !["node", "edge", "graph"].contains(name) { nodes[name] = attributes }
      }
      try expect(";")
    }
  }
}

@Suite struct DOTTests {
  private func parse(_ graph: LayerGraph, name: String = "sample") throws -> DOTParser {
    try DOTParser(DOTExporter(graph, name: name).text)
  }

  @Test func `the grammar of these tests refuses what Graphviz refuses`() {
    for text in [
      "digraph a { b [label=\"c] ; }", "digraph a { b -> ; }", "digraph a { b [label=] ; }", "digraph a { b -> c }",
      "digraph a { 1b; }", "digraph a { b; ", "graph a { }", "digraph a { b [label=c d]; } x",
    ] {
      #expect(throws: (any Error).self, "\(text)") { _ = try DOTParser(text) }
    }
  }

  @Test(arguments: SearchSpace.catalogue.map(\.name)) func `dashed edges are the skip links of every shipped space`(
    _ name: String
  ) throws {
    for network in try ExportSamples.networks(of: SearchSpace.named(name), count: 3, seed: 9) {
      let graph = try network.layerGraph
      let drawn = try parse(graph)
      var links = 0
      for edge in drawn.edges {
        #expect(drawn.nodes[edge.from] != nil && drawn.nodes[edge.to] != nil)
        guard edge.attributes["style"] == "dashed" else { continue }
        let channels = try #require(edge.attributes["label"].flatMap(Int.init))
        let target = try #require(Int(edge.to.dropFirst()))
        // A channel links to every node of a convolution (in its group), and to one of a sum.
        switch graph.layers[target].operation {
        case .weighted(let shape, _): links += channels * shape.outputChannels / shape.groups
        case .sum: links += channels
        // Pooling passes channels on to the weighted layer that reads it.
        case .pooling:
          for next in drawn.edges where next.from == edge.to {
            let reader = try #require(Int(next.to.dropFirst()))
            if case .weighted(let shape, _) = graph.layers[reader].operation {
              links += channels * shape.outputChannels
            }
          }
        default: break
        }
      }
      #expect(links == graph.features().skipLinks, "\(name)")
      let weighted = drawn.nodes.values.filter { $0["style"] == "filled" }
      #expect(weighted.count == graph.features().weightedLayers)
    }
  }

  @Test func `cells are clusters, and awkward names are texts`() throws {
    #expect(try parse(ExportSamples.equalStages().layerGraph).clusters.count == 2)
    let drawn = try parse(ExportSamples.awkward().layerGraph, name: "two\nlines // \"}")
    #expect(drawn.nodes.values.contains { $0["label"]?.hasPrefix("großer \"Pool\"\n") ?? false })
    // Some of a source's channels: the edge says how many.
    #expect(drawn.edges.contains { $0.attributes["label"] == "602" })
  }
}
