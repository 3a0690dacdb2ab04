internal import FlashNumerics

/// SHGO's simplicial complex over the unit box, in generations, as an implicit lattice: no edge is stored.
///
/// Generation g has the grid of 2^(g−1) cells per axis and the centre of each cell: (2^(g−1) + 1)ⁿ + 2^((g−1)n) vertices,
/// which hold those of generation g − 1. Two grid vertices of one cell are joined iff the coordinates in which they
/// differ are fewer than n and all even, or all odd, in the same vertex (Kuhn's triangulation, mirrored from cell to
/// cell, without the main diagonals); a cell's centre is joined to its corners. A vertex has at most 3ⁿ − 1 neighbours.
///
/// A generation may be added in parts. Until it is whole, a vertex is compared with its neighbours of the generation before
/// too. Of interchangeable variables, vertices in rising order stand for all.
///
/// Source: Endres, Sandrock, Focke, J. Global Optim. 72, 2018. Deviation: a generation of more vertices than `part` is
/// added in a scattered order, so that a budget that ends inside it has seen the whole box.
struct SimplicialComplex: SearchComplex {
  /// The box's length in lattice units: every coordinate of the first 29 generations is an integer, and the sum of two
  /// fits.
  static let unit: Int32 = 1 << 29
  static let maximumGeneration = 29
  /// Parts above which a generation is not gone through: random points of its grid are added (chosen).
  static let partLimit = 64

  let dimension: Int
  /// The most vertices that are added at once (chosen: all of the first generation of 10 axes).
  let part: Int
  /// Per axis, the axis before it that it is interchangeable with; −1 where there is none.
  private let previous: [Int]
  private var table: LatticeTable
  /// The generation of the vertices that are added now.
  private(set) var generation = 1
  /// Numbers of the generation's points that were gone through.
  private var cursor: UInt64 = 0
  private var random: SplitMix64
  private(set) var isScattered = false
  /// 3ⁿ.
  private let fullStar: Double

  /// - Parameter symmetry: groups of interchangeable axes.
  init(dimension: Int, symmetry: [[Int]] = [], part: Int = 1280, seed: UInt64 = 0) {
    self.dimension = dimension
    self.part = part
    var previous = [Int](repeating: -1, count: dimension)
    for group in symmetry {
      let group = group.sorted()
      for (first, second) in zip(group, group.dropFirst()) { previous[second] = first }
    }
    self.previous = previous
    fullStar = (0..<dimension).reduce(1) { power, _ in 3 * power }
    table = LatticeTable(dimension: dimension)
    random = SplitMix64(seed: seed, stream: 0x5348_474F)
  }

  var count: Int { table.count }

  /// The distance of grid vertices in a generation.
  private func spacing(_ generation: Int) -> Int32 { Self.unit >> Int32(generation - 1) }

  /// Whether all vertices of the generation are there.
  var isWhole: Bool { size.map { cursor >= $0 } ?? false }

  /// How many points the generation has, its centres first; `nil` where there are 2⁶² or more.
  private var size: UInt64? {
    let cells = UInt64(1) << UInt64(generation - 1)
    guard let grid = Self.power(cells + 1, dimension), let centres = Self.power(cells, dimension) else { return nil }
    return grid + centres
  }

  private static func power(_ base: UInt64, _ exponent: Int) -> UInt64? {
    var product: UInt64 = 1
    for _ in 0..<exponent {
      let (value, overflow) = product.multipliedReportingOverflow(by: base)
      guard !overflow, value < 1 << 61 else { return nil }
      product = value
    }
    return product
  }

  // MARK: Growth

