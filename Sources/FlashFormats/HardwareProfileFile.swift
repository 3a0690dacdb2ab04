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
    try root.only(["schema", "name", "summary", "simulator", "fitted", "provenance", "validity"])
    let profile = HardwareProfile(
      name: try root.required("name").string(), summary: try root.optional("summary")?.string() ?? "",
      simulator: try root.optional("simulator").map(simulator), fitted: try root.optional("fitted").map(fitted))
    guard profile.simulator != nil || profile.fitted != nil else {
      throw root.error("neither simulator nor fitted costs", allowed: "a key 'simulator', 'fitted' or both")
    }
    return profile
  }

  private static func simulator(_ field: Field) throws(FormatError) -> SystolicArray {
    try field.only(["name", "parameters"])
    let name = try field.required("name")
    guard try name.string() == SystolicArray.name else {
      throw name.error(
        "unknown simulator", found: "'\(try name.string())'",
        allowed: Simulator.catalogue.map(\.name).joined(separator: ", "))
    }
    let parameters = try field.required("parameters")
    do { return try systolic(parameters) } catch let error as HardwareError {
      throw parameters.error(error.description)
    } catch let error as FormatError {
      throw error
    } catch {
      throw parameters.error("\(error)")
    }
  }

  private static func systolic(_ field: Field) throws -> SystolicArray {
    try field.only([
      "rows", "columns", "dataflow", "clock", "operand_bits", "accumulator_bits", "input_sram", "filter_sram",
      "output_sram", "dram_bandwidth", "mac_energy", "sram_energy", "dram_energy", "pe_area", "sram_area",
    ])
    func value(_ key: String, _ unit: Unit) throws(FormatError) -> Double { try field.required(key).value(unit) }
    func bytes(_ key: String) throws(FormatError) -> Int {
      let size = try field.required(key)
      let value = try size.value(.bytes)
      guard value == value.rounded(), 2...1e12 ~= value else {
        throw size.error("out of range", found: "'\(try size.string())'", allowed: "2 B or more, whole bytes")
      }
      return Int(value)
    }
    func wordBytes(_ key: String) throws(FormatError) -> Int {
      let bits = try field.required(key)
      let value = try bits.integer(in: 8...64)
      guard value % 8 == 0 else { throw bits.error("not whole bytes", found: "\(value)", allowed: "8, 16, … 64") }
      return value / 8
    }
    let dataflow = try field.required("dataflow")
    guard let flow = SystolicArray.Dataflow(rawValue: try dataflow.string()) else {
      throw dataflow.error(
        "unknown dataflow", found: "'\(try dataflow.string())'",
        allowed: SystolicArray.Dataflow.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let filterMemory: SystolicArray.Memory =
      try field.required("filter_sram").string() == "network" ? .network : .buffer(bytes: bytes("filter_sram"))
    return try SystolicArray(
      rows: field.required("rows").integer(in: 1...65_536), columns: field.required("columns").integer(in: 1...65_536),
      dataflow: flow, clock: value("clock", .frequency), operandBytes: wordBytes("operand_bits"),
      accumulatorBytes: wordBytes("accumulator_bits"), inputMemory: bytes("input_sram"), filterMemory: filterMemory,
      outputMemory: bytes("output_sram"), dramBandwidth: value("dram_bandwidth", .bandwidth),
      technology: .init(
        mac: Energy(joules: value("mac_energy", .energy)),
        sramByte: Energy(joules: value("sram_energy", .energyPerByte)),
        dramByte: Energy(joules: value("dram_energy", .energyPerByte)),
        processingElement: Area(squareMillimetres: value("pe_area", .area)),
        sramByteArea: Area(squareMillimetres: value("sram_area", .areaPerByte))))
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
