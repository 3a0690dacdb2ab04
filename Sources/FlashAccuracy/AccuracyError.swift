internal import FlashNumerics

/// Why samples cannot be fitted. The cases carry the facts; `description` words them.
public enum AccuracyError: Error, Equatable, CustomStringConvertible {
  /// Fewer distinct configurations than the form needs.
  case tooFewSamples(found: Int, needed: Int)
  /// A value that no sample can have.
  case invalidValue(what: String, found: Double, allowed: String)
  /// A feature that a form reads and a sample lacks.
  case missingFeature(String, form: String)
  /// Features that a form does not read.
  case features(form: String, found: [String], allowed: String)
  /// A coefficient that a form has and a document lacks.
  case missingCoefficient(String)
  /// A form that the method asked for is not made for.
  case notForForm(method: String, form: String)
  /// A form name that is not in the catalogue.
  case unknownForm(String)
  /// Fewer architectures than a ranking needs.
  case tooFewArchitectures(found: Int, needed: Int)
  /// True accuracies that are all equal have no order to agree with.
  case noRanking
  /// An architecture twice in one step of a run, or twice among the true accuracies: the place of its second entry.
  case repeatedArchitecture(String, entry: Int)
  /// A routine below failed.
  case numerics(String)

  public var description: String {
    switch self {
    case .tooFewSamples(let found, let needed):
      "samples: too few different configurations, found \(found), allowed \(needed) or more"
    case .invalidValue(let what, let found, let allowed):
      "\(what): out of range, found \(found), allowed \(allowed)"
    case .missingFeature(let name, let form):
      "samples: column missing, allowed '\(name)', which the form '\(form)' reads"
    case .features(let form, let found, let allowed):
      "features of the form '\(form)': found \(found.isEmpty ? "none" : found.joined(separator: ", ")), allowed \(allowed)"
    case .missingCoefficient(let name):
      "coefficient missing, allowed '\(name)'"
    case .notForForm(let method, let form):
      "\(method): not for the form '\(form)', allowed any but Gaussian processes"
    case .unknownForm(let name):
      "form: unknown, found '\(name)', allowed \(AccuracyForm.catalogue.map(\.name).joined(separator: ", "))"
    case .tooFewArchitectures(let found, let needed):
      "architectures: too few, found \(found), allowed \(needed) or more"
    case .noRanking:
      "accuracy: the same for every architecture, allowed two different values or more"
    case .repeatedArchitecture(let name, let entry):
      "entry \(entry): architecture stands twice, found '\(name)', allowed once in a step of a run"
    case .numerics(let what):
      "fit: \(what)"
    }
  }
}
