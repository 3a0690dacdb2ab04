@preconcurrency internal import CLAPACKE

/// The singular values of a real matrix.
public enum SingularValues {
  /// The most elements of a matrix (chosen: 128 MiB). With the reference BLAS a square one of 1024 takes 1.2 s, measured,
  /// and the time grows with the cube.
  public static let elementLimit = 1 << 24

  /// The singular values, largest first, by divide and conquer without vectors (LAPACK's `dgesdd`).
  ///
  /// - Parameters:
  ///   - matrix: `rows` · `columns` numbers, row by row. The singular values of a matrix and of its transpose are the
  ///     same, so that the numbers may as well stand column by column with `rows` and `columns` swapped.
  /// - Returns: min(rows, columns) numbers ≥ 0, accurate to about 1e-15 of the largest.
  /// - Throws: `invalidInput` where the shape is not that of the numbers, is empty or above `elementLimit`, or a number is
  ///   not finite; `lapack` for a code that LAPACK returns.
  /// - Complexity: O(rows · columns · min(rows, columns)).
  public static func of(_ matrix: [Double], rows: Int, columns: Int) throws(NumericsError) -> [Double] {
    let shape = try LAPACK.check(matrix, rows: rows, columns: columns, limit: elementLimit, "singular values")
    // Column by column the rows are the columns of the transpose: nothing is turned around.
    var copy = matrix
    var values = [Double](repeating: 0, count: min(rows, columns))
    var integers = [LAPACKInteger](repeating: 0, count: 8 * min(rows, columns))
    var size = 0.0
    var code = lapack_dgesdd_values(shape.columns, shape.rows, &copy, &values, &size, -1, &integers)
    try LAPACK.check(code, "dgesdd")
    var work = [Double](repeating: 0, count: Int(size))
    code = lapack_dgesdd_values(
      shape.columns, shape.rows, &copy, &values, &work, LAPACKInteger(work.count), &integers)
    try LAPACK.check(code, "dgesdd")
    return values
  }
}
