import Foundation
import Testing

/// One command that must fail, and a part of what it must say.
struct BadCase: Sendable, CustomTestStringConvertible {
  let arguments: [String]
  let code: Int32
  let says: String

  init(_ command: String, _ code: Int32, _ says: String) {
    arguments = command.split(separator: " ").map { $0 == "''" ? "" : $0.replacingOccurrences(of: "~", with: " ") }
    self.code = code
    self.says = says
  }

  var testDescription: String { arguments.joined(separator: " ") }

  /// Runs the command in a folder: one line on standard error, nothing on standard output, the code, no crash.
  func check(in folder: String? = nil, stdin: Program.Input = .text("")) async throws {
    let outcome = try await Program.run(arguments, stdin: stdin, in: folder)
    #expect(outcome.code == code, "\(outcome.errors)")
    #expect(outcome.output == "")
    let lines = outcome.errorLines
    #expect(lines.count == 1, "\(outcome.errors)")
    #expect(lines.first?.hasPrefix("flashnas: ") == true)
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
    #expect(lines.first?.hasSuffix("; see --help") == (code == 64), "\(outcome.errors)")
    #expect((lines.first?.count ?? 0) < 600)
  }
}

/// Exit code 64: a command line that cannot be answered, whatever the files say.
@Suite struct BadUsageTests {
  private static let fashion = "--space dense3-fashion"

  static let names: [BadCase] = [
    BadCase("bogus", 64, "'bogus'"),
    BadCase("search --bogus", 64, "'--bogus'"),
    BadCase("search --min-acuracy 86%", 64, "'--min-acuracy'"),
    BadCase("search --space dense3-fasion", 64, "did you mean 'dense3-fashion'?"),
    BadCase("search --space ''", 64, "dense3-cifar"),
    BadCase("search --hardware systolic-ws-32x3", 64, "did you mean 'systolic-ws-32x32'?"),
    BadCase("search --strategy exakt", 64, "did you mean 'exact'?"),
    BadCase("search --strategy random-walk", 64, "allowed exact, hierarchical"),
    BadCase("search --costs measured", 64, "allowed simulated, fitted"),
    BadCase("list metrix", 64, "did you mean 'metrics'?"),
    BadCase("list", 64, "KIND"),
    BadCase("list metrics forms", 64, "'forms'"),
    BadCase("fit accuracy datasets/fashion-mnist-dense3/samples.csv --form spline", 64, "allowed flash"),
    BadCase("fit accuracy", 64, "data"),
    BadCase("fit bogus", 64, "'bogus'"),
    BadCase("sample \(fashion) -n 5 --design latin-hypercube", 64, "allowed sobol"),
    BadCase("sample -n 5", 64, "--space"),
    BadCase("sample \(fashion)", 64, "--count"),
    BadCase("validate", 64, "files"),
    BadCase("metrics", 64, "NETWORK: missing"),
    BadCase("predict", 64, "--space: missing"),
    BadCase("simulate", 64, "--space: missing"),
    BadCase("simulate \(fashion)", 64, "--point: missing"),
    BadCase("predict \(fashion)", 64, "--point: missing"),
    BadCase("predict x.json --point width1=5", 64, "given beside"),
    BadCase("metrics x.yaml \(fashion)", 64, "given beside"),
    BadCase("predict --points p.csv", 64, "--points: features without a space"),
    BadCase("search a.yaml b.yaml", 64, "'b.yaml'"),
  ]

  static let values: [BadCase] = [
    BadCase("search --max-latency 1", 64, "--max-latency: not understood, found '1', allowed a number ≥ 0 with a unit"),
    BadCase("search --max-latency 1mJ", 64, "s ms us ns"),
    BadCase("search --max-energy 2ms", 64, "J mJ uJ nJ pJ"),
    BadCase("search --max-area 30", 64, "mm2 um2"),
    BadCase("search --max-area -1mm2", 64, "found '-1mm2'"),
    BadCase("search --max-area nanmm2", 64, "found 'nanmm2'"),
    BadCase("search --max-area infmm2", 64, "found 'infmm2'"),
    BadCase("search --max-power 1J", 64, "W mW"),
    BadCase("search --max-parameters 1.5k", 64, "an integer ≥ 0 with an optional k, M or G"),
    BadCase("search --max-macs -5", 64, "found '-5'"),
    BadCase("search --min-accuracy 101%", 64, "0 to 1 or a percentage"),
    BadCase("search --min-accuracy 86", 64, "found '86'"),
    BadCase("search --min-accuracy=-1%", 64, "found '-1%'"),
    BadCase("search --min-accuracy", 64, "--min-accuracy"),
    BadCase("search --seed -3", 64, "--seed: not understood, found '-3'"),
    BadCase("search --seed 1.5", 64, "found '1.5'"),
    BadCase("search --seed 18446744073709551616", 64, "allowed an integer from 0 to 18446744073709551615"),
    BadCase("search --threads 0", 64, "--threads: not an integer in range, found '0'"),
    BadCase("list metrics --threads -2", 64, "found '-2'"),
    BadCase("list metrics --threads many", 64, "found 'many'"),
    BadCase("search --format xml", 64, "allowed table, json, csv"),
    BadCase("list metrics --format", 64, "--format"),
    BadCase("search --budget 0", 64, "--budget: not an integer in range, found '0'"),
    BadCase("search --budget 1e3", 64, "found '1e3'"),
    BadCase("search --time-limit 2", 64, "--time-limit: not understood, found '2'"),
    BadCase("search --time-limit -2s", 64, "found '-2s'"),
    BadCase("sample \(fashion) -n 0", 64, "-n: not an integer in range, found '0'"),
    BadCase("sample \(fashion) -n -3", 64, "found '-3'"),
    BadCase("sample \(fashion) -n 100001", 64, "allowed 1 to 100000"),
    BadCase("sample \(fashion) -n 5 --seed x", 64, "--seed"),
  ]

