import FlashHardware
import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

@Suite("Design problems")
struct DesignProblemTests {
  @Test("slack is the distance inside a bound, violation the scaled distance beyond it")
  func slack() {
    let least = Bound(quantity: .accuracy, relation: .atLeast, limit: 0.8)
    #expect(abs(least.slack(0.9) - 0.1) < 1e-15)
    #expect(least.violation(0.9) == 0)
    #expect(least.violation(0.8) == 0)
    #expect(least.slack(0.6) < 0)
    #expect(abs(least.violation(0.6) - 0.25) < 1e-15)
    let most = Bound(quantity: .area, relation: .atMost, limit: 2)
    #expect(most.slack(1.5) == 0.5)
    #expect(most.violation(1.5) == 0)
    #expect(most.slack(3) == -1)
    #expect(most.violation(3) == 0.5)
  }

  @Test("a limit of 0 is scaled by 1, a negative one by its size, and a NaN violates without end")
  func scales() {
    #expect(Bound(quantity: .nnMass, relation: .atMost, limit: 0).violation(3) == 3)
    #expect(Bound(quantity: .nnMass, relation: .atLeast, limit: -2).violation(-3) == 0.5)
    #expect(Bound(quantity: .area, relation: .atMost, limit: 1).violation(.nan) == .infinity)
    #expect(Bound(quantity: .area, relation: .atLeast, limit: 1).violation(.nan) == .infinity)
    #expect(Bound(quantity: .area, relation: .atMost, limit: 1).violation(.infinity) == .infinity)
  }

