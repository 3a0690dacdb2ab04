import FlashNumerics
import Testing

@testable import FlashAccuracy

@Suite("Fits of SciPy and NumPy")
struct SciPyFitTests {
  struct Document: Decodable {
    let tolerances: Tolerances
    let curves: [Curve]
    let non_negative: [NonNegative]
    let weighted: [Weighted]
  }

  struct Tolerances: Decodable {
    let non_negative: Double
    let weighted: Double
  }

  struct Curve: Decodable {
    let name: String
    let solution: String
    let tolerance: Double
    let sum_of_squares: Double
    let at: [Double]
    let values: [Double]
    let x: [Double]
    let y: [Double]
  }

  struct NonNegative: Decodable {
    let name: String
    let coefficients: [Double]
    let residual_norm: Double
    let targets: [Double]
    let rows: [[Double]]
  }

  struct Weighted: Decodable {
    let name: String
    let coefficients: [Double]
    let inverse_information: [[Double]]
    let residual_sum_of_squares: Double
    let targets: [Double]
    let weights: [Double]
    let rows: [[Double]]
  }

  static func curves() throws -> [Curve] { try Reference.decode(Document.self, "scipy-fits").curves }

  func fit(_ curve: Curve) -> CurveFit { CurveFit(x: curve.x, y: curve.y, weights: curve.x.map { _ in 1 }) }

  func squares(_ fit: CurveFit, _ curve: Curve) -> Double {
    zip(curve.x, curve.y).reduce(0) { $0 + ($1.1 - fit.value($1.0)) * ($1.1 - fit.value($1.0)) }
  }

  @Test("form flash has SciPy's sum of squares and values: inside the bounds, on one and at the limit b → 0")
  func curves() throws {
    let curves = try Self.curves()
    #expect(Set(curves.map(\.solution)) == ["inside the bounds", "a + exp(c) = 1", "b = 0"])
    for curve in curves {
      let fit = fit(curve)
      let found = squares(fit, curve)
      #expect(found <= curve.sum_of_squares * (1 + curve.tolerance), "\(curve.name)")
      #expect(found >= curve.sum_of_squares * (1 - 1e-9), "\(curve.name)")
      for (g, value) in zip(curve.at, curve.values) {
        #expect(Reference.agree(fit.value(g), value, curve.tolerance), "\(curve.name) at \(g)")
      }
      #expect((fit.reason == nil) == (curve.solution == "inside the bounds"), "\(curve.name)")
    }
  }

  @Test("the measured samples pull b to 0: the curve is held there, says so, and loses less than 1e-3 by it")
  func measured() throws {
    let curve = try #require(Self.curves().first { $0.name == "measured" })
    let fit = fit(curve)
    #expect(squares(fit, curve) < curve.sum_of_squares * (1 + 1e-3))
    #expect(
      fit.reason
        == "the samples pull b to 0: it is held at its lower end, 0.02 of the least g seen, where the curve is in "
        + "effect 1/θ = s + k/g")
    let samples = try zip(curve.x, curve.y).map { try AccuracySample(nnDegree: $0, runs: [$1]) }
    let whole = try AccuracyFit(samples)
    #expect(whole.reason == fit.reason)
    for (g, value) in zip(curve.at, curve.values) {
      #expect(Reference.agree(whole.model.accuracy(g), value, curve.tolerance))
      let inside = whole.model.predict([g])
      #expect(inside.low < value && value < inside.high)
    }
  }

  @Test("the whole accuracy fit is the same curve")
  func accuracyFit() throws {
    for curve in try Self.curves() {
      let samples = try zip(curve.x, curve.y).map { try AccuracySample(nnDegree: $0, runs: [$1]) }
      let fit = try AccuracyFit(samples)
      let rmse = (curve.sum_of_squares / Double(curve.x.count)).squareRoot()
      #expect(Reference.agree(fit.training.rmse, rmse, curve.tolerance), "\(curve.name)")
    }
  }

  @Test("non-negative least squares agrees on systems in relative error")
  func nonNegative() throws {
    let document = try Reference.decode(Document.self, "scipy-fits")
    #expect(document.non_negative.contains { $0.coefficients.contains(0) })
    for system in document.non_negative {
      let rows = zip(system.rows, system.targets).map { row, y in row.map { $0 / y } }
      let fit = try NonNegativeFit(rows: rows, targets: rows.map { _ in 1 })
      for (found, expected) in zip(fit.coefficients, system.coefficients) {
        #expect(Reference.agree(found, expected, document.tolerances.non_negative), "\(system.name)")
      }
      let norm = fit.residualSumOfSquares.squareRoot()
      #expect(Reference.agree(norm, system.residual_norm, document.tolerances.non_negative), "\(system.name)")
    }
  }

  @Test("weighted linear least squares agrees, the inverse information included")
  func weighted() throws {
    let document = try Reference.decode(Document.self, "scipy-fits")
    #expect(document.weighted.count >= 3)
    for system in document.weighted {
      let fit = try LinearFit(rows: system.rows, targets: system.targets, weights: system.weights)
      let tolerance = document.tolerances.weighted
      let found = fit.coefficients + fit.inverseInformation.joined() + [fit.residualSumOfSquares]
      let expected =
        system.coefficients + system.inverse_information.joined() + [system.residual_sum_of_squares]
      #expect(found.count == expected.count)
      for (a, b) in zip(found, expected) { #expect(Reference.agree(a, b, tolerance), "\(system.name)") }
    }
  }
}
