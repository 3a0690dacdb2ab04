public import FlashAccuracy

/// A proxy's log and a table of true accuracies, both in CSV.
///
/// The log has the columns `step`, `arch`, `proxy`, and may have `run` (one run where left out) and `group` (no groups);
/// the table has `arch`, `accuracy` (0…1), and may have `sd` and `n`. Rows stand in any order, and a step may log any
/// part of the architectures; other columns are left alone.
public enum AgreementLog {
  /// Reads both files; `-` is standard input.
  ///
  /// - Throws: `FormatError` with line and column: a column missing, a word for a number, NaN, an empty name, an
  ///   architecture without a true accuracy, or twice in one step of a run or in the table; with the file alone for fewer
  ///   than `ProxyLog.leastArchitectures` architectures or one accuracy for all. Complexity: O(bytes + n log n), without a
  ///   string for each field.
  public static func read(proxy: String, truth: String) throws(FormatError) -> ProxyLog {
    let accuracies = try self.truth(CSVTable(reading: truth))
    var reader = try LogReader(
      text: TextFile.read(proxy, limit: TextFile.tableLimit), file: proxy, truth: accuracies, truthFile: truth)
    try reader.readAll()
    do {
      return try ProxyLog(
        architectures: accuracies, runs: reader.runs.names, groups: reader.groups.names,
        observations: reader.observations)
    } catch {
      switch error {
      case .repeatedArchitecture(let name, let entry):
        throw FormatError(
          file: proxy, place: "line \(reader.lines[entry]), column 'arch'",
          problem: "architecture stands twice in a step of a run", found: "'\(name)'", allowed: "once")
      case .noRanking: throw FormatError(file: truth, problem: error.description)
      default: throw FormatError(file: proxy, problem: error.description)
      }
    }
  }

  private static func truth(_ table: CSVTable) throws(FormatError) -> [TrueAccuracy] {
    let name = try column("arch", table.header, table.file)
    let accuracy = try column("accuracy", table.header, table.file)
    let deviation = table.column("sd")
    let count = table.column("n")
    var names: Set<String> = []
    var truth: [TrueAccuracy] = []
    for row in table.rows {
      let architecture = row.fields[name]
      guard !architecture.isEmpty else { throw table.error(row, name, problem: "empty", allowed: "a name") }
      guard names.insert(architecture).inserted else {
        throw table.error(row, name, problem: "architecture stands twice", allowed: "one row per architecture")
      }
      let value = try table.number(row, accuracy)
      guard 0...1 ~= value else { throw table.error(row, accuracy, problem: "out of range", allowed: "0 to 1") }
      var spread: Double?
      if let deviation {
        let value = try table.number(row, deviation)
        guard value >= 0 else { throw table.error(row, deviation, problem: "out of range", allowed: "0 or more") }
        spread = value
      }
      var runs = 1
      if let count {
        runs = try table.integer(row, count)
        guard runs >= 1 else { throw table.error(row, count, problem: "out of range", allowed: "1 or more") }
      }
      truth.append(TrueAccuracy(name: architecture, accuracy: value, deviation: spread, count: runs))
    }
    return truth
  }

  fileprivate static func column(_ name: String, _ header: [String], _ file: String) throws(FormatError) -> Int {
    guard let column = header.firstIndex(of: name) else {
      throw FormatError(
        file: file, place: "header", problem: "column missing", found: header.joined(separator: ","),
        allowed: "'\(name)'")
    }
    return column
  }
}

/// Names and the order in which they came.
private struct NameIndex {
  private(set) var names: [String] = []
  private var places: [String: Int] = [:]

  init(_ names: [String] = []) {
    for name in names { _ = add(name) }
  }

  mutating func add(_ name: String) -> Int {
    if let place = places[name] { return place }
    places[name] = names.count
    names.append(name)
    return names.count - 1
  }

  func place(_ name: String) -> Int? { places[name] }
}

/// Reads the rows of a log as numbers.
private struct LogReader {
  private(set) var observations: [ProxyObservation] = []
  /// The line of each observation.
  private(set) var lines: [Int] = []
  private(set) var runs = NameIndex()
  private(set) var groups = NameIndex()
  private let architectures: NameIndex
  private let truthFile: String
  private var parser: CSVParser
  private let step: Int
  private let arch: Int
  private let proxy: Int
  private let run: Int?
  private let group: Int?

  init(text: String, file: String, truth: [TrueAccuracy], truthFile: String) throws(FormatError) {
    parser = try CSVParser(text: text, file: file)
    architectures = NameIndex(truth.map(\.name))
    self.truthFile = truthFile
    step = try AgreementLog.column("step", parser.header, file)
    arch = try AgreementLog.column("arch", parser.header, file)
    proxy = try AgreementLog.column("proxy", parser.header, file)
    run = parser.header.firstIndex(of: "run")
    group = parser.header.firstIndex(of: "group")
  }

  mutating func readAll() throws(FormatError) {
    while let line = try parser.next() {
      guard let number = integer(step) else { throw error(line, step, "not an integer", "an integer") }
      guard let value = Numeral.double(text(proxy)) else { throw error(line, proxy, "not a number", "a finite number") }
      guard let architecture = architectures.place(text(arch)) else {
        throw error(line, arch, "no true accuracy", "an architecture of \(FormatError.name(truthFile))")
      }
      let runName = try name(run, line)
      let groupName = try name(group, line)
      observations.append(
        ProxyObservation(
          run: runs.add(runName ?? ""), step: number, group: groupName.map { groups.add($0) },
          architecture: architecture, proxy: value))
      lines.append(line)
    }
  }

  private func text(_ column: Int) -> String { parser.string(parser.fields[column]) }

  /// The name in a column that the log may lack.
  private func name(_ column: Int?, _ line: Int) throws(FormatError) -> String? {
    guard let column else { return nil }
    let name = text(column)
    guard !name.isEmpty else { throw error(line, column, "empty", "a name") }
    return name
  }

  /// A field as an integer: up to 18 digits at once, the rest by the general rule.
  private func integer(_ column: Int) -> Int? {
    let content = parser.content(parser.fields[column])
    guard content.count <= 18, !content.isEmpty else { return Numeral.integer(text(column)) }
    var value = 0
    for byte in content {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else {
        return Numeral.integer(text(column))
      }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private func error(_ line: Int, _ column: Int, _ problem: String, _ allowed: String) -> FormatError {
    FormatError(
      file: parser.file, place: "line \(line), column '\(parser.header[column])'", problem: problem,
      found: "'\(text(column))'", allowed: allowed)
  }
}
