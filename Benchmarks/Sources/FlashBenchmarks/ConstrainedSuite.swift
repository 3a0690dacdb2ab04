import Foundation

/// The constrained "G" problems and their best known values.
///
/// Source: Liang et al., Problem definitions and evaluation criteria for the CEC 2006 special session on constrained
/// real-parameter optimization, 2006; equalities to be met exactly, not to 1e-4, so that values with equalities are those
/// of the exact problem.
enum ConstrainedSuite {
  static let problems: [BenchmarkProblem] = [
    g01, g02, g03, g04, g05, g06, g07, g08, g09, g10, g11, g12, g13, g14, g15, g18, g24,
  ]

  // Of Double alone, which spares the compiler a search.
  private static func sin(_ value: Double) -> Double { Foundation.sin(value) }
  private static func cos(_ value: Double) -> Double { Foundation.cos(value) }
  private static func exp(_ value: Double) -> Double { Foundation.exp(value) }
  private static func log(_ value: Double) -> Double { Foundation.log(value) }
  private static func pow(_ value: Double, _ power: Double) -> Double { Foundation.pow(value, power) }

  private static func sum(_ x: [Double], _ term: (Double) -> Double = { $0 }) -> Double {
    x.reduce(0) { $0 + term($1) }
  }

  static let g01 = BenchmarkProblem(
    "G01", (1...13).map { (0, (10...12).contains($0) ? 100 : 1) }, optimum: -15, budget: 20_000,
    { (x: [Double]) in 5 * sum(Array(x[0..<4])) - 5 * sum(Array(x[0..<4])) { $0 * $0 } - sum(Array(x[4...])) },
    inequalities: { (x: [Double]) in
      [
        2 * x[0] + 2 * x[1] + x[9] + x[10] - 10, 2 * x[0] + 2 * x[2] + x[9] + x[11] - 10,
        2 * x[1] + 2 * x[2] + x[10] + x[11] - 10, -8 * x[0] + x[9], -8 * x[1] + x[10], -8 * x[2] + x[11],
        -2 * x[3] - x[4] + x[9], -2 * x[5] - x[6] + x[10], -2 * x[7] - x[8] + x[11],
      ]
    })

  static let g02 = BenchmarkProblem(
    "G02", BenchmarkProblem.box(0, 10, 20), optimum: -0.80361910, budget: 500_000,
    { (x: [Double]) in
      var (quartic, product, weighted) = (0.0, 1.0, 0.0)
      for (index, value) in x.enumerated() {
        let square = cos(value) * cos(value)
        quartic += square * square
        product *= square
        weighted += Double(index + 1) * value * value
      }
      return -abs((quartic - 2 * product) / weighted.squareRoot())
    },
    inequalities: { (x: [Double]) in [0.75 - x.reduce(1, *), sum(x) - 7.5 * 20] })

  static let g03 = BenchmarkProblem(
    "G03", BenchmarkProblem.box(0, 1, 10), optimum: -1, budget: 20_000,
    { (x: [Double]) in -pow(10.0.squareRoot(), 10) * x.reduce(1, *) },
    equalities: { (x: [Double]) in [sum(x) { $0 * $0 } - 1] })

  static let g04 = BenchmarkProblem(
    "G04", [(78, 102), (33, 45), (27, 45), (27, 45), (27, 45)], optimum: -30665.53867178, budget: 5_000,
    { (x: [Double]) in 5.3578547 * x[2] * x[2] + 0.8356891 * x[0] * x[4] + 37.293239 * x[0] - 40792.141 },
    inequalities: { (x: [Double]) in
      let u = 85.334407 + 0.0056858 * x[1] * x[4] + 0.0006262 * x[0] * x[3] - 0.0022053 * x[2] * x[4]
      let v = 80.51249 + 0.0071317 * x[1] * x[4] + 0.0029955 * x[0] * x[1] + 0.0021813 * x[2] * x[2]
      let w = 9.300961 + 0.0047026 * x[2] * x[4] + 0.0012547 * x[0] * x[2] + 0.0019085 * x[2] * x[3]
      return [u - 92, -u, v - 110, 90 - v, w - 25, 20 - w]
    })

  static let g05 = BenchmarkProblem(
    "G05", [(0, 1200), (0, 1200), (-0.55, 0.55), (-0.55, 0.55)], optimum: 5126.4981096, budget: 20_000,
    { (x: [Double]) in 3 * x[0] + 1e-6 * pow(x[0], 3) + 2 * x[1] + 2e-6 / 3 * pow(x[1], 3) },
    inequalities: { (x: [Double]) in [x[2] - x[3] - 0.55, x[3] - x[2] - 0.55] },
    equalities: { (x: [Double]) in
      [
        1000 * sin(-x[2] - 0.25) + 1000 * sin(-x[3] - 0.25) + 894.8 - x[0],
        1000 * sin(x[2] - 0.25) + 1000 * sin(x[2] - x[3] - 0.25) + 894.8 - x[1],
        1000 * sin(x[3] - 0.25) + 1000 * sin(x[3] - x[2] - 0.25) + 1294.8,
      ]
    })

