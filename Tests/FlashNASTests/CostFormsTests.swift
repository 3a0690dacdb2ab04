import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

/// What an objective makes of its costs, and that proofs which use it find what enumeration finds.
@Suite("Forms of costs")
struct CostFormsTests {
  /// An objective over latency, energy and area, and its form: the lanes of a product or of logarithms, or the weights of a
  /// sum.
  static let forms: [(text: String, direction: Objective.Direction, form: String)] = [
    ("accuracy/(latency*energy*area)", .maximize, "product 012"), ("area*edp/accuracy^2", .minimize, "product 012"),
    ("-edp", .maximize, "product 01"), ("3*latency", .minimize, "product 0"), ("area*area", .minimize, "other"),
    ("sqrt(latency)*energy", .minimize, "other"), ("latency*energy/3", .minimize, "product 01"),
    ("log(latency)+log(energy)+log(area)-log(accuracy)", .minimize, "logarithms 012"),
    ("3*log(accuracy)-log(2*latency*area)", .maximize, "logarithms 02"),
    ("-log(1/(latency*energy))", .minimize, "logarithms 01"), ("log(latency*latency)", .minimize, "other"),
    ("2*log(latency)+log(area)", .minimize, "other"), ("log(latency)+energy", .minimize, "other"),
    ("latency+2*energy+energy/4-accuracy", .minimize, "sum 1.0 2.25 0.0"),
    ("log(accuracy)-(3*latency+area)/2", .maximize, "sum 1.5 0.0 0.5"),
    ("latency*(2+1)+energy", .minimize, "sum 3.0 1.0 0.0"),
    ("accuracy-5*latency", .maximize, "sum 5.0 0.0 0.0"), ("latency/accuracy+energy", .minimize, "other"),
    ("max(latency,energy)", .minimize, "other"), ("max(2,3)*latency+energy", .minimize, "sum 3.0 1.0 0.0"),
    ("edp+area", .minimize, "other"), ("sqrt(edp)+area", .minimize, "other"),
  ]

  @Test("the form is that of the expression, whatever way it is written", arguments: forms)
  func form(text: String, direction: Objective.Direction, form: String) throws {
    let lanes: [Quantity] = [.latency, .energy, .area]
    let objective = try #require(
      MonotoneObjective(TestModels.objective(text, direction), lanes: lanes) { quantity in
        quantity == .accuracy ? Interval(lower: 0.5, upper: 0.9) : Interval(lower: 0.25, upper: 8)
      })
    func named(_ mask: SIMDMask<SIMD4<Int64>>) -> String { lanes.indices.filter { mask[$0] }.map(String.init).joined() }
    switch objective.form {
    case .product(let mask): #expect("product \(named(mask))" == form)
    case .logarithms(let mask): #expect("logarithms \(named(mask))" == form)
    case .sum(let weights):
      // Constants that are worked out are off by rounding.
      let rounded = lanes.indices.map { (weights[$0] * 1e9).rounded() / 1e9 }
      #expect("sum \(rounded[0]) \(rounded[1]) \(rounded[2])" == form)
    case .other: #expect(form == "other")
    }
  }

  @Test("proofs by sums and logarithms of costs find the enumerated optimum of 200 random small problems")
  func enumerated() throws {
    let objectives: [(text: String, direction: Objective.Direction)] = [
      ("macs+100*parameters", .minimize), ("latency*1e6+energy*3e5+area", .minimize),
      ("accuracy-3000*latency-2000*energy", .maximize), ("-(area+latency*1000)/2", .maximize),
      ("log(latency*energy)-3*log(accuracy)", .minimize),
      ("log(accuracy)-log(latency)-log(energy)-log(area)", .maximize),
      ("latency+energy", .minimize), ("parameters/macs*macs+macs/64", .minimize),
    ]
    var feasible = 0
    for seed in 0..<200 {
      var random = SplitMix64(seed: UInt64(seed), stream: 74)
      let small = try LagrangianBranchAndBoundTests.smallProblem(
        atLeast: 300, 4000, isOftenUnbounded: true, &random)
      let objective = objectives[seed % objectives.count]
      let problem = try small.with(
        objective: TestModels.objective(objective.text, objective.direction), bounds: small.bounds)
      guard let search = LagrangianBranchAndBound(problem) else { continue }
      let report = search.run(stopping: StoppingRule())
      var best: (point: [Int], score: Score) = ([], .none)
      problem.space.forEachPoint { point in
        let score = problem.score(point)
        if score < best.score { best = (point, score) }
      }
      guard best.score.isFeasible else {
        #expect(report.certificate.status == .infeasible, "\(seed) \(objective)")
        continue
      }
      feasible += 1
      #expect(report.certificate.status == .optimal)
      #expect(report.point == best.point, "\(seed) \(objective) \(report.score) \(best.score)")
    }
    #expect(feasible >= 120)
  }

  @Test("a sum of costs over the whole space is proved with few boxes")
  func fewBoxes() throws {
    for model in [try TestModels.simulated(), try TestModels.fitted()] {
      let problem = try DesignProblem(
        space: .named("dense3-fashion"), model: model,
        objective: TestModels.objective("macs+100*parameters", .minimize),
        bounds: [Bound(quantity: .accuracy, relation: .atLeast, limit: 0.862)])
      let report = try #require(LagrangianBranchAndBound(problem)).run(stopping: StoppingRule())
      #expect(report.certificate.status == .optimal)
      #expect(report.certificate.nodes < 1000)
    }
  }
}
