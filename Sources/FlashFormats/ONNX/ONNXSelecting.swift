internal import FlashGraph

/// Operators that take parts of values or put values together.
extension ONNXImporter {
  static let selectingOperators: [String: Handler] = [
    "Concat": { importer in { (node) throws(FormatError) in try importer.concatenate(node.inputs, node) } },
    "com.microsoft.QLinearConcat": ONNXImporter.quantisedConcatenation,
    "Split": ONNXImporter.split, "Slice": ONNXImporter.slice, "Gather": ONNXImporter.gather,
    "ScatterND": ONNXImporter.scatter, "ScatterElements": ONNXImporter.scatter,
  ]

  /// The output's scale and zero, then each input with its scale and zero.
  private func quantisedConcatenation(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    try concatenate(stride(from: 2, to: node.inputs.count, by: 3).map { node.inputs[$0] }, node)
  }

  private func concatenate(_ inputs: [ONNXValue?], _ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    // Empty tensors, of one axis, take no part.
    let values = inputs.compactMap { $0 }.filter { $0.shape != [0] }
    guard let first = values.first, values.count <= inputs.count else {
      return [ONNXValue(shape: [0], elements: .integers([]))]
    }
    let axis = try node.axis(node.integer("axis") ?? 1, rank: first.shape.count)
    var shape = first.shape
    shape[axis] = 0
    for value in values {
      let fits =
        value.shape.count == shape.count
        && shape.indices.allSatisfy { $0 == axis || value.shape[$0] == shape[$0] }
      guard fits else {
        throw node.error("inputs do not fit together", found: "\(first.shape) and \(value.shape) along axis \(axis)")
      }
      shape[axis] += value.shape[axis]
    }
    _ = try size(shape, node.place)
    guard let read = values.first(where: { !$0.isConstant }) else { return [joined(values, shape)] }
    return [try concatenate(values, along: axis, shape, like: read, node)]
  }

  /// Constants of one axis, joined.
  private func joined(_ values: [ONNXValue], _ shape: [Int]) -> ONNXValue {
    let lists = values.compactMap(\.integers)
    guard shape.count == 1, lists.count == values.count else { return ONNXValue(shape: shape, elements: .unknown) }
    return ONNXValue(shape: shape, elements: .integers(lists.flatMap { $0 }))
  }

  private func concatenate(
    _ values: [ONNXValue], along axis: Int, _ shape: [Int], like read: ONNXValue, _ node: ONNXNode
  ) throws(FormatError) -> ONNXValue {
    let alongChannels = values.allSatisfy { $0.isConstant || $0.channelAxes.isEmpty || $0.channelAxes == [axis] }
    var inputs: [Int] = []
    if alongChannels {
      for value in values {
        var layer = try self.layer(of: value, along: axis, node)
        // A single channel along the axis, or several positions of one.
        if layers[layer].channels != value.shape[axis] {
          layer =
            try append(node.name, .mixing(macs: 0), reading: [layer], shape: value.shape, channelAxes: [axis]).layer
            ?? layer
        }
        inputs.append(layer)
      }
      return try append(node.name, .concatenation, reading: inputs, shape: shape, channelAxes: [axis])
    }
    for value in values {
      if let layer = try materialised(value, node, channelAxes: read.channelAxes).layer { inputs.append(layer) }
    }
    return try append(node.name, .mixing(macs: 0), reading: inputs, shape: shape, channelAxes: read.channelAxes)
  }

  private func split(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let axis = try node.axis(node.integer("axis") ?? 0, rank: read.shape.count)
    let total = try listed(read.shape[axis], node)
    let count = node.proto.output.count
    let part = count > 0 ? (total + count - 1) / count : 0
    let parts =
      try node.integers("split", orInput: 1)
      ?? (0..<count).map { min(part, total - $0 * part) }
    guard parts.count == count, parts.allSatisfy({ 1...total ~= $0 }), parts.reduce(0, +) == total else {
      throw node.error("parts do not fit", found: "\(parts) of \(total)", allowed: "\(count) numbers that add up")
    }
    var start = 0
    var values: [ONNXValue] = []
    for part in parts {
      values.append(try taken(read, axis: axis, (start..<(start + part)).map { $0 }, node))
      start += part
    }
    return values
  }