  /// Adds generations until `points` vertices are new; a generation that is larger than `part`, in parts.
  mutating func grow(by points: Int) {
    let first = count
    var point = [Int32](repeating: 0, count: dimension)
    if count == 0 {
      // The centroid is the one vertex that any budget should see.
      for axis in 0..<dimension { point[axis] = Self.unit / 2 }
      _ = table.insert(point)
    }
    while count - first < points {
      if isWhole {
        guard generation < Self.maximumGeneration else { return }
        generation += 1
        cursor = 0
      }
      guard let size, size <= UInt64(Self.partLimit * part) else {
        isScattered = true
        // Corners alone would leave the inside of the box out.
        generation = max(generation, 3)
        scatter(until: first + part, &point)
        return
      }
      let stride = size > UInt64(part) ? Self.scattering(size) : 1
      // Interchangeable variables leave few of a generation's points: the patience is chosen.
      for _ in 0..<(1 << 20) where cursor < size {
        decode(size == 1 ? 0 : cursor.multipliedModulo(stride, size), &point)
        cursor += 1
        canonicalise(&point)
        _ = table.insert(point)
        if count - first >= part, cursor < size { return }
      }
      if cursor < size { return }
    }
  }

  /// A number without a common factor with `size`, near size/φ: its multiples modulo `size` spread evenly.
  private static func scattering(_ size: UInt64) -> UInt64 {
    var stride = UInt64(Double(size) * 0.618_033_988_749_894_9) | 1
    while greatestCommonDivisor(stride, size) != 1 { stride += 2 }
    return stride
  }

  private static func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  /// Point `number` of the generation.
  private func decode(_ number: UInt64, _ point: inout [Int32]) {
    let cells = UInt64(1) << UInt64(generation - 1)
    let spacing = spacing(generation)
    let centres = Self.power(cells, dimension) ?? 0
    let isCentre = number < centres
    var rest = isCentre ? number : number - centres
    let radix = isCentre ? cells : cells + 1
    for axis in 0..<dimension {
      point[axis] = Int32(rest % radix) * spacing + (isCentre ? spacing / 2 : 0)
      rest /= radix
    }
  }

  /// Adds random grid vertices of a generation that is too large to be gone through.
  private mutating func scatter(until target: Int, _ point: inout [Int32]) {
    let spacing = spacing(generation)
    let radix = (1 << (generation - 1)) + 1
    // Interchangeable variables leave few vertices, which may run out.
    for _ in 0..<(16 * part) where count < target {
      for axis in 0..<dimension { point[axis] = Int32(random.below(radix)) * spacing }
      canonicalise(&point)
      _ = table.insert(point)
    }
  }

  /// Sorts interchangeable coordinates.
  private func canonicalise(_ point: inout [Int32]) {
    for axis in 0..<dimension {
      var axis = axis
      while previous[axis] >= 0, point[previous[axis]] > point[axis] {
        point.swapAt(axis, previous[axis])
        axis = previous[axis]
      }
    }
  }

  // MARK: Neighbours

  func coordinate(_ vertex: Int, _ axis: Int) -> Double { Double(table[vertex, axis]) / Double(Self.unit) }

  func isMinimizer(_ vertex: Int, _ scores: [Score]) -> Bool {
    !hasNeighbour(vertex, generation) { Self.beats($0, vertex, scores) }
      && (isWhole || generation == 1
        || !hasNeighbour(vertex, generation - 1) { Self.beats($0, vertex, scores) })
  }

  /// The neighbours of a vertex in the generation, in no particular order.
  func neighbours(_ vertex: Int) -> [Int] {
    var found: Set<Int> = []
    _ = hasNeighbour(vertex, generation) {
      found.insert($0)
      return false
    }
    return found.sorted()
  }

  /// Half a cell on either side: the coordinates of the nearest centres, or of a centre's corners.
  func star(_ vertex: Int) -> [ClosedRange<Double>] {
    let half = 0.5 / Double(1 << (generation - 1))
    return (0..<dimension).map { axis in
      max(0, coordinate(vertex, axis) - half)...min(1, coordinate(vertex, axis) + half)
    }
  }

