import Foundation
import Testing

/// A wrong name within a file is the file's fault (65, with its name); the same given by an option is the caller's (64).
@Suite struct WrongNameTests {
  private static let head = "schema: flashnas.problem/1\nspace: dense3-fashion\n"
  private static let macs = head + "objective: {minimize: macs}\n"

  private static func result(space: String = "dense3-fashion", _ point: String) -> String {
    let entries = point.split(separator: ",").map { "\"\($0.replacingOccurrences(of: "=", with: "\": "))" }
    return #"{"schema": "flashnas.search/1", "space": {"name": "\#(space)"}, "best": {"point": {"#
      + entries.joined(separator: ", ") + "}}}"
  }

  private static let files: [String: String] = [
    "space.yaml": macs.replacingOccurrences(of: "fashion", with: "fasion"),
    "hardware.yaml": head + "hardware: systolic-ws-32x3\nobjective: {minimize: latency}\n",
    "fix.yaml": macs + "fix: {width9: 8}\n", "range.yaml": macs + "range: {width1: [4, 99]}\n",
    "both.yaml": macs + "fix: {width1: 8}\nrange: {width1: [4, 9]}\n",
    "model.yaml": head + "accuracy: none.json\nobjective: {maximize: accuracy}\n",
    "accuracy.yaml": head + "objective: {maximize: accuracy}\n",
    "cifar.yaml": "schema: flashnas.problem/1\nspace: dense3-cifar\nobjective: {maximize: accuracy}\n",
    "wide.yaml": "schema: flashnas.problem/1\nspace: wide-resnet-cifar\naccuracy: auto\n"
      + "objective: {maximize: accuracy}\n",
    "costs.yaml": macs + "constraints: {latency: {max: 1ms}}\n", "good.yaml": macs,
    "linear.json": #"{"schema": "flashnas.fit-hardware/1", "quantities": {"latency_s": {"#
      + #""features": ["macs"], "coefficients": [1e-12]}}}"#,
    "r-space.json": result(space: "dense3-fasion", Points.fashion), "r-variable.json": result("width9=8"),
    "r-missing.json": result("width1=8"),
    "r-outside.json": result(Points.fashion.replacingOccurrences(of: "width1=8", with: "width1=99")),
    "r-other.json": result(
      space: "dense3-cifar", Points.fashion.replacingOccurrences(of: "skip3=48", with: "skip3=9999")),
    "r-good.json": result(Points.fashion),
  ]

  /// Files with what is wrong in them.
  static let faults: [(file: String, says: String)] = [
    ("space.yaml", "space: unknown name, found 'dense3-fasion'"),
    ("hardware.yaml", "hardware: unknown name, found 'systolic-ws-32x3'"),
    ("fix.yaml", "variable: unknown name, found 'width9'"),
    ("range.yaml", "width1: out of range, found 4..99, allowed 4 to 12"),
    ("both.yaml", "line 5: range.width1: variable stands twice, found 'width1' under fix too, allowed fix or range"),
    ("accuracy.yaml", "accuracy: not available, the problem names no accuracy model: give --accuracy auto"),
    (
      "cifar.yaml",
      "accuracy: not available, the space 'dense3-cifar' has no predictor (no data set of its networks): give"
    ),
    (
      "wide.yaml",
      "accuracy: not available, the space 'wide-resnet-cifar' has no predictor "
        + "(3 published points of one recipe, 8 needed): give --accuracy, or ask without accuracy"
    ),
    ("costs.yaml", "latency: not available, no hardware is given"),
    ("r-space.json", "space: unknown name, found 'dense3-fasion'"),
    ("r-variable.json", "best.point: variable: unknown name, found 'width9'"),
    ("r-missing.json", "best.point: variable missing, found no 'depth1'"),
    ("r-outside.json", "best.point: width1: out of range, found 99, allowed 4 to 12"),
    ("r-other.json", "best.point: skip3: out of range, found 9999, allowed"),
  ]

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, text) in files { try folder.file(name, text) }
    return folder
  }

  @Test(arguments: faults.indices) func `a wrong name in a file is 65 with the file's name, for validate too`(
    _ index: Int
  ) async throws {
    let (file, says) = Self.faults[index]
    let folder = try Self.folder()
    let command = file.hasSuffix(".yaml") ? "search" : "predict"
    try await BadCase("\(command) \(file)", 65, "flashnas: \(file): \(says)").check(in: folder.path)
    let checked = try await Program.run("validate", file, in: folder.path)
    #expect(checked.code == 65)
    #expect(checked.errorLines.count == 1)
    #expect(checked.errors.hasPrefix("flashnas: \(file): \(says)"), "\(checked.errors)")
  }

  static let beside: [BadCase] = [
    BadCase("search fix.yaml --range depth1=4..5", 65, "fix.yaml: variable: unknown name, found 'width9'"),
    BadCase("search range.yaml --fix depth1=5", 65, "range.yaml: width1: out of range"),
    BadCase("search hardware.yaml --costs simulated", 65, "hardware.yaml: hardware: unknown name"),
    BadCase("search cifar.yaml --max-macs 5M", 65, "cifar.yaml: accuracy: not available"),
    BadCase("search costs.yaml --max-macs 5M --minimize parameters", 65, "costs.yaml: latency: not available"),
    BadCase("search model.yaml", 65, "none.json: no such file"),
    BadCase("search good.yaml --space dense3-fasion", 64, "flashnas: space: unknown name"),
    BadCase("search good.yaml --hardware systolic-ws-32x3", 64, "flashnas: hardware: unknown name"),
    BadCase("search good.yaml --hardware linear.json --costs simulated", 64, "'simulated', allowed fitted"),
    BadCase("search good.yaml --fix width9=8", 64, "flashnas: variable: unknown name"),
    BadCase("search good.yaml --range width1=4..99", 64, "flashnas: width1: out of range"),
    BadCase("search good.yaml --max-latency 1ms", 64, "flashnas: latency: not available"),
    BadCase("search good.yaml --maximize accuracy", 64, "flashnas: accuracy: not available, the problem names no"),
    BadCase("search good.yaml --min-accuracy 86%", 64, "flashnas: accuracy: not available"),
    BadCase("search accuracy.yaml --space dense3-cifar", 64, "flashnas: accuracy: not available"),
    BadCase("predict r-good.json --hardware systolic-ws-32x3", 64, "flashnas: hardware: unknown name"),
  ]

  @Test(arguments: beside) func `options beside a file take no fault from it and give it none`(
    _ bad: BadCase
  ) async throws {
    let folder = try Self.folder()
    try await bad.check(in: folder.path)
  }

  static let mended = [
    "search space.yaml --space dense3-fashion", "search hardware.yaml --hardware systolic-ws-32x32",
    "search range.yaml --fix width1=8", "search good.yaml",
    "search accuracy.yaml --accuracy auto", "search cifar.yaml --minimize macs", "search costs.yaml --unbounded",
    "search costs.yaml --hardware linear.json --costs fitted", "predict r-good.json", "validate r-good.json good.yaml",
  ]

  @Test(arguments: mended) func `an option replaces what is wrong in the file`(_ command: String) async throws {
    let folder = try Self.folder()
    let outcome = try await Program.run(command.split(separator: " ").map(String.init), in: folder.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors == "")
  }
}
