internal import FlashSearch

/// The best distinct points of a problem with free hardware, one after the other: those of each chip that come before the
/// last of the points wanted, as far as these are known, by `RankedProof`.
///
/// Chips are taken in the order of what the best network is worth on them, so that the points of the first leave most others
/// without any.
///
/// Complexity: a proof for each chip, and a ranking on those with points that are wanted.
struct RankedChips {
  private let problem: DesignProblem
  private let hardware: HardwareBox
  private let count: Int
  private let rule: StoppingRule
  /// Best first.
  private var ranked: [Candidate] = []
  private var evaluations = 0
  private var nodes = 0

  /// - Parameter count: how many points are wanted, at least one.
  init(_ problem: DesignProblem, on hardware: HardwareBox, count: Int, stopping rule: StoppingRule) {
    self.problem = problem
    self.hardware = hardware
    self.count = count
    self.rule = rule
  }

  /// - Parameter first: the proof of the best point of all.
  mutating func run(from first: SearchReport) -> SearchReport {
    guard first.certificate.status == .optimal else { return first.unranked }
    evaluations = first.evaluations
    nodes = first.certificate.nodes
    for choice in choices(by: Array(first.point.prefix(problem.space.variables.count))) {
      if let stop = rank(on: choice) {
        let known = ranked.isEmpty ? [first.best] : ranked
        return first.ranking(known, evaluations: evaluations, nodes: nodes, stop: stop)
      }
    }
    return first.ranking(ranked, evaluations: evaluations, nodes: nodes, stop: nil)
  }

  /// The chips, that on which a network is best first.
  private mutating func choices(by network: [Int]) -> [[Int]] {
    let chips = hardware.choices.map { Candidate(point: $0, score: problem.score(network + $0)) }
    evaluations += chips.count
    return chips.sorted().map(\.point)
  }

  /// Ranks the points of a chip among those that are known; none of a chip that is not done.
  ///
  /// - Returns: why the search has to stop, where it has.
  private mutating func rank(on choice: [Int]) -> Termination? {
    var limit: Candidate?
    if ranked.count == count, let last = ranked.last {
      // Of equal scores the same network comes before on a chip that comes before.
      let (network, chip) = (last.point.prefix(last.point.count - choice.count), last.point.suffix(choice.count))
      limit = Candidate(point: network + (choice.lexicographicallyPrecedes(chip) ? [0] : []), score: last.score)
    }
    let own = problem.on(choice)
    let first = own.bestProof(before: limit, stopping: rule.after(evaluations))
    var proof = RankedProof(own, count: count, before: limit, stopping: rule.after(evaluations))
    let report = proof.run(from: first)
    evaluations += report.evaluations
    nodes += report.certificate.nodes
    guard [.optimal, .infeasible].contains(report.certificate.status) else { return report.termination }
    ranked += report.ranked.map { Candidate(point: $0.point + choice, score: $0.score) }
    ranked = Array(ranked.sorted().prefix(count))
    return nil
  }
}
