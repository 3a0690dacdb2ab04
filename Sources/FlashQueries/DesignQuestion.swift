internal import FlashFormats
internal import FlashHardware
internal import FlashNAS

/// A design problem with its models loaded: the problem file, then the options over it.
struct DesignQuestion {
  /// The problem on its targets.
  let worstCase: WorstCase
  /// The profiles of the targets; none where the question has no costs.
  let hardware: [Models.Hardware]
  /// The confidence of bounds and intervals; `nil` where bounds are on expected values.
  let confidence: Double?

  init(_ query: SearchQuery, _ models: ModelShelf = ModelShelf()) throws(QueryError) {
    let path = if let problem = query.problem { problem } else { try DataFolder().path + "/problems/default.yaml" }
    try self.init(query, over: models.problem(path), in: path, models)
  }

  /// A question over a problem that is read already.
  ///
  /// - Parameters:
  ///   - path: what messages call the problem.
  ///   - models: where what is loaded is kept.
  init(_ query: SearchQuery, over file: ProblemFile, in path: String, _ models: ModelShelf) throws(QueryError) {
    do {
      let fullSpace = try query.space.map(models.space) ?? Self.inFile(path) { try models.space(file.space) }
      // The shipped default's bounds and ranges are numbers of its own space.
      let isOtherSpace = query.problem == nil && fullSpace.name != file.space
      let given = try Arguments.ranges(fix: query.fix, range: query.range)
      let profiles =
        try query.hardware.sources.isEmpty
        ? Self.inFile(path) { try file.hardware.map(Models.profile) } : query.hardware.sources
      let hardware = try profiles.map { try models.hardware($0, query.hardware, space: fullSpace) }
      try Self.checkTargets(hardware)
      let free = hardware.first?.space
      let kept = isOtherSpace ? [] : file.ranges.filter { entry in !given.contains { $0.name == entry.name } }
      func isFree(_ restriction: SearchSpace.Restriction) -> Bool {
        !fullSpace.variableNames.contains(restriction.name)
          && free?.variables.contains { $0.name == restriction.name } == true
      }
      let space = try Self.inFile(path) { try fullSpace.restricted(to: kept.filter { !isFree($0) }) }
        .restricted(to: given.filter { !isFree($0) })
      let box = try free.map { free in
        try Self.inFile(path) { try HardwareBox(free).restricted(to: kept.filter(isFree)) }
          .restricted(to: given.filter(isFree))
      }
      let predictor =
        try query.accuracy.map { try models.predictor($0, space: fullSpace) }
        ?? Self.inFile(path) { try file.accuracy.flatMap { try models.predictor($0, space: fullSpace) } }
      confidence =
        try query.confidence.map { try Arguments.value($0, .confidence, option: "--confidence") } ?? file.confidence
      let costs: [CostModel?] = hardware.isEmpty ? [nil] : hardware.map(\.costs)
      worstCase = try WorstCase(
        costs.map { costs in
          try Self.problem(
            query, over: file, path, in: space, box,
            PerformanceModel(predictor: predictor, costs: costs, in: fullSpace),
            dropsBounds: query.isUnbounded || isOtherSpace)
        })
      self.hardware = hardware
    } catch {
      throw QueryError(error)
    }
  }

  /// Several targets are given chips, each once.
  private static func checkTargets(_ hardware: [Models.Hardware]) throws(QueryError) {
    guard hardware.count > 1 else { return }
    for (index, target) in hardware.enumerated() {
      guard target.space == nil else {
        throw .usage(
          "--hardware: free parameters beside other targets, found '\(target.name)', allowed profiles with none")
      }
      guard !hardware[..<index].contains(where: { $0.name == target.name }) else {
        throw .usage("--hardware: target stands twice, found '\(target.name)', allowed each once")
      }
    }
  }

