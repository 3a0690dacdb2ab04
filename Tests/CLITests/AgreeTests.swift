import Foundation
import Testing

/// `agree` through the built program.
@Suite struct AgreeTests {
  private static let names = (0..<12).map { "net\($0)" }
  private static let truth =
    "arch,accuracy,sd,n\n" + names.enumerated().map { "\($1),\(0.9 + Double($0) / 1000),0.001,4\n" }.joined()

  /// Two runs of three steps; neighbours are exchanged in odd steps.
  private static let rows = ["r0", "r1"].flatMap { run in
    (0..<3).flatMap { step in
      names.indices.map { index in
        let proxy = 0.8 + Double(step % 2 == 0 ? index : index ^ 1) / 1000
        return "\(run),\(step),g\(index % 2),\(names[index]),\(proxy)\n"
      }
    }
  }
  private static let header = "run,step,group,arch,proxy\n"
  private static let log = header + rows.joined()

  private static let files: [String: String] = [
    "log.csv": log, "truth.csv": truth, "reversed.csv": header + rows.reversed().joined(),
    "few.csv": header + rows.filter { !$0.contains("net1") }.joined(), "short.csv": "step,arch\n1,net0\n",
    "word.csv": log + "r1,3,g0,net0,high\n", "unknown.csv": log + "r1,3,g0,net99,0.8\n", "twice.csv": log + rows[0],
    "constant.csv": log + names.map { "r1,3,g0,\($0),0.1\n" }.joined(), "percent.csv": "arch,accuracy\nnet0,90\n",
    "equal.csv": "arch,accuracy\n" + names.map { "\($0),0.9\n" }.joined(), "more.csv": truth + "other,0.5,0.001,1\n",
    "noruns.csv": "step,arch,proxy\n" + names.indices.map { "1,\(names[$0]),\($0)\n" }.joined(),
  ]

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, text) in Self.files { try folder.file(name, text) }
    return folder
  }

  private func run(_ options: String) async throws -> Outcome {
    let folder = try folder()
    return try await Program.run(["agree"] + options.split(separator: " ").map(String.init), in: folder.path)
  }

  private func keys(_ value: Any?) -> Set<String> { Set((value as? [String: Any] ?? [:]).keys) }

  @Test func `the document has the keys of the contract, and values that are known`() async throws {
    let outcome = try await run("--proxy log.csv --truth truth.csv --window 2 --top 1,3 --format json")
    #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
    let document = try outcome.json
    #expect(document["schema"] as? String == "flashnas.agree/1")
    #expect(keys(document["tau"]) == ["mean", "sd", "min", "max", "last"])
    #expect(keys(document["window"]) == ["steps", "tau", "pairwise_tau"])
    let window = try #require(document["window"] as? [String: Any])
    #expect(keys(window["pairwise_tau"]) == ["mean", "sd", "min"])
    #expect(keys(document["top"]) == ["1", "3"])
    #expect(keys((document["top"] as? [String: Any])?["1"]) == ["best_true_rank", "overlap"])
    #expect(keys(document["regret"]) == ["mean", "max"])
    #expect(
      keys(document).isSuperset(of: ["consecutive_tau", "winners", "gap", "noise_ceiling", "groups", "bootstrap"]))
    // 66 pairs, six of them exchanged in one step of three.
    let tau = try #require(document["tau"] as? [String: Double])
    #expect(abs((tau["mean"] ?? 0) - (1 + 54.0 / 66 + 1) / 3) < 1e-12)
    #expect(tau["last"] == 1 && tau["max"] == 1)
    #expect(abs((document["gap"] as? Double ?? 0) - 0.1) < 1e-12)
    let winners = try #require(document["winners"] as? [[String: Any]])
    #expect(winners.map { $0["arch"] as? String } == ["net11", "net10"])
    #expect(winners.map { $0["steps"] as? Int } == [4, 2])
    let groups = try #require(document["groups"] as? [[String: Any]])
    #expect(groups.map { $0["group"] as? String } == ["g0", "g1"])
    #expect(groups.allSatisfy { ($0["tau"] as? [String: Any])?["mean"] as? Double == 1 })
    let ceiling = try #require(document["noise_ceiling"] as? Double)
    #expect(ceiling > 0.9 && ceiling < 1)
  }

  @Test func `the order of rows changes no byte, the seed alone moves the intervals`() async throws {
    let options = "--truth truth.csv --format json --seed"
    let first = try await run("--proxy log.csv \(options) 5")
    #expect(try await run("--proxy reversed.csv \(options) 5").output == first.output)
    let other = try await run("--proxy log.csv \(options) 6").json
    #expect(try NSDictionary(dictionary: other["tau"] as? [String: Any] ?? [:]).isEqual(first.json["tau"]))
    #expect(try !NSDictionary(dictionary: other["bootstrap"] as? [String: Any] ?? [:]).isEqual(first.json["bootstrap"]))
  }

  @Test func `CSV has one row a number, for all and for each group`() async throws {
    let outcome = try await run("--proxy log.csv --truth truth.csv --format csv")
    #expect(outcome.code == 0)
    let rows = outcome.rows
    #expect(rows[0] == ["group", "statistic", "value"])
    #expect(rows.allSatisfy { $0.count == 3 })
    for group in ["", "g0", "g1"] {
      for name in ["tau.mean", "window.pairwise_tau.min", "top.5.overlap", "regret.max", "gap"] {
        #expect(rows.contains { $0[0] == group && $0[1] == name && Double($0[2]) != nil }, "\(group) \(name)")
      }
    }
  }

  @Test func `a log of steps alone is one run without groups, and may come from standard input`() async throws {
    let folder = try folder()
    let outcome = try await Program.run(
      "agree", "--proxy", "-", "--truth", "truth.csv", stdin: folder.text("noruns.csv"), in: folder.path)
    #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("12 architectures, 1 run, 1 step, 12 observations\n"))
    #expect(!outcome.output.contains("group"))
  }

  @Test func `what is left out is said on standard error`() async throws {
    let constant = try await run("--proxy constant.csv --truth truth.csv --format json")
    #expect(constant.code == 0)
    #expect(constant.errors.contains("constant.csv: 1 step of 7 without a rank correlation"))
    #expect(try constant.json["undefined_steps"] as? Int == 1)
    let more = try await run("--proxy log.csv --truth more.csv --format json")
    #expect(more.code == 0)
    #expect(more.errors.contains("more.csv: 1 architecture not in the log, left out: 'other'"))
    #expect(try more.json["unlogged"] as? [String] == ["other"])
  }

  static let bad: [BadCase] = [
    BadCase("agree --truth truth.csv", 64, "--proxy"),
    BadCase("agree --proxy log.csv", 64, "--truth"),
    BadCase("agree --proxy - --truth -", 64, "--truth: standard input is the proxy's log already"),
    BadCase("agree --proxy log.csv --truth truth.csv --window 0", 64, "--window: not an integer in range, found '0'"),
    BadCase("agree --proxy log.csv --truth truth.csv --window 2000", 64, "allowed 1 to 1024"),
    BadCase("agree --proxy log.csv --truth truth.csv --top 1,,3", 64, "--top: not an integer in range, found ''"),
    BadCase("agree --proxy log.csv --truth truth.csv --top 3,3", 64, "--top: stands twice, found '3'"),
    BadCase("agree --proxy log.csv --truth truth.csv --top 13", 64, "found 13, allowed 1 to 12"),
    BadCase("agree --proxy log.csv --truth truth.csv --seed x", 64, "--seed"),
    BadCase("agree --proxy none.csv --truth truth.csv", 65, "none.csv: no such file"),
    BadCase("agree --proxy log.csv --truth none.csv", 65, "none.csv: no such file"),
    BadCase("agree --proxy short.csv --truth truth.csv", 65, "short.csv: header: column missing"),
    BadCase(
      "agree --proxy word.csv --truth truth.csv", 65, "word.csv: line 74, column 'proxy': not a number, found 'high'"),
    BadCase(
      "agree --proxy unknown.csv --truth truth.csv", 65,
      "line 74, column 'arch': no true accuracy, found 'net99', allowed an architecture of truth.csv"),
    BadCase(
      "agree --proxy twice.csv --truth truth.csv", 65,
      "line 74, column 'arch': architecture stands twice in a step of a run, found 'net0'"),
    BadCase(
      "agree --proxy few.csv --truth truth.csv", 65,
      "few.csv: architectures: too few, found 9, allowed 10 or more"),
    BadCase("agree --proxy log.csv --truth percent.csv", 65, "column 'accuracy': out of range, found '90'"),
    BadCase("agree --proxy log.csv --truth equal.csv", 65, "equal.csv: accuracy: the same for every architecture"),
  ]

  @Test(arguments: bad) func `what cannot be answered is one line and its code`(_ bad: BadCase) async throws {
    let folder = try folder()
    try await bad.check(in: folder.path)
  }
}
