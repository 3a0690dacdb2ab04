import Foundation
import Testing

/// What `metrics` says about ONNX files beside counts.
@Suite struct ONNXMetricsTests {
  private static let references = "\(packageRoot)/Tests/ReferenceTests/References"

  @Test func `a file with folded batch norm says so in every format`() async throws {
    let path = "\(Self.references)/onnx-folded/resnet18.torchscript.onnx"
    let json = try await Program.run("metrics", path, "--format", "json").json
    let network = try #require((json["networks"] as? [[String: Any]])?.first)
    #expect(network["batch_norm_folded"] as? Bool == true)
    #expect(network["folded_channels"] as? Int == 4800)
    let note = try #require((network["notes"] as? [String])?.first)
    #expect(note.contains("before, the network had 11689512 parameters"))
    #expect(try await Program.run("metrics", path).output.contains("\n  note: \(note)\n"))
    let rows = try await Program.run("metrics", path, "--format", "csv").rows
    #expect(rows[0].suffix(3) == ["batch_norm_folded", "folded_channels", "unsupported"])
    #expect(rows[1].suffix(3) == ["true", "4800", ""])
  }

  @Test func `a file that does not tell has null, and an empty cell`() async throws {
    let path = "\(Self.references)/onnx/alexnet.onnx"
    let json = try await Program.run("metrics", path, "--format", "json").json
    let network = try #require((json["networks"] as? [[String: Any]])?.first)
    #expect(network["batch_norm_folded"] is NSNull)
    #expect((network["notes"] as? [String])?.count == 1)
    #expect(try await Program.run("metrics", path, "--format", "csv").rows[1].suffix(3) == ["", "0", ""])
  }

  @Test(arguments: [
    ("sequence", "--dim: expected NAME=SIZE, found 'sequence'"), ("a=0", "--dim: expected NAME=SIZE, found 'a=0'"),
    ("=3", "--dim: expected NAME=SIZE, found '=3'"),
    ("sequence=7", "--dim: no symbolic dimension of this name, found 'sequence', allowed batch"),
  ])
  func `a size for no dimension is wrong usage`(_ option: String, _ error: String) async throws {
    let outcome = try await Program.run("metrics", "\(Self.references)/onnx/alexnet.onnx", "--dim", option)
    #expect(outcome.code == 64)
    #expect(outcome.errors.contains(error))
  }

  @Test func `a symbolic height takes its size from the command line`() async throws {
    let path = "\(packageRoot)/Tests/Malformed/onnx/dynamic-height.onnx"
    #expect(try await Program.run("metrics", path).code == 65)
    let json = try await Program.run("metrics", path, "--dim", "height=12", "--format", "json").json
    let network = try #require((json["networks"] as? [[String: Any]])?.first)
    // A 3×3 convolution 3 → 4 without padding on 12×8.
    #expect(network["macs"] as? Int == 10 * 6 * 108)
    let twice = try await Program.run("metrics", path, "--dim", "height=12", "--dim", "height=13")
    #expect(twice.code == 64)
    #expect(twice.errors.contains("--dim: given twice, found 'height'"))
  }
}