  static let g06 = BenchmarkProblem(
    "G06", [(13, 100), (0, 100)], optimum: -6961.81387558, budget: 5_000,
    { (x: [Double]) in pow(x[0] - 10, 3) + pow(x[1] - 20, 3) },
    inequalities: { (x: [Double]) in
      [100 - pow(x[0] - 5, 2) - pow(x[1] - 5, 2), pow(x[0] - 6, 2) + pow(x[1] - 5, 2) - 82.81]
    })

  static let g07 = BenchmarkProblem(
    "G07", BenchmarkProblem.box(-10, 10, 10), optimum: 24.30620906818, budget: 20_000,
    { (x: [Double]) in
      let cross = x[0] * x[0] + x[1] * x[1] + x[0] * x[1] - 14 * x[0] - 16 * x[1]
      let first = pow(x[2] - 10, 2) + 4 * pow(x[3] - 5, 2) + pow(x[4] - 3, 2) + 2 * pow(x[5] - 1, 2)
      let second = 5 * x[6] * x[6] + 7 * pow(x[7] - 11, 2) + 2 * pow(x[8] - 10, 2) + pow(x[9] - 7, 2)
      return cross + first + second + 45
    },
    inequalities: { (x: [Double]) in
      [
        -105 + 4 * x[0] + 5 * x[1] - 3 * x[6] + 9 * x[7], 10 * x[0] - 8 * x[1] - 17 * x[6] + 2 * x[7],
        -8 * x[0] + 2 * x[1] + 5 * x[8] - 2 * x[9] - 12,
        3 * pow(x[0] - 2, 2) + 4 * pow(x[1] - 3, 2) + 2 * x[2] * x[2] - 7 * x[3] - 120,
        5 * x[0] * x[0] + 8 * x[1] + pow(x[2] - 6, 2) - 2 * x[3] - 40,
        x[0] * x[0] + 2 * pow(x[1] - 2, 2) - 2 * x[0] * x[1] + 14 * x[4] - 6 * x[5],
        0.5 * pow(x[0] - 8, 2) + 2 * pow(x[1] - 4, 2) + 3 * x[4] * x[4] - x[5] - 30,
        -3 * x[0] + 6 * x[1] + 12 * pow(x[8] - 8, 2) - 7 * x[9],
      ]
    })

  static let g08 = BenchmarkProblem(
    "G08", BenchmarkProblem.box(0, 10, 2), optimum: -0.09582504141804, budget: 5_000,
    { (x: [Double]) in -pow(sin(2 * .pi * x[0]), 3) * sin(2 * .pi * x[1]) / (pow(x[0], 3) * (x[0] + x[1])) },
    inequalities: { (x: [Double]) in [x[0] * x[0] - x[1] + 1, 1 - x[0] + pow(x[1] - 4, 2)] })

  /// Hock and Schittkowski's problem 100.
  static let g09 = BenchmarkProblem(
    "G09", BenchmarkProblem.box(-10, 10, 7), optimum: 680.630057374402, budget: 20_000,
    { (x: [Double]) in
      let squares = pow(x[0] - 10, 2) + 5 * pow(x[1] - 12, 2) + pow(x[2], 4) + 3 * pow(x[3] - 11, 2)
      return squares + 10 * pow(x[4], 6) + 7 * x[5] * x[5] + pow(x[6], 4) - 4 * x[5] * x[6] - 10 * x[5] - 8 * x[6]
    },
    inequalities: { (x: [Double]) in
      [
        2 * x[0] * x[0] + 3 * pow(x[1], 4) + x[2] + 4 * x[3] * x[3] + 5 * x[4] - 127,
        7 * x[0] + 3 * x[1] + 10 * x[2] * x[2] + x[3] - x[4] - 282,
        23 * x[0] + x[1] * x[1] + 6 * x[5] * x[5] - 8 * x[6] - 196,
        4 * x[0] * x[0] + x[1] * x[1] - 3 * x[0] * x[1] + 2 * x[2] * x[2] + 5 * x[5] - 11 * x[6],
      ]
    })

  static let g10 = BenchmarkProblem(
    "G10", [(100, 10_000), (1000, 10_000), (1000, 10_000)] + BenchmarkProblem.box(10, 1000, 5),
    optimum: 7049.24802052867, budget: 50_000,
    { (x: [Double]) in x[0] + x[1] + x[2] },
    inequalities: { (x: [Double]) in
      [
        -1 + 0.0025 * (x[3] + x[5]), -1 + 0.0025 * (x[4] + x[6] - x[3]), -1 + 0.01 * (x[7] - x[4]),
        -x[0] * x[5] + 833.33252 * x[3] + 100 * x[0] - 83333.333,
        -x[1] * x[6] + 1250 * x[4] + x[1] * x[3] - 1250 * x[3],
        -x[2] * x[7] + 1_250_000 + x[2] * x[4] - 2500 * x[4],
      ]
    })

