@preconcurrency internal import CGSL

/// A linear least-squares fit with its inverse information matrix.
public struct LinearFit: Sendable {
  /// One coefficient per column.
  public let coefficients: [Double]
  /// (XᵀWX)⁻¹, row by row; times the variance of unit weight it is the coefficients' covariance.
  public let inverseInformation: [[Double]]
  /// Σ weight · residual².
  public let residualSumOfSquares: Double

  /// Minimises Σ wᵢ (yᵢ − Σₖ xᵢₖ βₖ)² by singular value decomposition (`gsl_multifit_wlinear`).
  ///
  /// - Parameters:
  ///   - rows: n rows of p numbers each.
  ///   - weights: n positive weights; all 1 when left out.
  /// - Throws: `tooFewRows` unless n > p; `invalidInput` for a row of another length, a NaN or an infinity.
  /// - Complexity: O(n p²).
  public init(rows: [[Double]], targets: [Double], weights: [Double]? = nil) throws(NumericsError) {
    GSL.prepare()
    let count = rows.count
    let width = rows.first?.count ?? 0
    guard width > 0, count > width else { throw .tooFewRows(found: count, needed: width + 1) }
    let weights = weights ?? Array(repeating: 1, count: count)
    guard rows.allSatisfy({ $0.count == width }), targets.count == count, weights.count == count else {
      throw .invalidInput("least squares: rows, targets and weights differ in length")
    }
    guard rows.joined().allSatisfy(\.isFinite), targets.allSatisfy(\.isFinite),
      weights.allSatisfy({ $0.isFinite && $0 > 0 })
    else { throw .invalidInput("least squares: a value is not finite, or a weight is not positive") }

    let matrix = gsl_matrix_alloc(count, width)
    let y = gsl_vector_alloc(count)
    let w = gsl_vector_alloc(count)
    let beta = gsl_vector_alloc(width)
    let covariance = gsl_matrix_alloc(width, width)
    let workspace = gsl_multifit_linear_alloc(count, width)
    defer {
      gsl_matrix_free(matrix)
      gsl_vector_free(y)
      gsl_vector_free(w)
      gsl_vector_free(beta)
      gsl_matrix_free(covariance)
      gsl_multifit_linear_free(workspace)
    }
    for i in 0..<count {
      for k in 0..<width { gsl_matrix_set(matrix, i, k, rows[i][k]) }
      gsl_vector_set(y, i, targets[i])
      gsl_vector_set(w, i, weights[i])
    }
    var chiSquared = 0.0
    try GSL.check(
      gsl_multifit_wlinear(matrix, w, y, beta, covariance, &chiSquared, workspace), "gsl_multifit_wlinear")
    coefficients = (0..<width).map { gsl_vector_get(beta, $0) }
    inverseInformation = (0..<width).map { i in (0..<width).map { gsl_matrix_get(covariance, i, $0) } }
    residualSumOfSquares = chiSquared
  }
}
