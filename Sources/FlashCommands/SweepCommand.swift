import ArgumentParser
import FlashQueries

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Many problems into one table: resumable, in shards.",
    usage: """
      flashnas sweep <sweep> [-o <FILE>] [--shard 3/16] [--jobs <N>] [<options>]
      flashnas sweep merge <files> ... -o <FILE>
      """,
    discussion: """
      'flashnas sweep run --help' has the options and the sweep file.

      EXAMPLE
        echo '{"schema": "flashnas.sweep/1",
          "problem": {"space": "dense3-fashion", "accuracy": "auto",
            "hardware": "systolic-ws-32x32", "objective": {"minimize": "energy"}},
          "grid": {"constraints.accuracy.min": {"range": ["89%", "90.5%"],
            "step": "0.5%"}, "strategy": ["exact", "hierarchical"]}}' > sweep.yaml
        flashnas sweep sweep.yaml --shard 1/2 -o one.db --quiet
        flashnas sweep sweep.yaml --shard 2/2 -o two.db --quiet
        flashnas sweep merge one.db two.db -o all.db
      """,
    subcommands: [SweepRunCommand.self, SweepMergeCommand.self], defaultSubcommand: SweepRunCommand.self)
}

struct SweepRunCommand: QueryCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Solve the problems that the results do not have yet.",
    usage: "flashnas sweep <sweep> [-o <FILE>] [<options>]",
    discussion: """
      A sweep file has what all problems have in common under 'problem', by the keys of a problem file with seed, strategy, \
      budget and certify; and one of:

        grid:    every combination of the values of its keys
        random:  {n, seed, draw}: n problems, every key of draw drawn by itself
        list:    problems one by one, each the keys in which it differs

      Keys are named with dots, as in constraints.area.max. Their values are a list; {range: [first, last], step}; \
      {uniform: [first, last]} or {log-uniform: [first, last]}, with a step where wanted, and in a grid with n and seed.

      The results have a row a problem, in the order of its index: key (equal for equal problems), status (feasible, \
      infeasible, failed), the keys that differ as problem.NAME, what 'search' finds, and its whole answer in JSON. The \
      file's name says what it is: .db and .sqlite a database with the table result, .csv, or .jsonl. The same command goes \
      on after an interrupt or a kill: no more than the problems not yet written, 256 at most, are solved again. \
      --shard 3/16 takes every 16th problem from the third on, into a file of its own. Without -o the rows stand in JSON \
      and CSV on standard output; else that has a summary. Problems without an answer are rows, and end with exit code 65.

      EXAMPLE
        echo '{"schema": "flashnas.sweep/1",
          "problem": {"space": "dense3-fashion", "accuracy": "auto",
            "hardware": "systolic-ws-32x32", "objective": {"minimize": "energy"}},
          "random": {"n": 20, "seed": 1, "draw": {
            "constraints.accuracy.min": {"uniform": ["89%", "90.5%"]},
            "constraints.area.max": {"log-uniform": ["1mm2", "2mm2"]}
          }}}' > sweep.yaml
        flashnas sweep sweep.yaml -o results.csv --quiet
      """)

  @Argument(help: "A sweep file (flashnas.sweep/1 in YAML or JSON).") var sweep: String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Solve one of N parts of the sweep, 1/N to N/N (default: all of it).", valueName: "I/N"))
  var shard: String?
  @Option(
    name: [.customLong("threads"), .customLong("jobs")], parsing: .unconditional,
    help: ArgumentHelp(
      "Problems to solve at once, 1 to 4096 (default: all cores); never changes a result.", valueName: "N"))
  var jobs: String?
  @OptionGroup var result: ResultOptions
  @Flag(name: .long, help: "Leave the timing out of JSON.")
  var noTiming = false

  func validate() throws {
    do { try QueryOptions.check(seed: nil, threads: jobs) } catch { throw ValidationError(error.message) }
  }

  static let isInterruptible = true

  var hasTiming: Bool { !noTiming }

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = SweepQuery(file: sweep)
    query.results = result.output
    query.shard = shard
    query.jobs = jobs
    query.seed = result.seed
    let reporter = result.quiet ? ProgressReporter() : Terminal.reporter
    return try query.run(reporter: reporter, isInterrupted: isInterrupted)
  }

  func finish(_ result: QueryResult) throws { try self.result.summarise(result, timing: hasTiming) }
}

struct SweepMergeCommand: QueryCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the results of shards.",
    usage: "flashnas sweep merge <files> ... -o <FILE> [<options>]",
    discussion: """
      The files are results of one sweep, of one kind, and -o names a new one, which then holds what one run of the whole \
      sweep would. Problems that no file has are told, with exit code 65. Two different rows for one problem are an error.

      EXAMPLE
        echo '{"schema": "flashnas.sweep/1",
          "problem": {"space": "dense3-fashion", "objective": {"minimize": "macs"}},
          "grid": {"fix.width1": [4, 6, 8]}}' > sweep.yaml
        flashnas sweep sweep.yaml --shard 1/2 -o one.jsonl --quiet
        flashnas sweep sweep.yaml --shard 2/2 -o two.jsonl --quiet
        flashnas sweep merge one.jsonl two.jsonl -o all.jsonl
      """)

  @Argument(help: "Results of shards.") var files: [String]
  @OptionGroup var options: OutputOptions

  var hasTiming: Bool { !options.noTiming }

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = SweepMergeQuery(files: files)
    query.results = options.output
    return try query.run()
  }

  func finish(_ result: QueryResult) throws { try options.summarise(result) }
}
