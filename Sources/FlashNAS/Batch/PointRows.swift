internal import FlashSearch

/// Points as rows of numbers, one row after the other: a number per variable, which is its value, or the place in its list,
/// from 0, of a word or of a hardware parameter's value.
public struct PointRows: Sendable {
  private let variables: [IntegerVariable]
  private let domains: [SpaceVariable]
  /// The ends of every variable where all numbers between them are its coordinates; empty where that is not so of all.
  private let ends: [ClosedRange<Int64>]

  public init(of problem: DesignProblem) {
    variables = problem.variables
    domains = problem.space.domains
    let ends = zip(problem.variables.indices, problem.variables).compactMap { [domains] index, variable in
      variable.step == 1 && !(index < domains.count && domains[index].hasChoices)
        ? Int64(variable.lower)...Int64(variable.upper) : nil
    }
    self.ends = ends.count == variables.count ? ends : []
  }

  /// - Throws: `DesignError.outOfRange` for the first number that its variable does not take. Complexity: O(numbers).
  public func check(_ rows: UnsafeBufferPointer<Int64>) throws(DesignError) {
    guard !areWithinEnds(rows) else { return }
    let width = variables.count
    for (place, number) in rows.enumerated() where coordinate(number, place % width) == nil {
      throw .outOfRange(
        what: "points[\(place / width)]: \(variables[place % width].name)", found: "\(number)",
        allowed: allowed(place % width))
    }
  }

  private func areWithinEnds(_ rows: UnsafeBufferPointer<Int64>) -> Bool {
    guard let numbers = rows.baseAddress, !ends.isEmpty else { return rows.isEmpty }
    return ends.withUnsafeBufferPointer { ends in
      // The sign of any difference that is negative: of a number too far off for 64 bits that of the other one.
      var signs: Int64 = 0
      for start in stride(from: 0, to: rows.count, by: ends.count) {
        for (index, end) in ends.enumerated() {
          let number = numbers[start + index]
          signs |= (number &- end.lowerBound) | (end.upperBound &- number)
        }
      }
      return signs >= 0
    }
  }

  /// Writes the coordinates of a row that has been checked into a point.
  public func read(_ row: Int, of rows: UnsafeBufferPointer<Int64>, into point: inout [Int]) {
    for index in point.indices { point[index] = coordinate(rows[row * point.count + index], index) ?? 0 }
  }

  /// Writes the coordinates of rows that have been checked into columns, which begin `stride` numbers apart.
  func transpose(
    _ rows: UnsafeBufferPointer<Int64>.SubSequence, into columns: UnsafeMutablePointer<Int32>, stride: Int
  ) {
    let width = variables.count
    let rows = UnsafeBufferPointer(rebasing: rows)
    for row in 0..<(rows.count / width) {
      for index in 0..<width {
        let number = rows[row * width + index]
        columns[index * stride + row] = Int32(
          truncatingIfNeeded: ends.isEmpty ? coordinate(number, index) ?? 0 : Int(number))
      }
    }
  }

  /// The coordinate of a variable's number; `nil` where it takes no such number.
  private func coordinate(_ number: Int64, _ index: Int) -> Int? {
    let variable = variables[index]
    let coordinate = isPlace(index) ? Int(number) : domains[index].coordinate(.integer(Int(number)))
    return coordinate.flatMap { variable.lower...variable.upper ~= $0 ? $0 : nil }
  }

  /// Whether a variable's numbers are places in its list.
  private func isPlace(_ index: Int) -> Bool { index >= domains.count || domains[index].takesWords }

  private func allowed(_ index: Int) -> String {
    let variable = variables[index]
    guard !isPlace(index) else { return "places \(variable.lower) to \(variable.upper)" }
    return variable == domains[index].coordinates ? domains[index].allowed : "\(variable.lower) to \(variable.upper)"
  }
}

/// Where the values of points are written, as in `BatchColumns`; `nil` where they are not wanted.
public struct WantedColumns {
  public var accuracy: UnsafeMutablePointer<Double>?
  public var latency: UnsafeMutablePointer<Double>?
  public var energy: UnsafeMutablePointer<Double>?
  public var area: UnsafeMutablePointer<Double>?
  public var objective: UnsafeMutablePointer<Double>?
  public var violation: UnsafeMutablePointer<Double>?

  public init(
    accuracy: UnsafeMutablePointer<Double>?, latency: UnsafeMutablePointer<Double>?,
    energy: UnsafeMutablePointer<Double>?, area: UnsafeMutablePointer<Double>?,
    objective: UnsafeMutablePointer<Double>?, violation: UnsafeMutablePointer<Double>?
  ) {
    self.accuracy = accuracy
    self.latency = latency
    self.energy = energy
    self.area = area
    self.objective = objective
    self.violation = violation
  }

  /// The columns from a point on; in the place of those not wanted one that nobody reads.
  fileprivate func columns(from start: Int, unread: UnsafeMutablePointer<Double>) -> BatchColumns {
    func place(_ column: UnsafeMutablePointer<Double>?) -> UnsafeMutablePointer<Double> {
      column.map { $0 + start } ?? unread
    }
    return BatchColumns(
      accuracy: place(accuracy), latency: place(latency), energy: place(energy), area: place(area),
      objective: place(objective), violation: place(violation))
  }
}

extension BatchEvaluator {
  /// How many rows become columns at a time (chosen): both fit a level-1 cache, or nearly.
  private static let rowsAtATime = 512

  /// Evaluates points given as rows, into columns.
  ///
  /// - Throws: `DesignError.outOfRange` for a number that its variable does not take; then nothing was written.
  /// - Complexity: O(numbers) beside that of columns.
  /// - Precondition: whole rows, and as many places in each column.
  public func evaluate(
    _ points: UnsafeBufferPointer<Int64>, into values: WantedColumns
  ) throws(DesignError) {
    try rows.check(points)
    let width = problem.variables.count
    let (count, size) = (points.count / width, Self.rowsAtATime)
    let coordinates = UnsafeMutablePointer<Int32>.allocate(capacity: width * size)
    let unread = UnsafeMutablePointer<Double>.allocate(capacity: size)
    defer {
      coordinates.deallocate()
      unread.deallocate()
    }
    let columns = (0..<width).map { UnsafePointer(coordinates + $0 * size) }
    for start in stride(from: 0, to: count, by: size) {
      let end = min(count, start + size)
      rows.transpose(points[(start * width)..<(end * width)], into: coordinates, stride: size)
      try columns.withUnsafeBufferPointer { (columns) throws(DesignError) in
        try evaluate(columns, count: end - start, into: values.columns(from: start, unread: unread))
      }
    }
  }
}
