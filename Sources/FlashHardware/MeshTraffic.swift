public import FlashGraph

/// The traffic of a network between the tiles of a mesh.
///
/// Every tile of a source sends an equal part to every tile of a destination, by XY routing: the way is their Manhattan
/// distance in links, and one router more. A flow of V bits is V / flit width flits, not rounded, so that a mean over
/// drawn links is the flow of their mean. A layer takes, for what it reads at once,
///
///     routers·4 + 2 + flits − 1
///
/// cycles, with the mean of routers over its sources by their share, and its flits one source after another over as many
/// tiles as source and destination both have. Queues are not modelled: up to 0.3 flits a tile and cycle, where BookSim 2
/// says that an 8×8 mesh is near saturation, they add two cycles.
public struct MeshTraffic: TrafficVisitor, Sendable {
  /// What flows to one layer.
  public struct Flow: Sendable, Hashable {
    public internal(set) var cycles = 0.0
    public internal(set) var flits = 0.0
    /// Flits times links.
    public internal(set) var hops = 0.0
    /// How many layers take this: more than one where equal parts of a network are not shown one by one.
    public internal(set) var count = 1
  }

  /// What flows to each layer.
  public private(set) var flows: [Flow] = []
  /// The tiles of each layer.
  public private(set) var places: [TilePlace] = []

  private let chip: InMemoryComputing
  private let flitsPerElement: Double
  private let showsAll: Bool
  public let mesh: TileMesh
  private var nextTile = 0
  private var pool: TilePool

  /// - Parameters:
  ///   - tiles: of all layers together.
  ///   - showsAll: whether every layer has its flow, or equal parts of a network may share them.
  public init(_ chip: InMemoryComputing, tiles: Int, layers: Int, showsAll: Bool = true) {
    self.chip = chip
    self.showsAll = showsAll
    flitsPerElement = Double(chip.parameters.inputBits) / Double(chip.parameters.flitBits)
    mesh = TileMesh(tiles: tiles)
    pool = TilePool(width: mesh.width)
    flows.reserveCapacity(layers)
    places.reserveCapacity(layers)
  }

  public mutating func layer(_ shape: WeightedLayer) {
    let count = chip.tiles(of: shape)
    places.append(mesh.place(first: nextTile, count: count))
    nextTile += count
    flows.append(Flow())
  }

  public mutating func transfer(from source: Int, to destination: Int, elements: Double, share: Double) {
    let (from, to) = (places[source], places[destination])
    let flits = elements * flitsPerElement
    add(
      to: destination, flits: flits, distance: from.meanDistance(to: to), share: share,
      serial: flits * max(from.inverseCount, to.inverseCount))
  }

  public mutating func clearPool() { pool.clear() }

  public mutating func addToPool(_ source: Int, channels: Int) { pool.add(places[source], channels: channels) }

  public mutating func transferFromPool(to destination: Int, elements: Double, share: Double) {
    guard pool.channels > 0 else { return }
    let flits = elements * flitsPerElement
    add(
      to: destination, flits: flits, distance: pool.meanDistance(to: places[destination]), share: share,
      serial: flits * pool.meanInverse(atLeast: places[destination].inverseCount))
  }

  public var position: Int { nextTile }

  /// Where equal parts fill whole rows together, the next ones lie below them, in the same columns.
  public func period(ofParts step: Int) -> Int? {
    guard !showsAll else { return nil }
    var (divisor, rest) = (mesh.width, step % mesh.width)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    return mesh.width / divisor
  }

  public mutating func repeatLast(layers: Int, times: Int) {
    guard times > 0, let first = places.suffix(layers).first else { return }
    let rows = times * ((nextTile - first.first) / mesh.width)
    for index in places.indices.suffix(layers) {
      places[index] = places[index].moved(down: rows, width: mesh.width)
      flows[index].count += times
    }
    nextTile += rows * mesh.width
  }

  /// - Parameter serial: flits one after another.
  private mutating func add(to layer: Int, flits: Double, distance: Double, share: Double, serial: Double) {
    flows[layer].cycles += share * (4 * (distance + 1) + 1) + serial
    flows[layer].flits += flits
    flows[layer].hops += flits * distance
  }
}

/// A mesh of tiles, row by row from the top left.
public struct TileMesh: Sendable, Hashable {
  public let tiles: Int
  /// ⌈√tiles⌉.
  public let width: Int

  public init(tiles: Int) {
    self.tiles = tiles
    var width = Int(Double(tiles).squareRoot())
    while width * width < tiles { width += 1 }
    self.width = max(width, 1)
  }

  /// The place of tiles first ..< first + count. - Precondition: count ≥ 1.
  public func place(first: Int, count: Int) -> TilePlace { TilePlace(first: first, count: count, width: width) }
}

/// Tiles that follow each other in a mesh: a part of a row, whole rows, a part of a row.
public struct TilePlace: Sendable, Hashable {
  /// Columns lower ..< upper, each with so many tiles.
  struct Span: Sendable, Hashable {
    let lower: Double
    let upper: Double
    let rows: Double

