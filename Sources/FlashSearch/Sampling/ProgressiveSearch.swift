internal import FlashNumerics

/// Progressive search: simple points first, then ever more of their groups freed, a surrogate choosing what is scored.
///
/// Stage 1 has points in which every group repeats the first, as networks of one cell: all of them where they are `beam` or
/// fewer, else as many random ones. After each stage `RidgeEnsemble` is fitted to all that was scored. Stage b frees group
/// b of every point of the stage before: all of its values where they are `expansions` or fewer, else as many random ones;
/// the groups behind repeat group b. Of these the `beam` that the surrogate puts first are scored. Where all groups are
/// free and budget is left, the search goes on around the `beam` best points so far, one group freed anew each time.
///
/// Requirements: groups that play the same part, as a problem's `growth` states them; without any, variables are freed one
/// by one, the rest held in the middle of their ranges. Bounds on costs are free: points that keep them are scored before
/// any that does not. Deviations from the paper: cells in place of a cell's blocks, which repeat until they are freed where
/// blocks would be absent; ridge regressions on order in place of recurrent or perceptron ensembles on accuracy; the search
/// goes on behind the last stage; ρ within a stage is of points left out of the fit.
///
/// Source: Liu, Zoph, Neumann, Shlens, Hua, Li, Fei-Fei, Yuille, Huang, Murphy, "Progressive Neural Architecture Search",
/// ECCV 2018.
public struct ProgressiveSearch: SamplingStrategy {
  public static let name = "smbo"

  /// K: points scored in a stage. 256 as published.
  public var beam = 256
  /// The most values of a group that are looked at for each point (chosen).
  public var expansions = 256
  public var seed: UInt64 = 0

  public init() {}

  /// - Complexity: O(beam · expansions · features) per stage beside the scores.
  public func run<Problem: ScreenedProblem>(_ problem: Problem, stopping rule: StoppingRule) -> SearchReport {
    var search = ProgressiveRun(problem, rule, self)
    search.grow()
    search.refine()
    return search.session.report(Self.name, stages: search.stages)
  }
}

/// The state of a progressive search.
private struct ProgressiveRun<Problem: ScreenedProblem> {
  var session: SampledSession<Problem>
  private(set) var stages: [SurrogateStage] = []
  private let problem: Problem
  private let settings: ProgressiveSearch
  private let growth: Growth
  /// Groups by number, each with those of its variables that are not fixed; groups without one are left
  /// out, unless there is no other.
  private let groups: [(number: Int, axes: [Int])]
  /// Variables of no group that are not fixed.
  private let shared: [Int]
  /// All points scored, in order.
  private var scored: [Candidate] = []

  init(_ problem: Problem, _ rule: StoppingRule, _ settings: ProgressiveSearch) {
    session = SampledSession(problem, rule, seed: settings.seed, stream: 0x9A)
    self.problem = problem
    self.settings = settings
    growth = problem.growth
    let axes = Set(session.axes)
    let free = growth.groups.enumerated().map { (number: $0, axes: $1.filter(axes.contains)) }
      .filter { !$0.axes.isEmpty }
    groups = free.isEmpty ? [(0, [])] : free
    let grouped = Set(growth.groups.joined())
    shared = session.axes.filter { !grouped.contains($0) }
  }

  /// The stages: one more group is free in each.
  mutating func grow() {
    let growth = growth
    var members: [[Int]] = []
    var surrogate: RidgeEnsemble?
    for (stage, group) in groups.enumerated() where session.isRunning {
      let parents = stage == 0 ? [session.variables.map(\.lower)] : members
      let free = stage == 0 ? shared + group.axes : group.axes
      // Of the first stage so many are looked at that `beam` of them are likely to differ.
      let limit = stage == 0 ? 16 * settings.beam : settings.expansions
      let candidates = expanded(parents, free, limit: limit) { growth.complete(&$0, behind: group.number, $1) }
      let before = scored.count
      members = score(candidates, by: surrogate)
      let next = fitted
      record(stage, before, ahead: surrogate, within: next)
      surrogate = next
    }
  }

