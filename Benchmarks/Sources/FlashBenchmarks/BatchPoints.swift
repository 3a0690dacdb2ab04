import FlashNAS
import FlashNumerics

/// Random points of a problem, the same in every run: as rows, and as the columns of a batch.
final class BatchPoints {
  let rows: [[Int64]]
  let columns: [UnsafePointer<Int32>]

  init(_ problem: DesignProblem, count: Int) {
    var random = SplitMix64(seed: 9)
    let rows = (0..<count).map { _ in
      problem.variables.map { Int64($0.lower + random.below($0.count) * $0.step) }
    }
    columns = problem.variables.indices.map { index in
      let column = UnsafeMutablePointer<Int32>.allocate(capacity: count)
      for (place, row) in rows.enumerated() { column[place] = Int32(row[index]) }
      return UnsafePointer(column)
    }
    self.rows = rows
  }

  deinit { for column in columns { column.deallocate() } }

  /// Evaluates all points.
  ///
  /// - Parameter values: six columns, in the order of `BatchColumns`.
  func evaluate(_ batch: BatchEvaluator, into values: [UnsafeMutablePointer<Double>]) throws {
    try columns.withUnsafeBufferPointer { columns in
      try batch.evaluate(
        columns, count: rows.count,
        into: BatchColumns(
          accuracy: values[0], latency: values[1], energy: values[2], area: values[3], objective: values[4],
          violation: values[5]))
    }
  }
}
