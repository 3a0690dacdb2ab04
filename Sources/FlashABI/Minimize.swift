internal import CFlashNAS
internal import FlashSearch

/// What a minimisation found.
private final class Found: Handle {
  struct Point {
    let x: [Double]
    /// NaN where f was not asked for.
    let value: Double
    let violation: Double
  }

  let status: CInt
  /// The best one first.
  let points: [Point]
  let evaluations: Int
  let iterations: Int

  init(status: CInt, points: [Point], evaluations: Int, iterations: Int) {
    self.status = status
    self.points = points
    self.evaluations = evaluations
    self.iterations = iterations
  }

  /// - Throws: `Fault` for a problem that cannot be searched.
  convenience init(_ report: MinimizationReport) throws(Fault) {
    let minima = report.minima.filter { $0.point != report.best?.point }
    let points = ((report.best.map { [$0] } ?? []) + minima).map {
      Point(x: $0.point, value: $0.objective, violation: $0.violation)
    }
    self.init(
      status: try Self.code(report.status), points: points,
      evaluations: report.evaluations, iterations: report.levels.count)
  }

  private static func code(_ status: MinimizationStatus) throws(Fault) -> CInt {
    switch status {
    case .converged: FLASHNAS_DONE
    case .target: FLASHNAS_TARGET
    case .iterations: FLASHNAS_ITERATIONS
    case .budget: FLASHNAS_BUDGET
    case .timeLimit: FLASHNAS_TIME_LIMIT
    case .interrupted: FLASHNAS_INTERRUPTED
    case .noFeasiblePoint: FLASHNAS_INFEASIBLE
    case .unbounded: FLASHNAS_UNBOUNDED
    case .invalid(let fault): throw .usage(fault.description)
    }
  }
}

@_cdecl("flashnas_minimize")
public func minimize(
  _ problem: UnsafeMutableRawPointer?, _ options: UnsafeRawPointer?,
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> CInt {
  result?.pointee = nil
  guard let problem = Problem.of(problem) else { return FLASHNAS_USAGE }
  return problem.run {
    guard let result else { throw Fault.usage("result: NULL, allowed a place for it") }
    guard options == nil || Options.of(options) != nil else { throw Fault.usage("options: another kind of handle") }
    let found = try found(problem.parts.problem(), Options.of(options)?.all ?? MinimizationOptions())
    result.pointee = found.retained()
    return found.status
  }
}

private func found(_ problem: MinimizationProblem<Fault>, _ options: MinimizationOptions) throws -> Found {
  guard options.isHierarchical else { return try Found(options.shgo.run(problem, stopping: options.rule)) }
  let integers = try IntegerCallbacks(problem, tolerance: options.shgo.constraintTolerance)
  let report = try integers.run(options)
  let best = Found.Point(
    x: report.point.map(Double.init), value: report.score.objective, violation: report.score.violation)
  let status =
    switch report.termination {
    case .iterations: FLASHNAS_ITERATIONS
    case .budget: FLASHNAS_BUDGET
    case .timeLimit: FLASHNAS_TIME_LIMIT
    case .interrupted: FLASHNAS_INTERRUPTED
    case .optimal, .infeasible, .converged: report.score.isFeasible ? FLASHNAS_DONE : FLASHNAS_INFEASIBLE
    }
  return Found(status: status, points: [best], evaluations: report.evaluations, iterations: report.levels.count)
}

@_cdecl("flashnas_result_free")
public func resultFree(_ result: UnsafeMutableRawPointer?) { Handle.release(result) }

@_cdecl("flashnas_result_status")
public func resultStatus(_ result: UnsafeRawPointer?) -> CInt { Found.of(result)?.status ?? FLASHNAS_USAGE }

@_cdecl("flashnas_result_count")
public func resultCount(_ result: UnsafeRawPointer?) -> Int { Found.of(result)?.points.count ?? 0 }

@_cdecl("flashnas_result_evaluations")
public func resultEvaluations(_ result: UnsafeRawPointer?) -> Int64 { Int64(Found.of(result)?.evaluations ?? 0) }

@_cdecl("flashnas_result_iterations")
public func resultIterations(_ result: UnsafeRawPointer?) -> Int64 { Int64(Found.of(result)?.iterations ?? 0) }

@_cdecl("flashnas_result_point")
public func resultPoint(
  _ result: UnsafeRawPointer?, _ index: Int, _ x: UnsafeMutablePointer<Double>?,
  _ value: UnsafeMutablePointer<Double>?, _ violation: UnsafeMutablePointer<Double>?
) -> CInt {
  guard let found = Found.of(result) else { return FLASHNAS_USAGE }
  return found.run {
    guard found.points.indices.contains(index) else {
      throw Fault.usage("point: found \(UInt(bitPattern: index)), allowed below \(found.points.count)")
    }
    let point = found.points[index]
    if let x { for (place, coordinate) in point.x.enumerated() { x[place] = coordinate } }
    value?.pointee = point.value
    violation?.pointee = point.violation
    return FLASHNAS_DONE
  }
}
