import ArgumentParser
import FlashQueries

/// The program: one subcommand per file of this folder.
struct Flashnas: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flashnas",
    abstract: "Analytical, training-free, hardware-aware neural architecture search.",
    discussion: """
      From the topology of a skip-connected network (NN-Degree) and a few dozen trained or measured samples, models of \
      accuracy, latency, energy and area are fitted, and the best network of a space is found, with a proof.

      EXAMPLE
        flashnas search --min-accuracy 86% --max-area 2mm2

      EXIT CODES
        0    done
        1    the run failed
        2    no feasible point
        64   wrong usage
        65   something wrong in or about a file
        130  interrupted
        141  closed pipe
      """,
    version: "flashnas \(toolkitVersion)",
    subcommands: [
      SearchCommand.self, MetricsCommand.self, CheckCommand.self, SampleCommand.self, FitCommand.self,
      PredictCommand.self, ExplainCommand.self, ParetoCommand.self, CompareCommand.self, SweepCommand.self,
      SimulateCommand.self,
      MeasureCommand.self,
      AgreeCommand.self, ExportCommand.self,
      ValidateCommand.self, ListCommand.self,
      ServeCommand.self,
    ])

  /// Asked by `make install`, as the scripts of shells are.
  @Flag(name: .customLong("generate-manual"), help: .hidden) var generatesManual = false

  func run() throws {
    guard generatesManual else { throw CleanExit.helpRequest(self) }
    Terminal.print(try ManualPage(help: Self._dumpHelp()).text)
  }
}
