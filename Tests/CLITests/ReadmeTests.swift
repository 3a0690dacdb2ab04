import Foundation
import Testing

/// The blocks of README.md that show output are what the program prints.
@Suite("README.md")
struct ReadmeTests {
  /// A command and the output that the README shows for it.
  struct Shown: CustomTestStringConvertible {
    let command: String
    let output: String
    var testDescription: String { command }
  }

  static let shown: [Shown] = {
    let text = (try? String(contentsOfFile: "\(packageRoot)/README.md", encoding: .utf8)) ?? ""
    return text.components(separatedBy: "<!-- flashnas ").dropFirst().compactMap { part in
      guard let end = part.range(of: " -->\n```\n"),
        let close = part.range(of: "\n```\n", range: end.upperBound..<part.endIndex)
      else { return nil }
      return Shown(
        command: String(part[..<end.lowerBound]), output: String(part[end.upperBound..<close.lowerBound]) + "\n")
    }
  }()

  @Test("shows two outputs")
  func count() { #expect(Self.shown.count == 2) }

  @Test("shows what the program prints, but for the time it took", arguments: shown)
  func output(_ shown: Shown) async throws {
    let result = try await Program.run(shown.command.split(separator: " ").map(String.init))
    #expect(result.code == 0)
    #expect(Self.withoutTime(result.output) == Self.withoutTime(shown.output))
  }

  /// The time at the end of a search, `…, 31.20 ms)`, is left out.
  private static func withoutTime(_ text: String) -> String {
    text.replacing(/, [0-9.]+ [mun]?s\)/, with: ")")
  }
}
