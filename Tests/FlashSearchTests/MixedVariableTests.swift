import FlashNumerics
import Testing

@testable import FlashSearch

/// Integer, categorical and mixed problems, against their enumeration.
@Suite("Discrete variables") struct MixedVariableTests {
  @Test("Integer problems with random quadratics and a constraint are solved as enumerated", arguments: 0..<20)
  func integers(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed), stream: 11)
    let dimension = 2 + seed % 3
    let centre = (0..<dimension).map { _ in 12 * random.unit() - 4 }
    let slope = (0..<dimension).map { _ in random.unit() }
    let limit = 6 * random.unit()
    func objective(_ x: [Double]) -> Double {
      var total = 0.0
      for (index, value) in x.enumerated() {
        total += (value - centre[index]) * (value - centre[index]) + 0.3 * value * x[(index + 1) % dimension]
      }
      return total
    }
    func constraint(_ x: [Double]) -> Double { zip(x, slope).reduce(-limit) { $0 + $1.0 * $1.1 } }
    var best = Double.infinity
    let box = (0..<dimension).map { _ in variable(-6, 9) }
    box.forEachPoint { point in
      let x = point.map(Double.init)
      if constraint(x) <= 0 { best = min(best, objective(x)) }
    }
    var points: [[Double]] = []
    let problem = MinimizationProblem<Never>(
      Array(repeating: .integer(-6...9), count: dimension),
      objective: {
        points.append($0)
        return objective($0)
      }, inequalities: { [constraint($0)] })
    let report = SHGO().run(problem, stopping: StoppingRule(maximumEvaluations: 5_000))
    #expect(report.isSuccess && abs((report.best?.objective ?? .infinity) - best) <= 1e-9, "\(best)")
    #expect(points.allSatisfy { $0.allSatisfy { $0 == $0.rounded() && -6...9 ~= $0 } })
    #expect(Set(points).count == points.count)
  }

  @Test("A category decides which parabola counts")
  func categories() {
    let depths = [3.0, 1, 4, 1, 5, 9, 2, 6]
    let problem = MinimizationProblem<Never>(
      [.categorical(count: 8), .real(-5...5), .integer(-3...3)],
      objective: { x in
        let category = Int(x[0])
        let target = Double(category) / 2 - 1.7
        return (x[1] - target) * (x[1] - target) + (x[2] - 2) * (x[2] - 2) - depths[category]
      })
    for complex in [SHGO.Complex.simplicial, .sobol] {
      var search = SHGO()
      search.complex = complex
      let report = search.run(problem, stopping: StoppingRule(maximumEvaluations: 10_000))
      #expect(report.isSuccess && abs((report.best?.objective ?? 0) + 9) < 1e-8)
      #expect(report.best?.point[0] == 5 && report.best?.point[2] == 2)
      #expect(abs((report.best?.point[1] ?? 0) - 0.8) < 1e-5)
    }
  }

  /// Source: Floudas, Nonlinear and Mixed-Integer Optimization, 1995, and Cardoso et al., Computers & Chemical Engineering
  /// 21, 1997, problem 1: 2 at (0.5, 1).
  @Test("A mixed problem of the literature with two local minima")
  func cardoso1() {
    let problem = MinimizationProblem<Never>(
      [.real(0...1.6), .integer(0...1)], objective: { 2 * $0[0] + $0[1] },
      inequalities: { [1.25 - $0[0] * $0[0] - $0[1], $0[0] + $0[1] - 1.6] })
    let report = SHGO().run(problem, stopping: StoppingRule(maximumEvaluations: 5_000))
    #expect(report.isSuccess && abs((report.best?.objective ?? 0) - 2) < 1e-6 && report.best?.point[1] == 1)
  }

  /// Source: Kannan, Kramer, J. Mechanical Design 116, 1994: a pressure vessel whose thicknesses are multiples of 1/16
  /// inch; 6059.714335 at (13, 7, 42.0984456, 176.6365958).
  @Test("The pressure vessel")
  func pressureVessel() {
    let problem = MinimizationProblem<Never>(
      [.integer(1...99), .integer(1...99), .real(10...200), .real(10...200)],
      objective: { x in
        let (shell, head, radius, length) = (x[0] * 0.0625, x[1] * 0.0625, x[2], x[3])
        let first = 0.6224 * shell * radius * length + 1.7781 * head * radius * radius
        return first + 3.1661 * shell * shell * length + 19.84 * shell * shell * radius
      },
      inequalities: { x in
        let volume = Double.pi * x[2] * x[2] * x[3] + 4 / 3 * Double.pi * x[2] * x[2] * x[2]
        return [0.0193 * x[2] - x[0] * 0.0625, 0.00954 * x[2] - x[1] * 0.0625, 1 - volume / 1_296_000, x[3] - 240]
      })
    let report = SHGO().run(problem, stopping: StoppingRule(maximumEvaluations: 30_000))
    #expect(
      report.isSuccess && abs((report.best?.objective ?? 0) - 6059.714335) < 1e-3, "\(String(describing: report.best))")
  }
}
