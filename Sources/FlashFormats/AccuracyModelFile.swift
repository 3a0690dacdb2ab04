public import FlashAccuracy

/// The document of a fitted accuracy model, `flashnas.fit-accuracy/1`.
public enum AccuracyModelFile {
  /// The document of a fit.
  public static func document(_ fit: AccuracyFit) -> [String: JSONValue] {
    let model = fit.model
    var document: [String: JSONValue] = [
      "schema": "flashnas.fit-accuracy/1",
      "form": .string(fit.form),
      "coefficients": .array(
        fit.coefficients.map {
          ["name": .string($0.name), "value": .number($0.value), "standard_error": JSONValue($0.standardError)]
        }),
      "samples": .integer(fit.samples),
      "runs": .integer(fit.runs),
      "training": ["rmse": .number(fit.training.rmse), "mae": .number(fit.training.mae)],
      "leave_one_out": .object(
        errors(fit.leaveOneOut).merging([
          "coverage": .number(Double(fit.coverage.inside) / Double(fit.coverage.of)),
          "coverage_runs": .integer(fit.coverage.of),
        ]) { $1 }),
      "baselines": .object(
        Dictionary(uniqueKeysWithValues: fit.baselines.map { ($0.name, .object(errors($0.errors))) })),
      "ranking": .object(
        Dictionary(
          uniqueKeysWithValues: fit.ranking.map {
            ($0.name, ["kendall": JSONValue($0.kendall), "spearman": JSONValue($0.spearman)])
          })),
      "noise_floor": JSONValue(fit.noise?.floor),
      "range": [.number(model.range.lowerBound), .number(model.range.upperBound)],
      "interval": [
        "covariance": .array(model.covariance.map { .array($0.map(JSONValue.number)) }),
        "degrees_of_freedom": .integer(model.degreesOfFreedom),
        "residual_sd": .number(model.residualDeviation),
      ],
    ]
    if let noise = fit.noise {
      document["replicates"] = [
        "sd": .number(noise.deviation), "degrees_of_freedom": .integer(noise.degreesOfFreedom),
      ]
    }
    if let reason = fit.reason { document["reason"] = .string(reason) }
    return document
  }

  private static func errors(_ errors: AgreementErrors) -> [String: JSONValue] {
    [
      "rmse": .number(errors.rmse), "mae": .number(errors.mae), "kendall": JSONValue(errors.kendall),
      "spearman": JSONValue(errors.spearman),
    ]
  }

  /// The model of a document.
  ///
  /// - Throws: `FormatError` where it is not one, or its numbers make no curve of form `flash`.
  public static func read(_ path: String) throws(FormatError) -> AccuracyModel {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("fit-accuracy")
    let form = try root.required("form")
    guard AccuracyForm.catalogue.contains(where: { $0.name == (try? form.string()) }) else {
      throw form.error(
        "unknown form", found: "'\(try form.string())'",
        allowed: AccuracyForm.catalogue.map(\.name).joined(separator: ", "))
    }
    var values: [String: Double] = [:]
    let coefficients = try root.required("coefficients")
    for field in try coefficients.elements() {
      let name = try field.required("name")
      guard values.updateValue(try field.required("value").number(), forKey: try name.string()) == nil else {
        throw name.error("coefficient stands twice", found: "'\(try name.string())'")
      }
    }
    let range = try root.required("range")
    let ends = try range.numbers()
    guard ends.count == 2, ends[0] > 0, ends[0] <= ends[1] else {
      throw range.error("not a range of NN-Degree", found: "\(ends)", allowed: "[least, most], both > 0")
    }
    let interval = try root.required("interval")
    let matrix = try interval.required("covariance")
    var covariance: [[Double]] = []
    for row in try matrix.elements() { covariance.append(try row.numbers()) }
    guard covariance.count == 3, covariance.allSatisfy({ $0.count == 3 }), isCovariance(covariance) else {
      throw matrix.error("not a covariance", allowed: "3 rows of 3 numbers, symmetric, without a negative variance")
    }
    let deviation = try interval.required("residual_sd")
    guard try deviation.number() >= 0 else {
      throw deviation.error("out of range", found: "'\(try deviation.string())'", allowed: "a number ≥ 0")
    }
    guard let offset = values["a"] else { throw coefficients.error("coefficient missing", allowed: "'a'") }
    let scale = values["b"] ?? 0
    let factor = try factor(values["c"], coefficients)
    guard scale >= 0, offset + factor >= 1 - 1e-9 else {
      throw coefficients.error("not a curve within 0…1", allowed: "b ≥ 0 and a + exp(c) ≥ 1")
    }
    return AccuracyModel(
      offset: offset, scale: scale, factor: factor, range: ends[0]...ends[1], covariance: covariance,
      residualDeviation: try deviation.number(),
      degreesOfFreedom: try interval.required("degrees_of_freedom").integer(in: 1...1_000_000))
  }

  /// Whether no combination of the three coefficients has a negative variance, up to rounding.
  private static func isCovariance(_ c: [[Double]]) -> Bool {
    let pairs = [(0, 1), (0, 2), (1, 2)]
    let variances = (0..<3).map { c[$0][$0] }
    guard variances.allSatisfy({ 0...1e30 ~= $0 }) else { return false }
    return pairs.allSatisfy { i, j in
      abs(c[i][j] - c[j][i]) <= 1e-9 * abs(c[i][j])
        && abs(c[i][j]) <= (variances[i] * variances[j]).squareRoot() * (1 + 1e-9)
    }
  }

  /// eᶜ, 0 for a constant curve, which has no c.
  private static func factor(_ logarithm: Double?, _ field: Field) throws(FormatError) -> Double {
    guard let logarithm else { return 0 }
    guard -700...700 ~= logarithm else {
      throw field.error("out of range", found: "c = \(logarithm)", allowed: "-700 to 700")
    }
    return AccuracyModel.factor(logarithm: logarithm)
  }
}
