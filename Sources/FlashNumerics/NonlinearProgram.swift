internal import CNLopt

/// A local minimum of f over a box, subject to c(x) ≤ 0 and h(x) = 0, by NLopt.
///
/// NLopt is linked as a shared library, which Debian ships alone: it needs no library but the C runtime, and loading it
/// takes a process 0.07 ms.
///
/// Sources: Kraft, DFVLR-FB 88-28, 1988 (SLSQP); Powell, "A direct search optimization method that models the objective
/// and constraint functions by linear interpolation", 1994 (COBYLA); Powell, DAMTP 2009/NA06 (BOBYQA); Johnson, The
/// NLopt nonlinear-optimization package.
public struct NonlinearProgram: Sendable {
  public enum Method: Sendable {
    /// SLSQP: quadratic models from derivatives; constraints.
    case sequentialQuadratic
    /// COBYLA: linear models from values alone; constraints.
    case linearModels
    /// BOBYQA: quadratic models from values alone; two variables or more, no constraints.
    case quadraticModels
  }

  public var method: Method
  /// The box; an end may be infinite.
  public var lower: [Double]
  public var upper: [Double]
  /// How many values follow f: first those of c, then those of h.
  public var inequalities: Int
  public var equalities: Int
  /// What each constraint may be off by, in c's own unit.
  public var constraintTolerance = 1e-9
  /// The search ends when a step is shorter in every variable.
  public var pointTolerance = 1e-8
  /// The search ends when a step changes f by a smaller part.
  public var relativeTolerance = 1e-14
  /// The length of the first step, where values alone are used.
  public var initialStep = 0.1
  /// The most times that values are asked for.
  public var maximumEvaluations = 1000

  public init(_ method: Method, lower: [Double], upper: [Double], inequalities: Int = 0, equalities: Int = 0) {
    self.method = method
    self.lower = lower
    self.upper = upper
    self.inequalities = inequalities
    self.equalities = equalities
  }

  /// Goes down from `start`. What is best is for the caller to keep: the last point may be neither the best nor feasible.
  ///
  /// - Parameters:
  ///   - values: f, c and h at a point; `nil` ends the search.
  ///   - jacobian: their derivatives, row by row; asked for where values were asked for last; `nil` ends the search.
  /// - Throws: `invalidInput` where sizes differ, the start lies outside the box or the method cannot take the problem.
  public func run(
    from start: [Double], values: @escaping ([Double]) -> [Double]?,
    jacobian: @escaping ([Double], [Double]) -> [Double]?
  ) throws(NumericsError) {
    let count = start.count
    guard count > 0, lower.count == count, upper.count == count,
      start.indices.allSatisfy({ lower[$0] <= start[$0] && start[$0] <= upper[$0] }),
      method != .quadraticModels || (count > 1 && inequalities + equalities == 0)
    else { throw .invalidInput("nonlinear program: found \(count) variables, or a start outside the box") }
    guard let program = nlopt_create(algorithm, UInt32(count)) else {
      throw .invalidInput("nonlinear program: NLopt made none of \(count) variables")
    }
    defer { nlopt_destroy(program) }
    let context = NonlinearContext(program, values, jacobian, count, inequalities, equalities)
    let data = Unmanaged.passUnretained(context).toOpaque()
    nlopt_set_lower_bounds(program, lower)
    nlopt_set_upper_bounds(program, upper)
    nlopt_set_xtol_abs1(program, pointTolerance)
    nlopt_set_ftol_rel(program, relativeTolerance)
    nlopt_set_maxeval(program, Int32(clamping: maximumEvaluations))
    if method != .sequentialQuadratic { nlopt_set_initial_step1(program, initialStep) }
    nlopt_set_min_objective(
      program,
      { _, point, gradient, data in NonlinearContext.from(data)?.objective(point, gradient) ?? .infinity }, data)
    if inequalities > 0 {
      let tolerances = [Double](repeating: constraintTolerance, count: inequalities)
      nlopt_add_inequality_mconstraint(
        program, UInt32(inequalities),
        { _, result, _, point, gradient, data in
          guard let context = NonlinearContext.from(data) else { return }
          context.constraints(point, result, gradient, from: 1, count: context.inequalities)
        }, data, tolerances)
    }
    if equalities > 0 {
      let tolerances = [Double](repeating: constraintTolerance, count: equalities)
      nlopt_add_equality_mconstraint(
        program, UInt32(equalities),
        { _, result, _, point, gradient, data in
          guard let context = NonlinearContext.from(data) else { return }
          context.constraints(point, result, gradient, from: 1 + context.inequalities, count: context.equalities)
        }, data, tolerances)
    }
    var point = start
    var value = 0.0
    // How it ended is no news: the caller has seen every point.
    _ = nlopt_optimize(program, &point, &value)
    withExtendedLifetime(context) {}
  }

