import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// Fronts by ε-constraint over the exact search.
@Suite("Pareto fronts")
struct ParetoTests {
  private static func search(
    _ space: SearchSpace, _ model: PerformanceModel, _ quantities: [Quantity], _ bounds: [Bound] = []
  ) throws -> EpsilonConstraint {
    let problem = try DesignProblem(space: space, model: model, objective: TestModels.objective(), bounds: bounds)
    return EpsilonConstraint(quantities, bounds: bounds, value: { problem.values($1)[$0] }) {
      (objective, bounds) throws(DesignError) in
      BranchAndBound().run(try problem.with(objective: objective, bounds: bounds), stopping: StoppingRule())
    }
  }

  /// The values that no point of the space dominates, by enumeration, as costs.
  private static func enumerated(
    _ space: SearchSpace, _ model: PerformanceModel, _ quantities: [Quantity], _ bounds: [Bound]
  ) throws -> Set<[Double]> {
    let problem = try DesignProblem(space: space, model: model, objective: TestModels.objective(), bounds: bounds)
    var front: [[Double]] = []
    space.forEachPoint { point in
      let values = problem.values(point)
      guard bounds.allSatisfy({ $0.violation(values[$0.quantity]) == 0 }) else { return }
      let own = quantities.map { $0.isMaximised ? -values[$0] : values[$0] }
      guard !front.contains(where: { $0 == own || Hypervolume.dominates($0, own) }) else { return }
      front.removeAll { Hypervolume.dominates(own, $0) }
      front.append(own)
    }
    return Set(front)
  }

