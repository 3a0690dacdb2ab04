import Testing

@testable import FlashNumerics

@Suite("Non-negative least squares")
struct NonNegativeFitTests {
  struct Problem {
    var rows: [[Double]]
    var targets: [Double]

    /// 1 to 8 columns of very different scales, some nearly parallel, with coefficients of both signs.
    init(seed: UInt64) {
      var random = SplitMix64(seed: seed)
      let width = 1 + random.below(8)
      let count = width + 1 + random.below(30)
      let scales = (0..<width).map { _ in Elementary.exp(12 * random.normal()) }
      let common = random.unit()
      rows = (0..<count).map { _ in
        let shared = random.normal()
        return scales.map { $0 * (common * shared + random.normal()) }
      }
      let truth = scales.map { random.normal() / $0 }
      targets = rows.map { row in zip(row, truth).reduce(0.5 * random.normal()) { $0 + $1.0 * $1.1 } }
    }
  }

  /// Lagrange multipliers −xₖᵀ(y − Xβ), each over the lengths of column and targets: comparable with 1.
  static func descents(_ problem: Problem, _ coefficients: [Double]) -> [Double] {
    let residuals = zip(problem.rows, problem.targets).map { row, y in
      y - zip(row, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let length = problem.targets.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return coefficients.indices.map { k in
      let column = problem.rows.reduce(0) { $0 + $1[k] * $1[k] }.squareRoot()
      return zip(problem.rows, residuals).reduce(0) { $0 + $1.0[k] * $1.1 } / (column * length)
    }
  }

  static func expectOptimal(_ problem: Problem, _ fit: NonNegativeFit, _ comment: Comment) {
    for (value, descent) in zip(fit.coefficients, descents(problem, fit.coefficients)) {
      #expect(value >= 0, comment)
      #expect(descent < 1e-9, comment)
      if value > 0 { #expect(descent > -1e-9, comment) }
    }
  }

  @Test("the conditions of Karush, Kuhn and Tucker hold on 200 random problems")
  func optimality() throws {
    var zeros = 0
    var positives = 0
    for seed: UInt64 in 0..<200 {
      let problem = Problem(seed: seed)
      let fit = try NonNegativeFit(rows: problem.rows, targets: problem.targets)
      Self.expectOptimal(problem, fit, "seed \(seed)")
      zeros += fit.coefficients.count { $0 == 0 }
      positives += fit.coefficients.count { $0 > 0 }
    }
    // The problems are of use only if both kinds come up often.
    #expect(zeros > 100)
    #expect(positives > 100)
  }

  @Test("equal and proportional columns do not disturb the optimum")
  func parallelColumns() throws {
    for seed: UInt64 in 0..<50 {
      var problem = Problem(seed: 1000 + seed)
      problem.rows = problem.rows.map { $0 + [$0[0], 3 * $0[0]] }
      guard problem.rows.count > problem.rows[0].count else { continue }
      let fit = try NonNegativeFit(rows: problem.rows, targets: problem.targets)
      Self.expectOptimal(problem, fit, "seed \(seed)")
    }
  }

  @Test("positive coefficients come back from data without noise")
  func recovery() throws {
    for seed: UInt64 in 0..<30 {
      var problem = Problem(seed: 2000 + seed)
      var random = SplitMix64(seed: seed)
      let truth = problem.rows[0].indices.map { k in
        random.below(3) == 0 ? 0 : (1 + random.unit()) / problem.rows.map { abs($0[k]) }.max()!
      }
      problem.targets = problem.rows.map { row in zip(row, truth).reduce(0) { $0 + $1.0 * $1.1 } }
      guard problem.targets.contains(where: { $0 != 0 }) else { continue }
      let fit = try NonNegativeFit(rows: problem.rows, targets: problem.targets)
      let scale = problem.targets.map { abs($0) }.max()!
      for (row, target) in zip(problem.rows, problem.targets) {
        let value = zip(row, fit.coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(value - target) < 1e-9 * scale, "seed \(seed)")
      }
    }
  }

  @Test("a coefficient that matters little is found all the same", arguments: [1e-2, 1e-4, 1e-6, 1e-8])
  func smallCoefficient(value: Double) throws {
    let rows = [[1.0, 1, 0], [1, -1, 1], [1, 1, -1], [1, -1, 0]]
    let fit = try NonNegativeFit(rows: rows, targets: rows.map { $0[0] + value * $0[1] - $0[2] })
    let free = try LinearFit(rows: rows.map { Array($0[0...1]) }, targets: rows.map { $0[0] + value * $0[1] - $0[2] })
    #expect(fit.coefficients[2] == 0)
    for k in 0..<2 { #expect(abs(fit.coefficients[k] - max(0, free.coefficients[k])) < 1e-12) }
    let exact = try NonNegativeFit(rows: rows, targets: rows.map { $0[0] + value * $0[1] })
    #expect(abs(exact.coefficients[1] - value) < 1e-12)
  }

  @Test("where the free solution is positive it is the solution")
  func agreesWithFree() throws {
    var agreed = 0
    for seed: UInt64 in 0..<100 {
      let (rows, targets) = LinearFitTests.problem(seed, count: 12, coefficients: [2, 1, 3], noise: 0.5)
      let free = try LinearFit(rows: rows, targets: targets)
      guard free.coefficients.allSatisfy({ $0 > 0 }) else { continue }
      let held = try NonNegativeFit(rows: rows, targets: targets)
      for (a, b) in zip(free.coefficients, held.coefficients) { #expect(abs(a - b) < 1e-10) }
      agreed += 1
    }
    #expect(agreed > 50)
  }

  @Test("a column in other units changes its coefficient alone, and targets in other units change all alike")
  func scaling() throws {
    for seed: UInt64 in 0..<20 {
      let problem = Problem(seed: 3000 + seed)
      let fit = try NonNegativeFit(rows: problem.rows, targets: problem.targets)
      for scale in [0x1p-40, 0x1p20, 0x1p50] {
        let other = try NonNegativeFit(
          rows: problem.rows.map { [$0[0] * scale] + $0.dropFirst() }, targets: problem.targets.map { $0 * 4 })
        for (k, (a, b)) in zip(fit.coefficients, other.coefficients).enumerated() {
          let expected = 4 * a / (k == 0 ? scale : 1)
          #expect(abs(b - expected) <= 1e-9 * expected, "seed \(seed)")
        }
      }
    }
  }

  @Test("targets that every column points away from give 0 everywhere, as do targets of 0")
  func allZero() throws {
    let rows = [[1.0, 2], [2, 1], [3, 3], [1, 1]]
    let away = try NonNegativeFit(rows: rows, targets: [-1, -2, -3, -1])
    #expect(away.coefficients == [0, 0])
    #expect(away.residualSumOfSquares == 15)
    #expect(try NonNegativeFit(rows: rows, targets: [0, 0, 0, 0]).coefficients == [0, 0])
  }

  @Test("as many rows as columns, a column of zeros, a value that is not finite and differing lengths are errors")
  func errors() {
    #expect(throws: NumericsError.tooFewRows(found: 2, needed: 3)) {
      try NonNegativeFit(rows: [[1, 2], [3, 4]], targets: [1, 2])
    }
    #expect(throws: NumericsError.invalidInput("least squares: a column is 0 in every row")) {
      try NonNegativeFit(rows: [[1, 0], [3, 0], [2, 0]], targets: [1, 2, 3])
    }
    for bad in [Double.nan, .infinity] {
      #expect(throws: NumericsError.invalidInput("least squares: a value is not finite")) {
        try NonNegativeFit(rows: [[1], [bad], [2]], targets: [1, 2, 3])
      }
      #expect(throws: NumericsError.invalidInput("least squares: a value is not finite")) {
        try NonNegativeFit(rows: [[1], [1], [2]], targets: [1, bad, 3])
      }
    }
    #expect(throws: NumericsError.invalidInput("least squares: rows and targets differ in length")) {
      try NonNegativeFit(rows: [[1], [1, 2], [2]], targets: [1, 2, 3])
    }
  }
}
