import Foundation
import Testing

/// `compare`, and the strategies of `search` that draw points.
@Suite("Strategies on the command line") struct CompareTests {
  private func entries(_ value: Any?) throws -> [[String: Any]] { try #require(value as? [[String: Any]]) }

  @Test func `a comparison has every strategy with its runs, and the same bytes again`() async throws {
    let arguments = ["compare", "--budget", "100", "--seeds", "6", "--format", "json", "--no-timing"]
    let outcome = try await Program.run(arguments)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try await Program.run(arguments).output == outcome.output)
    let document = try outcome.json
    let optimum = try #require(document["optimum"] as? Double)
    let strategies = try entries(document["strategies"])
    #expect(
      strategies.compactMap { $0["name"] as? String } == [
        "hierarchical", "shgo", "random", "random-feasible", "evolution", "reinforce", "smbo", "scd", "mcd", "manas",
      ])
    for strategy in strategies {
      #expect(strategy["runs"] as? Int == 6)
      if let median = strategy["median"] as? Double { #expect(median <= optimum) }
    }
    let csv = try await Program.run(
      "compare", "--strategy", "random", "--strategy", "evolution", "--budget", "50", "--seeds", "7", "--seed", "3",
      "--format", "csv")
    #expect(csv.rows.count == 15)
    #expect(csv.rows[1].prefix(2) == ["random", "3"])
    #expect(csv.rows.dropFirst().allSatisfy { $0[4] == "50" })
  }

  @Test func `evaluations to the best share of all networks are counted, a surrogate's order is told`() async throws {
    let arguments = [
      "compare", "problems/homogeneous.yaml", "--strategy", "smbo", "--strategy", "random", "--reach", "1%", "--budget",
      "400",
      "--seeds", "6",
    ]
    let outcome = try await Program.run(arguments + ["--format", "json", "--no-timing"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try outcome.json
    let reach = try #require(document["reach"] as? [String: Any])
    #expect(reach["share"] as? Double == 0.01)
    #expect(reach["designs"] as? Int == 1 << 20)
    #expect(reach["exact"] as? Bool == false)
    #expect(document["against"] as? String == "random")
    let strategies = try entries(document["strategies"])
    for strategy in strategies {
      let own = try #require(strategy["reach"] as? [String: Any])
      let runs = try #require(own["runs"] as? Int)
      #expect((0...6).contains(runs))
      // The median of six is the third: known where three runs get there.
      #expect((own["median"] is Int) == (runs >= 3))
    }
    let stages = try entries(strategies[0]["stages"])
    #expect(stages.map { $0["groups"] as? Int } == [1, 2])
    #expect(stages.map { $0["evaluations"] as? Double } == [256, 144])
    #expect(stages[0]["spearman_ahead"] is NSNull)
    #expect(try abs(#require(stages[1]["spearman_ahead"] as? Double)) <= 1)
    #expect(strategies[1]["stages"] == nil)
    // The CSV counts the same runs.
    let rows = try await Program.run(arguments + ["--format", "csv"]).rows
    #expect(
      rows[0].prefix(8) == ["strategy", "seed", "objective", "violation", "evaluations", "budget", "step", "reached"])
    for strategy in strategies {
      let reached = rows.filter { $0[0] == strategy["name"] as? String && !$0[7].isEmpty }.count
      #expect(reached == (strategy["reach"] as? [String: Any])?["runs"] as? Int)
    }
    let text = try await Program.run(arguments).output
    #expect(text.contains("the best 1.00 % of all designs"))
    #expect(text.contains("Spearman's ρ"))
  }

  @Test func `budgets and steps make a grid, in which two strategies are paired`() async throws {
    let outcome = try await Program.run(
      "compare", "--strategy", "scd", "--strategy", "mcd", "--strategy", "random", "--against", "scd", "--budget", "50",
      "--budget", "120", "--step", "2.5%", "--step", "0.1", "--seeds", "6", "--format", "json", "--no-timing")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let strategies = try entries(try outcome.json["strategies"])
    func cell(_ strategy: [String: Any]) -> String {
      "\(strategy["name"] ?? "") \(strategy["budget"] ?? "") \(strategy["step"] ?? "-")"
    }
    #expect(
      strategies.map(cell)
        == [50, 120].flatMap { budget in
          [
            "scd \(budget) 0.025", "scd \(budget) 0.1", "mcd \(budget) 0.025", "mcd \(budget) 0.1",
            "random \(budget) -",
          ]
        })
    for strategy in strategies {
      guard strategy["name"] as? String != "scd" else {
        #expect(strategy["wins"] is NSNull)
        // Nothing in it is random.
        let quartiles = try #require(strategy["quartiles"] as? [Any])
        #expect("\(quartiles[0])" == "\(quartiles[1])")
        continue
      }
      let wins = try #require(strategy["wins"] as? Double)
      let interval = try #require(strategy["wins_interval"] as? [Double])
      #expect(interval[0] <= wins && wins <= interval[1])
      #expect((0...12).contains { Double($0) / 12 == wins })
    }
  }

