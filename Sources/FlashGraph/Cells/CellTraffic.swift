/// Walks a network of cells: shows its layers in execution order, and what flows between them in closed form.
///
/// Skip channels of `dense` cells are taken as their expectation over uniform draws: each candidate channel flows with
/// the probability sᵢ / (w·(i − 1)).
@usableFromInline
struct CellWalk<Visitor: TrafficVisitor> {
  /// What the next cell reads.
  @usableFromInline var map: CellInput
  @usableFromInline var visitor: Visitor
  /// The layer that holds the map, −1 for the network's input; not used where the map lies in the pool.
  @usableFromInline var holder = -1
  /// Whether the map is that of several layers, which are in the pool.
  @usableFromInline var isPooled = false
  /// The channels of the pool.
  @usableFromInline var poolChannels = 0
  /// The number of layers so far.
  @usableFromInline var count = 0

  @inlinable
  init(input: FeatureShape, visitor: Visitor) {
    map = CellInput(input)
    self.visitor = visitor
  }

  /// Shows a layer.
  ///
  /// - Returns: its number.
  @inlinable
  mutating func show(_ shape: WeightedLayer) -> Int {
    visitor.layer(shape)
    count += 1
    return count - 1
  }

  /// Shows a layer that reads the whole map, `positions` of each channel.
  @inlinable
  mutating func read(_ shape: WeightedLayer, positions: Int) -> Int {
    let layer = show(shape)
    send(to: layer, positions: positions)
    return layer
  }

  /// The map flows to a layer.
  @inlinable
  mutating func send(to layer: Int, positions: Int) {
    if isPooled {
      visitor.transferFromPool(
        to: layer, elements: Double(poolChannels * positions), share: Double(poolChannels) / Double(map.channels))
    } else if holder >= 0 {
      visitor.transfer(from: holder, to: layer, elements: Double(map.channels * positions), share: 1)
    }
  }

  /// Shows a convolution that reads the map and makes its output the map.
  @inlinable
  mutating func convolve(_ shape: WeightedLayer) {
    holder = read(shape, positions: map.pixels)
    isPooled = false
    map.follow(shape)
  }

  /// Moves a map of one holder into the pool, to which more channels may be added.
  @inlinable
  mutating func pool() {
    guard !isPooled else { return }
    visitor.clearPool()
    poolChannels = 0
    isPooled = true
    if holder >= 0 { addToPool(holder, channels: map.channels) }
  }

  @inlinable
  mutating func addToPool(_ layer: Int, channels: Int) {
    visitor.addToPool(layer, channels: channels)
    poolChannels += channels
  }

  /// Shows equal parts, each of which reads the last one's map alone; of many as few as the visitor needs.
  ///
  /// Complexity: O(layers of a part · min(count, 3 periods)).
  @inlinable
  mutating func showParts(_ count: Int, _ part: (inout Self) -> Void) {
    guard count > 0 else { return }
    let start = visitor.position
    part(&self)
    var left = count - 1
    if let period = visitor.period(ofParts: visitor.position - start), left >= 2 * period {
      let before = self.count
      for _ in 0..<period { part(&self) }
      visitor.repeatLast(layers: self.count - before, times: left / period - 1)
      left %= period
    }
    for _ in 0..<left { part(&self) }
  }

  /// Shows the classifier.
  @inlinable
  mutating func finish(classes: Int, pools: Bool) {
    let inputs = pools ? map.channels : map.elements
    _ = read(.fullyConnected(inputs: inputs, outputs: classes), positions: pools ? 1 : map.pixels)
  }
}

extension Cell {
  /// Shows the cell's layers. Complexity: O(layers), without allocation.
  @inlinable
  func walk(_ walk: inout CellWalk<some TrafficVisitor>) {
    switch self {
    case .dense(let cell, let stride): cell.walk(&walk, .convolution, stride: stride)
    case .denseMLP(let cell): cell.walk(&walk, .fullyConnected, stride: 1)
    case .residual(let cell): cell.blocks.walk(&walk)
    case .regNet(let cell): cell.blocks.walk(&walk)
    case .depthwiseSeparable(let cell): cell.walk(&walk)
    case .invertedResidual(let cell): cell.walk(&walk)
    case .denseNet(let cell): cell.walk(&walk)
    case .convolution(let cell):
      walk.convolve(walk.map.convolution(to: cell.width, kernel: cell.kernel, stride: cell.stride))
    case .maximumPooling(let cell): (walk.map.height, walk.map.width) = walk.map.resolution(stride: cell.stride)
    }
  }
}

