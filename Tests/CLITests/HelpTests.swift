import Foundation
import Testing

@Suite struct HelpTests {
  /// Every command, as words behind the program's name.
  static let commands = [
    "", "search", "metrics", "sample", "fit", "fit accuracy", "fit hardware", "predict", "simulate", "validate", "list",
  ]

  static func help(_ command: String) async throws -> Outcome {
    try await Program.run(command.split(separator: " ").map(String.init) + ["--help"], stdin: .text(""))
  }

  /// The examples of a help text: one command line each, wrapped lines joined.
  static func examples(_ text: String) -> [String] {
    var lines: [String] = []
    var isExample = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "EXAMPLE" || line == "EXAMPLES" {
        isExample = true
      } else if line.isEmpty {
        isExample = false
      } else if isExample, line.hasPrefix("  flashnas ") {
        lines.append(String(line.dropFirst(2)))
      } else if isExample, !lines.isEmpty {
        lines[lines.count - 1] += " " + line.drop { $0 == " " }
      }
    }
    return lines
  }

  @Test(arguments: commands) func `help ends with 0, on standard output, and has an example`(
    _ command: String
  ) async throws {
    let outcome = try await Self.help(command)
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    #expect(outcome.output.hasPrefix("OVERVIEW: "))
    #expect(outcome.output.contains("USAGE: flashnas"))
    #expect(!Self.examples(outcome.output).isEmpty)
  }

  @Test(arguments: commands) func `the examples of help run`(_ command: String) async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/datasets", withDestinationPath: "\(packageRoot)/datasets")
    try folder.file("problem.yaml", "schema: flashnas.problem/1\nspace: dense3-cifar\nobjective: {minimize: macs}\n")
    try folder.file("samples.csv", "nn_degree,accuracy\n50,0.9\n")
    try folder.file("plan.csv", "\(Points.header)\n16,8,10,32,8,20,64,8,40\n")
    for example in Self.examples(try await Self.help(command).output) {
      let words = example.split(separator: " ").dropFirst().map { $0.replacingOccurrences(of: "'", with: "") }
      let outcome = try await Program.run(Array(words), stdin: .text(""), in: folder.path)
      // Whether a bound can be met depends on the samples that the predictor was fitted to.
      if outcome.code == 2, outcome.errors.hasPrefix("flashnas: no feasible point") { continue }
      #expect(outcome.code == 0, "\(example): \(outcome.errors)")
      #expect(outcome.errors == "")
    }
  }

  @Test func `the program alone and a command with subcommands print their help`() async throws {
    #expect(try await Program.run().output == Self.help("").output)
    #expect(try await Program.run("fit").output == Self.help("fit").output)
    #expect(try await Program.run("help", "search").output == Self.help("search").output)
  }

  @Test func `the root help names every command and every exit code`() async throws {
    let text = try await Self.help("").output
    for command in Self.commands where !command.contains(" ") && !command.isEmpty {
      #expect(text.contains("\n  \(command) "), "\(command)")
    }
    let words = text.split { $0 == " " || $0 == "\n" }
    for code in ["0", "1", "2", "64", "65", "130", "141"] { #expect(words.contains(Substring(code))) }
  }

  @Test func `every command has the options of all`() async throws {
    for command in Self.commands where !["", "fit"].contains(command) {
      let text = try await Self.help(command).output
      for option in ["--format", "-o, --output", "-q, --quiet", "-v, --verbose", "--seed", "--threads", "--no-timing"] {
        #expect(text.contains("  \(option)"), "\(command) \(option)")
      }
    }
  }

  @Test(arguments: [["--version"], ["search", "--version"]]) func `the version is one line`(
    _ arguments: [String]
  ) async throws {
    let outcome = try await Program.run(arguments)
    #expect(outcome.code == 0)
    #expect(outcome.output.wholeMatch(of: /flashnas \d+\.\d+\.\d+\n/) != nil)
  }
}
