import Foundation
import Testing

/// `check`, and spaces and networks of the user's own, through the built program.
@Suite struct CheckTests {
  static let space = """
    schema: flashnas.space/1
    name: my-space
    input: {channels: 1, height: 28, width: 28, classes: 10}
    cells:
      - {type: dense, width: width1, depth: depth1, skip: skip1}
      - {type: dense, width: 2*width1, depth: depth1, skip: 24}
    variables:
      width1: {range: [4, 12], step: 1}
      depth1: {choices: [4, 6, 8]}
      skip1: {range: [0, 24]}
    """

  static let network = """
    schema: flashnas.network/1
    name: three
    input: {channels: 3, height: 32, width: 32, classes: 10}
    cells:
      - {type: dense, width: 16, depth: 8, skip: 10}
      - {type: dense, width: 32, depth: 8, skip: 20}
      - {type: dense, width: 64, depth: 8, skip: 40}
    """

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("space.yaml", Self.space)
    try folder.file("network.yaml", Self.network)
    return folder
  }

  @Test(arguments: [
    ("--max-macs 78889600", 0), ("--max-macs 78889599", 2), ("--max-parameters 546042 --min nn_degree=164.5", 0),
    ("--min nn_degree=164.6", 2), ("--max peak_memory_elements=131072", 0), ("--max peak_memory_elements=131k", 2),
    ("--max-latency 10s --max-energy 1J --max-area 100mm2 --max-power 100W", 0), ("--max-latency 1ns", 2),
    ("--min density=0.17 --max density=0.18", 0), ("--max-macs 1G --max-parameters 1k", 2),
  ]) func `a network within every bound ends with 0, another with 2`(_ options: String, _ code: Int32) async throws {
    let folder = try folder()
    let arguments = ["check", "network.yaml"] + options.split(separator: " ").map(String.init)
    let outcome = try await Program.run(arguments + ["--format", "json"], in: folder.path)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.errorLines.count == (code == 0 ? 0 : 1))
    #expect(try outcome.json["ok"] as? Bool == (code == 0))
    #expect(try outcome.json["schema"] as? String == "flashnas.check/1")
    let networks = try #require(outcome.json["networks"] as? [[String: Any]])
    let checks = try #require(networks.first?["checks"] as? [[String: Any]])
    for check in checks {
      let (bound, value) = (check["bound"] as? Double ?? .nan, check["value"] as? Double ?? .nan)
      let isKept = check["relation"] as? String == ">=" ? value >= bound : value <= bound
      #expect(check["ok"] as? Bool == isKept)
    }
  }

  @Test(arguments: [
    ("", "check: no bounds"), ("--max nn_degre=3", "--max: metric: unknown name, found 'nn_degre'"),
    ("--max nn_degree", "--max: not understood"), ("--max nn_degree=high", "--max: nn_degree: not a number"),
    ("--min-accuracy 50%", "--min-accuracy: no accuracy model"), ("--max-latency 3", "--max-latency: not understood"),
    ("--max-macs 5 --space dense3-fashion", "--space: given beside network files"),
  ]) func `wrong usage is one line and 64`(_ options: String, _ message: String) async throws {
    let folder = try folder()
    let outcome = try await Program.run(
      ["check", "network.yaml"] + options.split(separator: " ").map(String.init), in: folder.path)
    #expect(outcome.code == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("flashnas: \(message)"), "\(outcome.errors)")
  }

  @Test func `a bound on a metric that a network does not have is 65, with the reason`() async throws {
    let folder = try TemporaryFolder()
    try folder.file(
      "densenet.yaml",
      """
      schema: flashnas.network/1
      input: {channels: 3, height: 32, width: 32, classes: 10}
      cells: [{type: densenet, growth: 4, depth: 3}]
      """)
    let outcome = try await Program.run("check", "densenet.yaml", "--max", "nn_mass=5", in: folder.path)
    #expect(outcome.code == 65)
    #expect(
      outcome.errors.hasPrefix("flashnas: densenet: nn_mass: no value, NN-Mass has formulas"), "\(outcome.errors)")
  }

  @Test func `points are checked too, by the space's own predictor`() async throws {
    let arguments = ["check", "--space", "dense3-fashion", "--point", Points.fashion]
    #expect(try await Program.run(arguments + ["--min-accuracy", "80%"]).code == 0)
    #expect(try await Program.run(arguments + ["--min-accuracy", "99%"]).code == 2)
  }

  @Test func `a space of one's own goes through every command that takes a space`() async throws {
    let folder = try folder()
    func run(_ command: String) async throws -> Outcome {
      try await Program.run(command.split(separator: " ").map(String.init), in: folder.path)
    }
    #expect(try await run("validate space.yaml").code == 0)
    #expect(try await run("sample --space space.yaml -n 20 --format csv -o plan.csv").code == 0)
    let metrics = try await run("metrics --space space.yaml --points plan.csv --format csv")
    #expect(metrics.rows.count == 21)
    #expect(try await run("simulate --space space.yaml --points plan.csv --format csv -o costs.csv").code == 0)
    #expect(try await run("fit hardware costs.csv --space space.yaml -o hardware.json").code == 0)
    let point = "width1=5,depth1=6,skip1=7"
    #expect(try await run("predict --space space.yaml --point \(point) --hardware hardware.json").code == 0)
    let search = try await run("search --space space.yaml --minimize latency*energy --min-accuracy 0.5")
    #expect(search.code == 64)
    #expect(search.errors.contains("no predictor"))
    let found = try await run("search --space space.yaml --maximize nn_degree/latency --format json -o best.json")
    #expect(found.code == 0, "\(found.errors)")
    #expect(try await run("predict best.json --space space.yaml").code == 0)
    #expect(try await run("export best.json --space space.yaml --to onnx -o best.onnx").code == 0)
    #expect(try await run("metrics best.onnx").code == 0)
    let unknown = try await run("predict best.json")
    #expect(unknown.code == 65)
    #expect(unknown.errors.contains("unknown name, found 'my-space'"), "\(unknown.errors)")
    let other = try await run("predict best.json --space dense3-cifar")
    #expect(other.code == 65)
    #expect(other.errors.contains("another space, found 'my-space', allowed 'dense3-cifar'"), "\(other.errors)")
    #expect(try await run("search --space space.yaml --minimize macs --fix depth1=6 --range width1=5..6").code == 0)
    let wrong = try await run("search --space space.yaml --minimize macs --fix depth1=5")
    #expect(wrong.code == 64)
    #expect(wrong.errors.contains("depth1: out of range, found 5, allowed 4, 6, 8"))
    let proof = try await run("search --space space.yaml --minimize macs --certify")
    #expect(proof.code == 64)
    #expect(proof.errors.contains("no proof is known"))
  }

  @Test func `categories are words in options, tables and results`() async throws {
    let point = "block=bottleneck,width=64,depth1=3,depth2=4,depth3=6,depth4=3,resolution=224"
    let found = try await Program.run(
      "search", "--space", "resnet-imagenet", "--maximize", "nn_degree/macs", "--fix", "block=bottleneck", "--format",
      "json", "--max-parameters", "30M", "--budget", "3000")
    #expect(found.code == 0, "\(found.errors)")
    let best = try #require(found.json["best"] as? [String: Any])
    #expect((best["point"] as? [String: Any])?["block"] as? String == "bottleneck")
    let metrics = try await Program.run("metrics", "--space", "resnet-imagenet", "--point", point, "--format", "csv")
    #expect(metrics.code == 0)
    let wrong = try await Program.run(
      "metrics", "--space", "resnet-imagenet", "--point", "block=3," + point.dropFirst(17))
    #expect(wrong.code == 64)
    #expect(wrong.errors.contains("block: out of range, found 3, allowed basic, bottleneck, wide"), "\(wrong.errors)")
  }
}
