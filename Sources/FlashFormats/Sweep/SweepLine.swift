internal import FlashNAS

/// A row of results as a line of CSV or of JSON lines. Both begin with the same six values in the same order, so that what
/// a line is of can be read without parsing it all: schema, digest and problems of the sweep, index, key and status.
struct SweepLine {
  static let schema = "flashnas.sweep-result/1"
  private static let names = ["schema", "sweep", "problems", "index", "key", "status"]

  let isJSON: Bool
  let sweep: SweepIdentity

  init(isJSON: Bool, of sweep: SweepIdentity) {
    self.isJSON = isJSON
    self.sweep = sweep
  }

  /// The names of a row's values.
  var names: [String] { Self.names + SweepRow.names(sweep.keys) + ["answer"] }

  /// The first line, its newline included; empty in JSON lines.
  var header: String { isJSON ? "" : CSVTable.line(names) }

  /// A row's values by their names.
  func values(_ row: SweepRow) -> [JSONValue] {
    [
      .string(Self.schema), .string(sweep.digest), .integer(sweep.problems), .integer(row.index), .string(row.key),
      .string(row.status.rawValue),
    ] + row.values + [row.answer ?? .null]
  }

  /// How every row begins, up to its index.
  var start: String {
    isJSON
      ? "{\"schema\":\"\(Self.schema)\",\"sweep\":\"\(sweep.digest)\",\"problems\":\(sweep.problems),\"index\":"
      : "\(Self.schema),\(sweep.digest),\(sweep.problems),"
  }

  /// A row's line, its newline included.
  func text(_ row: SweepRow) -> String {
    guard isJSON else { return CSVTable.line(values(row).map(\.field)) }
    var line = ""
    for (name, value) in zip(names, values(row)) {
      line += "\(line.isEmpty ? "{" : ",")\(JSONValue.string(name).text()):\(value.text(compact: true))"
    }
    return line + "}\n"
  }

  /// What a line says of itself.
  struct Head: Equatable {
    let digest: String
    let problems: Int
    let index: Int
    let status: SweepStatus
  }

  /// Reads the beginning of a line, without its newline.
  ///
  /// - Throws: `FormatError` for a line that is no such row, or of a newer schema.
  static func head(_ line: ArraySlice<UInt8>, isJSON: Bool, at place: String, in file: String) throws(FormatError)
    -> Head
  {
    func fault(_ found: String) -> FormatError {
      FormatError(
        file: file, place: place, problem: "not a row of a sweep's results", found: "'\(found)'",
        allowed: "rows that 'sweep' wrote")
    }
    let shown = String(decoding: line.prefix(60), as: UTF8.self)
    // None of the values has a comma.
    let fields = line.split(separator: UInt8(ascii: ","), maxSplits: 6, omittingEmptySubsequences: false)
      .map { String(decoding: $0.prefix(200), as: UTF8.self) }
    guard fields.count == 7, !isJSON || line.first == UInt8(ascii: "{") && line.last == UInt8(ascii: "}") else {
      throw fault(shown)
    }
    var values: [String] = []
    for (name, field) in zip(names, fields) {
      var value = Substring(field)
      if isJSON {
        let start = (name == names[0] ? "{" : "") + "\"\(name)\":"
        guard value.hasPrefix(start) else { throw fault(shown) }
        value = value.dropFirst(start.count)
        if value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
      }
      values.append(String(value))
    }
    try Self.check(schema: values[0], at: place, in: file, else: fault(values[0]))
    guard let problems = Numeral.integer(values[2]), 1...SweepPlan.limit ~= problems,
      let index = Numeral.integer(values[3]), 0..<problems ~= index, let status = SweepStatus(rawValue: values[5])
    else { throw fault(shown) }
    return Head(digest: values[1], problems: problems, index: index, status: status)
  }

  private static func check(
    schema text: String, at place: String, in file: String, else fault: FormatError
  ) throws(FormatError) {
    guard text != schema else { return }
    let name = schema.dropLast()
    guard text.hasPrefix(name), let version = Int(text.dropFirst(name.count)), version > 1 else { throw fault }
    throw FormatError(
      file: file, place: place, problem: "a newer schema than this version reads", found: "'\(text)'", allowed: schema)
  }
}

/// Rows of results that are kept nowhere.
public struct SweepTable {
  private let rows: [SweepRow]
  private let line: SweepLine

  public init(_ rows: [SweepRow], of sweep: SweepIdentity) {
    self.rows = rows
    line = SweepLine(isJSON: false, of: sweep)
  }

  /// Header and rows, as in a file of results.
  public var csv: [[String]] { [line.names] + rows.map { line.values($0).map(\.field) } }

  /// The rows as objects.
  public var document: JSONValue {
    .array(
      rows.map { row in .object(Dictionary(uniqueKeysWithValues: zip(line.names, line.values(row)))) })
  }
}
