public import FlashNAS

/// A saved result of `search`, as far as other commands read it again.
public struct ResultFile: Sendable {
  /// The name of the space.
  public let space: String
  /// The best point by the variables' names, in file order.
  public let point: [(name: String, value: SpaceVariable.Value)]

  /// The schema of a document, such as `flashnas.search/1`; `nil` where it has none.
  ///
  /// - Throws: `FormatError` where the text is not a YAML or JSON mapping.
  public static func schema(of path: String) throws(FormatError) -> String? {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    return try root.optional("schema")?.string()
  }

  /// Reads `flashnas.search/1`.
  ///
  /// - Throws: `FormatError`, also for a search that found no feasible point.
  public init(reading path: String) throws(FormatError) {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("search")
    space = try root.required("space").required("name").string()
    let best = try root.required("best")
    guard !best.isNull else { throw best.error("no feasible point was found", allowed: "a result with a point") }
    var point: [(name: String, value: SpaceVariable.Value)] = []
    for (name, field) in try best.required("point").entries() { point.append((name, try field.variableValue())) }
    self.point = point
  }
}
