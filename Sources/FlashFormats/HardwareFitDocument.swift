public import FlashHardware

extension HardwareProfileFile {
  /// The document of a fit, `flashnas.fit-hardware/1`.
  public static func document(_ fits: [HardwareFit]) -> [String: JSONValue] {
    var quantities: [String: JSONValue] = [:]
    for fit in fits { quantities[fit.quantity] = .object(quantity(fit)) }
    return ["schema": "flashnas.fit-hardware/1", "quantities": .object(quantities)]
  }

  private static func quantity(_ fit: HardwareFit) -> [String: JSONValue] {
    var entries: [String: JSONValue] = [
      "features": .array(fit.cost.features.map(JSONValue.string)),
      "coefficients": .array(fit.cost.coefficients.map(JSONValue.number)),
      "relative_reach": JSONValue(fit.cost.relativeReach),
      "left_out_errors": .array(fit.cost.leftOutErrors.map(JSONValue.number)),
      "ranges": .array(fit.cost.ranges.map { [.number($0.lowerBound), .number($0.upperBound)] }),
      "samples": .integer(fit.samples), "weighted": .bool(fit.isWeighted), "robust": .bool(fit.options.isRobust),
      "training": errors(fit.training), "leave_one_out": errors(fit.leaveOneOut),
      "bias": .number(fit.leaveOneOut.bias),
      "dropped": .array(fit.dropped.map { ["feature": .string($0.feature), "reason": .string($0.reason)] }),
    ]
    if let layers = fit.layers { entries["layers"] = .integer(layers) }
    if let penalty = fit.penalty { entries["penalty"] = .number(penalty) }
    if let nested = fit.nested {
      entries["nested"] = .object(members(nested.errors).merging(["folds": .integer(nested.folds)]) { $1 })
    }
    if let path = fit.path { entries["selection"] = selection(path) }
    return entries
  }

  private static func selection(_ path: SelectionPath) -> JSONValue {
    func step(_ step: SelectionPath.Step) -> JSONValue {
      [
        "feature": .string(step.feature), "before": .number(step.before), "after": .number(step.after),
        "standard_error": .number(step.standardError),
      ]
    }
    return [
      "candidates": .integer(path.candidates.count), "steps": .array(path.steps.map(step)),
      "refused": path.refused.map(step) ?? .null,
    ]
  }

  private static func errors(_ errors: PercentageErrors) -> JSONValue { .object(members(errors)) }

  private static func members(_ errors: PercentageErrors) -> [String: JSONValue] {
    [
      "mape": .number(errors.mape), "max_ape": .number(errors.maxAPE), "within_10": .number(errors.within10),
      "kendall": JSONValue(errors.kendall),
    ]
  }
}
