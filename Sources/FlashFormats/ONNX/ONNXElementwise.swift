internal import FlashGraph

/// Element-wise operators: of one value, with constants, of several values.
extension ONNXImporter {
  static let elementwiseOperators: [String: Handler] = {
    let pointwise = [
      "Abs", "Acos", "Asin", "Atan", "BitShift", "Ceil", "Celu", "Clip", "Cos", "Elu", "Erf", "Exp", "Floor", "Gelu",
      "HardSigmoid", "HardSwish", "Hardmax", "IsInf", "IsNaN", "LRN", "LeakyRelu", "Log", "LogSoftmax",
      "LpNormalization", "Mish", "Neg", "Not", "Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign",
      "Sin", "Softmax", "Softplus", "Softsign", "Sqrt", "Swish", "Tanh", "ThresholdedRelu", "Trilu", "CumSum",
      "MeanVarianceNormalization", "com.microsoft.Gelu", "com.microsoft.QLinearLeakyRelu",
      "com.microsoft.QLinearSigmoid", "com.microsoft.QLinearSoftmax",
    ]
    let alias = ["Cast", "CastLike", "DequantizeLinear", "Dropout", "Identity", "QuantizeLinear"]
    let affine = [
      "BatchNormalization", "GroupNormalization", "InstanceNormalization", "LayerNormalization", "PRelu",
      "RMSNormalization",
    ]
    let symmetric = ["Add", "Max", "Mean", "Min", "Sub", "Sum", "Where"]
    let product = ["And", "Div", "Mul", "Pow"]
    let comparison = [
      "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Mod", "Or",
      "Xor",
    ]
    let quantised = ["com.microsoft.QLinearAdd", "com.microsoft.QLinearMul"]
    var operators: [String: Handler] = ["DynamicQuantizeLinear": ONNXImporter.dynamicQuantisation]
    for name in pointwise { operators[name] = ONNXImporter.pointwise }
    for name in alias { operators[name] = ONNXImporter.alias }
    for name in affine { operators[name] = ONNXImporter.affine }
    for name in symmetric + product + comparison { operators[name] = ONNXImporter.broadcast }
    for name in quantised { operators[name] = ONNXImporter.quantised }
    return operators
  }()

  /// One value in, one of its shape out.
  private func pointwise(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] { try map(node, uses: []) }

  /// The affine parameters of a normalisation (inputs 1 and 2; means and variances behind them are measured, not learnt)
  /// or the slopes of an activation.
  private func affine(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    // A pair of one channel is learnt too; one slope for all channels is a constant.
    let isSlope = node.operation == "PRelu"
    return try map(
      node,
      uses: [1, 2].flatMap { (place) -> [LayerGraph.Use] in
        let value = node.optional(place)
        return isSlope
          ? uses(of: value, .affine)
          : value?.parameter.map { [LayerGraph.Use(parameter: $0, role: .affine)] } ?? []
      })
  }