  /// Frees one group after the other of the best points, until there is nothing new to score.
  mutating func refine() {
    let parts = groups.map(\.axes) + (shared.isEmpty ? [] : [shared])
    var (round, idle) = (0, 0)
    while session.isRunning, idle < parts.count {
      let best = scored.sorted().prefix(settings.beam).map(\.point)
      let candidates = expanded(best, parts[round % parts.count], limit: settings.expansions) { _, _ in }
      idle = score(candidates, by: fitted).isEmpty ? idle + 1 : 0
      round += 1
    }
  }

  /// Points with some variables at other values: all of them, or `limit` random ones.
  private mutating func expanded(
    _ parents: [[Int]], _ axes: [Int], limit: Int, _ complete: (inout [Int], [IntegerVariable]) -> Void
  ) -> [[Int]] {
    let variables = session.variables
    let count = axes.reduce(1) { product, axis in
      let (result, overflow) = product.multipliedReportingOverflow(by: variables[axis].count)
      return overflow ? .max : result
    }
    var points: [[Int]] = []
    points.reserveCapacity(parents.count * min(count, limit))
    for parent in parents {
      for number in 0..<min(count, limit) {
        var point = parent
        var rest = number
        for axis in axes {
          let variable = variables[axis]
          let place = count <= limit ? rest % variable.count : session.random.below(variable.count)
          rest /= variable.count
          point[axis] = variable.lower + place * variable.step
        }
        complete(&point, variables)
        points.append(problem.canonical(point))
      }
    }
    return points
  }

  /// Scores new points, at most `beam`: those that keep the free bounds before others, then as the surrogate orders them,
  /// in random order without one.
  ///
  /// - Returns: the points scored.
  private mutating func score(_ candidates: [[Int]], by surrogate: RidgeEnsemble?) -> [[Int]] {
    var order = Array(candidates.indices)
    session.random.draw(order.count, of: &order)
    if let surrogate {
      let places = candidates.map(surrogate.predict)
      order.sort { places[$0] < places[$1] || places[$0] == places[$1] && $0 < $1 }
    }
    var seen: Set<[Int]> = []
    var chosen: [[Int]] = []
    var reserve: [[Int]] = []
    for index in order where chosen.count < settings.beam {
      let point = candidates[index]
      guard session.scores[point] == nil, seen.insert(point).inserted else { continue }
      if problem.isWorthScoring(point) { chosen.append(point) } else { reserve.append(point) }
    }
    chosen += reserve.prefix(settings.beam - chosen.count)
    let before = scored.count
    for point in chosen where session.isRunning {
      let score = session.score(point)
      scored.append(Candidate(point: point, score: score))
    }
    session.session.check()
    return scored[before...].map(\.point)
  }

  /// A fit to all that was scored.
  private var fitted: RidgeEnsemble? {
    RidgeEnsemble(scored.map(\.point), targets: places, session.variables, session.axes)
  }

  /// The share of all scores that are better than each, ties a half.
  private var places: [Double] {
    let sorted = scored.map(\.score).sorted()
    return scored.map { candidate in
      let better = sorted.partitioningIndex { !($0 < candidate.score) }
      let asGood = sorted.partitioningIndex { candidate.score < $0 }
      return Double(better + asGood) / Double(2 * sorted.count)
    }
  }

  /// Writes down how a stage was ordered by a fit that had not seen its points, and by one that had.
  private mutating func record(_ stage: Int, _ before: Int, ahead: RidgeEnsemble?, within: RidgeEnsemble?) {
    let own = before..<scored.count
    guard !own.isEmpty else { return }
    let places = Array(places[own])
    stages.append(
      SurrogateStage(
        groups: stage + 1, evaluations: own.count,
        ahead: ahead.flatMap { fit in RankCorrelation.spearman(scored[own].map { fit.predict($0.point) }, places) },
        within: within.flatMap { RankCorrelation.spearman(Array($0.leftOut[own]), places) }))
  }
}

extension Array {
  /// The first place whose element, and every one behind it, passes. - Precondition: the array is so divided. Complexity:
  /// O(log n).
  fileprivate func partitioningIndex(_ passes: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if passes(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
