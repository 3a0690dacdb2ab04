internal import FlashAccuracy
internal import FlashFormats
internal import FlashHardware
internal import FlashNAS

/// Checks files without using them: problems, sweeps, profiles, descriptions, models, results, samples and measurements; and
/// whether certificates are true.
public struct ValidateQuery: Sendable {
  public var files: [String]
  /// The space whose variables the columns of a CSV are; the file of a certificate's space where that does not ship.
  public var space: String?
  /// `auto`, a model document or samples: the accuracy model of certificates.
  public var accuracy: String?
  /// The hardware of certificates, where it is not a shipped profile.
  public var hardware = HardwareArguments()

  public init(files: [String]) { self.files = files }

  public func run() throws(QueryError) -> QueryResult {
    guard !files.isEmpty else { throw .usage("FILE: missing, allowed one file or more") }
    let space = try space.map { (name) throws(QueryError) in try Models.space(name) }
    var entries: [JSONValue] = []
    var rows: [[String]] = []
    var notices: [String] = []
    for file in files {
      do {
        var finding: String?
        let kind = try check(file, space, &finding)
        var entry: [String: JSONValue] = [
          "file": .string(file), "ok": .bool(true), "kind": .string(kind), "error": .null,
        ]
        entry["finding"] = finding.map(JSONValue.string)
        entries.append(.object(entry))
        rows.append([file, "ok", kind + (finding.map { ": \($0)" } ?? "")])
      } catch {
        let message = QueryError(error).message
        entries.append(["file": .string(file), "ok": .bool(false), "kind": .null, "error": .string(message)])
        rows.append([file, "bad", message])
        notices.append(message)
      }
    }
    var table = TextTable()
    for row in rows { table.add(row[1] == "ok" ? row : [row[0], row[1]]) }
    var result = QueryResult(
      document: [
        "schema": "flashnas.validate/1", "version": .string(toolkitVersion), "files": .array(entries),
      ], csv: [["file", "state", "kind_or_error"]] + rows, text: table.text)
    result.exitCode = notices.isEmpty ? 0 : 65
    result.notices = notices
    return result
  }

  /// The kind of a file that is in order.
  ///
  /// - Parameter finding: what the file says, where that was checked too.
  private func check(_ file: String, _ space: SearchSpace?, _ finding: inout String?) throws -> String {
    if file == "-" || file.hasSuffix(".csv") { return try checkTable(file, space) }
    if DescribedNetwork.isONNX(file) {
      _ = try DescribedNetwork(reading: file)
      return "ONNX network"
    }
    let schema = try ResultFile.schema(of: file) ?? ""
    switch schema.split(separator: "/").first {
    case "flashnas.problem":
      var query = SearchQuery()
      query.problem = file
      _ = try DesignQuestion(query)
      return "problem"
    case "flashnas.sweep":
      try SweepQuery.check(file)
      return "sweep"
    case "flashnas.hardware", "flashnas.fit-hardware":
      _ = try HardwareProfileFile.read(file)
      return schema.hasPrefix("flashnas.hardware") ? "hardware profile" : "hardware model"
    case "flashnas.fit-accuracy":
      _ = try AccuracyModelFile.read(file)
      return "accuracy model"
    case "flashnas.network":
      _ = try DescribedNetwork(reading: file)
      return "network"
    case "flashnas.space":
      _ = try SpaceFile.read(file)
      return "space"
    case "flashnas.search":
      _ = try SavedDesign(reading: file)
      return "search result"
    case "flashnas.certificate":
      finding = try checkCertificate(file)
      return "certificate"
    default:
      throw FormatError(
        file: file, place: "schema", problem: "unknown", found: "'\(schema)'",
        allowed:
          "flashnas.problem/1, sweep/1, space/1, hardware/1, network/1, search/1, certificate/1, fit-accuracy/1, "
          + "fit-hardware/1")
    }
  }

  /// What a certificate says that is true.
  private func checkCertificate(_ file: String) throws -> String {
    let document = try CertificateFile(reading: file)
    let saved = try SavedDesign(document.result, of: file, space: space)
    let question = try SavedQuestion(document.question, of: saved, in: file, accuracy: accuracy, hardware)
    let problem = question.worstCase
    let certificate = try document.certificate(in: problem.first.space, problem.first.hardware, best: question.point)
    do { try CertificateChecker.check(certificate, of: problem) } catch {
      throw FormatError(
        file: file, place: error.place, problem: error.problem, found: error.found, allowed: error.allowed)
    }
    return CertificateAnswer.finding(certificate, problem)
  }

  private func checkTable(_ file: String, _ space: SearchSpace?) throws -> String {
    let samples = try SampleFile(reading: file, space: space)
    if space != nil {
      for row in samples.table.rows { _ = try samples.point(row) }
    }
    if samples.table.column("accuracy") != nil {
      _ = try samples.accuracySamples()
      return "accuracy samples"
    }
    guard CostQuantity.allCases.contains(where: { samples.table.column($0.rawValue) != nil }) else {
      for row in samples.table.rows { _ = try samples.features(row) }
      return "points"
    }
    // Standard input can be read only once: the table is in hand, so the costs are checked on it.
    for quantity in CostQuantity.allCases {
      guard let column = samples.table.column(quantity.rawValue) else { continue }
      for row in samples.table.rows where try samples.table.number(row, column) <= 0 {
        throw samples.table.error(row, column, problem: "out of range", allowed: "numbers > 0")
      }
    }
    return "measurements"
  }
}