  private func slice(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    var value = try node.input(0)
    let rank = value.shape.count
    guard let starts = try node.integers("starts", orInput: 1), let ends = try node.integers("ends", orInput: 2),
      starts.count == ends.count
    else { throw node.error("starts and ends missing or of different lengths") }
    let axes = try node.integers("axes", orInput: 3) ?? Array(starts.indices)
    let steps = try node.integers("steps", orInput: 4) ?? starts.map { _ in 1 }
    guard axes.count == starts.count, steps.count == starts.count, !steps.contains(0) else {
      throw node.error("axes or steps of another length, or a step of 0")
    }
    for (place, given) in axes.enumerated() {
      let axis = try node.axis(given, rank: rank)
      let length = try listed(value.shape[axis], node)
      let step = steps[place]
      func bound(_ position: Int) -> Int {
        min(max(position < 0 ? position &+ length : position, step > 0 ? 0 : -1), step > 0 ? length : length - 1)
      }
      // A negative end before the first element stands for "down to it".
      let end = step < 0 && ends[place] < -length ? -1 : bound(ends[place])
      let chosen = Array(stride(from: bound(starts[place]), to: end, by: step))
      value = try taken(value, axis: axis, chosen, node)
    }
    return [value]
  }

  private func gather(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let indices = try node.input(1)
    let axis = try node.axis(node.integer("axis") ?? 0, rank: read.shape.count)
    let length = try listed(read.shape[axis], node)
    let shape = Array(read.shape.prefix(axis)) + indices.shape + Array(read.shape.dropFirst(axis + 1))
    if let chosen = indices.integers, indices.shape.count <= 1 {
      if let wrong = chosen.first(where: { !(-length..<length ~= $0) }) {
        throw node.error("indices: out of range", found: "\(wrong)", allowed: "\(-length) to \(length - 1)")
      }
      let value = try taken(read, axis: axis, chosen.map { $0 < 0 ? $0 + length : $0 }, node)
      return [indices.shape.isEmpty ? try dropped(value, axis, node) : value]
    }
    let count = try size(indices.shape, node.place)
    if read.layer != nil, indices.isConstant, indices.shape.count == 1, count > ONNXWire.keptIndices {
      throw node.error("indices: too many to follow", found: "\(count)", allowed: "\(ONNXWire.keptIndices) at most")
    }
    _ = try size(shape, node.place)
    let inputs = [read, indices].compactMap(\.layer)
    guard !inputs.isEmpty else { return [ONNXValue(shape: shape, elements: .unknown)] }
    // A table looked up by an activation: its rows are learnt, and no multiplication happens.
    return [
      try append(
        node.name, .mixing(macs: 0), reading: inputs, shape: shape,
        channelAxes: shape.isEmpty ? [] : [shape.count - 1],
        uses: read.isConstant ? uses(of: read, .weight) : [])
    ]
  }

  /// The length of an axis whose places are listed one by one.
  private func listed(_ length: Int, _ node: ONNXNode) throws(FormatError) -> Int {
    guard 0...LayerGraph.channelLimit ~= length else {
      throw node.error("axis too long", found: "\(length)", allowed: "at most \(LayerGraph.channelLimit)")
    }
    return length
  }

  /// A value with some of its elements replaced.
  private func scatter(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let inputs = node.activations.compactMap(\.layer)
    guard !inputs.isEmpty else { return [ONNXValue(shape: read.shape, elements: .unknown)] }
    let axes = read.isConstant ? Array(read.shape.indices.suffix(1)) : read.channelAxes
    return [
      try append(node.name, .mixing(macs: 0), reading: inputs, shape: read.shape, channelAxes: axes)
    ]
  }

  /// A value without an axis of one element.
  private func dropped(_ value: ONNXValue, _ axis: Int, _ node: ONNXNode) throws(FormatError) -> ONNXValue {
    var shape = value.shape
    shape.remove(at: axis)
    return try reshaped(value, to: shape, node)
  }

  /// These places of an axis.
  private func taken(
    _ value: ONNXValue, axis: Int, _ chosen: [Int], _ node: ONNXNode
  ) throws(FormatError) -> ONNXValue {
    var result = value
    result.shape[axis] = chosen.count
    guard value.layer != nil else {
      if chosen.isEmpty, value.shape.count == 1 { return ONNXValue(shape: [0], elements: .integers([])) }
      result.parameter = chosen.count == value.shape[axis] ? value.parameter : nil
      result.elements = .unknown
      if value.shape.count == 1 {
        switch value.elements {
        case .integers(let values): result.elements = .integers(chosen.map { values[$0] })
        case .reals(let values): result.elements = .reals(chosen.map { values[$0] })
        case .unknown: break
        }
      }
      return result
    }
    _ = try size(result.shape, node.place)
    if chosen == Array(0..<value.shape[axis]) { return value }
    guard value.channelAxes.contains(axis) else {
      return try selected(result, (0..<Int32(result.channelAxes.reduce(1) { $0 * value.shape[$1] })).map { $0 }, node)
    }
    let offsets = Self.offsets(of: value.channelAxes, shape: value.shape)
    var channels: [Int32] = [0]
    for channelAxis in value.channelAxes {
      let stride = offsets[channelAxis] ?? 0
      let places = channelAxis == axis ? chosen : Array(0..<value.shape[channelAxis])
      channels = channels.flatMap { base in places.map { base + Int32($0 * stride) } }
    }
    return try selected(result, channels, node)
  }
}
