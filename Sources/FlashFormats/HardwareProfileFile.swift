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
    let (name, summary) = (try root.required("name").string(), try root.optional("summary")?.string() ?? "")
    let simulated = try root.optional("simulator").map { (field) throws(FormatError) in
      try simulator(field, provenance: provenance)
    }
    let profile = HardwareProfile(
      name: name, summary: summary, simulator: simulated?.simulator, space: simulated?.space,
      fitted: try root.optional("fitted").map(fitted),
      isCalibrated: try root.optional("calibrated")?.boolean())
    guard profile.simulator != nil || profile.fitted != nil else {
      throw root.error("neither simulator nor fitted costs", allowed: "a key 'simulator', 'fitted' or both")
    }
    return profile
  }

  /// The simulator with its defaults, and what is free of it.
  private static func simulator(
    _ field: Field, provenance: Field?
  ) throws(FormatError) -> (simulator: HardwareSimulator, space: HardwareSpace?) {
    try field.only(["name", "parameters"])
    let name = try field.required("name")
    let free = try FreeParameterFields(field.required("parameters"))
    func read<Made>(
      _ keys: [String], _ make: @escaping (inout ParameterFields) throws(FormatError) -> Made
    ) -> (Field) throws(FormatError) -> Made {
      { (field) throws(FormatError) in
        var fields = try ParameterFields(field, keys: keys)
        let made = try make(&fields)
        try fields.check(provenance: provenance)
        return made
      }
    }
    switch try name.string() {
    case SystolicArray.name:
      let read = read(SystolicArray.parameterKeys) { (fields) throws(FormatError) in try SystolicArray(&fields) }
      let array = try read(free.defaults)
      let values = try free.each(read).map { $0.map(\.parameters) }
      return (
        .systolic(array),
        try space(field, free) { () throws(HardwareError) in try HardwareSpace(free.variables, systolic: values) }
      )
    case InMemoryComputing.name:
      let read = read(InMemoryComputing.parameterKeys) { (fields) throws(FormatError) in
        try InMemoryComputing(&fields)
      }
      let chip = try read(free.defaults)
      let values = try free.each(read).map { $0.map(\.parameters) }
      return (
        .imc(chip),
        try space(field, free) { () throws(HardwareError) in try HardwareSpace(free.variables, imc: values) }
      )
    case Roofline.name:
      let read = read(Roofline.parameterKeys) { (fields) throws(FormatError) in try Roofline(&fields) }
      return (
        .roofline(try read(free.defaults)),
        try space(field, free) { () throws(HardwareError) in
          throw .notFree(parameter: free.variables[0].name, allowed: ["none of a roofline"])
        }
      )
    default:
      throw name.error(
        "unknown simulator", found: "'\(try name.string())'",
        allowed: Simulator.catalogue.map(\.name).joined(separator: ", "))
    }
  }

  /// The space of the free parameters, `nil` without one; what is wrong is said where the parameter stands.
  private static func space(
    _ field: Field, _ free: FreeParameterFields, _ make: () throws(HardwareError) -> HardwareSpace
  ) throws(FormatError) -> HardwareSpace? {
    guard !free.variables.isEmpty else { return nil }
    do throws(HardwareError) { return try make() } catch {
      let parameters = try field.required("parameters")
      switch error {
      case .outOfRange(let parameter, let found, let allowed):
        throw (try parameters.optional(parameter) ?? parameters).error("out of range", found: found, allowed: allowed)
      case .notFree(let parameter, let allowed):
        throw (try parameters.optional(parameter) ?? parameters).error(
          "not a free parameter", allowed: allowed.joined(separator: ", "))
      default: throw parameters.error(error.description)
      }
    }
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
      "features", "coefficients", "relative_reach", "left_out_errors", "ranges", "samples", "layers", "weighted",
      "robust", "penalty",
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
        relativeReach: reach?.isNull == true ? nil : reach?.number(), ranges: ranges,
        leftOutErrors: field.optional("left_out_errors")?.numbers() ?? [])
    } catch let error as HardwareError {
      throw field.error(error.description)
    } catch let error as FormatError {
      throw error
    } catch {
      throw field.error("\(error)")
    }
  }
}