  /// A name or a value that a file states and that is wrong is the file's fault, not the caller's.
  static func inFile<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      let error = QueryError(error)
      guard error.code == 64 else { throw error }
      throw QueryError.data("\(FormatError.name(path)): \(error.message)")
    }
  }

  /// Objective and bounds of the options over those of the file.
  private static func problem(
    _ query: SearchQuery, over file: ProblemFile, _ path: String, in space: SearchSpace, _ hardware: HardwareBox?,
    _ model: PerformanceModel, dropsBounds: Bool
  ) throws -> DesignProblem {
    let wanted = try objective(query)
    let kept = dropsBounds ? [] : file.bounds
    let objective = wanted ?? file.objective
    let bounds = try bounds(query, over: kept, file.confidence)
    do {
      return try DesignProblem(
        space: space, model: model, objective: objective, bounds: bounds, hardware: hardware)
    } catch var error {
      if case .unavailable("accuracy", _) = error {
        var reason = "the problem names no accuracy model: give --accuracy auto"
        if case .missing(let why) = try Models.defaultPredictor(of: space) {
          reason = "the space '\(space.name)' has no predictor (\(why)): give --accuracy, or ask without accuracy"
        }
        error = .unavailable(quantity: "accuracy", reason: reason)
      }
      // What an option asks for, or another space cannot answer, is the caller's fault.
      let asked = bounds.filter { !kept.contains($0) }.map(\.quantity) + (wanted?.expression.quantities ?? [])
      guard case .unavailable(let quantity, _) = error, query.space == nil,
        !asked.contains(where: { quantity.hasPrefix($0.rawValue) })
      else { throw error }
      return try inFile(path) { throw error }
    }
  }

  private static func objective(_ query: SearchQuery) throws(QueryError) -> Objective? {
    switch (query.maximize, query.minimize) {
    case (nil, nil): nil
    case (let text?, nil): Objective(expression: try Arguments.expression(text), direction: .maximize)
    case (nil, let text?): Objective(expression: try Arguments.expression(text), direction: .minimize)
    case (_?, _?): throw .usage("--minimize: given beside --maximize, allowed one of them")
    }
  }

  /// A bound given as an option replaces the file's of the same quantity and direction, a confidence that of the file.
  private static func bounds(
    _ query: SearchQuery, over file: [Bound], _ stated: Double?
  ) throws(QueryError) -> [Bound] {
    let confidence =
      try query.confidence.map { (text) throws(QueryError) in
        try Arguments.value(text, .confidence, option: "--confidence")
      } ?? stated
    var bounds = file.map { $0.with(confidence: confidence) }
    for (option, text) in query.bounds {
      guard let known = SearchQuery.boundOptions.first(where: { $0.option == option }) else {
        throw .usage("--\(option): unknown option")
      }
      let limit = try Arguments.value(text, Unit(of: known.quantity), option: "--\(option)")
      let bound = Bound(quantity: known.quantity, relation: known.relation, limit: limit, confidence: confidence)
      if let place = bounds.firstIndex(where: { $0.quantity == bound.quantity && $0.relation == bound.relation }) {
        bounds[place] = bound
      } else {
        bounds.append(bound)
      }
    }
    return bounds
  }
}

extension DesignQuestion {
  /// The problem on the first target.
  var problem: DesignProblem { worstCase.first }

  var hasSeveralTargets: Bool { worstCase.targets.count > 1 }

  /// A design on each of several targets; none where there is one.
  func targetDesigns(at point: [Int]) -> [DesignReport] {
    hasSeveralTargets
      ? worstCase.targets.map { DesignReport(point, in: $0.space, model: $0.model, confidence: confidence) } : []
  }

  /// A design with its chip, or on the worst of several targets.
  func design(at point: [Int]) -> DesignReport {
    guard !hasSeveralTargets else { return DesignReport(worstOf: targetDesigns(at: point)) }
    var design = DesignReport(point, in: problem.space, model: problem.model(at: point), confidence: confidence)
    design.hardware = problem.hardware?.values(point, from: problem.space.variables.count) ?? []
    return design
  }
}
