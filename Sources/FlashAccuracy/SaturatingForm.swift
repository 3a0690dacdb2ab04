internal import FlashNumerics

/// The curves of one feature g > 0 that rise to a limit: `flash`, `flash-power` and `power`.
///
/// All are η = P + Q·φ(g) for a φ that falls from 1 at the least g of the samples to 0 at the largest, with θ = 1/η for
/// `flash` and `flash-power`, θ = 1 − η for `power`:
///
///     φ(g) = (e(g) − e(g_hi)) / (1 − e(g_hi)),  e(g) = exp(κ·v(g))
///     v(g) = (g_lo/g)^p − 1                      (flash: p = 1)
///     v(g) = −log(g/g_lo) / log(g_hi/g_lo)       (power)
///
/// The forms' own coefficients are nearly degenerate; P and Q are the curve's ends, and η is linear in them, from which
/// every start comes. κ > 0 is b/g_loᵖ of `flash`, and log(g_hi/g_lo) times the exponent of `power`.
///
/// Source of `flash`: Li et al., ACM TECS 20(5s), 2021 (recalled).
struct SaturatingForm: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case flash, flashPower, power
  }

  let kind: Kind
  /// The least and the largest g of the samples.
  let range: ClosedRange<Double>

  /// P, Q, log κ and, for `flash-power`, log p.
  typealias Coordinates = [Double]

  var coordinateCount: Int { kind == .flashPower ? 4 : 3 }

  /// log κ, between a curve that is in effect linear in 1/gᵖ or log g and one that is in effect a step (chosen: at the
  /// lower end `flash` is within 1 % of k of the hyperbola s + k/g; at the upper end exp(b/g) falls to a thirtieth within a
  /// tenth of g).
  static let logarithms = Elementary.log(0.02)...Elementary.log(40)
  /// log p of `flash-power` (chosen: a quarter to four).
  static let logarithmicPowers = Elementary.log(0.25)...Elementary.log(4)

  /// The least η that the curve may tend to: θ ≤ 1.
  var leastLimit: Double { kind == .power ? 0 : 1 }

  /// θ and dθ/dη.
  func accuracy(_ eta: Double) -> (value: Double, slope: Double) {
    kind == .power ? (1 - eta, -1) : (1 / eta, -1 / (eta * eta))
  }

  /// η of an accuracy, and the weight of its error, (dθ/dη)².
  func transformed(_ accuracy: Double) -> (eta: Double, weight: Double) {
    guard kind != .power else { return (1 - accuracy, 1) }
    let square = accuracy * accuracy
    return (1 / accuracy, square * square)
  }

  /// v at g, and ∂v/∂log p.
  func exponent(_ g: Double, power: Double) -> (value: Double, slope: Double) {
    guard kind != .power else {
      return (-Elementary.log(g / range.lowerBound) / Elementary.log(range.upperBound / range.lowerBound), 0)
    }
    let ratio = range.lowerBound / g
    guard kind == .flashPower else { return (ratio - 1, 0) }
    let raised = Elementary.pow(ratio, power)
    return (raised - 1, power * Elementary.log(ratio) * raised)
  }

  private func power(_ coordinates: Coordinates) -> Double {
    kind == .flashPower ? Elementary.exp(coordinates[3]) : 1
  }

  /// v of each g, and of the largest one, for one p.
  func exponents(_ x: [Double], logarithmicPower: Double) -> (each: [Double], last: Double) {
    let power = kind == .flashPower ? Elementary.exp(logarithmicPower) : 1
    return (x.map { exponent($0, power: power).value }, exponent(range.upperBound, power: power).value)
  }

  func value(at g: Double, _ coordinates: Coordinates) -> Double { Shape(self, coordinates).value(g) }

  /// ∂θ/∂coordinates.
  func gradient(at g: Double, _ coordinates: Coordinates) -> [Double] {
    var gradient = [Double](repeating: 0, count: coordinateCount)
    Shape(self, coordinates).gradient(g) { gradient[$0] = $1 }
    return gradient
  }

  /// The form at coordinates, with all that does not depend on g.
  struct Shape {
    let form: SaturatingForm
    let end: Double
    let slope: Double
    let scale: Double
    let power: Double
    /// v at the largest g, and e there.
    let last: (value: Double, slope: Double)
    let base: Double

    init(_ form: SaturatingForm, _ coordinates: Coordinates) {
      self.form = form
      end = coordinates[0]
      slope = coordinates[1]
      scale = Elementary.exp(coordinates[2])
      power = form.power(coordinates)
      last = form.exponent(form.range.upperBound, power: power)
      base = Elementary.exp(scale * last.value)
    }

    func value(_ g: Double) -> Double {
      let top = Elementary.exp(scale * form.exponent(g, power: power).value)
      return form.accuracy(end + slope * (top - base) / (1 - base)).value
    }

    /// Calls `body` with each coordinate's place and ∂θ/∂coordinate.
    @inline(__always)
    func gradient(_ g: Double, _ body: (Int, Double) -> Void) {
      let here = form.exponent(g, power: power)
      let top = Elementary.exp(scale * here.value)
      let width = 1 - base
      let phi = (top - base) / width
      let outer = form.accuracy(end + slope * phi).slope
      func inner(_ hereSlope: Double, _ lastSlope: Double) -> Double {
        outer * slope * (top * hereSlope - base * lastSlope + phi * base * lastSlope) / width
      }
      body(0, outer)
      body(1, outer * phi)
      body(2, inner(scale * here.value, scale * last.value))
      if form.kind == .flashPower { body(3, inner(scale * here.slope, scale * last.slope)) }
    }
  }

  /// R of the curve's limit at g = ∞, η = P − Q·R, with ∂R/∂log κ and ∂R/∂log p.
  private func fall(_ coordinates: Coordinates) -> (value: Double, scaleSlope: Double, powerSlope: Double) {
    let scale = Elementary.exp(coordinates[2])
    let end = exponent(range.upperBound, power: power(coordinates))
    let base = Elementary.exp(scale * end.value)
    // e(∞) is exp(−κ) for flash, 0 for power.
    let limit = kind == .power ? 0 : Elementary.exp(-scale)
    let limitSlope = kind == .power ? 0 : -scale * limit
    let ratio = (base - limit) / (1 - base)
    return (
      ratio, (base * scale * end.value * (1 + ratio) - limitSlope) / (1 - base),
      base * scale * end.slope * (1 + ratio) / (1 - base)
    )
  }

  /// η at g = ∞, which must not fall below `leastLimit`.
  func limit(_ coordinates: Coordinates) -> Double { coordinates[0] - coordinates[1] * fall(coordinates).value }

  /// P where the curve tends to θ = 1, with ∂P/∂(Q, log κ, log p).
  func boundedEnd(_ coordinates: Coordinates) -> (value: Double, slopes: [Double]) {
    let fall = fall(coordinates)
    let slopes = [fall.value, coordinates[1] * fall.scaleSlope, coordinates[1] * fall.powerSlope]
    return (leastLimit + coordinates[1] * fall.value, slopes)
  }

  /// The curve in the form's own coefficients.
  func curve(_ coordinates: Coordinates) -> SaturatingCurve {
    let (scale, power) = (Elementary.exp(coordinates[2]), power(coordinates))
    let base = Elementary.exp(scale * exponent(range.upperBound, power: power).value)
    let factor = coordinates[1] / (1 - base)
    let offset = coordinates[0] - factor * base
    guard kind != .power else {
      let exponent = scale / Elementary.log(range.upperBound / range.lowerBound)
      return SaturatingCurve(
        kind: kind, offset: offset, factor: factor * Elementary.pow(range.lowerBound, exponent), scale: exponent,
        power: 1)
    }
    return SaturatingCurve(
      kind: kind, offset: offset, factor: factor * Elementary.exp(-scale),
      scale: scale * Elementary.pow(range.lowerBound, power), power: power)
  }

  /// The coordinates of a curve. - Precondition: the curve is no constant.
  func coordinates(_ curve: SaturatingCurve) -> Coordinates {
    let scale =
      kind == .power
      ? curve.scale * Elementary.log(range.upperBound / range.lowerBound)
      : curve.scale / Elementary.pow(range.lowerBound, curve.power)
    let base = Elementary.exp(scale * exponent(range.upperBound, power: curve.power).value)
    let factor =
      kind == .power
      ? curve.factor / Elementary.pow(range.lowerBound, curve.scale) : curve.factor * Elementary.exp(scale)
    let coordinates = [curve.offset + factor * base, factor * (1 - base), Elementary.log(scale)]
    return kind == .flashPower ? coordinates + [Elementary.log(curve.power)] : coordinates
  }
}

