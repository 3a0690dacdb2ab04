import FlashNumerics
import Testing

@testable import FlashSearch

/// Progressive search, its stages and its surrogate.
@Suite("Progressive search")
struct ProgressiveSearchTests {
  /// Progressive NAS's cells: blocks of two inputs, each with one of 8 operations; block b reads the outputs of both cells
  /// before and of the b − 1 blocks before. An operation 0 in a block behind the first says that the block is absent.
  private struct BlockSpace: ScreenedProblem {
    static let operations = 8
    let blocks: Int
    var variables: [IntegerVariable] {
      (0..<blocks).flatMap { block in
        ["input", "operation", "input", "operation"].enumerated().map { place, name in
          IntegerVariable(
            name: "\(name)\(place / 2 + 1) of \(block + 1)", lower: place % 2 == 0 || block > 0 ? 0 : 1,
            upper: place % 2 == 0 ? block + 1 : Self.operations, step: 1)
        }
      }
    }
    var growth: Growth {
      Growth(
        groups: (0..<blocks).map { block in (0..<4).map { 4 * block + $0 } },
        held: Array(repeating: 0, count: 4 * blocks))
    }

    /// The halves of a block commute; a half without an operation makes the block absent.
    func canonical(_ point: [Int]) -> [Int] {
      (0..<blocks).flatMap { block in
        let halves = [[point[4 * block], point[4 * block + 1]], [point[4 * block + 2], point[4 * block + 3]]]
        if halves.contains(where: { $0[1] == 0 }) { return [0, 0, 0, 0] }
        return halves.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
      }
    }

    /// Some number that tells all cells apart.
    func score(_ point: [Int]) -> Score {
      Score(
        objective: point.enumerated().reduce(0) { $0 + Double(($1.element + 3) * ($1.offset + 7) % 11) }, violation: 0)
    }
    func isWorthScoring(_ point: [Int]) -> Bool { true }
  }

