internal import FlashNumerics

extension Plot {
  /// One axis of a plot: its label and how it maps and words its values.
  public struct Axis: Sendable {
    public enum Format: Sendable {
      /// Decimal numbers; from 10⁶ on and below 10⁻³ with an exponent.
      case plain
      /// Fractions of one as percentages.
      case percent
    }

    public let label: String
    public let isLogarithmic: Bool
    public let format: Format
    /// The values at the ends of the axis; `nil` takes them from the marks, with a margin of 5 % of the length at either
    /// end.
    public let range: ClosedRange<Double>?

    public init(
      _ label: String, isLogarithmic: Bool = false, format: Format = .plain, range: ClosedRange<Double>? = nil
    ) {
      self.label = label
      self.isLogarithmic = isLogarithmic
      self.format = format
      self.range = range
    }

    /// The value in the coordinate in which the axis is even: itself, or its natural logarithm.
    func mapped(_ value: Double) -> Double { isLogarithmic ? Elementary.log(value) : value }

    /// Whether two mapped ends are too close for ticks between them.
    func isNarrow(_ low: Double, _ high: Double) -> Bool {
      high - low <= 1e-9 * max(low.magnitude, high.magnitude, isLogarithmic ? 1 : 1e-280)
    }

    /// The mapped ends of the axis that shows the values: the given range, or what holds the values and the margins.
    ///
    /// Values that are all equal get a tenth of their magnitude to either side, zeros 1, on a logarithmic axis a factor
    /// of 2. Without values, the axis reaches from 0 to 1, a logarithmic one from 1 to 10.
    func ends(holding values: [Double]) -> (low: Double, high: Double) {
      if let range { return (mapped(range.lowerBound), mapped(range.upperBound)) }
      guard let least = values.min(), let most = values.max() else {
        return isLogarithmic ? (mapped(1), mapped(10)) : (0, 1)
      }
      let low = mapped(least)
      let high = mapped(most)
      let magnitude = max(low.magnitude, high.magnitude)
      var margin = (high - low) * 0.05
      if isNarrow(low, high) { margin = isLogarithmic ? mapped(2) : magnitude < 1e-280 ? 1 : magnitude / 10 }
      return (low - margin, high + margin)
    }
  }
}

/// A labelled place of an axis: digits × 10^exponent, exactly.
struct PlotTick: Equatable {
  let digits: Int
  let exponent: Int

  var value: Double {
    exponent < 0
      ? Double(digits) / Elementary.pow(10, Double(-exponent)) : Double(digits) * Elementary.pow(10, Double(exponent))
  }

  /// The power of ten of the first digit.
  var magnitude: Int { exponent + String(digits.magnitude).count - 1 }

  /// Labels for ticks of one axis, alike in their form.
  static func labels(_ ticks: [PlotTick], format: Plot.Axis.Format) -> [String] {
    let shift = format == .percent ? 2 : 0
    let magnitudes = ticks.filter { $0.digits != 0 }.map { $0.magnitude + shift }
    let most = magnitudes.max() ?? 0
    // Multiples of one step share its exponent, and with it the decimals.
    let areMultiples = ticks.allSatisfy { $0.exponent == ticks[0].exponent }
    let isScientific = most >= 6 || (areMultiples ? most : magnitudes.min() ?? 0) < -3
    return ticks.map { tick in
      let power = isScientific ? areMultiples ? most : tick.magnitude + shift : 0
      let number = decimal(tick.digits, exponent: tick.exponent + shift - power)
      return (isScientific && tick.digits != 0 ? "\(number)e\(power)" : number) + (format == .percent ? " %" : "")
    }
  }

  /// digits × 10^exponent without an exponent.
  private static func decimal(_ digits: Int, exponent: Int) -> String {
    guard digits != 0 else { return "0" }
    let sign = digits < 0 ? "-" : ""
    let text = String(digits.magnitude)
    guard exponent < 0 else { return sign + text + String(repeating: "0", count: exponent) }
    let padded = String(repeating: "0", count: max(0, 1 - exponent - text.count)) + text
    return "\(sign)\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))"
  }
}

/// An axis laid along a side of the frame, with its ticks.
struct PlotScale {
  private let axis: Plot.Axis
  /// The mapped values at the ends.
  let low: Double
  let high: Double
  /// Where the ends lie, in units of the drawing.
  private let start: Double
  private let end: Double
  private(set) var ticks: [(tick: PlotTick, label: String)] = []

  init(_ axis: Plot.Axis, ends: (low: Double, high: Double), from start: Double, to end: Double, isHorizontal: Bool) {
    self.axis = axis
    (low, high) = ends
    self.start = start
    self.end = end
    let ticks = densestTicks(isHorizontal: isHorizontal)
    self.ticks = Array(zip(ticks, PlotTick.labels(ticks, format: axis.format)))
  }

  /// Where a value lies.
  func position(_ value: Double) -> Double { position(mapped: axis.mapped(value)) }

  /// Where a mapped value lies.
  func position(mapped value: Double) -> Double { start + (value - low) / (high - low) * (end - start) }

  /// The most ticks whose labels stay apart: multiples of 1, 2 or 5 times a power of ten; on a logarithmic axis these
  /// numbers themselves, or every first, second, fifth, … power of ten, where at least three lie within its ends.
  private func densestTicks(isHorizontal: Bool) -> [PlotTick] {
    let fits = { fit($0, isHorizontal: isHorizontal) }
    let all = axis.isLogarithmic ? powers(of: [1, 2, 5], every: 1) : []
    if all.count >= 3 {
      return fits(all)
        ? all : [1, 2, 5, 10, 20, 50, 100].lazy.map { powers(of: [1], every: $0) }.first(where: fits) ?? []
    }
    let span = axis.isLogarithmic ? Elementary.exp(high) - Elementary.exp(low) : high - low
    let exponent = Int((Elementary.log(span) / Elementary.log(10)).rounded(.down))
    let steps = ((exponent - 2)...(exponent + 2)).flatMap { exponent in
      [1, 2, 5].map { PlotTick(digits: $0, exponent: exponent) }
    }
    return steps.lazy.map(multiples).first(where: fits) ?? []
  }

  private func fit(_ ticks: [PlotTick], isHorizontal: Bool) -> Bool {
    let widths = PlotTick.labels(ticks, format: axis.format).map { PlotText.width($0) }
    let places = ticks.map { position($0.value) }
    return ticks.indices.dropFirst().allSatisfy { index in
      let gap = isHorizontal ? max(50, (widths[index - 1] + widths[index]) / 2 + 14) : 26
      return abs(places[index] - places[index - 1]) >= gap
    }
  }

  /// The multiples of a step within the ends.
  private func multiples(of step: PlotTick) -> [PlotTick] {
    let ends = axis.isLogarithmic ? (Elementary.exp(low), Elementary.exp(high)) : (low, high)
    let first = Int((ends.0 / step.value - 1e-9).rounded(.up))
    let last = Int((ends.1 / step.value + 1e-9).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { PlotTick(digits: $0 * step.digits, exponent: step.exponent) }
  }

  /// The leading digits times every n-th power of ten, within the ends.
  private func powers(of digits: [Int], every n: Int) -> [PlotTick] {
    let decade = Elementary.log(10)
    return (Int((low / decade).rounded(.down))...Int((high / decade).rounded(.up))).filter { $0.isMultiple(of: n) }
      .flatMap { exponent in digits.map { PlotTick(digits: $0, exponent: exponent) } }
      .filter { (low - 1e-9...high + 1e-9).contains(axis.mapped($0.value)) }
  }
}
