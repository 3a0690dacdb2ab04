internal import FlashGraph
public import FlashHardware
internal import FlashNAS

/// A hardware profile (`flashnas.hardware/1`, YAML or JSON), or the document of a hardware fit
/// (`flashnas.fit-hardware/1`), which is a profile without a simulator.
public enum HardwareProfileFile {
  /// Reads a profile or a fit.
  ///
  /// - Throws: `FormatError`, with the key's path, for anything that is not understood.
  public static func read(_ path: String) throws(FormatError) -> HardwareProfile {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    if try root.required("schema").string().hasPrefix("flashnas.fit-hardware/") {
      try root.schema("fit-hardware")
      return HardwareProfile(
        name: "fitted", summary: "fitted to measurements", simulator: nil,
        fitted: try fitted(root.required("quantities")))
    }
    try root.schema("hardware")
    try root.only(["schema", "name", "summary", "simulator", "fitted", "calibrated", "provenance", "validity"])
    let provenance = try root.optional("provenance")
    let profile = HardwareProfile(
      name: try root.required("name").string(), summary: try root.optional("summary")?.string() ?? "",
      simulator: try root.optional("simulator").map { (field) throws(FormatError) in
        try simulator(field, provenance: provenance)
      }, fitted: try root.optional("fitted").map(fitted), isCalibrated: try root.optional("calibrated")?.boolean())
    guard profile.simulator != nil || profile.fitted != nil else {
      throw root.error("neither simulator nor fitted costs", allowed: "a key 'simulator', 'fitted' or both")
    }
    return profile
  }

  private static func simulator(_ field: Field, provenance: Field?) throws(FormatError) -> HardwareSimulator {
    try field.only(["name", "parameters"])
    let name = try field.required("name")
    let (parameters, simulator): (ParameterFields, HardwareSimulator)
    switch try name.string() {
    case SystolicArray.name:
      var fields = try ParameterFields(field.required("parameters"), keys: SystolicArray.parameterKeys)
      simulator = .systolic(try SystolicArray(&fields))
      parameters = fields
    case InMemoryComputing.name:
      var fields = try ParameterFields(field.required("parameters"), keys: InMemoryComputing.parameterKeys)
      simulator = .imc(try InMemoryComputing(&fields))
      parameters = fields
    case Roofline.name:
      var fields = try ParameterFields(field.required("parameters"), keys: Roofline.parameterKeys)
      simulator = .roofline(try Roofline(&fields))
      parameters = fields
    default:
      throw name.error(
        "unknown simulator", found: "'\(try name.string())'",
        allowed: Simulator.catalogue.map(\.name).joined(separator: ", "))
    }
    try parameters.check(provenance: provenance)
    return simulator
  }

  private static func fitted(_ field: Field) throws(FormatError) -> FittedHardware {
    var costs: [CostQuantity: LinearCost] = [:]
    for (name, entry) in try field.entries() {
      guard let quantity = CostQuantity(rawValue: name) else {
        throw entry.error(
          "unknown quantity", found: "'\(name)'",
          allowed: CostQuantity.allCases.map(\.rawValue).joined(separator: ", "))
      }
      let cost = try linearCost(entry)
      if let name = cost.externalFeatures.first {
        throw try entry.required("features").error(
          "unknown feature", found: "'\(name)'",
          allowed: "names of 'flashnas list features'"
            + DesignError.nearest(
              name, NetworkFeature.allCases.map(\.rawValue) + CostFeature.catalogue.map(\.feature.name)))
      }
      costs[quantity] = cost
    }
    guard !costs.isEmpty else {
      throw field.error("no quantity", allowed: CostQuantity.allCases.map(\.rawValue).joined(separator: ", "))
    }
    do {
      return try FittedHardware(latency: costs[.latency], energy: costs[.energy], area: costs[.area])
    } catch { throw field.error(error.description) }
  }

  private static func linearCost(_ field: Field) throws(FormatError) -> LinearCost {
    try field.only([
      "features", "coefficients", "relative_reach", "ranges", "samples", "layers", "weighted", "robust", "penalty",
      "training", "leave_one_out", "nested", "test", "bias", "selection", "dropped",
    ])
    var features: [String] = []
    let list = try field.required("features")
    for element in try list.elements() { features.append(try element.string()) }
    guard !features.isEmpty else { throw list.error("no feature", found: "an empty list", allowed: "one or more") }
    var ranges: [ClosedRange<Double>] = []
    for element in try field.optional("ranges")?.elements() ?? [] {
      let ends = try element.numbers()
      guard ends.count == 2, ends[0] <= ends[1] else {
        throw element.error("not a range", found: "\(ends)", allowed: "[least, most]")
      }
      ranges.append(ends[0]...ends[1])
    }
    do {
      let reach = try field.optional("relative_reach")
      let coefficients = try field.required("coefficients").numbers()
      // Costs, and products of costs, stay finite.
      if let large = coefficients.first(where: { $0 > Unit.largest }) {
        throw field.error("coefficient out of range", found: "\(large)", allowed: "at most \(Unit.largest)")
      }
      return try LinearCost(
        features: features, coefficients: coefficients,
        relativeReach: reach?.isNull == true ? nil : reach?.number(), ranges: ranges)
    } catch let error as HardwareError {
      throw field.error(error.description)
    } catch let error as FormatError {
      throw error
    } catch {
      throw field.error("\(error)")
    }
  }
}
