/// Points that are scored together: one column of coordinates per variable, and room for their scores.
public final class PointBlock {
  /// The most points (chosen): their columns fit a level-1 cache.
  public static let capacity = 128

  /// How many points there are.
  public internal(set) var count = 0
  /// One column per variable, each with a coordinate per point.
  public let columns: UnsafeBufferPointer<UnsafePointer<Int32>>
  /// f of each point, to be minimised.
  public let objectives: UnsafeMutablePointer<Double>
  /// The total violation of each point.
  public let violations: UnsafeMutablePointer<Double>
  private let coordinates: UnsafeMutablePointer<Int32>

  @usableFromInline
  init(dimension: Int) {
    coordinates = .allocate(capacity: dimension * Self.capacity)
    coordinates.initialize(repeating: 0, count: dimension * Self.capacity)
    objectives = .allocate(capacity: Self.capacity)
    objectives.initialize(repeating: .infinity, count: Self.capacity)
    violations = .allocate(capacity: Self.capacity)
    violations.initialize(repeating: .infinity, count: Self.capacity)
    let columns = UnsafeMutableBufferPointer<UnsafePointer<Int32>>.allocate(capacity: dimension)
    for axis in 0..<dimension { columns.initializeElement(at: axis, to: coordinates + axis * Self.capacity) }
    self.columns = UnsafeBufferPointer(columns)
  }

  deinit {
    coordinates.deallocate()
    objectives.deallocate()
    violations.deallocate()
    columns.deallocate()
  }

  /// The score of a point, once they are scored.
  @inlinable
  func score(_ index: Int) -> Score { Score(objective: objectives[index], violation: violations[index]) }

  /// A point.
  @usableFromInline
  func point(_ index: Int) -> [Int] { columns.map { Int($0[index]) } }

  /// Makes the first points copies of one.
  @usableFromInline
  func fill(_ point: [Int], count: Int) {
    self.count = count
    for (axis, coordinate) in point.enumerated() {
      (coordinates + axis * Self.capacity).update(repeating: Int32(truncatingIfNeeded: coordinate), count: count)
    }
  }

  /// Takes points, as many as there is room for at most.
  @usableFromInline
  func fill(_ points: ArraySlice<[Int]>) {
    count = points.count
    for (index, point) in points.enumerated() {
      for (axis, coordinate) in point.enumerated() { set(axis, of: index, to: coordinate) }
    }
  }

  /// Sets a coordinate to one of two values by a bit of each point's index, counted from `start`.
  @usableFromInline
  func set(_ axis: Int, byBit bit: Int, from start: Int, _ values: (clear: Int, set: Int)) {
    let column = coordinates + axis * Self.capacity
    let (clear, set) = (Int32(truncatingIfNeeded: values.clear), Int32(truncatingIfNeeded: values.set))
    let (first, mask) = (UInt32(truncatingIfNeeded: start), UInt32(1) << UInt32(bit))
    for index in 0..<count { column[index] = (first &+ UInt32(truncatingIfNeeded: index)) & mask == 0 ? clear : set }
  }

  /// Drops the points behind the first `limit`.
  @usableFromInline
  func truncate(to limit: Int) { count = min(count, limit) }

  /// Sets a coordinate of a point.
  @usableFromInline
  func set(_ axis: Int, of index: Int, to coordinate: Int) {
    coordinates[axis * Self.capacity + index] = Int32(truncatingIfNeeded: coordinate)
  }
}