  @Test("the whole front of two quantities is that of enumeration", arguments: 0..<6)
  func whole(seed: UInt64) throws {
    var random = SplitMix64(seed: seed, stream: 0xFA)
    let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 600, &random)
    let model = try seed % 2 == 0 ? TestModels.simulated() : TestModels.fitted()
    let middle = model.values(space.randomPoint(&random), in: space)
    let bounds = seed % 3 == 0 ? [Bound(quantity: .area, relation: .atMost, limit: middle[.area])] : []
    let quantities: [Quantity] = seed % 2 == 0 ? [.accuracy, .energy] : [.latency, .nnDegree]
    let front = try Self.search(space, model, quantities, bounds).wholeFront()
    let found = front.entries.map { entry in zip(quantities, entry.values).map { $0.isMaximised ? -$1 : $1 } }
    #expect(front.isComplete)
    #expect(front.entries.allSatisfy { $0.isProved })
    #expect(Set(found).count == found.count)
    let expected = try Self.enumerated(space, model, quantities, bounds)
    #expect(Set(found) == expected)
  }

  @Test("points at levels of three quantities are points of the front", arguments: 0..<3)
  func levels(seed: UInt64) throws {
    var random = SplitMix64(seed: seed, stream: 0xFB)
    let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 300, &random)
    let model = try TestModels.simulated()
    let quantities: [Quantity] = [.accuracy, .latency, .area]
    let front = try Self.search(space, model, quantities).front(levels: 3)
    #expect(3...12 ~= front.entries.count)
    let all = try Self.enumerated(space, model, quantities, [])
    for entry in front.entries {
      #expect(entry.isProved)
      #expect(all.contains(zip(quantities, entry.values).map { $0.isMaximised ? -$1 : $1 }))
    }
    let (volume, reference) = front.hypervolume()
    #expect(volume >= 0)
    let whole = Hypervolume.volume(Array(all), reference: zip(quantities, reference).map { $0.isMaximised ? -$1 : $1 })
    #expect(volume <= whole * (1 + 1e-12))
  }

  @Test("bounds that no design keeps leave an empty front")
  func empty() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let bounds = [Bound(quantity: .area, relation: .atMost, limit: 1e-9)]
    let search = try Self.search(space, TestModels.simulated(), [.accuracy, .latency], bounds)
    for front in [try search.front(levels: 3), try search.wholeFront()] {
      #expect(front.entries.isEmpty)
      #expect(front.isComplete)
    }
  }

  @Test("a front whose searches are stopped keeps what was found and is not called complete", arguments: 0..<8)
  func stopped(searches: Int) throws {
    var random = SplitMix64(seed: 3, stream: 0xFC)
    let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 300, &random)
    let problem = try DesignProblem(
      space: space, model: TestModels.simulated(), objective: TestModels.objective(), bounds: [])
    for isWhole in [true, false] {
      var left = searches
      let search = EpsilonConstraint([.accuracy, .latency], bounds: [], value: { problem.values($1)[$0] }) {
        (objective, bounds) throws(DesignError) in
        left -= 1
        let isStopped = left < 0
        return BranchAndBound().run(
          try problem.with(objective: objective, bounds: bounds),
          stopping: StoppingRule(maximumEvaluations: isStopped ? 0 : .max))
      }
      let front = try isWhole ? search.wholeFront() : search.front(levels: 4)
      #expect(!front.isComplete)
      #expect(front.entries.isEmpty == (searches == 0))
      // Two searches a point; the last point may have had the first of them alone.
      if isWhole {
        #expect(front.entries.count == (searches + 1) / 2)
        #expect(front.entries.last?.isProved != (searches % 2 == 1))
      }
    }
  }

  @Test("a front by NSGA-II is that of enumeration once all is evaluated, and is never called proved", arguments: 0..<4)
  func evolved(seed: UInt64) throws {
    var random = SplitMix64(seed: seed, stream: 0xFD)
    let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 300, &random)
    let model = try seed % 2 == 0 ? TestModels.simulated() : TestModels.fitted()
    let middle = model.values(space.randomPoint(&random), in: space)
    let bounds = seed < 2 ? [Bound(quantity: .area, relation: .atMost, limit: middle[.area])] : []
    let quantities: [Quantity] = [[.accuracy, .energy], [.latency, .nnDegree, .area]][Int(seed % 2)]
    let problem = try DesignProblem(space: space, model: model, objective: TestModels.objective(), bounds: bounds)
    let search = EvolvedFront(quantities, of: WorstCase([problem]))
    let (front, report) = search.front(points: nil, stopping: StoppingRule())
    let found = front.entries.map { entry in zip(quantities, entry.values).map { $0.isMaximised ? -$1 : $1 } }
    #expect(Set(found) == (try Self.enumerated(space, model, quantities, bounds)))
    #expect(report.termination == .converged)
    #expect(!front.isComplete && front.entries.allSatisfy { !$0.isProved })
    let few = search.front(points: 3, stopping: StoppingRule()).front
    #expect(few.entries.count == min(3, front.entries.count))
    #expect(few.entries.allSatisfy { entry in front.entries.contains { $0.point == entry.point } })
  }

  @Test("levels lie between the ends, by ratios where both are above 0")
  func spacing() {
    #expect(EpsilonConstraint.levels(from: 0, to: 4, 3) == [1, 2, 3])
    let ratios = EpsilonConstraint.levels(from: 1, to: 16, 3)
    #expect(zip(ratios, [2.0, 4, 8]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(EpsilonConstraint.levels(from: 5, to: 5, 3) == [5])
    #expect(EpsilonConstraint.levels(from: 5, to: 6, 0) == [])
  }

  @Test("the same models under another question give what a problem of its own gives")
  func otherQuestion() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let first = try DesignProblem(
      space: space, model: TestModels.simulated(), objective: TestModels.objective(), bounds: [])
    let bounds = [Bound(quantity: .parameters, relation: .atMost, limit: 60_000)]
    let objective = try TestModels.objective("latency + macs/1e12", .minimize)
    let other = try first.with(objective: objective, bounds: bounds)
    let own = try DesignProblem(space: space, model: TestModels.simulated(), objective: objective, bounds: bounds)
    var random = SplitMix64(seed: 31)
    for _ in 0..<200 {
      let point = space.randomPoint(&random)
      #expect(other.score(point) == own.score(point))
    }
    #expect(throws: DesignError.self) {
      try DesignProblem(
        space: space, model: PerformanceModel(predictor: nil, costs: nil), objective: TestModels.objective("macs"),
        bounds: []
      ).with(objective: objective, bounds: [])
    }
  }
}
