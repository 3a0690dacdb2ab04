public import FlashFormats

/// What a query answers: a document for JSON, rows for CSV, text for people, and the exit code.
public struct QueryResult: Sendable {
  /// The result document, its timing apart under `timing`.
  public var document: [String: JSONValue]
  /// Header and rows: points, items, or the coefficients of a fit.
  public var csv: [[String]]
  /// The text for people, with a newline at its end: of a search made when it is asked for.
  public var text: String { makeText() }
  private var makeText: @Sendable () -> String
  /// What stands in the place of the text where the result is a file that is no text.
  public var binary: [UInt8]?
  /// 0 done, 2 no feasible point, 65 where some of several files were bad, 130 interrupted.
  public var exitCode: Int32 = 0
  /// Lines for standard error.
  public var notices: [String] = []

  public init(document: [String: JSONValue], csv: [[String]], text: String) {
    self.init(document: document, csv: csv) { text }
  }

  /// - Parameter makeText: makes the text for people.
  init(document: [String: JSONValue], csv: [[String]], makeText: @escaping @Sendable () -> String) {
    self.document = document
    self.csv = csv
    self.makeText = makeText
  }

  /// Adds lines to the text for people.
  mutating func append(text more: String) {
    makeText = { [makeText] in makeText() + more }
  }

  /// The result in one of the formats.
  public func rendered(_ format: OutputFormat, timing: Bool) -> String {
    switch format {
    case .table: return text
    case .json:
      var document = document
      if !timing { document["timing"] = nil }
      return JSONValue.object(document).text() + "\n"
    case .csv: return Self.csvText(csv)
    }
  }

  /// Rows as CSV, quoted where needed.
  static func csvText(_ rows: [[String]]) -> String { rows.map(CSVTable.line).joined() }

  /// The bytes of the result in one of the formats.
  public func bytes(_ format: OutputFormat, timing: Bool) -> [UInt8] {
    if format == .table, let binary { return binary }
    return Array(rendered(format, timing: timing).utf8)
  }

  /// Writes the result to a file in one step.
  public func write(to path: String, _ format: OutputFormat, timing: Bool) throws(QueryError) {
    do { try TextFile.write(bytes(format, timing: timing), to: path) } catch { throw QueryError(error) }
  }

  /// One line per measured time.
  public var timingLines: [String] {
    guard case .object(let times) = document["timing"] else { return [] }
    return times.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.text())" }
  }
}

/// Options that every command takes.
public enum QueryOptions {
  /// Checks a seed and a number of threads, which every command takes, whether it uses them or not.
  public static func check(seed: String?, threads: String?) throws(QueryError) {
    _ = try Arguments.seed(seed)
    if let threads { _ = try Arguments.count(threads, option: "--threads", in: 1...4096) }
  }
}

/// How a result is printed.
public enum OutputFormat: String, Sendable, CaseIterable {
  case table, json, csv
}

/// The version of the toolkit, which every document carries.
public let toolkitVersion = "0.1.0"
