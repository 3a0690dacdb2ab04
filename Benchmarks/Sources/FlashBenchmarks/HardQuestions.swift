import FlashFormats
import FlashNAS
import FlashNumerics
import FlashSearch

/// Proofs of questions other than the shipped one: hard bounds, random questions, larger spaces.
struct HardQuestions {
  private let runs: Int
  private var bounded: [(title: String, proof: TimedProof)] = []
  private var random: [String] = []
  private var sizes: [(title: String, proof: TimedProof)] = []

  private static let merit = "accuracy/(latency*energy*area)"

  init(settings: Settings) throws {
    runs = settings.pairs
    let problems = try DesignProblems()
    let fashion = try SearchSpace.named("dense3-fashion")
    for costs in DesignProblems.costs {
      for share in [0.3, 0.7, 0.95] {
        bounded += try Self.bounded("\(costs) costs", share, in: fashion, costs, problems, runs)
      }
    }
    random = [
      try Self.random("accuracy bound, area bound in half of them, 5 objectives", in: fashion, problems) {
        try Self.common(in: fashion, $0, problems, &$1)
      },
      try Self.random("15 objectives, bounds on up to six quantities", in: fashion, problems) {
        try Self.any(in: fashion, $0, problems, &$1)
      },
    ]
    let spaces = [fashion] + (try ["dense4", "dense6"].map { try SpaceFile.read("spaces/\($0).yaml") })
    for space in spaces {
      for costs in DesignProblems.costs {
        let cells = "\(space.variables.count / 3) cells, \(costs) costs"
        sizes += try Self.bounded(cells, 0.7, in: space, costs, problems, runs)
        let most = try TimedProof(runs: runs) {
          try problems.problem(
            costs, in: space, DesignProblems.objective("accuracy"), [DesignProblems.atMost(.area, 2)])
        }
        sizes.append(("\(cells), most accurate within 2 mm²", most))
      }
    }
  }

  /// The best network of so much accuracy on the way from that of the best without bounds to the highest there is; then
  /// on 0.95 of the area found.
  private static func bounded(
    _ title: String, _ share: Double, in space: SearchSpace, _ costs: String, _ problems: DesignProblems, _ runs: Int
  ) throws -> [(title: String, proof: TimedProof)] {
    let model = try problems.model(costs, in: space)
    func proof(_ text: String, _ bounds: [Bound], runs: Int) throws -> TimedProof {
      let objective = try DesignProblems.objective(text)
      return try TimedProof(runs: runs) { try problems.problem(costs, in: space, objective, bounds) }
    }
    let free = try proof(merit, [], runs: 1).report.point
    let low = model.values(free, in: space)[.accuracy]
    let high = model.values(space.variables.map(\.upper), in: space)[.accuracy]
    let accuracy = DesignProblems.atLeast(.accuracy, low + share * (high - low))
    let first = try proof(merit, [accuracy], runs: runs)
    let area = model.values(first.report.point, in: space)[.area]
    let second = try proof(merit, [accuracy, DesignProblems.atMost(.area, 0.95 * area)], runs: runs)
    let percent = Int((share * 100).rounded())
    return [
      ("\(title), accuracy at \(percent) %", first), ("\(title), accuracy at \(percent) %, 0.95 of its area", second),
    ]
  }

  // MARK: Random questions

  private typealias Draw = (_ costs: String, _ random: inout SplitMix64) throws -> DesignProblem

  /// 200 questions, three of four with simulated costs: times, and how they ended; how many of those that have an answer a
  /// hierarchical search answers within 1 % of it, and its times.
  private static func random(
    _ title: String, in space: SearchSpace, _ problems: DesignProblems, _ draw: Draw
  ) throws -> String {
    var times: (proof: [Double], heuristic: [Double]) = ([], [])
    var ends: [String: Int] = [:]
    var near = 0
    for seed in 0..<200 {
      func problem() throws -> DesignProblem {
        var random = SplitMix64(seed: UInt64(seed), stream: 72)
        return try draw(DesignProblems.costs[seed % 4 == 3 ? 1 : 0], &random)
      }
      let proof = try TimedProof(runs: 1, limit: .seconds(10), problem)
      times.proof.append(proof.milliseconds.median)
      ends[proof.report.certificate.status.rawValue, default: 0] += 1
      guard proof.report.certificate.status == .optimal else { continue }
      let (found, seconds) = try PairedTimes.processorSeconds {
        HierarchicalSHGO().run(try problem(), stopping: StoppingRule())
      }
      times.heuristic.append(seconds * 1e3)
      let best = proof.report.score.objective
      if found.score.isFeasible, found.score.objective - best <= 0.01 * abs(best) { near += 1 }
    }
    let ended = ends.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    let heuristic = "\(near) of \(times.heuristic.count) | \(Spread(times.heuristic).text)"
    return "| \(title) | \(Spread(times.proof).text) | \(ended) | \(heuristic) |"
  }

