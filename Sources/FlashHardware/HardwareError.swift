/// What is wrong with a hardware model or with the measurements it is fitted to. The cases carry the facts;
/// `description` words them.
public enum HardwareError: Error, Equatable, CustomStringConvertible {
  /// A parameter outside its range.
  case outOfRange(parameter: String, found: String, allowed: String)
  /// A parameter that a search may not choose.
  case notFree(parameter: String, allowed: [String])
  /// Fewer measurements than a fit needs.
  case tooFewSamples(quantity: String, found: Int, needed: Int)
  /// A measured cost that is not positive.
  case notPositive(quantity: String, row: Int, found: Double)
  /// A feature that the measurements, or the network, do not have.
  case unknownFeature(found: String, known: [String])
  /// Features that explain nothing: every coefficient would be 0.
  case unexplained(quantity: String)
  /// A routine below failed.
  case numerics(String)

  public var description: String {
    switch self {
    case .outOfRange(let parameter, let found, let allowed):
      "\(parameter): out of range, found \(found), allowed \(allowed)"
    case .notFree(let parameter, let allowed):
      "\(parameter): not a free parameter, allowed \(allowed.joined(separator: ", "))"
    case .tooFewSamples(let quantity, let found, let needed):
      "\(quantity): too few measurements, found \(found), allowed \(needed) or more"
    case .notPositive(let quantity, let row, let found):
      "\(quantity): row \(row): not positive, found \(found), allowed numbers > 0"
    case .unknownFeature(let found, let known):
      "feature: unknown, found '\(found)', allowed \(known.joined(separator: ", "))"
    case .unexplained(let quantity):
      "\(quantity): no feature explains it: every coefficient is 0"
    case .numerics(let what):
      "fit: \(what)"
    }
  }
}
