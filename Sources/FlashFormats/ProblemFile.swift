public import FlashNAS

/// A design question as a file states it: names are not yet looked up.
public struct ProblemFile: Sendable {
  public let space: String
  /// `auto` (the space's predictor), a file, or `nil` where the question has no accuracy.
  public let accuracy: String?
  /// One target, several for the worst case over them, or none.
  public let hardware: [String]
  public let objective: Objective
  /// With the file's confidence.
  public let bounds: [Bound]
  /// The confidence with which every bound has to hold; `nil` where the expected values have to.
  public let confidence: Double?
  /// Variables held to one value or to a range.
  public let ranges: [SearchSpace.Restriction]

  /// The keys of a problem.
  static let keys = ["space", "accuracy", "hardware", "objective", "constraints", "confidence", "fix", "range"]

  /// Reads `flashnas.problem/1` in YAML or JSON.
  public init(reading path: String) throws(FormatError) {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("problem")
    try root.only(["schema"] + Self.keys)
    try self.init(root)
  }

  /// The problem whose keys a mapping has; keys that are not a problem's are not looked at.
  init(_ root: Field) throws(FormatError) {
    space = try root.required("space").string()
    accuracy = try root.optional("accuracy")?.string()
    hardware = try root.optional("hardware").map(Self.targets) ?? []
    objective = try Self.objective(root.required("objective"))
    let confidence = try root.optional("confidence").map { (field) throws(FormatError) in try field.confidence() }
    self.confidence = confidence
    bounds = try (root.optional("constraints").map(Self.bounds) ?? []).map { $0.with(confidence: confidence) }
    var ranges: [SearchSpace.Restriction] = []
    for (name, field) in try root.optional("fix")?.entries() ?? [] {
      let value = try field.variableValue()
      ranges.append(SearchSpace.Restriction(name: name, first: value, last: value))
    }
    for (name, field) in try root.optional("range")?.entries() ?? [] {
      let ends = try field.elements()
      guard ends.count == 2 else {
        throw field.error("not a range", found: Display.counted(ends.count, "value"), allowed: "[least, most]")
      }
      guard !ranges.contains(where: { $0.name == name }) else {
        throw field.error("variable stands twice", found: "'\(name)' under fix too", allowed: "fix or range")
      }
      let lower = try ends[0].integer()
      ranges.append(
        SearchSpace.Restriction(
          name: name, first: .integer(lower), last: .integer(try ends[1].integer(in: lower...Int.max))))
    }
    self.ranges = ranges
  }

  private static func targets(_ field: Field) throws(FormatError) -> [String] {
    guard field.isList else { return [try field.string()] }
    var targets: [String] = []
    for element in try field.elements() { targets.append(try element.string()) }
    guard !targets.isEmpty else { throw field.error("no target", allowed: "one or more profiles") }
    return targets
  }

  private static func objective(_ field: Field) throws(FormatError) -> Objective {
    try field.only(["maximize", "minimize"])
    let entries = try field.entries()
    guard entries.count == 1 else {
      throw field.error("not one objective", found: "\(entries.count)", allowed: "either maximize or minimize")
    }
    let (key, value) = entries[0]
    return Objective(expression: try value.expression(), direction: key == "maximize" ? .maximize : .minimize)
  }

  private static func bounds(_ field: Field) throws(FormatError) -> [Bound] {
    var bounds: [Bound] = []
    for (name, value) in try field.entries() {
      guard let quantity = Quantity(rawValue: name) else {
        throw value.error(
          "unknown quantity", found: "'\(name)'",
          allowed: Quantity.allCases.map(\.rawValue).joined(separator: ", "))
      }
      try value.only(["min", "max"])
      for (end, bound) in try value.entries() {
        let limit = try bound.value(Unit(of: quantity))
        bounds.append(Bound(quantity: quantity, relation: end == "min" ? .atLeast : .atMost, limit: limit))
      }
    }
    return bounds
  }
}

extension Field {
  /// The confidence of bounds, such as `90%`.
  func confidence() throws(FormatError) -> Double {
    let text = try string()
    guard let confidence = Unit.confidence.parse(text) else {
      throw error("not a confidence", found: "'\(text)'", allowed: Unit.confidence.allowed)
    }
    return confidence
  }

  /// An expression over quantities.
  func expression() throws(FormatError) -> Expression {
    let text = try string()
    do { return try Expression(text) } catch { throw self.error(error.description) }
  }
}