  private func map(_ node: ONNXNode, uses: [LayerGraph.Use]) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    guard let layer = read.layer else {
      return [ONNXValue(shape: read.shape, elements: ONNXArithmetic.unary(node.operation, read.elements))]
    }
    return [
      try append(
        node.name, .pointwise, reading: [layer], shape: read.shape, channelAxes: read.channelAxes, uses: uses)
    ]
  }

  /// The same value by another name, type or scale: a stored tensor stays one.
  private func alias(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    var value = try node.input(0)
    let mask = ONNXValue(shape: value.shape, elements: .unknown)
    let isInteger = [ElementType.int32, ElementType.int64].contains { node.integer("to") == Int($0) }
    if isInteger, case .reals(let reals) = value.elements {
      value.elements =
        reals.allSatisfy { abs($0) < 0x1p53 } ? .integers(reals.map { Int($0.rounded(.towardZero)) }) : .unknown
    }
    return [value, mask]
  }

  private func dynamicQuantisation(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let scalar = ONNXValue(shape: [], elements: .unknown)
    return [try node.input(0), scalar, scalar]
  }

  /// A quantised operation of two values: a, its scale and zero, b, its scale and zero.
  private func quantised(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    [try combine([node.input(0), node.input(3)], node, isProduct: node.operation.hasSuffix("Mul"))]
  }

  private func broadcast(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let values = node.inputs.compactMap { $0 }
    guard !values.isEmpty, values.count == node.inputs.count else { throw node.error("inputs missing") }
    return [try combine(values, node, isProduct: ["And", "Div", "Mul", "Pow"].contains(node.operation))]
  }

  /// Values of shapes that fit, element by element.
  private func combine(
    _ values: [ONNXValue], _ node: ONNXNode, isProduct: Bool
  ) throws(FormatError) -> ONNXValue {
    let shape = try broadcast(values.map(\.shape), node)
    let read = values.filter { !$0.isConstant }
    guard let first = read.first, let layer = first.layer else {
      return ONNXValue(shape: shape, elements: ONNXArithmetic.combine(node.operation, values, shape: shape))
    }
    guard read.count > 1 else {
      let uses = values.filter(\.isConstant).flatMap { constant in
        (constant.parameter.map { parameters[$0].elements } ?? 0) > 1
          ? self.uses(of: constant, isProduct ? .affine : role(ofConstantAddedTo: layer)) : []
      }
      let axes = first.channelAxes.map { $0 + shape.count - first.shape.count }
      let keeps = zip(axes, first.channelAxes).allSatisfy { shape[$0] == first.shape[$1] }
      let same = try size(shape, node.place) == size(first.shape, node.place)
      return try append(
        node.name, keeps ? (same ? .pointwise : .pooling) : .mixing(macs: 0), reading: [layer], shape: shape,
        channelAxes: axes, uses: uses)
    }
    return try join(read, shape, node, isProduct: isProduct)
  }

  /// What is added to a weighted layer's output is its bias; to a normalised or scaled map, a shift; else a bias.
  private func role(ofConstantAddedTo layer: Int) -> LayerGraph.Role {
    if case .pointwise = layers[layer].operation, !layers[layer].uses.isEmpty { return .affine }
    return .bias
  }

  /// The sum or product of several layers' outputs.
  private func join(
    _ read: [ONNXValue], _ shape: [Int], _ node: ONNXNode, isProduct: Bool
  ) throws(FormatError) -> ONNXValue {
    func aligned(_ value: ONNXValue) -> [Int] { value.channelAxes.map { $0 + shape.count - value.shape.count } }
    func channels(_ value: ONNXValue) -> Int { value.layer.map { layers[$0].channels } ?? 1 }
    let widest = read.max { channels($0) < channels($1) } ?? read[0]
    let axes = aligned(widest)
    guard zip(axes, widest.channelAxes).allSatisfy({ shape[$0] == widest.shape[$1] }) else {
      return try append(
        node.name, .mixing(macs: 0), reading: read.compactMap(\.layer), shape: shape, channelAxes: axes)
    }
    var inputs: [Int] = []
    for value in read {
      guard let layer = value.layer else { continue }
      guard channels(value) > 1, aligned(value) != axes else {
        inputs.append(layer)
        continue
      }
      inputs.append(
        try append(node.name, .mixing(macs: 0), reading: [layer], shape: shape, channelAxes: axes).layer ?? layer)
    }
    return try append(
      node.name, isProduct ? .product : .sum, reading: inputs, shape: shape, channelAxes: axes)
  }

  /// The shape that several shapes give together, aligned at their ends.
  func broadcast(_ shapes: [[Int]], _ node: ONNXNode) throws(FormatError) -> [Int] {
    var result: [Int] = []
    for shape in shapes {
      var merged = shape.count > result.count ? shape : result
      let (long, short) = shape.count > result.count ? (shape, result) : (result, shape)
      let offset = long.count - short.count
      for (axis, dimension) in short.enumerated() {
        let other = long[axis + offset]
        guard dimension == other || dimension == 1 || other == 1 else {
          throw node.error("inputs do not fit together", found: "\(shapes)", allowed: "equal dimensions or 1")
        }
        merged[axis + offset] = other == 1 ? dimension : other
      }
      result = merged
    }
    return result
  }
}
