import ArgumentParser
import FlashQueries

struct AgreeCommand: ReportCommand {
  static let configuration = CommandConfiguration(
    commandName: "agree",
    abstract: "Weight-sharing diagnostics: how a proxy ranks against stand-alone accuracy.",
    usage: "flashnas agree --proxy <LOG.csv> --truth <TRUTH.csv> [<options>]",
    discussion: """
      The log has the columns step, arch, proxy, and may have run and group; the truth has arch, accuracy, and may have \
      sd (of one training run) and n (training runs). Statistics are taken in each step of each run, over the \
      architectures that it logs, and pooled; deviations are of the population. Equal proxies stand in the order that \
      is worst for the proxy. --seed draws the architectures of the bootstrap.

      EXAMPLE
        # a proxy that swaps neighbours, over three steps
        awk 'BEGIN { print "arch,accuracy"; for (a = 0; a < 12; a++) \\
          print "net" a "," 0.9 + a / 1000 }' > truth.csv
        awk 'BEGIN { print "step,arch,proxy"; for (s = 0; s < 3; s++) \\
          for (a = 0; a < 12; a++) \\
            print s ",net" a "," 0.8 + (a + 2 * (a % 2 == s % 2)) / 1000 }' > log.csv
        flashnas agree --proxy log.csv --truth truth.csv --window 2 --top 1,3
      """)

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("What a proxy said, in CSV; - for standard input.", valueName: "LOG.csv"))
  var proxy: String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Stand-alone accuracies, in CSV; - for standard input.", valueName: "TRUTH.csv"))
  var truth: String
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The steps at the end of each run to average over, 1 to 1024 (default: 64).", valueName: "W"))
  var window: String?
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The numbers of best architectures to look at (default: 1,3,5).", valueName: "K,…"))
  var top: String?
  @OptionGroup var output: OutputOptions

  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    var query = AgreeQuery(proxy: proxy, truth: truth)
    query.window = window
    query.top = top
    query.seed = output.seed
    return try query.run()
  }
}
