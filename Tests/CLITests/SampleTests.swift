import Foundation
import Testing

/// Plans with replicates and with their networks.
@Suite struct SampleTests {
  @Test func `replicates follow configuration by configuration, a seed at a time`() async throws {
    let plan = try await Program.run(
      "sample", "--space", "dense3-fashion", "-n", "4", "--replicates", "3", "--noise-points", "2", "--format", "csv")
    #expect(plan.code == 0, "\(plan.errors)")
    let rows = plan.rows
    #expect(rows[0].last == "seed")
    #expect(rows.dropFirst().map { $0.last ?? "" } == ["0", "0", "0", "0", "1", "1", "2", "2"])
    #expect(rows[1].dropLast() == rows[5].dropLast() && rows[1].dropLast() == rows[7].dropLast())
    #expect(Set(rows[1...4].map { $0.dropLast().joined(separator: ",") }).count == 4)
    let json = try await Program.run(
      "sample", "--space", "resnet-imagenet", "-n", "3", "--replicates", "1", "--format", "json"
    ).json
    let points = try #require(json["points"] as? [[String: Any]])
    #expect(points.allSatisfy { $0["seed"] as? Int == 0 && $0["block"] is String })
  }

  @Test func `the networks of a plan are written beside it, and read back as its points`() async throws {
    let folder = try TemporaryFolder()
    let plan = try await Program.run(
      [
        "sample", "--space", "dense3-fashion", "-n", "3", "--design", "maximin", "--replicates", "2", "--export",
        "onnx",
        "networks", "--format", "csv", "-o", "plan.csv",
      ], in: folder.path)
    #expect(plan.code == 0, "\(plan.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/networks").sorted()
    #expect(files.count == 6)
    func degrees(_ arguments: String...) async throws -> [Double] {
      let json = try await Program.run(["metrics", "--format", "json"] + arguments, in: folder.path).json
      return try #require(json["networks"] as? [[String: Any]]).compactMap { $0["nn_degree"] as? Double }
    }
    let read = try await degrees("networks")
    let points = try await degrees("--space", "dense3-fashion", "--points", "plan.csv")
    #expect(read.count == 6 && Set(points).count == 3)
    // By name: point 1 with seeds 0 and 1, point 2 …; the plan has seed 0 first.
    #expect(read == [0, 3, 1, 4, 2, 5].map { points[$0] })
  }

  @Test(arguments: [
    ("--design random", "--design: unknown, found 'random', allowed sobol, latin, maximin"),
    ("--replicates 0", "--replicates: not an integer in range"), ("--noise-points 2", "--noise-points: given without"),
    ("--replicates 2 --noise-points 9", "--noise-points: not an integer in range"),
    ("--export onnx", "--export: not understood"), ("--export keras folder", "--export: format: unknown name"),
    ("--export onnx a b", "--export: not understood"),
  ]) func `wrong usage is one line and 64`(_ options: String, _ text: String) async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Program.run(
      ["sample", "--space", "dense3-fashion", "-n", "4"] + options.split(separator: " ").map(String.init),
      in: folder.path)
    #expect(outcome.code == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("flashnas: \(text)"), "\(outcome.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }
}
