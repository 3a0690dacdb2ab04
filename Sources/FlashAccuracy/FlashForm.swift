internal import FlashNumerics

/// The catalogue of forms that turn a topology metric into an accuracy.
public struct AccuracyForm: Sendable {
  public let name: String
  public let formula: String

  /// Every form, by name.
  public static let catalogue = [
    AccuracyForm(name: "flash", formula: "θ(g) = 1 / (a + exp(b/g + c)), b ≥ 0, a + exp(c) ≥ 1")
  ]
}

/// FLASH's form, θ(g) = 1 / (a + exp(b/g + c)) with b ≥ 0, eᶜ ≥ 0 and a + eᶜ ≥ 1, so that 0 < θ < 1 without a pole.
///
/// a, b and c are nearly degenerate, so the fit works in other coordinates: p = 1/θ at the largest g of the samples,
/// q = 1/θ at the least minus p, and β = log b. With φ(g) = (exp(b/g) − exp(b/g_hi)) / (exp(b/g_lo) − exp(b/g_hi)),
/// 1/θ = p + q·φ(g): linear in p and q for a given b, from which every start comes.
///
/// Source: Li et al., ACM TECS 20(5s), 2021 (recalled).
struct FlashForm: DifferentiableCurve {
  let range: ClosedRange<Double>
  var parameterCount: Int { 3 }

  func value(at x: Double, _ parameters: [Double]) -> Double {
    1 / (parameters[0] + parameters[1] * shape(x, Elementary.exp(parameters[2])).value)
  }

  func gradient(at x: Double, _ parameters: [Double]) -> [Double] {
    let scale = Elementary.exp(parameters[2])
    let shape = shape(x, scale)
    let value = 1 / (parameters[0] + parameters[1] * shape.value)
    let outer = -value * value
    return [outer, outer * shape.value, outer * parameters[1] * shape.slope * scale]
  }

  /// φ and ∂φ/∂b at g.
  private func shape(_ g: Double, _ b: Double) -> (value: Double, slope: Double) {
    // All exponents relative to the largest, b/g_lo, so that nothing overflows.
    let lowest = range.lowerBound
    let highest = range.upperBound
    let top = Elementary.exp(b / g - b / lowest)
    let base = Elementary.exp(b / highest - b / lowest)
    let width = 1 - base
    let value = (top - base) / width
    let topSlope = top * (1 / g - 1 / lowest)
    let baseSlope = base * (1 / highest - 1 / lowest)
    return (value, (topSlope - baseSlope + value * baseSlope) / width)
  }

  /// p, q, β from a, b, eᶜ.
  func coordinates(offset: Double, scale: Double, factor: Double) -> [Double] {
    let high = offset + factor * Elementary.exp(scale / range.upperBound)
    let low = offset + factor * Elementary.exp(scale / range.lowerBound)
    return [high, low - high, Elementary.log(scale)]
  }

  /// a, b, eᶜ from p, q, β.
  func coefficients(_ coordinates: [Double]) -> (offset: Double, scale: Double, factor: Double) {
    let scale = Elementary.exp(coordinates[2])
    let low = Elementary.exp(scale / range.lowerBound)
    let high = Elementary.exp(scale / range.upperBound)
    let factor = coordinates[1] / (low - high)
    return (coordinates[0] - factor * high, scale, factor)
  }

  /// 1/θ at g = ∞, which must not fall below 1.
  func reciprocalLimit(_ coordinates: [Double]) -> Double {
    let found = coefficients(coordinates)
    return found.offset + found.factor
  }

  /// The values of b between which the curve can tell itself from a hyperbola and from a step.
  var scales: [Double] {
    let steps = 60
    let step = (logarithms.upperBound - logarithms.lowerBound) / Double(steps)
    return (0...steps).map { Elementary.exp(logarithms.lowerBound + Double($0) * step) }
  }

  /// The least b, in units of the least g (chosen: the curve then is within 1 % of k of the hyperbola s + k/g, its
  /// limit at b = 0).
  static let leastScale = 0.02
  /// The largest b, in units of the least g (chosen: exp(b/g) then falls to a thirtieth within a tenth of g).
  static let largestScale = 40.0

  /// The range of β = log b.
  var logarithms: ClosedRange<Double> {
    Elementary.log(Self.leastScale * range.lowerBound)...Elementary.log(Self.largestScale * range.lowerBound)
  }
}

/// The same curve held at its bound a + eᶜ = 1, where θ tends to 1: parameters q and β.
struct BoundedFlashForm: DifferentiableCurve {
  let form: FlashForm
  var parameterCount: Int { 2 }

  /// p follows from q and b: p = 1 + eᶜ (exp(b/g_hi) − 1) with eᶜ = q / (exp(b/g_lo) − exp(b/g_hi)).
  func coordinates(_ parameters: [Double]) -> [Double] {
    let scale = Elementary.exp(parameters[1])
    let low = Elementary.exp(scale / form.range.lowerBound)
    let high = Elementary.exp(scale / form.range.upperBound)
    return [1 + parameters[0] * (high - 1) / (low - high), parameters[0], parameters[1]]
  }

  func value(at x: Double, _ parameters: [Double]) -> Double {
    form.value(at: x, coordinates(parameters))
  }

  /// ∂(p, q, β) / ∂(q, β), row by row.
  func jacobian(_ parameters: [Double]) -> [[Double]] {
    let scale = Elementary.exp(parameters[1])
    let low = 1 / form.range.lowerBound
    let high = 1 / form.range.upperBound
    let lowExponential = Elementary.exp(scale * low)
    let highExponential = Elementary.exp(scale * high)
    let width = lowExponential - highExponential
    let ratio = (highExponential - 1) / width
    let slope = (high * highExponential - ratio * (low * lowExponential - high * highExponential)) / width * scale
    return [[ratio, parameters[0] * slope], [1, 0], [0, 1]]
  }

  func gradient(at x: Double, _ parameters: [Double]) -> [Double] {
    let full = form.gradient(at: x, coordinates(parameters))
    let jacobian = jacobian(parameters)
    return (0..<2).map { k in (0..<3).reduce(0) { $0 + full[$1] * jacobian[$1][k] } }
  }
}

/// The same curve with b held: parameters p and q.
struct HeldFlashForm: DifferentiableCurve {
  let form: FlashForm
  /// log b.
  let logarithm: Double
  var parameterCount: Int { 2 }

  func coordinates(_ parameters: [Double]) -> [Double] { parameters + [logarithm] }

  func value(at x: Double, _ parameters: [Double]) -> Double { form.value(at: x, coordinates(parameters)) }

  func gradient(at x: Double, _ parameters: [Double]) -> [Double] {
    Array(form.gradient(at: x, coordinates(parameters))[0...1])
  }
}

/// The same curve held at both bounds, a + eᶜ = 1 and one value of b: parameter q.
struct CornerFlashForm: DifferentiableCurve {
  let bounded: BoundedFlashForm
  /// log b.
  let logarithm: Double
  var parameterCount: Int { 1 }

  func coordinates(_ parameters: [Double]) -> [Double] { bounded.coordinates([parameters[0], logarithm]) }

  func value(at x: Double, _ parameters: [Double]) -> Double {
    bounded.value(at: x, [parameters[0], logarithm])
  }

  /// ∂(p, q, β) / ∂q, row by row.
  func jacobian(_ parameters: [Double]) -> [[Double]] {
    bounded.jacobian([parameters[0], logarithm]).map { [$0[0]] }
  }

  func gradient(at x: Double, _ parameters: [Double]) -> [Double] {
    [bounded.gradient(at: x, [parameters[0], logarithm])[0]]
  }
}
