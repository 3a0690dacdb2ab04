internal import FlashGraph

/// Units of the layers of a cell but the first, at one width, worked out when they are first asked for.
struct InnerLayers {
  private var cell: CellGeometry?
  private var width = 0
  /// By skip channels; not a number where they are not known.
  private var known: [SIMD4<Double>] = []
  /// Layers 1 … j together where each takes all candidates, by j, as far as they are known.
  private var saturated: [SIMD4<Double>] = []

  /// Begins with a cell at a width.
  mutating func reset(_ cell: CellGeometry, width: Int) {
    self.cell = cell
    self.width = width
    known.removeAll(keepingCapacity: true)
    for _ in 0...cell.mostSkips(width: width) { known.append(SIMD4(repeating: .nan)) }
    saturated.removeAll(keepingCapacity: true)
    saturated.append(.zero)
  }

  /// Units of all layers but the first.
  ///
  /// - Parameter full: ⌊skip / width⌋: layers 1 … `full` + 1 find at most `skip` candidates and take all of them.
  @inline(__always)
  mutating func sum(depth: Int, skip: Int, full: Int, _ lanes: CostLanes) -> SIMD4<Double> {
    let taking = min(depth - 1, full + 1)
    while saturated.count <= taking {
      let last = saturated.count - 1
      saturated.append(saturated[last] + units(width * last, lanes))
    }
    let sum = saturated[taking]
    return taking < depth - 1 ? sum + Double(depth - 1 - taking) * units(skip, lanes) : sum
  }

  @inline(__always)
  private mutating func units(_ skips: Int, _ lanes: CostLanes) -> SIMD4<Double> {
    if known[skips][0].isNaN { workOut(skips, lanes) }
    return known[skips]
  }

  private mutating func workOut(_ skips: Int, _ lanes: CostLanes) {
    guard let cell else { return }
    known[skips] = lanes.units(of: cell.inner(width: width, skips: skips), skips: skips)
  }
}