  private var algorithm: nlopt_algorithm {
    switch method {
    case .sequentialQuadratic: NLOPT_LD_SLSQP
    case .linearModels: NLOPT_LN_COBYLA
    case .quadraticModels: NLOPT_LN_BOBYQA
    }
  }
}

/// What NLopt's callbacks share: NLopt asks for the objective and the constraints of one point apart.
private final class NonlinearContext {
  let program: nlopt_opt
  let values: ([Double]) -> [Double]?
  let jacobian: ([Double], [Double]) -> [Double]?
  let count: Int
  let inequalities: Int
  let equalities: Int
  private var point: [Double] = []
  private var found: [Double] = []
  private var slopes: [Double]?
  private var isOver = false

  init(
    _ program: nlopt_opt, _ values: @escaping ([Double]) -> [Double]?,
    _ jacobian: @escaping ([Double], [Double]) -> [Double]?, _ count: Int, _ inequalities: Int, _ equalities: Int
  ) {
    self.program = program
    self.values = values
    self.jacobian = jacobian
    self.count = count
    self.inequalities = inequalities
    self.equalities = equalities
  }

  static func from(_ data: UnsafeMutableRawPointer?) -> NonlinearContext? {
    data.map { Unmanaged<NonlinearContext>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Makes sure that the values at a point are known, and the derivatives where they are needed; false once it is over.
  private func know(_ coordinates: UnsafePointer<Double>, needsSlopes: Bool) -> Bool {
    guard !isOver else { return false }
    let asked = UnsafeBufferPointer(start: coordinates, count: count)
    if point.isEmpty || !zip(point, asked).allSatisfy({ $0 == $1 }) {
      point = Array(asked)
      slopes = nil
      guard let values = values(point) else { return end() }
      found = values
    }
    if needsSlopes, slopes == nil {
      guard let known = jacobian(point, found) else { return end() }
      slopes = known
    }
    return true
  }

  private func end() -> Bool {
    isOver = true
    nlopt_force_stop(program)
    return false
  }

  func objective(_ point: UnsafePointer<Double>?, _ gradient: UnsafeMutablePointer<Double>?) -> Double {
    guard let point, know(point, needsSlopes: gradient != nil) else { return .infinity }
    if let gradient, let slopes {
      for index in 0..<count { gradient[index] = slopes[index] }
    }
    return found[0]
  }

  func constraints(
    _ point: UnsafePointer<Double>?, _ result: UnsafeMutablePointer<Double>?,
    _ gradient: UnsafeMutablePointer<Double>?, from row: Int, count rows: Int
  ) {
    guard let point, let result else { return }
    guard know(point, needsSlopes: gradient != nil) else {
      for index in 0..<rows { result[index] = 0 }
      return
    }
    for index in 0..<rows { result[index] = found[row + index] }
    if let gradient, let slopes {
      for index in 0..<(rows * count) { gradient[index] = slopes[row * count + index] }
    }
  }
}
