/// Metrics of a network's weighted-layer graph, and its receptive field: what costs more than counting.
public struct LayerGraphTopology: Sendable, Hashable {
  public var degreeMean: Double?
  public var degreeMaximum: Int?
  /// Degree assortativity, out–in.
  public var assortativity: Double?
  /// Mean shortest path, in steps from one weighted layer to the next.
  public var meanPath: Double?
  /// Theoretical receptive field, in pixels of the input.
  public var receptiveField: Int?
  public var algebraicConnectivity: Double?
  /// Why a metric has no value, by its key, for those whose definition does not already say so.
  public var reasons: [String: String] = [:]
}

extension LayerGraph {
  /// The topology of the weighted layers.
  ///
  /// A metric that is not defined, or that a network is too large for, is `nil`, and `reasons` says why.
  /// - Complexity: that of `WeightedLayerGraph` and of each metric: at most O(nodes³) for the algebraic connectivity of
  ///   up to 1024 weighted layers.
  public var topology: LayerGraphTopology {
    var topology = LayerGraphTopology()
    do { topology.receptiveField = try ReceptiveField.of(self) } catch {
      topology.reasons["receptive_field"] = error.reason
    }
    let graph: WeightedLayerGraph
    do { graph = try WeightedLayerGraph(self) } catch {
      for key in ["degree_mean", "degree_max", "assortativity", "mean_path", "algebraic_connectivity"] {
        topology.reasons[key] = error.reason
      }
      return topology
    }
    topology.degreeMean = graph.meanDegree
    topology.degreeMaximum = graph.maximumDegree
    topology.assortativity = graph.degreeAssortativity
    if topology.assortativity == nil {
      topology.reasons["assortativity"] = "not defined: all edges start at one out-degree, or all end at one in-degree"
    }
    topology.meanPath = graph.meanPath
    if topology.meanPath == nil {
      topology.reasons["mean_path"] =
        graph.count > WeightedLayerGraph.pairLimit
        ? Self.tooMany(graph, WeightedLayerGraph.pairLimit) : "no weighted layer reads another"
    }
    do { topology.algebraicConnectivity = try graph.algebraicConnectivity() } catch {
      topology.reasons["algebraic_connectivity"] = error.reason
      return topology
    }
    if topology.algebraicConnectivity == nil {
      topology.reasons["algebraic_connectivity"] =
        graph.count > WeightedLayerGraph.connectivityLimit
        ? Self.tooMany(graph, WeightedLayerGraph.connectivityLimit) : "fewer than two weighted layers"
    }
    return topology
  }

  private static func tooMany(_ graph: WeightedLayerGraph, _ limit: Int) -> String {
    "\(graph.count) weighted layers, worked out for at most \(limit)"
  }
}
