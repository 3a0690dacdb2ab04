@preconcurrency internal import CLAPACKE

/// The eigenvalues of a real symmetric matrix.
public enum SymmetricEigenvalues {
  /// The largest order: the matrix takes 8 · 4096² bytes = 128 MiB.
  public static let orderLimit = 4096

  /// The eigenvalues, smallest first, without vectors (LAPACK's `dsyevd`).
  ///
  /// - Parameter matrix: `order`² numbers, row by row; both triangles are given and must agree.
  /// - Returns: `order` numbers, accurate to about 1e-15 of the largest in magnitude.
  /// - Throws: `invalidInput` where the numbers are not as many, the order is 0 or above `orderLimit`, a number is not
  ///   finite or the triangles differ; `lapack` for a code that LAPACK returns.
  /// - Complexity: O(order³).
  public static func of(_ matrix: [Double], order: Int) throws(NumericsError) -> [Double] {
    let shape = try LAPACK.check(
      matrix, rows: order, columns: order, limit: orderLimit * orderLimit, "eigenvalues")
    for row in 0..<order {
      for column in 0..<row where matrix[row * order + column] != matrix[column * order + row] {
        throw .invalidInput("eigenvalues: the matrix is not symmetric at row \(row), column \(column)")
      }
    }
    var copy = matrix
    var values = [Double](repeating: 0, count: order)
    var size = 0.0
    var integers: [LAPACKInteger] = [0]
    var code = lapack_dsyevd_values(shape.rows, &copy, &values, &size, -1, &integers, -1)
    try LAPACK.check(code, "dsyevd")
    var work = [Double](repeating: 0, count: Int(size))
    integers = [LAPACKInteger](repeating: 0, count: Int(integers[0]))
    code = lapack_dsyevd_values(
      shape.rows, &copy, &values, &work, LAPACKInteger(work.count), &integers, LAPACKInteger(integers.count))
    try LAPACK.check(code, "dsyevd")
    return values
  }
}
