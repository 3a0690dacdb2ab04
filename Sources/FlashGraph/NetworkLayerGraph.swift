extension Network {
  /// The graph that metrics and counts read.
  ///
  /// Complexity: O(layers + links).
  public var layerGraph: LayerGraph {
    get throws(GraphError) {
      var writer = LayerGraphWriter(self)
      for index in layers.indices { writer.write(index) }
      return try LayerGraph(layers: writer.layers, parameters: writer.parameters, cellStarts: writer.cellStarts)
    }
  }

  /// The features of the network, counted layer by layer and link by link.
  ///
  /// - Throws: `GraphError.tooLarge` where the layers list more channels than `LayerGraph` takes.
  public var features: NetworkFeatures {
    get throws(GraphError) { try layerGraph.features().counts }
  }
}

/// Writes the layers of a network as layers of a graph.
private struct LayerGraphWriter {
  private let network: Network
  private(set) var layers: [LayerGraph.Layer] = []
  private(set) var parameters: [LayerGraph.Parameter] = []
  private(set) var cellStarts: Set<Int> = []
  /// The graph's layer of each layer of the network.
  private var places: [Int] = []

  init(_ network: Network) {
    self.network = network
    layers.append(
      LayerGraph.Layer(
        name: "input", operation: .input, inputs: [], channels: network.input.channels,
        elements: network.input.elements))
  }

  mutating func write(_ index: Int) {
    let layer = network.layers[index]
    let shape = network.shapes[index]
    var inputs = layer.inputs.map { $0.producer.map { places[$0] } ?? 0 }
    inputs =
      layer.operation == .addition
      ? zip(layer.inputs, inputs).map { joined([$0], [$1], layer.name) } : [joined(layer.inputs, inputs, layer.name)]
    let operation: LayerGraph.Operation =
      switch layer.operation {
      case .convolution, .fullyConnected: weighted(layer, index, &inputs)
      case .batchNormalization, .activation: .pointwise
      case .maximumPooling, .averagePooling, .globalAveragePooling: .pooling
      case .addition: .sum
      }
    if layer.startsCell { cellStarts.insert(layers.count) }
    layers.append(
      LayerGraph.Layer(
        name: layer.name, operation: operation, inputs: inputs, channels: shape.channels, elements: shape.elements,
        uses: uses(layer, index), window: window(layer.operation)))
    places.append(layers.count - 1)
  }

  /// The window of a convolution or a pooling.
  private func window(_ operation: Network.Operation) -> LayerGraph.Window? {
    func square(_ kernel: Int, _ stride: Int) -> LayerGraph.Window {
      LayerGraph.Window(height: kernel, width: kernel, strideHeight: stride, strideWidth: stride)
    }
    switch operation {
    case .convolution(_, let kernel, let stride, _), .maximumPooling(let kernel, let stride):
      return square(kernel, stride)
    case .averagePooling(let kernel): return square(kernel, kernel)
    case .fullyConnected: return square(1, 1)
    case .globalAveragePooling, .batchNormalization, .activation, .addition: return nil
    }
  }

  /// Adds a concatenation of the sources and a selection of the channels read, as far as they are needed.
  private mutating func joined(_ sources: [Network.Source], _ inputs: [Int], _ name: String) -> Int {
    var joined = inputs[0]
    let read = layers[joined]
    let positions = read.elements / read.channels
    if inputs.count > 1 {
      let channels = inputs.reduce(0) { $0 + layers[$1].channels }
      layers.append(
        LayerGraph.Layer(
          name: "\(name).concatenation", operation: .concatenation, inputs: inputs, channels: channels,
          elements: channels * positions))
      joined = layers.count - 1
    }
    guard sources.contains(where: { $0.channels != nil }) else { return joined }
    var chosen: [Int32] = []
    var offset = 0
    for (source, input) in zip(sources, inputs) {
      let channels = layers[input].channels
      chosen += (source.channels ?? Array(0..<channels)).map { Int32(offset + $0) }
      offset += channels
    }
    layers.append(
      LayerGraph.Layer(
        name: "\(name).links", operation: .selection(chosen), inputs: [joined], channels: chosen.count,
        elements: chosen.count * positions))
    return layers.count - 1
  }

  /// The operation of a weighted layer; a fully connected one reads a flattened map.
  private mutating func weighted(
    _ layer: Network.Layer, _ index: Int, _ inputs: inout [Int]
  ) -> LayerGraph.Operation {
    guard let shape = network.weighted[index] else { return .pointwise }
    let read = layers[inputs[0]]
    if read.channels != shape.inputChannels {
      let positions = read.elements / read.channels
      layers.append(
        LayerGraph.Layer(
          name: "\(layer.name).flattening",
          operation: .selection((0..<read.elements).map { Int32($0 / positions) }), inputs: inputs,
          channels: read.elements, elements: read.elements))
      inputs = [layers.count - 1]
    }
    return .weighted(shape, isTransposed: false)
  }

  private mutating func uses(_ layer: Network.Layer, _ index: Int) -> [LayerGraph.Use] {
    func parameter(_ name: String, _ elements: Int, _ role: LayerGraph.Role) -> LayerGraph.Use {
      parameters.append(LayerGraph.Parameter(name: "\(layer.name).\(name)", elements: elements))
      return LayerGraph.Use(parameter: parameters.count - 1, role: role)
    }
    switch layer.operation {
    case .convolution, .fullyConnected(_, hasBias: false):
      return [parameter("weight", network.weighted[index]?.weights ?? 0, .weight)]
    case .fullyConnected(let outputs, hasBias: true):
      return [
        parameter("weight", network.weighted[index]?.weights ?? 0, .weight), parameter("bias", outputs, .bias),
      ]
    case .batchNormalization:
      let channels = network.shapes[index].channels
      return [parameter("weight", channels, .affine), parameter("bias", channels, .affine)]
    case .activation, .maximumPooling, .averagePooling, .globalAveragePooling, .addition: return []
    }
  }
}
