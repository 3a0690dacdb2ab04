import Foundation
import Testing

/// What the program says of itself for shells and for man(1).
@Suite struct ManualTests {
  @Test func `the manual has every command, and every option of its help`() async throws {
    let manual = try await Program.run("--generate-manual")
    #expect(manual.code == 0)
    #expect(manual.output.hasPrefix(".TH FLASHNAS 1 "))
    let plain = manual.output.replacingOccurrences(of: "\\-", with: "-")
    for command in HelpTests.commands where !command.isEmpty {
      let section = try #require(
        plain.components(separatedBy: ".SS flashnas \(command)").dropFirst().first, "\(command)")
      let own = section.components(separatedBy: "\n.SS ")[0]
      let help = try await HelpTests.help(command).output
      for option in help.matches(of: #/(?m)^  (?:-\w, )?(--[a-z-]+)/#).map({ String($0.1) })
      where !["--help", "--version"].contains(option) {
        #expect(own.contains("\\fB\(option)\\fR"), "\(command) \(option)")
      }
    }
    // No line of the text is taken for a request of troff.
    let requests = Set(
      manual.output.split(separator: "\n").filter { $0.hasPrefix(".") }.map { $0.prefix { $0 != " " } })
    #expect(requests.isSubset(of: [".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".nf", ".fi"]))
  }

  private static func tool(_ name: String) -> String? {
    ["/usr/bin/\(name)", "/bin/\(name)", "/usr/local/bin/\(name)"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  @Test(.enabled(if: tool("groff") != nil, "groff is not here")) func `the manual is formatted without a warning`()
    async throws
  {
    let folder = try TemporaryFolder()
    let page = try folder.file("flashnas.1", try await Program.run("--generate-manual").output)
    let shown = try await Program.run(
      Self.tool("groff") ?? "", ["-man", "-ww", "-Tutf8", page], environment: [:], in: folder.path)
    #expect(shown.code == 0)
    #expect(shown.errors == "")
    #expect(shown.output.contains("JSON lines on standard input"))
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func `a completion script names every command`(
    _ shell: String
  ) async throws {
    let script = try await Program.run("--generate-completion-script", shell)
    #expect(script.code == 0)
    for command in HelpTests.commands where !command.isEmpty {
      for word in command.split(separator: " ") { #expect(script.output.contains(word), "\(word)") }
    }
    for option in ["min-accuracy", "certify"] { #expect(script.output.contains(option)) }
    #expect(!script.output.contains("generate-manual"))
  }

  @Test(.enabled(if: tool("bash") != nil, "bash is not here")) func `bash completes a command from the script`()
    async throws
  {
    let folder = try TemporaryFolder()
    try folder.file("complete", try await Program.run("--generate-completion-script", "bash").output)
    let completed = try await Program.run(
      Self.tool("bash") ?? "",
      [
        "-c",
        """
        . ./complete; COMP_WORDS=(flashnas sea); COMP_CWORD=1; COMP_LINE='flashnas sea'; COMP_POINT=12; COMP_TYPE=9
        function=$(complete -p flashnas | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $function flashnas sea flashnas
        echo "${COMPREPLY[@]}"
        """,
      ], environment: [:], in: folder.path)
    #expect(completed.output.trimmingCharacters(in: .whitespacesAndNewlines) == "search", "\(completed.errors)")
  }
}