/// A curve of one feature g > 0 that rises to a limit:
///
///     flash        θ = 1 / (a + exp(b/g + c))
///     flash-power  θ = 1 / (a + exp(b/gᵖ + c))
///     power        θ = a − b·g^(−p), not below 0
///
/// Coefficients are held as η = offset + factor · e(g): `offset` is a, or 1 − a of `power`; `factor` is exp(c), or b of
/// `power`; `scale` is b, or p of `power`; `power` is p of `flash-power`. A constant has a factor of 0.
public struct SaturatingCurve: Sendable, Hashable {
  let kind: SaturatingForm.Kind
  let offset: Double
  let factor: Double
  let scale: Double
  let power: Double

  /// θ at g > 0; it never falls when g grows. Complexity: two elementary functions at most.
  func value(_ g: Double) -> Double {
    switch kind {
    case .flash: 1 / (offset + factor * Elementary.exp(scale / g))
    case .flashPower: 1 / (offset + factor * Elementary.exp(scale / Elementary.pow(g, power)))
    case .power: max(0, 1 - offset - factor * Elementary.pow(g, -scale))
    }
  }

  /// θ at eight values; `nil` for a form that is worked out one by one.
  func values(_ g: SIMD8<Double>) -> SIMD8<Double>? {
    guard kind == .flash else { return nil }
    return 1 / (offset + factor * Elementary.exp(scale / g))
  }

