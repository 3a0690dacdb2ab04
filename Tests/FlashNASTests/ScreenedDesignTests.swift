import FlashFormats
import FlashGraph
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// What strategies read of a design problem beyond its score, and the problems that ship to compare them.
@Suite("Design problems without scoring")
struct ScreenedDesignTests {
  @Test("cells that repeat are grouped, variables that all of them read are free from the first stage on")
  func growth() throws {
    func groups(_ name: String) throws -> [[String]] {
      let space = try SearchSpace.named(name)
      return space.growth.groups.map { $0.map { space.variables[$0].name } }
    }
    #expect(
      try groups("dense3-fashion") == (1...3).map { cell in ["width", "depth", "skip"].map { "\($0)\(cell)" } })
    #expect(try groups("resnet-cifar") == (1...3).map { ["width\($0)", "depth\($0)"] })
    #expect(try groups("deep-resnet-cifar") == (1...3).map { ["depth\($0)"] })
    #expect(try groups("densenet-cifar") == (1...3).map { ["depth\($0)"] })
    for space in SearchSpace.catalogue {
      let growth = space.growth
      // Without cells that repeat, every variable is a group.
      #expect((growth.held == nil) == (growth.groups.count < space.variables.count), "\(space.name)")
      #expect(Set(growth.groups.joined()).count == growth.groups.joined().count, "\(space.name)")
      #expect(growth.groups.joined().allSatisfy(space.variables.indices.contains), "\(space.name)")
    }
  }

  @Test("a space of cells without variables of their own grows variable by variable")
  func growthOfVariables() throws {
    let space = try SearchSpace(
      name: "one", summary: "", input: SpaceInput(channels: 1, height: 8, width: 8, classes: 10),
      cells: [CellTemplate(.dense, [Tie("w"), Tie("d"), .constant(2), .constant(1)])],
      variables: [SpaceVariable("w", .range(2...4, step: 1)), SpaceVariable("d", .range(2...4, step: 1))])
    #expect(space.growth == Growth(groups: [[0], [1]], held: [3, 3]))
  }

  private func problem(_ objective: String, _ bounds: [Bound] = []) throws -> DesignProblem {
    try DesignProblem(
      space: try SearchSpace.named("dense3-fashion"), model: TestModels.simulated(),
      objective: TestModels.objective(objective), bounds: bounds)
  }

  @Test("the cost is the geometric mean of what is read and falls as networks shrink; without any it is the size")
  func cost() throws {
    var random = SplitMix64(seed: 3)
    let three = try problem(
      "accuracy/(latency*energy)",
      [
        Bound(quantity: .parameters, relation: .atMost, limit: 100_000),
        Bound(quantity: .accuracy, relation: .atLeast, limit: 0.8),
      ])
    let one = try problem("accuracy", [Bound(quantity: .latency, relation: .atMost, limit: 1)])
    let none = try problem("accuracy")
    for _ in 0..<100 {
      let point = three.space.canonical(three.space.randomPoint(&random))
      let values = three.values(point)
      let product = values[.latency] * values[.energy] * values[.parameters]
      #expect(abs(three.cost(point) / Elementary.pow(product, 1.0 / 3) - 1) < 1e-12)
      #expect(abs(one.cost(point) / values[.latency] - 1) < 1e-12)
      #expect(none.cost(point) == none.size(point))
      #expect(three.quality(point, three.score(point)) == values[.accuracy])
      for axis in point.indices where point[axis] > three.variables[axis].lower {
        var smaller = point
        smaller[axis] -= 1
        #expect(three.cost(three.canonical(smaller)) <= three.cost(point))
      }
    }
    #expect(none.size(none.variables.map(\.upper)) == 1)
    let fitted = try DesignProblem(
      space: three.space, model: PerformanceModel(predictor: nil, costs: nil),
      objective: TestModels.objective("macs", .minimize),
      bounds: [])
    #expect(fitted.quality([], Score(objective: 5, violation: 0)) == -5)
  }

  @Test("a dense cell of M filters and skip T − M is a layer of T channels of which T − M pass by")
  func bypass() throws {
    #expect(try problem("accuracy").bypasses == (0..<3).map { Bypass(filters: 3 * $0, bypassed: 3 * $0 + 2) })
    for filters in 4...12 {
      for bypassed in 0...24 {
        let cell = DenseCell(width: filters, depth: 10, skip: bypassed)
        let channels = filters + bypassed
        for layer in 1..<10 where filters * (layer - 1) >= bypassed {
          let given = max(min(filters + cell.skipChannels(layer: layer), channels), filters)
          #expect(given == channels)
          #expect(given - filters == cell.skipChannels(layer: layer))
        }
      }
    }
    #expect(
      try DesignProblem(
        space: SearchSpace.named("resnet-cifar"), model: PerformanceModel(predictor: nil, costs: nil),
        objective: TestModels.objective("macs", .minimize), bounds: []
      ).bypasses == [])
  }

  @Test(
    "of the two problems that ship to compare strategies, one has cells that are alike, the other none",
    arguments: [true, false])
  func comparedProblems(alike: Bool) throws {
    let file = try ProblemFile(reading: "\(packageRoot)/problems/\(alike ? "homogeneous" : "heterogeneous").yaml")
    let space = try SearchSpace.named(file.space)
    let predictor = try AccuracyModelFile.read("\(packageRoot)/datasets/\(try #require(space.dataset))/predictor.json")
    let problem = try DesignProblem(
      space: space, model: PerformanceModel(predictor: predictor, costs: nil, in: space), objective: file.objective,
      bounds: file.bounds)
    let report = BranchAndBound().run(problem, stopping: StoppingRule())
    #expect(report.certificate.status == .optimal)
    // The same with the quick proof, where there is one.
    if let quick = LagrangianBranchAndBound(problem)?.run(stopping: StoppingRule()) {
      #expect(quick.score == report.score)
    }
    let cells = (0..<3).map { cell in
      (0..<3).map { place in
        let (own, first) = (space.variables[3 * cell + place], space.variables[place])
        return Double(report.point[3 * cell + place] - own.lower) / Double(own.upper - own.lower)
          * Double(first.upper - first.lower) + Double(first.lower)
      }
    }
    if alike {
      #expect(Set(cells).count == 1, "\(report.point)")
      #expect(report.point == problem.canonical(report.point))
    } else {
      // Each of the three numbers differs between cells.
      #expect(Set(cells).count == 3, "\(report.point)")
      for place in 0..<3 { #expect(Set(cells.map { $0[place] }).count > 1, "\(report.point)") }
    }
    #expect(report.point != space.variables.map(\.lower))
  }
}
