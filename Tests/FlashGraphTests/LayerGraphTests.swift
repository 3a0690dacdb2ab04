import FlashGraph
import Testing

/// Builds graphs layer by layer.
private struct Builder {
  var layers: [LayerGraph.Layer] = []
  var parameters: [LayerGraph.Parameter] = []

  @discardableResult
  mutating func add(
    _ operation: LayerGraph.Operation, _ inputs: [Int], channels: Int, size: Int = 8,
    uses: [LayerGraph.Use] = []
  ) -> Int {
    layers.append(
      LayerGraph.Layer(
        name: "layer\(layers.count)", operation: operation, inputs: inputs, channels: channels,
        elements: channels * size * size, uses: uses))
    return layers.count - 1
  }

  mutating func parameter(_ elements: Int) -> Int {
    parameters.append(LayerGraph.Parameter(name: "tensor\(parameters.count)", elements: elements))
    return parameters.count - 1
  }

  @discardableResult
  mutating func convolution(_ input: Int, to channels: Int, kernel: Int = 3, size: Int = 8, groups: Int = 1) -> Int {
    let read = layers[input].channels
    let shape = WeightedLayer(
      kernelHeight: kernel, kernelWidth: kernel, inputChannels: read, outputChannels: channels, groups: groups,
      inputHeight: size, inputWidth: size, outputHeight: size, outputWidth: size)
    let use = LayerGraph.Use(parameter: parameter(shape.weights), role: .weight)
    return add(.weighted(shape, isTransposed: false), [input], channels: channels, size: size, uses: [use])
  }

  var graph: LayerGraph { get throws { try LayerGraph(layers: layers, parameters: parameters) } }
}

@Suite("Imported graphs") struct LayerGraphTests {
  @Test("An addition's shortcut joins each of its channels to one channel of the sum")
  func residual() throws {
    var builder = Builder()
    let stem = builder.convolution(builder.add(.input, [], channels: 3), to: 16)
    let second = builder.convolution(builder.convolution(stem, to: 16), to: 16)
    let sum = builder.add(.sum, [second, stem], channels: 16)
    builder.convolution(builder.add(.pooling, [sum], channels: 16, size: 1), to: 10, kernel: 1, size: 1)
    let features = try builder.graph.features()
    #expect(features.skipLinks == 16)
    #expect(features.skipElements == 16 * 64)
    #expect(features.cells == [GraphCell(width: 16, depth: 3, skipLinks: 16)])
    #expect(features.nnDegree == 16 + 16 / 48.0)
    #expect(features.longestPath == 4)
    // The stem's map and those of the second convolution and its input, then of the sum.
    #expect(features.peakMemoryElements == 3 * 16 * 64)
  }

  @Test("Branches of one depth make no skip link, whichever way they join")
  func parallel() throws {
    var builder = Builder()
    let input = builder.add(.input, [], channels: 3)
    let first = builder.convolution(input, to: 8)
    let second = builder.convolution(input, to: 8)
    let sum = builder.add(.sum, [first, second], channels: 8)
    let joined = builder.add(.concatenation, [first, second], channels: 16)
    builder.convolution(sum, to: 8)
    builder.convolution(joined, to: 8)
    let features = try builder.graph.features()
    #expect(features.skipLinks == 0)
    #expect(features.longestPath == 2)
  }

  @Test("A concatenated channel from further back feeds every node of its group")
  func concatenation() throws {
    var builder = Builder()
    let first = builder.convolution(builder.add(.input, [], channels: 4), to: 4)
    let second = builder.convolution(first, to: 4)
    let joined = builder.add(.concatenation, [first, second], channels: 8)
    builder.convolution(joined, to: 6, groups: 2)
    let features = try builder.graph.features()
    #expect(features.skipLinks == 4 * 3)
    #expect(features.skipElements == 4 * 64)
  }

  @Test("Splits and shuffles carry channels along one by one")
  func selection() throws {
    var builder = Builder()
    let first = builder.convolution(builder.add(.input, [], channels: 4), to: 4)
    let second = builder.convolution(first, to: 4)
    let joined = builder.add(.concatenation, [first, second], channels: 8)
    let shuffled = builder.add(.selection([0, 4, 1, 5, 2, 6, 3, 7]), [joined], channels: 8)
    let half = builder.add(.selection([0, 1, 2, 3]), [shuffled], channels: 4)
    builder.convolution(half, to: 5)
    // Two of the four channels read come from the first convolution.
    #expect(try builder.graph.features().skipLinks == 2 * 5)
  }

