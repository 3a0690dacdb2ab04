@preconcurrency internal import CGSL

/// A curve y = f(x; parameters) that can be fitted: its value and its derivatives by each parameter.
public protocol DifferentiableCurve {
  /// How many parameters the curve has.
  var parameterCount: Int { get }
  /// The value at `x`.
  func value(at x: Double, _ parameters: [Double]) -> Double
  /// ∂value/∂parameter, one number per parameter.
  func gradient(at x: Double, _ parameters: [Double]) -> [Double]
}

/// A local minimum of Σ wᵢ (yᵢ − f(xᵢ))², found by GSL's trust-region solver with Levenberg–Marquardt steps.
///
/// Requirements: n > p, finite data, positive weights, a start at which the curve is finite.
public struct NonlinearFit: Sendable {
  /// The parameters at the minimum.
  public let parameters: [Double]
  /// (JᵀWJ)⁻¹, row by row; times the variance of unit weight it is the parameters' covariance.
  public let inverseInformation: [[Double]]
  /// Σ weight · residual².
  public let residualSumOfSquares: Double
  /// Whether GSL's tests on step and gradient were met.
  public let converged: Bool

  /// What GSL's callbacks, which can capture nothing, receive through `params`.
  private final class Context {
    let x: [Double]
    let y: [Double]
    let curve: any DifferentiableCurve

    init(_ curve: any DifferentiableCurve, x: [Double], y: [Double]) {
      self.x = x
      self.y = y
      self.curve = curve
    }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> Context? {
      pointer.map { Unmanaged<Context>.fromOpaque($0).takeUnretainedValue() }
    }

    static func parameters(_ vector: UnsafePointer<gsl_vector>?) -> [Double] {
      (0..<(vector?.pointee.size ?? 0)).map { gsl_vector_get(vector, $0) }
    }
  }

  /// - Throws: `tooFewRows`, `invalidInput`, or GSL's own code when a step could not be taken.
  public init(
    _ curve: any DifferentiableCurve, x: [Double], y: [Double], weights: [Double], start: [Double],
    iterations: Int = 200
  ) throws(NumericsError) {
    GSL.prepare()
    try Self.check(curve, x: x, y: y, weights: weights, start: start)
    let (count, width) = (x.count, curve.parameterCount)
    var parameters = gsl_multifit_nlinear_default_parameters()
    parameters.trs = gsl_multifit_nlinear_trs_lm
    guard let workspace = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, count, width) else {
      throw .gsl(code: Int32(GSL_ENOMEM), routine: "gsl_multifit_nlinear_alloc")
    }
    let covariance = gsl_matrix_alloc(width, width)
    defer {
      gsl_multifit_nlinear_free(workspace)
      gsl_matrix_free(covariance)
    }
    let context = Context(curve, x: x, y: y)
    var functions = Self.functions(context)
    let status = try Self.drive(workspace, &functions, weights: weights, start: start, iterations: iterations)
    // GSL evaluates the curve until here.
    withExtendedLifetime(context) {}
    try GSL.check(
      gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(workspace), 0, covariance), "gsl_multifit_nlinear_covar")
    let found = gsl_multifit_nlinear_position(workspace)
    let result = (0..<width).map { gsl_vector_get(found, $0) }
    self.parameters = result
    inverseInformation = (0..<width).map { i in (0..<width).map { gsl_matrix_get(covariance, i, $0) } }
    residualSumOfSquares = zip(zip(x, y), weights).reduce(0) { sum, row in
      let residual = row.0.1 - curve.value(at: row.0.0, result)
      return sum + row.1 * residual * residual
    }
    converged = status == Int32(GSL_SUCCESS)
  }

  private static func check(
    _ curve: any DifferentiableCurve, x: [Double], y: [Double], weights: [Double], start: [Double]
  ) throws(NumericsError) {
    let (count, width) = (x.count, curve.parameterCount)
    guard count > width else { throw .tooFewRows(found: count, needed: width + 1) }
    guard y.count == count, weights.count == count, start.count == width else {
      throw .invalidInput("curve fit: data, weights or start differ in length")
    }
    guard (x + y + start).allSatisfy(\.isFinite), weights.allSatisfy({ $0.isFinite && $0 > 0 }),
      x.allSatisfy({ curve.value(at: $0, start).isFinite })
    else { throw .invalidInput("curve fit: a value is not finite, or a weight is not positive") }
  }

  /// Residuals and Jacobian as GSL asks for them. They refer to the context without keeping it alive.
  private static func functions(_ context: Context) -> gsl_multifit_nlinear_fdf {
    var functions = gsl_multifit_nlinear_fdf()
    functions.n = context.x.count
    functions.p = context.curve.parameterCount
    functions.params = Unmanaged.passUnretained(context).toOpaque()
    functions.f = { point, data, residuals in
      guard let context = Context.from(data) else { return Int32(GSL_EFAULT) }
      let parameters = Context.parameters(point)
      for i in context.x.indices {
        gsl_vector_set(residuals, i, context.curve.value(at: context.x[i], parameters) - context.y[i])
      }
      return Int32(GSL_SUCCESS)
    }
    functions.df = { point, data, jacobian in
      guard let context = Context.from(data) else { return Int32(GSL_EFAULT) }
      let parameters = Context.parameters(point)
      for i in context.x.indices {
        for (k, slope) in context.curve.gradient(at: context.x[i], parameters).enumerated() {
          gsl_matrix_set(jacobian, i, k, slope)
        }
      }
      return Int32(GSL_SUCCESS)
    }
    return functions
  }

  /// Runs the solver from `start`; returns its code, one of those with which it may stop at the minimum.
  private static func drive(
    _ workspace: UnsafeMutablePointer<gsl_multifit_nlinear_workspace>, _ functions: inout gsl_multifit_nlinear_fdf,
    weights: [Double], start: [Double], iterations: Int
  ) throws(NumericsError) -> Int32 {
    var status: Int32 = 0
    var info: Int32 = 0
    var firstError: NumericsError?
    start.withUnsafeBufferPointer { start in
      weights.withUnsafeBufferPointer { weights in
        var startView = gsl_vector_const_view_array(start.baseAddress, start.count)
        var weightView = gsl_vector_const_view_array(weights.baseAddress, weights.count)
        let code = gsl_multifit_nlinear_winit(&startView.vector, &weightView.vector, &functions, workspace)
        guard code == Int32(GSL_SUCCESS) else {
          firstError = .gsl(code: code, routine: "gsl_multifit_nlinear_winit")
          return
        }
        status = gsl_multifit_nlinear_driver(iterations, 1e-12, 1e-12, 0, nil, nil, &info, workspace)
      }
    }
    if let firstError { throw firstError }
    // The driver stops with ENOPROG or EMAXITER at a point that may still be the minimum: `converged` says which.
    guard [GSL_SUCCESS, GSL_ENOPROG, GSL_EMAXITER].contains(where: { Int32($0) == status }) else {
      throw .gsl(code: status, routine: "gsl_multifit_nlinear_driver")
    }
    return status
  }
}
