/// What became of a problem of a sweep.
public enum SweepStatus: String, Sendable, CaseIterable {
  /// There is a best point.
  case feasible
  /// No point keeps the bounds, or none was found that does.
  case infeasible
  /// The problem has no answer, such as a variable that its space does not have.
  case failed
}

/// A column of a sweep's results that is read from the answer of `search`.
struct SweepColumn {
  enum Kind: String {
    case integer = "INTEGER"
    case real = "REAL"
    case text = "TEXT"
  }

  let name: String
  let kind: Kind
  /// The keys that lead to the value in the answer.
  let path: [String]

  private init(_ name: String, _ kind: Kind, _ path: String...) {
    self.name = name
    self.kind = kind
    self.path = path
  }

  /// The columns in their order. Without a feasible point those of the point are empty.
  static let all = [
    SweepColumn("space", .text, "space", "name"), SweepColumn("strategy", .text, "strategy", "name"),
    SweepColumn("objective", .real, "objective", "value"), SweepColumn("point", .text, "best", "point"),
    SweepColumn("chip", .text, "best", "hardware"), SweepColumn("accuracy", .real, "best", "accuracy"),
    SweepColumn("latency_s", .real, "best", "latency_s"), SweepColumn("energy_j", .real, "best", "energy_j"),
    SweepColumn("area_mm2", .real, "best", "area_mm2"), SweepColumn("macs", .integer, "best", "macs"),
    SweepColumn("parameters", .integer, "best", "parameters"), SweepColumn("nn_degree", .real, "best", "nn_degree"),
    SweepColumn("nn_mass", .real, "best", "nn_mass"), SweepColumn("extrapolated", .integer, "best", "extrapolated"),
    SweepColumn("constraints", .text, "constraints"), SweepColumn("evaluations", .integer, "strategy", "evaluations"),
    SweepColumn("termination", .text, "strategy", "termination"),
    SweepColumn("certificate", .text, "certificate", "status"), SweepColumn("bound", .real, "certificate", "bound"),
    SweepColumn("gap", .real, "certificate", "gap"), SweepColumn("nodes", .integer, "certificate", "nodes"),
  ]

  /// The value in an answer, for a table: mappings of variables as `width1=8,depth1=7`, in order of the alphabet, other
  /// lists and mappings as JSON, truth as 1 and 0.
  func value(in answer: JSONValue) -> JSONValue {
    var value = answer
    for key in path {
      guard case .object(let entries) = value else { return .null }
      value = entries[key] ?? .null
    }
    switch value {
    case .bool(let isTrue): return .integer(isTrue ? 1 : 0)
    case .object(let entries):
      return .string(
        entries.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.field)" }.joined(separator: ","))
    case .array: return .string(value.text(compact: true))
    default: return value
    }
  }
}

/// One problem's row in a sweep's results.
public struct SweepRow: Sendable {
  public let index: Int
  /// The problem's digest, equal for equal problems.
  public let key: String
  public let status: SweepStatus
  /// The values of the keys that differ.
  public let texts: [String?]
  /// Why the problem failed.
  public let error: String?
  /// The answer of `search` without its timing; `nil` where it failed.
  public let answer: JSONValue?

  /// - Parameter document: the result of `search`.
  public init(index: Int, key: String, texts: [String?], document: [String: JSONValue]) {
    var document = document
    document["timing"] = nil
    self.init(
      index: index, key: key, status: document["best"] == .null ? .infeasible : .feasible, texts: texts, error: nil,
      answer: .object(document))
  }

  /// - Parameter error: why the problem has no answer.
  public init(index: Int, key: String, texts: [String?], error: String) {
    self.init(
      index: index, key: key, status: .failed, texts: texts, error: FormatError.line(error), answer: nil)
  }

  private init(index: Int, key: String, status: SweepStatus, texts: [String?], error: String?, answer: JSONValue?) {
    self.index = index
    self.key = key
    self.status = status
    self.texts = texts
    self.error = error
    self.answer = answer
  }

  /// What stands behind index, key and status, without the answer: the keys' values, the columns, the error.
  var values: [JSONValue] {
    texts.map { $0.map(JSONValue.string) ?? .null }
      + SweepColumn.all.map { column in answer.map(column.value) ?? .null } + [error.map(JSONValue.string) ?? .null]
  }

  /// The names of `values`.
  static func names(_ keys: [String]) -> [String] {
    keys.map { "problem.\($0)" } + SweepColumn.all.map(\.name) + ["error"]
  }
}

/// Which sweep results are of: rows of two sweeps do not mix.
public struct SweepIdentity: Sendable, Hashable {
  /// The digest of the sweep with all that its answers depend on.
  public let digest: String
  /// How many problems the whole sweep has.
  public let problems: Int
  /// The keys that differ.
  public let keys: [String]

  public init(digest: String, problems: Int, keys: [String]) {
    self.digest = digest
    self.problems = problems
    self.keys = keys
  }
}

extension JSONValue {
  /// The value as a field of a table: nothing for null, words without quotes.
  var field: String {
    switch self {
    case .null: ""
    case .string(let word): word
    default: text(compact: true)
    }
  }
}
