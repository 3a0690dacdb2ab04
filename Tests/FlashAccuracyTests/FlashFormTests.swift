import FlashNumerics
import Testing

@testable import FlashAccuracy

@Suite("Form flash and its coordinates")
struct FlashFormTests {
  static let range = 25.0...250.0
  static let curves = [
    TrueCurve(), TrueCurve(a: 0.9, b: 30, c: -1.5), TrueCurve(a: 1.05, b: 150, c: -7.6),
    TrueCurve(a: 0.5, b: 1, c: 0.2),
  ]

  /// ∂curve/∂parameters by central differences.
  func differences(_ curve: some DifferentiableCurve, at x: Double, _ parameters: [Double]) -> [Double] {
    parameters.indices.map { k in
      let step = 1e-5 * max(abs(parameters[k]), 0.1)
      var (low, high) = (parameters, parameters)
      low[k] -= step
      high[k] += step
      return (curve.value(at: x, high) - curve.value(at: x, low)) / (2 * step)
    }
  }

  func expectEqualGradients(_ curve: some DifferentiableCurve, _ parameters: [Double]) {
    #expect(curve.parameterCount == parameters.count)
    for x in [25.0, 31, 60, 140, 250] {
      let numeric = differences(curve, at: x, parameters)
      let analytic = curve.gradient(at: x, parameters)
      #expect(analytic.count == parameters.count)
      for (a, n) in zip(analytic, numeric) { #expect(abs(a - n) < 1e-6 * max(1, abs(n))) }
    }
  }

  @Test("a, b, c to p, q, β and back are the same numbers and the same curve", arguments: curves)
  func coordinates(curve: TrueCurve) {
    let form = FlashForm(range: Self.range)
    let coordinates = form.coordinates(offset: curve.a, scale: curve.b, factor: Elementary.exp(curve.c))
    #expect(abs(coordinates[0] - 1 / curve(250)) < 1e-12)
    #expect(abs(coordinates[0] + coordinates[1] - 1 / curve(25)) < 1e-12)
    let back = form.coefficients(coordinates)
    #expect(abs(back.offset - curve.a) < 1e-9)
    #expect(abs(back.scale - curve.b) < 1e-9)
    #expect(abs(back.factor - Elementary.exp(curve.c)) < 1e-9)
    #expect(abs(form.reciprocalLimit(coordinates) - curve.a - Elementary.exp(curve.c)) < 1e-9)
    for g in [10.0, 25, 60, 250, 900] { #expect(abs(form.value(at: g, coordinates) - curve(g)) < 1e-12) }
  }

  @Test(
    "the analytic gradients are the numeric ones: free, on the bound, with b held and on both bounds", arguments: curves
  )
  func gradients(curve: TrueCurve) {
    let form = FlashForm(range: Self.range)
    let coordinates = form.coordinates(offset: curve.a, scale: curve.b, factor: Elementary.exp(curve.c))
    let bounded = BoundedFlashForm(form: form)
    expectEqualGradients(form, coordinates)
    expectEqualGradients(bounded, Array(coordinates[1...2]))
    expectEqualGradients(HeldFlashForm(form: form, logarithm: coordinates[2]), Array(coordinates[0...1]))
    expectEqualGradients(CornerFlashForm(bounded: bounded, logarithm: coordinates[2]), [coordinates[1]])
  }

  @Test("the curve on the bound tends to 1", arguments: [0.5, 3, 20, 200])
  func bound(scale: Double) {
    let form = FlashForm(range: Self.range)
    let bounded = BoundedFlashForm(form: form)
    let coordinates = bounded.coordinates([0.3, Elementary.log(scale)])
    #expect(abs(form.reciprocalLimit(coordinates) - 1) < 1e-9)
    #expect(abs(1 / form.value(at: 25, coordinates) - 1 / form.value(at: 250, coordinates) - 0.3) < 1e-9)
  }

  @Test("a small range or a large b overflows nothing")
  func extremes() {
    for range in [1e-3...1e9, 50.0...50.001, 1e7...2e7] {
      let form = FlashForm(range: range)
      for logarithm in [form.logarithms.lowerBound, form.logarithms.upperBound] {
        for g in [range.lowerBound, range.upperBound] {
          #expect(form.value(at: g, [1.05, 0.2, logarithm]).isFinite)
          #expect(form.gradient(at: g, [1.05, 0.2, logarithm]).allSatisfy { $0.isFinite })
        }
      }
    }
  }

  @Test("the scan of b covers its range, ends included")
  func scales() throws {
    let form = FlashForm(range: Self.range)
    #expect(try abs(#require(form.scales.first) - 0.02 * 25) < 1e-9)
    #expect(try abs(#require(form.scales.last) - 40 * 25) < 1e-9)
    #expect(zip(form.scales, form.scales.dropFirst()).allSatisfy { $0 < $1 })
  }
}
