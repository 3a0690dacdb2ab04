internal import FlashFormats

/// Joins the results of a sweep's shards.
public struct SweepMergeQuery: Sendable {
  /// Files of one kind: databases, CSV or JSON lines.
  public var files: [String]
  /// A new file of the same kind.
  public var results: String?

  public init(files: [String]) { self.files = files }

  /// The exit code is 65 where problems are missing; the new file holds what there is.
  public func run() throws(QueryError) -> QueryResult {
    let start = ContinuousClock.now
    guard let results, let format = try SweepQuery.format(results) else {
      throw .usage("--output: missing, allowed \(SweepFormat.allowed)")
    }
    guard !files.isEmpty else { throw .usage("FILE: missing, allowed one file or more") }
    for file in files {
      guard let own = SweepFormat(file), own == format else {
        throw .usage("FILE: another kind than that of --output, found '\(file)', allowed files of one kind")
      }
    }
    let merged: SweepMerged
    do { merged = try format.merge(files, into: results) } catch { throw QueryError(error) }
    let report = SweepReport(
      digest: merged.digest, merged.statuses.enumerated().map { (index: $0.offset, status: $0.element) })
    var result = report.result(shard: "1/1", seconds: (ContinuousClock.now - start).seconds)
    let missing = merged.statuses.indices.filter { merged.statuses[$0] == nil }
    if !missing.isEmpty {
      result.exitCode = 65
      let shown = missing.prefix(8).map(String.init).joined(separator: ", ") + (missing.count > 8 ? ", …" : "")
      result.notices.append(
        "\(results): \(Display.counted(missing.count, "problem")) of \(merged.statuses.count) missing: \(shown)")
    }
    return result
  }
}
