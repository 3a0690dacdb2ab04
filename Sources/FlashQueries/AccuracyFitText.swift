internal import FlashAccuracy
internal import FlashFormats

/// A fit for people.
struct AccuracyFitText {
  let text: String

  init(_ fit: AccuracyFit, _ selection: AccuracySelection?, unused: [String]) {
    var text =
      "form \(fit.form): \(Display.counted(fit.samples, "configuration")), "
      + "\(Display.counted(fit.runs, "training run"))\n"
    if let reason = fit.reason { text += "note: \(reason)\n" }
    var coefficients = TextTable(header: ["coefficient", "value", "standard error"], indent: 2)
    for entry in fit.coefficients {
      coefficients.add(
        entry.name, Display.number(entry.value), entry.standardError.map { Display.number($0) } ?? "not determined")
    }
    text += coefficients.text
    text += "\nerrors in percentage points of accuracy\n"
    if let selection { text += Self.comparison(selection, fit.form) }
    var errors = TextTable(header: ["held out by configuration", "RMSE", "MAE", "Kendall", "Spearman"], indent: 2)
    errors.add(Self.row(fit.form, fit.heldOut.errors))
    if let nested = selection?.nested { errors.add(Self.row("the choice of the form too", nested.errors)) }
    for baseline in fit.baselines {
      let form = baseline.form.flatMap { $0 == fit.form ? nil : " (\($0))" } ?? ""
      errors.add(Self.row("baseline \(baseline.name)\(form)", baseline.errors))
    }
    text += errors.text
    text += Self.quality(fit, selection)
    text += "\nrank agreement of each feature itself with accuracy\n"
    var ranking = TextTable(header: ["feature", "Kendall", "Spearman"], indent: 2)
    for entry in fit.ranking {
      ranking.add(entry.name, Self.correlation(entry.kendall), Self.correlation(entry.spearman))
    }
    text += ranking.text
    if !unused.isEmpty { text += "\ncolumns not used: \(unused.joined(separator: ", "))\n" }
    self.text = text
  }

  /// All forms, the one chosen marked.
  private static func comparison(_ selection: AccuracySelection, _ chosen: String) -> String {
    var table = TextTable(header: ["form", "RMSE", "MAE", "Kendall", "Spearman", "log score", ""], indent: 2)
    for candidate in selection.candidates {
      guard let quality = candidate.heldOut else {
        table.add(candidate.form.name, "–", "–", "–", "–", "–", candidate.reason ?? "")
        continue
      }
      let mark = candidate.form.name == chosen ? "chosen: the highest score" : ""
      table.add(row(candidate.form.name, quality.errors) + [Display.fixed(quality.logScore, 3), mark])
    }
    var text = "every form, each configuration held out\n" + table.text + "\n"
    if !selection.choices.isEmpty {
      let choices = selection.choices.map { "\($0.form) \($0.count)" }.joined(separator: ", ")
      text += "chosen without each of \(selection.folds) parts of the samples: \(choices)\n\n"
    }
    return text
  }

  private static func quality(_ fit: AccuracyFit, _ selection: AccuracySelection?) -> String {
    var table = TextTable(indent: 2)
    table.add("on the samples themselves", points(fit.training.rmse), "RMSE")
    if let noise = fit.noise {
      table.add("noise floor", points(noise.floor), "RMSE of a perfect model")
      table.add(
        "deviation between runs", points(noise.deviation),
        Display.counted(noise.degreesOfFreedom, "degree of freedom", "degrees of freedom"))
    }
    table.add("95 % interval held", Display.percent(fit.heldOut.coverage.share), note(fit.heldOut.coverage))
    if let nested = selection?.nested {
      table.add("with the form chosen anew", Display.percent(nested.coverage.share), note(nested.coverage))
    }
    for (feature, range) in zip(fit.model.features, fit.model.ranges) {
      table.add("\(feature) seen", Display.number(range.lowerBound), "to \(Display.number(range.upperBound))")
    }
    return table.text
  }

  private static func note(_ coverage: Coverage) -> String {
    let runs = "of \(Display.counted(coverage.of, "held-out run"))"
    guard let interval = coverage.interval else {
      return "\(runs): not assessable, fewer than \(Coverage.fewestConfigurations) configurations"
    }
    return "\(runs); between \(Display.percent(interval.lowerBound)) and \(Display.percent(interval.upperBound))"
  }

  private static func row(_ name: String, _ errors: AgreementErrors) -> [String] {
    [name, points(errors.rmse), points(errors.mae), correlation(errors.kendall), correlation(errors.spearman)]
  }

  static func points(_ value: Double) -> String { Display.fixed(value * 100, 2) }

  static func correlation(_ value: Double?) -> String { value.map { Display.fixed($0, 3) } ?? "–" }
}

/// A learning curve as a result.
struct LearningCurveReport {
  let result: QueryResult

  init(_ curve: LearningCurve) {
    func spread(_ spread: LearningCurve.Spread?) -> JSONValue {
      guard let spread else { return .null }
      return ["median": .number(spread.median), "low": .number(spread.low), "high": .number(spread.high)]
    }
    let document: [String: JSONValue] = [
      "schema": "flashnas.learning-curve/1", "version": .string(toolkitVersion), "draws": .integer(curve.draws),
      "rows": .array(
        curve.rows.map { row in
          [
            "form": .string(row.name), "samples": .integer(row.size), "rmse": spread(row.rmse),
            "kendall": spread(row.kendall),
          ]
        }),
      "skipped": .array(
        curve.skipped.map {
          ["form": .string($0.name), "samples": .integer($0.size), "reason": .string($0.reason)]
        }),
    ]
    let header = [
      "form", "samples", "rmse", "rmse_low", "rmse_high", "kendall", "kendall_low", "kendall_high",
    ]
    let rows = curve.rows.map { row in
      [row.name, "\(row.size)", "\(row.rmse.median)", "\(row.rmse.low)", "\(row.rmse.high)"]
        + [row.kendall?.median, row.kendall?.low, row.kendall?.high].map { $0.map { "\($0)" } ?? "" }
    }
    result = QueryResult(document: document, csv: [header] + rows, text: Self.text(curve))
  }

  private static func text(_ curve: LearningCurve) -> String {
    var text =
      "each form fitted to random draws of the configurations and judged by the others: median of \(curve.draws) draws,\n"
      + "5 to 95 % of them in brackets; RMSE in percentage points of accuracy\n"
    let sizes = curve.rows.reduce(into: [Int]()) { if !$0.contains($1.size) { $0.append($1.size) } }
    for size in sizes {
      var table = TextTable(header: ["\(size) samples", "RMSE", "", "Kendall", ""], indent: 2)
      for row in curve.rows where row.size == size {
        let rank = row.kendall
        table.add(
          row.name, AccuracyFitText.points(row.rmse.median),
          "[\(AccuracyFitText.points(row.rmse.low)), \(AccuracyFitText.points(row.rmse.high))]",
          AccuracyFitText.correlation(rank?.median),
          rank.map { "[\(Display.fixed($0.low, 2)), \(Display.fixed($0.high, 2))]" } ?? "")
      }
      text += "\n" + table.text
    }
    if !curve.skipped.isEmpty { text += "\n" }
    for entry in curve.skipped { text += "  \(entry.name) with \(entry.size): \(entry.reason)\n" }
    return text
  }
}
