internal import FlashFormats
internal import FlashHardware

/// Fits of costs for people.
struct HardwareFitText {
  let text: String

  init(_ fits: [HardwareFit], unused: [String]) {
    var text = fits.first.map(Self.method) ?? ""
    for fit in fits {
      text += "\n\(fit.quantity)\n"
      if let path = fit.path { text += Self.choice(path) }
      var terms = TextTable(header: ["feature", "coefficient"], indent: 2)
      for (name, value) in zip(fit.cost.features, fit.cost.coefficients) where value > 0 {
        terms.add(name, Display.number(value))
      }
      text += terms.text + Self.errors(fit)
      if let reach = fit.cost.relativeReach {
        text += "  95 % of new networks are expected within \(Display.percent(reach)) of their prediction\n"
      }
      if let penalty = fit.penalty { text += "  penalty \(penalty == 0 ? "0" : Display.number(penalty))\n" }
      for entry in fit.dropped { text += "  dropped \(entry.feature): \(entry.reason)\n" }
    }
    if !unused.isEmpty { text += "\ncolumns not used: \(unused.joined(separator: ", "))\n" }
    self.text = text
  }

  private static func method(_ fit: HardwareFit) -> String {
    var words = ["non-negative least squares in relative error"]
    if fit.isWeighted { words.append("weighted by deviations") }
    if fit.options.isRidge { words.append("ridge") }
    if fit.options.isRobust { words.append("robust") }
    guard let layers = fit.layers else {
      return words.joined(separator: ", ") + ", \(Display.counted(fit.samples, "measurement"))\n"
    }
    let networks = Display.counted(fit.samples, "network")
    return words.joined(separator: ", ") + ", \(Display.counted(layers, "layer")) of \(networks)\n"
  }

  private static func errors(_ fit: HardwareFit) -> String {
    var table = TextTable(header: ["absolute error", "mean", "largest", "within 10 %", "bias", "Kendall"], indent: 2)
    var rows = [("on the measurements", fit.training), ("held out one by one", fit.leaveOneOut)]
    if let nested = fit.nested { rows.append(("the choice left out too", nested.errors)) }
    for (name, error) in rows {
      table.add(
        name, Display.percent(error.mape), Display.percent(error.maxAPE), Display.percent(error.within10),
        Display.percent(error.bias), error.kendall.map { Display.fixed($0, 3) } ?? "–")
    }
    return table.text
  }

  /// How features joined, and which one did not.
  private static func choice(_ path: SelectionPath) -> String {
    var table = TextTable(header: ["joined", "held-out error", "fall", "its standard error"], indent: 2)
    func add(_ step: SelectionPath.Step, _ name: String, error: Double) {
      table.add(
        name, Display.percent(error), Display.percent(step.before - step.after), Display.percent(step.standardError))
    }
    for step in path.steps { add(step, step.feature, error: step.after) }
    if let step = path.refused { add(step, "not \(step.feature)", error: step.after) }
    return
      "  chosen from \(path.candidates.count) features, one after the other, while the held-out error falls by more\n"
      + "  than the standard error of the fall\n" + table.text
  }
}

/// A learning curve of costs as a result.
struct HardwareCurveReport {
  let result: QueryResult

  init(_ curve: HardwareLearningCurve) {
    let document: [String: JSONValue] = [
      "schema": "flashnas.hardware-curve/1", "version": .string(toolkitVersion), "draws": .integer(curve.draws),
      "rows": .array(
        curve.rows.map { row in
          [
            "quantity": .string(row.quantity), "features": .string(row.name), "samples": .integer(row.size),
            "mape": .number(row.mean), "mape_low": .number(row.range.lowerBound),
            "mape_high": .number(row.range.upperBound), "max_ape": .number(row.worst),
            "largest_ape": .number(row.largest),
          ]
        }),
      "skipped": .array(
        curve.skipped.map {
          [
            "quantity": .string($0.quantity), "features": .string($0.name), "samples": .integer($0.size),
            "reason": .string($0.reason),
          ]
        }),
    ]
    let header = [
      "quantity", "features", "samples", "mape", "mape_low", "mape_high", "max_ape", "largest_ape",
    ]
    var rows: [[String]] = []
    for row in curve.rows {
      let numbers: [Double] = [row.mean, row.range.lowerBound, row.range.upperBound, row.worst, row.largest]
      rows.append([row.quantity, row.name, "\(row.size)"] + numbers.map { "\($0)" })
    }
    result = QueryResult(document: document, csv: [header] + rows, text: Self.text(curve))
  }

  private static func text(_ curve: HardwareLearningCurve) -> String {
    var text =
      "each set of features fitted to \(curve.draws) random draws of the networks and judged by the others: absolute\n"
      + "error, its mean (5 to 95 % of the draws in brackets), the mean of each draw's largest, and the largest of all\n"
    var tables: [(title: String, table: TextTable)] = []
    for row in curve.rows {
      let title = "\(row.quantity), \(Display.counted(row.size, "network"))"
      if tables.last?.title != title {
        tables.append((title, TextTable(header: [title, "mean", "", "largest", "of all"], indent: 2)))
      }
      let range = "[\(Display.percent(row.range.lowerBound)), \(Display.percent(row.range.upperBound))]"
      tables[tables.count - 1].table.add(
        row.name, Display.percent(row.mean), range, Display.percent(row.worst), Display.percent(row.largest))
    }
    for entry in tables { text += "\n" + entry.table.text }
    if !curve.skipped.isEmpty { text += "\n" }
    for entry in curve.skipped { text += "  \(entry.name) with \(entry.size): \(entry.reason)\n" }
    return text
  }
}
