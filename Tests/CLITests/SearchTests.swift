import Foundation
import Testing

@Suite struct SearchTests {
  private func search(_ arguments: String...) async throws -> Outcome {
    try await Program.run(["search"] + arguments + ["--format", "json", "--no-timing"])
  }

  private func keys(_ value: Any?) -> Set<String> { Set((value as? [String: Any] ?? [:]).keys) }

  @Test func `a result has the keys of the contract`() async throws {
    let outcome = try await Program.run("search", "--format", "json")
    #expect(outcome.code == 0)
    #expect(outcome.errors == "")
    let result = try outcome.json
    #expect(
      keys(result) == [
        "schema", "version", "seed", "costs", "hardware", "space", "best", "objective", "constraints", "strategy",
        "certificate", "timing",
      ])
    #expect(result["schema"] as? String == "flashnas.search/1")
    #expect(result["seed"] as? Int == 0)
    #expect(result["costs"] as? String == "simulated")
    #expect(keys(result["hardware"]) == ["name"])
    #expect(keys(result["space"]) == ["name", "variables", "configurations", "distinct_configurations"])
    let space = try #require(result["space"] as? [String: Any])
    #expect(space["configurations"] as? String == "205781966775")
    #expect(space["distinct_configurations"] as? String == "163374867000")
    let variables = try #require(space["variables"] as? [[String: Any]])
    #expect(variables.compactMap { $0["name"] as? String }.joined(separator: ",") == Points.header)
    #expect(variables.allSatisfy { keys($0) == ["name", "lower", "upper", "step"] })
    #expect(
      keys(result["best"]) == [
        "point", "nn_degree", "nn_mass", "macs", "parameters", "accuracy", "accuracy_low", "accuracy_high",
        "extrapolated", "latency_s", "energy_j", "area_mm2",
      ])
    let best = try #require(result["best"] as? [String: Any])
    #expect(keys(best["point"]) == Set(Points.header.split(separator: ",").map(String.init)))
    #expect(keys(result["objective"]) == ["expression", "direction", "value"])
    let constraints = try #require(result["constraints"] as? [[String: Any]])
    #expect(constraints.count == 2)
    #expect(
      constraints.allSatisfy { keys($0) == ["quantity", "relation", "bound", "value", "slack", "binding"] })
    #expect(keys(result["strategy"]) == ["name", "evaluations", "termination", "levels"])
    #expect(keys(result["certificate"]) == ["status", "bound", "gap", "nodes"])
    #expect(keys(result["timing"]) == ["load_s", "search_s", "certify_s"])
  }

  @Test func `the shipped problem is solved and proved, within its bounds`() async throws {
    let result = try await search().json
    let best = try #require(result["best"] as? [String: Any])
    let strategy = try #require(result["strategy"] as? [String: Any])
    let certificate = try #require(result["certificate"] as? [String: Any])
    #expect(strategy["name"] as? String == "exact")
    #expect(strategy["termination"] as? String == "optimal")
    #expect(certificate["status"] as? String == "optimal")
    #expect(certificate["gap"] as? Double == 0)
    for constraint in try #require(result["constraints"] as? [[String: Any]]) {
      let key = try #require(constraint["quantity"] as? String)
      let value = try #require(constraint["value"] as? Double)
      let bound = try #require(constraint["bound"] as? Double)
      let slack = try #require(constraint["slack"] as? Double)
      let isLeast = constraint["relation"] as? String == ">="
      #expect(isLeast || constraint["relation"] as? String == "<=")
      #expect(best[key] as? Double == value)
      #expect(slack >= 0)
      #expect(abs(slack - (isLeast ? value - bound : bound - value)) < 1e-12)
    }
    let value = try #require((result["objective"] as? [String: Any])?["value"] as? Double)
    let quantities = try ["accuracy", "latency_s", "energy_j", "area_mm2"].map { try #require(best[$0] as? Double) }
    let expected = quantities[0] / (quantities[1] * quantities[2] * quantities[3])
    #expect(abs(value - expected) < 1e-9 * expected)
  }

  @Test(arguments: [
    ["search"], ["search", "--min-accuracy", "99.9%"], ["sample", "--space", "dense3-fashion", "-n", "3"],
    ["list", "metrics"], ["metrics", "--space", "dense3-cifar", "--point", Points.cifar],
    ["predict", "--space", "dense3-fashion", "--point", Points.fashion],
    ["simulate", "--space", "dense3-fashion", "--point", Points.fashion], ["validate", "problems/default.yaml"],
    ["fit", "accuracy", "datasets/fashion-mnist-dense3/samples.csv"],
  ]) func `JSON has sorted keys, finite numbers and a schema`(_ arguments: [String]) async throws {
    let outcome = try await Program.run(arguments + ["--format", "json"])
    let result = try outcome.json
    let name = arguments.prefix(arguments[0] == "fit" ? 2 : 1).joined(separator: "-")
    #expect(result["schema"] as? String == "flashnas.\(name)/1")
    #expect((result["version"] as? String)?.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
    #expect(outcome.output.hasSuffix("}\n"))
    #expect(unsortedKeys(outcome.output) == [])
    #expect(outcome.output.firstMatch(of: /[:\[,]\s*-?(nan|inf)/) == nil)
    #expect(!outcome.output.contains(packageRoot))
  }

  /// Keys that do not come after the key before them in the same object of an indented document.
  private func unsortedKeys(_ text: String) -> [String] {
    var last: [Int: String] = [:]
    var wrong: [String] = []
    for line in text.split(separator: "\n") {
      let indent = line.prefix { $0 == " " }.count
      last = last.filter { $0.key <= indent }
      guard let match = line.firstMatch(of: /^ *"([^"]*)":/) else { continue }
      let key = String(match.1)
      if let before = last[indent], before >= key { wrong.append(key) }
      last[indent] = key
    }
    return wrong
  }

  @Test(arguments: [
    [], ["--strategy", "hierarchical", "--seed", "7"], ["--budget", "2000"],
    ["--space", "dense3-cifar", "--minimize", "latency*energy"],
  ]) func `the same question gives the same bytes, on any number of threads`(_ arguments: [String]) async throws {
    let base = ["search", "--format", "json", "--no-timing"] + arguments
    let first = try await Program.run(base)
    #expect(first.code == 0)
    #expect(try await Program.run(base).output == first.output)
    #expect(try await Program.run(base + ["--threads", "1"]).output == first.output)
    #expect(try await Program.run(base + ["--threads", "2"]).output == first.output)
  }

  @Test(arguments: ["json", "table"]) func `no feasible point is exit code 2 with the closest`(
    _ format: String
  ) async throws {
    let outcome = try await Program.run("search", "--min-accuracy", "99.9%", "--format", format, "--no-timing")
    #expect(outcome.code == 2)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.hasPrefix("flashnas: no feasible point: accuracy: "))
    guard format == "json" else { return }
    let result = try outcome.json
    #expect(result["best"] is NSNull)
    #expect(keys(result["closest"]).isSuperset(of: ["point", "accuracy", "area_mm2", "nn_degree"]))
    #expect((result["objective"] as? [String: Any])?["value"] is NSNull)
    let certificate = try #require(result["certificate"] as? [String: Any])
    #expect(certificate["status"] as? String == "infeasible")
    #expect(certificate["proves_closest"] as? Bool == true)
    let constraints = try #require(result["constraints"] as? [[String: Any]])
    #expect(constraints.count == 2)
    for constraint in constraints {
      #expect(keys(constraint).isSuperset(of: ["best_possible", "shortfall", "bound", "value", "slack"]))
      let best = try #require(constraint["best_possible"] as? Double)
      let shortfall = try #require(constraint["shortfall"] as? Double)
      let isAccuracy = constraint["quantity"] as? String == "accuracy"
      #expect((shortfall > 0) == isAccuracy)
      if isAccuracy { #expect(abs(best + shortfall - 0.999) < 1e-12) }
    }
  }

  @Test func `no feasible point as CSV is the header alone`() async throws {
    let none = try await Program.run("search", "--min-accuracy", "99.9%", "--format", "csv")
    #expect(none.code == 2)
    #expect(none.errorLines.count == 1)
    #expect(none.rows.count == 1)
    let found = try await Program.run("search", "--unbounded", "--format", "csv")
    #expect(found.code == 0)
    #expect(found.rows.count == 2)
    #expect(none.rows[0] == found.rows[0])
    #expect(none.rows[0].prefix(9).joined(separator: ",") == Points.header)
  }

  @Test(arguments: [1, 2, 511, 512, 513, 3000], ["exact", "hierarchical"])
  func `no more networks are evaluated than the budget allows`(_ budget: Int, _ strategy: String) async throws {
    let outcome = try await search("--unbounded", "--budget", "\(budget)", "--strategy", strategy)
    #expect(outcome.code == 0)
    let result = try outcome.json
    let spent = try #require((result["strategy"] as? [String: Any])?["evaluations"] as? Int)
    let termination = (result["strategy"] as? [String: Any])?["termination"] as? String
    // A proof may need fewer.
    #expect(strategy == "exact" ? spent <= budget : spent == budget)
    #expect(termination == (spent == budget ? "budget" : "optimal"))
    #expect(result["best"] is [String: Any])
  }

  static let undefined = [
    ["--minimize", "macs^400"], ["--maximize", "macs^400"], ["--minimize", "log(-macs)"],
    ["--maximize", "sqrt(-latency)"], ["--minimize", "accuracy/(macs-macs)"],
  ]

  /// What leaves 5049 networks: few enough to see every one.
  private static let held = ["depth1=4", "depth2=4", "depth3=4", "skip1=0", "skip2=0", "skip3=0"].flatMap {
    ["--fix", $0]
  }

  @Test(arguments: undefined) func `an objective without a finite value is no feasible point`(
    _ objective: [String]
  ) async throws {
    for limits in [Self.held, ["--budget", "3000"], ["--time-limit", "500ms"]] {
      let outcome = try await Program.run(["search", "--unbounded", "--format", "json"] + objective + limits)
      #expect(outcome.code == 2)
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errors.hasPrefix("flashnas: no feasible point: objective: no finite value"))
      let result = try outcome.json
      #expect(result["best"] is NSNull)
      #expect((result["objective"] as? [String: Any])?["value"] is NSNull)
    }
  }

  @Test func `one of a thing is not several`() async throws {
    let point = Points.fashion.split(separator: ",").flatMap { ["--fix", String($0)] }
    let one = try await Program.run(["search", "--unbounded"] + point)
    #expect(one.output.contains(": 1 configuration, 1 of them distinct\n"))
    #expect(one.output.firstMatch(of: /\b1 (networks|boxes|configurations)\b/) == nil)
    let budget = try await Program.run("search", "--unbounded", "--budget", "1")
    #expect(budget.output.contains("(1 network evaluated, "))
  }

  @Test func `the slack of accuracy is in percentage points`() async throws {
    let outcome = try await Program.run("search", "--min-accuracy", "80%", "--max-area", "9mm2")
    let row = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("  accuracy    ≥") })
    #expect(row.firstMatch(of: /80\.00 % +\d+\.\d\d % +\d+\.\d+ points/) != nil, "\(row)")
  }

  @Test func `a bound replaces the one of its name, and unbounded drops all`() async throws {
    let bounded = try await search("--max-area", "1.5mm2", "--max-latency", "1ms").json
    let constraints = try #require(bounded["constraints"] as? [[String: Any]])
    #expect(constraints.compactMap { $0["quantity"] as? String } == ["accuracy", "area_mm2", "latency_s"])
    #expect(constraints.compactMap { $0["bound"] as? Double }.dropFirst() == [1.5, 1e-3])
    let free = try await search("--unbounded").json
    #expect((free["constraints"] as? [Any])?.isEmpty == true)
    let one = try await search("--unbounded", "--max-parameters", "100k").json
    #expect((one["constraints"] as? [[String: Any]])?.compactMap { $0["bound"] as? Int } == [100_000])
  }

  @Test func `variables are held to a value or a range`() async throws {
    let result = try await search("--fix", "width1=8", "--range", "depth2=5..6", "--range", "skip3=10").json
    let point = try #require((result["best"] as? [String: Any])?["point"] as? [String: Int])
    #expect(point["width1"] == 8)
    #expect((5...6).contains(point["depth2"] ?? 0))
    #expect(point["skip3"] == 10)
  }

  @Test func `every strategy finds a point, and certify adds the proof`() async throws {
    let heuristic = try await search("--strategy", "hierarchical").json
    #expect((heuristic["certificate"] as? [String: Any])?["status"] as? String == "none")
    let certified = try await search("--strategy", "hierarchical", "--certify").json
    #expect((certified["certificate"] as? [String: Any])?["status"] as? String == "optimal")
    #expect((certified["strategy"] as? [String: Any])?["name"] as? String == "hierarchical")
    let exact = try await search("--strategy", "exact").json
    #expect(exact["best"] as? NSDictionary == certified["best"] as? NSDictionary)
  }

  @Test func `a time limit reached with a point is a gap and exit code 0`() async throws {
    let outcome = try await search(
      "--space", "dense3-cifar", "--minimize", "log(latency)-nn_mass/1000", "--time-limit", "500ms")
    #expect(outcome.code == 0)
    let result = try outcome.json
    #expect(result["best"] is [String: Any])
    #expect((result["certificate"] as? [String: Any])?["status"] as? String == "gap")
    #expect((result["strategy"] as? [String: Any])?["termination"] as? String == "time-limit")
    #expect(result["costs"] as? String == "simulated")
  }

  @Test func `a value that begins with a dash is a value`() async throws {
    let result = try await search("--space", "dense3-cifar", "--maximize", "-latency").json
    let other = try await search("--space", "dense3-cifar", "--minimize", "latency").json
    #expect(result["best"] as? NSDictionary == other["best"] as? NSDictionary)
  }
}
