public import FlashNAS

/// The question that a saved result of `search` answers: its objective, bounds, and what its variables were held to.
public struct ResultQuestion: Sendable {
  public let objective: Objective
  /// The objective's value at the best point; `nil` in a certificate without one.
  public let value: Double?
  /// With the question's confidence.
  public let bounds: [Bound]
  /// The confidence with which every bound has to hold; `nil` where the expected values have to.
  public let confidence: Double?
  /// The values that variables of the space take, then those of the hardware's free parameters.
  public let variables: [SearchSpace.Restriction]
  public let freeParameters: [SearchSpace.Restriction]

  /// Reads `flashnas.search/1`.
  ///
  /// - Throws: `FormatError` for a result without its question.
  public init(reading path: String) throws(FormatError) {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("search")
    try self.init(root, hasValue: true)
  }

  /// The entries that a search result and a certificate share.
  init(_ root: Field, hasValue: Bool) throws(FormatError) {
    let objective = try root.required("objective")
    self.objective = Objective(
      expression: try objective.required("expression").expression(),
      direction: try objective.required("direction").word())
    value = hasValue ? try objective.required("value").number() : nil
    let confidence = try root.optional("confidence").map { (field) throws(FormatError) in try field.confidence() }
    self.confidence = confidence
    var bounds: [Bound] = []
    for entry in try root.required("constraints").elements() {
      let name = try entry.required("quantity")
      let text = try name.string()
      guard let quantity = Quantity.allCases.first(where: { $0.key == text }) else {
        throw name.error(
          "unknown quantity", found: "'\(text)'", allowed: Quantity.allCases.map(\.key).joined(separator: ", "))
      }
      bounds.append(
        Bound(
          quantity: quantity, relation: try entry.required("relation").word(),
          limit: try entry.required("bound").number(), confidence: confidence))
    }
    self.bounds = bounds
    variables = try Self.restrictions(root.required("space").required("variables"))
    freeParameters = try root.optional("hardware")?.optional("variables").map(Self.restrictions) ?? []
  }

  private static func restrictions(_ field: Field) throws(FormatError) -> [SearchSpace.Restriction] {
    var restrictions: [SearchSpace.Restriction] = []
    for entry in try field.elements() {
      var ends = try entry.optional("choices")?.elements() ?? []
      if ends.isEmpty { ends = [try entry.required("lower"), try entry.required("upper")] }
      restrictions.append(
        SearchSpace.Restriction(
          name: try entry.required("name").string(), first: try value(ends[0]), last: try value(ends[ends.count - 1])))
    }
    return restrictions
  }

  /// A number, or else a word.
  private static func value(_ field: Field) throws(FormatError) -> SpaceVariable.Value {
    let text = try field.string()
    return Numeral.integer(text).map { .integer($0) } ?? .word(text)
  }
}

extension Field {
  /// One of a few words.
  func word<Word: RawRepresentable<String> & CaseIterable>() throws(FormatError) -> Word {
    let text = try string()
    guard let word = Word(rawValue: text) else {
      throw error(
        "not understood", found: "'\(text)'", allowed: Word.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return word
  }
}
