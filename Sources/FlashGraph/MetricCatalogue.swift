/// One topology metric or count of a network: its key in results and what it is.
public struct Metric: Sendable {
  public let key: String
  public let summary: String

  /// Every metric, in the order in which tables print them.
  public static let catalogue: [Metric] = [
    Metric(key: "nn_degree", summary: "NN-Degree: width plus skip links per node, summed over cells (FLASH)"),
    Metric(key: "nn_degree_block", summary: "NN-Degree with each residual or inverted residual block as a cell"),
    Metric(key: "nn_mass", summary: "NN-Mass: density times nodes, summed over cells (Bhardwaj et al. 2021)"),
    Metric(key: "density", summary: "skip channels taken over those that could be taken"),
    Metric(key: "parameters", summary: "weights, biases and batch-norm parameters"),
    Metric(key: "weights", summary: "weights of convolutions and fully connected layers"),
    Metric(key: "biases", summary: "biases"),
    Metric(key: "batch_norm", summary: "affine parameters of normalisations, 2 a channel"),
    Metric(key: "shared_parameters", summary: "parameters of tensors that several layers use, counted once"),
    Metric(key: "macs", summary: "multiply-accumulates of weighted layers, one image"),
    Metric(key: "activation_macs", summary: "multiply-accumulates of two activations"),
    Metric(key: "flops", summary: "2 · MACs"),
    Metric(key: "activations", summary: "output elements of weighted layers"),
    Metric(key: "skip_links", summary: "pairs of nodes joined by a path that bypasses a weighted layer"),
    Metric(key: "skip_elements", summary: "elements read from the sources of skip links"),
    Metric(key: "peak_memory_elements", summary: "largest sum of live maps over the execution order"),
    Metric(key: "weighted_layers", summary: "convolutions and fully connected layers"),
    Metric(key: "longest_path", summary: "most weighted layers on one path"),
    Metric(key: "mean_path", summary: "mean shortest path between weighted layers, over reachable pairs"),
    Metric(key: "degree_mean", summary: "mean degree of the weighted layers, edges in and out"),
    Metric(key: "degree_max", summary: "largest degree of a weighted layer"),
    Metric(key: "assortativity", summary: "correlation of out-degree with in-degree over edges (Newman 2003)"),
    Metric(key: "algebraic_connectivity", summary: "second smallest Laplacian eigenvalue of the layer graph"),
    Metric(key: "receptive_field", summary: "theoretical receptive field in pixels (Araujo et al. 2019)"),
  ]
}
