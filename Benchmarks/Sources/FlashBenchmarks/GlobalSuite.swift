import Foundation

/// Functions of SciPy's global benchmark set over their boxes, and the values of their global minima.
///
/// Source: SciPy, benchmarks/benchmarks/go_benchmark_functions, by A. Gavana and others; Jamil, Yang, Int. J. Mathematical
/// Modelling and Numerical Optimisation 4(2), 2013.
enum GlobalSuite {
  static let problems: [BenchmarkProblem] = [
    ackley01, adjiman, alpine01, beale, bird, bohachevsky1, booth, branin01,
    crossInTray, dropWave, easom, eggHolder, goldsteinPrice, griewank, himmelblau, holderTable,
    levy13, matyas, mcCormick, michalewicz, rastrigin, schwefel26, shubert01, sixHumpCamel,
    styblinskiTang, threeHumpCamel, colville, dixonPrice, hartmann3, hartmann6, powell, rosenbrock,
    shekel05, shekel07, shekel10, zakharov,
  ]

  static let planar: [BenchmarkProblem] = problems.filter { $0.bounds.count == 2 }

  /// Those whose minimum is the centre of their box, where the complex has a vertex.
  static let centred: [BenchmarkProblem] = [
    ackley01, alpine01, bohachevsky1, dropWave, griewank, matyas, rastrigin, threeHumpCamel,
  ]

  private static func box(_ lower: Double, _ upper: Double, _ dimension: Int = 2) -> [(lower: Double, upper: Double)] {
    BenchmarkProblem.box(lower, upper, dimension)
  }

  // Of Double alone, which spares the compiler a search.
  private static func sin(_ value: Double) -> Double { Foundation.sin(value) }
  private static func cos(_ value: Double) -> Double { Foundation.cos(value) }
  private static func exp(_ value: Double) -> Double { Foundation.exp(value) }
  private static func pow(_ value: Double, _ power: Double) -> Double { Foundation.pow(value, power) }

  private static func square(_ value: Double) -> Double { value * value }

