extension Network {
  /// The features of the network, counted layer by layer and link by link.
  ///
  /// Complexity: O(layers² + links): every layer is asked again which maps are live while it runs.
  public var features: NetworkFeatures {
    var features = NetworkFeatures()
    for (index, layer) in layers.enumerated() {
      guard let shape = weighted[index] else { continue }
      features.add(shape)
      switch layer.operation {
      case .convolution: features.batchNorm += 2 * shape.outputChannels
      case .fullyConnected: features.biases += shape.outputChannels
      case .globalAveragePooling: break
      }
      let skipChannels = self.skipChannels(of: layer)
      features.skipLinks += skipChannels * shape.outputChannels
      features.skipElements += skipChannels * shape.inputHeight * shape.inputWidth
      features.skipChannels += skipChannels
    }
    for index in cells.indices {
      let cell = self.cell(index)
      features.nnDegree += cell.nnDegree
      features.nnMass += cell.nnMass
      features.skipCandidates += candidates(ofCell: index)
    }
    features.peakMemoryElements = peakMemoryElements
    return features
  }

  /// The topology of each cell, in order.
  public var cellFeatures: [CellFeatures] { cells.indices.map(cell) }

  /// The most weighted layers on one path from the input. Complexity: O(layers + links).
  public var longestPath: Int {
    var lengths: [Int] = []
    for (index, layer) in layers.enumerated() {
      let before = layer.inputs.map { $0.producer.map { lengths[$0] } ?? 0 }.max() ?? 0
      lengths.append(before + (weighted[index] == nil ? 0 : 1))
    }
    return lengths.max() ?? 0
  }

  /// The weighted layers of a cell: never none.
  private func members(ofCell cell: Int) -> [Int] {
    layers.indices.filter { layers[$0].cell == cell && weighted[$0] != nil }
  }

  private func skipChannels(of layer: Layer) -> Int {
    layer.inputs.reduce(0) { $1.isSkip ? $0 + channelCount(of: $1) : $0 }
  }

  private func cell(_ index: Int) -> CellFeatures {
    let members = members(ofCell: index)
    let depth = members.count
    let width = Double(members.reduce(0) { $0 + shapes[$1].channels }) / Double(depth)
    let channels = members.reduce(0) { $0 + skipChannels(of: layers[$1]) }
    let links = members.reduce(0) { $0 + skipChannels(of: layers[$1]) * shapes[$1].channels }
    return CellFeatures(
      type: cells[index], width: width, depth: depth, skipLinks: links,
      nnDegree: NNDegree.cell(width: width, depth: depth, skipLinks: links),
      nnMass: NNMass.cell(
        width: width, depth: depth, skipChannels: channels, candidates: candidates(ofCell: index)))
  }

  /// The channels that layers of a `dense` cell could read beside their predecessors'.
  private func candidates(ofCell index: Int) -> Int {
    let members = members(ofCell: index)
    var earlier = 0
    var candidates = 0
    for place in members.indices.dropFirst(2) {
      earlier += shapes[members[place - 2]].channels
      candidates += earlier
    }
    return candidates
  }

  /// Batch normalisation and activation work in place; a running layer's inputs and output are live; where a cell has
  /// skip links, its outputs live until the cell's last layer that may read them. Complexity: O(layers² + links).
  private var peakMemoryElements: Int {
    var lastUse = [Int](repeating: 0, count: layers.count)
    var inputLastUse = 0
    for (index, layer) in layers.enumerated() {
      for source in layer.inputs {
        if let producer = source.producer { lastUse[producer] = index } else { inputLastUse = index }
      }
    }
    for cell in cells.indices {
      let members = members(ofCell: cell)
      guard let lastReader = members.last(where: { layers[$0].inputs.contains(where: \.isSkip) }) else { continue }
      for member in members where member < lastReader { lastUse[member] = max(lastUse[member], lastReader) }
    }
    var peak = 0
    for running in layers.indices {
      var live = inputLastUse >= running ? input.elements : 0
      for index in 0...running where index == running || lastUse[index] >= running { live += shapes[index].elements }
      peak = max(peak, live)
    }
    return peak
  }
}
