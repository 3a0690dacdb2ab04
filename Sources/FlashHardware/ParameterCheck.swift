/// Checks of a simulator's parameters, worded alike.
struct ParameterCheck {
  func integer(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(HardwareError) {
    guard range ~= value else {
      throw .outOfRange(parameter: name, found: "\(value)", allowed: "\(range.lowerBound) to \(range.upperBound)")
    }
  }

  func positive(_ name: String, _ value: Double) throws(HardwareError) {
    guard value.isFinite, value > 0 else {
      throw .outOfRange(parameter: name, found: "\(value)", allowed: "numbers > 0")
    }
  }

  /// A part of a figure.
  func part(_ name: String, _ value: Double, of whole: Double, _ wholeName: String) throws(HardwareError) {
    guard value.isFinite, 0...whole ~= value else {
      throw .outOfRange(parameter: name, found: "\(value)", allowed: "0 to \(wholeName)")
    }
  }

  func notNegative(_ name: String, _ value: Double) throws(HardwareError) {
    guard value.isFinite, value >= 0 else {
      throw .outOfRange(parameter: name, found: "\(value)", allowed: "numbers ≥ 0")
    }
  }
}