  @Test("in the published setting there are 256 cells of one block, 136 unique, and 1160 models are scored")
  func publishedCounts() {
    let space = BlockSpace(blocks: 5)
    var raw = 0
    var unique: Set<[Int]> = []
    Array(space.variables[..<4]).forEachPoint { block in
      raw += 1
      unique.insert(space.canonical(block + Array(repeating: 0, count: 16)))
    }
    #expect(raw == 256)
    #expect(unique.count == 136)
    let problem = CountedProblem(space)
    let search = ProgressiveSearch()
    #expect(search.beam == 256)
    let report = search.run(problem, stopping: StoppingRule(maximumEvaluations: 2000))
    #expect(report.stages.map(\.evaluations) == [136, 256, 256, 256, 256])
    #expect(report.stages.map(\.evaluations).reduce(0, +) == 1160)
    // Stage b scored cells of exactly b blocks, and every one of one block.
    var rest = problem.points[...]
    for (stage, own) in report.stages.enumerated() {
      let points = rest.prefix(own.evaluations)
      rest = rest.dropFirst(own.evaluations)
      #expect(points.allSatisfy { point in (0..<5).allSatisfy { (point[4 * $0 + 1] > 0) == ($0 <= stage) } })
      if stage == 0 { #expect(Set(points) == unique) }
    }
    #expect(report.evaluations == 2000)
  }

  /// Three cells of two variables each, the ranges doubling from cell to cell, and a variable of none.
  private struct Cells: ScreenedProblem {
    var variables: [IntegerVariable] {
      (0..<3).flatMap { cell in
        [
          IntegerVariable(name: "w", lower: 4 << cell, upper: 12 << cell, step: 1),
          IntegerVariable(name: "d", lower: 4, upper: 10, step: 1),
        ]
      } + [IntegerVariable(name: "shared", lower: 0, upper: 2, step: 1)]
    }
    var growth: Growth { Growth(groups: [[0, 1], [2, 3], [4, 5]]) }
    func canonical(_ point: [Int]) -> [Int] { point }
    func isWorthScoring(_ point: [Int]) -> Bool { point[1] < 10 }
    /// A product of powers.
    func score(_ point: [Int]) -> Score {
      let logs = [0.7, -1.1, 0.4, 0.9, -0.3, 1.3, 0.2]
      let sum = zip(point, logs).reduce(0) { $0 + Elementary.log(Double($1.0 + 1)) * $1.1 }
      return Score(objective: Elementary.exp(sum), violation: 0)
    }
  }

  @Test("stage b frees b cells, of which the others repeat the last; free bounds come first; ρ is reported")
  func stages() throws {
    let problem = CountedProblem(Cells())
    let report = ProgressiveSearch().run(problem, stopping: StoppingRule(maximumEvaluations: 700))
    #expect(report.stages.map(\.groups) == [1, 2, 3])
    // 9 · 7 cells with 3 shared values are fewer than the beam: all are scored.
    #expect(report.stages.map(\.evaluations) == [189, 256, 255])
    func repeats(_ point: [Int], _ cell: Int) -> Bool {
      point[2 * cell + 2] - (8 << cell) == 2 * (point[2 * cell] - (4 << cell))
        && point[2 * cell + 3] == point[2 * cell + 1]
    }
    #expect(problem.points[..<189].allSatisfy { repeats($0, 0) && repeats($0, 1) })
    #expect(problem.points[189..<445].allSatisfy { repeats($0, 1) })
    #expect(problem.points[189..<445].contains { !repeats($0, 0) })
    #expect(problem.points[445...].contains { !repeats($0, 1) })
    #expect(problem.points[..<162].allSatisfy { $0[1] < 10 })
    #expect(problem.points[162..<189].allSatisfy { $0[1] == 10 })
    #expect(problem.points[189...].allSatisfy { $0[1] < 10 })
    #expect(report.stages[0].ahead == nil)
    for rho in report.stages.compactMap(\.within) + report.stages.compactMap(\.ahead) { #expect(abs(rho) <= 1) }
    // A product of powers is what the surrogate's logarithms are for.
    let within = try #require(report.stages[0].within)
    #expect(within > 0.95, "\(within)")
  }

  @Test("a variable takes the share of its range that another has, rounded to the next step")
  func repeatedValues() {
    let width = variable(4, 12)
    #expect((4...12).map { variable(8, 24).value(like: $0, of: width) } == [8, 10, 12, 14, 16, 18, 20, 22, 24])
    #expect((4...12).map { variable(0, 4, step: 4).value(like: $0, of: width) } == [0, 0, 0, 0, 4, 4, 4, 4, 4])
    #expect(variable(3, 9).value(like: 5, of: variable(5, 5)) == 3)
    #expect(variable(3, 3).value(like: 12, of: width) == 3)
  }

  @Test("the best of 3125 points is found within 700 scores, by every one of 20 seeds")
  func findsOptimum() {
    let best = [3, 1, 4, 0, 2]
    for seed in 0..<20 {
      var search = ProgressiveSearch()
      search.seed = UInt64(seed)
      let problem = Plain(Array(repeating: variable(0, 4), count: 5)) { point in
        let sum = zip(point, best).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
        return Score(objective: sum, violation: 0)
      }
      let report = search.run(problem, stopping: StoppingRule(maximumEvaluations: 700))
      #expect(report.point == best, "seed \(seed)")
    }
  }

  @Test("a member of the ensemble is the ridge regression over the rows that it was given, as augmented rows say")
  func ridge() throws {
    var random = SplitMix64(seed: 9)
    let points = (0..<40).map { _ in [random.below(30)] }
    let targets = points.map { _ in random.unit() }
    let ensemble = try #require(RidgeEnsemble(points, targets: targets, [variable(0, 29)], [0]))
    let logs = points.map { Elementary.log(Double($0[0] + 1)) }
    let (mean, deviation) = (Statistics.mean(logs), Statistics.populationDeviation(logs))
    let rows = logs.map { log in
      let z = (log - mean) / deviation
      return [1, z, z * z]
    }
    var predictions = Array(repeating: 0.0, count: 40)
    for member in 0..<5 {
      let own = rows.indices.filter { $0 % 5 != member }
      let fit = try LinearFit(
        rows: own.map { rows[$0] } + [[1e-3, 0, 0], [0, 1, 0], [0, 0, 1]],
        targets: own.map { targets[$0] - 0.5 } + [0, 0, 0])
      for index in rows.indices {
        let prediction = zip(rows[index], fit.coefficients).reduce(0) { $0 + $1.0 * $1.1 }
        predictions[index] += prediction / 5
        if index % 5 == member { #expect(abs(prediction - ensemble.leftOut[index]) < 1e-9) }
      }
    }
    for index in points.indices { #expect(abs(ensemble.predict(points[index]) - predictions[index]) < 1e-9) }
    #expect(RidgeEnsemble([], targets: [], [variable(0, 29)], [0]) == nil)
    // One point, or none that differ, is no reason to fail.
    #expect(RidgeEnsemble([[3]], targets: [0.5], [variable(0, 29)], [0])?.predict([7]).isFinite == true)
    #expect(RidgeEnsemble([[3], [3]], targets: [0.2, 0.8], [variable(3, 3)], [])?.predict([3]).isFinite == true)
  }
}

/// A problem of a function alone.
struct Plain: ScreenedProblem {
  let variables: [IntegerVariable]
  let growth: Growth
  private let function: @Sendable ([Int]) -> Score

  /// - Parameter growth: one variable after the other where it is left out.
  init(_ variables: [IntegerVariable], growth: Growth? = nil, _ function: @escaping @Sendable ([Int]) -> Score) {
    self.variables = variables
    self.growth = growth ?? Growth(groups: variables.indices.map { [$0] })
    self.function = function
  }

  func score(_ point: [Int]) -> Score { function(point) }
  func canonical(_ point: [Int]) -> [Int] { point }
  func isWorthScoring(_ point: [Int]) -> Bool { true }
}

/// What no strategy that draws can solve.
@Suite("Bad problems of strategies that draw")
struct BadProblemTests {
  private static let names = Strategy.samplers.map { type(of: $0).name }

  private func run(_ name: String, _ problem: some ScreenedProblem, _ budget: Int = 300) -> SearchReport {
    let strategy = Strategy.samplers.first { type(of: $0).name == name } ?? RandomSearch()
    return strategy.run(problem, stopping: StoppingRule(maximumEvaluations: budget))
  }

  @Test("an objective that is no number, or bounds that nothing keeps, give no feasible point", arguments: names)
  func hopeless(name: String) {
    let box = Array(repeating: variable(0, 4), count: 4)
    for violation in [0.0, 1, .nan, .infinity] {
      let report = run(name, Plain(box) { _ in Score(objective: violation == 0 ? .nan : 1, violation: violation) })
      #expect(!report.score.isFeasible)
      #expect([.budget, .converged].contains(report.termination))
      #expect(box.hold(report.point))
    }
  }

  @Test("one point, no budget and 200 variables end in a clear status", arguments: names)
  func sizes(name: String) {
    let one = run(name, Plain([variable(3, 3), variable(5, 5)]) { _ in feasible(1) })
    #expect(one.point == [3, 5])
    #expect(one.evaluations == 1)
    #expect(one.termination == .converged)
    // Variables of no group alone.
    let ungrouped = run(name, Plain([variable(3, 5)], growth: Growth(groups: [])) { feasible($0[0]) })
    #expect(ungrouped.point == [3])
    let none = run(name, Plain([variable(0, 9)]) { _ in feasible(1) }, 0)
    #expect(none.evaluations == 0)
    #expect(none.termination == .budget)
    #expect(none.score == .none)
    let wide = run(name, Plain(Array(repeating: variable(0, 9), count: 200)) { feasible($0.reduce(0, +)) })
    #expect(wide.evaluations == 300)
    #expect(wide.termination == .budget)
  }

  @Test("a deadline and an interrupt end a search", arguments: names)
  func stops(name: String) {
    let problem = Plain(Array(repeating: variable(0, 99), count: 6)) { feasible($0.reduce(0, +)) }
    let strategy = Strategy.samplers.first { type(of: $0).name == name } ?? RandomSearch()
    let late = strategy.run(problem, stopping: StoppingRule(deadline: .now))
    #expect(late.termination == .timeLimit)
    #expect(late.evaluations == 0)
    let interrupted = strategy.run(problem, stopping: StoppingRule(isInterrupted: { true }))
    #expect(interrupted.termination == .interrupted)
  }
}
