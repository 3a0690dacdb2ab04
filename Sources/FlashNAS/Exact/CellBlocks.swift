internal import FlashGraph
internal import FlashSearch

/// A coarse view of the depths and skips of cells: per cell, width and depth the skips in a few blocks, each with the
/// least costs and the largest NN-Degree of its skips.
///
/// What holds for every block holds for every entry of a front (`CellFront`), for a tenth of its price: multipliers make a
/// bound of them before a front is built. A block is left out where one of the depth before costs no more and reaches no
/// less.
struct CellBlocks {
  struct Block {
    /// Units of all layers but the first that no skip of the block falls below.
    var cost: SIMD4<Double>
    /// NN-Degree that no skip of the block exceeds.
    var degree: Double
  }

  /// The most blocks of one depth (chosen).
  private static let count = 16

  private var blocks: [Block] = []
  /// Where the blocks of a cell at a width end, one after the other.
  private var ends: [Int] = [0]
  private var layers = InnerLayers()
  /// The blocks of a depth, and of the one before.
  private var chain: [Block] = []
  private var previous: [Block] = []

  /// Makes room for blocks of so many widths and depths: of most depths few are left.
  mutating func reserve(_ chains: Int) { blocks.reserveCapacity(4 * chains) }

  /// The blocks of a cell at a width, by their place.
  func of(_ place: Int) -> ArraySlice<Block> { blocks[ends[place]..<ends[place + 1]] }

  /// Takes other units for all.
  mutating func map(_ units: (SIMD4<Double>) -> SIMD4<Double>) {
    for index in blocks.indices { blocks[index].cost = units(blocks[index].cost) }
  }

  /// Adds the blocks of a cell at a width. The parameters are those of a front.
  mutating func append(
    _ cell: CellGeometry, width: Int, _ lanes: CostLanes, room: SIMD4<Double>, leastDegree: Double?
  ) {
    layers.reset(cell, width: width)
    chain.removeAll(keepingCapacity: true)
    for depth in cell.depths {
      swap(&previous, &chain)
      makeChain(cell, width, depth, lanes, room, isDegreeRead: leastDegree != nil)
      if chain.isEmpty { break }
      var rival = 0
      for block in chain {
        while rival < previous.count, previous[rival].degree < block.degree { rival += 1 }
        if rival < previous.count, all(previous[rival].cost .<= block.cost) { continue }
        if block.degree >= leastDegree ?? 0 { blocks.append(block) }
      }
    }
    ends.append(blocks.count)
  }

  /// Makes the blocks of a depth that are within the room, by rising cost and NN-Degree.
  private mutating func makeChain(
    _ cell: CellGeometry, _ width: Int, _ depth: Int, _ lanes: CostLanes, _ room: SIMD4<Double>, isDegreeRead: Bool
  ) {
    chain.removeAll(keepingCapacity: true)
    let (lower, upper, step) = (cell.skips.lower, cell.skips.upper, cell.skips.step)
    let saturation = width * max(depth - 2, 0)
    // The same blocks for every depth, so that few layers are looked at.
    let length = ((upper - lower) / step + Self.count) / Self.count * step
    var skip = lower
    while skip <= upper {
      let low = DenseCell(width: width, depth: depth, skip: skip)
      let degree = Double(width) + Double(low.skipChannels) / Double(depth)
      let cost = layers.sum(depth: depth, skip: skip, full: skip / width, lanes) + degree * lanes.degree
      if any(cost .> room) { return }
      let high = DenseCell(width: width, depth: depth, skip: isDegreeRead ? min(upper, skip + length - step) : skip)
      chain.append(Block(cost: cost, degree: Double(width) + Double(high.skipChannels) / Double(depth)))
      if high.skip >= saturation || !isDegreeRead { return }
      skip += length
    }
  }
}
