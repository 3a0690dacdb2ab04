import ArgumentParser
import FlashQueries

/// Where a result goes, and in which format.
struct ResultOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("table, json or csv (default: table).", valueName: "FORMAT"),
    transform: { text in
      guard let format = OutputFormat(rawValue: text) else {
        throw ValidationError("--format: unknown, found '\(text)', allowed table, json, csv")
      }
      return format
    })
  var format: OutputFormat?

  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("Write the result to a file, in one step (default: standard output).", valueName: "FILE"))
  var output: String?

  @Flag(name: .shortAndLong, help: "No notes on standard error; errors are still told.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Timings of a search on standard error, in seconds.")
  var verbose = false

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Seed of every random choice, an integer ≥ 0 (default: 0).", valueName: "N"))
  var seed: String?

  func validate() throws {
    do { try QueryOptions.check(seed: seed, threads: nil) } catch { throw ValidationError(error.message) }
  }

  /// Prints or writes a result, and ends with its exit code where that is not 0.
  ///
  /// - Parameters:
  ///   - timing: whether JSON has the timing.
  ///   - writesModel: whether `--output` takes the JSON document, whatever the format on standard output.
  ///   - isWritten: whether the file that `--output` names is written already.
  func finish(_ result: QueryResult, timing: Bool, writesModel: Bool = false, isWritten: Bool = false) throws {
    if let output, !isWritten {
      try result.write(to: output, writesModel ? .json : format ?? .table, timing: timing && !writesModel)
    }
    try end(result, timing: timing, isPrinted: output == nil || writesModel)
  }

  /// Prints a result that sums up the file that `--output` names, and ends with its exit code where that is not 0.
  func summarise(_ result: QueryResult, timing: Bool) throws { try end(result, timing: timing, isPrinted: true) }

  private func end(_ result: QueryResult, timing: Bool, isPrinted: Bool) throws {
    if verbose { for line in result.timingLines { Terminal.log(line) } }
    if isPrinted { Terminal.print(result.bytes(format ?? .table, timing: timing)) }
    if !quiet || result.exitCode == 65 { for notice in result.notices { Terminal.log(notice) } }
    if result.exitCode != 0 { throw ExitCode(result.exitCode) }
  }
}

/// The options of every command.
struct OutputOptions: ParsableArguments {
  @OptionGroup private var result: ResultOptions
  var format: OutputFormat? { result.format }
  var output: String? { result.output }
  var seed: String? { result.seed }

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Threads to use at most, 1 to 4096 (default: all cores); never changes a result. This version uses one.",
      valueName: "N"))
  var threads: String?

  @Flag(name: .long, help: "Leave the timing out of JSON.")
  var noTiming = false

  func validate() throws {
    do { try QueryOptions.check(seed: nil, threads: threads) } catch { throw ValidationError(error.message) }
  }

  /// Prints or writes a result, and ends with its exit code where that is not 0.
  ///
  /// - Parameter writesModel: whether `--output` takes the JSON document, whatever the format on standard output.
  func finish(_ result: QueryResult, writesModel: Bool = false) throws {
    try self.result.finish(result, timing: !noTiming, writesModel: writesModel)
  }

  /// Prints a result that sums up the file that `--output` names, and ends with its exit code where that is not 0.
  func summarise(_ result: QueryResult) throws { try self.result.summarise(result, timing: !noTiming) }
}
