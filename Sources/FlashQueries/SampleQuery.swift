internal import FlashFormats
internal import FlashNAS

/// Which configurations to train or to measure.
public struct SampleQuery: Sendable {
  public var space: String
  /// `sobol`.
  public var design: String?
  public var count: String
  public var fix: [String] = []
  public var range: [String] = []
  public var seed: String?

  public init(space: String, count: String) {
    self.space = space
    self.count = count
  }

  public func run() throws(QueryError) -> QueryResult {
    if let design, design != "sobol" {
      throw .usage("--design: unknown, found '\(design)', allowed sobol")
    }
    let ranges = try Arguments.ranges(fix: fix, range: range)
    let seed = try Arguments.seed(seed)
    let space: SearchSpace
    let plan: [[Int]]
    do {
      space = try Models.space(self.space).restricted(to: ranges)
      plan = try space.sobolPlan(
        count: Arguments.count(count, option: "-n", in: 1...100_000), seed: seed)
    } catch { throw QueryError(error) }
    let names = space.variableNames
    let rows = plan.map(space.texts)
    let document: [String: JSONValue] = [
      "schema": "flashnas.sample/1", "version": .string(toolkitVersion), "seed": .unsigned(seed), "design": "sobol",
      "space": ["name": .string(space.name)],
      "points": .array(
        plan.map { point in
          .object(
            Dictionary(uniqueKeysWithValues: zip(space.domains, point).map { ($0.name, JSONValue($0.value($1))) }))
        }),
    ]
    var table = TextTable(header: names)
    for row in rows { table.add(row) }
    return QueryResult(document: document, csv: [names] + rows, text: table.text)
  }
}
