@preconcurrency internal import CLAPACKE

/// What the routines that call LAPACK share: their inputs and its codes checked.
enum LAPACK {
  /// The shape of a matrix in LAPACK's integers.
  ///
  /// - Throws: `invalidInput` for an empty or too large shape, another count of numbers, or one that is not finite.
  static func check(
    _ matrix: [Double], rows: Int, columns: Int, limit: Int, _ routine: String
  ) throws(NumericsError) -> (rows: LAPACKInteger, columns: LAPACKInteger) {
    guard rows > 0, columns > 0, rows <= limit, columns <= limit / rows else {
      throw .invalidInput("\(routine): shape, found \(rows) × \(columns), allowed 1 to \(limit) elements")
    }
    guard matrix.count == rows * columns else {
      throw .invalidInput("\(routine): numbers, found \(matrix.count), allowed \(rows) · \(columns)")
    }
    guard matrix.allSatisfy(\.isFinite) else {
      throw .invalidInput("\(routine): a number is not finite")
    }
    return (LAPACKInteger(rows), LAPACKInteger(columns))
  }

  /// 0 is success; a positive code says that an iteration did not converge, a negative one which argument is wrong or
  /// that memory ran out.
  static func check(_ code: LAPACKInteger, _ routine: String) throws(NumericsError) {
    guard code == 0 else { throw .lapack(code: Int32(code), routine: routine) }
  }
}
