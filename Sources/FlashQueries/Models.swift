internal import FlashAccuracy
internal import FlashFormats
internal import FlashHardware
internal import FlashNAS

/// Spaces, predictors and hardware by name or file.
enum Models {
  /// A profile, whose costs come from the simulator where there is one and `fitted` is not asked for.
  struct Hardware {
    let name: String
    var costs: CostModel
    /// Widths of operands that are not the profile's own.
    var bits = OperandBits()
    /// What is free of a simulator.
    var space: HardwareSpace?
    /// The values that were chosen for what is free.
    var values: [(name: String, value: String)] = []
    /// Whether measurements on the device stand behind the profile; `nil` where it does not say.
    var isCalibrated: Bool?
    /// What to know of an answer that rests on a profile that was not calibrated.
    var caution: String? {
      isCalibrated == false ? "\(name): not calibrated: published figures, not measured on the device" : nil
    }

    /// Its entry in results.
    var document: [String: JSONValue] {
      var document: [String: JSONValue] = ["name": .string(name)]
      if let weight = bits.weight { document["weight_bits"] = .integer(weight) }
      if let activation = bits.activation { document["activation_bits"] = .integer(activation) }
      return document
    }

    /// Its name for people, with widths of operands that are not its own.
    var title: String {
      let widths = [bits.weight.map { "\($0)-bit weights" }, bits.activation.map { "\($0)-bit activations" }]
      return ([name] + widths.compactMap { $0 }).joined(separator: ", ")
    }

    /// `simulated` or `fitted`, as results say.
    var kind: String {
      switch costs {
      case .simulated: "simulated"
      case .fitted: "fitted"
      }
    }
  }

  static let defaultHardware = "systolic-ws-32x32"

  /// A space by name, or of a file.
  static func space(_ name: String) throws(QueryError) -> SearchSpace {
    do { return try isFile(name) ? SpaceFile.read(name) : SearchSpace.named(name) } catch { throw QueryError(error) }
  }

  static func isFile(_ text: String) -> Bool {
    text == "-" || text.contains("/") || [".json", ".yaml", ".yml", ".csv"].contains { text.hasSuffix($0) }
  }

  static func isTable(_ text: String) -> Bool { text == "-" || text.hasSuffix(".csv") }

  /// The accuracy model of `auto` (the space's own, `nil` where it has none), of a model file or of samples, which are
  /// fitted on the spot.
  static func predictor(_ source: String, space: SearchSpace?) throws(QueryError) -> AccuracyModel? {
    do {
      if source == "auto" {
        guard let space, case .file(let path) = try defaultPredictor(of: space) else { return nil }
        return try AccuracyModelFile.read(path)
      }
      if isTable(source) {
        let samples = try AccuracySamples(reading: source, space: space, AccuracyQuestion())
        return try AccuracyModel(fitting: samples.samples, samples.question)
      }
      return try AccuracyModelFile.read(source)
    } catch let error as AccuracyError {
      throw .data("\(FormatError.name(source)): \(error.description)")
    } catch {
      throw QueryError(error)
    }
  }

  /// The accuracy model that `auto` stands for.
  enum DefaultPredictor {
    case file(String)
    /// None, and why.
    case missing(String)
  }

  /// The accuracy model of a space's data set, unless it is not there and the data set's README says why.
  static func defaultPredictor(of space: SearchSpace) throws(QueryError) -> DefaultPredictor {
    guard let dataset = space.dataset else { return .missing("no data set of its networks") }
    let data = try DataFolder()
    let path = "\(data.path)/datasets/\(dataset)/predictor.json"
    if !TextFile.exists(path), let reason = data.missingPredictor(ofDataset: dataset) { return .missing(reason) }
    return .file(path)
  }

  /// The one profile of a command that asks about one.
  static func hardware(_ arguments: HardwareArguments, space: SearchSpace?) throws(QueryError) -> Hardware {
    try hardware(arguments.sources.first ?? defaultHardware, arguments, space: space)
  }

