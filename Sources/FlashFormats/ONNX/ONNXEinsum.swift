internal import FlashGraph

/// `Einsum` of one operand or two: with a constant one a fully connected layer, with two activations a product of both.
extension ONNXImporter {
  static let einsumOperators: [String: Handler] = ["Einsum": ONNXImporter.einsum]

  /// The indices of a product of two operands by what becomes of them.
  private struct Contraction {
    /// In both operands and the result: groups.
    let groups: [ONNXEquation.Index]
    /// In both operands alone: summed over.
    let summed: [ONNXEquation.Index]
    let first: [ONNXEquation.Index]
    let second: [ONNXEquation.Index]
  }

  private func einsum(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    var operands: [ONNXValue] = []
    for place in node.proto.input.indices { operands.append(try node.input(place)) }
    let equation = try ONNXEquation(node, ranks: operands.map(\.shape.count))
    let sizes = try equation.sizes(operands.map(\.shape), node)
    let shape = equation.result.map { sizes[$0] ?? 1 }
    _ = try size(shape, node.place)
    guard operands.contains(where: { !$0.isConstant }) else { return [ONNXValue(shape: shape, elements: .unknown)] }
    guard operands.count > 1 else {
      let read = operands[0]
      let channels = Set(read.channelAxes.map { equation.operands[0][$0] })
      return [
        try append(
          node.name, .mixing(macs: 0), reading: [read].compactMap(\.layer), shape: shape,
          channelAxes: shape.indices.filter { channels.contains(equation.result[$0]) })
      ]
    }
    guard operands.count == 2 else {
      // The work depends on which two are multiplied first.
      throw node.error("more than two inputs are not understood", found: "\(operands.count)")
    }
    let parts = try contraction(equation, node)
    func extent(_ indices: [ONNXEquation.Index]) throws(FormatError) -> Int {
      try size(indices.map { sizes[$0] ?? 1 }, node.place)
    }
    if operands[0].isConstant || operands[1].isConstant {
      return [try linear(operands, equation, parts, extent, shape, node)]
    }
    let summed = try extent(parts.summed)
    // Element by element nothing is accumulated; MatMul with K = 1 counts, and so does an outer product.
    let isElementwise = parts.summed.isEmpty && (parts.first.isEmpty || parts.second.isEmpty)
    let macs = isElementwise ? 0 : try checked([perImage(size(shape, node.place)), summed], node)
    return [
      try append(
        node.name, .mixing(macs: macs), reading: operands.compactMap(\.layer), shape: shape,
        channelAxes: shape.isEmpty ? [] : [shape.count - 1])
    ]
  }

  private func contraction(_ equation: ONNXEquation, _ node: ONNXNode) throws(FormatError) -> Contraction {
    let (first, second, result) = (Set(equation.operands[0]), Set(equation.operands[1]), Set(equation.result))
    let parts = Contraction(
      groups: equation.operands[0].filter { second.contains($0) && result.contains($0) },
      summed: equation.operands[0].filter { second.contains($0) && !result.contains($0) },
      first: equation.operands[0].filter { !second.contains($0) },
      second: equation.operands[1].filter { !first.contains($0) })
    guard result.isSuperset(of: parts.first + parts.second) else {
      throw node.error("equation: an index of one input alone is summed over, which is not understood")
    }
    return parts
  }

  /// A fully connected layer, grouped where an index is in both operands and the result, over every position.
  private func linear(
    _ operands: [ONNXValue], _ equation: ONNXEquation, _ parts: Contraction,
    _ extent: ([ONNXEquation.Index]) throws(FormatError) -> Int, _ shape: [Int], _ node: ONNXNode
  ) throws(FormatError) -> ONNXValue {
    let place = operands[0].isConstant ? 1 : 0
    let (read, kernel) = (operands[place], operands[1 - place])
    let (positions, outputs) = place == 0 ? (parts.first, parts.second) : (parts.second, parts.first)
    guard !parts.summed.isEmpty else {
      throw node.error("equation: no index is summed over, which with a constant is not understood")
    }
    let inputIndices = Set(parts.groups + parts.summed)
    let outputIndices = Set(parts.groups + outputs)
    let axes = read.shape.indices.filter { inputIndices.contains(equation.operands[place][$0]) }
    let count = perImage(try extent(positions))
    let layer = WeightedLayer(
      kernelHeight: 1, kernelWidth: 1, inputChannels: try extent(parts.groups + parts.summed),
      outputChannels: try extent(parts.groups + outputs), groups: try extent(parts.groups), inputHeight: count,
      inputWidth: 1, outputHeight: count, outputWidth: 1)
    var source = read.layer ?? 0
    if read.channelAxes != axes, let from = read.layer {
      source =
        try append(node.name, .mixing(macs: 0), reading: [from], shape: read.shape, channelAxes: axes).layer ?? from
    }
    return try append(
      node.name, .weighted(layer, isTransposed: false), reading: [source], shape: shape,
      channelAxes: shape.indices.filter { outputIndices.contains(equation.result[$0]) },
      uses: try weightUses(of: kernel, node))
  }
}
