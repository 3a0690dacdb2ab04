internal import FlashHardware

/// The parameters of a simulator in a profile, and which of them are constants of nature or of a data sheet: those with a
/// physical unit, each of which needs an entry in the profile's provenance.
struct ParameterFields {
  let field: Field
  private var constants: [(key: String, field: Field)] = []

  /// - Throws: `FormatError` for a key that is not one of these.
  init(_ field: Field, keys: [String]) throws(FormatError) {
    try field.only(keys)
    self.field = field
  }

  /// A value with its unit, in SI.
  mutating func value(_ key: String, _ unit: Unit) throws(FormatError) -> Double {
    let entry = try field.required(key)
    let value = try entry.value(unit)
    constants.append((key, entry))
    return value
  }

  /// A value with its unit, `nil` where the key is absent.
  mutating func optional(_ key: String, _ unit: Unit) throws(FormatError) -> Double? {
    try field.optional(key) == nil ? nil : value(key, unit)
  }

  mutating func energy(_ key: String) throws(FormatError) -> Energy { Energy(joules: try value(key, .energy)) }
  mutating func energyPerByte(_ key: String) throws(FormatError) -> Energy {
    Energy(joules: try value(key, .energyPerByte))
  }
  mutating func area(_ key: String) throws(FormatError) -> Area { Area(squareMillimetres: try value(key, .area)) }
  mutating func power(_ key: String) throws(FormatError) -> Power { Power(watts: try value(key, .power)) }
  mutating func time(_ key: String) throws(FormatError) -> Latency { Latency(seconds: try value(key, .time)) }
  mutating func frequency(_ key: String) throws(FormatError) -> Frequency {
    Frequency(hertz: try value(key, .frequency))
  }
  mutating func rate(_ key: String) throws(FormatError) -> Frequency { Frequency(hertz: try value(key, .rate)) }
  mutating func bandwidth(_ key: String) throws(FormatError) -> Bandwidth {
    Bandwidth(bytesPerSecond: try value(key, .bandwidth))
  }

  /// An integer within a range.
  func integer(_ key: String, _ range: ClosedRange<Int>) throws(FormatError) -> Int {
    try field.required(key).integer(in: range)
  }

  /// A size of memory.
  func bytes(_ key: String) throws(FormatError) -> Int {
    let size = try field.required(key)
    let value = try size.value(.bytes)
    guard value == value.rounded(), 2...1e12 ~= value else {
      throw size.error("out of range", found: "'\(try size.string())'", allowed: "2 B or more, whole bytes")
    }
    return Int(value)
  }

  /// The bytes of a word that is given in bits.
  func wordBytes(_ key: String) throws(FormatError) -> Int {
    let bits = try field.required(key)
    let value = try bits.integer(in: 8...64)
    guard value % 8 == 0 else { throw bits.error("not whole bytes", found: "\(value)", allowed: "8, 16, … 64") }
    return value / 8
  }

  /// One of a few words.
  func word<Word: RawRepresentable & CaseIterable>(_ key: String) throws(FormatError) -> Word
  where Word.RawValue == String {
    let entry = try field.required(key)
    guard let word = Word(rawValue: try entry.string()) else {
      throw entry.error(
        "unknown \(key)", found: "'\(try entry.string())'",
        allowed: Word.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return word
  }

  /// Makes a simulator; what it refuses is said where the parameter stands.
  func make<Made>(_ body: () throws(HardwareError) -> Made) throws(FormatError) -> Made {
    do throws(HardwareError) { return try body() } catch {
      guard case .outOfRange(let parameter, let found, let allowed) = error,
        let entry = try field.optional(parameter)
      else { throw field.error(error.description) }
      throw entry.error("out of range", found: found, allowed: allowed)
    }
  }

  /// Checks that the provenance has an entry for every constant; one entry may stand for several, as `a, b: …`.
  func check(provenance: Field?) throws(FormatError) {
    var known: Set<Substring> = []
    for (name, _) in try provenance?.entries() ?? [] {
      known.formUnion(name.split(whereSeparator: { $0 == "," || $0 == " " }))
    }
    for (key, entry) in constants where !known.contains(key[...]) {
      throw entry.error(
        "constant without provenance", found: "'\(try entry.string())'", allowed: "an entry '\(key)' under 'provenance'"
      )
    }
  }
}
