import FlashNumerics
import Testing

@testable import FlashAccuracy

@Suite("Fitting form flash")
struct CurveFitTests {
  func fit(_ x: [Double], _ y: [Double]) -> CurveFit { CurveFit(x: x, y: y, weights: x.map { _ in 1 }) }

  func squares(_ fit: CurveFit, _ x: [Double], _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + ($1.1 - fit.value($1.0)) * ($1.1 - fit.value($1.0)) }
  }

  /// θ = 1 / (p₀ + p₁/g).
  struct Hyperbola: DifferentiableCurve {
    var parameterCount: Int { 2 }
    func value(at x: Double, _ p: [Double]) -> Double { hyperbola(x, s: p[0], k: p[1]) }
    func gradient(at x: Double, _ p: [Double]) -> [Double] {
      let value = value(at: x, p)
      return [-value * value, -value * value / x]
    }
  }

  @Test("a known curve without noise is found to 1e-6", arguments: SaturatingFormTests.curves.dropLast())
  func recovery(curve: TrueCurve) {
    let x = degrees(12)
    let found = fit(x, x.map { curve($0) })
    #expect(found.reason == nil)
    #expect(found.parameterCount == 3)
    for g in degrees(50) { #expect(abs(found.value(g) - curve(g)) < 1e-6) }
  }

  @Test("no point of a fine grid over b and no other start is better than the fit")
  func global() throws {
    for seed: UInt64 in 0..<12 {
      var random = SplitMix64(seed: seed)
      let x = degrees(10)
      let y = x.map { TrueCurve()($0) + 0.01 * random.normal() }
      let found = squares(fit(x, y), x, y)
      let form = SaturatingForm(kind: .flash, range: 25...250)
      for step in 0...200 {
        let ends = SaturatingForm.logarithms
        let logarithm = ends.lowerBound + (ends.upperBound - ends.lowerBound) * Double(step) / 200
        let held = CurveFit.BoundedCurve(
          form: form, start: [1.1, 0.3, logarithm], held: [logarithm, nil], isAtLimit: false)
        let other = try NonlinearFit(held, x: x, y: y, weights: x.map { _ in 1 }, start: [1.1, 0.3])
        guard other.parameters[1] > 0, form.limit(held.coordinates(other.parameters)) >= 1 else { continue }
        #expect(found <= other.residualSumOfSquares * (1 + 1e-9), "seed \(seed)")
      }
    }
  }

  @Test("data on the limit b → 0 hold b at its lower end, within 0.5 % of the limit's own sum of squares")
  func limit() throws {
    var held = 0
    for seed: UInt64 in 0..<20 {
      var random = SplitMix64(seed: seed)
      let x = degrees(30, from: 28, to: 168)
      let y = x.map { hyperbola($0) + 0.005 * random.normal() }
      let found = fit(x, y)
      // Noise puts about every other fit inside the bounds.
      guard found.parameterCount == 2 else { continue }
      held += 1
      let best = try NonlinearFit(Hyperbola(), x: x, y: y, weights: x.map { _ in 1 }, start: [1.08, 1])
      let squares = squares(found, x, y)
      #expect(squares < best.residualSumOfSquares * 1.005)
      #expect(try abs(#require(found.coordinates)[2] - Elementary.log(0.02)) < 1e-12)
      #expect(
        found.reason
          == "the samples pull b to 0: it is held at its lower end, 0.02 of the least g seen, where the curve is in "
          + "effect 1/θ = s + k/g")
      for g in degrees(20, from: 28, to: 168) {
        #expect(abs(found.value(g) - Hyperbola().value(at: g, best.parameters)) < 2e-4)
      }
    }
    #expect(held > 5)
  }

  @Test("at the lower end of b the curve is within 1 % of k/g of the hyperbola with the same ends")
  func lowerEnd() {
    let form = SaturatingForm(kind: .flash, range: 28...168)
    let (s, k) = (1.08, 1.6)
    let coordinates = [s + k / 168, k / 28 - k / 168, SaturatingForm.logarithms.lowerBound]
    for g in degrees(40, from: 28, to: 168) {
      #expect(abs(1 / form.value(at: g, coordinates) - (s + k / g)) < 0.01 * k / g)
    }
  }

  @Test("data that tend to more than 1 hold the curve at its bound")
  func bound() throws {
    let x = degrees(16, from: 20, to: 150)
    let found = fit(x, x.map { 1 / (0.58 + Elementary.exp(25 / $0 - 1.1)) - 0.02 })
    #expect(found.reason == "held at the bound a + exp(c) = 1, where accuracy tends to 1")
    #expect(found.parameterCount == 2)
    #expect(try abs(found.form.limit(#require(found.coordinates)) - 1) < 1e-9)
  }

  @Test("samples beyond both bounds give the curve in their corner, and nothing within the bounds is better")
  func corner() throws {
    let (x, y) = ([19.0, 35, 84, 99, 196], [0.741, 0.824, 0.939, 0.927, 0.968])
    let found = fit(x, y)
    #expect(
      found.reason
        == "held at the bound a + exp(c) = 1, where accuracy tends to 1; the samples pull b to 0: it is held at its "
        + "lower end, 0.02 of the least g seen, where the curve is in effect 1/θ = s + k/g")
    #expect(found.parameterCount == 1)
    #expect(!found.curve.isConstant)
    #expect(try abs(found.form.limit(#require(found.coordinates)) - 1) < 1e-9)
    let weights = x.map { _ in 1.0 }
    for step in 0...60 {
      let ends = SaturatingForm.logarithms
      let logarithm = ends.lowerBound + (ends.upperBound - ends.lowerBound) * Double(step) / 60
      let start = [1.05, 0.3, logarithm]
      let corner = CurveFit.BoundedCurve(form: found.form, start: start, held: [logarithm, nil], isAtLimit: true)
      let other = try NonlinearFit(corner, x: x, y: y, weights: weights, start: [0.3])
      #expect(squares(found, x, y) <= other.residualSumOfSquares * (1 + 1e-9))
      let held = CurveFit.BoundedCurve(form: found.form, start: start, held: [logarithm, nil], isAtLimit: false)
      let free = try NonlinearFit(held, x: x, y: y, weights: weights, start: [1.05, 0.3])
      guard found.form.limit(held.coordinates(free.parameters)) >= 1 else { continue }
      #expect(squares(found, x, y) <= free.residualSumOfSquares * (1 + 1e-9))
    }
  }

  @Test("a single low sample under a plateau holds b at its upper end")
  func step() throws {
    let x = degrees(8)
    let found = fit(x, [0.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9])
    #expect(try #require(found.reason).contains("upper end, 40.0 times the least g"))
    #expect(abs(found.value(25) - 0.5) < 1e-3)
    #expect(abs(found.value(250) - 0.9) < 1e-3)
  }

  @Test("equal accuracies are a constant, whatever they are", arguments: [0.1, 0.5, 0.9, 0.913, 0.999])
  func constant(value: Double) {
    for count in [4, 5, 9, 20] {
      let found = fit(degrees(count), Array(repeating: value, count: count))
      #expect(found.curve.isConstant)
      #expect(found.reason == "accuracy does not rise with the metric: a constant")
      #expect(abs(found.value(40) - value) < 1e-12)
    }
  }

  @Test("falling accuracies are the constant at their weighted mean")
  func falling() {
    let x = degrees(8)
    let y = x.map { 0.95 - 0.0005 * $0 }
    let weights = x.map { 1 / $0 }
    let found = CurveFit(x: x, y: y, weights: weights)
    #expect(found.curve.isConstant)
    let mean = zip(y, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
    #expect(abs(found.value(100) - mean) < 1e-12)
  }

  @Test("samples that share one value of the metric are a constant with its own reason")
  func oneDegree() {
    let found = fit([50, 50, 50, 50, 50], [0.8, 0.82, 0.84, 0.81, 0.83])
    #expect(found.curve.isConstant)
    #expect(found.reason == "all samples have the same value of the metric")
    #expect(abs(found.value(77) - 0.82) < 1e-12)
  }

  @Test(
    "whatever the samples, the curve is no worse than their mean, never falls and stays between 0 and 1",
    arguments: ["flash", "flash-power", "power"])
  func anything(name: String) throws {
    let kind: SaturatingForm.Kind = name == "flash" ? .flash : name == "power" ? .power : .flashPower
    for seed: UInt64 in 0..<150 {
      var random = SplitMix64(seed: seed, stream: 4)
      let count = 4 + random.below(12)
      let x = (0..<count).map { _ in 5 + 200 * random.unit() }
      let slope = 0.3 * random.normal()
      let y = x.map { min(0.9995, max(0.02, 0.7 + slope * $0 / 200 + 0.1 * random.normal())) }
      let found = CurveFit(kind, x: x, y: y, weights: x.map { _ in 1 })
      let mean = Statistics.mean(y)
      let spread = y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      #expect(squares(found, x, y) <= spread * (1 + 1e-9), "seed \(seed)")
      let curve = degrees(60, from: 1, to: 5000).map { found.value($0) }
      #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 }, "seed \(seed)")
      #expect(curve.allSatisfy { 0 <= $0 && $0 <= 1 + 1e-12 }, "seed \(seed)")
      #expect((found.reason == nil) == (found.parameterCount == found.form.coordinateCount))
    }
  }
}
