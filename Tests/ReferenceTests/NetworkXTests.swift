import FlashFormats
import FlashGraph
import Foundation
import Testing

@Suite("Topology of networkx")
struct NetworkXTests {
  struct Document: Decodable {
    let tolerance: Double
    let graphs: [Graph]
    let models: [Graph]
  }

  struct Graph: Decodable {
    let name: String
    let nodes: Int
    let metrics: Metrics
    let edges: [Int]

    var pairs: [(from: Int, to: Int)] {
      stride(from: 0, to: edges.count, by: 2).map { (from: edges[$0], to: edges[$0 + 1]) }
    }
  }

  struct Metrics: Decodable {
    let degree_mean: Double
    let degree_max: Int
    let assortativity: Double?
    let longest_path: Int
    let mean_path: Double?
    let algebraic_connectivity: Double?
  }

  private func compare(_ graph: WeightedLayerGraph, _ expected: Metrics, _ tolerance: Double, _ name: String) throws {
    let comment: Comment = "\(name)"
    #expect(graph.maximumDegree == expected.degree_max, comment)
    #expect(graph.longestPath == expected.longest_path, comment)
    let pairs = [
      (graph.meanDegree, expected.degree_mean), (graph.degreeAssortativity, expected.assortativity),
      (graph.meanPath, expected.mean_path), (try graph.algebraicConnectivity(), expected.algebraic_connectivity),
    ]
    for (found, value) in pairs {
      #expect((found == nil) == (value == nil), comment)
      if let found, let value { #expect(abs(found - value) <= tolerance, comment) }
    }
  }

  @Test("Random graphs of many sizes and densities agree, undefined values included")
  func random() throws {
    let document = try Reference.decode(Document.self, "networkx-topology")
    #expect(document.graphs.count >= 40)
    #expect(document.graphs.contains { $0.metrics.assortativity == nil })
    #expect(document.graphs.filter { $0.metrics.assortativity != nil }.count >= 30)
    for graph in document.graphs {
      let found = try WeightedLayerGraph(count: graph.nodes, edges: graph.pairs)
      try compare(found, graph.metrics, document.tolerance, graph.name)
    }
  }

  @Test("Imported networks have the edges that another reader finds in the file, and its values")
  func models() throws {
    let document = try Reference.decode(Document.self, "networkx-topology")
    #expect(document.models.count == 3)
    for model in document.models {
      let file = try ONNXFile(reading: Reference.folder.appending(path: "onnx/\(model.name).onnx").path)
      let found = try WeightedLayerGraph(file.graph)
      #expect(found == (try WeightedLayerGraph(count: model.nodes, edges: model.pairs)), "\(model.name)")
      try compare(found, model.metrics, document.tolerance, model.name)
      let topology = file.graph.topology
      #expect(topology.meanPath == found.meanPath && topology.assortativity == found.degreeAssortativity)
      #expect(topology.degreeMaximum == model.metrics.degree_max && topology.reasons.isEmpty)
    }
  }

  struct Fields: Decodable {
    let models: [String: Int]
  }

  @Test("Receptive fields are those that gradients measure")
  func receptiveFields() throws {
    let models = try Reference.decode(Fields.self, "torchvision-fields").models
    #expect(models.count == 16)
    for (name, field) in models.sorted(by: { $0.key < $1.key }) {
      let file = try ONNXFile(reading: Reference.folder.appending(path: "onnx/\(name).onnx").path)
      #expect(try ReceptiveField.of(file.graph) == field, "\(name)")
    }
  }
}