  @Test("A gate is on no main path and makes no skip link")
  func gate() throws {
    var builder = Builder()
    let map = builder.convolution(builder.add(.input, [], channels: 3), to: 8)
    let squeezed = builder.add(.pooling, [map], channels: 8, size: 1)
    let gate = builder.convolution(
      builder.convolution(squeezed, to: 2, kernel: 1, size: 1), to: 8, kernel: 1, size: 1)
    builder.convolution(builder.add(.product, [gate, map], channels: 8), to: 8)
    let features = try builder.graph.features()
    #expect(features.skipLinks == 0)
    #expect(features.cells == [GraphCell(width: 8, depth: 1, skipLinks: 0)])
    #expect(features.longestPath == 4)
  }

  @Test("A parameter of two layers counts once")
  func shared() throws {
    var builder = Builder()
    let first = builder.convolution(builder.add(.input, [], channels: 4), to: 4)
    let use = LayerGraph.Use(parameter: 0, role: .weight)
    let layer = builder.layers[first]
    builder.add(layer.operation, [first], channels: 4, uses: [use])
    let features = try builder.graph.features()
    #expect(features.weights == 9 * 16)
    #expect(features.sharedParameters == 9 * 16)
    #expect(features.macs == 2 * 9 * 16 * 64)
  }

  @Test("However links are written, as one selection or one a source, the counts are the same", arguments: 0..<8)
  func dense(seed: UInt64) throws {
    let (width, depth, skip) = (4 + Int(seed), 3 + Int(seed) % 5, 5 * Int(seed))
    let cells = [
      DenseCell(width: width, depth: depth, skip: skip), DenseCell(width: 8, depth: 5, skip: 11),
    ]
    let network = try DenseNetwork(
      input: FeatureShape(channels: 3, height: 16, width: 16), classes: 10, cells: cells
    ).network(seed: seed)
    let expected = try network.layerGraph.features()
    let features = try imported(network).features()
    #expect(features.weights == expected.weights)
    #expect(features.macs == expected.macs)
    #expect(features.activations == expected.activations)
    #expect(features.skipLinks == expected.skipLinks)
    #expect(features.skipElements == expected.skipElements)
    #expect(features.weightedLayers == expected.weightedLayers)
    #expect(features.longestPath == expected.longestPath)
    #expect(abs(features.nnDegree - expected.nnDegree) < 1e-9)
    #expect(features.nnMass == expected.nnMass)
    #expect(features.density == expected.density)
    #expect(features.peakMemoryElements == expected.peakMemoryElements)
    #expect(features.cells == expected.cells)
  }

  /// The network, its links written as selections and concatenations.
  private func imported(_ network: Network) throws -> LayerGraph {
    var builder = Builder()
    let input = builder.add(.input, [], channels: network.input.channels, size: network.input.height)
    var outputs: [Int] = []
    for (index, layer) in network.layers.enumerated() {
      var parts: [Int] = []
      for source in layer.inputs {
        let place = source.producer.map { outputs[$0] } ?? input
        let size = source.producer.map { network.shapes[$0].height } ?? network.input.height
        guard let channels = source.channels else {
          parts.append(place)
          continue
        }
        parts.append(
          builder.add(.selection(channels.map { Int32($0) }), [place], channels: channels.count, size: size))
      }
      let read = parts.map { builder.layers[$0].channels }.reduce(0, +)
      let size = layer.inputs[0].producer.map { network.shapes[$0].height } ?? network.input.height
      let joined = parts.count == 1 ? parts[0] : builder.add(.concatenation, parts, channels: read, size: size)
      let shape = network.shapes[index]
      if let weighted = network.weighted[index] {
        let use = LayerGraph.Use(parameter: builder.parameter(weighted.weights), role: .weight)
        outputs.append(
          builder.add(
            .weighted(weighted, isTransposed: false), [joined], channels: shape.channels, size: shape.height,
            uses: [use]))
      } else {
        let isPooling = layer.operation == .globalAveragePooling
        outputs.append(
          builder.add(isPooling ? .pooling : .pointwise, [joined], channels: shape.channels, size: shape.height))
      }
    }
    return try builder.graph
  }

  @Test("Layers that do not fit are refused")
  func refused() {
    var builder = Builder()
    builder.add(.input, [], channels: 4)
    #expect(throws: GraphError.empty("weighted layers")) { try builder.graph }
    for (operation, inputs, channels) in [
      (LayerGraph.Operation.pointwise, [0], 5), (.sum, [], 4), (.concatenation, [0, 0], 4),
      (.selection([0, 4]), [0], 2), (.pooling, [1], 4), (.pointwise, [-1], 4), (.mixing(macs: -1), [0], 4),
      (.input, [], LayerGraph.channelLimit + 1),
    ] {
      var wrong = builder
      wrong.add(operation, inputs, channels: channels, size: 1)
      #expect(throws: GraphError.self, "\(operation)") { try wrong.graph }
    }
  }
}
