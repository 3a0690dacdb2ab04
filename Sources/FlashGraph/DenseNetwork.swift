/// One `dense` cell: `depth` convolutions 3×3 of `width` output channels each; layer i ≥ 2 reads its predecessor and at
/// most `skip` channels drawn from the layers before that.
public struct DenseCell: Sendable, Hashable {
  public let width: Int
  public let depth: Int
  public let skip: Int

  public init(width: Int, depth: Int, skip: Int) {
    self.width = width
    self.depth = depth
    self.skip = skip
  }

  /// The channels that layer `layer` reads beside its predecessor's: sᵢ = min(t, w·(i − 1)), 0 for layers 0 and 1.
  @inlinable public func skipChannels(layer: Int) -> Int { min(skip, width * max(layer - 1, 0)) }

  /// A skip above w·(d − 2) changes nothing: every layer then takes all that there is.
  @inlinable public var saturation: Int { width * max(depth - 2, 0) }
}

/// A network of `dense` cells: cell 0 at the input's resolution, each later one at half that of its predecessor, then
/// global average pooling and a fully connected classifier with bias.
public struct DenseNetwork: Sendable, Hashable {
  /// The most channels that the layers of a cell may have to draw from, all together.
  public static let candidateLimit = 1 << 25

  public let input: FeatureShape
  public let classes: Int
  public let cells: [DenseCell]

  public init(input: FeatureShape, classes: Int, cells: [DenseCell]) {
    self.input = input
    self.classes = classes
    self.cells = cells
  }

  /// The layer graph with links drawn from `seed`.
  ///
  /// - Throws: `GraphError` where a number is out of range or a layer grows too large.
  /// - Complexity: O(layers + channels that may be linked, summed over the layers).
  public func network(seed: UInt64) throws(GraphError) -> Network {
    guard !cells.isEmpty else { throw .empty("cells") }
    var layers: [Network.Layer] = []
    for (index, cell) in cells.enumerated() {
      try check(cell, index)
      let first = layers.count
      for layer in 0..<cell.depth {
        var inputs = [Network.Source(producer: layers.isEmpty ? nil : layers.count - 1)]
        let drawn = LinkDraw.channels(seed: seed, cell: index, layer: layer, width: cell.width, skip: cell.skip)
        // The channels rise: those of one source stand together.
        var start = 0
        while start < drawn.count {
          let source = drawn[start] / cell.width
          let end = drawn[start...].firstIndex { $0 / cell.width != source } ?? drawn.count
          inputs.append(
            Network.Source(
              producer: first + source, channels: drawn[start..<end].map { $0 % cell.width }, isSkip: true))
          start = end
        }
        layers.append(
          Network.Layer(
            name: "cell\(index + 1).layer\(layer)",
            operation: .convolution(
              outputChannels: cell.width, kernel: 3, stride: layer == 0 && index > 0 ? 2 : 1),
            inputs: inputs, cell: index))
      }
    }
    let last = layers.count - 1
    layers.append(
      Network.Layer(name: "pooling", operation: .globalAveragePooling, inputs: [.init(producer: last)], cell: nil))
    layers.append(
      Network.Layer(
        name: "classifier", operation: .fullyConnected(outputs: classes), inputs: [.init(producer: last + 1)],
        cell: nil))
    return try Network(input: input, cells: cells.map { _ in .dense }, layers: layers)
  }

  private func check(_ cell: DenseCell, _ index: Int) throws(GraphError) {
    let limits = [
      ("width", cell.width, 1...(1 << 16)), ("depth", cell.depth, 1...(Network.layerLimit / 4)),
      ("skip", cell.skip, 0...(1 << 20)),
    ]
    for (name, value, range) in limits where !range.contains(value) {
      throw .outOfRange(
        where: "cells[\(index)].\(name)", found: value, allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
    // Before any link is drawn: the last layer reads the most channels.
    guard 9 * cell.width * (cell.width + min(cell.skip, cell.saturation)) <= Network.sizeLimit else {
      throw .tooLarge(where: "cells[\(index)]: weights of a layer", limit: Network.sizeLimit)
    }
    // Every layer lists its candidates one by one: w·n(n + 1)/2 of them with n = d − 2. The ranges above keep the product
    // below 2³⁶.
    let reading = max(cell.depth - 2, 0)
    let candidates = cell.width * reading * (reading + 1) / 2
    guard candidates <= Self.candidateLimit else {
      throw .tooLarge(where: "cells[\(index)]: channels that its layers may link", limit: Self.candidateLimit)
    }
  }
}
