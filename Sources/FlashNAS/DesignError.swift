/// What is wrong with a design question. The cases carry the facts; `description` words them: where, what was found,
/// what is allowed.
public enum DesignError: Error, Equatable, CustomStringConvertible {
  /// A name that is not known, with the names that are.
  case unknownName(kind: String, found: String, known: [String])
  /// A value outside its range.
  case outOfRange(what: String, found: String, allowed: String)
  /// An expression that cannot be read: the text, the column from 1 and what is expected there.
  case expression(text: String, column: Int, expected: String)
  /// A quantity that an expression or a bound names and that no model gives.
  case unavailable(quantity: String, reason: String)

  public var description: String {
    switch self {
    case .unknownName(let kind, let found, let known):
      "\(kind): unknown name, found '\(found)', allowed \(Self.suggestion(found, known))"
    case .outOfRange(let what, let found, let allowed):
      "\(what): out of range, found \(found), allowed \(allowed)"
    case .expression(let text, let column, let expected):
      "expression '\(text)': column \(column): not understood, allowed \(expected)"
    case .unavailable(let quantity, let reason):
      "\(quantity): not available, \(reason)"
    }
  }

  /// The known names, and which of them is near.
  private static func suggestion(_ found: String, _ known: [String]) -> String {
    known.joined(separator: ", ") + nearest(found, known)
  }

  /// A question for the nearest of the known names, in parentheses behind a space; empty where none is near.
  package static func nearest(_ found: String, _ known: [String]) -> String {
    let ranked = known.map { ($0, distance(found, $0)) }
    guard let nearest = ranked.min(by: { $0.1 < $1.1 }), nearest.1 <= max(2, found.count / 3) else { return "" }
    return " (did you mean '\(nearest.0)'?)"
  }

  /// Levenshtein's edit distance. Complexity: O(|a|·|b|).
  private static func distance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (i, a) in first.prefix(200).enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in second.enumerated() {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[second.count]
  }
}
