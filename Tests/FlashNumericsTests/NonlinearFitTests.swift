import Testing

@testable import FlashNumerics

@Suite("Nonlinear least squares")
struct NonlinearFitTests {
  /// y = p₀ + p₁ · exp(−p₂ · x).
  struct Decay: DifferentiableCurve {
    var parameterCount: Int { 3 }
    func value(at x: Double, _ p: [Double]) -> Double { p[0] + p[1] * Elementary.exp(-p[2] * x) }
    func gradient(at x: Double, _ p: [Double]) -> [Double] {
      let decay = Elementary.exp(-p[2] * x)
      return [1, decay, -p[1] * x * decay]
    }
  }

  /// y = p₀ + p₁ · x, whose fit is known in closed form.
  struct Line: DifferentiableCurve {
    var parameterCount: Int { 2 }
    func value(at x: Double, _ p: [Double]) -> Double { p[0] + p[1] * x }
    func gradient(at x: Double, _: [Double]) -> [Double] { [1, x] }
  }

  @Test(
    "known parameters come back from data without noise", arguments: [[1, 2, 0.5], [-3, 5, 1.5], [0.2, -4, 0.1]])
  func recovery(truth: [Double]) throws {
    let x = (0..<12).map { Double($0) / 2 }
    let y = x.map { Decay().value(at: $0, truth) }
    let fit = try NonlinearFit(
      Decay(), x: x, y: y, weights: x.map { _ in 1 }, start: [truth[0] + 0.3, truth[1] * 1.4, truth[2] * 0.7])
    for (found, expected) in zip(fit.parameters, truth) { #expect(abs(found - expected) < 1e-7) }
    #expect(fit.residualSumOfSquares < 1e-15)
  }

  @Test("a line by nonlinear least squares is the line by linear least squares, weights and covariance included")
  func agreesWithLinear() throws {
    var random = SplitMix64(seed: 6)
    let x = (0..<15).map { _ in 5 * random.unit() }
    let y = x.map { 2 - 0.7 * $0 + 0.2 * random.normal() }
    let weights = x.map { _ in 0.5 + 3 * random.unit() }
    let linear = try LinearFit(rows: x.map { [1, $0] }, targets: y, weights: weights)
    let fit = try NonlinearFit(Line(), x: x, y: y, weights: weights, start: [0, 0])
    for k in 0..<2 {
      #expect(abs(fit.parameters[k] - linear.coefficients[k]) < 1e-9)
      for j in 0..<2 {
        #expect(abs(fit.inverseInformation[k][j] - linear.inverseInformation[k][j]) < 1e-9)
      }
    }
    #expect(abs(fit.residualSumOfSquares - linear.residualSumOfSquares) < 1e-12)
    #expect(fit.converged)
  }

  @Test("at the minimum the gradient of the sum of squares is 0")
  func stationary() throws {
    var random = SplitMix64(seed: 12)
    let x = (0..<20).map { Double($0) / 3 }
    let y = x.map { Decay().value(at: $0, [1, 2, 0.6]) + 0.05 * random.normal() }
    let fit = try NonlinearFit(Decay(), x: x, y: y, weights: x.map { _ in 1 }, start: [0.5, 1, 1])
    for k in 0..<3 {
      let slope = zip(x, y).reduce(0) { sum, row in
        sum + (Decay().value(at: row.0, fit.parameters) - row.1) * Decay().gradient(at: row.0, fit.parameters)[k]
      }
      #expect(abs(slope) < 1e-6)
    }
  }

  @Test("a fit stopped after one step says that it did not converge")
  func notConverged() throws {
    let x = (0..<12).map { Double($0) / 2 }
    let y = x.map { Decay().value(at: $0, [1, 2, 0.5]) }
    let fit = try NonlinearFit(
      Decay(), x: x, y: y, weights: x.map { _ in 1 }, start: [0, 1, 3], iterations: 1)
    #expect(!fit.converged)
  }

  @Test("too few rows, differing lengths and values that are not finite are errors")
  func errors() {
    #expect(throws: NumericsError.tooFewRows(found: 2, needed: 3)) {
      try NonlinearFit(Line(), x: [1, 2], y: [1, 2], weights: [1, 1], start: [0, 0])
    }
    let length = NumericsError.invalidInput("curve fit: data, weights or start differ in length")
    #expect(throws: length) { try NonlinearFit(Line(), x: [1, 2, 3], y: [1, 2], weights: [1, 1, 1], start: [0, 0]) }
    #expect(throws: length) { try NonlinearFit(Line(), x: [1, 2, 3], y: [1, 2, 3], weights: [1, 1, 1], start: [0]) }
    let value = NumericsError.invalidInput("curve fit: a value is not finite, or a weight is not positive")
    #expect(throws: value) {
      try NonlinearFit(Line(), x: [1, .nan, 3], y: [1, 2, 3], weights: [1, 1, 1], start: [0, 0])
    }
    #expect(throws: value) {
      try NonlinearFit(Line(), x: [1, 2, 3], y: [1, 2, 3], weights: [1, 0, 1], start: [0, 0])
    }
    #expect(throws: value) {
      try NonlinearFit(Decay(), x: [1, 2, 3, 4], y: [1, 2, 3, 4], weights: [1, 1, 1, 1], start: [0, 1, -1e6])
    }
  }

  @Test("a curve that turns to NaN on the way is an error or a finite result, never an abort")
  func turnsToNaN() {
    struct Root: DifferentiableCurve {
      var parameterCount: Int { 1 }
      func value(at x: Double, _ p: [Double]) -> Double { (p[0] - x).squareRoot() }
      func gradient(at x: Double, _ p: [Double]) -> [Double] { [0.5 / (p[0] - x).squareRoot()] }
    }
    let fit = try? NonlinearFit(Root(), x: [1, 2, 3], y: [0, 0, 0], weights: [1, 1, 1], start: [9])
    if let fit { #expect(fit.parameters[0].isFinite) }
    #expect(
      NumericsError.gsl(code: 5, routine: "gsl_multifit_nlinear_driver").description
        == "gsl_multifit_nlinear_driver: generic failure")
  }
}
