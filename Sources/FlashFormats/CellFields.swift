internal import FlashGraph
internal import FlashNAS

/// Cells and inputs as files state them: numbers, names of variables, or ties such as `2*width1`.
enum CellFields {
  /// The most cells of a network.
  static let limit = 64

  /// A list of cells: with numbers alone, or with variables.
  static func cells(_ list: Field, variables: Bool) throws(FormatError) -> [CellTemplate] {
    var cells: [CellTemplate] = []
    for field in try list.elements() {
      cells.append(try cell(field, variables, isFirstDense: !cells.contains { $0.type == .dense }))
    }
    guard 1...limit ~= cells.count else {
      throw list.error("out of range", found: Display.counted(cells.count, "cell"), allowed: "1 to \(limit)")
    }
    return cells
  }

  private static func cell(_ field: Field, _ variables: Bool, isFirstDense: Bool) throws(FormatError) -> CellTemplate {
    let typeField = try field.required("type")
    guard let type = CellType(rawValue: try typeField.string()) else {
      throw typeField.error(
        "unknown cell type", found: "'\(try typeField.string())'",
        allowed: CellType.allCases.map(\.rawValue).joined(separator: ", "))
    }
    try field.only(["type"] + type.parameters.map(\.name))
    var ties: [Tie] = []
    for parameter in type.parameters {
      if let value = try field.optional(parameter.name) {
        ties.append(try tie(value, parameter, variables))
      } else if type == .dense, parameter.name == "stride" {
        ties.append(.constant(isFirstDense ? 1 : 2))
      } else if let standard = parameter.standard {
        ties.append(.constant(standard))
      } else {
        throw field.error("key missing", allowed: "'\(parameter.name)'")
      }
    }
    return CellTemplate(type, ties)
  }

  /// A number, a word of the parameter, a variable's name or a tie.
  private static func tie(
    _ field: Field, _ parameter: CellType.Parameter, _ variables: Bool
  ) throws(FormatError) -> Tie {
    guard variables || !parameter.words.isEmpty else { return .constant(try field.integer(in: parameter.range)) }
    let text = try field.string()
    if let place = parameter.words.firstIndex(of: text) { return .constant(place) }
    guard variables, let tie = Tie(text), parameter.words.isEmpty || tie.variable == text else {
      throw field.error("not understood", found: "'\(text)'", allowed: allowed(parameter, variables))
    }
    if tie.variable == nil, let value = Numeral.integer(text), !parameter.takes(value) {
      throw field.error("out of range", found: "\(value)", allowed: parameter.allowed)
    }
    return tie
  }

  private static func allowed(_ parameter: CellType.Parameter, _ variables: Bool) -> String {
    let words = parameter.words
    guard variables else { return words.joined(separator: ", ") }
    return words.isEmpty
      ? "\(parameter.allowed), a variable, or a tie such as 2*width1"
      : words.joined(separator: ", ") + ", or a variable"
  }

  /// The shape of the input and the number of classes.
  static func input(_ field: Field, variables: Bool) throws(FormatError) -> SpaceInput {
    try field.only(["channels", "height", "width", "classes"])
    let size = CellType.Parameter("size", 1...(1 << 16))
    return SpaceInput(
      channels: try field.required("channels").integer(in: size.range),
      height: try tie(field.required("height"), size, variables),
      width: try tie(field.required("width"), size, variables),
      classes: try field.required("classes").integer(in: size.range))
  }

  /// The activation, ReLU where none is given.
  static func activation(_ field: Field?) throws(FormatError) -> Network.Activation {
    guard let field else { return .relu }
    guard let activation = Network.Activation(rawValue: try field.string()) else {
      throw field.error(
        "unknown activation", found: "'\(try field.string())'",
        allowed: Network.Activation.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return activation
  }
}
