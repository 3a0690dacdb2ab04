internal import FlashNAS
internal import FlashNumerics

/// The values of one key of a sweep: a list, a range with its step, or a random draw.
struct SweepValues {
  /// The values one by one; none where each problem draws its own.
  let values: [Field]
  let draw: DecimalDraw?
  /// What the digest of the sweep reads.
  let document: JSONValue
  private let field: Field

  private static let allowed = "a list, {range: [first, last], step: …}, {uniform: [first, last]} or {log-uniform: …}"

  /// - Parameter drawsOnce: whether a draw says how many numbers it gives, once for all problems; else each problem draws.
  init(_ field: Field, drawsOnce: Bool) throws(FormatError) {
    self.field = field
    if field.isList {
      values = try field.elements()
      guard !values.isEmpty else { throw field.error("no values", allowed: "one or more") }
      (draw, document) = (nil, field.document)
      return
    }
    guard field.isMapping, let kind = try field.entries().first?.key,
      ["range", "uniform", "log-uniform"].contains(kind)
    else { throw field.error("not values of a sweep", allowed: Self.allowed) }
    var texts: [String] = []
    if kind == "range" {
      try field.only(["range", "step"])
      let (first, last) = try Self.ends(field.required("range"))
      let range = try Self.steps(field, first, last, by: field.required("step"))
      texts = (0..<range.count).map(range.text)
      draw = nil
    } else {
      try field.only([kind, "step"] + (drawsOnce ? ["n", "seed"] : []))
      let draw = try Self.draw(field, kind)
      if drawsOnce {
        let count = try field.required("n").integer(in: 1...SweepPlan.limit)
        let seed = try field.optional("seed")?.seed() ?? 0
        texts = (0..<count).map { number in
          var generator = SplitMix64(seed: seed, stream: UInt64(number))
          return draw.text(using: &generator)
        }
      }
      self.draw = drawsOnce ? nil : draw
    }
    values = texts.map { field.word($0) }
    document = texts.isEmpty ? field.document : .array(texts.map(JSONValue.string))
  }

  /// The value of a choice.
  func value(_ choice: SweepPlan.Choice) -> Field {
    switch choice {
    case .value(let place): values[place]
    case .drawn(let text): field.word(text)
    }
  }

  /// How a drawn problem comes to its value.
  var source: SweepPlan.Source { draw.map { .draw($0) } ?? .values(values.count) }

  private static func draw(_ field: Field, _ kind: String) throws(FormatError) -> DecimalDraw {
    let range = try field.required(kind)
    let (first, last) = try ends(range)
    let steps = try field.optional("step").map { (step) throws(FormatError) in
      try Self.steps(field, first, last, by: step)
    }
    let isLogarithmic = kind == "log-uniform"
    guard let draw = DecimalDraw(from: first, through: last, logarithmic: isLogarithmic, steps: steps) else {
      throw range.error(
        "not the ends of a draw", found: range.document.text(compact: true),
        allowed: "two numbers of one unit, the first not above the last" + (isLogarithmic ? " and above 0" : ""))
    }
    return draw
  }

  private static func ends(_ field: Field) throws(FormatError) -> (first: DecimalNumeral, last: DecimalNumeral) {
    let ends = try field.elements()
    guard ends.count == 2 else {
      throw field.error("not a range", found: Display.counted(ends.count, "value"), allowed: "[first, last]")
    }
    return (try ends[0].numeral(), try ends[1].numeral())
  }

  private static func steps(
    _ field: Field, _ first: DecimalNumeral, _ last: DecimalNumeral, by step: Field
  ) throws(FormatError) -> DecimalRange {
    guard let range = DecimalRange(from: first, through: last, by: try step.numeral()) else {
      throw field.error(
        "not a range with a step", found: field.document.text(compact: true),
        allowed: "numbers of one unit, the first not above the last, a step above 0, at most "
          + "\(Display.grouped(DecimalRange.limit)) values")
    }
    return range
  }
}

extension Field {
  /// A number with its unit.
  fileprivate func numeral() throws(FormatError) -> DecimalNumeral {
    let text = try string()
    guard let numeral = DecimalNumeral(text) else {
      throw error("not a number", found: "'\(text)'", allowed: "decimal digits, with a unit where one belongs")
    }
    return numeral
  }
}