  static let g11 = BenchmarkProblem(
    "G11", BenchmarkProblem.box(-1, 1, 2), optimum: 0.75, budget: 5_000,
    { (x: [Double]) in x[0] * x[0] + pow(x[1] - 1, 2) },
    equalities: { (x: [Double]) in [x[1] - x[0] * x[0]] })

  /// Feasible in any of 9³ small spheres.
  static let g12 = BenchmarkProblem(
    "G12", BenchmarkProblem.box(0, 10, 3), optimum: -1, budget: 5_000,
    { (x: [Double]) in -(100 - sum(x) { pow($0 - 5, 2) }) / 100 },
    inequalities: { (x: [Double]) in
      // The nearest centre, axis by axis, of 1…9.
      [sum(x) { pow($0 - max(1, min(9, $0.rounded())), 2) } - 0.0625]
    })

  static let g13 = BenchmarkProblem(
    "G13", BenchmarkProblem.box(-2.3, 2.3, 2) + BenchmarkProblem.box(-3.2, 3.2, 3), optimum: 0.053949847772,
    budget: 20_000,
    { (x: [Double]) in exp(x.reduce(1, *)) },
    equalities: { (x: [Double]) in
      [sum(x) { $0 * $0 } - 10, x[1] * x[2] - 5 * x[3] * x[4], pow(x[0], 3) + pow(x[1], 3) + 1]
    })

  static let g14 = BenchmarkProblem(
    "G14", BenchmarkProblem.box(1e-12, 10, 10), optimum: -47.761090859, budget: 50_000,
    { (x: [Double]) in
      let weights = [-6.089, -17.164, -34.054, -5.914, -24.721, -14.986, -24.1, -10.708, -26.662, -22.179]
      let total = sum(x)
      return zip(x, weights).reduce(0) { $0 + $1.0 * ($1.1 + log($1.0 / total)) }
    },
    equalities: { (x: [Double]) in
      [
        x[0] + 2 * x[1] + 2 * x[2] + x[5] + x[9] - 2, x[3] + 2 * x[4] + x[5] + x[6] - 1,
        x[2] + x[6] + x[7] + 2 * x[8] + x[9] - 1,
      ]
    })

  static let g15 = BenchmarkProblem(
    "G15", BenchmarkProblem.box(0, 10, 3), optimum: 961.7151721, budget: 10_000,
    { (x: [Double]) in 1000 - x[0] * x[0] - 2 * x[1] * x[1] - x[2] * x[2] - x[0] * x[1] - x[0] * x[2] },
    equalities: { (x: [Double]) in [sum(x) { $0 * $0 } - 25, 8 * x[0] + 14 * x[1] + 7 * x[2] - 56] })

  static let g18 = BenchmarkProblem(
    "G18", BenchmarkProblem.box(-10, 10, 8) + [(0, 20)], optimum: -0.866025403784, budget: 50_000,
    { (x: [Double]) in
      -0.5 * (x[0] * x[3] - x[1] * x[2] + x[2] * x[8] - x[4] * x[8] + x[4] * x[7] - x[5] * x[6])
    },
    inequalities: { (x: [Double]) in
      func circle(_ a: Double, _ b: Double) -> Double { a * a + b * b - 1 }
      return [
        circle(x[2], x[3]), x[8] * x[8] - 1, circle(x[4], x[5]), circle(x[0], x[1] - x[8]),
        circle(x[0] - x[4], x[1] - x[5]), circle(x[0] - x[6], x[1] - x[7]), circle(x[2] - x[4], x[3] - x[5]),
        circle(x[2] - x[6], x[3] - x[7]), circle(x[6], x[7] - x[8]), x[1] * x[2] - x[0] * x[3], -x[2] * x[8],
        x[4] * x[8], x[5] * x[6] - x[4] * x[7],
      ]
    })

  static let g24 = BenchmarkProblem(
    "G24", [(0, 3), (0, 4)], optimum: -5.50801327159536, budget: 5_000,
    { (x: [Double]) in -x[0] - x[1] },
    inequalities: { (x: [Double]) in
      [
        -2 * pow(x[0], 4) + 8 * pow(x[0], 3) - 8 * x[0] * x[0] + x[1] - 2,
        -4 * pow(x[0], 4) + 32 * pow(x[0], 3) - 88 * x[0] * x[0] + 96 * x[0] + x[1] - 36,
      ]
    })
}
