internal import FlashGraph

/// A sliding window: kernel, strides, dilations and padding of a convolution or a pooling, axis by axis.
struct ONNXWindow {
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  /// Padding before and behind, together.
  let padding: [Int]
  /// `SAME_UPPER` and `SAME_LOWER` pad until the output is ⌈input / stride⌉.
  let isSame: Bool
  let roundsUp: Bool
  private static let limit = 1 << 20

  /// - Throws: `FormatError` where a list has another length than the kernel or a number is out of range.
  init(_ node: ONNXNode, kernel: [Int]) throws(FormatError) {
    self.kernel = kernel
    func list(_ name: String, _ otherwise: Int, _ count: Int, from least: Int) throws(FormatError) -> [Int] {
      let values = node.integers(name) ?? [Int](repeating: otherwise, count: count)
      guard values.count == count, values.allSatisfy({ least...Self.limit ~= $0 }) else {
        throw node.error("\(name): out of range", found: "\(values)", allowed: "\(count) numbers ≥ \(least)")
      }
      return values
    }
    guard kernel.allSatisfy({ 1...Self.limit ~= $0 }) else {
      throw node.error("kernel: out of range", found: "\(kernel)", allowed: "1 to \(Self.limit)")
    }
    strides = try list("strides", 1, kernel.count, from: 1)
    dilations = try list("dilations", 1, kernel.count, from: 1)
    let automatic = node.text("auto_pad")
    isSame = automatic.hasPrefix("SAME")
    roundsUp = node.integer("ceil_mode") ?? 0 != 0
    let pads =
      ["", "NOTSET"].contains(automatic)
      ? try list("pads", 0, 2 * kernel.count, from: 0) : [Int](repeating: 0, count: 2 * kernel.count)
    padding = kernel.indices.map { pads[$0] + pads[$0 + kernel.count] }
  }

  /// The kernel's span: dilation · (k − 1) + 1.
  private func span(_ axis: Int) -> Int { dilations[axis] * (kernel[axis] - 1) + 1 }

  /// The window of a receptive field; that of one axis is one position wide, and of more than two there is none.
  var sliding: LayerGraph.Window? {
    guard 1...2 ~= kernel.count else { return nil }
    let last = kernel.count - 1
    return LayerGraph.Window(
      height: span(0), width: last > 0 ? span(last) : 1, strideHeight: strides[0],
      strideWidth: last > 0 ? strides[last] : 1)
  }

  /// ⌊(input + padding − span) / stride⌋ + 1, or with `ceil_mode` ⌈…⌉ + 1 where the last window starts inside.
  func outputs(_ inputs: [Int], _ node: ONNXNode) throws(FormatError) -> [Int] {
    try check(inputs, node)
    var outputs: [Int] = []
    for (axis, input) in inputs.enumerated() {
      if isSame {
        outputs.append((input - 1) / strides[axis] + 1)
        continue
      }
      let room = input + padding[axis] - span(axis)
      guard room >= 0 else {
        throw node.error(
          "window larger than the map", found: "\(span(axis))", allowed: "at most \(input + padding[axis])")
      }
      var output = room / strides[axis] + 1
      if roundsUp, room % strides[axis] != 0, output * strides[axis] < input + padding[axis] - padding[axis] / 2 {
        output += 1
      }
      outputs.append(output)
    }
    return outputs
  }

  /// stride · (input − 1) + span − padding + output padding, or the node's own `output_shape`.
  func transposedOutputs(_ inputs: [Int], _ node: ONNXNode) throws(FormatError) -> [Int] {
    try check(inputs, node)
    if let shape = node.integers("output_shape") {
      guard shape.count >= inputs.count, shape.allSatisfy({ $0 > 0 }) else {
        throw node.error("output_shape: out of range", found: "\(shape)", allowed: "\(inputs.count) numbers ≥ 1")
      }
      return Array(shape.suffix(inputs.count))
    }
    let extra = node.integers("output_padding") ?? [Int](repeating: 0, count: inputs.count)
    guard extra.count == inputs.count, extra.allSatisfy({ 0...Self.limit ~= $0 }) else {
      throw node.error("output_padding: out of range", found: "\(extra)", allowed: "\(inputs.count) numbers ≥ 0")
    }
    return inputs.indices.map { axis in
      isSame
        ? inputs[axis] * strides[axis]
        : strides[axis] * (inputs[axis] - 1) + span(axis) - padding[axis] + extra[axis]
    }
  }

  private func check(_ inputs: [Int], _ node: ONNXNode) throws(FormatError) {
    guard inputs.count == kernel.count, inputs.allSatisfy({ 1...Int(Int32.max) ~= $0 }) else {
      throw node.error("window of another rank than the map", found: "\(kernel) on \(inputs)")
    }
  }
}
