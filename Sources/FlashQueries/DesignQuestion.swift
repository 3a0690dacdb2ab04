internal import FlashFormats
internal import FlashNAS

/// A design problem with its models loaded: the problem file, then the options over it.
struct DesignQuestion {
  let problem: DesignProblem
  let hardwareName: String?
  /// `simulated`, `fitted`, or `nil` without hardware.
  let costs: String?

  init(_ query: SearchQuery) throws(QueryError) {
    do {
      let path = try query.problem ?? DataFolder().path + "/problems/default.yaml"
      let file = try ProblemFile(reading: path)
      let fullSpace = try query.space.map(Models.space) ?? Self.inFile(path) { try Models.space(file.space) }
      // The shipped default's bounds and ranges are numbers of its own space.
      let isOtherSpace = query.problem == nil && fullSpace.name != file.space
      let ranges = try Self.ranges(query, over: isOtherSpace ? [] : file.ranges)
      let space = try Self.inFile(ranges.isGiven ? nil : path) { try fullSpace.restricted(to: ranges.all) }
      let predictor =
        try query.accuracy.map { try Models.predictor($0, space: fullSpace) }
        ?? Self.inFile(path) { try file.accuracy.flatMap { try Models.predictor($0, space: fullSpace) } }
      let hardware =
        try query.hardware.map { try Models.hardware($0, costs: query.costs, space: fullSpace) }
        ?? Self.inFile(query.costs == nil ? path : nil) {
          try file.hardware.map { try Models.hardware($0, costs: query.costs, space: fullSpace) }
        }
      let objective = try Self.objective(query)
      let bounds = try Self.bounds(query, over: query.isUnbounded || isOtherSpace ? [] : file.bounds)
      let asksByOption = objective != nil || query.space != nil || !query.bounds.isEmpty
      problem = try Self.inFile(asksByOption ? nil : path) {
        try DesignProblem(
          space: space, model: PerformanceModel(predictor: predictor, costs: hardware?.costs),
          objective: objective ?? file.objective, bounds: bounds)
      }
      hardwareName = hardware?.name
      costs = hardware?.kind
    } catch {
      throw QueryError(error)
    }
  }

  /// A name or a value that a file states and that is wrong is the file's fault, not the caller's; `nil` where an option
  /// states it.
  private static func inFile<Result>(_ path: String?, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      let error = QueryError(error)
      guard let path, error.code == 64 else { throw error }
      throw QueryError.data("\(FormatError.name(path)): \(error.message)")
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

  /// A bound given as an option replaces the file's of the same quantity and direction.
  private static func bounds(_ query: SearchQuery, over file: [Bound]) throws(QueryError) -> [Bound] {
    var bounds = file
    for (option, text) in query.bounds {
      guard let known = SearchQuery.boundOptions.first(where: { $0.option == option }) else {
        throw .usage("--\(option): unknown option")
      }
      let limit = try Arguments.value(text, Unit(of: known.quantity), option: "--\(option)")
      let bound = Bound(quantity: known.quantity, relation: known.relation, limit: limit)
      if let place = bounds.firstIndex(where: { $0.quantity == bound.quantity && $0.relation == bound.relation }) {
        bounds[place] = bound
      } else {
        bounds.append(bound)
      }
    }
    return bounds
  }

  /// `--fix` and `--range` replace the file's entry of the same variable.
  private static func ranges(
    _ query: SearchQuery, over file: [(name: String, range: ClosedRange<Int>)]
  ) throws(QueryError) -> (all: [(name: String, range: ClosedRange<Int>)], isGiven: Bool) {
    let given = try Arguments.ranges(fix: query.fix, range: query.range)
    return (file.filter { entry in !given.contains { $0.name == entry.name } } + given, !given.isEmpty)
  }
}
