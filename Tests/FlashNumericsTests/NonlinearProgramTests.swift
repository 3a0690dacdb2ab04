import Testing

@testable import FlashNumerics

@Suite("Nonlinear program") struct NonlinearProgramTests {
  /// Hock and Schittkowski's problem 71: 17.0140173 at (1, 4.7429994, 3.8211503, 1.3794082).
  private func values(_ x: [Double]) -> [Double] {
    [
      x[0] * x[3] * (x[0] + x[1] + x[2]) + x[2], 25 - x[0] * x[1] * x[2] * x[3],
      x.reduce(0) { $0 + $1 * $1 } - 40,
    ]
  }

  private func jacobian(_ x: [Double]) -> [Double] {
    let sum = x[0] + x[1] + x[2]
    return [
      x[3] * (x[0] + sum), x[0] * x[3], x[0] * x[3] + 1, x[0] * sum,
      -x[1] * x[2] * x[3], -x[0] * x[2] * x[3], -x[0] * x[1] * x[3], -x[0] * x[1] * x[2],
      2 * x[0], 2 * x[1], 2 * x[2], 2 * x[3],
    ]
  }

  @Test(
    "Problem 71 by both methods that take constraints",
    arguments: [NonlinearProgram.Method.sequentialQuadratic, .linearModels])
  func constrained(method: NonlinearProgram.Method) throws {
    var program = NonlinearProgram(
      method, lower: [1, 1, 1, 1], upper: [5, 5, 5, 5], inequalities: 1, equalities: 1)
    program.maximumEvaluations = 20_000
    var best = Double.infinity
    try program.run(
      from: [1, 5, 5, 1],
      values: { x in
        let found = values(x)
        if found[1] <= 1e-7, abs(found[2]) <= 1e-7 { best = min(best, found[0]) }
        return found
      }, jacobian: { x, _ in jacobian(x) })
    #expect(abs(best - 17.0140173) < 1e-5)
  }

  @Test("Rosenbrock's function by quadratic models")
  func quadratic() throws {
    let program = NonlinearProgram(.quadraticModels, lower: [-2, -2], upper: [2, 2])
    var best = Double.infinity
    try program.run(
      from: [-1.2, 1],
      values: { x in
        let value = 100 * (x[1] - x[0] * x[0]) * (x[1] - x[0] * x[0]) + (1 - x[0]) * (1 - x[0])
        best = min(best, value)
        return [value]
      }, jacobian: { _, _ in nil })
    #expect(best < 1e-10)
  }

  @Test("The search ends where the caller says so", arguments: [1, 2, 5])
  func ended(after limit: Int) throws {
    for method in [NonlinearProgram.Method.sequentialQuadratic, .linearModels] {
      var calls = 0
      let program = NonlinearProgram(
        method, lower: [1, 1, 1, 1], upper: [5, 5, 5, 5], inequalities: 1, equalities: 1)
      try program.run(
        from: [1, 5, 5, 1],
        values: { x in
          calls += 1
          return calls < limit ? values(x) : nil
        }, jacobian: { x, _ in jacobian(x) })
      #expect(calls == limit)
    }
  }

  @Test("What a method cannot take is refused")
  func refused() {
    let nowhere: ([Double]) -> [Double]? = { _ in nil }
    #expect(throws: NumericsError.self) {
      try NonlinearProgram(.quadraticModels, lower: [0], upper: [1]).run(
        from: [0.5], values: nowhere, jacobian: { _, _ in nil })
    }
    #expect(throws: NumericsError.self) {
      try NonlinearProgram(.linearModels, lower: [0], upper: [1]).run(
        from: [2], values: nowhere, jacobian: { _, _ in nil })
    }
    #expect(throws: NumericsError.self) {
      try NonlinearProgram(.linearModels, lower: [], upper: []).run(
        from: [], values: nowhere, jacobian: { _, _ in nil })
    }
  }
}
