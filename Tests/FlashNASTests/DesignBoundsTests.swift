import FlashAccuracy
import FlashGraph
import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// Bounds over sub-boxes, for objectives and constraints of every kind.
@Suite("Design bounds")
struct DesignBoundsTests {
  static let objectives: [(String, Objective.Direction)] = [
    ("accuracy/(latency*energy*area)", .maximize), ("area", .minimize), ("accuracy", .maximize),
    ("log(latency) + log(energy) - accuracy", .minimize), ("nn_mass/sqrt(macs)", .maximize),
    ("max(latency*1e4, power)", .minimize), ("accuracy - edp*1e6 - nn_mass/1000", .maximize),
    ("(parameters/1e5)^accuracy - exp(-nn_degree/50)", .minimize), ("min(power, 1) - power^2", .maximize),
  ]

  static func bounds(_ space: SearchSpace, _ model: PerformanceModel, _ random: inout SplitMix64) -> [Bound] {
    let values = model.values(space.randomPoint(&random), in: space)
    return (0..<random.below(4)).map { _ in
      let quantity = Quantity.allCases[random.below(Quantity.allCases.count)]
      return Bound(
        quantity: quantity, relation: random.below(2) == 0 ? .atLeast : .atMost,
        limit: values[quantity] * (0.9 + 0.2 * random.unit()))
    }
  }

  static func problems() throws -> [DesignProblem] {
    var random = SplitMix64(seed: 71)
    return try CostModels.spaces.flatMap { name in
      let space = try SearchSpace.named(name)
      return try CostModels.all().flatMap { model in
        try objectives.map { text, direction in
          try DesignProblem(
            space: space, model: model, objective: TestModels.objective(text, direction),
            bounds: bounds(space, model, &random))
        }
      }
    }
  }

  /// Two corners of a random sub-box within another.
  static func subBox(
    _ space: SearchSpace, within lower: [Int], _ upper: [Int], _ random: inout SplitMix64
  ) -> (lower: [Int], upper: [Int]) {
    var ends = (lower: lower, upper: upper)
    for axis in lower.indices where random.below(3) > 0 {
      let pair = [lower, upper].map { _ in lower[axis] + random.below(upper[axis] - lower[axis] + 1) }.sorted()
      ends.lower[axis] = pair[0]
      ends.upper[axis] = pair[1]
    }
    return ends
  }

  static func point(_ lower: [Int], _ upper: [Int], _ random: inout SplitMix64) -> [Int] {
    zip(lower, upper).map { lower, upper in
      switch random.below(4) {
      case 0: lower
      case 1: upper
      default: lower + random.below(upper - lower + 1)
      }
    }
  }

  @Test("no point of a sub-box beats its bound")
  func hold() throws {
    var random = SplitMix64(seed: 72)
    var (met, broken) = (0, 0)
    for problem in try Self.problems() {
      let (least, most) = (problem.variables.map(\.lower), problem.variables.map(\.upper))
      for _ in 0..<40 {
        let (lower, upper) = Self.subBox(problem.space, within: least, most, &random)
        let bound = problem.bound(lower: lower, upper: upper)
        if bound.violation > 0 { broken += 1 } else { met += 1 }
        for _ in 0..<25 {
          let point = Self.point(lower, upper, &random)
          let score = problem.score(point)
          #expect(
            bound.violation <= score.violation, "\(problem.objective) \(problem.bounds) \(lower) \(upper) \(point)")
          #expect(
            bound.objective <= score.objective, "\(problem.objective) \(problem.bounds) \(lower) \(upper) \(point)")
        }
      }
    }
    #expect(met > 500)
    #expect(broken > 500)
  }

  @Test("a bound never loosens when the sub-box shrinks")
  func tighten() throws {
    var random = SplitMix64(seed: 73)
    var tighter = 0
    for problem in try Self.problems() {
      let (least, most) = (problem.variables.map(\.lower), problem.variables.map(\.upper))
      for _ in 0..<40 {
        let outer = Self.subBox(problem.space, within: least, most, &random)
        let inner = Self.subBox(problem.space, within: outer.lower, outer.upper, &random)
        let (a, b) = (
          problem.bound(lower: outer.lower, upper: outer.upper), problem.bound(lower: inner.lower, upper: inner.upper)
        )
        #expect(b.violation >= a.violation - 1e-12 * abs(a.violation))
        guard b.violation <= 0 else { continue }
        // Values at corners are rounded, each in its own way.
        let slack = a.objective.isFinite ? 1e-11 * abs(a.objective) + 1e-15 : 0
        #expect(b.objective >= a.objective - slack, "\(problem.objective) \(outer) \(inner)")
        if b.objective > a.objective { tighter += 1 }
      }
    }
    #expect(tighter > 500)
  }

  @Test("over a single point a bound is the score, up to rounding and NN-Mass")
  func single() throws {
    var random = SplitMix64(seed: 74)
    var compared = 0
    for problem in try Self.problems() {
      let isExact = !(problem.objective.expression.quantities + problem.bounds.map(\.quantity)).contains(.nnMass)
      for _ in 0..<20 where isExact {
        let point = problem.space.randomPoint(&random)
        let (bound, score) = (problem.bound(lower: point, upper: point), problem.score(point))
        #expect(abs(bound.violation - score.violation) <= 1e-11)
        guard score.isFeasible else { continue }
        compared += 1
        #expect(abs(bound.objective - score.objective) <= 1e-9 * abs(score.objective) + 1e-11)
      }
    }
    #expect(compared > 200)
  }

  @Test("the range of a quantity is rounded outward, past what its sum over layers may be off")
  func outward() throws {
    let space = try SearchSpace.named("dense3-fashion")
    var random = SplitMix64(seed: 76)
    for quantity in CostTests.monotone {
      for direction in [Objective.Direction.minimize, .maximize] {
        let problem = try DesignProblem(
          space: space, model: TestModels.fitted(), objective: TestModels.objective(quantity.rawValue, direction),
          bounds: [])
        for _ in 0..<20 {
          let point = space.randomPoint(&random)
          let (bound, score) = (problem.bound(lower: point, upper: point).objective, problem.score(point).objective)
          #expect(bound < score - 1e-14 * abs(score), "\(quantity)")
          #expect(bound > score - 1e-12 * abs(score), "\(quantity)")
        }
      }
    }
  }

  @Test("clip keeps every canonical point of a sub-box, and nothing is cut but skips")
  func clip() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let problem = try DesignProblem(
      space: space, model: TestModels.simulated(), objective: TestModels.objective(), bounds: [])
    var random = SplitMix64(seed: 75)
    // Few widths and depths, so that many skips are beyond saturation.
    let least = space.variables.map(\.lower)
    let most = space.variables.enumerated().map { $0 % 3 == 2 ? $1.upper : $1.lower + 2 }
    var (cut, none) = (0, 0)
    for _ in 0..<2000 {
      let box = Self.subBox(space, within: least, most, &random)
      var (lower, upper) = box
      let isLeft = problem.clip(lower: &lower, upper: &upper)
      if !isLeft { none += 1 }
      if upper != box.upper { cut += 1 }
      #expect(lower == box.lower)
      for axis in lower.indices where axis % 3 != 2 { #expect(upper[axis] == box.upper[axis]) }
      for _ in 0..<20 {
        let point = Self.point(box.lower, box.upper, &random)
        guard space.canonical(point) == point else { continue }
        #expect(isLeft)
        #expect(zip(point, zip(lower, upper)).allSatisfy { $1.0 <= $0 && $0 <= $1.1 }, "\(point)")
      }
    }
    #expect(cut > 100)
    #expect(none > 10)
  }
}

