internal import FlashGraph

/// Pooling, reductions, padding and resizing: channel by channel into maps of another size.
extension ONNXImporter {
  static let poolingOperators: [String: Handler] = {
    var operators: [String: Handler] = [
      "Pad": ONNXImporter.pad, "Resize": ONNXImporter.resize, "Upsample": ONNXImporter.resize,
      "Expand": ONNXImporter.expand, "Tile": ONNXImporter.tile, "DepthToSpace": ONNXImporter.depthToSpace,
      "SpaceToDepth": ONNXImporter.spaceToDepth, "com.microsoft.QLinearAveragePool": ONNXImporter.pool,
      "com.microsoft.QLinearGlobalAveragePool": ONNXImporter.globalPool,
    ]
    for kind in ["Average", "Lp", "Max"] {
      operators["\(kind)Pool"] = ONNXImporter.pool
      operators["Global\(kind)Pool"] = ONNXImporter.globalPool
    }
    for kind in ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare"] {
      operators["Reduce\(kind)"] = ONNXImporter.reduce
    }
    for kind in ["ArgMax", "ArgMin"] { operators[kind] = ONNXImporter.reduce }
    return operators
  }()

  private func pool(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    guard read.shape.count >= 3, let kernel = node.integers("kernel_shape") else {
      throw node.error("not a map with a kernel", found: "\(read.shape)")
    }
    let window = try ONNXWindow(node, kernel: kernel)
    let outputs = try window.outputs(Array(read.shape.dropFirst(2)), node)
    return [try pooled(read, to: Array(read.shape.prefix(2)) + outputs, node, window: window.sliding)]
  }

  private func globalPool(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    guard read.shape.count >= 2 else { throw node.error("not a map", found: "\(read.shape)") }
    return [try pooled(read, to: Array(read.shape.prefix(2)) + read.shape.dropFirst(2).map { _ in 1 }, node)]
  }

  /// A map of the same rank; where the size of a channel axis changes, channels mix.
  private func pooled(
    _ read: ONNXValue, to shape: [Int], _ node: ONNXNode, window: LayerGraph.Window? = nil
  ) throws(FormatError) -> ONNXValue {
    _ = try size(shape, node.place)
    guard let layer = read.layer else { return ONNXValue(shape: shape, elements: .unknown) }
    let keeps = read.channelAxes.allSatisfy { shape[$0] == read.shape[$0] }
    return try append(
      node.name, keeps ? .pooling : .mixing(macs: 0), reading: [layer], shape: shape, channelAxes: read.channelAxes,
      window: window)
  }

  private func reduce(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let rank = read.shape.count
    var listed = try node.integers("axes", orInput: 1)
    if node.operation.hasPrefix("Arg") { listed = [node.integer("axis") ?? 0] }
    if listed?.isEmpty ?? true {
      if node.integer("noop_with_empty_axes") ?? 0 != 0 { return [read] }
      listed = Array(0..<rank)
    }
    let axes = try node.axes(listed ?? [], rank: rank)
    var shape = read.shape
    for axis in axes { shape[axis] = 1 }
    let value = try pooled(read, to: shape, node)
    guard node.integer("keepdims") ?? 1 == 0 else { return [value] }
    return [try reshaped(value, to: shape.indices.filter { !axes.contains($0) }.map { shape[$0] }, node)]
  }

  private func pad(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let rank = read.shape.count
    guard let pads = try node.integers("pads", orInput: 1) ?? node.integers("paddings") else {
      throw node.error("pads missing")
    }
    let axes: [Int] = try node.integers("axes", orInput: 3) ?? Array(0..<rank)
    guard pads.count == 2 * axes.count, pads.allSatisfy({ $0.magnitude <= 1 << 30 }) else {
      throw node.error("pads: out of range", found: "\(pads)", allowed: "\(2 * axes.count) numbers")
    }
    var shape = read.shape
    for (place, axis) in axes.enumerated() {
      shape[try node.axis(axis, rank: rank)] += pads[place] + pads[place + axes.count]
    }
    // What is added, or cut off, at the edges leaves every other position as it is.
    return [try pooled(read, to: shape, node, window: LayerGraph.Window(height: 1, width: 1))]
  }

  /// Sizes from `sizes`, or scales from an input or an attribute; ⌊size · scale⌋.
  private func resize(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let rank = read.shape.count
    let axes = try node.axes(node.integers("axes") ?? Array(0..<rank), rank: rank)
    var shape = read.shape
    if let sizes = node.optional(3), sizes.shape != [0] {
      guard let values = sizes.integers, values.count == axes.count else { throw node.error("sizes: not known") }
      for (axis, value) in zip(axes, values) { shape[axis] = value }
      return [try pooled(read, to: shape, node)]
    }
    let given = [node.optional(2), node.optional(1)].compactMap { $0 }.first { $0.shape == [axes.count] }
    guard let scales = node.reals("scales") ?? given?.reals, scales.count == axes.count else {
      throw node.error("scales: not known, or not one for each axis")
    }
    for (axis, scale) in zip(axes, scales) {
      let scaled = (Double(shape[axis]) * scale).rounded(.down)
      guard 1...Double(LayerGraph.sizeLimit) ~= scaled else {
        throw node.error("scales: out of range", found: "\(scale)")
      }
      shape[axis] = Int(scaled)
    }
    return [try pooled(read, to: shape, node)]
  }

  private func expand(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    guard let target = try node.integers("shape", orInput: 1) else { throw node.error("input 1 missing") }
    var read = try node.input(0)
    let shape = try broadcast([read.shape, target], node)
    if shape == read.shape { return [read] }
    let missing = shape.count - read.shape.count
    let parameter = read.parameter
    if missing > 0 { read = try reshaped(read, to: [Int](repeating: 1, count: missing) + read.shape, node) }
    var value = try pooled(read, to: shape, node)
    if value.isConstant { value.parameter = parameter }
    return [value]
  }

  private func tile(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    guard let repeats = try node.integers("repeats", orInput: 1), repeats.count == read.shape.count else {
      throw node.error("repeats: not one for each axis")
    }
    var shape: [Int] = []
    for (dimension, times) in zip(read.shape, repeats) {
      let (product, overflow) = dimension.multipliedReportingOverflow(by: times)
      guard !overflow else { throw node.error("repeats: out of range", found: "\(times)") }
      shape.append(product)
    }
    return [try pooled(read, to: shape, node)]
  }

  private func depthToSpace(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let block = node.integer("blocksize") ?? 0
    guard read.shape.count == 4, 1...1024 ~= block, read.shape[1] % (block * block) == 0 else {
      throw node.error("blocksize: does not fit", found: "\(block) on \(read.shape)")
    }
    let (channels, height, width) = (read.shape[1] / (block * block), read.shape[2] * block, read.shape[3] * block)
    return [try pooled(read, to: [read.shape[0], channels, height, width], node)]
  }

  private func spaceToDepth(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let block = node.integer("blocksize") ?? 0
    guard read.shape.count == 4, 1...1024 ~= block, read.shape[2] % block == 0, read.shape[3] % block == 0 else {
      throw node.error("blocksize: does not fit", found: "\(block) on \(read.shape)")
    }
    let (channels, height, width) = (read.shape[1] * block * block, read.shape[2] / block, read.shape[3] / block)
    return [try pooled(read, to: [read.shape[0], channels, height, width], node)]
  }
}
