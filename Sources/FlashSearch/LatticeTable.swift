/// Distinct points of an integer lattice, numbered in the order of their insertion.
///
/// Open addressing over flat storage: a point takes 4 bytes per coordinate and 8 to 16 in the table.
struct LatticeTable {
  let dimension: Int
  /// Coordinates, point by point.
  private(set) var coordinates: [Int32] = []
  private(set) var count = 0
  /// Numbers of points, −1 where free; a power of two of them, at most half in use.
  private var slots: [Int32] = Array(repeating: -1, count: 64)

  init(dimension: Int) { self.dimension = dimension }

  /// Coordinate `axis` of a point.
  subscript(point: Int, axis: Int) -> Int32 { coordinates[point * dimension + axis] }

  /// The number of a point; `nil` where it was not inserted. Complexity: O(dimension) expected.
  func find(_ point: [Int32]) -> Int? {
    let slot = slot(of: point)
    return slots[slot] < 0 ? nil : Int(slots[slot])
  }

  /// Inserts a point; false where it is there already. Complexity: O(dimension) expected and amortised.
  mutating func insert(_ point: [Int32]) -> Bool {
    let slot = slot(of: point)
    guard slots[slot] < 0 else { return false }
    slots[slot] = Int32(count)
    coordinates.append(contentsOf: point)
    count += 1
    if count * 2 > slots.count { double() }
    return true
  }

  /// Where a point is, or would be.
  private func slot(of point: [Int32]) -> Int {
    var slot = Self.hash(point[...]) & (slots.count - 1)
    while slots[slot] >= 0, !holds(Int(slots[slot]), point) { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private func holds(_ number: Int, _ point: [Int32]) -> Bool {
    let start = number * dimension
    for axis in 0..<dimension where coordinates[start + axis] != point[axis] { return false }
    return true
  }

  private mutating func double() {
    slots = Array(repeating: -1, count: 2 * slots.count)
    for number in 0..<count {
      var slot = Self.hash(coordinates[(number * dimension)..<((number + 1) * dimension)]) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number)
    }
  }

  /// Coordinates times powers of an odd number (chosen, from the golden ratio), mixed.
  private static func hash(_ point: ArraySlice<Int32>) -> Int {
    var sum: UInt64 = 0
    for coordinate in point { sum = (sum ^ UInt64(UInt32(bitPattern: coordinate))) &* 0x9E37_79B9_7F4A_7C15 }
    return Int(truncatingIfNeeded: sum >> 32)
  }
}
