@preconcurrency internal import CGSL

/// A local minimum of a function of several variables, by GSL's BFGS (`gsl_multimin_fdfminimizer_vector_bfgs2`).
public struct QuasiNewtonMinimum: Sendable {
  public let point: [Double]
  public let value: Double

  private final class Context {
    let function: ([Double]) -> (value: Double, gradient: [Double])

    init(_ function: @escaping ([Double]) -> (value: Double, gradient: [Double])) { self.function = function }

    static func evaluate(
      _ point: UnsafePointer<gsl_vector>?, _ data: UnsafeMutableRawPointer?
    ) -> (value: Double, gradient: [Double])? {
      guard let data, let point else { return nil }
      let context = Unmanaged<Context>.fromOpaque(data).takeUnretainedValue()
      return context.function((0..<point.pointee.size).map { gsl_vector_get(point, $0) })
    }
  }

  /// Goes down from `start` until the gradient's norm is below `tolerance`, no step goes down further, or `iterations`
  /// are done: what was best is returned.
  ///
  /// - Parameters:
  ///   - step: the length of the first step.
  ///   - function: the value and the gradient at a point; ∞ where there is none.
  /// - Throws: `invalidInput` where the start has no finite value.
  public init(
    from start: [Double], step: Double, tolerance: Double = 1e-6, iterations: Int = 100,
    _ function: @escaping ([Double]) -> (value: Double, gradient: [Double])
  ) throws(NumericsError) {
    GSL.prepare()
    let first = function(start)
    guard !start.isEmpty, first.value.isFinite, first.gradient.allSatisfy(\.isFinite) else {
      throw .invalidInput("minimum: the start has no finite value")
    }
    let count = start.count
    guard let minimiser = gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, count),
      let begin = gsl_vector_alloc(count)
    else { throw .gsl(code: Int32(GSL_ENOMEM), routine: "gsl_multimin_fdfminimizer_alloc") }
    defer {
      gsl_multimin_fdfminimizer_free(minimiser)
      gsl_vector_free(begin)
    }
    for (index, value) in start.enumerated() { gsl_vector_set(begin, index, value) }
    let context = Context(function)
    var functions = Self.functions(count, context)
    try GSL.check(
      gsl_multimin_fdfminimizer_set(minimiser, &functions, begin, step, 0.1), "gsl_multimin_fdfminimizer_set")
    for _ in 0..<iterations {
      // No progress: the line search found nothing lower.
      guard gsl_multimin_fdfminimizer_iterate(minimiser) == Int32(GSL_SUCCESS) else { break }
      if gsl_multimin_test_gradient(gsl_multimin_fdfminimizer_gradient(minimiser), tolerance) == Int32(GSL_SUCCESS) {
        break
      }
    }
    withExtendedLifetime(context) {}
    let found = gsl_multimin_fdfminimizer_x(minimiser)
    let reached = gsl_multimin_fdfminimizer_minimum(minimiser)
    let isLower = reached <= first.value
    point = isLower ? (0..<count).map { gsl_vector_get(found, $0) } : start
    value = isLower ? reached : first.value
  }

  private static func functions(_ count: Int, _ context: Context) -> gsl_multimin_function_fdf {
    var functions = gsl_multimin_function_fdf()
    functions.n = count
    functions.params = Unmanaged.passUnretained(context).toOpaque()
    functions.f = { point, data in Context.evaluate(point, data)?.value ?? .infinity }
    functions.df = { point, data, gradient in
      for (index, slope) in (Context.evaluate(point, data)?.gradient ?? []).enumerated() {
        gsl_vector_set(gradient, index, slope)
      }
    }
    functions.fdf = { point, data, value, gradient in
      guard let found = Context.evaluate(point, data) else { return }
      value?.pointee = found.value
      for (index, slope) in found.gradient.enumerated() { gsl_vector_set(gradient, index, slope) }
    }
    return functions
  }
}
