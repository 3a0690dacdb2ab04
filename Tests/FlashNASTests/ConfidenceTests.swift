import FlashAccuracy
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashHardware
@testable import FlashNAS

/// Bounds that have to hold with confidence.
@Suite("Confidence of bounds")
struct ConfidenceTests {
  /// Accuracy models: a curve whose lower end rises, one whose lower end turns down, two regressions of which one reads
  /// several features, and curves with jackknife+ intervals.
  static let predictors: [AccuracyModel] = {
    func model(
      _ form: String, _ features: [String], _ ranges: [ClosedRange<Double>], _ coefficients: [String: Double],
      _ covariance: [[Double]], folds: [AccuracyModelParts.Fold] = []
    ) -> AccuracyModel {
      var parts = AccuracyModelParts(
        form: form, features: features, ranges: ranges, coefficients: coefficients, covariance: covariance,
        residualDeviation: 0.004, degreesOfFreedom: 20)
      parts.folds = folds
      guard let model = try? AccuracyModel(parts) else { fatalError("the numbers are a model") }
      return model
    }
    let curve = ["a": 0.98, "b": 30, "c": Elementary.log(0.1)]
    let folds = (0..<30).map { index in
      var own = curve
      own["b"] = 28 + 0.2 * Double(index % 20)
      return AccuracyModelParts.Fold(coefficients: own, errors: [0.0007 * Double(index * 7 % 30), 0.001])
    }
    return [
      TestModels.predictor,
      model("flash", ["nn_degree"], [30...60], curve, [[1e-6, 0, 0], [0, 1e-2, 0], [0, 0, 1e-4]]),
      model(
        "logistic-log", ["nn_degree"], [30...150], ["intercept": 0.2, "nn_degree": 0.45],
        [[0.02, -0.0048], [-0.0048, 0.0012]]),
      model(
        "degree-macs-depth", ["nn_degree", "macs", "weighted_layers"], [30...150, 1e6...3e7, 8...30],
        ["intercept": -2, "nn_degree": 0.5, "macs": 0.15, "weighted_layers": -0.2],
        [[0.3, 0, -0.02, 0], [0, 0.002, 0, 0], [-0.02, 0, 0.0014, 0], [0, 0, 0, 0.003]]),
      model("flash", ["nn_degree"], [30...150], curve, [[1e-6, 0, 0], [0, 1e-6, 0], [0, 0, 1e-4]], folds: folds),
    ]
  }()

  /// Left-out errors between 0.2 and 8 %.
  static func fitted() throws -> CostModel {
    let features = ["1", "macs", "parameters", "activations", "skip_elements", "weighted_layers"]
    func cost(_ coefficients: [Double], _ scale: Double) throws -> LinearCost {
      let errors = (1...40).map { Double($0) * scale }
      return try LinearCost(
        features: features, coefficients: coefficients,
        relativeReach: LinearCost.reach(errors, parameters: coefficients.count { $0 > 0 }), leftOutErrors: errors)
    }
    return .fitted(
      try FittedHardware(
        latency: cost([1e-6, 4e-12, 1e-10, 3e-10, 1e-10, 1e-7], 0.002),
        energy: cost([0, 9e-13, 4e-12, 3e-10, 2e-10, 0], 0.001), area: cost([1.17, 0, 4e-6, 0, 0, 0], 0.0005)))
  }

  static func model(_ index: Int, fitted: Bool, in space: SearchSpace) throws -> PerformanceModel {
    try PerformanceModel(
      predictor: predictors[index],
      costs: fitted ? try Self.fitted() : .simulated(.systolic(try TestModels.array())), in: space)
  }

  /// Whether a point keeps bounds, by the intervals that a prediction and a cost have at their confidence.
  static func keeps(_ bounds: [Bound], _ point: [Int], _ model: PerformanceModel, in space: SearchSpace) -> Bool {
    let values = model.values(point, in: space)
    return bounds.allSatisfy { bound in
      guard let confidence = bound.confidence else { return bound.slack(values[bound.quantity]) >= 0 }
      var interval: (low: Double, high: Double)?
      switch bound.quantity {
      case .accuracy:
        interval = model.accuracy(of: values, confidence: confidence) { name in
          space.variables.firstIndex { $0.name == name }.map { point[$0] }
        }.map { ($0.low, $0.high) }
      case .latency: interval = model.interval(of: .latency, values[.latency], confidence: confidence)
      case .energy: interval = model.interval(of: .energy, values[.energy], confidence: confidence)
      case .area: interval = model.interval(of: .area, values[.area], confidence: confidence)
      default: break
      }
      let (low, high) = interval ?? (values[bound.quantity], values[bound.quantity])
      return bound.slack(bound.relation == .atLeast ? low : high) >= 0
    }
  }

