import ArgumentParser
import FlashQueries

struct MeasureCommand: QueryCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Times of points or networks, run by ONNX Runtime on this machine.",
    usage: "flashnas measure [<networks> ...] [<options>]",
    discussion: """
      Every round visits each network once, in an order drawn from the seed: it loads it, runs it some times to warm up, \
      then times the runs that count, by the wall clock and by the processor's. latency_s is the 10th percentile over \
      all rounds, of the thread's processor time at one thread and of wall time above; latency_s_sd is the deviation of \
      the single rounds' 10th percentiles. A point whose spread (90th − 10th percentile over the median) is over the \
      limit is marked noisy. energy_j stands there where the processor's counters (RAPL) can be read, or with \
      --power-log; it is the whole machine's.

      With --format csv and -o FILE rows are written as networks are done, visits are kept in FILE.visits, and the same \
      command goes on after an interrupt. Networks of points and descriptions are exported with weights drawn from the \
      seed. The engine is libonnxruntime of the Python package onnxruntime, or --engine.

      EXAMPLE
        flashnas sample --space dense3-fashion -n 3 --format csv -o plan.csv
        flashnas measure --space dense3-fashion --points plan.csv \\
          --rounds 3 --quiet --format csv -o latency.csv
      """)

  @Argument(help: "ONNX files and descriptions (flashnas.network/1 in YAML or JSON).") var networks: [String] = []
  @OptionGroup var points: PointOptions
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "ONNX Runtime's library (default: of the Python that FLASHNAS_PYTHON names, or of python3).",
      valueName: "LIBRARY"))
  var engine: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Threads within an operator, 1 to 4096 (default: 1).", valueName: "N"))
  var threads: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Runs of a visit before those that count (default: 3).", valueName: "N"))
  var warmup: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Runs of a visit that count (default: 20).", valueName: "N"))
  var repeats: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Rounds, 2 or more (default: 10).", valueName: "N"))
  var rounds: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The spread above which a point is marked noisy (default: 20%).", valueName: "20%"))
  var spreadLimit: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      """
      A meter's CSV: time_s, this machine's clock in seconds since 1970 (UTC), and power_w. It may grow while networks \
      are measured.
      """, valueName: "FILE.csv"))
  var powerLog: String?
  @OptionGroup var result: ResultOptions
  @Flag(name: .long, help: "Leave the timing out of JSON.")
  var noTiming = false

  func validate() throws {
    do { try QueryOptions.check(seed: nil, threads: threads) } catch { throw ValidationError(error.message) }
  }

  static let isInterruptible = true

  var hasTiming: Bool { !noTiming }

  /// The file that rows are written to as networks are done.
  private var table: String? {
    guard result.format == .csv, let output = result.output, MeasureQuery.keepsTable(at: output) else { return nil }
    return output
  }

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = MeasureQuery()
    query.networks = networks
    query.space = points.space
    query.point = points.point
    query.points = points.points
    query.engine = engine
    query.threads = threads
    query.warmup = warmup
    query.repeats = repeats
    query.rounds = rounds
    query.spreadLimit = spreadLimit
    query.powerLog = powerLog
    query.seed = result.seed
    query.table = table
    let reporter = result.quiet ? ProgressReporter() : Terminal.reporter
    return try query.run(reporter: reporter, isInterrupted: isInterrupted)
  }

  func finish(_ result: QueryResult) throws {
    try self.result.finish(result, timing: !noTiming, isWritten: table != nil)
  }
}