extension DenseCell {
  @inlinable
  func walk(_ walk: inout CellWalk<some TrafficVisitor>, _ kind: Kind, stride: Int) {
    let first = firstLayer(walk.map, kind, stride: stride)
    walk.convolve(first)
    walk.visitor.clearPool()
    let own = walk.map
    for layer in 1..<max(depth, 1) {
      let skips = skipChannels(layer: layer)
      if layer > 1 { walk.visitor.addToPool(walk.holder - 1, channels: width) }
      var read = own
      read.channels += skips
      let place = walk.show(read.convolution(to: width, kernel: kind == .convolution ? 3 : 1))
      let share = Double(width) / Double(read.channels)
      walk.visitor.transfer(from: walk.holder, to: place, elements: Double(own.elements), share: share)
      if skips > 0 {
        walk.visitor.transferFromPool(to: place, elements: Double(skips * own.pixels), share: 1 - share)
      }
      walk.holder = place
    }
  }
}

extension ResidualBlocks {
  @inlinable
  func walk(_ walk: inout CellWalk<some TrafficVisitor>) {
    block(&walk, stride: stride)
    walk.showParts(depth - 1) { block(&$0, stride: 1) }
  }

  /// One block: convolutions, then the projection where there is one; the last of these layers holds the sum.
  @inlinable
  func block(_ walk: inout CellWalk<some TrafficVisitor>, stride: Int) {
    let input = walk.map
    let projects = input.channels != outputs || stride != 1
    var map = input
    var last = -1
    func shape(_ number: Int) -> WeightedLayer {
      guard hasBottleneck else { return map.convolution(to: outputs, kernel: 3, stride: number == 0 ? stride : 1) }
      return map.convolution(
        to: number == 2 ? outputs : inner, kernel: number == 1 ? 3 : 1, stride: number == 1 ? stride : 1,
        groups: number == 1 ? groups : 1)
    }
    for number in 0..<(hasBottleneck ? 3 : 2) {
      let layer = shape(number)
      if number == 0 {
        last = walk.read(layer, positions: map.pixels)
      } else {
        let place = walk.show(layer)
        walk.visitor.transfer(from: last, to: place, elements: Double(map.elements), share: 1)
        last = place
      }
      map.follow(layer)
    }
    if projects {
      let main = last
      last = walk.read(input.convolution(to: outputs, kernel: 1, stride: stride), positions: input.pixels)
      walk.visitor.transfer(from: main, to: last, elements: Double(map.elements), share: 1)
    } else {
      walk.send(to: last, positions: input.pixels)
    }
    walk.holder = last
    walk.isPooled = false
    walk.map = map
  }
}

extension InvertedResidualCell {
  @inlinable
  func walk(_ walk: inout CellWalk<some TrafficVisitor>) {
    block(&walk, stride: stride)
    walk.showParts(depth - 1) { block(&$0, stride: 1) }
  }

  /// One block; its projection holds the sum.
  @inlinable
  func block(_ walk: inout CellWalk<some TrafficVisitor>, stride: Int) {
    let input = (holder: walk.holder, isPooled: walk.isPooled, map: walk.map)
    let adds = stride == 1 && walk.map.channels == width
    if expansion > 1 { walk.convolve(walk.map.convolution(to: expansion * walk.map.channels, kernel: 1)) }
    walk.convolve(walk.map.depthwise(stride: stride))
    walk.convolve(walk.map.convolution(to: width, kernel: 1))
    guard adds else { return }
    let (holder, result) = (walk.holder, walk.map)
    (walk.holder, walk.isPooled, walk.map) = input
    walk.send(to: holder, positions: input.map.pixels)
    (walk.holder, walk.isPooled, walk.map) = (holder, false, result)
  }
}

extension DepthwiseSeparableCell {
  @inlinable
  func walk(_ walk: inout CellWalk<some TrafficVisitor>) {
    pair(&walk, stride: stride)
    walk.showParts(depth - 1) { pair(&$0, stride: 1) }
  }

  @inlinable
  func pair(_ walk: inout CellWalk<some TrafficVisitor>, stride: Int) {
    walk.convolve(walk.map.depthwise(stride: stride))
    walk.convolve(walk.map.convolution(to: width, kernel: 1))
  }
}

extension DenseNetCell {
  @inlinable
  func walk(_ walk: inout CellWalk<some TrafficVisitor>) {
    walk.pool()
    let pixels = walk.map.pixels
    for _ in 0..<depth {
      let layer: Int
      if inner > 0 {
        let bottleneck = walk.map.convolution(to: inner, kernel: 1)
        let first = walk.read(bottleneck, positions: pixels)
        var inside = walk.map
        inside.follow(bottleneck)
        layer = walk.show(inside.convolution(to: growth, kernel: 3))
        walk.visitor.transfer(from: first, to: layer, elements: Double(inside.elements), share: 1)
      } else {
        layer = walk.read(walk.map.convolution(to: growth, kernel: 3), positions: pixels)
      }
      walk.addToPool(layer, channels: growth)
      walk.map.channels += growth
    }
    guard hasTransition else { return }
    walk.convolve(walk.map.convolution(to: walk.map.channels / 2, kernel: 1))
    (walk.map.height, walk.map.width) = (walk.map.height / 2, walk.map.width / 2)
  }
}
