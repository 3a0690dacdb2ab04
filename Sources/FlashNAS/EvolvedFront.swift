public import FlashSearch

/// Finds a front where bounds over sub-boxes are not known, and so no point can be proved: by NSGA-II over all quantities at
/// once.
public struct EvolvedFront {
  private let quantities: [Quantity]
  private let problem: FrontProblem
  /// Seed of every random choice.
  public var seed: UInt64 = 0

  /// - Parameter problem: whose bounds every design keeps; its objective does not count.
  /// - Precondition: at least two quantities, each once.
  public init(_ quantities: [Quantity], of problem: WorstCase) {
    precondition(quantities.count >= 2 && Set(quantities).count == quantities.count, "two quantities or more")
    self.quantities = quantities
    self.problem = FrontProblem(quantities: quantities, problem: problem.prepared())
  }

  /// The front of all designs that were evaluated, thinned out to so many points; all where none is given. None is proved.
  public func front(points: Int?, stopping rule: StoppingRule) -> (front: ParetoFront, search: FrontReport) {
    var search = NSGA2()
    search.seed = seed
    let report = search.run(problem, stopping: rule)
    let found = report.front
    let kept = points.map { NSGA2.spread(found.map(\.objectives), count: $0) } ?? Array(found.indices)
    let entries = kept.map { index in
      ParetoFront.Entry(
        point: found[index].point, values: zip(quantities, found[index].objectives).map { $0.isMaximised ? -$1 : $1 },
        isProved: false)
    }
    return (ParetoFront(quantities: quantities, entries: entries, isComplete: false), report)
  }
}

/// A design problem whose objectives are quantities, negated where more is better.
private struct FrontProblem: MultiObjectiveProblem {
  let quantities: [Quantity]
  let problem: WorstCase

  var variables: [IntegerVariable] { problem.variables }
  func canonical(_ point: [Int]) -> [Int] { problem.canonical(point) }

  func evaluate(_ point: [Int]) -> MultiScore {
    let violation = problem.violations(point).reduce(0, +)
    let values = quantities.map { problem.value(of: $0, at: point) }
    return MultiScore(objectives: zip(quantities, values).map { $0.isMaximised ? -$1 : $1 }, violation: violation)
  }
}
