public import FlashGraph
internal import FlashSearch

extension SearchSpace {
  /// The features of a point's network in closed form, equal to the count over its layer graph for any drawn links.
  ///
  /// Complexity: O(cells), O(layers) for `densenet`; without allocation.
  public func features(_ point: [Int]) -> NetworkFeatures {
    var counter = FeatureCounter(input: shape(point))
    if !hasNNMass { counter.features.nnMass = nil }
    for cell in compiled { cell.cell(point, choices).count(into: &counter) }
    counter.finish(classes: input.classes, pools: CellNetwork.pools(after: compiled.last?.type))
    return counter.features
  }

  /// NN-Degree of a point's network, equal to that of `features`. Complexity: O(cells), without allocation.
  public func nnDegree(_ point: [Int]) -> Double {
    guard let dense = denseCells else { return features(point).nnDegree }
    var degree = 0.0
    for index in 0..<dense.count {
      let cell = dense[index, point]
      degree += NNDegree.cell(width: Double(cell.width), depth: cell.depth, skipLinks: cell.width * cell.skipChannels)
    }
    return degree
  }

  /// Calls `body` with each different weighted layer of a point's network and how often it repeats.
  ///
  /// The shapes follow from the point alone, whatever links are drawn. Complexity: O(layers) at most, without allocation.
  public func forEachLayer(_ point: [Int], _ body: (WeightedLayer, Int) -> Void) {
    CellNetwork.forEachLayer(
      of: compiled.count, from: shape(point), classes: input.classes, { compiled[$0].cell(point, choices) }, body)
  }
}

/// A point of a space as simulators read it: in closed form, links as their expectation over uniform draws.
public struct SpacePoint: LayeredNetwork {
  public let space: SearchSpace
  public let point: [Int]

  public init(_ point: [Int], in space: SearchSpace) {
    self.space = space
    self.point = point
  }

  public func forEachLayer(_ body: (WeightedLayer, Int) -> Void) { space.forEachLayer(point, body) }

  public func walk<Visitor: TrafficVisitor>(_ visitor: consuming Visitor) -> Visitor {
    CellNetwork.walk(
      of: space.compiled.count, from: space.shape(point), classes: space.input.classes,
      { space.compiled[$0].cell(point, space.choices) }, visitor)
  }
}

/// A space of `dense` cells alone, each of its own width, depth and skip: the variables stand in that order, cell by cell.
///
/// Every quantity but NN-Mass and power then never falls when a variable rises, and cells depend on each other through
/// widths alone: what exact search and tables of simulated layers rely on.
struct DenseCells: Sendable, Hashable {
  /// By cell: how many times smaller its maps are than those of the cell before, or the image, in each direction.
  let strides: [Int]

  var count: Int { strides.count }

  /// - Returns: `nil` for any other space.
  init?(_ input: SpaceInput, _ cells: [CellTemplate], _ variables: [SpaceVariable]) {
    guard variables.count == 3 * cells.count, input.height.variable == nil, input.width.variable == nil else {
      return nil
    }
    var strides: [Int] = []
    for (index, cell) in cells.enumerated() {
      guard cell.type == .dense, cell.ties[3].variable == nil else { return nil }
      strides.append(cell.ties[3].offset)
      for place in 0..<3 {
        let variable = variables[3 * index + place]
        guard cell.ties[place] == Tie(variable.name), case .range = variable.domain else { return nil }
      }
    }
    self.strides = strides
  }

  @inline(__always)
  subscript(index: Int, point: [Int]) -> DenseCell {
    DenseCell(width: point[3 * index], depth: point[3 * index + 1], skip: point[3 * index + 2])
  }
}

extension SearchSpace {
  /// The configurations that differ as networks; `nil` where that is not known: skips that saturate, tied to more than
  /// their own cell. Complexity: O(widths · depths) per dense cell, O(values) otherwise.
  public var distinctConfigurations: UInt128? {
    if let denseCells { return (0..<denseCells.count).reduce(1) { $0 * distinct(cell: $1) } }
    guard skipVariables.isEmpty else { return nil }
    // Two points are one network where every number of every cell agrees.
    return variables.indices.reduce(1) { $0 * UInt128(distinctValues(of: $1)) }
  }

  /// How many different sets of numbers the values of a variable give.
  private func distinctValues(of index: Int) -> Int {
    let variable = variables[index]
    let ties =
      (compiled.flatMap { [$0.a, $0.b, $0.c, $0.d] } + [height, inputWidth]).filter { $0.variable == index }
    var point = variables.map(\.lower)
    var seen: Set<[Int]> = []
    for value in stride(from: variable.lower, through: variable.upper, by: variable.step) {
      point[index] = value
      seen.insert(ties.map { $0.value(point, choices) })
    }
    return seen.count
  }

  private func distinct(cell index: Int) -> UInt128 {
    let (widths, depths, skips) = (variables[3 * index], variables[3 * index + 1], variables[3 * index + 2])
    var count = 0
    for width in stride(from: widths.lower, through: widths.upper, by: widths.step) {
      for depth in stride(from: depths.lower, through: depths.upper, by: depths.step) {
        let saturation = DenseCell(width: width, depth: depth, skip: 0).saturation
        let below = min(skips.count, max(0, (saturation - skips.lower + skips.step - 1) / skips.step))
        count += below + (skips.upper >= saturation ? 1 : 0)
      }
    }
    return UInt128(count)
  }
}
