/// A network of cells: the cells one after the other, then global average pooling (unless the last cell is fully
/// connected) and a fully connected classifier with bias.
public struct CellNetwork: Sendable, Hashable {
  public let input: FeatureShape
  public let classes: Int
  public let activation: Network.Activation
  public let cells: [Cell]

  public init(input: FeatureShape, classes: Int, activation: Network.Activation = .relu, cells: [Cell]) {
    self.input = input
    self.classes = classes
    self.activation = activation
    self.cells = cells
  }

  /// A network of `dense` cells: cell 0 at the input's resolution, each later one at half that of its predecessor.
  public init(input: FeatureShape, classes: Int, cells: [DenseCell]) {
    self.init(
      input: input, classes: classes, cells: cells.enumerated().map { .dense($1, stride: $0 == 0 ? 1 : 2) })
  }

  /// Whether a map is pooled before the classifier.
  @inlinable
  public static func pools(after last: CellType?) -> Bool { last != .denseMLP }

  /// The layers, with links drawn from `seed`.
  ///
  /// - Throws: `GraphError` where a number is out of range or a layer grows too large.
  /// - Complexity: O(layers + channels that may be linked, summed over the layers).
  public func network(seed: UInt64) throws(GraphError) -> Network {
    guard let last = cells.last else { throw .empty("cells") }
    try check()
    var builder = NetworkBuilder(input: input, activation: activation)
    for (index, cell) in cells.enumerated() { try cell.append(to: &builder, index: index, seed: seed) }
    try builder.settle("final")
    builder.startsCell = false
    if Self.pools(after: last.type) { try builder.poolGlobally("pooling") }
    try builder.connect("classifier", to: classes, hasBias: true)
    return try Network(input: input, layers: builder.layers)
  }

  /// The features in closed form, equal to those of the network's layers for any drawn links.
  ///
  /// - Precondition: every number is within its range, as `network` checks. Complexity: O(cells), O(layers) for
  ///   `densenet`; without allocation.
  public var features: NetworkFeatures {
    var counter = FeatureCounter(input: input)
    for cell in cells { cell.count(into: &counter) }
    counter.finish(classes: classes, pools: Self.pools(after: cells.last?.type))
    return counter.features
  }

  /// Checks every number against its parameter's range.
  private func check() throws(GraphError) {
    for (index, cell) in cells.enumerated() {
      for (parameter, value) in zip(cell.type.parameters, cell.numbers) where !parameter.takes(value) {
        throw .outOfRange(
          where: "cells[\(index)].\(parameter.name)", found: value, allowed: parameter.allowed)
      }
    }
  }
}

extension CellNetwork: LayeredNetwork {
  @inlinable
  public func forEachLayer(_ body: (WeightedLayer, Int) -> Void) {
    Self.forEachLayer(of: cells.count, from: input, classes: classes, { cells[$0] }, body)
  }

  @inlinable
  public func walk<Visitor: TrafficVisitor>(_ visitor: consuming Visitor) -> Visitor {
    Self.walk(of: cells.count, from: input, classes: classes, { cells[$0] }, visitor)
  }

  /// The layers of `count` cells, wherever these come from, and of the classifier.
  @inlinable @inline(__always)
  public static func forEachLayer(
    of count: Int, from input: FeatureShape, classes: Int, _ cell: (Int) -> Cell, _ body: (WeightedLayer, Int) -> Void
  ) {
    var map = CellInput(input)
    var last: CellType?
    for index in 0..<count {
      let cell = cell(index)
      cell.forEachLayer(from: &map) { body($0.shape, $0.count) }
      last = cell.type
    }
    body(.fullyConnected(inputs: pools(after: last) ? map.channels : map.elements, outputs: classes), 1)
  }

  /// Shows the layers of `count` cells, wherever these come from, and the classifier.
  @inlinable @inline(__always)
  public static func walk<Visitor: TrafficVisitor>(
    of count: Int, from input: FeatureShape, classes: Int, _ cell: (Int) -> Cell, _ visitor: consuming Visitor
  ) -> Visitor {
    var walk = CellWalk(input: input, visitor: visitor)
    var last: CellType?
    for index in 0..<count {
      let cell = cell(index)
      cell.walk(&walk)
      last = cell.type
    }
    walk.finish(classes: classes, pools: pools(after: last))
    return walk.visitor
  }
}

extension Cell {
  @inlinable public var type: CellType {
    switch self {
    case .dense: .dense
    case .denseMLP: .denseMLP
    case .residual: .residual
    case .regNet: .regNet
    case .invertedResidual: .invertedResidual
    case .depthwiseSeparable: .depthwiseSeparable
    case .denseNet: .denseNet
    case .convolution: .convolution
    case .maximumPooling: .maximumPooling
    }
  }

  /// The numbers that make the cell, in the order of its type's parameters.
  public var numbers: [Int] {
    switch self {
    case .dense(let cell, let stride): [cell.width, cell.depth, cell.skip, stride]
    case .denseMLP(let cell): [cell.width, cell.depth, cell.skip]
    case .residual(let cell):
      [ResidualCell.Block.allCases.firstIndex(of: cell.block) ?? 0, cell.width, cell.depth, cell.stride]
    case .regNet(let cell): [cell.groups, cell.groupWidth, cell.depth, cell.stride]
    case .invertedResidual(let cell): [cell.width, cell.depth, cell.expansion, cell.stride]
    case .depthwiseSeparable(let cell): [cell.width, cell.depth, cell.stride]
    case .denseNet(let cell): [cell.growth, cell.depth, cell.bottleneck, cell.hasTransition ? 1 : 0]
    case .convolution(let cell): [cell.width, cell.kernel, cell.stride, cell.normalizes ? 1 : 0]
    case .maximumPooling(let cell): [cell.kernel, cell.stride]
    }
  }
}
