/// One `dense` or `dense-mlp` cell: `depth` layers of `width` outputs each, 3×3 convolutions or fully connected; layer
/// i ≥ 2 reads its predecessor and at most `skip` channels drawn from the layers before that.
///
/// Layer 0 reads the cell's input, with a stride where the cell halves the resolution. Batch normalisation and an
/// activation follow every layer. The NN-Mass authors' networks draw from the newest i − 1 layers, predecessor included,
/// and normalise before they convolve: deviations of theirs from FLASH's description, not followed here.
public struct DenseCell: Sendable, Hashable {
  public let width: Int
  public let depth: Int
  public let skip: Int

  @inlinable
  public init(width: Int, depth: Int, skip: Int) {
    self.width = width
    self.depth = depth
    self.skip = skip
  }

  /// The channels that layer `layer` reads beside its predecessor's: sᵢ = min(t, w·(i − 1)), 0 for layers 0 and 1.
  @inlinable public func skipChannels(layer: Int) -> Int { min(skip, width * max(layer - 1, 0)) }

  /// A skip above w·(d − 2) changes nothing: every layer then takes all that there is.
  @inlinable public var saturation: Int { width * max(depth - 2, 0) }

  /// The skip channels of all layers: with n = d − 2 and k = min(n, ⌊t/w⌋), S = w·k(k+1)/2 + t·(n − k).
  @inlinable public var skipChannels: Int {
    let n = max(depth - 2, 0)
    let k = min(n, skip / width)
    return width * k * (k + 1) / 2 + skip * (n - k)
  }

  /// The channels that the layers could take: w·n(n + 1)/2 with n = d − 2.
  @inlinable public var skipCandidates: Int {
    let n = max(depth - 2, 0)
    return width * n * (n + 1) / 2
  }

  /// The most channels that the layers of a cell may have to draw from, all together.
  static let candidateLimit = 1 << 23

  /// The cell's weighted layers, the same for any links drawn. Complexity: O(min(depth, skip/width)).
  @inlinable
  func forEachLayer(_ input: CellInput, _ kind: Kind, stride: Int, _ body: (CellLayer) -> Void) {
    let first = firstLayer(input, kind, stride: stride)
    body(CellLayer(first, readsCellInput: true))
    let map = CellInput(channels: width, height: first.outputHeight, width: first.outputWidth)
    func inner(_ skips: Int) -> WeightedLayer {
      var read = map
      read.channels += skips
      return read.convolution(to: width, kernel: kind == .convolution ? 3 : 1)
    }
    // Layers from `saturated` on all take `skip` channels.
    let saturated = min(depth, 1 + (skip + width - 1) / width)
    for layer in 1..<max(saturated, 1) { body(CellLayer(inner(skipChannels(layer: layer)))) }
    if saturated < depth { body(CellLayer(inner(skip), count: depth - saturated)) }
  }

  @inlinable
  func firstLayer(_ input: CellInput, _ kind: Kind, stride: Int) -> WeightedLayer {
    switch kind {
    case .convolution: input.convolution(to: width, kernel: 3, stride: stride)
    case .fullyConnected: .fullyConnected(inputs: input.elements, outputs: width)
    }
  }

  /// What the layers are.
  public enum Kind: Sendable, Hashable {
    case convolution, fullyConnected
  }

  /// Counts the cell. Complexity: O(1), without allocation.
  @inlinable
  func count(into counter: inout FeatureCounter, _ kind: Kind, stride: Int) {
    counter.settle()
    counter.closeCells()
    let input = counter.input
    let first = firstLayer(input, kind, stride: stride)
    counter.features.add(first)
    let pixels = first.outputPixels
    let skips = skipChannels
    let weights = (kind == .convolution ? 9 : 1) * width * ((depth - 1) * width + skips)
    counter.features.weights += weights
    counter.features.macs += weights * pixels
    counter.features.batchNorm += 2 * width * depth
    counter.features.activations += width * (depth - 1) * pixels
    counter.features.weightedLayers += depth - 1
    let links = width * (input.skipChannels + skips)
    counter.features.skipLinks += links
    counter.features.skipElements += input.skipChannels * input.pixels + skips * pixels
    let degree = NNDegree.cell(width: Double(width), depth: depth, skipLinks: links)
    counter.features.nnDegree += degree
    counter.features.nnDegreeByBlock += degree
    counter.features.skipChannels += skips
    counter.features.skipCandidates += skipCandidates
    counter.features.addMass(
      NNMass.cell(width: Double(width), depth: depth, skipChannels: skips, candidates: skipCandidates))
    let map = width * pixels
    counter.live(input.elements + map)
    counter.live((skips > 0 ? depth : min(depth, 2)) * map)
    counter.input.follow(first)
  }

  /// Adds the cell's layers, with links drawn from `seed`.
  func append(
    to builder: inout NetworkBuilder, _ kind: Kind, stride: Int, index: Int, seed: UInt64
  ) throws(GraphError) {
    try check(index, kind)
    let name = "cell\(index + 1)"
    try builder.settle(name)
    builder.startsCell = true
    let first = builder.layers.count
    // The outputs of a cell's layers are three layers apart: weights, normalisation, activation.
    func output(_ layer: Int) -> Int { first + 3 * layer + 2 }
    for layer in 0..<depth {
      let drawn = LinkDraw.channels(seed: seed, cell: index, layer: layer, width: width, skip: skip)
      // The channels rise: those of one source stand together.
      var sources = builder.map
      var start = 0
      while start < drawn.count {
        let source = drawn[start] / width
        let end = drawn[start...].firstIndex { $0 / width != source } ?? drawn.count
        sources.append(
          Network.Source(producer: output(source), channels: drawn[start..<end].map { $0 % width }))
        start = end
      }
      builder.read(sources, channels: builder.shape.channels + drawn.count)
      let place = "\(name).layer\(layer)"
      switch kind {
      case .convolution: try builder.convolve(place, to: width, kernel: 3, stride: layer == 0 ? stride : 1)
      case .fullyConnected: try builder.connect(place, to: width, hasBias: false)
      }
      try builder.normalize(place)
    }
    builder.startsCell = true
  }

  private func check(_ index: Int, _ kind: Kind) throws(GraphError) {
    let kernel = kind == .convolution ? 9 : 1
    // Before any link is drawn: the last layer reads the most channels.
    guard kernel * width * (width + min(skip, saturation)) <= Network.sizeLimit else {
      throw .tooLarge(where: "cells[\(index)]: weights of a layer", limit: Network.sizeLimit)
    }
    // Every layer lists its candidates one by one. The ranges of the parameters keep the product below 2³⁶.
    guard skipCandidates <= Self.candidateLimit else {
      throw .tooLarge(where: "cells[\(index)]: channels that its layers may link", limit: Self.candidateLimit)
    }
  }
}
