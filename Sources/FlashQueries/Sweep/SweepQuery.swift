internal import FlashFormats
internal import FlashNAS

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Many problems, solved one by one, into one table.
///
/// Rows are written in the order of the problems' indices, 64 at a time or after a second, each batch in one transaction of a
/// database or as whole lines of a text file, and are on the disk then. A process that ends, however it ends, loses the
/// problems that were not written: those in work, and those that waited for an earlier one or for the end of their batch, at
/// most 256 in all. The next run solves these and no others. A text file's bytes, and the contents of a database in the order
/// of the index, do not depend on interruptions or on the number of threads.
public struct SweepQuery: Sendable {
  /// A sweep file (`flashnas.sweep/1`).
  public var file: String
  /// The file of the results, by its name a database, CSV or JSON lines; `nil` keeps them in the answer alone.
  public var results: String?
  /// `3/16`: the third of 16 parts; the whole when left out.
  public var shard: String?
  /// Threads; all cores when left out.
  public var jobs: String?
  /// The seed of problems for which the file has none.
  public var seed: String?

  public init(file: String) { self.file = file }

  /// Solves the problems that the results do not have yet.
  ///
  /// - Parameters:
  ///   - reporter: told of what is there already, and of the rate and the time left.
  ///   - isInterrupted: asked now and then whether to stop: with what is solved, and code 130.
  public func run(
    reporter: ProgressReporter = ProgressReporter(), isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws(QueryError) -> QueryResult {
    let start = ContinuousClock.now
    let shard = try part()
    let jobs = try threads()
    let format = try Self.format(results)
    let sweep = try LoadedSweep(reading: file, seed: seed == nil ? nil : try Arguments.seed(seed))
    let size = shard.size(of: sweep.identity.problems)
    var statuses: [SweepStatus?] = Array(repeating: nil, count: sweep.identity.problems)
    var kept: [SweepRow] = []
    do {
      let store = try results.flatMap { path in try format?.open(path, of: sweep.identity, shard) }
      for (index, status) in store?.statuses ?? [] { statuses[index] = status }
      let missing = (0..<size).map(shard.index).filter { statuses[$0] == nil }
      if let results, missing.count < size {
        reporter.note(
          "\(results): \(size - missing.count) of \(Display.counted(size, "problem")) there, not solved again")
      }
      let pool = SweepPool(missing, isInterrupted: isInterrupted) { sweep.row($0, isInterrupted: $1) }
      var clock = SweepClock(planned: size, before: size - missing.count)
      try pool.run(jobs: jobs) { rows in
        if let store { try store.append(rows) } else { kept += rows }
        for row in rows { statuses[row.index] = row.status }
      } progress: { done in
        reporter.progress(clock.state(done: done))
      }
      try store?.close()
    } catch { throw QueryError(error) }
    let problems = (0..<size).map { (index: shard.index($0), status: statuses[shard.index($0)]) }
    let report = SweepReport(
      digest: sweep.identity.digest, problems, names: sweep.identity.keys, texts: sweep.file.texts)
    var result = report.result(
      shard: "\(shard.number)/\(shard.count)", seconds: (ContinuousClock.now - start).seconds)
    if results == nil {
      let table = SweepTable(kept, of: sweep.identity)
      result.document["results"] = table.document
      result.csv = table.csv
    }
    end(&result, report, isInterrupted: report.all.missing > 0)
    return result
  }

  /// The exit code, and why it is not 0.
  private func end(_ result: inout QueryResult, _ report: SweepReport, isInterrupted: Bool) {
    let failed = report.all[.failed]
    if failed > 0 {
      result.exitCode = 65
      result.notices.append(
        "\(FormatError.name(file)): \(Display.counted(failed, "problem")) of \(report.all.problems) without an answer, "
          + "each with its reason in the column 'error'")
    }
    guard isInterrupted else { return }
    result.exitCode = 130
    let next = results == nil ? "" : ", the same command goes on from here"
    result.notices.append(
      "interrupted with \(report.all.problems - report.all.missing) of "
        + "\(Display.counted(report.all.problems, "problem")) solved\(next)")
  }

  /// Checks a sweep without solving anything. - Throws: `QueryError`.
  static func check(_ file: String) throws(QueryError) { _ = try LoadedSweep(reading: file, seed: nil) }

  static func format(_ path: String?) throws(QueryError) -> SweepFormat? {
    guard let path else { return nil }
    guard let format = SweepFormat(path) else {
      throw .usage("--output: unknown kind of results, found '\(path)', allowed \(SweepFormat.allowed)")
    }
    return format
  }

  private func part() throws(QueryError) -> SweepShard {
    guard let shard else { return .whole }
    let parts = shard.split(separator: "/", omittingEmptySubsequences: false).map { Numeral.integer($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1], 1...SweepPlan.limit ~= count,
      1...count ~= number
    else { throw .usage("--shard: not understood, found '\(shard)', allowed 1/N to N/N, such as 3/16") }
    return SweepShard(number: number, of: count)
  }

  private func threads() throws(QueryError) -> Int {
    guard let jobs else { return max(1, ProcessInfo.processInfo.activeProcessorCount) }
    return try Arguments.count(jobs, option: "--jobs", in: 1...4096)
  }
}

/// Tells how fast a sweep is, and how long it takes yet.
private struct SweepClock {
  private let start = ContinuousClock.now
  private var told = ContinuousClock.now
  private let planned: Int
  private let before: Int

  /// How often a line is printed where there is no bar (chosen).
  private static let pause = Duration.seconds(10)

  init(planned: Int, before: Int) {
    self.planned = planned
    self.before = before
  }

  /// - Parameter done: problems solved in this run.
  mutating func state(done: Int) -> ProgressReporter.State {
    let now = ContinuousClock.now
    let seconds = (now - start).seconds
    var remark = ""
    if done > 0, seconds > 0 {
      let rate = Double(done) / seconds
      let left = planned - before - done
      remark = "\(Display.grouped(Int((rate * 60).rounded()))) a minute"
      if left > 0 { remark += ", \(Display.duration(Double(left) / rate)) left" }
    }
    var state = ProgressReporter.State(done: before + done, planned: planned, remark: remark)
    if now - told >= Self.pause {
      told = now
      state.line =
        "\(Display.grouped(before + done)) of \(Display.counted(planned, "problem"))"
        + (remark.isEmpty ? "" : ", \(remark)")
    }
    return state
  }
}

extension Display {
  /// A time in whole seconds, minutes and hours.
  static func duration(_ seconds: Double) -> String {
    let seconds = Int(min(seconds.rounded(.up), 1e9))
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    if hours > 0 { return "\(hours) h \(minutes) min" }
    return minutes > 0 ? "\(minutes) min \(seconds % 60) s" : "\(seconds) s"
  }
}
