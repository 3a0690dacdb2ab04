import FlashGraph
import Testing

/// A single path of convolutions and poolings on a large map.
private func single(_ windows: [(span: Int, stride: Int)], pooling: Set<Int> = []) throws -> LayerGraph {
  let size = 512
  var layers = [
    LayerGraph.Layer(name: "image", operation: .input, inputs: [], channels: 1, elements: size * size)
  ]
  for (index, window) in windows.enumerated() {
    let shape = WeightedLayer(
      kernelHeight: window.span, kernelWidth: window.span, inputChannels: 1, outputChannels: 1, inputHeight: size,
      inputWidth: size, outputHeight: size, outputWidth: size)
    layers.append(
      LayerGraph.Layer(
        name: "layer\(index)", operation: pooling.contains(index) ? .pooling : .weighted(shape, isTransposed: false),
        inputs: [index], channels: 1, elements: size * size,
        window: LayerGraph.Window(
          height: window.span, width: window.span, strideHeight: window.stride, strideWidth: window.stride)))
  }
  return try LayerGraph(layers: layers, parameters: [])
}

@Suite("Receptive field") struct ReceptiveFieldTests {
  @Test("VGG-16, AlexNet and MobileNet v1 have the receptive fields that Araujo et al. publish")
  func published() throws {
    // 13 convolutions 3×3 with five poolings 2×2.
    let vgg = [2, 2, 3, 3, 3].flatMap { Array(repeating: (span: 3, stride: 1), count: $0) + [(2, 2)] }
    #expect(try ReceptiveField.of(single(vgg, pooling: [2, 5, 9, 13, 17])) == 212)
    let alexnet = [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)].map { (span: $0, stride: $1) }
    #expect(try ReceptiveField.of(single(alexnet, pooling: [1, 3, 7])) == 195)
    // A convolution of stride 2, then 13 depthwise ones, each followed by 1×1.
    let strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
    let mobilenet = [(span: 3, stride: 2)] + strides.flatMap { [(span: 3, stride: $0), (span: 1, stride: 1)] }
    #expect(try ReceptiveField.of(single(mobilenet)) == 315)
  }

  @Test(
    "ResNets whose stages stride in their last unit have the receptive fields that Araujo et al. publish",
    arguments: [([3, 4, 6, 3], 483), ([3, 4, 23, 3], 1027), ([3, 8, 36, 3], 1507), ([3, 24, 36, 3], 1763)])
  func resnets(units: [Int], field: Int) throws {
    // Of each bottleneck the 3×3 convolution alone widens it; the shortcut is the smaller path.
    var windows = [(span: 7, stride: 2), (span: 3, stride: 2)]
    for (stage, count) in units.enumerated() {
      for unit in 1...count {
        windows.append((span: 3, stride: unit == count && stage < units.count - 1 ? 2 : 1))
      }
    }
    #expect(try ReceptiveField.of(single(windows, pooling: [1])) == field)
  }

  @Test("Of two paths the larger counts, and a gate does not")
  func paths() throws {
    func convolution(_ name: String, _ input: Int, _ span: Int) -> LayerGraph.Layer {
      let shape = WeightedLayer(
        kernelHeight: span, kernelWidth: span, inputChannels: 2, outputChannels: 2, inputHeight: 8, inputWidth: 8,
        outputHeight: 8, outputWidth: 8)
      return LayerGraph.Layer(
        name: name, operation: .weighted(shape, isTransposed: false), inputs: [input], channels: 2, elements: 128,
        window: LayerGraph.Window(height: span, width: 1))
    }
    let layers = [
      LayerGraph.Layer(name: "image", operation: .input, inputs: [], channels: 2, elements: 128),
      convolution("five", 0, 5), convolution("three", 0, 3),
      LayerGraph.Layer(name: "sum", operation: .sum, inputs: [2, 1], channels: 2, elements: 128),
      LayerGraph.Layer(
        name: "squeeze", operation: .pooling, inputs: [3], channels: 2, elements: 2,
        window: LayerGraph.Window(height: 8, width: 8, strideHeight: 8, strideWidth: 8)),
      LayerGraph.Layer(name: "scaled", operation: .product, inputs: [4, 3], channels: 2, elements: 128),
      convolution("seven", 5, 7),
      LayerGraph.Layer(
        name: "flattened", operation: .selection((0..<128).map { Int32($0 / 64) }), inputs: [6], channels: 128,
        elements: 128),
      LayerGraph.Layer(
        name: "classifier", operation: .weighted(.fullyConnected(inputs: 128, outputs: 3), isTransposed: false),
        inputs: [7], channels: 3, elements: 3),
    ]
    // 5, then 6 more: what is pooled to one position, and what stands behind the flattening, counts no more.
    #expect(try ReceptiveField.of(LayerGraph(layers: layers, parameters: [])) == 11)
  }

  @Test(
    "A resize, a transposed convolution and paths of different strides have no value, and the reason names the layer")
  func undefined() throws {
    func reason(_ layer: LayerGraph.Layer) throws -> String? {
      var layers = try single([(3, 2), (3, 1)]).layers
      layers.append(layer)
      return try LayerGraph(layers: layers, parameters: []).topology.reasons["receptive_field"]
    }
    let shape = WeightedLayer(
      kernelHeight: 2, kernelWidth: 2, inputChannels: 1, outputChannels: 1, inputHeight: 512, inputWidth: 512,
      outputHeight: 1024, outputWidth: 1024)
    let changes = "'last' changes or mixes positions without a sliding window"
    let large = 1024 * 1024
    #expect(
      try reason(LayerGraph.Layer(name: "last", operation: .pooling, inputs: [2], channels: 1, elements: large))
        == changes)
    #expect(
      try reason(
        LayerGraph.Layer(
          name: "last", operation: .weighted(shape, isTransposed: true), inputs: [2], channels: 1, elements: large))
        == changes)
    #expect(
      try reason(
        LayerGraph.Layer(name: "last", operation: .mixing(macs: 0), inputs: [2], channels: 1, elements: 512 * 512))
        == changes)
    #expect(
      try reason(LayerGraph.Layer(name: "last", operation: .sum, inputs: [2, 0], channels: 1, elements: 512 * 512))
        == "'last' joins maps of different strides")
  }

  @Test("Windows out of range are refused, and fields beyond the limit are no number")
  func limits() throws {
    #expect(throws: GraphError.self) { try single([(0, 1)]) }
    var layers = try single([(3, 1)]).layers
    layers[1] = LayerGraph.Layer(
      name: "layer", operation: layers[1].operation, inputs: [0], channels: 1, elements: 512 * 512,
      window: LayerGraph.Window(height: 3, width: 3, strideHeight: 0))
    #expect(
      throws: GraphError.outOfRange(where: "layer: window", found: 0, allowed: "1 to \(LayerGraph.sizeLimit)")
    ) { try LayerGraph(layers: layers, parameters: []) }
    let error = #expect(throws: GraphError.self) {
      try ReceptiveField.of(single(Array(repeating: (span: 3, stride: 512), count: 5)))
    }
    #expect(error?.reason.contains("pixels") == true)
  }
}
