@preconcurrency internal import CLAPACKE

/// The Cholesky factor L of a symmetric positive definite matrix A = L·Lᵀ (LAPACK's `dpotrf`).
public struct Cholesky: Sendable {
  /// The largest order: the matrix takes 8 · 4096² bytes = 128 MiB.
  public static let orderLimit = 4096

  public let order: Int
  /// L below and on the diagonal, column by column.
  private let factor: [Double]

  /// - Parameter matrix: `order`² numbers, of which the lower triangle, column by column, is read.
  /// - Throws: `invalidInput` where the numbers are not as many, the order is 0 or above `orderLimit` or a number is not
  ///   finite; `lapack` with a positive code where the matrix is not positive definite.
  /// - Complexity: O(order³).
  public init(_ matrix: [Double], order: Int) throws(NumericsError) {
    let shape = try LAPACK.check(
      matrix, rows: order, columns: order, limit: Self.orderLimit * Self.orderLimit, "cholesky")
    var factor = matrix
    try LAPACK.check(lapack_dpotrf_lower(shape.rows, &factor), "dpotrf")
    self.factor = factor
    self.order = order
  }

  /// log |A|. Complexity: O(order).
  public var logDeterminant: Double {
    (0..<order).reduce(0) { $0 + 2 * Elementary.log(factor[$1 * order + $1]) }
  }

  /// x of A x = b. - Precondition: `order` numbers. Complexity: O(order²).
  public func solve(_ b: [Double]) -> [Double] {
    precondition(b.count == order, "as many numbers as the matrix has rows")
    var x = b
    // The code tells of wrong arguments alone.
    _ = lapack_dpotrs_lower(LAPACKInteger(order), factor, &x)
    return x
  }

  /// A⁻¹, both triangles. Complexity: O(order³).
  public var inverse: [Double] {
    var inverse = factor
    _ = lapack_dpotri_lower(LAPACKInteger(order), &inverse)
    for column in 0..<order {
      for row in (column + 1)..<max(order, column + 1) { inverse[row * order + column] = inverse[column * order + row] }
    }
    return inverse
  }
}
