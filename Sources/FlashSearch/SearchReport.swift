/// Why a search ended.
public enum Termination: String, Sendable {
  /// The best point is proved.
  case optimal
  /// It is proved that no point meets the constraints.
  case infeasible
  /// The number of distinct minima stopped growing on the finest lattice.
  case converged
  /// The most levels that a search takes were searched.
  case iterations
  /// The budget of evaluations was used up.
  case budget
  /// The time limit was reached.
  case timeLimit = "time-limit"
  /// The caller asked to stop.
  case interrupted
}

/// When a search has to stop.
public struct StoppingRule: Sendable {
  /// The most points scored.
  public var maximumEvaluations: Int
  /// The moment after which no further work begins.
  public var deadline: ContinuousClock.Instant?
  /// Asked now and then whether to stop.
  public var isInterrupted: @Sendable () -> Bool

  public init(
    maximumEvaluations: Int = .max, deadline: ContinuousClock.Instant? = nil,
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.maximumEvaluations = maximumEvaluations
    self.deadline = deadline
    self.isInterrupted = isInterrupted
  }

  /// The rule for what follows so many points scored.
  package func after(_ evaluations: Int) -> StoppingRule {
    var rest = self
    rest.maximumEvaluations -= evaluations
    return rest
  }

  /// The reason to stop now.
  @usableFromInline
  package func reason(evaluations: Int) -> Termination? {
    if evaluations >= maximumEvaluations { return .budget }
    if isInterrupted() { return .interrupted }
    if let deadline, ContinuousClock.now >= deadline { return .timeLimit }
    return nil
  }
}

/// What one level of a hierarchical search did.
public struct SearchLevel: Sendable, Hashable {
  /// The lattice's spacing per variable, in the variable's unit.
  public let steps: [Int]
  /// Points scored on this level.
  public let evaluations: Int
  /// Distinct minima known at the end of the level.
  public let minima: Int
  /// The best score at the end of the level.
  public let best: Score

  public init(steps: [Int], evaluations: Int, minima: Int, best: Score) {
    self.steps = steps
    self.evaluations = evaluations
    self.minima = minima
    self.best = best
  }
}

/// A score that was better than all before it.
public struct Improvement: Sendable, Hashable {
  /// Points scored, this one included.
  public let evaluations: Int
  public let score: Score

  public init(evaluations: Int, score: Score) {
    self.evaluations = evaluations
    self.score = score
  }
}

/// What is proved about an optimum.
public struct Certificate: Sendable, Hashable {
  public enum Status: String, Sendable, CaseIterable {
    /// No point is better than the reported one.
    case optimal
    /// A point is known; the proof was not finished.
    case gap
    /// No point meets the constraints.
    case infeasible
    /// Nothing is proved.
    case none
  }

  public let status: Status
  /// No feasible point has a smaller f than this; `nil` where there is none or nothing is proved.
  public let bound: Double?
  /// Sub-boxes bounded.
  public let nodes: Int
  /// Whether no point has a smaller violation than the reported one, where no point meets the constraints.
  public let isClosest: Bool

  public init(status: Status, bound: Double?, nodes: Int, isClosest: Bool = false) {
    self.status = status
    self.bound = bound
    self.nodes = nodes
    self.isClosest = isClosest
  }

  public static let none = Certificate(status: .none, bound: nil, nodes: 0)
}

/// What a surrogate knew of one stage of a search that grows its points.
public struct SurrogateStage: Sendable, Hashable {
  /// Groups of variables that were free.
  public let groups: Int
  /// Points scored in this stage.
  public let evaluations: Int
  /// Spearman's ρ between the order that the surrogate gave the stage's points before it had seen one of them and their
  /// order by score; `nil` in the first stage, and where all are equal.
  public let ahead: Double?
  /// The same after it was fitted to them too, each point predicted by a fit that left it out.
  public let within: Double?

  public init(groups: Int, evaluations: Int, ahead: Double?, within: Double?) {
    self.groups = groups
    self.evaluations = evaluations
    self.ahead = ahead
    self.within = within
  }
}

/// What a search found.
public struct SearchReport: Sendable {
  public let strategy: String
  /// The best point, canonical; where none is feasible, the one of least violation.
  public package(set) var point: [Int]
  public package(set) var score: Score
  /// Points scored.
  public package(set) var evaluations: Int
  public package(set) var termination: Termination
  public package(set) var levels: [SearchLevel]
  public package(set) var certificate: Certificate
  /// How the best score fell with the points scored.
  public package(set) var improvements: [Improvement]
  /// The best distinct feasible points that are proved together, best first; as many as were asked for, or all there are.
  public package(set) var ranked: [(point: [Int], score: Score)]
  /// How well a surrogate ordered points, stage by stage; empty for strategies without one.
  public let stages: [SurrogateStage]

  public init(
    strategy: String, point: [Int], score: Score, evaluations: Int, termination: Termination, levels: [SearchLevel],
    certificate: Certificate, improvements: [Improvement] = [], ranked: [(point: [Int], score: Score)] = [],
    stages: [SurrogateStage] = []
  ) {
    self.strategy = strategy
    self.point = point
    self.score = score
    self.evaluations = evaluations
    self.termination = termination
    self.levels = levels
    self.certificate = certificate
    self.improvements = improvements
    self.ranked = ranked
    self.stages = stages
  }

  /// The report of a proof by sub-boxes.
  ///
  /// - Parameters:
  ///   - evaluations: points that the proof scored itself.
  ///   - stop: why the proof was left unfinished, where it was.
  ///   - openBound: the least bound of what was not searched; `nil` where all was.
  ///   - improvements: those of the proof itself.
  ///   - start: what the proof began with, whose evaluations, levels and improvements come first.
  @usableFromInline
  package init(
    provedPoint point: [Int], _ score: Score, evaluations: Int, nodes: Int, stop: Termination?, openBound: Double?,
    improvements: [Improvement], ranked: [(point: [Int], score: Score)] = [], after start: SearchReport?
  ) {
    let isFeasible = score.isFeasible
    let proved: Termination = isFeasible ? .optimal : .infeasible
    let status: Certificate.Status
    var bound: Double?
    switch (openBound, isFeasible) {
    case (nil, true): (status, bound) = (.optimal, score.objective)
    case (nil, false): status = .infeasible
    case (let open?, true): (status, bound) = (.gap, min(open, score.objective))
    case (_?, false): status = .none
    }
    if bound?.isFinite == false { bound = nil }
    self.init(
      strategy: BranchAndBound.name, point: point, score: score, evaluations: evaluations + (start?.evaluations ?? 0),
      termination: openBound == nil ? proved : stop ?? proved, levels: start?.levels ?? [],
      certificate: Certificate(status: status, bound: bound, nodes: nodes),
      improvements: start?.improvements(followedBy: improvements) ?? improvements, ranked: ranked)
  }

  /// Its improvements, then those of a later search that are better, counted on from its evaluations.
  package func improvements(followedBy later: [Improvement]) -> [Improvement] {
    improvements
      + later.filter { $0.score < score }.map {
        Improvement(evaluations: $0.evaluations + evaluations, score: $0.score)
      }
  }

  /// |f − bound| / |f|; `nil` without a feasible point or a bound.
  public var gap: Double? {
    guard score.isFeasible, let bound = certificate.bound else { return nil }
    return score.objective == bound ? 0 : abs(score.objective - bound) / abs(score.objective)
  }
}
