internal import FlashNumerics

/// Scores of the points that were asked last, so that local searches that cross each other's ways do not pay twice.
///
/// A direct-mapped cache: a point has one slot, and a later point takes it. What it holds never grows.
@usableFromInline
struct ScoreMemo {
  /// Chosen: with nine variables 190 KB, which fit a level-2 cache; four times as many slots know 4 % more points.
  private static let slotCount = 1 << slotBits
  private static let slotBits = 11

  /// What the coordinates of a point are multiplied by in its hash.
  private let multipliers: [UInt64]
  /// The coordinates of each slot's point, one after the other.
  private var coordinates: [Int]
  /// `nil` where a slot is free.
  private var scores: [Score?]

  @usableFromInline
  init(dimension: Int) {
    var random = SplitMix64(seed: 0)
    multipliers = (0..<dimension).map { _ in random.next() }
    coordinates = Array(repeating: 0, count: Self.slotCount * dimension)
    scores = Array(repeating: nil, count: Self.slotCount)
  }

  /// The slot of a point. Complexity: O(dimension).
  @usableFromInline
  func slot(of point: [Int]) -> Int {
    var sum: UInt64 = 0
    for (multiplier, coordinate) in zip(multipliers, point) {
      sum &+= multiplier &* UInt64(bitPattern: Int64(coordinate))
    }
    return Int(truncatingIfNeeded: sum >> (64 - Self.slotBits))
  }

  /// The score of a point that its slot holds; `nil` where it holds another, or none. Complexity: O(dimension).
  @usableFromInline
  func score(_ point: [Int], in slot: Int) -> Score? {
    guard let score = scores[slot] else { return nil }
    let isSame = coordinates.withUnsafeBufferPointer { coordinates in
      coordinates[(slot * point.count)..<((slot + 1) * point.count)].elementsEqual(point)
    }
    return isSame ? score : nil
  }

  /// Keeps the score of a point in the place of what its slot held. Complexity: O(dimension).
  @usableFromInline
  mutating func keep(_ score: Score, of point: [Int], in slot: Int) {
    coordinates.withUnsafeMutableBufferPointer { coordinates in
      for (axis, coordinate) in point.enumerated() { coordinates[slot * point.count + axis] = coordinate }
    }
    scores[slot] = score
  }
}
