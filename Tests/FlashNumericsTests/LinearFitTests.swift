import Testing

@testable import FlashNumerics

@Suite("Linear least squares")
struct LinearFitTests {
  /// Rows of normal numbers and targets of known coefficients with noise.
  static func problem(_ seed: UInt64, count: Int, coefficients: [Double], noise: Double) -> ([[Double]], [Double]) {
    var random = SplitMix64(seed: seed)
    let rows = (0..<count).map { _ in coefficients.map { _ in random.normal() } }
    let targets = rows.map { row in
      zip(row, coefficients).reduce(noise * random.normal()) { $0 + $1.0 * $1.1 }
    }
    return (rows, targets)
  }

  @Test("known coefficients come back from data without noise", arguments: 1...6)
  func recovery(width: Int) throws {
    let coefficients = (0..<width).map { Double($0 * $0) - 2.5 }
    let (rows, targets) = Self.problem(UInt64(width), count: width + 4, coefficients: coefficients, noise: 0)
    let fit = try LinearFit(rows: rows, targets: targets)
    for (found, expected) in zip(fit.coefficients, coefficients) { #expect(abs(found - expected) < 1e-12) }
    #expect(fit.residualSumOfSquares < 1e-24)
  }

  @Test("residuals are orthogonal to every column, weighted")
  func normalEquations() throws {
    for seed: UInt64 in 0..<50 {
      var random = SplitMix64(seed: 100 + seed)
      let (rows, targets) = Self.problem(seed, count: 15, coefficients: [1, -2, 3], noise: 1)
      let weights = targets.map { _ in Elementary.exp(2 * random.normal()) }
      let fit = try LinearFit(rows: rows, targets: targets, weights: weights)
      let residuals = zip(rows, targets).map { row, y in
        y - zip(row, fit.coefficients).reduce(0) { $0 + $1.0 * $1.1 }
      }
      for k in 0..<3 {
        let product = rows.indices.reduce(0) { $0 + weights[$1] * rows[$1][k] * residuals[$1] }
        #expect(abs(product) < 1e-9 * weights.reduce(0, +))
      }
      let squares = zip(weights, residuals).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
      #expect(abs(squares - fit.residualSumOfSquares) < 1e-10 * squares)
    }
  }

  @Test("a column in other units changes its coefficient alone")
  func scaling() throws {
    let (rows, targets) = Self.problem(3, count: 12, coefficients: [2, -1, 0.5], noise: 0.3)
    let fit = try LinearFit(rows: rows, targets: targets)
    for scale in [1e-9, 1e-3, 1e6, 1e12] {
      let scaled = try LinearFit(rows: rows.map { [$0[0], $0[1] * scale, $0[2]] }, targets: targets)
      let expected = [fit.coefficients[0], fit.coefficients[1] / scale, fit.coefficients[2]]
      for (found, value) in zip(scaled.coefficients, expected) { #expect(abs(found - value) < 1e-8 * abs(value)) }
    }
  }

  @Test("a weight of k is k equal rows")
  func weightsAreCounts() throws {
    let (rows, targets) = Self.problem(4, count: 8, coefficients: [1, 1], noise: 1)
    let weighted = try LinearFit(rows: rows, targets: targets, weights: [3, 1, 1, 2, 1, 1, 1, 1])
    let repeated = try LinearFit(
      rows: [rows[0], rows[0]] + rows + [rows[3]], targets: [targets[0], targets[0]] + targets + [targets[3]])
    for (a, b) in zip(weighted.coefficients, repeated.coefficients) { #expect(abs(a - b) < 1e-12) }
    for k in 0..<2 {
      #expect(abs(weighted.inverseInformation[k][k] - repeated.inverseInformation[k][k]) < 1e-12)
    }
  }

  @Test("the inverse information times XᵀX is the identity")
  func inverse() throws {
    let (rows, targets) = Self.problem(5, count: 20, coefficients: [1, 2, 3], noise: 0.1)
    let inverse = try LinearFit(rows: rows, targets: targets).inverseInformation
    for i in 0..<3 {
      for j in 0..<3 {
        let entry = (0..<3).reduce(0) { sum, k in
          sum + inverse[i][k] * rows.reduce(0) { $0 + $1[k] * $1[j] }
        }
        #expect(abs(entry - (i == j ? 1 : 0)) < 1e-10)
      }
    }
  }

  @Test("as many rows as columns are too few, and no rows as well")
  func tooFew() {
    #expect(throws: NumericsError.tooFewRows(found: 2, needed: 3)) {
      try LinearFit(rows: [[1, 2], [3, 4]], targets: [1, 2])
    }
    #expect(throws: NumericsError.tooFewRows(found: 0, needed: 1)) { try LinearFit(rows: [], targets: []) }
    #expect(NumericsError.tooFewRows(found: 2, needed: 3).description == "found 2 rows, at least 3 are needed")
  }

  @Test("lengths that differ are an error")
  func lengths() {
    let error = NumericsError.invalidInput("least squares: rows, targets and weights differ in length")
    #expect(throws: error) { try LinearFit(rows: [[1, 2], [3], [4, 5]], targets: [1, 2, 3]) }
    #expect(throws: error) { try LinearFit(rows: [[1], [3], [4]], targets: [1, 2]) }
    #expect(throws: error) { try LinearFit(rows: [[1], [3], [4]], targets: [1, 2, 3], weights: [1]) }
  }

  @Test("a value that is not finite or a weight that is not positive is an error")
  func notFinite() {
    let error = NumericsError.invalidInput("least squares: a value is not finite, or a weight is not positive")
    for bad in [Double.nan, .infinity, -.infinity] {
      #expect(throws: error) { try LinearFit(rows: [[1], [bad], [4]], targets: [1, 2, 3]) }
      #expect(throws: error) { try LinearFit(rows: [[1], [2], [4]], targets: [1, bad, 3]) }
      #expect(throws: error) { try LinearFit(rows: [[1], [2], [4]], targets: [1, 2, 3], weights: [1, bad, 1]) }
    }
    for weight in [0.0, -1] {
      #expect(throws: error) { try LinearFit(rows: [[1], [2], [4]], targets: [1, 2, 3], weights: [1, weight, 1]) }
    }
  }
}
