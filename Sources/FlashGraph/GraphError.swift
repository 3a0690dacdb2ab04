/// What can be wrong with a network. The cases carry the facts; `description` words them: where, what was found, what
/// is allowed.
public enum GraphError: Error, Equatable, CustomStringConvertible {
  /// A number outside its range.
  case outOfRange(where: String, found: Int, allowed: String)
  /// A layer that reads something that does not come before it.
  case danglingInput(layer: String, found: String)
  /// Inputs of one layer that do not fit together.
  case shapeMismatch(layer: String, found: String, expected: String)
  /// A count or a size above what the toolkit handles.
  case tooLarge(where: String, limit: Int)
  /// A network or a cell without layers.
  case empty(String)
  /// A metric that a network has no value of.
  case undefined(metric: String, reason: String)

  public var description: String {
    switch self {
    case .outOfRange(let place, let found, let allowed):
      "\(place): out of range, found \(found), allowed \(allowed)"
    case .danglingInput(let layer, let found):
      "\(layer): inputs: unknown or later layer, found \(found), allowed 'input' or an earlier layer"
    case .shapeMismatch(let layer, let found, let expected):
      "\(layer): inputs do not fit together, found \(found), allowed \(expected)"
    case .tooLarge(let place, let limit):
      "\(place): too large, allowed at most \(limit)"
    case .empty(let what):
      "\(what): empty, allowed one layer or more"
    case .undefined(let metric, let reason):
      "\(metric): no value, \(reason)"
    }
  }

  /// The reason alone, where a metric has no value.
  public var reason: String {
    if case .undefined(_, let reason) = self { reason } else { description }
  }
}
