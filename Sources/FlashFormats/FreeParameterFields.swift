internal import FlashHardware

/// The free parameters of a profile: `{choices: [VALUE, …], default: VALUE}` or `{range: [LEAST, MOST], step: N,
/// default: VALUE}` in the place of a value.
struct FreeParameterFields {
  let variables: [HardwareSpace.Variable]
  /// The parameters with every free one at its default.
  let defaults: Field
  /// For each variable the nodes of its values.
  private let nodes: [[DocumentNode]]

  /// - Throws: `FormatError`. Complexity: O(values).
  init(_ field: Field) throws(FormatError) {
    var variables: [HardwareSpace.Variable] = []
    var nodes: [[DocumentNode]] = []
    var defaults = field
    for (name, entry) in try field.entries() where entry.isMapping {
      let values = try Self.values(entry)
      let texts = values.map { $0.text ?? "" }
      let wanted = try entry.required("default")
      guard let place = texts.firstIndex(of: try wanted.string()) else {
        throw wanted.error(
          "not one of the values", found: "'\(try wanted.string())'", allowed: texts.joined(separator: ", "))
      }
      if let twice = texts.enumerated().first(where: { texts[..<$0.offset].contains($0.element) }) {
        throw entry.error("value stands twice", found: "'\(twice.element)'")
      }
      variables.append(HardwareSpace.Variable(name: name, values: texts, defaultPlace: place))
      nodes.append(values)
      defaults = defaults.replacing(name, with: values[place])
    }
    self.variables = variables
    self.nodes = nodes
    self.defaults = defaults
  }

  /// For every variable the parameters with each of its values in turn, the others at their default.
  func each<Parameters>(_ read: (Field) throws(FormatError) -> Parameters) throws(FormatError) -> [[Parameters]] {
    var all: [[Parameters]] = []
    for (variable, values) in zip(variables, nodes) {
      var own: [Parameters] = []
      for value in values { own.append(try read(defaults.replacing(variable.name, with: value))) }
      all.append(own)
    }
    return all
  }

  /// More values than this are a mistake.
  private static let mostValues = 1000

  private static func values(_ field: Field) throws(FormatError) -> [DocumentNode] {
    guard let choices = try field.optional("choices") else {
      try field.only(["range", "step", "default"])
      let range = try field.required("range")
      let ends = try range.elements()
      guard ends.count == 2 else {
        throw range.error("not a range", found: "\(ends.count) values", allowed: "[least, most]")
      }
      let (least, most) = (try ends[0].integer(), try ends[1].integer())
      guard least <= most else { throw range.error("reversed", found: "[\(least), \(most)]", allowed: "[least, most]") }
      let step = try field.optional("step")?.integer(in: 1...Int.max) ?? 1
      guard (most - least) / step < mostValues else {
        throw range.error("too many values", found: "\((most - least) / step + 1)", allowed: "at most \(mostValues)")
      }
      let line = ends[0].node.line
      return stride(from: least, through: most, by: step).map {
        DocumentNode(.scalar("\($0)", isPlain: true), line: line)
      }
    }
    try field.only(["choices", "default"])
    let values = try choices.elements()
    guard 1...mostValues ~= values.count else {
      throw choices.error("too few or too many values", found: "\(values.count)", allowed: "1 to \(mostValues)")
    }
    for value in values { _ = try value.string() }
    return values.map(\.node)
  }
}
