public import FlashAccuracy

/// The document of a fitted accuracy model, `flashnas.fit-accuracy/1`.
public enum AccuracyModelFile {
  /// The document of a fit, with the comparison that its form was chosen by, if it was.
  public static func document(_ fit: AccuracyFit, selection: AccuracySelection? = nil) -> [String: JSONValue] {
    let parts = fit.model.parts
    var document: [String: JSONValue] = [
      "schema": "flashnas.fit-accuracy/1",
      "form": .string(fit.form),
      "features": .array(parts.features.map(JSONValue.string)),
      "coefficients": .array(
        fit.coefficients.map {
          ["name": .string($0.name), "value": .number($0.value), "standard_error": JSONValue($0.standardError)]
        }),
      "samples": .integer(fit.samples),
      "runs": .integer(fit.runs),
      "training": ["rmse": .number(fit.training.rmse), "mae": .number(fit.training.mae)],
      "leave_one_out": .object(quality(fit.heldOut)),
      "baselines": .object(
        Dictionary(
          uniqueKeysWithValues: fit.baselines.map { baseline in
            let form: [String: JSONValue] = baseline.form.map { ["form": .string($0)] } ?? [:]
            return (baseline.name, .object(errors(baseline.errors).merging(form) { value, _ in value }))
          })),
      "ranking": .object(
        Dictionary(
          uniqueKeysWithValues: fit.ranking.map {
            ($0.name, ["kendall": JSONValue($0.kendall), "spearman": JSONValue($0.spearman)])
          })),
      "noise_floor": JSONValue(fit.noise?.floor),
      "ranges": .object(
        Dictionary(
          uniqueKeysWithValues: zip(parts.features, parts.ranges).map {
            ($0, [.number($1.lowerBound), .number($1.upperBound)])
          })),
      "interval": interval(parts),
    ]
    if let range = parts.ranges.first, parts.ranges.count == 1 {
      document["range"] = [.number(range.lowerBound), .number(range.upperBound)]
    }
    if let noise = fit.noise {
      document["replicates"] = [
        "sd": .number(noise.deviation), "degrees_of_freedom": .integer(noise.degreesOfFreedom),
      ]
    }
    if let reason = fit.reason { document["reason"] = .string(reason) }
    if let selection { document["selection"] = self.selection(selection) }
    return document
  }

  private static func interval(_ parts: AccuracyModelParts) -> JSONValue {
    var interval: [String: JSONValue] = [
      "method": .string((parts.folds.isEmpty ? IntervalMethod.model : .jackknife).rawValue),
      "covariance": .array(parts.covariance.map { .array($0.map(JSONValue.number)) }),
      "degrees_of_freedom": parts.degreesOfFreedom.isFinite ? .number(parts.degreesOfFreedom) : .null,
      "residual_sd": .number(parts.residualDeviation),
    ]
    if !parts.folds.isEmpty {
      interval["folds"] = .array(
        parts.folds.map { fold in
          [
            "coefficients": .object(fold.coefficients.mapValues(JSONValue.number)),
            "errors": .array(fold.errors.map(JSONValue.number)),
          ]
        })
    }
    if !parts.samples.isEmpty {
      interval["samples"] = .array(
        parts.samples.map { sample in
          [
            "features": .array(sample.features.map(JSONValue.number)), "accuracy": .number(sample.accuracy),
            "variance": .number(sample.variance),
          ]
        })
    }
    return .object(interval)
  }

  private static func errors(_ errors: AgreementErrors) -> [String: JSONValue] {
    [
      "rmse": .number(errors.rmse), "mae": .number(errors.mae), "kendall": JSONValue(errors.kendall),
      "spearman": JSONValue(errors.spearman),
    ]
  }

  private static func quality(_ quality: HeldOutQuality) -> [String: JSONValue] {
    errors(quality.errors).merging([
      "log_score": .number(quality.logScore),
      "coverage": .number(quality.coverage.share),
      "coverage_runs": .integer(quality.coverage.of),
      "coverage_low": JSONValue(quality.coverage.interval?.lowerBound),
      "coverage_high": JSONValue(quality.coverage.interval?.upperBound),
    ]) { $1 }
  }

