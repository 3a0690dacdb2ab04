import FlashAccuracy
import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

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
}
