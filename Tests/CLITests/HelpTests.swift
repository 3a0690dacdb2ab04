import Foundation
import Testing

@Suite struct HelpTests {
  /// Every command, as words behind the program's name.
  static let commands = [
    "", "search", "metrics", "check", "sample", "fit", "fit accuracy", "fit hardware", "predict", "explain", "pareto",
    "compare", "sweep", "sweep run", "sweep merge", "simulate", "measure",
    "agree", "export", "validate", "list", "serve",
  ]

  static func help(_ command: String) async throws -> Outcome {
    try await Program.run(command.split(separator: " ").map(String.init) + ["--help"], stdin: .text(""))
  }

  /// The lines of a help text's examples, as they stand.
  static func examples(_ text: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let title = lines.firstIndex(where: { $0 == "EXAMPLE" || $0 == "EXAMPLES" }) else { return [] }
    return Array(lines[(title + 1)...].prefix { !$0.isEmpty })
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

  @Test(arguments: commands) func `every line of an example is indented and fits into 80 columns`(
    _ command: String
  ) async throws {
    for line in Self.examples(try await Self.help(command).output) {
      #expect(line.hasPrefix("  ") && line.count <= 80, "\(line)")
    }
  }

  /// The example of `measure` needs ONNX Runtime: MeasureTests run it.
  @Test(arguments: commands.filter { $0 != "measure" }) func `the examples of help paste into a shell`(
    _ command: String
  ) async throws { try await Self.paste(command) }

  static func paste(_ command: String) async throws {
    let folder = try TemporaryFolder()
    let files = FileManager.default
    try files.createSymbolicLink(
      atPath: "\(folder.path)/datasets", withDestinationPath: "\(packageRoot)/datasets")
    try files.createSymbolicLink(atPath: "\(folder.path)/flashnas", withDestinationPath: Program.path)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let script = Self.examples(try await Self.help(command).output).joined(separator: "\n")
    let outcome = try await Program.run(
      "/bin/sh", ["-e", "-c", script], environment: ["PATH": "\(folder.path):\(path)"], in: folder.path)
    #expect(outcome.code == 0, "\(script): \(outcome.errors)")
    #expect(outcome.errors == "")
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
    for command in Self.commands where !["", "fit", "serve", "sweep"].contains(command) {
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
