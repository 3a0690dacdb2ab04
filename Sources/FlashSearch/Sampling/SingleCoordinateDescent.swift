/// NetAdapt's descent: every variable proposes its own shrink, the one that loses least for what it saves is kept.
///
/// From the largest network, iteration i has to save R₀·decay^(i−1) of its cost. Each variable in turn is lowered until
/// that is saved; the proposals are scored; the least (loss + 1e-6) / (saved cost + 1e-5) is where the next iteration
/// begins. Nothing is random.
///
/// Requirements: costs that fall with a variable; where a lower value saves nothing, the variable is left alone. Costs are
/// free. Deviations from the paper: variables in place of layers' filters; a variable that cannot save enough proposes its
/// least value; no training between iterations; the descent goes on below the bounds on costs, since the objective may
/// reward it, and ends where no variable saves anything, `converged`. In lattices of coarse steps it gets below the 37.5 %
/// at which the schedule alone would stop.
///
/// Source: Yang, Howard, Chen, Zhang, Go, Sandler, Sze, Adam, "NetAdapt: Platform-Aware Neural Network Adaptation for
/// Mobile Applications", ECCV 2018.
public struct SingleCoordinateDescent: ShrinkingStrategy {
  public static let name = "scd"

  public var schedule = ReductionSchedule()
  public var seed: UInt64 = 0

  public init() {}

  /// - Complexity: O(variables) scores an iteration, O(Σ log values) costs.
  public func run<Problem: ScreenedProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport {
    var descent = Shrinking(problem, rule, schedule, seed: seed, stream: 0x5C)
    while descent.session.isRunning {
      let target = descent.cost - descent.reduction
      let proposals = descent.axes.map { descent.shrunk(descent.point, $0, to: target) }
      guard descent.step(to: proposals) else { break }
    }
    return descent.session.report(Self.name)
  }
}