  /// As the toolkit's tests draw questions over the whole space.
  private static func common(
    in space: SearchSpace, _ costs: String, _ problems: DesignProblems, _ random: inout SplitMix64
  ) throws -> DesignProblem {
    let model = try problems.model(costs, in: space)
    let low = model.values(space.variables.map(\.lower), in: space)
    let high = model.values(space.variables.map(\.upper), in: space)
    func between(_ quantity: Quantity, _ share: Double) -> Double {
      low[quantity] + share * (high[quantity] - low[quantity])
    }
    let objective = objectives[[0, 2, 3, 5, 8][random.below(5)]]
    var bounds = [DesignProblems.atLeast(.accuracy, between(.accuracy, 0.3 + 0.68 * random.unit()))]
    if random.below(2) == 0 {
      bounds.append(DesignProblems.atMost(.area, between(.area, 0.3 * random.unit() * random.unit())))
    }
    return try problems.problem(
      costs, in: space, DesignProblems.objective(objective.text, objective.direction), bounds)
  }

  /// As the toolkit's tests draw questions over sub-boxes: bounds between the ends of what there is, now and then out of
  /// reach.
  private static func any(
    in space: SearchSpace, _ costs: String, _ problems: DesignProblems, _ random: inout SplitMix64
  ) throws -> DesignProblem {
    let model = try problems.model(costs, in: space)
    let low = model.values(space.variables.map(\.lower), in: space)
    let high = model.values(space.variables.map(\.upper), in: space)
    let objective = objectives[random.below(objectives.count)]
    var bounds: [Bound] = []
    for (index, quantity) in [Quantity.accuracy, .area, .latency, .energy, .parameters, .macs].enumerated()
    where random.below(index < 2 ? 2 : 6) == 0 {
      let point = space.variables.map { $0.lower + random.below($0.count) * $0.step }
      let isAccuracy = quantity == .accuracy
      let share = random.unit()
      let limit =
        switch random.below(8) {
        case 0: isAccuracy ? high[quantity] : low[quantity]
        case 1: isAccuracy ? high[quantity] * 1.001 : low[quantity] * 0.999
        case 2: model.values(point, in: space)[quantity]
        default: low[quantity] + share * (high[quantity] - low[quantity])
        }
      bounds.append(isAccuracy ? DesignProblems.atLeast(quantity, limit) : DesignProblems.atMost(quantity, limit))
    }
    return try problems.problem(
      costs, in: space, DesignProblems.objective(objective.text, objective.direction), bounds)
  }

  /// Those of the toolkit's tests.
  private static let objectives: [(text: String, direction: Objective.Direction)] = [
    (merit, .maximize), ("accuracy^40/(latency*energy*area)", .maximize), ("accuracy/edp", .maximize),
    ("latency*energy*area/accuracy", .minimize), ("latency", .minimize), ("energy", .minimize), ("area", .minimize),
    ("accuracy", .maximize), ("log(latency)+log(energy)+log(area)-log(accuracy)", .minimize),
    ("sqrt(edp)+1e-6*area", .minimize), ("max(latency/1e-4,energy/4e-5)", .minimize),
    ("accuracy-latency*1000", .maximize), ("-parameters", .maximize), ("macs+100*parameters", .minimize),
    ("exp(-latency*1e4)*accuracy^2", .maximize),
  ]

  var report: String {
    func table(_ rows: [(title: String, proof: TimedProof)]) -> String {
      rows.map { "| \($0.title) | \($0.proof.cells) |" }.joined(separator: "\n")
    }
    return """
      Bounds on accuracy, at a share of the way from the accuracy of the best network without bounds to the highest \
      possible, and on area, at 0.95 of the area then found; processor time, \(runs) runs, those above a second once:

      | `dense3-fashion` | ms | status | boxes bounded | networks evaluated |
      |---|---|---|---|---|
      \(table(bounded))

      200 random questions each, time and its least and greatest, stopped after 10 s; hierarchical searches of those that \
      have an answer:

      | `dense3-fashion` | ms | ended | hierarchical within 1 % of the proved optimum | its ms |
      |---|---|---|---|---|
      \(random.joined(separator: "\n"))

      Spaces of 3, 4 and 6 cells (`spaces`), stopped after 20 s:

      | | ms | status | boxes bounded | networks evaluated |
      |---|---|---|---|---|
      \(table(sizes))
      """
  }
}