  @Test(arguments: ["random", "random-feasible", "evolution", "reinforce", "smbo", "manas"])
  func `a search by a strategy that draws keeps its budget, traces its best, and can be certified`(name: String)
    async throws
  {
    let folder = try TemporaryFolder()
    let trace = "\(folder.path)/trace.csv"
    let outcome = try await Program.run(
      "search", "--strategy", name, "--budget", "300", "--unbounded", "--trace", trace, "--format", "json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let strategy = try #require(try outcome.json["strategy"] as? [String: Any])
    #expect(strategy["name"] as? String == name)
    #expect(strategy["evaluations"] as? Int == 300)
    #expect(strategy["termination"] as? String == "budget")
    let value = try #require((try outcome.json["objective"] as? [String: Any])?["value"] as? Double)
    let rows = folder.text("trace.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(rows[0] == ["evaluations", "objective", "violation"])
    // JSONSerialization keeps one digit less.
    #expect(abs(try #require(Double(rows[rows.count - 1][1])) - value) <= 1e-15 * value)
    let objectives = rows.dropFirst().compactMap { Double($0[1]) }
    #expect(objectives == objectives.sorted())
  }

  @Test(arguments: ["scd", "mcd"])
  func `a descent ends at the smallest network, or with its budget`(name: String) async throws {
    for (budget, termination) in [("20", "budget"), ("10000", "converged")] {
      let outcome = try await Program.run(
        "search", "--strategy", name, "--budget", budget, "--unbounded", "--format", "json")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let strategy = try #require(try outcome.json["strategy"] as? [String: Any])
      #expect(strategy["termination"] as? String == termination)
      #expect(try #require(strategy["evaluations"] as? Int) <= 10_000)
      // Without bounds the smallest network is the best.
      guard termination == "converged" else { continue }
      let best = try #require(try outcome.json["best"] as? [String: Any])
      let point = try #require(best["point"] as? [String: Int])
      #expect(point["width1"] == 4 && point["depth3"] == 4)
    }
  }

  @Test func `a search by SHGO keeps budget and time, traces its best, and is proved where that is asked for`()
    async throws
  {
    let folder = try TemporaryFolder()
    let shgo = ["search", "--strategy", "shgo", "--format", "json", "--no-timing"]
    for budget in [1, 100, 2000] {
      let outcome = try await Program.run(
        shgo + ["--unbounded", "--budget", "\(budget)", "--trace", "\(folder.path)/trace.csv"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let strategy = try #require(try outcome.json["strategy"] as? [String: Any])
      #expect(strategy["name"] as? String == "shgo")
      #expect(strategy["evaluations"] as? Int == budget)
      #expect(strategy["termination"] as? String == "budget")
      let rows = folder.text("trace.csv").split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
      let value = try #require((try outcome.json["objective"] as? [String: Any])?["value"] as? Double)
      #expect(abs(try #require(Double(rows[rows.count - 1][1])) - value) <= 1e-15 * value)
      #expect(rows.dropFirst().allSatisfy { (1...budget).contains(Int($0[0]) ?? 0) })
    }
    let timed = try await Program.run(
      shgo + ["--space", "mobilenetv2-imagenet", "--minimize", "macs", "--time-limit", "300ms"])
    #expect(timed.code == 0, "\(timed.errors)")
    let certified = try await Program.run(shgo + ["--certify"])
    let exact = try await Program.run("search", "--format", "json", "--no-timing")
    #expect(try certified.json["best"] as? NSDictionary == exact.json["best"] as? NSDictionary)
    #expect(try (certified.json["certificate"] as? [String: Any])?["status"] as? String == "optimal")
    let infeasible = try await Program.run(shgo + ["--min-accuracy", "99.9%", "--budget", "2000"])
    #expect(infeasible.code == 2)
    #expect(try (infeasible.json["certificate"] as? [String: Any])?["status"] as? String == "none")
    let compared = try await Program.run(
      "compare", "--strategy", "shgo", "--strategy", "random", "--budget", "200", "--seeds", "6", "--format", "csv")
    #expect(compared.rows.count == 13 && compared.rows[1][0] == "shgo")
  }

  @Test func `a drawn answer is certified by the exact search`() async throws {
    let certified = try await Program.run(
      "search", "--strategy", "random", "--certify", "--format", "json")
    let exact = try await Program.run("search", "--format", "json")
    func objective(_ outcome: Outcome) throws -> Double? {
      (try outcome.json["objective"] as? [String: Any])?["value"] as? Double
    }
    #expect(try (certified.json["certificate"] as? [String: Any])?["status"] as? String == "optimal")
    #expect(try objective(certified) == objective(exact))
  }

  @Test func `the best ten networks are ranked and proved together`() async throws {
    let outcome = try await Program.run("search", "--top", "10", "--format", "json", "--no-timing")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let document = try outcome.json
    let top = try entries(document["top"])
    #expect(top.count == 10)
    let objectives = top.compactMap { $0["objective"] as? Double }
    #expect(objectives == objectives.sorted(by: >))
    #expect(objectives.first == (document["objective"] as? [String: Any])?["value"] as? Double)
    #expect(Set(top.map { "\($0["point"] ?? "")" }).count == 10)
    #expect((document["certificate"] as? [String: Any])?["status"] as? String == "optimal")
    #expect(try await Program.run("search", "--top", "3", "--format", "csv").rows.count == 4)
    #expect(try await Program.run("search", "--top", "3").output.contains("the best 3 networks"))
  }

  @Test(arguments: [
    (["search", "--top", "0"], "--top"), (["search", "--top", "3", "--strategy", "hierarchical"], "--top"),
    (["compare", "--seeds", "5"], "--seeds: not an integer in range, found '5', allowed 6 to 10000"),
    (["compare", "--strategy", "exact"], "--strategy"), (["compare", "--budget", "0"], "--budget"),
    (["compare", "--strategy", "random", "--strategy", "random"], "stands twice"),
    (["search", "--strategy", "annealing"], "--strategy"),
    (["compare", "--against", "exact"], "--against"),
    (["compare", "--strategy", "random", "--against", "manas"], "--against"),
    (["compare", "--budget", "50", "--budget", "50"], "stands twice"),
    (["compare", "--step", "2"], "--step"), (["compare", "--step", "0"], "--step: out of range, found '0'"),
    (["compare", "--strategy", "random", "--step", "2%"], "--step: no strategy that shrinks, found random"),
    (["compare", "--reach", "100%"], "--reach: out of range"), (["compare", "--reach", "few"], "--reach"),
  ])
  func `what cannot be compared is one line`(arguments: [String], message: String) async throws {
    let outcome = try await Program.run(arguments)
    #expect(outcome.code == 64)
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
  }
}
