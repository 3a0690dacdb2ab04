internal import FlashAccuracy
internal import FlashFormats

/// The answer of `agree` as a document, rows and text.
struct AgreementReport {
  let log: ProxyLog
  let agreement: RankAgreement
  let groups: [(name: String, agreement: RankAgreement)]
  let bootstrap: AgreementBootstrap
  let window: Int
  let seed: UInt64

  var document: [String: JSONValue] {
    var document = Self.statistics(agreement)
    document["schema"] = "flashnas.agree/1"
    document["version"] = .string(toolkitVersion)
    document["seed"] = .unsigned(seed)
    document["runs"] = .integer(log.runs.count)
    document["unlogged"] = .array(log.unlogged.map(JSONValue.string))
    document["groups"] = .array(
      groups.map { group in
        .object(Self.statistics(group.agreement).merging(["group": .string(group.name)]) { _, name in name })
      })
    document["bootstrap"] = [
      "over": "architectures", "replicates": .integer(AgreementBootstrap.replicates),
      "confidence": .number(AgreementBootstrap.confidence), "steps": .integer(bootstrap.steps),
      "undefined": .integer(bootstrap.undefined), "tau_mean": Self.interval(bootstrap.meanTau),
      "window_tau": Self.interval(bootstrap.windowTau),
    ]
    return document
  }

  private static func statistics(_ agreement: RankAgreement) -> [String: JSONValue] {
    var tau = spread(agreement.tau)
    tau["last"] = JSONValue(agreement.lastTau)
    var pairwise = spread(agreement.window.pairwiseTau)
    pairwise["max"] = nil
    return [
      "architectures": .integer(agreement.architectures), "observations": .integer(agreement.observations),
      "steps": .integer(agreement.steps), "undefined_steps": .integer(agreement.undefinedSteps),
      "tau": .object(tau), "spearman": ["mean": JSONValue(agreement.spearman)],
      "pearson": ["mean": JSONValue(agreement.pearson)],
      "window": [
        "steps": .integer(agreement.window.steps), "tau": JSONValue(agreement.window.tau),
        "pairwise_tau": .object(pairwise),
      ],
      "consecutive_tau": ["mean": JSONValue(agreement.consecutiveTau)],
      "top": .object(
        Dictionary(
          uniqueKeysWithValues: agreement.top.map { top in
            ("\(top.count)", ["best_true_rank": JSONValue(top.bestTrueRank), "overlap": JSONValue(top.overlap)])
          })),
      "regret": ["mean": JSONValue(agreement.regret?.mean), "max": JSONValue(agreement.regret?.greatest)],
      "winners": .array(
        agreement.winners.map { winner in
          [
            "arch": .string(winner.name), "accuracy": .number(winner.accuracy), "true_rank": .integer(winner.trueRank),
            "steps": .integer(winner.steps), "share": .number(winner.share),
          ]
        }),
      "gap": .number(agreement.gap), "noise_ceiling": JSONValue(agreement.noiseCeiling),
    ]
  }

  private static func spread(_ spread: RankAgreement.Spread?) -> [String: JSONValue] {
    [
      "mean": JSONValue(spread?.mean), "sd": JSONValue(spread?.deviation), "min": JSONValue(spread?.least),
      "max": JSONValue(spread?.greatest),
    ]
  }

  private static func interval(_ interval: AgreementBootstrap.Interval?) -> JSONValue {
    guard let interval else { return .null }
    return ["low": .number(interval.low), "high": .number(interval.high)]
  }

  /// One row a number: group (empty for all), key path, value (empty where there is none).
  var rows: [[String]] {
    var rows = [["group", "statistic", "value"]]
    var whole = document
    for key in ["schema", "version", "seed", "unlogged", "groups"] { whole[key] = nil }
    Self.flatten(.object(whole), "", &rows, group: "")
    for group in groups { Self.flatten(.object(Self.statistics(group.agreement)), "", &rows, group: group.name) }
    return rows
  }

  /// The numbers of a document by key path, keys sorted; of the winners, the name in the path and the steps won.
  private static func flatten(_ value: JSONValue, _ path: String, _ rows: inout [[String]], group: String) {
    switch value {
    case .object(let entries):
      for (key, entry) in entries.sorted(by: { $0.key < $1.key }) {
        flatten(entry, path.isEmpty ? key : "\(path).\(key)", &rows, group: group)
      }
    case .array(let entries):
      for case .object(let entry) in entries {
        guard case .string(let name) = entry["arch"], let steps = entry["steps"] else { continue }
        rows.append([group, "\(path).\(name).steps", steps.text()])
      }
    case .null: rows.append([group, path, ""])
    case .string: break
    default: rows.append([group, path, value.text()])
    }
  }

