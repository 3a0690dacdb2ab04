internal import FlashGraph

/// Convolutions, fully connected layers and products of two activations.
extension ONNXImporter {
  static let weightedOperators: [String: Handler] = [
    "Conv": { importer in { (node) throws(FormatError) in try importer.convolution(node, bias: 2) } },
    "ConvInteger": { importer in { (node) throws(FormatError) in try importer.convolution(node, bias: nil) } },
    "QLinearConv": { importer in
      { (node) throws(FormatError) in try importer.convolution(node, weights: 3, bias: 8) }
    },
    "ConvTranspose": ONNXImporter.transposedConvolution,
    "Gemm": ONNXImporter.gemm,
    "MatMul": { importer in { (node) throws(FormatError) in try importer.matrixProduct(node, 1) } },
    "MatMulInteger": { importer in { (node) throws(FormatError) in try importer.matrixProduct(node, 1) } },
    "QLinearMatMul": { importer in { (node) throws(FormatError) in try importer.matrixProduct(node, 3) } },
  ]

  /// Heights and widths of maps of any rank: the first axis with what stands before it, and the rest.
  private func plane(_ shape: [Int], _ node: ONNXNode) throws(FormatError) -> (height: Int, width: Int) {
    let height = perImage(shape[0]) * (shape.count > 2 ? shape[2] : 1)
    return (height, try size(Array(shape.dropFirst(3)), node.place))
  }