  static let points: [BadCase] = [
    BadCase("metrics \(fashion) --point \(Points.fashion),width4=3", 64, "variable: unknown name, found 'width4'"),
    BadCase("metrics \(fashion) --point width1=8", 64, "variable missing, found no 'depth1'"),
    BadCase("metrics \(fashion) --point \(Points.fashion),width1=8", 64, "variable stands twice, found 'width1'"),
    BadCase("metrics \(fashion) --point width1=8.5", 64, "width1: not an integer, found '8.5', allowed 4 to 12"),
    BadCase("metrics \(fashion) --point width1=99999999999999999999", 64, "not an integer"),
    BadCase("metrics \(fashion) --point width1", 64, "allowed name=value"),
    BadCase("metrics \(fashion) --point =8", 64, "allowed name=value"),
    BadCase("metrics \(fashion) --point ,", 64, "allowed name=value"),
    BadCase("metrics \(fashion) --point ''", 64, "allowed name=value"),
    BadCase("simulate \(fashion) --point \(Points.fashion) --points p.csv", 64, "given beside --point"),
    BadCase(
      "predict --space dense3-fashion --point \(Points.cifar)", 64, "width1: out of range, found 16, allowed 4 to 12"),
    BadCase("search --fix width9=8", 64, "unknown name, found 'width9'"),
    BadCase("search --fix width1=99", 64, "width1: out of range, found 99, allowed 4 to 12"),
    BadCase("search --fix width1=4..8", 64, "--fix: not one value"),
    BadCase("search --fix width1", 64, "allowed name=value"),
    BadCase("search --fix width1=a", 64, "width1: out of range, found a, allowed 4 to 12"),
    BadCase("search --fix width1=4.5", 64, "width1: out of range, found 4.5, allowed 4 to 12"),
    BadCase("search --fix width1=8 --fix width1=9", 64, "variable stands twice, found 'width1'"),
    BadCase("search --fix width1=8 --range width1=4..9", 64, "variable stands twice"),
    BadCase("search --range depth2=8..4", 64, "found 'depth2=8..4'"),
    BadCase("search --range depth2=4..5..6", 64, "found 'depth2=4..5..6'"),
    BadCase("search --range depth2=..8", 64, "found 'depth2=..8'"),
    BadCase("search --range depth2=4...8", 64, "found 'depth2=4...8', allowed depth2=4 or depth2=4..8"),
    BadCase("search --range depth2=4..8..", 64, "found 'depth2=4..8..'"),
    BadCase("search --range depth2=...", 64, "found 'depth2=...'"),
    BadCase("search --range depth2=4.8", 64, "depth2: out of range, found 4.8, allowed 4 to 10"),
    BadCase("search --fix depth2=4..4..", 64, "found 'depth2=4..4..'"),
    BadCase("sample \(fashion) -n 5 --range depth2=4...8", 64, "found 'depth2=4...8'"),
    BadCase("search --range depth2=1..8", 64, "depth2: out of range, found 1..8, allowed 4 to 10"),
    BadCase("sample \(fashion) -n 5 --range depth9=4..5", 64, "unknown name, found 'depth9'"),
  ]

  static let objectives: [BadCase] = [
    BadCase("search --maximize accuracy --minimize latency", 64, "allowed one of them"),
    BadCase("search --maximize accurracy", 64, "column 1: not understood"),
    BadCase("search --maximize accuracy/(latency", 64, "column 18"),
    BadCase("search --maximize accuracy+", 64, "a number, a name or '('"),
    BadCase("search --maximize ''", 64, "column 1"),
    BadCase("search --maximize 2~accuracy", 64, "an operator"),
    BadCase("search --maximize log(accuracy,latency)", 64, "')'"),
    BadCase("search --maximize max(accuracy)", 64, "','"),
    BadCase("search --maximize 0x10*accuracy", 64, "a number"),
    BadCase("search --maximize 1e999*accuracy", 64, "a number"),
    BadCase("search --maximize nan", 64, "column 1"),
    BadCase("search --maximize accuracy;latency", 64, "column 9"),
    BadCase("search --maximize \(String(repeating: "(", count: 500))", 64, "at most 100 levels of nesting"),
    BadCase("search --maximize 1\(String(repeating: "-", count: 900))1", 64, "at most 100 levels of nesting"),
    BadCase("search --maximize \(String(repeating: "x", count: 5000))", 64, "at most 1000 characters"),
    BadCase("search --space dense3-cifar", 64, "accuracy: not available"),
    BadCase("search --space dense3-cifar --minimize latency --min-accuracy 86%", 64, "accuracy: not available"),
  ]

  @Test(arguments: names) func `a name that is not known is answered in one line`(_ bad: BadCase) async throws {
    try await bad.check()
  }

  @Test(arguments: values) func `a value that cannot be is answered with what is allowed`(_ bad: BadCase) async throws {
    try await bad.check()
  }

  @Test(arguments: points) func `a point or a range outside the space is refused`(_ bad: BadCase) async throws {
    try await bad.check()
  }

  @Test(arguments: objectives) func `an objective that cannot be computed is refused`(_ bad: BadCase) async throws {
    try await bad.check()
  }
}
