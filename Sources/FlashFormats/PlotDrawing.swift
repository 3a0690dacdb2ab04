/// Writes a plot in SVG 1.1 (https://www.w3.org/TR/SVG11/): title, legend, frame with grid and ticks, marks.
///
/// The legend lies between the title and the frame, never on the marks.
struct PlotDrawing {
  private static let width = 720.0
  private static let height = 480.0

  private let plot: Plot
  private let legend: [[LegendEntry]]
  private let left: Double
  private let right = Self.width - 24
  private let top: Double
  private let bottom = Self.height - 58
  private let x: PlotScale
  private let y: PlotScale

  private struct LegendEntry {
    let mark: Plot.Mark
    let label: String
    /// With the sample of the mark and the space before the next entry.
    var width: Double { 54 + PlotText.width(PlotText.fitted(label, into: PlotDrawing.legendWidth - 54)) }
  }

  /// The width of the legend, with the space behind its last entry: it fits beside the widest labels of ticks.
  private static let legendWidth = width - 140

  init(_ plot: Plot) {
    self.plot = plot
    legend = Self.lines(plot.marks.compactMap { mark in mark.label.map { LegendEntry(mark: mark, label: $0) } })
    top = 48 + 18 * Double(legend.count)
    let corners = plot.marks.flatMap(\.corners)
    var xs = corners.map(\.x)
    var ys = corners.map(\.y)
    if plot.marks.contains(where: \.isDiagonal), plot.xAxis.range == nil, plot.yAxis.range == nil {
      xs += ys
      ys = xs
    }
    y = PlotScale(plot.yAxis, ends: plot.yAxis.ends(holding: ys), from: bottom, to: top, isHorizontal: false)
    left = 46 + (y.ticks.map { PlotText.width($0.label) }.max() ?? 0)
    x = PlotScale(plot.xAxis, ends: plot.xAxis.ends(holding: xs), from: left, to: right, isHorizontal: true)
  }

  /// The entries in lines, as many on a line as fit.
  private static func lines(_ entries: [LegendEntry]) -> [[LegendEntry]] {
    var lines: [[LegendEntry]] = []
    var used = Double.infinity
    for entry in entries {
      if used + entry.width > legendWidth {
        lines.append([])
        used = 0
      }
      lines[lines.count - 1].append(entry)
      used += entry.width
    }
    return lines
  }

