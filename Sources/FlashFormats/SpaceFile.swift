internal import FlashGraph
public import FlashNAS
internal import FlashSearch

/// A search space of the user's own: cells over variables.
public enum SpaceFile {
  /// The most variables of a space.
  static let variableLimit = 256

  /// Reads `flashnas.space/1` in YAML or JSON.
  ///
  /// - Throws: `FormatError` for what is wrong in the file, and where the smallest or the largest network of the space,
  ///   under any category, cannot be built.
  public static func read(_ path: String) throws(FormatError) -> SearchSpace {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("space")
    try root.only(["schema", "name", "summary", "input", "activation", "cells", "variables", "dataset"])
    let name = try root.required("name").string()
    let input = try CellFields.input(root.required("input"), variables: true)
    let cells = try CellFields.cells(root.required("cells"), variables: true)
    let variables = try variables(root.required("variables"))
    let summary = try root.optional("summary")?.string() ?? "a space of \(FormatError.name(path))"
    let activation = try CellFields.activation(root.optional("activation"))
    let dataset = try root.optional("dataset")?.string()
    let space: SearchSpace
    do throws(DesignError) {
      space = try SearchSpace(
        name: name, summary: summary, input: input, activation: activation, cells: cells, variables: variables,
        dataset: dataset)
    } catch { throw FormatError(file: path, problem: error.description) }
    try checkEnds(space, path)
    return space
  }

  private static func variables(_ field: Field) throws(FormatError) -> [SpaceVariable] {
    let entries = try field.entries()
    guard 1...variableLimit ~= entries.count else {
      throw field.error(
        "out of range", found: Display.counted(entries.count, "variable"), allowed: "1 to \(variableLimit)")
    }
    var variables: [SpaceVariable] = []
    for (name, value) in entries {
      guard Tie(name)?.variable == name else {
        throw value.error("not a variable's name", found: "'\(name)'", allowed: "letters, digits and _, a letter first")
      }
      variables.append(SpaceVariable(name, try domain(value)))
    }
    return variables
  }

  private static func domain(_ field: Field) throws(FormatError) -> SpaceVariable.Domain {
    try field.only(["range", "step", "choices"])
    if let choices = try field.optional("choices") {
      guard try field.optional("range") == nil, try field.optional("step") == nil else {
        throw field.error("range and choices", allowed: "one of them")
      }
      return try Self.choices(choices)
    }
    let range = try field.required("range")
    let ends = try range.elements()
    guard ends.count == 2 else {
      throw range.error("not a range", found: Display.counted(ends.count, "value"), allowed: "[least, most]")
    }
    let size = 0...(1 << 20)
    let lower = try ends[0].integer(in: size)
    let upper = try ends[1].integer(in: lower...size.upperBound)
    let step = try field.optional("step")?.integer(in: 1...max(1, upper - lower)) ?? 1
    return .range(lower...upper, step: step)
  }

  private static func choices(_ field: Field) throws(FormatError) -> SpaceVariable.Domain {
    let elements = try field.elements()
    guard 1...1024 ~= elements.count else {
      throw field.error("out of range", found: Display.counted(elements.count, "choice"), allowed: "1 to 1024")
    }
    let texts = try elements.map { (element) throws(FormatError) in try element.string() }
    if texts.contains(where: { Numeral.integer($0) != nil }) {
      var values: [Int] = []
      for element in elements {
        values.append(
          try element.integer(in: (values.last.map { $0 + 1 } ?? 0)...max(values.last.map { $0 + 1 } ?? 0, 1 << 20)))
      }
      return .choices(values)
    }
    for (index, text) in texts.enumerated() where texts[..<index].contains(text) {
      throw elements[index].error("choice stands twice", found: "'\(text)'")
    }
    return .categories(texts)
  }

  /// Builds the least and the largest network, and the one of the smallest maps: the least with all strides at their
  /// largest; categories at every value, one at a time.
  private static func checkEnds(_ space: SearchSpace, _ path: String) throws(FormatError) {
    let strides = space.cells.flatMap { cell in
      zip(cell.ties, cell.type.parameters).filter { $1.name == "stride" }.compactMap(\.0.variable)
    }
    var points = [
      space.variables.map(\.lower), space.variables.map(\.upper),
      space.variables.map { strides.contains($0.name) ? $0.upper : $0.lower },
    ]
    for (index, domain) in space.domains.enumerated() {
      guard case .categories(let words) = domain.domain else { continue }
      points += words.indices.map { place in
        var point = space.variables.map(\.upper)
        point[index] = place
        return point
      }
    }
    for point in points {
      do { _ = try space.network(point).network(seed: 0) } catch {
        throw FormatError(file: path, place: "network at \(space.assignments(point))", problem: error.description)
      }
    }
  }
}
