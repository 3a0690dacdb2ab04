internal import CFlashNAS
internal import FlashSearch
internal import Synchronization

/// The most variables, and the most values of constraints (chosen): a size beyond it is a mistake, not a problem.
let sizeLimit = 10_000

typealias Objective =
  @convention(c) (
    Int, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?
  ) -> CInt

typealias Constraints =
  @convention(c) (
    Int, UnsafePointer<Double>?, Int, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?
  ) -> CInt

/// What a caller's problem is made of.
struct ProblemParts: @unchecked Sendable {
  var lower: [Double]
  var upper: [Double]
  var isInteger: [Bool]
  var objective: (call: Objective, data: UnsafeMutableRawPointer?)?
  var inequalities: (count: Int, call: Constraints, data: UnsafeMutableRawPointer?)?
  var equalities: (count: Int, call: Constraints, data: UnsafeMutableRawPointer?)?

  init(variables count: Int) {
    lower = Array(repeating: -.infinity, count: count)
    upper = Array(repeating: .infinity, count: count)
    isInteger = Array(repeating: false, count: count)
  }

  /// The problem in standard form.
  ///
  /// - Throws: `Fault` without an objective, and for bounds that hold no value.
  func problem() throws(Fault) -> MinimizationProblem<Fault> {
    guard let objective else { throw .usage("objective: missing, allowed flashnas_problem_set_objective") }
    return MinimizationProblem(
      try variables(),
      objective: { (x) throws(Fault) in
        var value = Double.nan
        guard objective.call(x.count, x, &value, objective.data) == 0 else { throw .callback }
        return value
      }, inequalities: inequalities.map(Self.values), equalities: equalities.map(Self.values))
  }

  private static func values(
    of constraints: (count: Int, call: Constraints, data: UnsafeMutableRawPointer?)
  ) -> MinimizationProblem<Fault>.Constraints {
    { (x) throws(Fault) in
      var values = [Double](repeating: .nan, count: constraints.count)
      guard constraints.call(x.count, x, values.count, &values, constraints.data) == 0 else { throw .callback }
      return values
    }
  }

  private func variables() throws(Fault) -> [SearchVariable] {
    guard !lower.isEmpty else { throw .usage("variables: found none, allowed 1 to \(sizeLimit)") }
    var variables: [SearchVariable] = []
    for index in lower.indices { variables.append(try variable(index)) }
    return variables
  }

  private func variable(_ index: Int) throws(Fault) -> SearchVariable {
    let (lower, upper) = (lower[index], upper[index])
    guard lower <= upper, lower < .infinity, upper > -.infinity else {
      throw .usage("bounds[\(index)]: no value, found \(lower) to \(upper), allowed a lower end and one not below it")
    }
    guard isInteger[index] else { return .real(lower...upper) }
    let (first, last) = (lower.rounded(.up), upper.rounded(.down))
    let largest = 9_007_199_254_740_992.0
    guard -largest <= first, first <= last, last <= largest else {
      throw .usage("bounds[\(index)]: an integer, found \(lower) to \(upper), allowed ends within ±2^53 around one")
    }
    return .integer(Int(first)...Int(last))
  }
}

/// The caller's functions, with bounds.
final class Problem: Handle {
  private let state: Mutex<ProblemParts>

  init(variables count: Int) { state = Mutex(ProblemParts(variables: count)) }

  var parts: ProblemParts { state.withLock { $0 } }

  func change(_ body: (inout ProblemParts) -> Void) { state.withLock { body(&$0) } }
}

@_cdecl("flashnas_problem_create")
public func problemCreate(_ variables: Int) -> UnsafeMutableRawPointer? {
  0...sizeLimit ~= variables ? Problem(variables: variables).retained() : nil
}

@_cdecl("flashnas_problem_free")
public func problemFree(_ problem: UnsafeMutableRawPointer?) { Handle.release(problem) }