  private static func selection(_ selection: AccuracySelection) -> JSONValue {
    var entries: [String: JSONValue] = [
      "candidates": .array(
        selection.candidates.map { candidate in
          var entry = candidate.heldOut.map(quality) ?? [:]
          entry["form"] = .string(candidate.form.name)
          if let reason = candidate.reason { entry["reason"] = .string(reason) }
          return .object(entry)
        })
    ]
    if let nested = selection.nested {
      entries["nested"] = .object(quality(nested))
      entries["folds"] = .integer(selection.folds)
      entries["choices"] = .object(
        Dictionary(uniqueKeysWithValues: selection.choices.map { ($0.form, .integer($0.count)) }))
    }
    return .object(entries)
  }

  /// The model of a document.
  ///
  /// - Throws: `FormatError` where it is not one, or its numbers make no model of its form.
  public static func read(_ path: String) throws(FormatError) -> AccuracyModel {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("fit-accuracy")
    let form = try root.required("form")
    guard AccuracyForm.catalogue.contains(where: { $0.name == (try? form.string()) }) else {
      throw form.error(
        "unknown form", found: "'\(try form.string())'",
        allowed: AccuracyForm.catalogue.map(\.name).joined(separator: ", "))
    }
    var features: [String] = []
    for field in try root.optional("features")?.elements() ?? [] { features.append(try field.string()) }
    if features.isEmpty { features = [AccuracyForm.degree] }
    let interval = try root.required("interval")
    var parts = AccuracyModelParts(
      form: try form.string(), features: features, ranges: try ranges(root, features),
      coefficients: try coefficients(root), covariance: try covariance(interval),
      residualDeviation: try interval.required("residual_sd").number(),
      degreesOfFreedom: try degreesOfFreedom(interval))
    for fold in try interval.optional("folds")?.elements() ?? [] {
      var coefficients: [String: Double] = [:]
      for (name, value) in try fold.required("coefficients").entries() { coefficients[name] = try value.number() }
      parts.folds.append(
        AccuracyModelParts.Fold(coefficients: coefficients, errors: try fold.required("errors").numbers()))
    }
    for sample in try interval.optional("samples")?.elements() ?? [] {
      parts.samples.append(
        AccuracyModelParts.Sample(
          features: try sample.required("features").numbers(), accuracy: try sample.required("accuracy").number(),
          variance: try sample.required("variance").number()))
    }
    do { return try AccuracyModel(parts) } catch { throw root.error("not a model: \(error.description)") }
  }

  private static func degreesOfFreedom(_ interval: Field) throws(FormatError) -> Double {
    let field = try interval.required("degrees_of_freedom")
    return field.isNull ? .infinity : try field.number()
  }

  private static func ranges(_ root: Field, _ features: [String]) throws(FormatError) -> [ClosedRange<Double>] {
    func range(_ field: Field) throws(FormatError) -> ClosedRange<Double> {
      let ends = try field.numbers()
      guard ends.count == 2, ends[0] <= ends[1] else {
        throw field.error("not a range", found: "\(ends)", allowed: "[least, most]")
      }
      return ends[0]...ends[1]
    }
    guard let ranges = try root.optional("ranges") else { return [try range(root.required("range"))] }
    var found: [ClosedRange<Double>] = []
    for feature in features { found.append(try range(ranges.required(feature))) }
    return found
  }

  private static func coefficients(_ root: Field) throws(FormatError) -> [String: Double] {
    var values: [String: Double] = [:]
    for field in try root.required("coefficients").elements() {
      let name = try field.required("name")
      guard values.updateValue(try field.required("value").number(), forKey: try name.string()) == nil else {
        throw name.error("coefficient stands twice", found: "'\(try name.string())'")
      }
    }
    return values
  }

  private static func covariance(_ interval: Field) throws(FormatError) -> [[Double]] {
    let matrix = try interval.required("covariance")
    var covariance: [[Double]] = []
    for row in try matrix.elements() { covariance.append(try row.numbers()) }
    guard covariance.allSatisfy({ $0.count == covariance.count }), isCovariance(covariance) else {
      throw matrix.error("not a covariance", allowed: "a square matrix, symmetric, without a negative variance")
    }
    return covariance
  }

  /// Whether no pair of coefficients has a negative variance, up to rounding.
  private static func isCovariance(_ c: [[Double]]) -> Bool {
    let variances = c.indices.map { c[$0][$0] }
    guard variances.allSatisfy({ 0...1e30 ~= $0 }) else { return false }
    return c.indices.allSatisfy { i in
      (0..<i).allSatisfy { j in
        let largest = (variances[i] * variances[j]).squareRoot()
        return abs(c[i][j] - c[j][i]) <= 1e-9 * max(largest, abs(c[i][j])) && abs(c[i][j]) <= largest * (1 + 1e-9)
      }
    }
  }
}
