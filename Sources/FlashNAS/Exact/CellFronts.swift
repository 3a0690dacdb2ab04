internal import FlashGraph
internal import FlashSearch

/// The depths and skips of one cell at one width that may be part of a best design, by rising NN-Degree: in memory of its
/// own.
struct CellFront {
  struct Entry {
    /// Units of all layers but the first.
    var cost: SIMD4<Double>
    /// The width and the skip channels per layer: the cell's share of NN-Degree.
    var degree: Double
    var depth: Int32
    var skip: Int32
  }

  let entries: UnsafePointer<Entry>
  /// The least of each cost from an entry to the end of the front.
  let floors: UnsafePointer<SIMD4<Double>>
  let count: Int

  init(_ source: [Entry]) {
    count = source.count
    let entries = UnsafeMutablePointer<Entry>.allocate(capacity: max(1, count))
    let floors = UnsafeMutablePointer<SIMD4<Double>>.allocate(capacity: max(1, count))
    var floor = SIMD4<Double>(repeating: .infinity)
    for index in stride(from: count - 1, through: 0, by: -1) {
      floor = least(floor, source[index].cost)
      entries[index] = source[index]
      floors[index] = floor
    }
    (self.entries, self.floors) = (UnsafePointer(entries), UnsafePointer(floors))
  }

  /// The first entry of so much NN-Degree, or one before it. Complexity: O(log entries).
  func first(of degree: Double) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = low + (high - low) / 2
      if entries[middle].degree < degree { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  func deallocate() {
    entries.deallocate()
    floors.deallocate()
  }
}

/// Makes fronts.
///
/// A cell's first layer apart, its costs depend on its own width, depth and skip alone. An entry (d, t) is left out where
/// another of smaller depth has no smaller NN-Degree and no larger cost: in any design it does as well, and comes first
/// in lexicographic order. At one depth all costs rise with the skip, so that per smaller depth one comparison, with the
/// least skip that reaches the NN-Degree, decides. Skips above saturation are left out but for the first.
///
/// Complexity: O(depths · entries) a front.
struct FrontBuilder {
  typealias Entry = CellFront.Entry

  /// An entry of one depth with its skip channels.
  private struct Link {
    var cost: SIMD4<Double>
    var degree: Double
    var skip: Int32
    var skipChannels: Int32
  }

  private var layers = InnerLayers()
  /// Depth by depth.
  private var links: [Link] = []
  /// Where the links of a depth end, one after the other.
  private var ends: [Int] = []
  private var merged: [Entry] = []
  private var other: [Entry] = []
  private var heads: [Int] = []

  init() {}

  /// The front of a cell at a width.
  ///
  /// - Parameters:
  ///   - room: the most units of an entry.
  ///   - leastDegree: the least NN-Degree of an entry; `nil` where NN-Degree does not count, so that per depth the least
  ///     skip alone may be best.
  mutating func front(
    _ cell: CellGeometry, width: Int, _ lanes: CostLanes, room: SIMD4<Double>, leastDegree: Double?
  ) -> CellFront {
    layers.reset(cell, width: width)
    merged.removeAll(keepingCapacity: true)
    links.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    ends.append(0)
    for (place, depth) in cell.depths.enumerated() {
      chain(cell, width, depth, lanes, room, isDegreeRead: leastDegree != nil)
      if links.count == ends[place] { break }
      ends.append(links.count)
      merge(place, cell.depths, lanes.uncertainty, leastDegree ?? 0)
    }
    return CellFront(merged)
  }

  /// Makes the entries of one depth.
  private mutating func chain(
    _ cell: CellGeometry, _ width: Int, _ depth: Int, _ lanes: CostLanes, _ room: SIMD4<Double>,
    isDegreeRead: Bool
  ) {
    let saturation = width * max(depth - 2, 0)
    var skip = cell.skips.lower
    // ⌊t/w⌋ without divisions.
    var full = skip / width
    while skip <= cell.skips.upper {
      while (full + 1) * width <= skip { full += 1 }
      let channels = DenseCell(width: width, depth: depth, skip: skip).skipChannels(full: full)
      let degree = Double(width) + Double(channels) / Double(depth)
      let cost = layers.sum(depth: depth, skip: skip, full: full, lanes) + degree * lanes.degree
      // All costs rise with the skip.
      if any(cost .> room) { return }
      links.append(Link(cost: cost, degree: degree, skip: Int32(skip), skipChannels: Int32(channels)))
      if skip >= saturation || !isDegreeRead { return }
      skip += cell.skips.step
    }
  }

  /// Merges the entries of a depth, by its place, that no smaller depth dominates into the front.
  private mutating func merge(_ place: Int, _ depths: [Int], _ uncertainty: SIMD4<Double>, _ leastDegree: Double) {
    // Of each smaller depth, where the NN-Degree is reached that was last asked for.
    heads.removeAll(keepingCapacity: true)
    heads += ends[..<place]
    other.removeAll(keepingCapacity: true)
    var next = 0
    for index in ends[place]..<ends[place + 1] where links[index].degree >= leastDegree {
      let link = links[index]
      // The nearest depth dominates most often.
      let isDominated = (0..<place).reversed().contains { smaller in
        var head = heads[smaller]
        // Exact: S'/d' ≥ S/d.
        let needed = Int(link.skipChannels) * depths[smaller]
        while head < ends[smaller + 1], Int(links[head].skipChannels) * depths[place] < needed { head += 1 }
        heads[smaller] = head
        return head < ends[smaller + 1] && all(links[head].cost + uncertainty .<= link.cost)
      }
      if isDominated { continue }
      while next < merged.count, merged[next].degree <= link.degree {
        other.append(merged[next])
        next += 1
      }
      other.append(Entry(cost: link.cost, degree: link.degree, depth: Int32(depths[place]), skip: link.skip))
    }
    while next < merged.count {
      other.append(merged[next])
      next += 1
    }
    swap(&merged, &other)
  }
}

extension DenseCell {
  /// `skipChannels` for ⌊t/w⌋ = `full`.
  @inline(__always)
  func skipChannels(full: Int) -> Int {
    let n = max(depth - 2, 0)
    let k = min(n, full)
    return width * k * (k + 1) / 2 + skip * (n - k)
  }
}

/// The lesser of each lane.
@inline(__always)
func least(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> { a.replacing(with: b, where: b .< a) }

/// The greater of each lane.
@inline(__always)
func greatest(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> { a.replacing(with: b, where: b .> a) }