  static let ackley01 = BenchmarkProblem(
    "Ackley01", box(-35, 35), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      let mean = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
      let waves = x.reduce(0) { $0 + cos(2 * .pi * $1) } / Double(x.count)
      let bowl = 20 - 20 * exp(-0.2 * mean.squareRoot())
      return bowl + exp(1) - exp(waves)
    })

  static let adjiman = BenchmarkProblem(
    "Adjiman", [(-1, 2), (-1, 1)], optimum: -2.02180678, budget: 5_000,
    { (x: [Double]) -> Double in
      cos(x[0]) * sin(x[1]) - x[0] / (x[1] * x[1] + 1)
    })

  static let alpine01 = BenchmarkProblem(
    "Alpine01", box(-10, 10), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      x.reduce(0) { $0 + abs($1 * sin($1) + 0.1 * $1) }
    })

  static let beale = BenchmarkProblem(
    "Beale", box(-4.5, 4.5), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      square(1.5 - x[0] + x[0] * x[1]) + square(2.25 - x[0] + x[0] * x[1] * x[1])
        + square(2.625 - x[0] + x[0] * pow(x[1], 3))
    })

  static let bird = BenchmarkProblem(
    "Bird", box(-2 * .pi, 2 * .pi), optimum: -106.7645367198034, budget: 5_000,
    { (x: [Double]) -> Double in
      square(x[0] - x[1]) + exp(square(1 - sin(x[0]))) * cos(x[1]) + exp(square(1 - cos(x[1]))) * sin(x[0])
    })

  static let bohachevsky1 = BenchmarkProblem(
    "Bohachevsky1", box(-15, 15), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      x[0] * x[0] + 2 * x[1] * x[1] - 0.3 * cos(3 * .pi * x[0]) - 0.4 * cos(4 * .pi * x[1]) + 0.7
    })

  static let booth = BenchmarkProblem(
    "Booth", box(-10, 10), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      square(x[0] + 2 * x[1] - 7) + square(2 * x[0] + x[1] - 5)
    })

  static let branin01 = BenchmarkProblem(
    "Branin01", [(-5, 10), (0, 15)], optimum: 0.39788735772973816, budget: 5_000,
    { (x: [Double]) -> Double in
      square(x[1] - 1.275 * x[0] * x[0] / (.pi * .pi) + 5 * x[0] / .pi - 6)
        + (10 - 5 / (4 * .pi)) * cos(x[0]) + 10
    })

  static let crossInTray = BenchmarkProblem(
    "CrossInTray", box(-10, 10), optimum: -2.062611870822739, budget: 5_000,
    { (x: [Double]) -> Double in
      let radius = square(x[0]) + square(x[1])
      return -0.0001 * pow(abs(exp(abs(100 - radius.squareRoot() / .pi)) * sin(x[0]) * sin(x[1])) + 1, 0.1)
    })

  static let dropWave = BenchmarkProblem(
    "DropWave", box(-5.12, 5.12), optimum: -1, budget: 5_000,
    { (x: [Double]) -> Double in
      let norm = square(x[0]) + square(x[1])
      return -(1 + cos(12 * norm.squareRoot())) / (0.5 * norm + 2)
    })

  static let easom = BenchmarkProblem(
    "Easom", box(-100, 100), optimum: -1, budget: 20_000,
    { (x: [Double]) -> Double in
      -cos(x[0]) * cos(x[1]) * exp(-square(x[0] - .pi) - square(x[1] - .pi))
    })

  static let eggHolder = BenchmarkProblem(
    "EggHolder", box(-512, 512), optimum: -959.640662711, budget: 20_000,
    { (x: [Double]) -> Double in
      -(x[1] + 47) * sin(abs(x[0] / 2 + x[1] + 47).squareRoot()) - x[0] * sin(abs(x[0] - x[1] - 47).squareRoot())
    })

  static let goldsteinPrice = BenchmarkProblem(
    "GoldsteinPrice", box(-2, 2), optimum: 3, budget: 5_000,
    { (x: [Double]) -> Double in
      let (a, b) = (x[0], x[1])
      let first = 1 + square(a + b + 1) * (19 - 14 * a + 3 * a * a - 14 * b + 6 * a * b + 3 * b * b)
      let second = 30 + square(2 * a - 3 * b) * (18 - 32 * a + 12 * a * a + 48 * b - 36 * a * b + 27 * b * b)
      return first * second
    })

  static let griewank = BenchmarkProblem(
    "Griewank", box(-600, 600), optimum: 0, budget: 20_000,
    { (x: [Double]) -> Double in
      let waves = x.enumerated().reduce(1) { $0 * cos($1.element / Double($1.offset + 1).squareRoot()) }
      return x.reduce(0) { $0 + $1 * $1 } / 4000 - waves + 1
    })

  static let himmelblau = BenchmarkProblem(
    "Himmelblau", box(-6, 6), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      square(x[0] * x[0] + x[1] - 11) + square(x[0] + x[1] * x[1] - 7)
    })

  static let holderTable = BenchmarkProblem(
    "HolderTable", box(-10, 10), optimum: -19.20850256788675, budget: 5_000,
    { (x: [Double]) -> Double in
      -abs(sin(x[0]) * cos(x[1]) * exp(abs(1 - (square(x[0]) + square(x[1])).squareRoot() / .pi)))
    })

  static let levy13 = BenchmarkProblem(
    "Levy13", box(-10, 10), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      square(sin(3 * .pi * x[0])) + square(x[0] - 1) * (1 + square(sin(3 * .pi * x[1])))
        + square(x[1] - 1) * (1 + square(sin(2 * .pi * x[1])))
    })

  static let matyas = BenchmarkProblem(
    "Matyas", box(-10, 10), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      0.26 * (x[0] * x[0] + x[1] * x[1]) - 0.48 * x[0] * x[1]
    })

  static let mcCormick = BenchmarkProblem(
    "McCormick", [(-1.5, 4), (-3, 3)], optimum: -1.913222954981037, budget: 5_000,
    { (x: [Double]) -> Double in
      sin(x[0] + x[1]) + square(x[0] - x[1]) - 1.5 * x[0] + 2.5 * x[1] + 1
    })

  static let michalewicz = BenchmarkProblem(
    "Michalewicz", box(0, .pi), optimum: -1.8013034100985537, budget: 5_000,
    { (x: [Double]) -> Double in
      -x.enumerated().reduce(0) {
        $0 + sin($1.element) * pow(sin(Double($1.offset + 1) * square($1.element) / .pi), 20)
      }
    })

  static let rastrigin = BenchmarkProblem(
    "Rastrigin", box(-5.12, 5.12), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      x.reduce(10 * Double(x.count)) { $0 + $1 * $1 - 10 * cos(2 * .pi * $1) }
    })

  static let schwefel26 = BenchmarkProblem(
    "Schwefel26", box(-500, 500), optimum: 0, budget: 20_000,
    { (x: [Double]) -> Double in
      x.reduce(418.982887272433 * Double(x.count)) { $0 - $1 * sin(abs($1).squareRoot()) }
    })

  static let shubert01 = BenchmarkProblem(
    "Shubert01", box(-10, 10), optimum: -186.7309088310, budget: 5_000,
    { (x: [Double]) -> Double in waves(x[0]) * waves(x[1]) })

  private static func waves(_ value: Double) -> Double {
    var total = 0.0
    for order in 1...5 {
      let order = Double(order)
      total += order * cos((order + 1) * value + order)
    }
    return total
  }

  static let sixHumpCamel = BenchmarkProblem(
    "SixHumpCamel", box(-5, 5), optimum: -1.031628453489877, budget: 5_000,
    { (x: [Double]) -> Double in
      (4 - 2.1 * x[0] * x[0] + pow(x[0], 4) / 3) * x[0] * x[0] + x[0] * x[1] + (4 * x[1] * x[1] - 4) * x[1] * x[1]
    })

  static let styblinskiTang = BenchmarkProblem(
    "StyblinskiTang", box(-5, 5), optimum: -78.33233140754285, budget: 5_000,
    { (x: [Double]) -> Double in
      x.reduce(0) { $0 + (pow($1, 4) - 16 * $1 * $1 + 5 * $1) / 2 }
    })

  static let threeHumpCamel = BenchmarkProblem(
    "ThreeHumpCamel", box(-5, 5), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      2 * x[0] * x[0] - 1.05 * pow(x[0], 4) + pow(x[0], 6) / 6 + x[0] * x[1] + x[1] * x[1]
    })

  static let colville = BenchmarkProblem(
    "Colville", box(-10, 10, 4), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      let first: Double = 100 * square(x[0] * x[0] - x[1]) + square(x[0] - 1) + square(x[2] - 1)
      let second: Double = 90 * square(x[2] * x[2] - x[3]) + 10.1 * (square(x[1] - 1) + square(x[3] - 1))
      return first + second + 19.8 * (x[1] - 1) * (x[3] - 1)
    })

  static let dixonPrice = BenchmarkProblem(
    "DixonPrice", box(-10, 10, 3), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      (1..<x.count).reduce(square(x[0] - 1)) { $0 + Double($1 + 1) * square(2 * x[$1] * x[$1] - x[$1 - 1]) }
    })

  static let hartmann3 = BenchmarkProblem(
    "Hartmann3", box(0, 1, 3), optimum: -3.8627821478, budget: 5_000,
    { (x: [Double]) -> Double in
      let scales = [[3.0, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]]
      let centres = [
        [0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547], [0.03815, 0.5743, 0.8828],
      ]
      return hartmann(x, scales, centres)
    })

  static let hartmann6 = BenchmarkProblem(
    "Hartmann6", box(0, 1, 6), optimum: -3.32236801141551, budget: 10_000,
    { (x: [Double]) -> Double in
      let scales = [
        [10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14],
      ]
      let centres = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
      ]
      return hartmann(x, scales, centres)
    })

  static let powell = BenchmarkProblem(
    "Powell", box(-4, 5, 4), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      square(x[0] + 10 * x[1]) + 5 * square(x[2] - x[3]) + pow(x[1] - 2 * x[2], 4) + 10 * pow(x[0] - x[3], 4)
    })

  static let rosenbrock = BenchmarkProblem(
    "Rosenbrock", box(-30, 30, 5), optimum: 0, budget: 10_000,
    { (x: [Double]) -> Double in
      (1..<x.count).reduce(0) { $0 + 100 * square(x[$1] - x[$1 - 1] * x[$1 - 1]) + square(x[$1 - 1] - 1) }
    })

  static let shekel05 = BenchmarkProblem(
    "Shekel05", box(0, 10, 4), optimum: -10.15319967905823, budget: 5_000,
    { shekel($0, 5) })

  static let shekel07 = BenchmarkProblem(
    "Shekel07", box(0, 10, 4), optimum: -10.4029405668187, budget: 5_000,
    { shekel($0, 7) })

  static let shekel10 = BenchmarkProblem(
    "Shekel10", box(0, 10, 4), optimum: -10.53640981669205, budget: 5_000,
    { shekel($0, 10) })

  static let zakharov = BenchmarkProblem(
    "Zakharov", box(-5, 10, 4), optimum: 0, budget: 5_000,
    { (x: [Double]) -> Double in
      let weighted = x.enumerated().reduce(0) { $0 + 0.5 * Double($1.offset + 1) * $1.element }
      return x.reduce(0) { $0 + $1 * $1 } + square(weighted) + pow(weighted, 4)
    })

  private static func hartmann(_ x: [Double], _ scales: [[Double]], _ centres: [[Double]]) -> Double {
    let weights = [1, 1.2, 3, 3.2]
    return -weights.indices.reduce(0) { total, row in
      total + weights[row] * exp(-x.indices.reduce(0) { $0 + scales[row][$1] * square(x[$1] - centres[row][$1]) })
    }
  }

  private static func shekel(_ x: [Double], _ count: Int) -> Double {
    let centres = [
      [4.0, 4, 4, 4], [1, 1, 1, 1], [8, 8, 8, 8], [6, 6, 6, 6], [3, 7, 3, 7], [2, 9, 2, 9], [5, 5, 3, 3],
      [8, 1, 8, 1], [6, 2, 6, 2], [7, 3.6, 7, 3.6],
    ]
    let widths = [0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 0.3, 0.7, 0.5, 0.5]
    return -(0..<count).reduce(0) { total, row in
      total + 1 / (zip(x, centres[row]).reduce(widths[row]) { $0 + square($1.0 - $1.1) })
    }
  }
}
