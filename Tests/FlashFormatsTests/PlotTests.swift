import Testing

@testable import FlashFormats

@Suite struct PlotTests {
  private func plot(
    _ marks: [Plot.Mark], title: String = "title", x: Plot.Axis = Plot.Axis("x"), y: Plot.Axis = Plot.Axis("y")
  ) throws -> Plot { try Plot(title: title, xAxis: x, yAxis: y, marks: marks, file: "plot.svg") }

  /// Points over some decades, positive, in no order.
  private func points(_ count: Int, seed: UInt64, scale: Double = 1) -> [Plot.Point] {
    var generator = TestGenerator(seed: seed)
    return (0..<count).map { _ in
      let x = Double.random(in: 0.01...1, using: &generator)
      return Plot.Point(scale * x * x * x, scale * Double.random(in: 0.01...1, using: &generator))
    }
  }

  /// Every kind of mark over the points.
  private func everyMark(_ points: [Plot.Point]) -> [Plot.Mark] {
    let spans = points.map { Plot.Span($0.x, $0.y * 0.9, $0.y * 1.2) }
    return [
      .band(spans, label: "band"), .line(points, label: "line", color: .vermillion), .points(points, label: "points"),
      .points(points, label: "hollow", style: .hollow, color: .orange), .errorBars(spans, label: "bars"), .diagonal(),
    ]
  }

