import FlashAccuracy
import FlashHardware
import FlashNumerics
import Testing

@testable import FlashNAS
@testable import FlashSearch

/// Points by the batch against points one by one.
@Suite("Batch evaluator")
struct BatchEvaluatorTests {
  static let objectives: [(String, Objective.Direction)] = [
    ("accuracy/(latency*energy*area)", .maximize), ("log(edp)+sqrt(area)-exp(accuracy)", .minimize),
    ("max(latency/1e-4,energy/4e-5)^0.5", .minimize), ("nn_degree-min(power,1)", .maximize),
  ]

  /// The values of random points, the last of which are repeated, by the batch.
  static func batch(_ evaluator: BatchEvaluator, _ points: [[Int]]) throws -> [[Double]] {
    let columns = evaluator.problem.variables.indices.map { variable in
      let column = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, points.count))
      for (index, point) in points.enumerated() { column[index] = Int32(point[variable]) }
      return UnsafePointer(column)
    }
    let outputs = (0..<6).map { _ in
      let output = UnsafeMutablePointer<Double>.allocate(capacity: points.count + 1)
      // What is behind the last value must stay.
      for index in 0...points.count { output[index] = -7 }
      return output
    }
    defer {
      for column in columns { column.deallocate() }
      for output in outputs { output.deallocate() }
    }
    try columns.withUnsafeBufferPointer { columns in
      try evaluator.evaluate(
        columns, count: points.count,
        into: BatchColumns(
          accuracy: outputs[0], latency: outputs[1], energy: outputs[2], area: outputs[3], objective: outputs[4],
          violation: outputs[5]))
    }
    for output in outputs { #expect(output[points.count] == -7) }
    return outputs.map { Array(UnsafeBufferPointer(start: $0, count: points.count)) }
  }

  static func check(_ problem: DesignProblem, isBatched: Bool, _ random: inout SplitMix64, _ name: String) throws {
    let evaluator = BatchEvaluator(problem)
    #expect(evaluator.isBatched == isBatched, "\(name)")
    let points = (0..<(1 + random.below(400))).map { _ in
      problem.variables.map { $0.lower + random.below($0.count) * $0.step }
    }
    let values = try batch(evaluator, points)
    for (index, point) in points.enumerated() {
      let single = QuantityValues(problem.values(point))
      for (column, quantity) in [Quantity.accuracy, .latency, .energy, .area].enumerated() {
        let (a, b) = (values[column][index], single[quantity])
        #expect(abs(a - b) <= 1e-12 * abs(b) || a.isNaN && b.isNaN, "\(name) \(point) \(quantity) \(a) \(b)")
      }
      let (objective, expected) = (values[4][index], problem.objective.expression.value { single[$0] })
      let isEqual =
        abs(objective - expected) <= 1e-12 * max(abs(expected), 1) || objective == expected
        || objective.isNaN && expected.isNaN
      #expect(isEqual, "\(name) \(point) \(objective) \(expected)")
      let (violation, score) = (values[5][index], problem.score(point).violation)
      #expect(
        abs(violation - score) <= 1e-12 * max(1, score) || violation == score, "\(name) \(point) \(violation) \(score)")
    }
  }

  @Test("batches equal points one by one within 1e-12, over spaces of dense cells, simulated and fitted costs")
  func dense() throws {
    for seed in 0..<60 {
      var random = SplitMix64(seed: UInt64(seed), stream: 91)
      let space =
        try seed % 15 == 0 ? SearchSpace.named("dense3-cifar") : LagrangianBranchAndBoundTests.space(&random)
      let model = try LagrangianBranchAndBoundTests.model(&random)
      let (text, direction) = Self.objectives[seed % Self.objectives.count]
      let bounds = LagrangianBranchAndBoundTests.bounds(space, model, &random).filter {
        ![.macs, .parameters].contains($0.quantity)
      }
      let problem = try DesignProblem(
        space: space, model: model, objective: TestModels.objective(text, direction), bounds: bounds)
      try Self.check(problem, isBatched: true, &random, "\(seed) \(text)")
    }
  }

  @Test("a block's scores are those of its points within 1e-12, exactly where nothing is batched")
  func blocks() throws {
    var batched = 0
    for seed in 0..<40 {
      var random = SplitMix64(seed: UInt64(seed), stream: 95)
      let space = try LagrangianBranchAndBoundTests.space(&random)
      let model = try LagrangianBranchAndBoundTests.model(&random)
      let (text, direction) = Self.objectives[seed % Self.objectives.count]
      let bounds = LagrangianBranchAndBoundTests.bounds(space, model, &random)
      let problem = try DesignProblem(
        space: space, model: model, objective: TestModels.objective(text, direction), bounds: bounds)
      let prepared = problem.prepared(inBlocks: true)
      #expect(!problem.isBatched)
      #expect(prepared.isBatched == !bounds.contains { [.macs, .parameters].contains($0.quantity) })
      if prepared.isBatched { batched += 1 }
      #expect(WorstCase([problem]).prepared(inBlocks: true).isBatched == prepared.isBatched)
      #expect(!WorstCase([problem, problem]).prepared(inBlocks: true).isBatched)
      let block = PointBlock(dimension: problem.variables.count)
      let points = (0..<(1 + random.below(PointBlock.capacity))).map { _ in space.randomPoint(&random) }
      for scored in [problem, prepared] {
        block.fill(points[...])
        scored.score(block)
        for (index, point) in points.enumerated() {
          let (found, expected) = (block.score(index), problem.score(point))
          #expect(scored.isBatched || found == expected)
          func isClose(_ a: Double, _ b: Double) -> Bool { a == b || abs(a - b) <= 1e-12 * max(1, abs(b)) }
          #expect(isClose(found.objective, expected.objective) && isClose(found.violation, expected.violation))
          #expect(block.point(index) == point)
        }
      }
    }
    #expect(10..<40 ~= batched)
  }

  @Test("a saturated cell stays so where its skip channels follow its width")
  func couplings() throws {
    var random = SplitMix64(seed: 96)
    let problem = try LagrangianBranchAndBoundTests.defaultProblem(TestModels.simulated())
    let neighbourhood = Neighbourhood(Array(problem.variables.indices), of: problem)
    var followed = 0
    for _ in 0..<200 {
      var point = problem.space.randomPoint(&random)
      for cell in 0..<3 { point[3 * cell + 2] = point[3 * cell] * max(0, point[3 * cell + 1] - 2) }
      guard zip(point, problem.variables).allSatisfy({ $0 <= $1.upper }) else { continue }
      for place in 0..<neighbourhood.count {
        var moved = point
        guard neighbourhood.move(&moved, place) else { continue }
        let changed = point.indices.filter { moved[$0] != point[$0] }
        guard changed.count == 2, changed[0] % 3 == 0, changed[1] == changed[0] + 2 else { continue }
        let (width, depth, skip) = (moved[changed[0]], moved[changed[0] + 1], moved[changed[1]])
        if abs(skip - point[changed[1]]) == depth - 2, depth > 3 {
          #expect(skip == width * (depth - 2))
          followed += 1
        }
      }
    }
    #expect(followed > 0)
  }

  @Test("an accuracy that is no flash curve, and none at all, are the same in a batch")
  func accuracies() throws {
    var random = SplitMix64(seed: 92)
    let power = try AccuracyModel(
      AccuracyModelParts(
        form: "power", features: ["nn_degree"], ranges: [30...150], coefficients: ["a": 0.95, "b": 2, "p": 0.9],
        covariance: [[1e-6, 0, 0], [0, 1e-6, 0], [0, 0, 1e-4]], residualDeviation: 0.003, degreesOfFreedom: 20))
    for predictor in [power, nil] {
      let problem = try DesignProblem(
        space: .named("dense3-fashion"),
        model: PerformanceModel(predictor: predictor, costs: TestModels.simulated().costs),
        objective: TestModels.objective("latency", .minimize), bounds: [])
      try Self.check(problem, isBatched: true, &random, predictor?.form ?? "none")
    }
  }

  @Test("other problems are evaluated point by point", arguments: ["space", "macs", "mass", "hardware", "no sums"])
  func others(_ kind: String) throws {
    var random = SplitMix64(seed: 93)
    let fashion = try SearchSpace.named("dense3-fashion")
    let problem: DesignProblem =
      switch kind {
      case "space":
        try DesignProblem(
          space: .named("resnet-cifar"), model: TestModels.simulated(), objective: TestModels.objective(), bounds: [])
      case "macs":
        try DesignProblem(
          space: fashion, model: TestModels.simulated(), objective: TestModels.objective("macs*latency", .minimize),
          bounds: [])
      case "mass":
        try DesignProblem(
          space: fashion, model: TestModels.fitted(), objective: TestModels.objective(),
          bounds: [Bound(quantity: .nnMass, relation: .atLeast, limit: 200)])
      case "hardware": try CodesignTests.problem(fashion, CodesignTests.arrays())
      default:
        try DesignProblem(
          space: fashion, model: TestModels.layered(), objective: TestModels.objective("energy", .minimize), bounds: [])
      }
    try Self.check(problem, isBatched: false, &random, kind)
  }

  @Test("coordinates that a variable does not take are refused, with nothing written")
  func refused() throws {
    let problem = try LagrangianBranchAndBoundTests.defaultProblem(TestModels.simulated())
    let evaluator = BatchEvaluator(problem)
    let point = problem.variables.map(\.lower)
    for (variable, value) in [(0, 3), (0, 13), (2, -1), (8, 97)] {
      var wrong = point
      wrong[variable] = value
      #expect(throws: DesignError.self) { try Self.batch(evaluator, [point, wrong]) }
    }
    #expect(try Self.batch(evaluator, [])[0].isEmpty)
  }

  // MARK: Rows

  /// The six values of rows of numbers.
  static func rows(_ evaluator: BatchEvaluator, _ rows: [[Int64]], wanted: Set<Int> = Set(0..<6)) throws -> [[Double]] {
    var outputs = [[Double]](repeating: [Double](repeating: -7, count: rows.count + 1), count: 6)
    let pointers = outputs.indices.map { index in
      wanted.contains(index) ? UnsafeMutablePointer<Double>.allocate(capacity: rows.count + 1) : nil
    }
    defer { for pointer in pointers { pointer?.deallocate() } }
    for pointer in pointers { pointer?.initialize(repeating: -7, count: rows.count + 1) }
    try rows.flatMap { $0 }.withUnsafeBufferPointer { points in
      try evaluator.evaluate(
        points,
        into: WantedColumns(
          accuracy: pointers[0], latency: pointers[1], energy: pointers[2], area: pointers[3], objective: pointers[4],
          violation: pointers[5]))
    }
    for (index, pointer) in pointers.enumerated() {
      if let pointer { outputs[index] = Array(UnsafeBufferPointer(start: pointer, count: rows.count + 1)) }
    }
    for output in outputs { #expect(output[rows.count] == -7) }
    return outputs.map { Array($0.dropLast()) }
  }

  @Test("rows of values are the columns of their coordinates: ranges, choices, words, hardware", arguments: 0..<4)
  func rowsAreColumns(_ kind: Int) throws {
    var random = SplitMix64(seed: 94)
    let fashion = try SearchSpace.named("dense3-fashion")
    let problem: DesignProblem =
      switch kind {
      case 0: try LagrangianBranchAndBoundTests.defaultProblem(TestModels.simulated())
      case 1: try CodesignTests.problem(fashion, CodesignTests.arrays())
      default:
        try DesignProblem(
          space: .named(kind == 2 ? "resnet-imagenet" : "mobilenetv2-imagenet"), model: TestModels.simulated(),
          objective: TestModels.objective("latency", .minimize), bounds: [])
      }
    let evaluator = BatchEvaluator(problem)
    // More than become columns at a time.
    let points = (0..<(kind == 0 ? 1300 : 60)).map { _ in
      problem.variables.map { $0.lower + random.below($0.count) * $0.step }
    }
    let numbers = points.map { point in
      point.enumerated().map { index, coordinate in
        guard index < problem.space.domains.count,
          case .integer(let value) = problem.space.domains[index].value(coordinate)
        else { return Int64(coordinate) }
        return Int64(value)
      }
    }
    let expected = try Self.batch(evaluator, points)
    func bits(_ columns: [[Double]]) -> [[UInt64]] { columns.map { $0.map(\.bitPattern) } }
    #expect(try bits(Self.rows(evaluator, numbers)) == bits(expected))
    let some = try Self.rows(evaluator, numbers, wanted: [1, 5])
    #expect(bits([some[1], some[5]]) == bits([expected[1], expected[5]]))
    #expect(some[0].allSatisfy { $0 == -7 })
    #expect(try Self.rows(evaluator, [])[0].isEmpty)
  }

  @Test("a number that a variable does not take is refused by its row and name, with nothing written")
  func refusedRows() throws {
    let evaluator = BatchEvaluator(try LagrangianBranchAndBoundTests.defaultProblem(TestModels.simulated()))
    let row = evaluator.problem.variables.map { Int64($0.lower) }
    for value in [3, 13, Int64.min, Int64.max, Int64(Int32.max) + 6] {
      var wrong = row
      wrong[0] = value
      let expected = DesignError.outOfRange(what: "points[1]: width1", found: "\(value)", allowed: "4 to 12")
      #expect(throws: expected) { try Self.rows(evaluator, [row, wrong]) }
    }
    let words = BatchEvaluator(
      try DesignProblem(
        space: .named("resnet-imagenet"), model: TestModels.simulated(),
        objective: TestModels.objective("latency", .minimize), bounds: []))
    let last = Int64(words.problem.variables[0].upper)
    var wrong = words.problem.space.domains.map { domain in
      if case .integer(let value) = domain.value(domain.coordinates.lower) { Int64(value) } else { Int64(0) }
    }
    wrong[0] = last + 1
    let expected = DesignError.outOfRange(
      what: "points[0]: block", found: "\(last + 1)", allowed: "places 0 to \(last)")
    #expect(throws: expected) { try Self.rows(words, [wrong]) }
  }

  @Test("bounds that have a confidence are judged as they are one by one")
  func confidence() throws {
    var random = SplitMix64(seed: 95)
    let plain = try LagrangianBranchAndBoundTests.defaultProblem(TestModels.simulated())
    let problem = try plain.with(objective: plain.objective, bounds: plain.bounds.map { $0.with(confidence: 0.9) })
    try Self.check(problem, isBatched: false, &random, "confidence")
  }
}
