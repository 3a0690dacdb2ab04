public import FlashNAS

/// A saved result of `search`, or the question of a certificate, as far as other commands read it again.
public struct ResultFile: Sendable {
  /// The name of the space.
  public let space: String
  /// The best point by the variables' names, in file order; `nil` in a certificate without one.
  public let point: [(name: String, value: SpaceVariable.Value)]?
  /// The names of the targets' profiles; none where the question had no costs.
  public let hardware: [String]
  /// `simulated` or `fitted`, where all targets have the same.
  public let costs: String?
  /// Widths of operands that are not the profile's own.
  public let weightBits: Int?
  public let activationBits: Int?
  /// The confidence of the question's bounds and of its intervals; `nil` where it has none.
  public let confidence: Double?
  /// The chip: the profile's free parameters, in file order.
  public let chip: [SearchSpace.Restriction]

  /// The schema of a document, such as `flashnas.search/1`; `nil` where it has none.
  ///
  /// - Throws: `FormatError` where the text is not a YAML or JSON mapping.
  public static func schema(of path: String) throws(FormatError) -> String? {
    let root = try Field(document: TextFile.read(path, limit: CertificateFile.limit), file: path)
    return try root.optional("schema")?.string()
  }

  /// Reads `flashnas.search/1`.
  ///
  /// - Throws: `FormatError`, also for a search that found no feasible point.
  public init(reading path: String) throws(FormatError) {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("search")
    try self.init(root)
    guard point != nil else {
      throw try root.required("best").error("no feasible point was found", allowed: "a result with a point")
    }
  }

  /// The entries that a search result and a certificate share.
  init(_ root: Field) throws(FormatError) {
    space = try root.required("space").required("name").string()
    let best = try root.required("best")
    var point: [(name: String, value: SpaceVariable.Value)] = []
    var chip: [SearchSpace.Restriction] = []
    if !best.isNull {
      for (name, field) in try best.required("point").entries() { point.append((name, try field.variableValue())) }
      for (name, field) in try best.optional("hardware")?.entries() ?? [] {
        let text = try field.string()
        let value = Numeral.integer(text).map { SpaceVariable.Value.integer($0) } ?? .word(text)
        chip.append(SearchSpace.Restriction(name: name, first: value, last: value))
      }
    }
    self.point = best.isNull ? nil : point
    self.chip = chip
    let hardware = try root.optional("hardware")
    let targets = try hardware?.optional("targets")?.elements() ?? hardware.map { [$0] } ?? []
    var names: [String] = []
    for target in targets { names.append(try target.required("name").string()) }
    self.hardware = names
    let costs = try root.optional("costs")?.string()
    self.costs = costs == "mixed" ? nil : costs
    confidence = try root.optional("confidence").map { (field) throws(FormatError) in try field.confidence() }
    weightBits = try targets.first?.optional("weight_bits")?.integer(in: 1...64)
    activationBits = try targets.first?.optional("activation_bits")?.integer(in: 1...64)
  }
}