  /// Whether any neighbour of a vertex that is there has the property.
  ///
  /// - Complexity: O(n · min(3ⁿ, vertices)); less where a neighbour with the property comes early.
  private func hasNeighbour(_ vertex: Int, _ generation: Int, where property: (Int) -> Bool) -> Bool {
    let spacing = spacing(generation)
    let home = (0..<dimension).map { table[vertex, $0] }
    let isCentre = home.contains { $0 % spacing != 0 }
    // A vertex of a finer generation only.
    if isCentre, !home.allSatisfy({ $0 % spacing == spacing / 2 }) { return false }
    // Interchangeable variables are told by looking sorted points up, as long as that is possible.
    let isSorted = previous.contains { $0 >= 0 }
    if fullStar > (isSorted ? 1e6 : Double(count)) {
      return hasNeighbour(vertex, home, isCentre, spacing, where: property)
    }
    let all = Array(0..<dimension)
    if isCentre {
      return walk(home, all, [-spacing / 2, spacing / 2], property)
    }
    if walk(home, all, [-spacing / 2, spacing / 2], property) { return true }
    let odd = all.filter { home[$0] / spacing % 2 == 1 }
    let even = all.filter { home[$0] / spacing % 2 == 0 }
    return walk(home, odd, [0, -spacing, spacing], property) || walk(home, even, [0, -spacing, spacing], property)
  }

  /// Goes through the points that differ from `home` by one of the offsets along each of the axes, but for those that
  /// differ by nothing, or by whole cells along every axis of the box.
  private func walk(_ home: [Int32], _ axes: [Int], _ offsets: [Int32], _ property: (Int) -> Bool) -> Bool {
    guard !axes.isEmpty else { return false }
    var digits = [Int](repeating: 0, count: axes.count)
    var point = home
    let hasZero = offsets[0] == 0
    var moved = hasZero ? 0 : axes.count
    for axis in axes { point[axis] = home[axis] + offsets[0] }
    while true {
      if moved > 0, !(hasZero && moved == dimension), let found = lookup(point), property(found) { return true }
      var place = 0
      while place < axes.count {
        let axis = axes[place]
        if hasZero, digits[place] == 0 { moved += 1 }
        digits[place] += 1
        if digits[place] < offsets.count {
          point[axis] = home[axis] + offsets[digits[place]]
          break
        }
        digits[place] = 0
        point[axis] = home[axis] + offsets[0]
        if hasZero { moved -= 1 }
        place += 1
      }
      if place == axes.count { return false }
    }
  }

  private func lookup(_ point: [Int32]) -> Int? {
    guard previous.contains(where: { $0 >= 0 }) else { return table.find(point) }
    var point = point
    canonicalise(&point)
    return table.find(point)
  }

  /// Goes through all vertices instead, where they are fewer than the neighbours.
  private func hasNeighbour(
    _ vertex: Int, _ home: [Int32], _ isCentre: Bool, _ spacing: Int32, where property: (Int) -> Bool
  ) -> Bool {
    for other in 0..<count where other != vertex && isJoined(home, isCentre, other, spacing) && property(other) {
      return true
    }
    return false
  }

  private func isJoined(_ home: [Int32], _ isCentre: Bool, _ other: Int, _ spacing: Int32) -> Bool {
    var (whole, half, odd, even) = (0, 0, false, false)
    for axis in 0..<dimension {
      let distance = abs(table[other, axis] - home[axis])
      if distance == 0 { continue }
      if distance == spacing, !isCentre {
        whole += 1
        if home[axis] / spacing % 2 == 1 { odd = true } else { even = true }
        if odd && even { return false }
      } else if distance == spacing / 2 {
        half += 1
      } else {
        return false
      }
    }
    return half == dimension || (half == 0 && whole > 0 && whole < dimension)
  }
}

extension UInt64 {
  /// self · factor modulo `modulus`.
  fileprivate func multipliedModulo(_ factor: UInt64, _ modulus: UInt64) -> UInt64 {
    modulus.dividingFullWidth((factor % modulus).multipliedFullWidth(by: self % modulus)).remainder
  }
}
