internal import FlashGraph

/// Operators that name the same elements anew: reshaping, transposing, adding and dropping axes.
extension ONNXImporter {
  static let reshapingOperators: [String: Handler] = [
    "Reshape": ONNXImporter.reshape, "Flatten": ONNXImporter.flatten, "Transpose": ONNXImporter.transpose,
    "Squeeze": ONNXImporter.squeeze, "Unsqueeze": ONNXImporter.unsqueeze,
  ]

  private func reshape(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    guard let target = try node.integers("shape", orInput: 1) else { throw node.error("shape missing") }
    var shape = target
    let copiesZero = node.integer("allowzero") ?? 0 == 0
    for (axis, dimension) in target.enumerated() where dimension == 0 && copiesZero {
      guard axis < read.shape.count else { throw node.error("shape: no dimension to copy", found: "\(target)") }
      shape[axis] = read.shape[axis]
    }
    let free = shape.indices.filter { shape[$0] == -1 }
    guard free.count <= 1 else { throw node.error("shape: more than one dimension left open", found: "\(target)") }
    if let axis = free.first {
      let known = try size(shape.indices.filter { $0 != axis }.map { shape[$0] }, node.place)
      shape[axis] = try size(read.shape, node.place) / known
    }
    return [try reshaped(read, to: shape, node)]
  }

  private func flatten(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let given = node.integer("axis") ?? 1
    let axis = given == read.shape.count ? given : try node.axis(given, rank: read.shape.count)
    let shape = [
      try size(Array(read.shape.prefix(axis)), node.place), try size(Array(read.shape.dropFirst(axis)), node.place),
    ]
    return [try reshaped(read, to: shape, node)]
  }

  private func squeeze(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let rank = read.shape.count
    let listed = try node.integers("axes", orInput: 1) ?? read.shape.indices.filter { read.shape[$0] == 1 }
    let axes = try node.axes(listed, rank: rank)
    guard axes.allSatisfy({ read.shape[$0] == 1 }) else {
      throw node.error("axes: a dimension that is not 1", found: "\(axes) of \(read.shape)")
    }
    return [try reshaped(read, to: read.shape.indices.filter { !axes.contains($0) }.map { read.shape[$0] }, node)]
  }

  private func unsqueeze(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    guard let listed = try node.integers("axes", orInput: 1), listed.count <= 64 else {
      throw node.error("axes missing or too many")
    }
    let axes = try node.axes(listed, rank: read.shape.count + listed.count)
    var shape = read.shape
    for axis in axes { shape.insert(1, at: axis) }
    return [try reshaped(read, to: shape, node)]
  }

  private func transpose(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = try node.input(0)
    let rank = read.shape.count
    let order = node.integers("perm") ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else {
      throw node.error("perm: no order of the axes", found: "\(order)", allowed: "each of 0 to \(rank - 1) once")
    }
    var value = read
    value.shape = order.map { read.shape[$0] }
    if rank > 1 { value.elements = .unknown }
    let axes = order.indices.filter { read.channelAxes.contains(order[$0]) }
    let sources = axes.map { order[$0] }
    value.channelAxes = axes
    guard sources != sources.sorted() else { return [value] }
    // Channels in another order: a shuffle.
    let offsets = Self.offsets(of: read.channelAxes, shape: read.shape)
    var chosen: [Int32] = [0]
    for axis in sources {
      let stride = offsets[axis] ?? 0
      chosen = chosen.flatMap { base in (0..<read.shape[axis]).map { base + Int32($0 * stride) } }
    }
    return [try selected(value, chosen, node)]
  }

  /// How far apart two neighbours along a channel axis are in the list of channels.
  static func offsets(of axes: [Int], shape: [Int]) -> [Int: Int] {
    var stride = 1
    var offsets: [Int: Int] = [:]
    for axis in axes.reversed() {
      offsets[axis] = stride
      stride *= shape[axis]
    }
    return offsets
  }

  /// A value whose channels are some of its layer's, in this order.
  func selected(_ value: ONNXValue, _ chosen: [Int32], _ node: ONNXNode) throws(FormatError) -> ONNXValue {
    guard let layer = value.layer else { return value }
    return try append(
      node.name, .selection(chosen), reading: [layer], shape: value.shape, channelAxes: value.channelAxes)
  }

  /// The same elements in another shape: where channels and positions merge into one axis, each position of a channel
  /// names that channel.
  func reshaped(_ value: ONNXValue, to shape: [Int], _ node: ONNXNode) throws(FormatError) -> ONNXValue {
    let (before, after) = try (size(value.shape, node.place), size(shape, node.place))
    guard before == after else {
      throw node.error("shapes of different sizes", found: "\(value.shape) to \(shape)")
    }
    var result = value
    result.shape = shape
    guard value.layer != nil else { return result }
    let offsets = Self.offsets(of: value.channelAxes, shape: value.shape)
    var axes: [Int] = []
    var chosen: [Int32] = [0]
    for (old, new) in Self.groups(value.shape, shape) {
      let channelAxes = old.filter { value.channelAxes.contains($0) && value.shape[$0] > 1 }
      guard !channelAxes.isEmpty else { continue }
      axes += new.filter { shape[$0] > 1 }
      let extent = old.reduce(1) { $0 * value.shape[$1] }
      guard chosen.count * extent <= LayerGraph.channelLimit else {
        throw node.error("too many channels", allowed: "at most \(LayerGraph.channelLimit)")
      }
      var places: [Int32] = [0]
      for axis in old where value.shape[axis] > 1 {
        let stride = channelAxes.contains(axis) ? offsets[axis] ?? 0 : 0
        places = places.flatMap { base in (0..<value.shape[axis]).map { base + Int32($0 * stride) } }
      }
      chosen = chosen.flatMap { base in places.map { base + $0 } }
    }
    result.channelAxes = axes
    let isSame = chosen.indices.allSatisfy { chosen[$0] == Int32($0) } && chosen.count == channelCount(value)
    return isSame ? result : try selected(result, chosen, node)
  }

  private func channelCount(_ value: ONNXValue) -> Int { value.channelAxes.reduce(1) { $0 * value.shape[$1] } }

  /// Runs of axes of two shapes that hold the same elements, as short as they can be.
  private static func groups(_ old: [Int], _ new: [Int]) -> [(old: Range<Int>, new: Range<Int>)] {
    var groups: [(old: Range<Int>, new: Range<Int>)] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      let (first, second) = (i, j)
      var (a, b) = (1, 1)
      repeat {
        if i < old.count, a <= b || j == new.count {
          a *= old[i]
          i += 1
        } else if j < new.count {
          b *= new[j]
          j += 1
        }
      } while a != b && (i < old.count || j < new.count)
      groups.append((first..<i, second..<j))
    }
    return groups
  }
}