  /// The frame: the last rectangle.
  private func frame(_ sample: XMLSample) throws -> (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    let frame = try #require(sample.all("rect").last)
    let left = try #require(frame.number("x"))
    let top = try #require(frame.number("y"))
    let width = try #require(frame.number("width"))
    return (left...left + width, top...top + (try #require(frame.number("height"))))
  }

  /// The corners of polygonal lines that lie in the frame.
  private func corners(_ sample: XMLSample) throws -> [Plot.Point] {
    let frame = try frame(sample)
    return sample.all("path").compactMap { $0.attributes["d"] }.filter { $0.contains("L") }
      .flatMap { $0.dropFirst().split(separator: "L") }
      .map { $0.split(separator: ",").compactMap { Double($0) } }
      .map { Plot.Point($0[0], $0[1]) }.filter { frame.x.contains($0.x) && frame.y.contains($0.y) }
  }

  /// The circles within the frame's heights: without those of the legend.
  private func circles(_ sample: XMLSample) throws -> [Plot.Point] {
    let top = try frame(sample).y.lowerBound
    return try sample.all("circle").map { Plot.Point(try #require($0.number("cx")), try #require($0.number("cy"))) }
      .filter { $0.y >= top }
  }

  @Test func `the checker of these tests refuses what is not well-formed`() {
    for body in [
      "<a>", "<a></b>", "<a b=c/>", "<a b=\"1\" b=\"2\"/>", "<a>&</a>", "<a>&x;</a>", "<a b=\"<\"/>", "<a/><b/>",
      "<a>\u{1}</a>", "a",
    ] {
      #expect(throws: XMLSample.Fault.self, "\(body)") {
        _ = try XMLSample("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(body)\n")
      }
    }
  }

  @Test func `a plot is well-formed, written in bounded decimals, and the same bytes each time`() throws {
    for isLogarithmic in [false, true] {
      let x = Plot.Axis("x", isLogarithmic: isLogarithmic)
      let y = Plot.Axis("y", isLogarithmic: isLogarithmic, format: .percent)
      let marks = everyMark(points(500, seed: 1))
      let text = try plot(marks, x: x, y: y).svg()
      #expect(try plot(marks, x: x, y: y).svg() == text)
      let sample = try XMLSample(text)
      #expect(sample.all("svg").first?.attributes["viewBox"] == "0 0 720 480")
      #expect(Set(sample.elements.map(\.name)) == ["svg", "title", "rect", "path", "text", "g", "circle"])
      let numeric = ["x", "y", "cx", "cy", "r", "width", "height", "d"]
      let numbers = sample.elements.flatMap { element in
        numeric.compactMap { element.attributes[$0] }.flatMap { $0.split(whereSeparator: "MLVHh,".contains) }
      }
      #expect(numbers.count > 4000)
      let unbounded = numbers.filter { number in
        let parts = number.split(separator: ".")
        return Double(number) == nil || number.contains("e") || parts.count > 1 && parts[1].count > 2
      }
      #expect(unbounded.isEmpty)
    }
  }

  @Test func `every mark lies inside the frame, its labels in the legend above`() throws {
    for scale in [1e-240, 1e-9, 1, 1e6, 1e249] {
      for isLogarithmic in [false, true] {
        let points = points(200, seed: 2, scale: scale)
        let axis = Plot.Axis("a", isLogarithmic: isLogarithmic)
        let sample = try XMLSample(plot(everyMark(points), x: axis, y: axis).svg())
        let frame = try frame(sample)
        let circles = try circles(sample)
        #expect(circles.count == 400)
        #expect(circles.allSatisfy { frame.x.contains($0.x) && frame.y.contains($0.y) })
        // Both sides of the band, the line, and the ends of the diagonal.
        #expect(try corners(sample).count == 2 * 200 + 200 + 2)
        for label in ["band", "line", "points", "hollow", "bars", "y = x"] {
          let entry = try #require(sample.all("text").first { $0.text == label })
          #expect(try #require(entry.number("y")) < frame.y.lowerBound)
          #expect(sample.all("title").contains { $0.text == label })
        }
      }
    }
  }

  @Test func `equal steps, or equal ratios on a logarithmic axis, have equal lengths`() throws {
    let linear = try circles(XMLSample(plot([.points((0...8).map { (x: Double($0), y: 3 - Double($0)) })]).svg()))
    let powers = (0...8).map { Double(1 << $0) }
    let axis = Plot.Axis("a", isLogarithmic: true)
    let even = try circles(XMLSample(plot([.points(powers.map { (x: $0, y: 1 / $0) })], x: axis, y: axis).svg()))
    for circles in [linear, even] {
      try #require(circles.count == 9)
      for (index, circle) in circles.enumerated() {
        let share = Double(index) / 8
        #expect(abs(circle.x - (circles[0].x + share * (circles[8].x - circles[0].x))) < 0.02)
        #expect(abs(circle.y - (circles[0].y + share * (circles[8].y - circles[0].y))) < 0.02)
      }
      #expect(circles[8].x > circles[0].x && circles[8].y > circles[0].y)
    }
  }

  @Test func `ticks are nice numbers within the ends, apart, and their labels say them`() throws {
    var generator = TestGenerator(seed: 3)
    for round in 0..<2000 {
      let isLogarithmic = round.isMultiple(of: 2)
      let format: Plot.Axis.Format = round % 4 < 2 ? .plain : .percent
      let magnitude = Double("1e\(Int.random(in: -200...200, using: &generator))") ?? 1
      var low = Double.random(in: -1...1, using: &generator) * magnitude
      var high = low + Double.random(in: 1e-6...2, using: &generator) * magnitude
      if isLogarithmic {
        low = low.magnitude + magnitude / 1000
        high = low * (1 + (Double("1e\(Int.random(in: -6...50, using: &generator))") ?? 1))
      }
      let axis = Plot.Axis("a", isLogarithmic: isLogarithmic, format: format, range: low...high)
      let isHorizontal = round % 8 < 4
      let scale = PlotScale(
        axis, ends: axis.ends(holding: []), from: isHorizontal ? 80 : 420, to: isHorizontal ? 700 : 60,
        isHorizontal: isHorizontal)
      let values = scale.ticks.map(\.tick.value)
      #expect((isLogarithmic ? 2...14 : 3...14).contains(values.count), "\(low)...\(high): \(values)")
      #expect(values.allSatisfy { $0 >= low - (high - low) * 1e-9 && $0 <= high * (1 + 1e-9) + (high - low) * 1e-9 })
      let places = values.map { scale.position($0) }
      let gap = isHorizontal ? 50.0 : 26
      #expect(zip(places, places.dropFirst()).allSatisfy { abs($1 - $0) >= gap })

      // Either leading digits alone, or multiples of a step of such a digit.
      let digits = scale.ticks.map(\.tick.digits)
      let steps = Set(zip(digits, digits.dropFirst()).map { $1 - $0 })
      let areMultiples =
        steps.count == 1 && steps.isSubset(of: [1, 2, 5])
        && digits.allSatisfy { $0.isMultiple(of: steps.first ?? 1) }
        && Set(scale.ticks.map(\.tick.exponent)).count == 1
      #expect(areMultiples || isLogarithmic && digits.allSatisfy([1, 2, 5].contains), "\(low)...\(high): \(values)")

      for (tick, label) in scale.ticks {
        let number = try #require(Double(label.split(separator: " ")[0]))
        let value = format == .percent ? tick.value * 100 : tick.value
        #expect(label.hasSuffix(" %") == (format == .percent))
        #expect(abs(number - value) <= 1e-12 * value.magnitude, "\(label) for \(value)")
      }
    }
  }

  @Test(arguments: [
    (
      0.5...0.9, false, Plot.Axis.Format.percent,
      ["50 %", "55 %", "60 %", "65 %", "70 %", "75 %", "80 %", "85 %", "90 %"]
    ),
    (-1.0...1.0, false, .plain, ["-1.0", "-0.8", "-0.6", "-0.4", "-0.2", "0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (
      0.0...2e8, false, .plain,
      ["0", "0.2e8", "0.4e8", "0.6e8", "0.8e8", "1.0e8", "1.2e8", "1.4e8", "1.6e8", "1.8e8", "2.0e8"]
    ),
    (1.0...100.0, true, .plain, ["1", "2", "5", "10", "20", "50", "100"]),
    (0.001...1000.0, true, .plain, ["0.001", "0.01", "0.1", "1", "10", "100", "1000"]),
    (1e-5...1e-3, true, .plain, ["1e-5", "2e-5", "5e-5", "1e-4", "2e-4", "5e-4", "1e-3"]),
    (2.2...4.4, true, .plain, ["2.5", "3.0", "3.5", "4.0"]),
  ]) func `labels of one axis are alike`(
    _ range: ClosedRange<Double>, _ isLogarithmic: Bool, _ format: Plot.Axis.Format, _ labels: [String]
  ) {
    let axis = Plot.Axis("a", isLogarithmic: isLogarithmic, format: format, range: range)
    let scale = PlotScale(axis, ends: axis.ends(holding: []), from: 80, to: 696, isHorizontal: true)
    #expect(scale.ticks.map(\.label) == labels)
  }

  @Test func `texts are escaped, and shortened where they are too wide`() throws {
    let awkward = "a < b && \"c\" > 'd' </text>"
    let sample = try XMLSample(
      plot([.points([(x: 1, y: 1)], label: awkward)], title: awkward, x: Plot.Axis(awkward), y: Plot.Axis(awkward))
        .svg())
    #expect(sample.all("text").count { $0.text == awkward } == 4)
    #expect(sample.all("title").count { $0.text == awkward } == 2)
    let barred = try XMLSample(plot([], title: "a\u{0}b\nc\u{FFFE}\u{FFFF}").svg())
    #expect(barred.all("title").first?.text == "a b c\u{FFFD}\u{FFFD}")

    for long in [String(repeating: "long ", count: 40), String(repeating: "長", count: 90)] {
      let sample = try XMLSample(
        plot([.points([], label: long)], title: long, x: Plot.Axis(long), y: Plot.Axis(long)).svg())
      let shown = sample.all("text").filter { $0.text.hasSuffix("…") }
      #expect(shown.count == 4 && shown.allSatisfy { long.hasPrefix($0.text.dropLast()) && $0.text.count > 15 })
      #expect(sample.all("title").count { $0.text == long } == 6)
    }
  }

  @Test func `a dozen long labels leave room for the frame, and one more is refused`() throws {
    let marks = (0..<12).map { Plot.Mark.line([(x: 0, y: 0)], label: String(repeating: "label \($0) ", count: 20)) }
    let sample = try XMLSample(plot(marks).svg())
    let frame = try frame(sample)
    #expect(frame.y.upperBound - frame.y.lowerBound > 150)
    let rows = try sample.all("text").filter { $0.text.hasPrefix("label") }.map { try #require($0.number("y")) }
    #expect(try #require(rows.last) < frame.y.lowerBound)
    #expect(rows.count == 12 && zip(rows, rows.dropFirst()).allSatisfy { $1 - $0 >= 16 })
    #expect(
      message { _ = try plot(marks + [.diagonal()]) }
        == "plot.svg: marks: too many labels, found 13, allowed at most 12")
  }

  @Test func `entries of the legend stand side by side without overlap`() throws {
    let labels = ["a", "the second", "third", "a fourth one that is longer", "5", "sixth", "seventh and last"]
    let sample = try XMLSample(plot(labels.map { .points([(x: 1, y: 2)], label: $0) }).svg())
    let entries = sample.all("text").filter { labels.contains($0.text) }
    #expect(entries.map(\.text) == labels)
    for (entry, next) in zip(entries, entries.dropFirst()) {
      let end = try #require(entry.number("x")) + PlotText.width(entry.text)
      let isBelow = try #require(next.number("y")) > (try #require(entry.number("y")))
      let start = try #require(next.number("x")) - 34
      #expect(isBelow || start > end)
      #expect(end <= 720)
    }
  }

  @Test func `one point, equal points and no marks are drawn`() throws {
    for value in [0, 1e-290, 0.92, -3, 1e6, 1e250, -1e250] {
      for count in 1...2 {
        for isLogarithmic in [false, true] where !isLogarithmic || value > 1e-250 {
          let axis = Plot.Axis("a", isLogarithmic: isLogarithmic)
          let same = [Plot.Point](repeating: (value, value), count: count)
          let spans = same.map { Plot.Span($0.x, $0.y, $0.y) }
          let marks: [Plot.Mark] = [.points(same), .line(same), .band(spans), .errorBars(spans), .diagonal()]
          let sample = try XMLSample(plot(marks, x: axis, y: axis).svg())
          let frame = try frame(sample)
          for circle in try circles(sample) {
            #expect(abs(circle.x - (frame.x.lowerBound + frame.x.upperBound) / 2) < 0.02)
            #expect(abs(circle.y - (frame.y.lowerBound + frame.y.upperBound) / 2) < 0.02)
          }
        }
      }
    }
    for isLogarithmic in [false, true] {
      let axis = Plot.Axis("a", isLogarithmic: isLogarithmic)
      let sample = try XMLSample(
        plot([.points([]), .line([]), .band([]), .errorBars([])], x: axis, y: axis).svg())
      #expect(try circles(sample).isEmpty)
      #expect(sample.all("text").contains { $0.text == "1.0" || $0.text == "10" })
    }
  }

  @Test func `a diagonal joins the corners of axes that take their range from the marks`() throws {
    let sample = try XMLSample(plot([.points([(x: 3, y: 40), (x: 5, y: 70)]), .diagonal(label: nil)]).svg())
    let frame = try frame(sample)
    let dashes = sample.all("path").filter { $0.attributes["stroke-dasharray"] != nil }
    let ends = try #require(dashes.first?.attributes["d"]).split { "ML,".contains($0) }.compactMap { Double($0) }
    #expect(dashes.count == 1)
    #expect(ends == [frame.x.lowerBound, frame.y.upperBound, frame.x.upperBound, frame.y.lowerBound])

    // Axes that share no number have no place for it.
    let apart = try plot(
      [.diagonal(label: nil)], x: Plot.Axis("x", range: 0...1), y: Plot.Axis("y", range: 2...3))
    #expect(!apart.svg().contains("stroke-dasharray"))
  }

  @Test func `what cannot be drawn is refused with its place`() {
    let logarithmic = Plot.Axis("macs", isLogarithmic: true)
    let half = Plot.Axis("y", range: 0...0.5)
    let cases: [(Plot.Mark, Plot.Axis, Plot.Axis, String)] = [
      (
        .points([(x: 1, y: 2), (x: .nan, y: 1)]), Plot.Axis("x"), Plot.Axis("y"),
        "marks[0][1].x: a number that cannot be drawn, found nan, allowed magnitudes of at most 1e+250"
      ),
      (
        .line([(x: 1, y: -.infinity)]), Plot.Axis("x"), Plot.Axis("y"),
        "marks[0][0].y: a number that cannot be drawn, found -inf, allowed magnitudes of at most 1e+250"
      ),
      (
        .line([(x: 0, y: 1)]), logarithmic, Plot.Axis("y"),
        "marks[0][0].x: a number that the logarithmic axis 'macs' cannot show, found 0.0, "
          + "allowed positive numbers from 1e-250 on"
      ),
      (
        .errorBars([(x: 1, low: 0.25, high: 0.75)]), Plot.Axis("x"), half,
        "marks[0][0].high: a number outside the range of the axis 'y', found 0.75, allowed 0.0 to 0.5"
      ),
      (
        .band([(x: 1, low: 2, high: 1)]), Plot.Axis("x"), Plot.Axis("y"),
        "marks[0][0]: low above high, found 2.0 and 1.0"
      ),
      (
        .diagonal(), logarithmic, Plot.Axis("y"),
        "marks[0]: a diagonal of a linear and a logarithmic axis, allowed both linear or both logarithmic"
      ),
      (
        .diagonal(), Plot.Axis("x"), Plot.Axis("y", range: 1...1),
        "yAxis.range: too narrow, found 1.0...1.0, allowed a width above 1e-9 of the values"
      ),
      (
        .diagonal(), Plot.Axis("x", isLogarithmic: true, range: 0...1), logarithmic,
        "xAxis.range.low: a number that the logarithmic axis 'x' cannot show, found 0.0, "
          + "allowed positive numbers from 1e-250 on"
      ),
    ]
    for (mark, x, y, expected) in cases {
      #expect(message { _ = try plot([mark], x: x, y: y) } == "plot.svg: \(expected)")
    }
  }
}
