internal import FlashHardware
internal import FlashSearch

/// Proofs on one chip after the other, with one best point.
///
/// A chip is a choice of free hardware parameters. Chips are taken in the order of what the best network known is worth on
/// them; a better network puts them in order anew. Most are left without a search, for one of three reasons, the cheapest
/// first: what costs the same on every chip (filters, where all stay in the array's SRAM) is beyond its limit there; so
/// are the costs of the smallest network, or those of the best one with the least accuracy by Lagrange's bound over
/// blocks of skips (`SeparableTables`). Limits are those of the bounds and those beyond which nothing is as good as the
/// best point.
struct ChipProof {
  private(set) var best: BestPoint
  /// Boxes bounded; a chip that is left before its first box counts as one.
  private(set) var nodes = 0
  /// The least bound of what was not searched; `nil` where all was.
  private(set) var openBound: Double?
  /// Whether a design that kept every bound of a relaxed question was found infeasible.
  private(set) var hasMissed = false
  /// The weights of joint costs on the first chip do for all.
  private var joining = SeparableTables.Joining.searched

  /// A chip whose proof is open.
  private struct Chip {
    let choice: [Int]
    let array: SystolicArray
    var rank = Score.none
  }

  /// The most chips that are proved one by one (chosen): a rank of each takes about a microsecond.
  static let limit = 100_000

  init(_ best: BestPoint) { self.best = best }

  /// Proves the best point of a question on one chip.
  ///
  /// - Parameter choice: the places of the chip's parameters where hardware is free.
  mutating func prove(_ question: SeparableQuestion, on choice: [Int] = []) {
    guard let leastDegree = question.leastDegree else { return }
    guard best.stop == nil else {
      openBound = min(openBound ?? .infinity, question.leastObjective)
      return
    }
    var question = question
    question.tighten(to: best.objective)
    guard let tables = SeparableTables(question, leastDegree: leastDegree, joining: joining) else {
      nodes += 1
      return
    }
    joining = .taken(tables.joint)
    let search = LagrangianSearch(tables, question, leastDegree: leastDegree, best, on: choice)
    search.run()
    best = search.best
    nodes += search.nodes
    hasMissed = hasMissed || question.isRelaxed && search.hasMissed
    if let bound = search.openBound { openBound = min(openBound ?? .infinity, bound) }
  }

  /// Proves the best point of a question over all chips.
  mutating func proveAll(_ question: SeparableQuestion) {
    guard let leastDegree = question.leastDegree else { return }
    let common = leastCommonUnits(question, leastDegree)
    var chips = chips(question)
    var network: [Int] = []
    while true {
      if best.stop == nil, network != best.network {
        network = best.network
        rank(&chips, by: network)
      }
      guard let chip = chips.popLast() else { return }
      var own = question.on(chip.array)
      own.tighten(to: best.objective, from: common)
      if all(common .<= own.limits) { prove(own, on: chip.choice) } else { nodes += 1 }
      guard best.stop == nil else {
        // What is behind this chip has no bound of its own yet.
        if !chips.isEmpty { openBound = min(openBound ?? .infinity, question.leastObjective) }
        return
      }
    }
  }

  /// Orders chips so that the one on which a network is best comes last.
  private mutating func rank(_ chips: inout [Chip], by network: [Int]) {
    for index in chips.indices { chips[index].rank = best.consider(network + chips[index].choice) }
    chips.sort { a, b in
      if a.rank.violation != b.rank.violation { return a.rank.violation > b.rank.violation }
      if a.rank.objective != b.rank.objective { return a.rank.objective > b.rank.objective }
      return b.choice.lexicographicallyPrecedes(a.choice)
    }
  }

  /// Every chip, in lexicographic order of its choice.
  private func chips(_ question: SeparableQuestion) -> [Chip] {
    guard let hardware = question.problem.hardware else { return [] }
    return hardware.choices.compactMap { choice in
      guard case .systolic(let array) = hardware.space.simulator(choice) else { return nil }
      return Chip(choice: choice, array: array)
    }
  }

  /// Units of costs that are the same on every chip that no design falls below; −∞ for other costs.
  private func leastCommonUnits(_ question: SeparableQuestion, _ leastDegree: Double) -> SIMD4<Double> {
    let least = SeparableTables(question.unlimited, leastDegree: leastDegree, joining: .none)?.leastUnits(
      degree: leastDegree)
    return SIMD4(repeating: -.infinity).replacing(
      with: least ?? SIMD4(repeating: .infinity), where: question.lanes.isCommon)
  }
}
