internal import FlashFormats
internal import FlashHardware
internal import FlashNAS
internal import FlashSearch

/// The front of a problem over two to four quantities: what none of them can gain without loss of another.
public struct ParetoQuery: Sendable {
  /// The problem, of which bounds, space, models and variables count; its objective does not.
  public var question = SearchQuery()
  /// `accuracy,latency`, best first.
  public var quantities: String?
  /// About how many points, or `all`: of two quantities every point of the front, where no proof is known all that were
  /// found.
  public var points: String?
  /// `accuracy=80%,latency=1ms`: from where the hypervolume is measured.
  public var reference: String?
  /// A file for a drawing in SVG.
  public var plot: String?

  public init() {}

  /// - Parameters:
  ///   - models: where models are taken from.
  ///   - isInterrupted: asked now and then whether to stop, with the points found by then and code 130.
  public func run(
    over models: ModelShelf = ModelShelf(), isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws(QueryError) -> QueryResult {
    let clock = ContinuousClock()
    let start = clock.now
    let quantities = try chosenQuantities()
    let seed = try Arguments.seed(question.seed)
    var rule = StoppingRule(isInterrupted: isInterrupted)
    if let timeLimit = question.timeLimit {
      rule.deadline = start + .seconds(try Arguments.value(timeLimit, .time, option: "--time-limit"))
    }
    var query = question
    (query.maximize, query.minimize) = (nil, quantities[0].rawValue)
    let loaded = try DesignQuestion(query, models)
    let reference = try referenceValues(quantities)
    let answer: ParetoAnswer
    if loaded.worstCase.isBounded {
      guard question.budget == nil else {
        throw .usage("--budget: points of this problem's front are proved, allowed where no proof is known")
      }
      let front = try provedFront(loaded, quantities, DesignSolver(seed: seed, rule: rule))
      answer = ParetoAnswer(front, loaded, reference: reference, seed: seed)
    } else {
      rule.maximumEvaluations = try evaluations()
      var search = EvolvedFront(quantities, of: loaded.worstCase)
      search.seed = seed
      let found = search.front(points: try wantedPoints(quantities.count), stopping: rule)
      answer = ParetoAnswer(found.front, loaded, evolved: found.search, reference: reference, seed: seed)
    }
    if let plot { try answer.draw(to: plot) }
    var result = answer.result
    result.document["timing"] = ["search_s": .number((clock.now - start).seconds)]
    loaded.hardware.note(in: &result)
    if isInterrupted() { result.exitCode = 130 }
    return result
  }

  private func chosenQuantities() throws(QueryError) -> [Quantity] {
    var chosen: [Quantity] = []
    for name in (quantities ?? "accuracy,latency").split(separator: ",", omittingEmptySubsequences: false) {
      guard let quantity = Quantity(rawValue: String(name)) else {
        let known = Quantity.allCases.map(\.rawValue)
        throw QueryError(DesignError.unknownName(kind: "--quantities", found: String(name), known: known))
      }
      guard !chosen.contains(quantity) else { throw .usage("--quantities: '\(name)' stands twice, allowed once") }
      chosen.append(quantity)
    }
    guard 2...4 ~= chosen.count else {
      throw .usage("--quantities: too few or too many, found \(chosen.count), allowed 2 to 4")
    }
    return chosen
  }

  /// Points by ε-constraint, each proved.
  private func provedFront(
    _ loaded: DesignQuestion, _ quantities: [Quantity], _ solver: DesignSolver
  ) throws(QueryError) -> ParetoFront {
    let levels = try levels(quantities.count)
    do {
      let search = EpsilonConstraint(
        quantities, bounds: loaded.problem.bounds, value: loaded.worstCase.value(of:at:)
      ) { (objective, bounds) throws(DesignError) in
        solver.best(of: try loaded.worstCase.with(objective: objective, bounds: bounds))
      }
      return if let levels { try search.front(levels: levels) } else { try search.wholeFront() }
    } catch { throw QueryError(error) }
  }

  /// Networks that NSGA-II evaluates where nobody says (chosen: 200 generations).
  public static let evolvedBudget = 20_000

  private func evaluations() throws(QueryError) -> Int {
    guard let budget = question.budget else { return Self.evolvedBudget }
    return try Arguments.count(budget, option: "--budget", in: 1...10_000_000)
  }

  /// How many points are asked for; `nil` for all.
  private func wantedPoints(_ count: Int) throws(QueryError) -> Int? {
    guard points != "all" else { return nil }
    return try points.map { (text) throws(QueryError) in
      try Arguments.count(text, option: "--points", in: count...10_000)
    } ?? 20
  }

  /// The levels of each quantity but the first: about as many points as asked for, ends included; `nil` for all.
  private func levels(_ count: Int) throws(QueryError) -> Int? {
    guard let wanted = try wantedPoints(count) else {
      guard count == 2 else {
        throw .usage("--points: 'all' for \(count) quantities, allowed for two; a number for more")
      }
      return nil
    }
    var levels = 0
    while repeatElement(levels + 1, count: count - 1).reduce(1, *) + count <= wanted { levels += 1 }
    return levels
  }

  private func referenceValues(_ quantities: [Quantity]) throws(QueryError) -> [Double]? {
    guard let reference else { return nil }
    var values: [Quantity: Double] = [:]
    for part in reference.split(separator: ",", omittingEmptySubsequences: false) {
      let (name, value) = try Arguments.assignment(String(part), option: "--reference")
      guard let quantity = quantities.first(where: { $0.rawValue == name }), values[quantity] == nil else {
        throw .usage(
          "--reference: '\(name)', allowed each of \(quantities.map(\.rawValue).joined(separator: ", ")) once")
      }
      values[quantity] = try Arguments.value(value, Unit(of: quantity), option: "--reference: \(name)")
    }
    let all = quantities.compactMap { values[$0] }
    guard all.count == quantities.count else {
      throw .usage(
        "--reference: not every quantity, allowed \(quantities.map { "\($0.rawValue)=…" }.joined(separator: ","))")
    }
    return all
  }
}
