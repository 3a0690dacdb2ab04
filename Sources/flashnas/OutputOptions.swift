import ArgumentParser
import FlashQueries

/// The options of every command.
struct OutputOptions: ParsableArguments {
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

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Threads to use at most, 1 to 4096 (default: all cores); never changes a result. This version uses one.",
      valueName: "N"))
  var threads: String?

  @Flag(name: .long, help: "Leave the timing out of JSON.")
  var noTiming = false

  func validate() throws {
    do { try QueryOptions.check(seed: seed, threads: threads) } catch { throw ValidationError(error.message) }
  }

  /// Prints or writes a result, and ends with its exit code where that is not 0.
  ///
  /// - Parameter writesModel: whether `--output` takes the JSON document, whatever the format on standard output.
  func finish(_ result: QueryResult, writesModel: Bool = false) throws {
    if verbose { for line in result.timingLines { Terminal.log(line) } }
    if let output {
      try result.write(to: output, writesModel ? .json : format ?? .table, timing: !noTiming && !writesModel)
    }
    if output == nil || writesModel { Terminal.print(result.bytes(format ?? .table, timing: !noTiming)) }
    if !quiet || result.exitCode == 65 { for notice in result.notices { Terminal.log(notice) } }
    if result.exitCode != 0 { throw ExitCode(result.exitCode) }
  }
}
