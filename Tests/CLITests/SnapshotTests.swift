import Foundation
import Testing

/// The help texts as they are printed; FLASHNAS_UPDATE_SNAPSHOTS=1 remakes the files.
@Suite struct SnapshotTests {
  private static let folder = "\(packageRoot)/Tests/CLITests/Snapshots"

  private static func file(_ command: String) -> String {
    let name = (["flashnas"] + command.split(separator: " ").map(String.init)).joined(separator: "-")
    return "\(folder)/\(name).txt"
  }

  @Test(arguments: HelpTests.commands) func `a help text is the one on file`(_ command: String) async throws {
    let text = try await HelpTests.help(command).output
    let file = Self.file(command)
    if ProcessInfo.processInfo.environment["FLASHNAS_UPDATE_SNAPSHOTS"] == "1" {
      try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    } else {
      let expected = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text == expected)
    }
  }

  @Test func `every file is of a command`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".txt") }
      .sorted()
    #expect(files.map { "\(Self.folder)/\($0)" } == HelpTests.commands.map(Self.file).sorted())
  }
}