@Suite("Bounds with every form of accuracy")
struct FormBoundsTests {
  /// A space of few enough points to look at each.
  func space() throws -> SearchSpace {
    try SearchSpace.named("dense3-fashion").restricted(
      to: [.range("width1", 4...7), .range("depth1", 4...6), .range("skip1", 0...6), .range("width2", 8...10)]
        + [.range("depth2", 4...5), .range("skip2", 5...5), .range("width3", 16...18), .range("depth3", 4...4)]
        + [.range("skip3", 10...12)])
  }

  func model(_ name: String, _ space: SearchSpace) throws -> AccuracyModel {
    var question = AccuracyQuestion()
    question.variables = space.numericVariables
    var random = SplitMix64(seed: 8)
    let samples = try space.sobolPlan(count: 30, seed: 4).map { point in
      var features = Dictionary(uniqueKeysWithValues: zip(space.variableNames, point.map(Double.init)))
      let counted = space.features(point)
      for feature in NetworkFeature.allCases { features[feature.rawValue] = feature.value(of: counted) }
      // Deep networks are worse, wide ones better: some slopes are negative.
      let accuracy = 0.7 + 0.01 * features["width1", default: 0] - 0.008 * features["depth1", default: 0]
      return try AccuracySample(features: features, runs: [accuracy + 0.004 * random.normal()])
    }
    return try AccuracyModel(fitting: samples, form: .named(name), question)
  }

  @Test(
    "the exact strategy finds what looking at every point finds, with proof",
    arguments: ["flash-power", "power", "logistic-log", "linear", "degree-macs", "degree-macs-depth", "ridge"])
  func exact(name: String) throws {
    let space = try space()
    let model = try PerformanceModel(
      predictor: model(name, space), costs: .simulated(.systolic(try TestModels.array())), in: space)
    let problem = try DesignProblem(
      space: space, model: model,
      objective: Objective(expression: try Expression("accuracy/latency"), direction: .maximize),
      bounds: [Bound(quantity: .accuracy, relation: .atLeast, limit: 0.7)])
    #expect(problem.isBounded)
    let report = BranchAndBound().run(problem, stopping: StoppingRule())
    #expect(report.certificate.status == .optimal)
    var best = Double.infinity
    space.forEachPoint { point in
      let score = problem.score(point)
      if score.violation <= 0 { best = min(best, score.objective) }
    }
    #expect(report.score.objective == best)
  }

  @Test("a Gaussian process, and a form that reads NN-Mass, have no bounds", arguments: ["gp-se", "degree-mass"])
  func unbounded(name: String) throws {
    let space = try space()
    let model = try PerformanceModel(predictor: model(name, space), costs: nil, in: space)
    let problem = try DesignProblem(
      space: space, model: model,
      objective: Objective(expression: try Expression("accuracy"), direction: .maximize), bounds: [])
    #expect(!problem.isBounded)
  }

  @Test("a model of variables that the space does not have is refused by name")
  func missing() throws {
    let space = try space()
    let model = try model("ridge", space)
    let other = try SearchSpace.named("resnet-fashion")
    let error = #expect(throws: DesignError.self) { try PerformanceModel(predictor: model, costs: nil, in: other) }
    #expect(
      error?.description
        == "accuracy: not available, the model reads 'skip1', which the space 'resnet-fashion' does not have")
  }
}
