internal import FlashAccuracy
internal import FlashFormats
internal import FlashGraph
internal import FlashNAS
internal import FlashSearch

/// Values of options, as text from the command line or from a request.
enum Arguments {
  /// A value with its unit.
  static func value(_ text: String, _ unit: Unit, option: String) throws(QueryError) -> Double {
    guard let value = unit.parse(text) else {
      throw .usage("\(option): not understood, found '\(text)', allowed \(unit.allowed)")
    }
    return value
  }

  /// A form by name, `auto` being known too.
  static func form(_ name: String) throws(QueryError) -> AccuracyForm {
    guard let form = AccuracyForm.catalogue.first(where: { $0.name == name }) else {
      let known = AccuracyForm.catalogue.map(\.name) + [FitAccuracyQuery.automatic]
      throw QueryError(DesignError.unknownName(kind: "--form", found: name, known: known))
    }
    return form
  }

  /// What a cell of NN-Degree is: a stage when left out.
  static func cells(_ text: String?) throws(QueryError) -> CellCounting {
    guard let cells = CellCounting(rawValue: text ?? CellCounting.stage.rawValue) else {
      let allowed = CellCounting.allCases.map(\.rawValue).joined(separator: ", ")
      throw .usage("--cell: unknown, found '\(text ?? "")', allowed \(allowed)")
    }
    return cells
  }

  /// A point from `name=value,…`: every variable of the space once.
  static func point(_ text: String, _ space: SearchSpace, option: String = "--point") throws(QueryError) -> [Int] {
    var values: [Int?] = Array(repeating: nil, count: space.variables.count)
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let (name, value) = try assignment(String(part), option: option)
      guard let index = space.variables.firstIndex(where: { $0.name == name }) else {
        throw QueryError(
          DesignError.unknownName(kind: "\(option): variable", found: name, known: space.variables.map(\.name)))
      }
      guard values[index] == nil else { throw .usage("\(option): variable stands twice, found '\(name)'") }
      values[index] = try coordinate(value, space.domains[index], option: option)
    }
    var point: [Int] = []
    for (value, variable) in zip(values, space.variables) {
      guard let value else {
        throw .usage("\(option): variable missing, found no '\(variable.name)', allowed every one of \(space.nameList)")
      }
      point.append(value)
    }
    return point
  }

  /// The coordinate of a variable's value.
  private static func coordinate(
    _ text: String, _ variable: SpaceVariable, option: String
  ) throws(QueryError) -> Int {
    let value = value(text)
    guard let coordinate = variable.coordinate(value) else {
      if case .word = value, !variable.takesWords {
        throw .usage("\(option): \(variable.name): not an integer, found '\(text)', allowed \(variable.allowed)")
      }
      let error = DesignError.outOfRange(what: variable.name, found: text, allowed: variable.allowed)
      throw .usage("\(option): \(error.description)")
    }
    return coordinate
  }

  /// A number, or else a word.
  private static func value(_ text: some StringProtocol) -> SpaceVariable.Value {
    Numeral.integer(text).map { .integer($0) } ?? .word(String(text))
  }

  /// `name=value`.
  static func assignment(_ text: String, option: String) throws(QueryError) -> (String, String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw .usage("\(option): not understood, found '\(text)', allowed name=value")
    }
    return (parts[0], parts[1])
  }

  /// `name=4`, `name=4..8`, or words in the place of numbers: of a category, or of a hardware parameter with its unit.
  static func range(_ text: String, option: String) throws(QueryError) -> SearchSpace.Restriction {
    let (name, value) = try assignment(text, option: option)
    let ends = value.split(separator: "..", omittingEmptySubsequences: false)
    guard let first = ends.first, let last = ends.last, ends.count <= 2,
      ends.allSatisfy({ $0.first.map { $0.isLetter || $0.isNumber || $0 == "-" } ?? false })
    else {
      throw .usage("\(option): not understood, found '\(text)', allowed \(name)=4 or \(name)=4..8")
    }
    let restriction = SearchSpace.Restriction(name: name, first: Self.value(first), last: Self.value(last))
    if case (.integer(let lower), .integer(let upper)) = (restriction.first, restriction.last), lower > upper {
      throw .usage("\(option): reversed, found '\(text)', allowed \(name)=\(upper)..\(lower)")
    }
    return restriction
  }

  /// The ranges of `--fix` and `--range`, each variable once.
  static func ranges(
    fix: [String], range: [String]
  ) throws(QueryError) -> [SearchSpace.Restriction] {
    var given: [SearchSpace.Restriction] = []
    for (option, texts) in [("--fix", fix), ("--range", range)] {
      for text in texts {
        let entry = try Self.range(text, option: option)
        if option == "--fix", entry.first != entry.last, case .integer(let first) = entry.first {
          throw .usage("\(option): not one value, found '\(text)', allowed \(entry.name)=\(first)")
        }
        guard !given.contains(where: { $0.name == entry.name }) else {
          throw .usage("\(option): variable stands twice, found '\(entry.name)'")
        }
        given.append(entry)
      }
    }
    return given
  }

  /// An integer within a range.
  static func count(_ text: String, option: String, in range: ClosedRange<Int>) throws(QueryError) -> Int {
    guard let value = Numeral.integer(text), range ~= value else {
      throw .usage(
        "\(option): not an integer in range, found '\(text)', allowed \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A seed of 64 bits.
  static func seed(_ text: String?) throws(QueryError) -> UInt64 {
    guard let text else { return 0 }
    guard let seed = UInt64(text), text.first != "+" else {
      throw .usage("--seed: not understood, found '\(text)', allowed an integer from 0 to \(UInt64.max)")
    }
    return seed
  }

  /// An objective's or a bound's expression.
  static func expression(_ text: String) throws(QueryError) -> Expression {
    do { return try Expression(text) } catch { throw QueryError(error) }
  }
}
