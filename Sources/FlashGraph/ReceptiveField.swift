extension LayerGraph {
  /// A sliding window over a map: what a receptive field needs to know of a convolution or a pooling.
  public struct Window: Sendable, Hashable {
    /// The positions that the kernel spans, the holes of a dilation included: dilation · (k − 1) + 1.
    public let height: Int
    public let width: Int
    public let strideHeight: Int
    public let strideWidth: Int

    public init(height: Int, width: Int, strideHeight: Int = 1, strideWidth: Int = 1) {
      self.height = height
      self.width = width
      self.strideHeight = strideHeight
      self.strideWidth = strideWidth
    }

    func check(_ place: String) throws(GraphError) {
      for size in [height, width, strideHeight, strideWidth] where !(1...LayerGraph.sizeLimit ~= size) {
        throw .outOfRange(where: "\(place): window", found: size, allowed: "1 to \(LayerGraph.sizeLimit)")
      }
    }
  }
}

/// The theoretical receptive field: how many pixels of the input, along an edge, one output of the network's last map
/// depends on.
///
/// Along one path r = 1 + Σ_l (k_l − 1) · Π_{i<l} s_i, with k the span of layer l's kernel and s the strides before it;
/// over several paths it is the largest. It is taken at the last map that still has positions: a pooling of any kind that
/// makes one position of several, and flattening, end it, and neither they nor what stands behind them counts. Of height
/// and width the larger is given. What looks at a whole map to scale it, a normalisation or the gate of
/// squeeze-and-excite (an operand of one position), is left out.
///
/// Source: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019, doi
/// 10.23915/distill.00021, eq. 2. Deviation: paths are taken to be aligned, as odd kernels with symmetric padding are;
/// where they are not, the union over paths is larger by their offset.
public enum ReceptiveField {
  /// The receptive field of a network, in pixels of its input.
  ///
  /// - Throws: `GraphError.undefined` where no input has positions, where a layer changes positions without a window (a
  ///   transposed convolution, a resize, a cut, attention), and where maps of different strides are joined.
  /// - Complexity: O(layers + inputs).
  public static func of(_ graph: LayerGraph) throws(GraphError) -> Int {
    var fields: [Field?] = []
    var largest: Int?
    for layer in graph.layers {
      let field = try Self.field(of: layer, reading: layer.inputs.map { fields[$0] }, graph)
      fields.append(field)
      if let field { largest = max(largest ?? 0, field.height, field.width) }
    }
    guard let largest else { throw undefined("no input of the network has positions") }
    return largest
  }

  /// The receptive field of one layer's outputs and the pixels from one to the next.
  private struct Field: Equatable {
    var height = 1
    var width = 1
    var stepHeight = 1
    var stepWidth = 1
  }

  private static func undefined(_ reason: String) -> GraphError {
    .undefined(metric: "receptive_field", reason: reason)
  }

  /// `nil` where a layer's output has no positions any more.
  private static func field(
    of layer: LayerGraph.Layer, reading operands: [Field?], _ graph: LayerGraph
  ) throws(GraphError) -> Field? {
    if layer.inputs.isEmpty { return layer.positions > 1 && layer.uses.isEmpty ? Field() : nil }
    let read = operands.compactMap { $0 }
    guard var field = read.first else { return nil }
    for other in read.dropFirst() {
      guard other.stepHeight == field.stepHeight, other.stepWidth == field.stepWidth else {
        throw undefined("'\(layer.name)' joins maps of different strides")
      }
      field.height = max(field.height, other.height)
      field.width = max(field.width, other.width)
    }
    if case .pooling = layer.operation, layer.positions == 1, graph.layers[layer.inputs[0]].positions > 1 { return nil }
    if let window = layer.window { return try slide(window, over: field, layer.name) }
    if keeps(layer, graph) { return field }
    if layer.positions == 1 { return nil }
    throw undefined("'\(layer.name)' changes or mixes positions without a sliding window")
  }

  /// Whether a layer without a window makes each position from the same position of what it reads.
  private static func keeps(_ layer: LayerGraph.Layer, _ graph: LayerGraph) -> Bool {
    let positions = layer.inputs.map { graph.layers[$0].positions }.max() ?? 1
    guard positions == layer.positions else { return false }
    switch layer.operation {
    case .mixing: return positions == 1
    case .weighted(let shape, let isTransposed):
      return !isTransposed && shape.kernelHeight * shape.kernelWidth == 1
    case .input, .pointwise, .pooling, .sum, .product, .concatenation, .selection: return true
    }
  }

  private static func slide(
    _ window: LayerGraph.Window, over field: Field, _ name: String
  ) throws(GraphError) -> Field {
    func grown(_ size: Int, _ span: Int, _ step: Int) throws(GraphError) -> Int {
      guard let product = BoundedProduct.of([span - 1, step], limit: LayerGraph.sizeLimit),
        size + product <= LayerGraph.sizeLimit
      else { throw undefined("'\(name)' sees more than \(LayerGraph.sizeLimit) pixels") }
      return size + product
    }
    func stretched(_ step: Int, _ stride: Int) throws(GraphError) -> Int {
      guard let product = BoundedProduct.of([step, stride], limit: LayerGraph.sizeLimit) else {
        throw undefined("'\(name)' has a stride of more than \(LayerGraph.sizeLimit) pixels")
      }
      return product
    }
    return Field(
      height: try grown(field.height, window.height, field.stepHeight),
      width: try grown(field.width, window.width, field.stepWidth),
      stepHeight: try stretched(field.stepHeight, window.strideHeight),
      stepWidth: try stretched(field.stepWidth, window.strideWidth))
  }
}