  @Test("violations of several bounds add up, and a maximum is a negated minimum")
  func score() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let model = try TestModels.simulated()
    let point = space.variables.map(\.lower)
    let values = model.values(point, in: space)
    let bounds = [
      Bound(quantity: .macs, relation: .atMost, limit: values[.macs] / 2),
      Bound(quantity: .area, relation: .atLeast, limit: values[.area] * 4),
      Bound(quantity: .accuracy, relation: .atLeast, limit: 0.1),
    ]
    func score(_ text: String, _ direction: Objective.Direction) throws -> Score {
      try DesignProblem(
        space: space, model: model, objective: TestModels.objective(text, direction), bounds: bounds
      ).score(point)
    }
    #expect(try score("macs", .minimize).objective == values[.macs])
    #expect(try score("macs", .maximize).objective == -values[.macs])
    #expect(abs(try score("macs", .minimize).violation - 1.75) < 1e-12)
  }

  @Test(
    "a point whose objective is infinite or not a number is infeasible", arguments: ["log(-area)", "1/(area-area)"])
  func notANumber(text: String) throws {
    let space = try SearchSpace.named("dense3-fashion")
    let problem = try DesignProblem(
      space: space, model: TestModels.simulated(), objective: TestModels.objective(text), bounds: [])
    let score = problem.score(space.variables.map(\.lower))
    #expect(!score.isFeasible)
    #expect(score.violation == .infinity)
  }

  @Test("a quantity that no model gives is refused where objective or bound names it")
  func unavailable() throws {
    let space = try SearchSpace.named("dense3-cifar")
    func problem(_ text: String, _ bounds: [Bound], _ model: PerformanceModel) throws {
      _ = try DesignProblem(space: space, model: model, objective: TestModels.objective(text), bounds: bounds)
    }
    let costs = try PerformanceModel(predictor: nil, costs: .simulated(.systolic(try TestModels.array())))
    let predictor = try PerformanceModel(predictor: TestModels.predictor, costs: nil)
    #expect(
      message { try problem("accuracy", [], costs) }.hasPrefix("accuracy: not available, the space 'dense3-cifar'"))
    #expect(
      message { try problem("area", [Bound(quantity: .accuracy, relation: .atLeast, limit: 0.9)], costs) }
        .hasPrefix("accuracy: not available"))
    for quantity in [Quantity.latency, .energy, .area, .power, .edp] {
      #expect(
        message { try problem("accuracy", [Bound(quantity: quantity, relation: .atMost, limit: 1)], predictor) }
          == "\(quantity.rawValue): not available, no hardware is given: give --hardware")
    }
    #expect(message { try problem("area/macs", [], costs) } == "no error")
    #expect(message { try problem("accuracy/macs", [], predictor) } == "no error")
  }

  @Test("the best possible value of a bound's quantity is that of enumeration")
  func bestPossible() throws {
    let whole = try SearchSpace.named("dense3-fashion")
    for (seed, model) in [try TestModels.simulated(), try TestModels.fitted()].enumerated() {
      var random = SplitMix64(seed: 81, stream: UInt64(seed))
      let box = try whole.randomBox(atLeast: 10_000, &random)
      let problem = try DesignProblem(space: box, model: model, objective: TestModels.objective(), bounds: [])
      var range: [Quantity: (least: Double, most: Double)] = [:]
      box.forEachPoint { point in
        let values = model.values(point, in: box)
        for quantity in Quantity.allCases {
          let (least, most) = range[quantity] ?? (.infinity, -.infinity)
          range[quantity] = (min(least, values[quantity]), max(most, values[quantity]))
        }
      }
      for quantity in Quantity.allCases {
        let most = problem.bestPossible(Bound(quantity: quantity, relation: .atLeast, limit: 1))
        let least = problem.bestPossible(Bound(quantity: quantity, relation: .atMost, limit: 1))
        if quantity == .nnMass || quantity == .power {
          #expect(most == nil)
          #expect(least == nil)
        } else {
          #expect(most == range[quantity]?.most, "\(quantity)")
          #expect(least == range[quantity]?.least, "\(quantity)")
        }
      }
    }
  }

  @Test func `values by tables of layers are those of the models, bit by bit`() throws {
    let products = try PerformanceModel(
      predictor: TestModels.predictor,
      costs: .fitted(
        FittedHardware(
          latency: LinearCost(
            features: ["macs", "weights:1x1", "folds_8x8*layers", "activations"],
            coefficients: [3e-12, 1e-9, 1e-8, 1e-10]),
          energy: LinearCost(features: ["folds_8x8", "weights*macs_in8_out16"], coefficients: [1e-7, 1e-19]), area: nil)
      ))
    func fitted(_ features: [String]) throws -> PerformanceModel {
      let cost = try LinearCost(features: features, coefficients: features.map { $0 == "1" ? 1e-6 : 3e-10 })
      return try PerformanceModel(
        predictor: TestModels.predictor, costs: .fitted(FittedHardware(latency: cost, energy: cost, area: nil)))
    }
    let counts = ["1", "parameters", "macs", "weights", "activations", "skip_elements", "weighted_layers"]
    let degree = try fitted(["nn_degree"] + counts)
    let many = try fitted(counts + ["folds_8x8", "layers:1x1", "output_pixels"])
    let peak = try fitted(["peak_memory_elements", "folds_8x8"])
    var random = SplitMix64(seed: 83)
    let models = try [TestModels.simulated(), TestModels.fitted(), TestModels.layered(), products, degree, many, peak]
    for model in models {
      for _ in 0..<12 {
        let space = try LagrangianBranchAndBoundTests.space(&random)
        let problem = try DesignProblem(
          space: space, model: model, objective: TestModels.objective("latency*energy"),
          bounds: [Bound(quantity: .accuracy, relation: .atLeast, limit: 0.9)])
        let prepared = problem.prepared()
        #expect(prepared !== problem && prepared.prepared() === prepared)
        let asked = try prepared.with(objective: TestModels.objective("edp", .minimize), bounds: problem.bounds)
        #expect(asked.prepared() === asked)
        for _ in 0..<100 {
          let point = space.randomPoint(&random)
          let (found, expected) = (prepared.values(point), model.values(point, in: space))
          for quantity in Quantity.allCases where quantity != .area || !expected[.area].isNaN {
            #expect(found[quantity] == expected[quantity], "\(quantity) at \(point)")
          }
          #expect(prepared.score(point) == problem.score(point))
          #expect(-prepared.score(point).objective == asked.score(point).objective)
        }
      }
    }
  }

  /// Whether each bound binds, by the definition: over all moves of one or two variables by one step.
  private func binding(_ problem: DesignProblem, _ point: [Int]) -> [Bool] {
    let model = problem.model
    func values(_ point: [Int]) -> DesignValues { model.values(point, in: problem.space) }
    func objective(_ values: DesignValues) -> Double {
      let value = problem.objective.expression.value { values[$0] }
      return problem.objective.direction == .maximize ? -value : value
    }
    let here = objective(values(point))
    var binding = problem.bounds.map { _ in false }
    for first in point.indices {
      for second in first..<point.count {
        for up in [-1, 1] {
          for other in first == second ? [0] : [-1, 1] {
            var neighbour = point
            neighbour[first] += up
            neighbour[second] += other
            guard (try? problem.space.check(neighbour)) != nil else { continue }
            let moved = values(neighbour)
            guard objective(moved) < here else { continue }
            let broken = problem.bounds.indices.filter {
              problem.bounds[$0].slack(moved[problem.bounds[$0].quantity]) < 0
            }
            if broken.count == 1 { binding[broken[0]] = true }
          }
        }
      }
    }
    return binding
  }

  @Test("a bound binds where a neighbour has a better objective and breaks it alone")
  func isBinding() throws {
    let space = try SearchSpace.named("dense3-fashion")
    var random = SplitMix64(seed: 82)
    var counts = [false: 0, true: 0]
    for model in try [TestModels.simulated(), TestModels.fitted()] {
      for trial in 0..<60 {
        let box = trial % 2 == 0 ? space : try space.randomBox(atLeast: 1000, &random)
        let point = box.randomPoint(&random)
        let values = model.values(point, in: box)
        // Limits just about the point's own values, so that some neighbours break them.
        let bounds = [(Quantity.accuracy, Bound.Relation.atLeast), (.area, .atMost), (.latency, .atMost)].map {
          Bound(quantity: $0, relation: $1, limit: values[$0] * (1 + (random.unit() - 0.5) * 0.02))
        }
        let problem = try DesignProblem(
          space: box, model: model,
          objective: TestModels.objective(trial % 3 == 0 ? "accuracy" : "accuracy/(latency*area)"),
          bounds: bounds)
        let found = problem.isBinding(at: point)
        #expect(found == binding(problem, point), "\(point)")
        for isBinding in found { counts[isBinding, default: 0] += 1 }
      }
    }
    #expect((counts[true] ?? 0) > 20)
    #expect((counts[false] ?? 0) > 20)
  }

  @Test("without bounds nothing binds")
  func unbounded() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let problem = try DesignProblem(
      space: space, model: TestModels.simulated(), objective: TestModels.objective(), bounds: [])
    #expect(problem.isBinding(at: space.variables.map(\.lower)).isEmpty)
  }
}
