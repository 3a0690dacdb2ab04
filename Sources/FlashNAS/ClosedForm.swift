public import FlashGraph

extension SearchSpace {
  /// Calls `body` with each different weighted layer of a point's network and how often it repeats.
  ///
  /// The shapes follow from the point alone: layer i of a cell reads w + min(t, w·(i − 1)) channels, whatever links are
  /// drawn. Complexity: O(cells · min(depth, skip/width)), without allocation.
  @inlinable
  public func forEachLayer(_ point: [Int], _ body: (WeightedLayer, Int) -> Void) {
    var channels = input.channels
    var height = input.height
    var width = input.width
    for index in 0..<cellCount {
      let cell = cell(index, point)
      let (inputHeight, inputWidth) = (height, width)
      if index > 0 {
        height = (height + 1) / 2
        width = (width + 1) / 2
      }
      body(
        WeightedLayer(
          kernelHeight: 3, kernelWidth: 3, inputChannels: channels, outputChannels: cell.width,
          inputHeight: inputHeight, inputWidth: inputWidth, outputHeight: height, outputWidth: width), 1)
      // Layers from `saturated` on all take `skip` channels.
      let saturated = min(cell.depth, 1 + (cell.skip + cell.width - 1) / cell.width)
      for layer in 1..<max(saturated, 1) {
        body(inner(cell, cell.skipChannels(layer: layer), height, width), 1)
      }
      if saturated < cell.depth {
        body(inner(cell, cell.skip, height, width), cell.depth - saturated)
      }
      channels = cell.width
    }
    body(.fullyConnected(inputs: channels, outputs: classes), 1)
  }

  @inlinable
  func inner(_ cell: DenseCell, _ skip: Int, _ height: Int, _ width: Int) -> WeightedLayer {
    WeightedLayer(
      kernelHeight: 3, kernelWidth: 3, inputChannels: cell.width + skip, outputChannels: cell.width,
      inputHeight: height, inputWidth: width, outputHeight: height, outputWidth: width)
  }

  /// The skip channels that a cell takes in all: with n = d − 2 and k = min(n, ⌊t/w⌋), S = w·k(k+1)/2 + t·(n − k).
  @inlinable
  static func skipChannels(_ cell: DenseCell) -> Int {
    let n = max(cell.depth - 2, 0)
    let k = min(n, cell.skip / cell.width)
    return cell.width * k * (k + 1) / 2 + cell.skip * (n - k)
  }

  /// NN-Degree of a point's network, equal to that of `features`. Complexity: O(cells), without allocation.
  @inlinable
  public func nnDegree(_ point: [Int]) -> Double {
    var degree = 0.0
    for index in 0..<cellCount {
      let cell = cell(index, point)
      let links = cell.width * Self.skipChannels(cell)
      degree += NNDegree.cell(width: Double(cell.width), depth: cell.depth, skipLinks: links)
    }
    return degree
  }

  /// The features of a point's network in closed form, equal to the count over its layer graph for any drawn links.
  ///
  /// Complexity: O(cells), without allocation.
  @inlinable
  public func features(_ point: [Int]) -> NetworkFeatures {
    var features = NetworkFeatures()
    var channels = input.channels
    var height = input.height
    var width = input.width
    var before = input.elements
    for index in 0..<cellCount {
      let cell = cell(index, point)
      if index > 0 {
        height = (height + 1) / 2
        width = (width + 1) / 2
      }
      let pixels = height * width
      let (w, d) = (cell.width, cell.depth)
      let skips = Self.skipChannels(cell)
      let n = max(d - 2, 0)
      let candidates = w * n * (n + 1) / 2
      features.nnDegree += NNDegree.cell(width: Double(w), depth: d, skipLinks: w * skips)
      features.nnMass += NNMass.cell(width: Double(w), depth: d, skipChannels: skips, candidates: candidates)
      let weights = 9 * w * (channels + (d - 1) * w + skips)
      features.weights += weights
      features.macs += weights * pixels
      features.batchNorm += 2 * w * d
      features.activations += w * d * pixels
      features.weightedLayers += d
      features.skipLinks += w * skips
      features.skipElements += skips * pixels
      features.skipChannels += skips
      features.skipCandidates += candidates
      let map = w * pixels
      let live = skips > 0 ? d : min(d, 2)
      features.peakMemoryElements = max(features.peakMemoryElements, before + map, live * map)
      channels = w
      before = map
    }
    features.add(.fullyConnected(inputs: channels, outputs: classes))
    features.biases += classes
    features.peakMemoryElements = max(features.peakMemoryElements, before + channels, channels + classes)
    return features
  }
}
