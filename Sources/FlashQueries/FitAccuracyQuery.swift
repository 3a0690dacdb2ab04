internal import FlashAccuracy
internal import FlashFormats

/// An accuracy model from samples, with its held-out quality beside the baselines.
public struct FitAccuracyQuery: Sendable {
  /// A CSV file, `-` for standard input.
  public var data: String
  /// The space whose variables the columns are; features as columns when left out.
  public var space: String?
  public var form: String?

  public init(data: String) { self.data = data }

  public func run() throws(QueryError) -> QueryResult {
    let known = AccuracyForm.catalogue.map(\.name)
    if let form, !known.contains(form) {
      throw .usage("--form: unknown, found '\(form)', allowed \(known.joined(separator: ", "))")
    }
    let space = try space.map { (name) throws(QueryError) in try Models.space(name) }
    let fit: AccuracyFit
    let file: SampleFile
    do {
      file = try SampleFile(reading: data, space: space)
      fit = try AccuracyFit(file.accuracySamples())
    } catch let error as AccuracyError {
      throw .data("\(FormatError.name(data)): \(error.description)")
    } catch {
      throw QueryError(error)
    }
    let unused = file.unusedColumns(except: ["accuracy", "accuracy_sd", "n", "seed"])
    var document = AccuracyModelFile.document(fit)
    document["version"] = .string(toolkitVersion)
    document["unused_columns"] = .array(unused.map(JSONValue.string))
    let rows = fit.coefficients.map { entry in
      [entry.name, "\(entry.value)", entry.standardError.map { "\($0)" } ?? ""]
    }
    return QueryResult(
      document: document, csv: [["name", "value", "standard_error"]] + rows, text: text(fit, unused))
  }

  private func text(_ fit: AccuracyFit, _ unused: [String]) -> String {
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
    var errors = TextTable(header: ["held out by configuration", "RMSE", "MAE", "Kendall", "Spearman"], indent: 2)
    errors.add(row("NN-Degree (\(fit.form))", fit.leaveOneOut))
    for baseline in fit.baselines { errors.add(row("baseline \(baseline.name)", baseline.errors)) }
    text += errors.text
    var quality = TextTable(indent: 2)
    quality.add("on the samples themselves", points(fit.training.rmse), "RMSE")
    if let noise = fit.noise {
      quality.add("noise floor", points(noise.floor), "RMSE of a perfect model")
      quality.add(
        "deviation between runs", points(noise.deviation),
        Display.counted(noise.degreesOfFreedom, "degree of freedom", "degrees of freedom"))
    }
    quality.add(
      "95 % interval held", Display.percent(Double(fit.coverage.inside) / Double(fit.coverage.of)),
      "of \(Display.counted(fit.coverage.of, "held-out run"))")
    quality.add(
      "NN-Degree seen", Display.number(fit.model.range.lowerBound), "to \(Display.number(fit.model.range.upperBound))")
    text += quality.text
    text += "\nrank agreement of each feature itself with accuracy\n"
    var ranking = TextTable(header: ["feature", "Kendall", "Spearman"], indent: 2)
    for entry in fit.ranking { ranking.add(entry.name, correlation(entry.kendall), correlation(entry.spearman)) }
    text += ranking.text
    if !unused.isEmpty { text += "\ncolumns not used: \(unused.joined(separator: ", "))\n" }
    return text
  }

  private func row(_ name: String, _ errors: AgreementErrors) -> [String] {
    [name, points(errors.rmse), points(errors.mae), correlation(errors.kendall), correlation(errors.spearman)]
  }

  private func points(_ value: Double) -> String { Display.fixed(value * 100, 2) }

  private func correlation(_ value: Double?) -> String { value.map { Display.fixed($0, 3) } ?? "–" }
}
