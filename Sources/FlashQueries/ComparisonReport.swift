internal import FlashFormats
internal import FlashNAS
internal import FlashSearch

/// A comparison of strategies as document, table and text.
struct ComparisonReport {
  private let comparison: StrategyComparison
  private let summaries: [StrategyComparison.Summary]
  private let firstSeed: UInt64

  init(_ comparison: StrategyComparison, firstSeed: UInt64) {
    self.comparison = comparison
    self.firstSeed = firstSeed
    summaries = comparison.entrants.map(comparison.summary)
  }

  private var problem: DesignProblem { comparison.question.problem }
  private var budgets: [Int] {
    comparison.entrants.map(\.budget).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  var result: QueryResult { QueryResult(document: document, csv: csv, text: text) }

  // Document

  private var document: [String: JSONValue] {
    var document: [String: JSONValue] = [
      "schema": "flashnas.compare/1", "version": .string(toolkitVersion), "seed": .unsigned(firstSeed),
      "budget": .integer(budgets.max() ?? 0), "space": ["name": .string(problem.space.name)],
      "objective": [
        "expression": .string(problem.objective.expression.description),
        "direction": .string(problem.objective.direction.rawValue),
      ],
      "optimum": comparison.optimum.map { .number(comparison.objective($0)) } ?? .null,
      "against": comparison.against.map(JSONValue.string) ?? .null,
      "strategies": .array(summaries.map(document)),
    ]
    if let (share, top) = comparison.top {
      document["reach"] = [
        "share": .number(share), "designs": .integer(top.points), "feasible": .integer(top.feasible),
        "exact": .bool(top.isExact), "objective": JSONValue(threshold),
        "violation": JSONValue(finite: top.threshold.violation),
      ]
    }
    document["confidence"] = comparison.question.confidence.map(JSONValue.number)
    document["hardware"] = comparison.question.hardware.document
    return document
  }

  /// The objective from which on a design is among the best; `nil` where infeasible ones are.
  private var threshold: Double? {
    guard let score = comparison.top?.found.threshold, score.isFeasible else { return nil }
    return comparison.objective(score)
  }

  private func document(_ summary: StrategyComparison.Summary) -> JSONValue {
    var entries: [String: JSONValue] = [
      "name": .string(summary.entrant.name), "budget": .integer(summary.entrant.budget),
      "runs": .integer(summary.count), "feasible": .integer(summary.feasible),
      "median": JSONValue(summary.median),
      "median_interval": [JSONValue(summary.interval.low), JSONValue(summary.interval.high)],
      "quartiles": [JSONValue(summary.quartiles.better), JSONValue(summary.quartiles.worse)],
      "gap": JSONValue(summary.gap), "wins": JSONValue(summary.wins?.share),
      "wins_interval": summary.wins.map { [.number($0.interval.lowerBound), .number($0.interval.upperBound)] } ?? .null,
    ]
    if let step = summary.entrant.step { entries["step"] = .number(step) }
    if comparison.top != nil {
      func count(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
      let reach = summary.reach
      entries["reach"] = [
        "runs": .integer(reach.runs), "median": count(reach.median),
        "median_interval": [count(reach.interval.low), count(reach.interval.high)],
      ]
    }
    if !summary.stages.isEmpty {
      entries["stages"] = .array(
        summary.stages.map { stage in
          [
            "groups": .integer(stage.groups), "evaluations": .number(stage.evaluations),
            "spearman_ahead": JSONValue(stage.ahead), "spearman_within": JSONValue(stage.within),
          ]
        })
    }
    return .object(entries)
  }

  // Table

  private var csv: [[String]] {
    var rows = [
      ["strategy", "seed", "objective", "violation", "evaluations", "budget", "step", "reached"]
        + problem.variables.map(\.name)
    ]
    for entrant in comparison.entrants {
      for run in comparison.runs[entrant] ?? [] {
        let score = run.report.score
        let found = [
          score.isFeasible ? "\(comparison.objective(score))" : "",
          score.violation.isFinite ? "\(score.violation)" : "", "\(run.report.evaluations)",
        ]
        let asked = [
          "\(entrant.budget)", entrant.step.map { "\($0)" } ?? "", run.reached.map { "\($0)" } ?? "",
        ]
        rows.append([entrant.name, "\(run.seed)"] + found + asked + run.report.point.map { "\($0)" })
      }
    }
    return rows
  }

  // Text

  private var text: String {
    func shown(_ value: Double?) -> String { value.map { Display.number($0) } ?? "–" }
    var text = "\(problem.space.name): \(problem.objective.direction.rawValue) \(problem.objective.expression), "
    text += budgets.dropLast().map { "\(Display.grouped($0)), " }.joined()
    text += "\(Display.counted(budgets.last ?? 0, "network")) a run\n"
    text +=
      comparison.optimum.map { "proved optimum \(Display.number(comparison.objective($0)))\n\n" }
      ?? "no proved optimum\n\n"
    let rival = comparison.against.map { ["better than \($0)", "95 % of it"] } ?? []
    var table = TextTable(
      header: labels + ["median", "95 % of the median", "quartiles", "gap", "feasible"] + rival, indent: 2)
    for summary in summaries {
      let wins = [
        summary.wins.map { Display.percent($0.share) } ?? "–",
        summary.wins.map {
          Self.range(Display.percent($0.interval.lowerBound), Display.percent($0.interval.upperBound))
        }
          ?? "–",
      ]
      table.add(
        label(summary.entrant) + [
          shown(summary.median), Self.range(shown(summary.interval.low), shown(summary.interval.high)),
          Self.range(shown(summary.quartiles.better), shown(summary.quartiles.worse)),
          summary.gap.map { Display.percent($0) } ?? "–", "\(summary.feasible) of \(summary.count)",
        ] + wins.prefix(rival.count))
    }
    return text + table.text + reachText + stageText
  }

  private static func range(_ low: String, _ high: String) -> String { "\(low) to \(high)" }

  /// What tells entrants apart.
  private var labels: [String] {
    ["strategy"] + (budgets.count > 1 ? ["budget"] : [])
      + (comparison.entrants.contains { $0.step != nil } ? ["step"] : [])
  }

  private func label(_ entrant: StrategyComparison.Entrant) -> [String] {
    [entrant.name] + (labels.contains("budget") ? ["\(entrant.budget)"] : [])
      + (labels.contains("step") ? [entrant.step.map { Display.percent($0) } ?? "–"] : [])
  }

  /// The evaluations until a network was among the best.
  private var reachText: String {
    guard let (share, top) = comparison.top else { return "" }
    let side = problem.objective.direction == .maximize ? "at least" : "at most"
    var text = "\nthe best \(Display.percent(share)) of all designs: "
    text += threshold.map { "objective \(side) \(Display.number($0))" } ?? "some break bounds"
    text += top.isExact ? ", of all " : ", estimated from "
    text += "\(Display.counted(top.points, top.isExact ? "design" : "random design")), "
    text += "\(Display.percent(Double(top.feasible) / Double(top.points))) of them feasible\n\n"
    var table = TextTable(header: labels + ["runs that reach it", "evaluations", "95 % of the median"], indent: 2)
    for summary in summaries {
      func shown(_ value: Int?) -> String {
        value.map(Display.grouped) ?? "> \(Display.grouped(summary.entrant.budget))"
      }
      let reach = summary.reach
      table.add(
        label(summary.entrant) + [
          "\(reach.runs) of \(summary.count)", shown(reach.median),
          Self.range(shown(reach.interval.low), shown(reach.interval.high)),
        ])
    }
    return text + table.text
  }

  /// How surrogates ordered networks.
  private var stageText: String {
    guard summaries.contains(where: { !$0.stages.isEmpty }) else { return "" }
    func shown(_ value: Double?) -> String { value.map { Display.fixed($0, 3) } ?? "–" }
    var table = TextTable(
      header: labels + ["free cells", "evaluations", "ρ before it saw them", "ρ left out of the fit"], indent: 2)
    for summary in summaries {
      for stage in summary.stages {
        table.add(
          label(summary.entrant) + [
            "\(stage.groups)", Display.number(stage.evaluations), shown(stage.ahead), shown(stage.within),
          ])
      }
    }
    return "\nhow a surrogate ordered the networks of each stage (Spearman's ρ, medians)\n\n" + table.text
  }
}
