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
      let fullSpace = try Models.space(query.space ?? file.space)
      // The shipped default's bounds and ranges are numbers of its own space.
      let isOtherSpace = query.problem == nil && fullSpace.name != file.space
      let space = try fullSpace.restricted(
        to: Self.ranges(query, over: isOtherSpace ? [] : file.ranges))
      let predictor = try (query.accuracy ?? file.accuracy).flatMap { (source) throws(QueryError) in
        try Models.predictor(source, space: fullSpace)
      }
      let hardware = try (query.hardware ?? file.hardware).map { (source) throws(QueryError) in
        try Models.hardware(source, costs: query.costs, space: fullSpace)
      }
      problem = try DesignProblem(
        space: space, model: PerformanceModel(predictor: predictor, costs: hardware?.costs),
        objective: try Self.objective(query) ?? file.objective,
        bounds: Self.bounds(query, over: query.isUnbounded || isOtherSpace ? [] : file.bounds))
      hardwareName = hardware?.name
      costs = hardware?.kind
    } catch {
      throw QueryError(error)
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
  ) throws(QueryError) -> [(name: String, range: ClosedRange<Int>)] {
    let given = try Arguments.ranges(fix: query.fix, range: query.range)
    return file.filter { entry in !given.contains { $0.name == entry.name } } + given
  }
}
