import FlashAccuracy
import FlashFormats
import FlashHardware
import FlashNAS
import FlashSearch
import Foundation

/// Design problems as `flashnas search` solves them, on `systolic-ws-32x32` or its variants.
struct DesignProblems {
  /// The accuracy model of `dense3-fashion`; its NN-Degree is read in other spaces too.
  private let predictor: AccuracyModel
  private let profile: HardwareProfile
  private let fitted: FittedHardware
  private let codesign: HardwareSpace

  init() throws {
    predictor = try AccuracyModelFile.read("../datasets/fashion-mnist-dense3/predictor.json")
    profile = try HardwareProfileFile.read("../hardware-profiles/systolic-ws-32x32.yaml")
    guard let fitted = profile.fitted,
      let codesign = try HardwareProfileFile.read("../hardware-profiles/systolic-codesign.yaml").space
    else { throw BenchmarkError("hardware-profiles: expected fitted costs and free parameters") }
    self.fitted = fitted
    self.codesign = codesign
  }

  static let simulated = "simulated"
  static let costs = [simulated, "fitted"]

  func model(_ costs: String, in space: SearchSpace) throws -> PerformanceModel {
    guard let simulator = profile.simulator else { throw BenchmarkError("\(profile.name): no simulator") }
    return try PerformanceModel(
      predictor: predictor, costs: costs == Self.simulated ? .simulated(simulator) : .fitted(fitted), in: space)
  }

  func problem(
    _ costs: String, in space: SearchSpace, _ objective: Objective, _ bounds: [Bound]
  ) throws -> DesignProblem {
    try DesignProblem(space: space, model: model(costs, in: space), objective: objective, bounds: bounds)
  }

  /// The question of a file, without reading models again: what makes its problem.
  func shipped(_ name: String, _ costs: String = simulated) throws -> () throws -> DesignProblem {
    let file = try ProblemFile(reading: "../problems/\(name).yaml")
    let space = try SearchSpace.named(file.space)
    let model = try model(costs, in: space)
    return {
      try DesignProblem(
        space: space, model: model, objective: file.objective, bounds: file.bounds,
        hardware: name == "codesign" ? HardwareBox(codesign) : nil)
    }
  }

  static func objective(_ text: String, _ direction: Objective.Direction = .maximize) throws -> Objective {
    Objective(expression: try Expression(text), direction: direction)
  }

  static func atLeast(_ quantity: Quantity, _ limit: Double) -> Bound {
    Bound(quantity: quantity, relation: .atLeast, limit: limit)
  }

  static func atMost(_ quantity: Quantity, _ limit: Double) -> Bound {
    Bound(quantity: quantity, relation: .atMost, limit: limit)
  }

  /// What `flashnas search` does: the fast proof where it applies, else branch and bound from a hierarchical search.
  static func prove(_ problem: DesignProblem, limit: Duration) -> SearchReport {
    let rule = StoppingRule(deadline: ContinuousClock.now + limit)
    if let search = LagrangianBranchAndBound(problem) { return search.run(stopping: rule) }
    var heuristic = HierarchicalSHGO()
    heuristic.isKickingFeasible = false
    return BranchAndBound().run(problem, from: heuristic.run(problem, stopping: rule), stopping: rule)
  }
}

/// Runs of one proof: processor time from the problem's construction, its tables included, to the report.
struct TimedProof {
  let report: SearchReport
  let milliseconds: Spread

  /// - Parameter limit: what is not proved by then ends as a gap, and is run once.
  init(runs: Int, limit: Duration = .seconds(20), _ problem: () throws -> DesignProblem) throws {
    func run() throws -> (result: SearchReport, seconds: Double) {
      try PairedTimes.processorSeconds { try DesignProblems.prove(problem(), limit: limit) }
    }
    let first = try run()
    var times: [Double] = []
    // A second and more needs no repetition.
    if first.seconds < 1 { for _ in 0..<runs { times.append(try run().seconds * 1e3) } }
    report = first.result
    milliseconds = Spread(times.isEmpty ? [first.seconds * 1e3] : times)
  }

  var cells: String {
    "\(milliseconds.text) | \(report.certificate.status.rawValue) | \(report.certificate.nodes) | \(report.evaluations)"
  }
}