@_cdecl("flashnas_problem_set_bounds")
public func problemSetBounds(
  _ problem: UnsafeMutableRawPointer?, _ lower: UnsafePointer<Double>?, _ upper: UnsafePointer<Double>?
) -> CInt {
  guard let problem = Problem.of(problem) else { return FLASHNAS_USAGE }
  return problem.run {
    guard let lower, let upper else { throw Fault.usage("bounds: NULL, allowed both ends") }
    problem.change { parts in
      let count = parts.lower.count
      parts.lower = Array(UnsafeBufferPointer(start: lower, count: count))
      parts.upper = Array(UnsafeBufferPointer(start: upper, count: count))
    }
    return FLASHNAS_DONE
  }
}

@_cdecl("flashnas_problem_set_integers")
public func problemSetIntegers(_ problem: UnsafeMutableRawPointer?, _ mask: UnsafePointer<UInt8>?) -> CInt {
  guard let problem = Problem.of(problem) else { return FLASHNAS_USAGE }
  return problem.run {
    guard let mask else { throw Fault.usage("integers: NULL, allowed a byte for every variable") }
    problem.change { parts in
      parts.isInteger = UnsafeBufferPointer(start: mask, count: parts.isInteger.count).map { $0 != 0 }
    }
    return FLASHNAS_DONE
  }
}

@_cdecl("flashnas_problem_set_objective")
public func problemSetObjective(
  _ problem: UnsafeMutableRawPointer?,
  _ objective: (
    @convention(c) (Int, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?) -> CInt
  )?, _ data: UnsafeMutableRawPointer?
) -> CInt {
  guard let problem = Problem.of(problem) else { return FLASHNAS_USAGE }
  return problem.run {
    guard let objective else { throw Fault.usage("objective: NULL, allowed a function") }
    let data = Caller(data)
    problem.change { $0.objective = (objective, data.pointer) }
    return FLASHNAS_DONE
  }
}

@_cdecl("flashnas_problem_set_inequalities")
public func problemSetInequalities(
  _ problem: UnsafeMutableRawPointer?, _ count: Int,
  _ constraints: (
    @convention(c) (Int, UnsafePointer<Double>?, Int, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?) -> CInt
  )?, _ data: UnsafeMutableRawPointer?
) -> CInt { setConstraints(problem, count, constraints, data, \.inequalities) }

@_cdecl("flashnas_problem_set_equalities")
public func problemSetEqualities(
  _ problem: UnsafeMutableRawPointer?, _ count: Int,
  _ constraints: (
    @convention(c) (Int, UnsafePointer<Double>?, Int, UnsafeMutablePointer<Double>?, UnsafeMutableRawPointer?) -> CInt
  )?, _ data: UnsafeMutableRawPointer?
) -> CInt { setConstraints(problem, count, constraints, data, \.equalities) }

private func setConstraints(
  _ problem: UnsafeMutableRawPointer?, _ count: Int, _ constraints: Constraints?, _ data: UnsafeMutableRawPointer?,
  _ place: WritableKeyPath<ProblemParts, (count: Int, call: Constraints, data: UnsafeMutableRawPointer?)?>
) -> CInt {
  guard let problem = Problem.of(problem) else { return FLASHNAS_USAGE }
  return problem.run {
    guard 0...sizeLimit ~= count else {
      throw Fault.usage("constraints: found \(UInt(bitPattern: count)), allowed 0 to \(sizeLimit)")
    }
    guard count == 0 || constraints != nil else { throw Fault.usage("constraints: NULL, allowed a function") }
    let data = Caller(data)
    problem.change { parts in
      parts[keyPath: place] = constraints.flatMap { count == 0 ? nil : (count, $0, data.pointer) }
    }
    return FLASHNAS_DONE
  }
}

/// A pointer that is the caller's, and only handed back.
struct Caller: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer?

  init(_ pointer: UnsafeMutableRawPointer?) { self.pointer = pointer }
}
