/// A plot of series over two axes, validated once and drawn as an SVG file.
///
/// Marks are drawn in their order, later ones on top. An axis without a given range takes it from all marks.
public struct Plot: Sendable {
  /// A position in the units of the axes.
  public typealias Point = (x: Double, y: Double)
  /// A vertical interval at x, in the units of the axes; low ≤ high.
  public typealias Span = (x: Double, low: Double, high: Double)

  /// Discs, or smaller circles that are white inside.
  public enum PointStyle: Sendable { case filled, hollow }

  /// What is drawn. A label makes an entry in the legend.
  public enum Mark: Sendable {
    case points([Point], label: String? = nil, style: PointStyle = .filled, color: Color = .black)
    /// Straight lines from point to point, in their order.
    case line([Point], label: String? = nil, color: Color = .blue)
    /// The area between low and high, straight between spans, in their order.
    case band([Span], label: String? = nil, color: Color = .blue)
    case errorBars([Span], label: String? = nil, color: Color = .black)
    /// The dashed line y = x, as far as both axes reach. It makes axes without given ranges share one.
    case diagonal(label: String? = "y = x")

    var label: String? {
      switch self {
      case .points(_, let label, _, _), .line(_, let label, _), .band(_, let label, _), .errorBars(_, let label, _),
        .diagonal(let label):
        label
      }
    }

    /// Where the mark reaches: its points, or both ends of its spans.
    var corners: [Point] {
      switch self {
      case .points(let points, _, _, _), .line(let points, _, _): points
      case .band(let spans, _, _), .errorBars(let spans, _, _):
        spans.flatMap { [Point($0.x, $0.low), Point($0.x, $0.high)] }
      case .diagonal: []
      }
    }

    var isDiagonal: Bool { if case .diagonal = self { true } else { false } }
  }

  /// Colours that people with every kind of colour vision tell apart.
  ///
  /// Source: M. Okabe, K. Ito, "Color Universal Design (CUD)", 2008, https://jfly.uni-koeln.de/color/, figure 16.
  public enum Color: String, CaseIterable, Sendable {
    case black = "#000000"
    case orange = "#e69f00"
    case skyBlue = "#56b4e9"
    case bluishGreen = "#009e73"
    case yellow = "#f0e442"
    case blue = "#0072b2"
    case vermillion = "#d55e00"
    case reddishPurple = "#cc79a7"
  }

  public let title: String
  public let xAxis: Axis
  public let yAxis: Axis
  public let marks: [Mark]

  /// The most marks with labels: each of them in a line of its own, they leave the frame a third of the height.
  static let labelLimit = 12
  /// The largest magnitude of a number; on a logarithmic axis its inverse is the smallest. Chosen so that no range, with
  /// its margins, overflows.
  static let magnitudeLimit = 1e250

  /// A plot whose every number can be drawn.
  ///
  /// - Parameter file: The file that the plot is for, as errors name it.
  /// - Throws: `FormatError` for a number that is not finite, is above 1e250 in magnitude, is below 1e-250 on a
  ///   logarithmic axis, or lies outside the range given for its axis; for a span whose low exceeds its high; for a given
  ///   range narrower than 1e-9 of its values; for a diagonal of which one axis alone is logarithmic; for more than 12
  ///   labels. Complexity: O(points).
  public init(title: String, xAxis: Axis, yAxis: Axis, marks: [Mark], file: String) throws(FormatError) {
    self.title = title
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.marks = marks
    try Self.check(xAxis, place: "xAxis", file: file)
    try Self.check(yAxis, place: "yAxis", file: file)
    for (index, mark) in marks.enumerated() { try check(mark, place: "marks[\(index)]", file: file) }
    let labels = marks.count { $0.label != nil }
    guard labels <= Self.labelLimit else {
      throw FormatError(
        file: file, place: "marks", problem: "too many labels", found: "\(labels)",
        allowed: "at most \(Self.labelLimit)")
    }
  }

  private static func check(_ axis: Axis, place: String, file: String) throws(FormatError) {
    guard let range = axis.range else { return }
    let ends = Axis(axis.label, isLogarithmic: axis.isLogarithmic)
    try check(range.lowerBound, on: ends, place: "\(place).range.low", file: file)
    try check(range.upperBound, on: ends, place: "\(place).range.high", file: file)
    guard !axis.isNarrow(axis.mapped(range.lowerBound), axis.mapped(range.upperBound)) else {
      throw FormatError(
        file: file, place: "\(place).range", problem: "too narrow", found: "\(range)",
        allowed: "a width above 1e-9 of the values")
    }
  }

  private func check(_ mark: Mark, place: String, file: String) throws(FormatError) {
    switch mark {
    case .points(let points, _, _, _), .line(let points, _, _):
      for (index, point) in points.enumerated() {
        try Self.check(point.x, on: xAxis, place: "\(place)[\(index)].x", file: file)
        try Self.check(point.y, on: yAxis, place: "\(place)[\(index)].y", file: file)
      }
    case .band(let spans, _, _), .errorBars(let spans, _, _):
      for (index, span) in spans.enumerated() {
        try Self.check(span.x, on: xAxis, place: "\(place)[\(index)].x", file: file)
        try Self.check(span.low, on: yAxis, place: "\(place)[\(index)].low", file: file)
        try Self.check(span.high, on: yAxis, place: "\(place)[\(index)].high", file: file)
        guard span.low <= span.high else {
          throw FormatError(
            file: file, place: "\(place)[\(index)]", problem: "low above high", found: "\(span.low) and \(span.high)")
        }
      }
    case .diagonal:
      guard xAxis.isLogarithmic == yAxis.isLogarithmic else {
        throw FormatError(
          file: file, place: place, problem: "a diagonal of a linear and a logarithmic axis",
          allowed: "both linear or both logarithmic")
      }
    }
  }

  /// Checks a number on an axis; its place in the mark is worded only where the number is refused.
  private static func check(
    _ value: Double, on axis: Axis, place: @autoclosure () -> String, file: String
  ) throws(FormatError) {
    guard value.magnitude <= magnitudeLimit else {
      throw FormatError(
        file: file, place: place(), problem: "a number that cannot be drawn", found: "\(value)",
        allowed: "magnitudes of at most \(magnitudeLimit)")
    }
    guard !axis.isLogarithmic || value >= 1 / magnitudeLimit else {
      throw FormatError(
        file: file, place: place(), problem: "a number that the logarithmic axis '\(axis.label)' cannot show",
        found: "\(value)", allowed: "positive numbers from \(1 / magnitudeLimit) on")
    }
    guard axis.range?.contains(value) ?? true else {
      throw FormatError(
        file: file, place: place(), problem: "a number outside the range of the axis '\(axis.label)'",
        found: "\(value)", allowed: axis.range.map { "\($0.lowerBound) to \($0.upperBound)" })
    }
  }

  /// A file of SVG 1.1, 720 × 480 units, without scripts, style sheets or references; the same plot gives the same bytes.
  ///
  /// Texts too wide for their place end in "…"; a `<title>` holds the whole. Complexity: O(points).
  public func svg() -> String { PlotDrawing(self).text }
}