    /// Σ over columns i of this span and j of the other, with their rows, of |i − j|.
    ///
    /// With h(n) = (|n|³ − |n|)/6, whose second difference is |n|: h(q − r) − h(p − r) − h(q − s) + h(p − s) for the
    /// columns p ..< q and r ..< s.
    @inline(__always)
    func distances(to other: Span) -> Double {
      rows * other.rows
        * (Self.h(upper - other.lower) - Self.h(lower - other.lower) - Self.h(upper - other.upper)
          + Self.h(lower - other.upper))
    }

    @inline(__always)
    static func h(_ n: Double) -> Double {
      let n = abs(n)
      return n * (n * n - 1) * (1 / 6.0)
    }
  }

  public private(set) var first: Int
  public let count: Int
  let inverseCount: Double
  private(set) var meanRow: Double
  let head: Span
  /// Whole rows and what follows them; without tiles where `head` is all.
  let body: Span
  let tail: Span
  private let isOneRow: Bool

  init(first: Int, count: Int, width: Int) {
    self.first = first
    self.count = count
    inverseCount = 1 / Double(count)
    let (top, start) = (first / width, first % width)
    let none = Span(lower: 0, upper: 0, rows: 0)
    isOneRow = start + count <= width
    guard !isOneRow else {
      head = Span(lower: Double(start), upper: Double(start + count), rows: 1)
      body = none
      tail = none
      meanRow = Double(top)
      return
    }
    let rest = count - (width - start)
    let (full, left) = (rest / width, rest % width)
    head = Span(lower: Double(start), upper: Double(width), rows: 1)
    body = full > 0 ? Span(lower: 0, upper: Double(width), rows: Double(full)) : none
    tail = left > 0 ? Span(lower: 0, upper: Double(left), rows: 1) : none
    // Rows below the top one: 1 … full, then full + 1.
    let below = Double(width) * Double(full) * Double(full + 1) / 2 + Double(left) * Double(full + 1)
    meanRow = Double(top) + below * inverseCount
  }

  /// The place so many rows further down.
  func moved(down rows: Int, width: Int) -> TilePlace {
    var place = self
    place.first += rows * width
    place.meanRow += Double(rows)
    return place
  }

  /// The mean Manhattan distance of all pairs of a tile here and one there. - Precondition: one place ends before the
  /// other begins. Complexity: O(1).
  public func meanDistance(to other: TilePlace) -> Double {
    var sum = head.distances(to: other.head)
    if !isOneRow || !other.isOneRow {
      sum +=
        head.distances(to: other.body) + head.distances(to: other.tail) + body.distances(to: other.head)
        + body.distances(to: other.body) + body.distances(to: other.tail) + tail.distances(to: other.head)
        + tail.distances(to: other.body) + tail.distances(to: other.tail)
    }
    // Places that do not overlap have all rows of one at or above those of the other.
    return sum * inverseCount * other.inverseCount + abs(meanRow - other.meanRow)
  }

  /// The mean distance in columns from a column to the tiles.
  func meanColumns(from column: Double) -> Double {
    var sum = Self.columns(head, column)
    if !isOneRow { sum += Self.columns(body, column) + Self.columns(tail, column) }
    return sum * inverseCount
  }

  @inline(__always)
  private static func columns(_ span: Span, _ column: Double) -> Double {
    // Σ |column − j|, the first difference of h.
    span.rows
      * (Span.h(column + 1 - span.lower) - Span.h(column - span.lower) - Span.h(column + 1 - span.upper)
        + Span.h(column - span.upper))
  }
}

/// Channels of several layers that flow as one: each as often as any other.
struct TilePool: Sendable {
  private(set) var channels = 0.0
  /// Channels at each column: those of a layer spread evenly over its tiles.
  private var columns: [Double]
  /// Σ channels · mean row.
  private var rows = 0.0
  /// Channels and 1 / tiles of each run of layers with equally many tiles.
  private var inverses: [(channels: Double, inverse: Double)] = []

  init(width: Int) { columns = [Double](repeating: 0, count: width) }

  mutating func clear() {
    guard channels > 0 else { return }
    for column in columns.indices { columns[column] = 0 }
    inverses.removeAll(keepingCapacity: true)
    (channels, rows) = (0, 0)
  }

  mutating func add(_ place: TilePlace, channels count: Int) {
    let count = Double(count)
    channels += count
    rows += count * place.meanRow
    for span in [place.head, place.body, place.tail] where span.rows > 0 {
      let part = count * place.inverseCount * span.rows
      for column in Int(span.lower)..<Int(span.upper) { columns[column] += part }
    }
    if let last = inverses.last, last.inverse == place.inverseCount {
      inverses[inverses.count - 1].channels += count
    } else {
      inverses.append((count, place.inverseCount))
    }
  }

  /// The mean Manhattan distance to a place behind all of the pool. Complexity: O(width of the mesh).
  func meanDistance(to place: TilePlace) -> Double {
    var sum = 0.0
    for column in columns.indices where columns[column] > 0 {
      sum += columns[column] * place.meanColumns(from: Double(column))
    }
    return (sum - rows) / channels + place.meanRow
  }

  /// The mean of max(1/tiles of the source, `least`). Complexity: O(runs of equally many tiles).
  func meanInverse(atLeast least: Double) -> Double {
    var sum = 0.0
    for entry in inverses { sum += entry.channels * max(entry.inverse, least) }
    return sum / channels
  }
}
