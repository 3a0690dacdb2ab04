public import FlashNAS

/// Values as users write them: a number ≥ 0 with its unit.
public enum Unit: Sendable {
  case time, energy, area, power, frequency, bytes, count, accuracy
  /// A confidence that bounds may have.
  case confidence
  case energyPerByte, areaPerByte, bandwidth
  /// Multiply-accumulates a second.
  case rate
  /// A plain number, of any sign.
  case number

  /// The units' names with their factor to SI (mm² for areas, bytes for sizes).
  private var table: [(name: String, factor: Double)] {
    switch self {
    case .time: [("s", 1), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9)]
    case .energy: [("J", 1), ("mJ", 1e-3), ("uJ", 1e-6), ("nJ", 1e-9), ("pJ", 1e-12), ("fJ", 1e-15)]
    case .area: [("mm2", 1), ("um2", 1e-6)]
    case .power: [("W", 1), ("mW", 1e-3)]
    case .frequency: [("Hz", 1), ("kHz", 1e3), ("MHz", 1e6), ("GHz", 1e9)]
    case .bytes: [("B", 1), ("KiB", 1024), ("MiB", 1_048_576)]
    case .count: [("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9)]
    case .accuracy, .confidence: [("", 1), ("%", 1e-2)]
    case .energyPerByte: [("pJ/B", 1e-12), ("fJ/B", 1e-15)]
    case .areaPerByte: [("um2/B", 1e-6)]
    case .bandwidth: [("B/s", 1), ("MB/s", 1e6), ("GB/s", 1e9)]
    case .rate: [("MAC/s", 1), ("MMAC/s", 1e6), ("GMAC/s", 1e9), ("TMAC/s", 1e12)]
    case .number: [("", 1)]
    }
  }

  /// What would do, for messages.
  public var allowed: String {
    switch self {
    case .accuracy: "0 to 1 or a percentage, such as 0.86 or 86%"
    case .confidence: "50% to 99.9%, such as 90%"
    case .count: "an integer ≥ 0 with an optional k, M or G"
    case .number: "a finite number"
    default: "a number ≥ 0 with a unit: " + table.map(\.name).joined(separator: " ")
    }
  }

  /// The unit of a quantity's bounds.
  public init(of quantity: Quantity) {
    self =
      switch quantity {
      case .accuracy: .accuracy
      case .latency: .time
      case .energy: .energy
      case .area: .area
      case .power: .power
      case .macs, .parameters: .count
      case .edp, .nnDegree, .nnMass: .number
      }
  }

  /// The value in SI units, or `nil` where the text has no number, no unit, another unit, or a value out of range.
  public func parse(_ text: String) -> Double? {
    for (name, factor) in table where text.hasSuffix(name) {
      var digits = text.dropLast(name.count)
      while digits.last == " " { digits.removeLast() }
      if self == .count, Numeral.integer(digits) == nil { continue }
      guard let number = Numeral.double(digits) else { continue }
      // 86 / 100 is nearer to 0.86 than 86 · 0.01.
      return checked(factor < 1 ? number / (1 / factor).rounded() : number * factor)
    }
    return nil
  }

  /// The largest value with a unit: products of three such values by counts stay finite.
  static let largest = 1e30

  private func checked(_ value: Double) -> Double? {
    switch self {
    case .number: value.isFinite ? value : nil
    case .accuracy: 0...1 ~= value ? value : nil
    case .confidence: Bound.confidences ~= value ? value : nil
    // Integers are exact up to 2⁵³.
    case .count: 0...9e15 ~= value ? value : nil
    default: 0...Self.largest ~= value ? value : nil
    }
  }
}