  var isConstant: Bool { factor == 0 }

  /// The coefficients by the names that the forms' formulas give them.
  var coefficients: [(name: String, value: Double)] {
    if isConstant { return [("a", kind == .power ? 1 - offset : offset)] }
    switch kind {
    case .flash: return [("a", offset), ("b", scale), ("c", Elementary.log(factor))]
    case .flashPower: return [("a", offset), ("b", scale), ("c", Elementary.log(factor)), ("p", power)]
    case .power: return [("a", 1 - offset), ("b", factor), ("p", scale)]
    }
  }

  /// The curve of coefficients by name.
  ///
  /// - Throws: `AccuracyError.invalidValue` unless the curve rises and stays between 0 and 1.
  init(kind: SaturatingForm.Kind, coefficients: [String: Double]) throws(AccuracyError) {
    func required(_ name: String) throws(AccuracyError) -> Double {
      guard let value = coefficients[name] else { throw .missingCoefficient(name) }
      return value
    }
    let a = try required("a")
    let isConstant = coefficients.count == 1
    self.kind = kind
    switch kind {
    case .power:
      offset = 1 - a
      factor = isConstant ? 0 : try required("b")
      scale = isConstant ? 0 : try required("p")
      power = 1
      guard a > 0, a <= 1 + 1e-9 else { throw .invalidValue(what: "a", found: a, allowed: "0 < a ≤ 1") }
      guard isConstant || factor > 0 else { throw .invalidValue(what: "b", found: factor, allowed: "b > 0") }
      guard isConstant || scale > 0 else { throw .invalidValue(what: "p", found: scale, allowed: "p > 0") }
    case .flash, .flashPower:
      offset = a
      scale = isConstant ? 0 : try required("b")
      let logarithm = isConstant ? 0 : try required("c")
      guard -700...700 ~= logarithm else {
        throw .invalidValue(what: "c", found: logarithm, allowed: "-700 to 700")
      }
      factor = isConstant ? 0 : Elementary.exp(logarithm)
      power = kind == .flashPower && !isConstant ? try required("p") : 1
      guard scale >= 0 else { throw .invalidValue(what: "b", found: scale, allowed: "b ≥ 0") }
      guard power > 0, power <= 100 else { throw .invalidValue(what: "p", found: power, allowed: "0 < p ≤ 100") }
      guard offset + factor >= 1 - 1e-9 else {
        throw .invalidValue(what: "a + exp(c)", found: offset + factor, allowed: "1 or more")
      }
    }
  }

  init(kind: SaturatingForm.Kind, offset: Double, factor: Double, scale: Double, power: Double) {
    self.kind = kind
    self.offset = offset
    self.factor = factor
    self.scale = scale
    self.power = power
  }

  /// θ = `value` for every g.
  init(kind: SaturatingForm.Kind, constant value: Double) {
    self.init(kind: kind, offset: kind == .power ? 1 - value : 1 / value, factor: 0, scale: 0, power: 1)
  }

  /// ∂(a, b, …)/∂coefficients of θ at g, in the order of `coefficients`.
  func coefficientGradient(_ g: Double) -> [Double] {
    switch kind {
    case .power:
      let term = Elementary.pow(g, -scale)
      return isConstant ? [1] : [1, -term, factor * term * Elementary.log(g)]
    case .flash, .flashPower:
      let value = value(g)
      let outer = -value * value
      guard !isConstant else { return [outer] }
      let raised = kind == .flash ? 1 / g : Elementary.pow(g, -power)
      let term = factor * Elementary.exp(scale * raised)
      let slopes = [outer, outer * term * raised, outer * term]
      return kind == .flash ? slopes : slopes + [-outer * term * scale * raised * Elementary.log(g)]
    }
  }
}