  var text: String {
    var text =
      "\(Display.counted(log.architectures.count, "architecture")), \(Display.counted(log.runs.count, "run")), "
      + "\(Display.counted(log.stepCount, "step")), \(Display.counted(log.count, "observation"))\n"
    text += rankText + selectionText
    text +=
      "\n95 % intervals: \(Display.grouped(AgreementBootstrap.replicates)) bootstrap samples of the architectures, "
      + "the mean over \(Display.counted(bootstrap.steps, "step"))\n"
    guard !groups.isEmpty else { return text }
    var table = TextTable(
      header: ["group", "architectures", "steps", "mean τ-b", "sd", "window τ-b", "pairwise τ-b", "mean regret"],
      indent: 2)
    for group in groups {
      let found = group.agreement
      table.add(
        group.name, Display.grouped(found.architectures), Display.grouped(found.steps), Self.three(found.tau?.mean),
        Self.three(found.tau?.deviation), Self.three(found.window.tau), Self.three(found.window.pairwiseTau?.mean),
        found.regret.map { Display.percent($0.mean) } ?? "–")
    }
    return text + "\n" + table.text
  }

  private var rankText: String {
    var ranks = TextTable(
      header: ["rank agreement with accuracy", "mean", "sd", "min", "max", "95 % interval"], indent: 2)
    let tau = agreement.tau
    ranks.add(
      "Kendall τ-b, each step", Self.three(tau?.mean), Self.three(tau?.deviation), Self.three(tau?.least),
      Self.three(tau?.greatest), Self.range(bootstrap.meanTau))
    ranks.add("  last step", Self.three(agreement.lastTau), "", "", "", "")
    ranks.add("Spearman ρ, each step", Self.three(agreement.spearman), "", "", "", "")
    ranks.add("Pearson r, each step", Self.three(agreement.pearson), "", "", "", "")
    ranks.add(
      "τ-b, averaged over the last \(window)", Self.three(agreement.window.tau), "", "", "",
      Self.range(bootstrap.windowTau))
    if let ceiling = agreement.noiseCeiling { ranks.add("noise ceiling of τ-b", Self.three(ceiling), "", "", "", "") }
    var between = TextTable(header: ["rank agreement between steps", "mean", "sd", "min"], indent: 2)
    let pairwise = agreement.window.pairwiseTau
    between.add(
      "every two of the last \(window)", Self.three(pairwise?.mean), Self.three(pairwise?.deviation),
      Self.three(pairwise?.least))
    between.add("neighbouring steps", Self.three(agreement.consecutiveTau), "", "")
    return ranks.text + "\n" + between.text
  }

  private var selectionText: String {
    var top = TextTable(header: ["the proxy's best", "best true rank", "overlap with the true best"], indent: 2)
    for entry in agreement.top {
      top.add(
        "\(entry.count)", entry.bestTrueRank.map { Display.fixed($0, 2) } ?? "–",
        entry.overlap.map { Display.percent($0) } ?? "–")
    }
    var winners = TextTable(header: ["winner", "steps won", "share", "accuracy", "true rank"], indent: 2)
    for winner in agreement.winners.prefix(5) {
      winners.add(
        winner.name, Display.grouped(winner.steps), Display.percent(winner.share), Display.percent(winner.accuracy),
        Display.grouped(winner.trueRank))
    }
    var text = "\n" + top.text + "\n" + winners.text
    if agreement.winners.count > 5 { text += "  and \(agreement.winners.count - 5) more\n" }
    if let regret = agreement.regret {
      text += "\nregret: \(Display.percent(regret.mean)) on average, \(Display.percent(regret.greatest)) at most\n"
    }
    return text + "mean accuracy − mean proxy: \(Display.number(agreement.gap))\n"
  }

  private static func three(_ value: Double?) -> String { value.map { Display.fixed($0, 3) } ?? "–" }

  private static func range(_ interval: AgreementBootstrap.Interval?) -> String {
    interval.map { "\(Display.fixed($0.low, 3)) to \(Display.fixed($0.high, 3))" } ?? "–"
  }
}