  /// A profile by name, a profile or model file, or measurements, which are fitted on the spot.
  static func hardware(
    _ source: String, _ arguments: HardwareArguments, space: SearchSpace?
  ) throws(QueryError) -> Hardware {
    let (costs, bits) = (arguments.costs, try arguments.bits())
    if let costs, costs != "simulated", costs != "fitted" {
      throw .usage("--costs: unknown, found '\(costs)', allowed simulated, fitted")
    }
    do {
      if isTable(source) {
        guard bits.isEmpty else { throw bitsRefused("measurements") }
        let fitted = try FittedHardware(HardwareSamples(reading: source, space: space).fits())
        return Hardware(name: "measurements", costs: .fitted(fitted))
      }
      let own = try HardwareProfileFile.read(profile(source))
      guard bits.isEmpty || costs != "fitted" && own.simulator != nil else { throw bitsRefused(own.name) }
      let profile = try resized(own, bits)
      if costs != "fitted", let simulator = profile.simulator {
        return Hardware(
          name: profile.name, costs: .simulated(simulator), bits: bits, space: profile.space,
          isCalibrated: profile.isCalibrated)
      }
      if costs != "simulated", let fitted = profile.fitted {
        return Hardware(name: profile.name, costs: .fitted(fitted), isCalibrated: profile.isCalibrated)
      }
      throw QueryError.usage(
        "--costs: not in the profile '\(profile.name)', found '\(costs ?? "")', allowed "
          + (profile.simulator == nil ? "fitted" : "simulated"))
    } catch let error as HardwareError {
      throw .data("\(FormatError.name(source)): \(error.description)")
    } catch {
      throw QueryError(error)
    }
  }

  /// Fitted costs hold for the operands that were measured.
  private static func bitsRefused(_ name: String) -> QueryError {
    .usage("--weight-bits, --activation-bits: fitted costs, found those of '\(name)', allowed simulated costs")
  }

  /// The profile with operands of other widths.
  private static func resized(_ profile: HardwareProfile, _ bits: OperandBits) throws(QueryError) -> HardwareProfile {
    do { return try profile.with(bits) } catch {
      guard case .outOfRange(let parameter, let found, let allowed) = error else { throw QueryError(error) }
      let option = parameter == "weight_bits" ? "--weight-bits" : "--activation-bits"
      throw .usage("\(option): out of range of '\(profile.name)', found \(found), allowed \(allowed)")
    }
  }

  /// The simulator of a profile.
  static func simulator(_ arguments: HardwareArguments) throws(QueryError) -> (Hardware, HardwareSimulator) {
    let hardware = try hardware(arguments, space: nil)
    guard case .simulated(let simulator) = hardware.costs else {
      throw .usage("--hardware: the profile '\(hardware.name)' has no simulator: its fitted costs answer 'predict'")
    }
    return (hardware, simulator)
  }

  /// The names of the shipped profiles.
  static func profiles() throws(QueryError) -> [String] {
    try DataFolder().names(in: "hardware-profiles", ending: ".yaml")
  }

  /// The file of a profile's name, or the file itself.
  static func profile(_ source: String) throws(QueryError) -> String {
    if isFile(source) { return source }
    let names = try profiles()
    guard names.contains(source) else {
      throw QueryError(DesignError.unknownName(kind: "hardware", found: source, known: names))
    }
    return try "\(DataFolder().path)/hardware-profiles/\(source).yaml"
  }
}

/// The targets of a question, of which there may be none.
extension [Models.Hardware] {
  /// Their entry in results: the one's own, or all of them; `nil` for none.
  var document: JSONValue? {
    count > 1 ? ["targets": .array(map { .object($0.document) })] : first.map { .object($0.document) }
  }

  /// `simulated`, `fitted` or `mixed`, as results say; `nil` for none.
  var kind: String? {
    first.map { first in allSatisfy { $0.kind == first.kind } ? first.kind : "mixed" }
  }

  /// What follows an objective where people read it: on what it is reached.
  var phrase: String {
    guard !isEmpty else { return "" }
    return (count > 1 ? " on the worst of " : " on ")
      + map { "\($0.title) (\($0.kind) costs)" }.joined(separator: ", ")
  }

  /// Says in a result whether profiles are calibrated, where they say so themselves.
  func note(in result: inout QueryResult) {
    let stated = compactMap(\.isCalibrated)
    guard !stated.isEmpty else { return }
    result.document["calibrated"] = .bool(!stated.contains(false))
    for caution in compactMap(\.caution) {
      result.append(text: "\n\(caution)\n")
      result.notices.append(caution)
    }
  }
}