  /// Bounds that some points of a space keep, at limits that points are judged by.
  static func bounds(
    _ space: SearchSpace, _ model: PerformanceModel, _ confidence: Double, _ random: inout SplitMix64
  ) throws -> [Bound] {
    let any = try DesignProblem(space: space, model: model, objective: TestModels.objective(), bounds: [])
    var bounds: [Bound] = []
    let choices: [(Quantity, Bound.Relation)] = [
      (.accuracy, .atLeast), (.area, .atMost), (.latency, .atMost), (.energy, .atMost), (.parameters, .atMost),
    ]
    for (index, (quantity, relation)) in choices.enumerated() where index == 0 || random.below(3) == 0 {
      let free = Bound(quantity: quantity, relation: relation, limit: 0, confidence: confidence)
      let judged = (0..<3).map { _ in any.judgedValue(of: free, at: space.randomPoint(&random)) }.sorted()
      bounds.append(free.at(relation == .atLeast ? judged[random.below(3)] : judged[1 + random.below(2)]))
    }
    return bounds
  }

  /// The best point that keeps the bounds by its own intervals, lexicographically least; empty where none does.
  static func enumerated(_ problem: DesignProblem) -> (point: [Int], objective: Double) {
    var best: (point: [Int], objective: Double) = ([], .infinity)
    problem.space.forEachPoint { point in
      let point = problem.canonical(point)
      let objective = problem.score(point).objective
      guard objective < best.objective || objective == best.objective && point.lexicographicallyPrecedes(best.point),
        keeps(problem.bounds, point, problem.model, in: problem.space)
      else { return }
      best = (point, objective)
    }
    return best
  }

  @Test("both proofs find the enumerated optimum of 200 random questions, whose intervals keep the bounds")
  func bruteForce() throws {
    var counts = (feasible: 0, infeasible: 0, fast: 0, turning: 0, several: 0)
    for seed in 0..<200 {
      var random = SplitMix64(seed: UInt64(seed), stream: 0xC0F)
      let kind = seed % Self.predictors.count
      let whole = try LagrangianBranchAndBoundTests.space(&random)
      let space = try LagrangianBranchAndBoundTests.box(of: whole, atLeast: 200 + random.below(1500), &random)
      let model = try Self.model(kind, fitted: random.below(2) == 0, in: space)
      let confidence = [0.5, 0.8, 0.9, 0.95][random.below(4)]
      let objective = LagrangianBranchAndBoundTests.objectives[random.below(10)]
      let problem = try DesignProblem(
        space: space, model: model, objective: TestModels.objective(objective.text, objective.direction),
        bounds: Self.bounds(space, model, confidence, &random))
      #expect(problem.isBounded)
      let best = Self.enumerated(problem)
      var reports = [BranchAndBound().run(problem, stopping: StoppingRule())]
      if let fast = LagrangianBranchAndBound(problem) {
        reports.append(fast.run(stopping: StoppingRule()))
        counts.fast += 1
        counts.turning += kind == 1 ? 1 : 0
      }
      counts.several += kind == 3 ? 1 : 0
      for report in reports {
        guard !best.point.isEmpty else {
          #expect(report.certificate.status == .infeasible, "\(seed)")
          continue
        }
        #expect(report.certificate.status == .optimal, "\(seed)")
        #expect(report.point == best.point, "\(seed) \(report.score.objective) \(best.objective)")
        #expect(report.score.objective == best.objective, "\(seed)")
      }
      if best.point.isEmpty { counts.infeasible += 1 } else { counts.feasible += 1 }
    }
    #expect(counts.feasible > 100 && counts.infeasible > 5, "\(counts)")
    #expect(counts.fast > 80 && counts.turning > 15 && counts.several > 15, "\(counts)")
  }

