@preconcurrency internal import CGSL

/// A curve y = f(x; parameters) that can be fitted: its value and its derivatives by each parameter.
public protocol DifferentiableCurve {
  /// How many parameters the curve has.
  var parameterCount: Int { get }
  /// The value at `x`.
  func value(at x: Double, _ parameters: [Double]) -> Double
  /// ∂value/∂parameter, one number per parameter.
  func gradient(at x: Double, _ parameters: [Double]) -> [Double]
  /// The values at every x and, where they are asked for, the derivatives, row by row: what a fit calls. By default made of
  /// the two above; a curve that can do better at many points says so here.
  func evaluate(_ parameters: [Double], at x: [Double], values: inout [Double], jacobian: inout [Double]?)
  /// Whether a fit that came here may go on; everywhere by default.
  func admits(_ parameters: [Double]) -> Bool
}

extension DifferentiableCurve {
  public func evaluate(_ parameters: [Double], at x: [Double], values: inout [Double], jacobian: inout [Double]?) {
    for i in x.indices { values[i] = value(at: x[i], parameters) }
    guard jacobian != nil else { return }
    for i in x.indices {
      for (k, slope) in gradient(at: x[i], parameters).enumerated() { jacobian?[i * parameterCount + k] = slope }
    }
  }

  public func admits(_ parameters: [Double]) -> Bool { true }
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
  /// Whether GSL's tests on step and gradient were met, at a point that the curve admits.
  public let converged: Bool

  /// What GSL's callbacks, which can capture nothing, receive through `params`.
  private final class Context {
    let x: [Double]
    let y: [Double]
    let curve: any DifferentiableCurve
    var values: [Double]
    var jacobian: [Double]?

    init(_ curve: any DifferentiableCurve, x: [Double], y: [Double]) {
      self.x = x
      self.y = y
      self.curve = curve
      values = x
      jacobian = Array(repeating: 0, count: x.count * curve.parameterCount)
    }

    static func from(_ pointer: UnsafeMutableRawPointer?) -> Context? {
      pointer.map { Unmanaged<Context>.fromOpaque($0).takeUnretainedValue() }
    }

    static func parameters(_ vector: UnsafePointer<gsl_vector>?) -> [Double] {
      (0..<(vector?.pointee.size ?? 0)).map { gsl_vector_get(vector, $0) }
    }

    func residuals(_ point: UnsafePointer<gsl_vector>?, _ residuals: UnsafeMutablePointer<gsl_vector>?) {
      var none: [Double]?
      curve.evaluate(Self.parameters(point), at: x, values: &values, jacobian: &none)
      for i in x.indices { gsl_vector_set(residuals, i, values[i] - y[i]) }
    }

    func derivatives(_ point: UnsafePointer<gsl_vector>?, _ matrix: UnsafeMutablePointer<gsl_matrix>?) {
      curve.evaluate(Self.parameters(point), at: x, values: &values, jacobian: &jacobian)
      guard let jacobian else { return }
      let width = curve.parameterCount
      for i in x.indices { for k in 0..<width { gsl_matrix_set(matrix, i, k, jacobian[i * width + k]) } }
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
    let status = try Self.drive(
      workspace, &functions, curve, weights: weights, start: start, iterations: iterations)
    // GSL evaluates the curve until here.
    withExtendedLifetime(context) {}
    try GSL.check(
      gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(workspace), 0, covariance), "gsl_multifit_nlinear_covar")
    let found = gsl_multifit_nlinear_position(workspace)
    let result = (0..<width).map { gsl_vector_get(found, $0) }
    self.parameters = result
    inverseInformation = (0..<width).map { i in (0..<width).map { gsl_matrix_get(covariance, i, $0) } }
    var none: [Double]?
    curve.evaluate(result, at: x, values: &context.values, jacobian: &none)
    var squares = 0.0
    for i in x.indices {
      let residual = y[i] - context.values[i]
      squares += weights[i] * residual * residual
    }
    residualSumOfSquares = squares
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
      context.residuals(point, residuals)
      return Int32(GSL_SUCCESS)
    }
    functions.df = { point, data, jacobian in
      guard let context = Context.from(data) else { return Int32(GSL_EFAULT) }
      context.derivatives(point, jacobian)
      return Int32(GSL_SUCCESS)
    }
    return functions
  }

  /// Runs the solver from `start` until it converges or the curve does not admit where it came to; returns its code, one of
  /// those with which it may stop at the minimum.
  private static func drive(
    _ workspace: UnsafeMutablePointer<gsl_multifit_nlinear_workspace>, _ functions: inout gsl_multifit_nlinear_fdf,
    _ curve: any DifferentiableCurve, weights: [Double], start: [Double], iterations: Int
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
        status = Int32(GSL_EMAXITER)
        for _ in 0..<iterations {
          let step = gsl_multifit_nlinear_iterate(workspace)
          guard step == Int32(GSL_SUCCESS) else {
            status = step
            break
          }
          guard curve.admits(Context.parameters(gsl_multifit_nlinear_position(workspace))) else { break }
          let test = gsl_multifit_nlinear_test(1e-12, 1e-12, 0, &info, workspace)
          guard test == Int32(GSL_CONTINUE) else {
            status = test
            break
          }
        }
      }
    }
    if let firstError { throw firstError }
    // The solver stops with ENOPROG or EMAXITER at a point that may still be the minimum: `converged` says which.
    guard [GSL_SUCCESS, GSL_ENOPROG, GSL_EMAXITER].contains(where: { Int32($0) == status }) else {
      throw .gsl(code: status, routine: "gsl_multifit_nlinear_iterate")
    }
    return status
  }
}
