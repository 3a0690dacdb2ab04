internal import FlashSearch
internal import Synchronization

/// A caller's problem of integers alone, as strategies over lattices search it.
///
/// A class, and locked: a strategy asks for scores that cannot fail, so the first failure is kept, and stops the search.
final class IntegerCallbacks: IntegerProblem, @unchecked Sendable {
  let variables: [IntegerVariable]
  private let problem: MinimizationProblem<Fault>
  private let tolerance: Double
  private let failure = Mutex<Fault?>(nil)

  /// - Throws: `Fault` where a variable is real, or too many are free.
  init(_ problem: MinimizationProblem<Fault>, tolerance: Double) throws(Fault) {
    var variables: [IntegerVariable] = []
    for (index, variable) in problem.variables.enumerated() {
      guard case .integer(let range) = variable else {
        throw .usage("method: hierarchical, found the real variable \(index), allowed integers alone")
      }
      variables.append(IntegerVariable(name: "x\(index)", lower: range.lowerBound, upper: range.upperBound, step: 1))
    }
    let free = variables.count { $0.count > 1 }
    guard free <= HierarchicalSHGO.maximumDimension else {
      throw .usage(
        "method: hierarchical, found \(free) variables that are not fixed, allowed \(HierarchicalSHGO.maximumDimension)"
      )
    }
    self.variables = variables
    self.problem = problem
    self.tolerance = tolerance
  }

  func canonical(_ point: [Int]) -> [Int] { point }

  func score(_ point: [Int]) -> Score {
    guard failure.withLock({ $0 == nil }) else { return .none }
    do throws(Fault) {
      let x = point.map(Double.init)
      var violation = 0.0
      for value in try problem.inequalities?(x) ?? [] { violation += excess(value) }
      for value in try problem.equalities?(x) ?? [] { violation += excess(abs(value)) }
      let objective = try problem.objective(x)
      return Score(objective: objective.isFinite ? objective : .nan, violation: violation)
    } catch {
      failure.withLock { $0 = error }
      return .none
    }
  }

  private func excess(_ value: Double) -> Double { value.isFinite ? (value <= tolerance ? 0 : value) : .infinity }

  /// - Throws: the first failure of a callback.
  func run(_ options: MinimizationOptions) throws(Fault) -> SearchReport {
    var rule = options.rule
    let isInterrupted = rule.isInterrupted
    rule.isInterrupted = { [self] in failure.withLock { $0 != nil } || isInterrupted() }
    var strategy = HierarchicalSHGO()
    strategy.seed = options.shgo.seed
    let report = strategy.run(self, stopping: rule)
    if let fault = failure.withLock({ $0 }) { throw fault }
    return report
  }
}