  @Test("no point of a sub-box beats its bound")
  func bound() throws {
    var random = SplitMix64(seed: 5, stream: 0xC0F)
    for kind in Self.predictors.indices {
      let space = try SearchSpace.named("dense3-fashion")
      for isFitted in [false, true] {
        let model = try Self.model(kind, fitted: isFitted, in: space)
        let problem = try DesignProblem(
          space: space, model: model, objective: TestModels.objective(),
          bounds: Self.bounds(space, model, 0.9, &random))
        for _ in 0..<300 {
          let (lower, upper, point) = CodesignTests.draw(problem.variables, &random)
          let (bound, score) = (problem.bound(lower: lower, upper: upper), problem.score(point))
          #expect(bound.violation <= score.violation)
          #expect(bound.violation > 0 || bound.objective <= score.objective)
        }
      }
    }
  }

  @Test("on several targets every target keeps the bounds with confidence, as enumerated", arguments: 0..<6)
  func targets(seed: UInt64) throws {
    var random = SplitMix64(seed: seed, stream: 0xC10)
    let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 1500, &random)
    let models = try [true, false].map { try Self.model(Int(seed) % Self.predictors.count, fitted: $0, in: space) }
    let bounds = try Self.bounds(space, models[0], 0.9, &random)
    let problem = WorstCase(
      try models.map { try DesignProblem(space: space, model: $0, objective: TestModels.objective(), bounds: bounds) })
    var best: (point: [Int], objective: Double) = ([], .infinity)
    space.forEachPoint { point in
      let point = problem.canonical(point)
      let objective = problem.score(point).objective
      guard objective < best.objective, models.allSatisfy({ Self.keeps(bounds, point, $0, in: space) }) else { return }
      best = (point, objective)
    }
    let report = BranchAndBound().run(problem, stopping: StoppingRule())
    #expect(report.certificate.status == (best.point.isEmpty ? .infeasible : .optimal))
    guard !best.point.isEmpty else { return }
    #expect(report.score.objective == best.objective)
    for bound in bounds {
      let judged = problem.value(of: bound, at: report.point)
      #expect(bound.slack(judged) >= 0)
      let own = problem.targets.map { $0.judgedValue(of: bound, at: report.point) }
      #expect(judged == (bound.relation == .atLeast ? own.min() : own.max()))
    }
  }

  @Test("what keeps bounds at a confidence keeps them at every lower one, and at the expected values")
  func monotone() throws {
    let space = try SearchSpace.named("dense3-fashion")
    var random = SplitMix64(seed: 8, stream: 0xC0F)
    var counts: [Int] = [0, 0, 0, 0, 0]
    for kind in Self.predictors.indices {
      for isFitted in [false, true] {
        let model = try Self.model(kind, fitted: isFitted, in: space)
        let bounds = try Self.bounds(space, model, 0.9, &random)
        let problems = try [nil, 0.5, 0.8, 0.9, 0.95].map { confidence in
          try DesignProblem(
            space: space, model: model, objective: TestModels.objective(),
            bounds: bounds.map { $0.with(confidence: confidence) })
        }
        for _ in 0..<200 {
          let point = space.randomPoint(&random)
          let kept = problems.map { $0.score(point).isFeasible }
          for (looser, tighter) in zip(kept, kept.dropFirst()) { #expect(looser || !tighter) }
          for (index, isKept) in kept.enumerated() where isKept { counts[index] += 1 }
        }
      }
    }
    #expect(counts[0] > counts[2] && counts[2] > counts[4] && counts[4] > 0, "\(counts)")
  }

  @Test("of a Gaussian process the feasible are those whose interval keeps the bound, and there is no proof")
  func process() throws {
    var random = SplitMix64(seed: 9, stream: 0xC0F)
    let samples = try (0..<20).map { index in
      let g = 30 + 6 * Double(index)
      return try AccuracySample(
        features: ["nn_degree": g], runs: [TestModels.predictor.accuracy(g) + 0.004 * random.normal()])
    }
    let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 2000, &random)
    let model = try PerformanceModel(
      predictor: AccuracyModel(fitting: samples, form: .named("gp-matern")), costs: try Self.fitted(), in: space)
    let problem = try DesignProblem(
      space: space, model: model, objective: TestModels.objective(),
      bounds: Self.bounds(space, model, 0.9, &random))
    #expect(!problem.isBounded)
    var feasible = 0
    space.forEachPoint { point in
      let isFeasible = problem.score(point).isFeasible
      #expect(isFeasible == Self.keeps(problem.bounds, point, model, in: space))
      feasible += isFeasible ? 1 : 0
    }
    #expect(feasible > 0)
    let found = HierarchicalSHGO().run(problem, stopping: StoppingRule())
    #expect(found.score.isFeasible && Self.keeps(problem.bounds, found.point, model, in: space))
  }

  @Test("the best possible end is the largest of the space, or is not told")
  func bestPossible() throws {
    var random = SplitMix64(seed: 10, stream: 0xC0F)
    var told = 0
    for kind in Self.predictors.indices {
      let space = try SearchSpace.named("dense3-fashion").randomBox(atLeast: 3000, &random)
      let model = try Self.model(kind, fitted: true, in: space)
      let problem = try DesignProblem(space: space, model: model, objective: TestModels.objective(), bounds: [])
      for (quantity, relation) in [(Quantity.accuracy, Bound.Relation.atLeast), (.latency, .atMost), (.area, .atMost)] {
        let bound = Bound(quantity: quantity, relation: relation, limit: 0.5, confidence: 0.9)
        guard let best = problem.bestPossible(bound) else { continue }
        told += 1
        var found = relation == .atLeast ? -Double.infinity : .infinity
        space.forEachPoint { point in
          let judged = problem.judgedValue(of: bound, at: point)
          found = relation == .atLeast ? max(found, judged) : min(found, judged)
        }
        #expect(abs(best - found) <= 2e-9, "\(kind) \(quantity)")
      }
    }
    #expect(told >= 12)
  }

  @Test("a confidence at which there is no interval is refused")
  func refused() throws {
    let space = try SearchSpace.named("dense3-fashion")
    func solve(_ quantity: Quantity, _ confidence: Double, kind: Int = 4) throws -> DesignProblem {
      let relation: Bound.Relation = quantity == .accuracy ? .atLeast : .atMost
      return try DesignProblem(
        space: space, model: Self.model(kind, fitted: true, in: space), objective: TestModels.objective(),
        bounds: [Bound(quantity: quantity, relation: relation, limit: 0.5, confidence: confidence)])
    }
    func reason(_ body: () throws -> DesignProblem) -> String {
      do {
        _ = try body()
        return ""
      } catch { return "\(error)" }
    }
    // 30 configurations, and 40 left-out errors.
    #expect(reason { try solve(.accuracy, 0.97) }.contains("accuracy at 97 % confidence: not available"))
    #expect(reason { try solve(.accuracy, 0.97) }.contains("up to 96.774 %"))
    #expect(reason { try solve(.latency, 0.98) }.contains("up to 97.56 %"))
    #expect(reason { try solve(.power, 0.9) }.contains("power: not available, it has no interval"))
    #expect(reason { try solve(.accuracy, 0.4) }.contains("allowed 0.5 to 0.999"))
    #expect(reason { try solve(.latency, 0.975) }.isEmpty)
    #expect(reason { try solve(.macs, 0.999) }.isEmpty)
    #expect(reason { try solve(.accuracy, 0.999, kind: 0) }.isEmpty)
    let stated = try PerformanceModel(
      predictor: nil,
      costs: .fitted(
        FittedHardware(
          latency: LinearCost(features: ["1", "macs"], coefficients: [1e-6, 1e-12], relativeReach: 0.1), energy: nil,
          area: LinearCost(features: ["1"], coefficients: [1]))))
    func bounded(_ quantity: Quantity, _ confidence: Double) throws -> DesignProblem {
      try DesignProblem(
        space: space, model: stated, objective: TestModels.objective("latency", .minimize),
        bounds: [Bound(quantity: quantity, relation: .atMost, limit: 0.5, confidence: confidence)])
    }
    #expect(reason { try bounded(.latency, 0.95) }.isEmpty)
    #expect(reason { try bounded(.latency, 0.9) }.contains("states the interval at 95 % alone"))
    #expect(reason { try bounded(.area, 0.95) }.contains("its model has no interval"))
  }
}
