internal import FlashFormats
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
      guard let number = Numeral.integer(value) else {
        throw .usage("\(option): \(name): not an integer, found '\(value)', allowed \(range(space, index))")
      }
      values[index] = number
    }
    var point: [Int] = []
    for (value, variable) in zip(values, space.variables) {
      guard let value else {
        throw .usage("\(option): variable missing, found no '\(variable.name)', allowed every one of \(space.nameList)")
      }
      point.append(value)
    }
    do { try space.check(point) } catch { throw .usage("\(option): \(error.description)") }
    return point
  }

  private static func range(_ space: SearchSpace, _ index: Int) -> String {
    "\(space.variables[index].lower) to \(space.variables[index].upper)"
  }

  /// `name=value`.
  static func assignment(_ text: String, option: String) throws(QueryError) -> (String, String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw .usage("\(option): not understood, found '\(text)', allowed name=value")
    }
    return (parts[0], parts[1])
  }

  /// `name=4` or `name=4..8`.
  static func range(_ text: String, option: String) throws(QueryError) -> (name: String, range: ClosedRange<Int>) {
    let (name, value) = try assignment(text, option: option)
    let ends = value.split(separator: "..", omittingEmptySubsequences: false)
    guard ends.count <= 2, let lower = Numeral.integer(ends[0]), let upper = Numeral.integer(ends[ends.count - 1]),
      lower <= upper
    else { throw .usage("\(option): not understood, found '\(text)', allowed \(name)=4 or \(name)=4..8") }
    return (name, lower...upper)
  }

  /// The ranges of `--fix` and `--range`, each variable once.
  static func ranges(
    fix: [String], range: [String]
  ) throws(QueryError) -> [(name: String, range: ClosedRange<Int>)] {
    var given: [(name: String, range: ClosedRange<Int>)] = []
    for (option, texts) in [("--fix", fix), ("--range", range)] {
      for text in texts {
        let entry = try Self.range(text, option: option)
        guard option == "--range" || entry.range.count == 1 else {
          throw .usage("\(option): not one value, found '\(text)', allowed \(entry.name)=\(entry.range.lowerBound)")
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
