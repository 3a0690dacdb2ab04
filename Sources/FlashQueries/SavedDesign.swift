internal import FlashFormats
internal import FlashHardware
internal import FlashNAS

/// The point of a saved search result, in its space, with its hardware; or that of a certificate.
struct SavedDesign {
  let space: SearchSpace
  /// Empty for a certificate without a point.
  let point: [Int]
  /// The confidence of the question's bounds; `nil` where they are on expected values.
  var confidence: Double? { result.confidence }
  private let file: String
  private let result: ResultFile
  /// The values of the hardware's free parameters; none where it has none.
  var chip: [SearchSpace.Restriction] { result.chip }

  /// - Parameter given: the space's file or name, where it is not one of those that ship.
  /// - Throws: `QueryError` (65), also where the space or the point of the file does not exist.
  init(reading file: String, space given: String? = nil) throws(QueryError) {
    do { try self.init(ResultFile(reading: file), of: file, space: given) } catch { throw QueryError(error) }
  }

  /// What was read of a file.
  init(_ result: ResultFile, of file: String, space given: String?) throws(QueryError) {
    self.file = file
    self.result = result
    do {
      let space = try Models.space(given ?? result.space)
      guard space.name == result.space else {
        throw QueryError.data(
          "\(FormatError.name(file)): space.name: another space, found '\(result.space)', allowed '\(space.name)'")
      }
      self.space = space
      point =
        try result.point.map { point in
          let text = point.map { "\($0.name)=\($0.value.text)" }.joined(separator: ",")
          return try Arguments.point(text, space, option: "best.point")
        } ?? []
    } catch { throw Self.fault(of: file, QueryError(error)) }
  }

  /// The hardware that is asked for, or else that of the result, a chip where its profile leaves parameters free; the
  /// default where the result has none.
  ///
  /// - Throws: `QueryError`, where the result's hardware is no shipped profile, or its chip is none of the profile's.
  func hardware(_ asked: HardwareArguments) throws(QueryError) -> [Models.Hardware] {
    guard asked.sources.isEmpty, !result.hardware.isEmpty else {
      return [try onChip(Models.hardware(asked, space: space))]
    }
    var arguments = asked
    arguments.costs = asked.costs ?? result.costs
    arguments.weightBits = asked.weightBits ?? result.weightBits.map { "\($0)" }
    arguments.activationBits = asked.activationBits ?? result.activationBits.map { "\($0)" }
    let profiles = try Models.profiles()
    var hardware: [Models.Hardware] = []
    for name in result.hardware {
      guard profiles.contains(name) else {
        throw .usage("--hardware: missing, found '\(name)' in \(FormatError.name(file)), which is no shipped profile")
      }
      hardware.append(try onChip(Models.hardware(name, arguments, space: space)))
    }
    return hardware
  }

  /// The hardware with the result's choice of what is free.
  private func onChip(_ hardware: Models.Hardware) throws(QueryError) -> Models.Hardware {
    guard let free = hardware.space, result.hardware == [hardware.name], !result.chip.isEmpty else { return hardware }
    do {
      var chip = hardware
      chip.costs = .simulated(try HardwareBox(free).simulator(with: result.chip))
      chip.values = result.chip.map { ($0.name, $0.first.text) }
      return chip
    } catch { throw Self.fault(of: file, QueryError(error)) }
  }

  /// What a file says wrongly is its fault.
  static func fault(of file: String, _ error: QueryError) -> QueryError {
    error.code == 64 ? .data("\(FormatError.name(file)): \(error.message)") : error
  }
}