  private func convolution(_ node: ONNXNode, weights: Int = 1, bias: Int?) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let kernel = try node.input(weights)
    let groups = node.integer("group") ?? 1
    guard read.shape.count == kernel.shape.count, read.shape.count >= 3, groups > 0 else {
      throw node.error("inputs do not fit together", found: "\(read.shape) and \(kernel.shape), \(groups) groups")
    }
    let outputs = kernel.shape[0]
    let (inputs, overflow) = kernel.shape[1].multipliedReportingOverflow(by: groups)
    guard !overflow, read.shape[1] == inputs, outputs % groups == 0 else {
      throw node.error(
        "channels do not fit together", found: "\(read.shape[1]) with weights \(kernel.shape) in \(groups) groups")
    }
    let window = try ONNXWindow(node, kernel: Array(kernel.shape.dropFirst(2)))
    let shape = [read.shape[0], outputs] + (try window.outputs(Array(read.shape.dropFirst(2)), node))
    _ = try size(shape, node.place)
    let biasUses = bias.map { uses(of: node.optional($0), .bias) } ?? []
    return [
      try weighted(
        node, reading: read, channelAxis: 1, kernel: kernel, window: Array(kernel.shape.dropFirst(2)), groups: groups,
        shape: shape, isTransposed: false, biasUses: biasUses, sliding: window.sliding)
    ]
  }

  private func transposedConvolution(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let kernel = try node.input(1)
    let groups = node.integer("group") ?? 1
    guard read.shape.count == kernel.shape.count, read.shape.count >= 3, groups > 0, read.shape[1] == kernel.shape[0],
      kernel.shape[0] % groups == 0
    else {
      throw node.error("inputs do not fit together", found: "\(read.shape) and \(kernel.shape), \(groups) groups")
    }
    let (outputs, overflow) = kernel.shape[1].multipliedReportingOverflow(by: groups)
    guard !overflow else { throw node.error("too many channels") }
    let window = try ONNXWindow(node, kernel: Array(kernel.shape.dropFirst(2)))
    let shape = [read.shape[0], outputs] + (try window.transposedOutputs(Array(read.shape.dropFirst(2)), node))
    _ = try size(shape, node.place)
    return [
      try weighted(
        node, reading: read, channelAxis: 1, kernel: kernel, window: Array(kernel.shape.dropFirst(2)), groups: groups,
        shape: shape, isTransposed: true, biasUses: uses(of: node.optional(2), .bias))
    ]
  }

  /// Adds a convolution; with weights that a layer makes it is a product of two activations.
  private func weighted(
    _ node: ONNXNode, reading read: ONNXValue, channelAxis: Int, kernel: ONNXValue, window: [Int], groups: Int,
    shape: [Int], isTransposed: Bool, biasUses: [LayerGraph.Use], sliding: LayerGraph.Window? = nil
  ) throws(FormatError) -> ONNXValue {
    let input = try plane(read.shape, node)
    let output = try plane(shape, node)
    let layer = WeightedLayer(
      kernelHeight: window[0], kernelWidth: try size(Array(window.dropFirst()), node.place),
      inputChannels: read.shape[1], outputChannels: shape[1], groups: groups, inputHeight: input.height,
      inputWidth: input.width, outputHeight: output.height, outputWidth: output.width)
    let source = try self.layer(of: read, along: channelAxis, node)
    guard kernel.isConstant else {
      let positions = isTransposed ? input : output
      let macs = try checked(kernel.shape + [positions.height, positions.width], node)
      return try append(
        node.name, .mixing(macs: macs), reading: [source] + [kernel].compactMap(\.layer), shape: shape,
        channelAxes: [1])
    }
    return try append(
      node.name, .weighted(layer, isTransposed: isTransposed), reading: [source], shape: shape, channelAxes: [1],
      uses: try weightUses(of: kernel, node) + biasUses, window: sliding)
  }

  /// The use of a weight, which a computed constant, too, is.
  func weightUses(of value: ONNXValue, _ node: ONNXNode) throws(FormatError) -> [LayerGraph.Use] {
    let elements = try size(value.shape, node.place)
    let parameter = value.parameter ?? addParameter(node.name, elements)
    return [LayerGraph.Use(parameter: parameter, role: .weight)]
  }

  func checked(_ factors: [Int], _ node: ONNXNode) throws(FormatError) -> Int {
    var result = 1
    for factor in factors {
      let (product, overflow) = result.multipliedReportingOverflow(by: factor)
      guard !overflow, product <= LayerGraph.macLimit else {
        throw node.error("too many multiply-accumulates", allowed: "at most \(LayerGraph.macLimit)")
      }
      result = product
    }
    return result
  }

  private func gemm(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    func transposed(_ value: ONNXValue, _ name: String) throws(FormatError) -> ONNXValue {
      guard value.shape.count == 2 else { throw node.error("not a matrix", found: "\(value.shape)") }
      guard node.integer(name) ?? 0 != 0 else { return value }
      var turned = value
      turned.shape.reverse()
      turned.channelAxes = value.channelAxes.map { 1 - $0 }.sorted()
      turned.elements = .unknown
      return turned
    }
    let a = try transposed(node.input(0), "transA")
    let b = try transposed(node.input(1), "transB")
    return [try product(a, b, node, biasUses: uses(of: node.optional(2), .bias))]
  }

  private func matrixProduct(_ node: ONNXNode, _ second: Int) throws(FormatError) -> [ONNXValue] {
    var a = try node.input(0)
    var b = try node.input(second)
    guard !a.shape.isEmpty, !b.shape.isEmpty else { throw node.error("not a matrix", found: "one number") }
    let isRow = a.shape.count == 1
    let isColumn = b.shape.count == 1
    if isRow {
      a.shape.insert(1, at: 0)
      a.channelAxes = a.channelAxes.map { $0 + 1 }
    }
    if isColumn { b.shape.append(1) }
    var value = try product(a, b, node, biasUses: [])
    if isRow || isColumn {
      var shape = value.shape
      if isColumn { shape.removeLast() }
      if isRow { shape.remove(at: shape.count - (isColumn ? 1 : 2)) }
      value = try reshaped(value, to: shape, node)
    }
    return [value]
  }

  /// … × M × K by … × K × N.
  private func product(
    _ a: ONNXValue, _ b: ONNXValue, _ node: ONNXNode, biasUses: [LayerGraph.Use]
  ) throws(FormatError) -> ONNXValue {
    let (rows, inner, columns) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1], b.shape[b.shape.count - 1])
    guard b.shape[b.shape.count - 2] == inner else {
      throw node.error("inputs do not fit together", found: "\(a.shape) and \(b.shape)")
    }
    let stack = try broadcast([Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2))], node)
    let shape = stack + [rows, columns]
    let elements = try perImage(size(shape, node.place))
    if a.isConstant, b.isConstant { return ONNXValue(shape: shape, elements: .unknown) }
    if b.isConstant, b.shape.dropLast(2).allSatisfy({ $0 == 1 }) {
      return try linear(
        a, weights: b, axis: a.shape.count - 1, inner: inner, outer: columns, shape: shape, node, biasUses)
    }
    if a.isConstant, a.shape.dropLast(2).allSatisfy({ $0 == 1 }) {
      return try linear(
        b, weights: a, axis: b.shape.count - 2, inner: inner, outer: rows, shape: shape, node, biasUses)
    }
    guard !a.isConstant, !b.isConstant else {
      throw node.error("a stack of constant matrices is not understood", allowed: "one constant matrix")
    }
    let macs = try checked([elements, inner], node)
    return try append(
      node.name, .mixing(macs: macs), reading: [a, b].compactMap(\.layer), shape: shape,
      channelAxes: [shape.count - 1], uses: biasUses)
  }

  /// A fully connected layer over every position but those of one axis.
  private func linear(
    _ read: ONNXValue, weights: ONNXValue, axis: Int, inner: Int, outer: Int, shape: [Int], _ node: ONNXNode,
    _ biasUses: [LayerGraph.Use]
  ) throws(FormatError) -> ONNXValue {
    let positions = perImage(try size(read.shape, node.place) / inner)
    let layer = WeightedLayer(
      kernelHeight: 1, kernelWidth: 1, inputChannels: inner, outputChannels: outer, inputHeight: positions,
      inputWidth: 1, outputHeight: positions, outputWidth: 1)
    return try append(
      node.name, .weighted(layer, isTransposed: false), reading: [self.layer(of: read, along: axis, node)],
      shape: shape, channelAxes: [axis + shape.count - read.shape.count],
      uses: try weightUses(of: weights, node) + biasUses)
  }
}