  /// The text of the file.
  var text: String {
    let middle = (top + bottom) / 2
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="720" height="480" viewBox="0 0 720 480" \
      font-family="sans-serif" font-size="12" fill="#222222">
      <title>\(PlotText.escaped(plot.title))</title>
      <rect width="720" height="480" fill="#ffffff"/>
      \(PlotText.element(plot.title, x: left, y: 28, anchor: "start", size: 16, limit: right - left))\(key)\(ticks)\
      \(PlotText.element(plot.xAxis.label, x: (left + right) / 2, y: bottom + 42, anchor: "middle", size: 13,
        limit: right - left))\
      <g transform="rotate(-90 20 \(number(middle)))">
      \(PlotText.element(plot.yAxis.label, x: 20, y: middle, anchor: "middle", size: 13, limit: bottom - top))</g>
      \(plot.marks.map(drawn).joined())\
      <rect x="\(number(left))" y="\(number(top))" width="\(number(right - left))" height="\(number(bottom - top))" \
      fill="none" stroke="#666666"/>
      </svg>

      """
  }

  /// The grid, with the labels of ticks below and to the left of the frame.
  private var ticks: String {
    var grid = ""
    var labels = ""
    for (tick, label) in x.ticks {
      let place = x.position(tick.value)
      grid += "M\(at(place, top))V\(number(bottom))"
      // The label of a tick at the end of the axis stays within the picture.
      let center = min(place, Self.width - 4 - PlotText.width(label) / 2)
      labels += PlotText.element(label, x: center, y: bottom + 18, anchor: "middle")
    }
    for (tick, label) in y.ticks {
      let place = y.position(tick.value)
      grid += "M\(at(left, place))H\(number(right))"
      labels += PlotText.element(label, x: left - 7, y: place + 4, anchor: "end")
    }
    return (grid.isEmpty ? "" : "<path d=\"\(grid)\" fill=\"none\" stroke=\"#dddddd\"/>\n") + labels
  }

  /// The legend: each label behind a sample of its mark.
  private var key: String {
    var text = ""
    for (row, entries) in legend.enumerated() {
      var start = left
      let middle = 46 + 18 * Double(row)
      for entry in entries {
        text += sample(of: entry.mark, x: start, y: middle)
        text += PlotText.element(
          entry.label, x: start + 34, y: middle + 4, anchor: "start", limit: Self.legendWidth - 54)
        start += entry.width
      }
    }
    return text
  }

  /// A small image of a mark, 28 units wide.
  private func sample(of mark: Plot.Mark, x: Double, y: Double) -> String {
    let tips = [Plot.Point(x + 2, y), Plot.Point(x + 26, y)]
    return switch mark {
    case .points(_, _, let style, let color): points([Plot.Point(x + 14, y)], style, color)
    case .line(_, _, let color): line(tips, color)
    case .band(_, _, let color): band(tips.map { Plot.Span($0.x, y + 5, y - 5) }, color)
    case .errorBars(_, _, let color): errorBars([Plot.Span(x + 14, y + 6, y - 6)], color)
    case .diagonal: diagonal(tips)
    }
  }

  /// One mark within the frame.
  private func drawn(_ mark: Plot.Mark) -> String {
    let title = mark.label.map { "<title>\(PlotText.escaped($0))</title>\n" } ?? ""
    let shapes =
      switch mark {
      case .points(let values, _, let style, let color): points(values.map(placed), style, color)
      case .line(let values, _, let color): line(values.map(placed), color)
      case .band(let spans, _, let color): band(spans.map(placed), color)
      case .errorBars(let spans, _, let color): errorBars(spans.map(placed), color)
      case .diagonal:
        diagonal(
          max(x.low, y.low) < min(x.high, y.high)
            ? [max(x.low, y.low), min(x.high, y.high)].map { (x.position(mapped: $0), y.position(mapped: $0)) } : [])
      }
    return "<g>\n\(title)\(shapes)</g>\n"
  }

  private func placed(_ point: Plot.Point) -> Plot.Point { (x.position(point.x), y.position(point.y)) }

  private func placed(_ span: Plot.Span) -> Plot.Span {
    (x.position(span.x), y.position(span.low), y.position(span.high))
  }

  // MARK: - Shapes, in units of the drawing

  private func points(_ places: [Plot.Point], _ style: Plot.PointStyle, _ color: Plot.Color) -> String {
    let circles = places.map { place in
      let radius = style == .filled ? "3" : "2.5"
      return "<circle cx=\"\(number(place.x))\" cy=\"\(number(place.y))\" r=\"\(radius)\"/>\n"
    }
    let look =
      style == .filled
      ? "fill=\"\(color.rawValue)\" fill-opacity=\"0.8\"" : "fill=\"#ffffff\" stroke=\"\(color.rawValue)\""
    return "<g \(look)>\n\(circles.joined())</g>\n"
  }

  private func line(_ places: [Plot.Point], _ color: Plot.Color) -> String {
    path(places, "fill=\"none\" stroke=\"\(color.rawValue)\" stroke-width=\"2\" stroke-linejoin=\"round\"")
  }

  private func band(_ spans: [Plot.Span], _ color: Plot.Color) -> String {
    let outline = spans.map { Plot.Point($0.x, $0.high) } + spans.reversed().map { Plot.Point($0.x, $0.low) }
    // The stroke shows what has no area: a single span, or a width of zero.
    return path(outline, "fill=\"\(color.rawValue)\" stroke=\"\(color.rawValue)\" opacity=\"0.25\"")
  }

  private func errorBars(_ spans: [Plot.Span], _ color: Plot.Color) -> String {
    let bars = spans.map { span in
      "M\(at(span.x, span.low))V\(number(span.high))M\(at(span.x - 3, span.low))h6M\(at(span.x - 3, span.high))h6"
    }
    guard !bars.isEmpty else { return "" }
    return "<path d=\"\(bars.joined())\" fill=\"none\" stroke=\"\(color.rawValue)\"/>\n"
  }

  private func diagonal(_ places: [Plot.Point]) -> String {
    path(places, "fill=\"none\" stroke=\"#666666\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"")
  }

  /// A polygonal line; one point alone is a dot of the stroke's width.
  private func path(_ places: [Plot.Point], _ look: String) -> String {
    guard !places.isEmpty else { return "" }
    let way = "M" + places.map { at($0.x, $0.y) }.joined(separator: "L") + (places.count == 1 ? "h0" : "")
    return "<path d=\"\(way)\" stroke-linecap=\"round\" \(look)/>\n"
  }

  private func at(_ x: Double, _ y: Double) -> String { "\(number(x)),\(number(y))" }

  private func number(_ value: Double) -> String { Display.fixed(value, 2) }
}

/// Texts of a drawing.
enum PlotText {
  /// The size of labels, in units of the drawing.
  private static let size = 12.0

  /// About how wide a text is, as the reader's font is not known: 0.6 of the size a scalar, which is what labels of ticks
  /// measure in DejaVu Sans, a wide font; all of the size from U+1100 on, where East Asian scripts begin.
  static func width(_ text: String, size: Double = Self.size) -> Double {
    text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? 0.6 : 1) * size }
  }

  /// The text, or as much of its beginning as fits, with "…".
  static func fitted(_ text: String, size: Double = Self.size, into limit: Double) -> String {
    guard width(text, size: size) > limit else { return text }
    var used = size
    return text.prefix { character in
      used += width(String(character), size: size)
      return used <= limit
    } + "…"
  }

  /// A text in one line; one too wide is shortened, with the whole as its title.
  static func element(
    _ text: String, x: Double, y: Double, anchor: String, size: Double = Self.size, limit: Double = .infinity
  ) -> String {
    let shown = fitted(text, size: size, into: limit)
    let title = shown == text ? "" : "<title>\(escaped(text))</title>"
    return "<text x=\"\(Display.fixed(x, 2))\" y=\"\(Display.fixed(y, 2))\" text-anchor=\"\(anchor)\" "
      + "font-size=\"\(Display.fixed(size, 0))\">\(title)\(escaped(shown))</text>\n"
  }

  /// The text in one line of XML 1.0 (https://www.w3.org/TR/xml/, 2.2 and 2.4): markup escaped, and U+FFFD for the two
  /// noncharacters that it bars.
  static func escaped(_ text: String) -> String {
    FormatError.line(text).unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }
}
