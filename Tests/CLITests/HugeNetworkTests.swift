import Foundation
import Testing

/// Descriptions as large as the format allows are refused, or answered: none runs without end or out of memory.
@Suite struct HugeNetworkTests {
  static let cells: [(width: Int, depth: Int, skip: Int, isRefused: Bool)] = [
    (256, 300, 76_000, false), (16_384, 1024, 1_048_576, true),
    (65_536, 1024, 1_048_576, true), (65_536, 1024, 0, true), (65_536, 2, 0, true), (1, 1024, 1_048_576, false),
  ]

  @Test(.timeLimit(.minutes(3)), arguments: cells.indices)
  func `a huge description ends with an answer or a refusal`(
    _ index: Int
  ) async throws {
    let cell = Self.cells[index]
    let folder = try TemporaryFolder()
    try folder.file(
      "huge.yaml",
      "schema: flashnas.network/1\ninput: {channels: 1, height: 28, width: 28, classes: 10}\n"
        + "cells: [{type: dense, width: \(cell.width), depth: \(cell.depth), skip: \(cell.skip)}]\n")
    let outcome = try await Program.run("metrics", "huge.yaml", "--format", "json", in: folder.path)
    if outcome.code == 65 {
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errors.hasPrefix("flashnas: huge.yaml: cell"))
      #expect(outcome.errors.contains("too large, allowed at most"))
    } else {
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(!cell.isRefused)
      #expect(try outcome.json["schema"] as? String == "flashnas.metrics/1")
    }
  }
}
