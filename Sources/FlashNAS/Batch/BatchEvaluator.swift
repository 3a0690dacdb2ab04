internal import FlashAccuracy
internal import FlashSearch

/// Where the values of a batch of points are written: columns with room for one number a point.
public struct BatchColumns {
  /// 0…1; NaN without an accuracy model.
  public var accuracy: UnsafeMutablePointer<Double>
  /// In seconds; NaN, like the other costs, where no model gives it.
  public var latency: UnsafeMutablePointer<Double>
  /// In joules.
  public var energy: UnsafeMutablePointer<Double>
  /// In mm².
  public var area: UnsafeMutablePointer<Double>
  /// The objective's own value, whether it is to be large or small.
  public var objective: UnsafeMutablePointer<Double>
  /// The sum of max(0, c) / |limit| over the bounds; infinite where the objective is no finite number.
  public var violation: UnsafeMutablePointer<Double>

  public init(
    accuracy: UnsafeMutablePointer<Double>, latency: UnsafeMutablePointer<Double>,
    energy: UnsafeMutablePointer<Double>, area: UnsafeMutablePointer<Double>,
    objective: UnsafeMutablePointer<Double>, violation: UnsafeMutablePointer<Double>
  ) {
    self.accuracy = accuracy
    self.latency = latency
    self.energy = energy
    self.area = area
    self.objective = objective
    self.violation = violation
  }
}

/// Evaluates many points of a problem at once, given as columns: one array of coordinates per variable.
///
/// Spaces of independent dense cells with costs that are sums over layers are looked up in tables (`BatchTables`) and worked
/// out eight points at a time: a few nanoseconds a point. Its values are those of `DesignProblem.values` within 1e-12 of
/// themselves, and a violation within 1e-12 of `DesignProblem.score`'s: a value that close to its bound may be on either
/// side of it. All other problems are evaluated point by point, with the same results as there; so are bounds that have a
/// confidence.
public struct BatchEvaluator: Sendable {
  let problem: DesignProblem
  /// How points that come as rows are read.
  public let rows: PointRows
  private let tables: BatchTables?

  /// Complexity: O(Σ over cells of widths · (skips + widths before)) for the tables.
  public init(_ problem: DesignProblem) {
    rows = PointRows(of: problem)
    self.problem = problem.prepared(inBlocks: true)
    tables = self.problem.batchTables
  }

  /// Whether points are worked out together.
  public var isBatched: Bool { tables != nil }

  /// Evaluates points.
  ///
  /// - Parameters:
  ///   - columns: one per variable, in order, each with `count` coordinates.
  ///   - values: where to write; no column may overlap another.
  /// - Throws: `DesignError.outOfRange` for a coordinate that its variable does not take; then nothing was written.
  /// - Complexity: O(count · cells); without allocation where `isBatched`.
  public func evaluate(
    _ columns: UnsafeBufferPointer<UnsafePointer<Int32>>, count: Int, into values: BatchColumns
  ) throws(DesignError) {
    try check(columns, count)
    if let tables {
      tables.evaluate(problem, columns, count, into: values)
    } else {
      evaluateOneByOne(columns, count, into: values)
    }
  }

  private func check(_ columns: UnsafeBufferPointer<UnsafePointer<Int32>>, _ count: Int) throws(DesignError) {
    let variables = problem.variables
    guard columns.count == variables.count else {
      throw .outOfRange(what: "columns", found: "\(columns.count)", allowed: "\(variables.count), one per variable")
    }
    for (variable, column) in zip(variables, columns) {
      let (lower, upper, step) = (variable.lower, variable.upper, variable.step)
      // The sign of any difference that is negative; ends beyond 32 bits are as good as none.
      let (first, last) = (Int32(clamping: lower), Int32(clamping: upper))
      var signs: Int32 = 0
      for index in 0..<count { signs |= (column[index] &- first) | (last &- column[index]) }
      var isWithin = signs >= 0
      if step > 1 { for index in 0..<count where (Int(column[index]) - lower) % step != 0 { isWithin = false } }
      guard !isWithin else { continue }
      let wrong = UnsafeBufferPointer(start: column, count: count).first {
        !(lower...upper ~= Int($0) && (Int($0) - lower) % step == 0)
      }
      throw .outOfRange(
        what: variable.name, found: "\(wrong ?? 0)",
        allowed: "\(lower) to \(upper)" + (step > 1 ? " in steps of \(step)" : ""))
    }
  }

  private func evaluateOneByOne(
    _ columns: UnsafeBufferPointer<UnsafePointer<Int32>>, _ count: Int, into values: BatchColumns
  ) {
    var point = problem.variables.map(\.lower)
    for index in 0..<count {
      for variable in point.indices { point[variable] = Int(columns[variable][index]) }
      let found = QuantityValues(problem.values(point))
      values.accuracy[index] = found[.accuracy]
      values.latency[index] = found[.latency]
      values.energy[index] = found[.energy]
      values.area[index] = found[.area]
      values.objective[index] = problem.objective.expression.value { found[$0] }
      values.violation[index] = problem.score(point).violation
    }
  }
}
