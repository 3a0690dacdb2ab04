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

  /// Entries of one depth with their skip channels.
  private struct Link {
    var entry: Entry
    var skipChannels: Int
  }

  private var chains: [[Link]] = []
  private var merged: [Entry] = []
  private var other: [Entry] = []

  init() {}

  /// The front of a cell at a width.
  ///
  /// - Parameters:
  ///   - layers: units of a layer with so many skip channels, by their number.
  ///   - room: the most units of an entry.
  ///   - leastDegree: the least NN-Degree of an entry; `nil` where NN-Degree does not count, so that per depth the least
  ///     skip alone may be best.
  mutating func front(
    _ cell: CellGeometry, width: Int, _ layers: [SIMD4<Double>], _ lanes: CostLanes, room: SIMD4<Double>,
    leastDegree: Double?
  ) -> CellFront {
    while chains.count < cell.depths.count { chains.append([]) }
    let saturated = Self.saturatedSums(cell, width, layers)
    merged.removeAll(keepingCapacity: true)
    for (place, depth) in cell.depths.enumerated() {
      chain(place, cell, width, depth, layers, saturated, lanes, room, isDegreeRead: leastDegree != nil)
      if chains[place].isEmpty { break }
      merge(chains[place], before: place, lanes.uncertainty, leastDegree ?? 0)
    }
    return CellFront(merged)
  }

  /// The units of layers 1 … j together where each takes all candidates, by j.
  private static func saturatedSums(
    _ cell: CellGeometry, _ width: Int, _ layers: [SIMD4<Double>]
  ) -> [SIMD4<Double>] {
    var sums = [SIMD4<Double>.zero]
    for layer in 1..<max(cell.depths.last ?? 1, 1) where width * (layer - 1) < layers.count {
      sums.append(sums[layer - 1] + layers[width * (layer - 1)])
    }
    return sums
  }

  /// Makes the entries of one depth.
  private mutating func chain(
    _ place: Int, _ cell: CellGeometry, _ width: Int, _ depth: Int, _ layers: [SIMD4<Double>],
    _ saturated: [SIMD4<Double>], _ lanes: CostLanes, _ room: SIMD4<Double>, isDegreeRead: Bool
  ) {
    chains[place].removeAll(keepingCapacity: true)
    let saturation = width * max(depth - 2, 0)
    var skip = cell.skips.lower
    // ⌊t/w⌋ without divisions.
    var full = skip / width
    while skip <= cell.skips.upper {
      while (full + 1) * width <= skip { full += 1 }
      let channels = DenseCell(width: width, depth: depth, skip: skip).skipChannels(full: full)
      let layer = min(depth - 1, full + 1)
      var cost = saturated[layer]
      if layer < depth - 1 { cost += Double(depth - 1 - layer) * layers[skip] }
      let degree = Double(width) + Double(channels) / Double(depth)
      cost += degree * lanes.degree
      // All costs rise with the skip.
      if any(cost .> room) { return }
      chains[place].append(
        Link(
          entry: Entry(cost: cost, degree: degree, depth: Int32(depth), skip: Int32(skip)), skipChannels: channels))
      if skip >= saturation || !isDegreeRead { return }
      skip += cell.skips.step
    }
  }

  /// Merges the entries of a chain that no smaller depth dominates into the front.
  private mutating func merge(_ chain: [Link], before place: Int, _ uncertainty: SIMD4<Double>, _ leastDegree: Double) {
    var heads = [Int](repeating: 0, count: place)
    other.removeAll(keepingCapacity: true)
    var next = 0
    for link in chain where link.entry.degree >= leastDegree {
      var isDominated = false
      for smaller in 0..<place {
        var head = heads[smaller]
        let depth = Int(link.entry.depth)
        while head < chains[smaller].count {
          let rival = chains[smaller][head]
          // Exact: S'/d' ≥ S/d.
          if rival.skipChannels * depth >= link.skipChannels * Int(rival.entry.depth) { break }
          head += 1
        }
        heads[smaller] = head
        guard !isDominated, head < chains[smaller].count else { continue }
        isDominated = all(chains[smaller][head].entry.cost + uncertainty .<= link.entry.cost)
      }
      if isDominated { continue }
      while next < merged.count, merged[next].degree <= link.entry.degree {
        other.append(merged[next])
        next += 1
      }
      other.append(link.entry)
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
