import FlashHardware
import FlashNAS
import FlashSearch
import Testing

@testable import FlashFormats
@testable import FlashQueries

/// What the checkout ships: the default problem.
@Suite("Shipped data")
struct ShippedDataTests {
  static let profilePath = "\(packageRoot)/hardware-profiles/systolic-ws-32x32.yaml"
  let space: SearchSpace
  let profile: HardwareProfile

  init() throws {
    space = try SearchSpace.named("dense3-fashion")
    profile = try HardwareProfileFile.read(Self.profilePath)
  }

  @Test("the default problem's optimum is a trade-off: both bounds bind, half of the variables are inside their ranges")
  func defaultProblem() throws {
    let file = try ProblemFile(reading: "\(packageRoot)/problems/default.yaml")
    #expect(file.space == "dense3-fashion")
    #expect(file.hardware == ["systolic-ws-32x32"])
    let space = try space.restricted(to: file.ranges)
    let predictor = try AccuracyModelFile.read("\(packageRoot)/datasets/\(try #require(space.dataset))/predictor.json")
    let simulator = try #require(profile.simulator)
    let problem = try DesignProblem(
      space: space, model: try PerformanceModel(predictor: predictor, costs: .simulated(simulator)),
      objective: file.objective,
      bounds: file.bounds)
    let report = BranchAndBound().run(problem, stopping: StoppingRule())
    #expect(report.certificate.status == .optimal)
    #expect(problem.bounds.count == 2)
    #expect(problem.isBinding(at: report.point) == [true, true])
    let inside = zip(report.point, space.variables).count { $1.lower < $0 && $0 < $1.upper }
    #expect(2 * inside >= space.variables.count, "\(report.point)")
  }

  @Test("a search for the default problem gives the proved optimum")
  func query() throws {
    var query = SearchQuery()
    query.problem = "\(packageRoot)/problems/default.yaml"
    query.accuracy = "\(packageRoot)/datasets/fashion-mnist-dense3/predictor.json"
    query.hardware = HardwareArguments([Self.profilePath])
    query.strategy = "exact"
    let exact = try query.run()
    query.strategy = "hierarchical"
    let hierarchical = try query.run()
    #expect(exact.document["best"] != .null)
    #expect(exact.document["best"] == hierarchical.document["best"])
  }
}

/// The profiles' fitted parts and the tables behind them.
@Suite("Fitted profiles")
struct FittedProfileTests {
  static let profiles = ["systolic-ws-32x32", "systolic-os-32x32", "systolic-is-32x32", "imc-reram-isaac32"]
  let space: SearchSpace

  init() throws { space = try SearchSpace.named("dense3-fashion") }

  private func path(_ name: String) -> String { "\(packageRoot)/hardware-profiles/\(name).yaml" }

  /// The fit that `remake.sh` makes.
  private func fits(_ name: String) throws -> [HardwareFit] {
    var question = HardwareSamples.Question()
    question.extra =
      name.hasPrefix("imc")
      ? ["output_pixels", "tiles_128x4x96", "streamed_elements_128x32", "tiles_128x4x96*output_pixels"]
      : ["folds_32x32", "macs_in1_out32"]
    return try HardwareSamples(reading: "\(packageRoot)/datasets/\(name)/fit.csv", space: space, question).fits()
  }

  @Test("the profile's fitted part is the fit over its table", arguments: profiles)
  func fitted(name: String) throws {
    let profile = try HardwareProfileFile.read(path(name))
    let fits = try fits(name)
    #expect(fits.map(\.quantity) == CostQuantity.allCases.map(\.rawValue))
    let fitted = try #require(profile.fitted)
    for fit in fits {
      let quantity = try #require(CostQuantity(rawValue: fit.quantity))
      let shipped = try #require(fitted[quantity])
      #expect(shipped.features == fit.cost.features)
      for (a, b) in zip(shipped.coefficients, fit.cost.coefficients) {
        #expect(abs(a - b) <= 1e-6 * abs(b), "\(fit.quantity)")
      }
      let reach = try #require(shipped.relativeReach)
      #expect(abs(reach - (fit.cost.relativeReach ?? .nan)) <= 1e-6 * reach + 1e-12)
      #expect(shipped.ranges == fit.cost.ranges)
    }
  }

  /// The errors that the profile states for a quantity, as it prints them.
  private func stated(
    _ quantity: CostQuantity, _ key: String, _ name: String
  ) throws -> (mape: String, maxAPE: String, samples: Int) {
    let root = try Field(document: TextFile.read(path(name), limit: TextFile.documentLimit), file: path(name))
    let errors = try root.required("fitted").required(quantity.rawValue).required(key)
    return (
      try errors.required("mape").string(), try errors.required("max_ape").string(),
      try errors.required("samples").integer()
    )
  }

  /// Whether a number rounds to what is printed.
  private func rounds(_ value: Double, to text: String) throws -> Bool {
    let digits = text.split(separator: ".").dropFirst().first?.count ?? 0
    let half = (0..<digits).reduce(0.5) { half, _ in half / 10 }
    return abs(value - (try #require(Double(text)))) <= half * (1 + 1e-6)
  }

  @Test("the leave-one-out errors that the profile states are right to the printed digits", arguments: profiles)
  func leaveOneOut(name: String) throws {
    for fit in try fits(name) {
      let stated = try stated(#require(CostQuantity(rawValue: fit.quantity)), "leave_one_out", name)
      #expect(try rounds(fit.leaveOneOut.mape, to: stated.mape), "\(fit.quantity): \(fit.leaveOneOut.mape)")
      #expect(try rounds(fit.leaveOneOut.maxAPE, to: stated.maxAPE), "\(fit.quantity): \(fit.leaveOneOut.maxAPE)")
      #expect(fit.samples == stated.samples)
    }
  }

  @Test("the test errors that the profile states are right to the printed digits", arguments: profiles)
  func testErrors(name: String) throws {
    let profile = try HardwareProfileFile.read(path(name))
    let file = try SampleFile(reading: "\(packageRoot)/datasets/\(name)/test.csv", space: space)
    let points = try file.table.rows.map { try file.point($0) }
    let fitted = try #require(profile.fitted)
    let predicted = try points.map {
      try PerformanceModel(predictor: nil, costs: .fitted(fitted)).values($0, in: space)
    }
    for quantity in CostQuantity.allCases {
      let key = try #require(Quantity(rawValue: "\(quantity)"))
      let column = try #require(file.table.column(quantity.rawValue))
      let errors = PercentageErrors(
        predicted: predicted.map { $0[key] },
        measured: try file.table.rows.map { try file.table.number($0, column) })
      let stated = try stated(quantity, "test", name)
      #expect(try rounds(errors.mape, to: stated.mape), "\(quantity): \(errors.mape)")
      #expect(try rounds(errors.maxAPE, to: stated.maxAPE), "\(quantity): \(errors.maxAPE)")
      #expect(points.count == stated.samples)
    }
  }

  @Test(
    "the profile's tables are what its simulator gives for their plans", arguments: profiles,
    [("fit", 40, UInt64(1)), ("test", 200, 2), ("curve", 60, 3)])
  func tables(name: String, plan: (table: String, count: Int, seed: UInt64)) throws {
    let simulator = try #require(try HardwareProfileFile.read(path(name)).simulator)
    let file = try SampleFile(reading: "\(packageRoot)/datasets/\(name)/\(plan.table).csv", space: space)
    let points = try file.table.rows.map { try file.point($0) }
    #expect(points == (try space.sobolPlan(count: plan.count, seed: plan.seed)))
    #expect(file.table.header == space.variableNames + CostQuantity.allCases.map(\.rawValue) + simulator.countNames)
    for (row, point) in zip(file.table.rows, points) {
      let simulation = simulator.simulation(of: SpacePoint(point, in: space))
      let costs = simulation.costs
      let expected = [costs.latency.seconds, costs.energy.joules, costs.area.squareMillimetres].map { "\($0)" }
      #expect(Array(row.fields[9..<12]) == expected, "line \(row.line)")
      let counts = simulation.counts.map { count in
        switch count {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        }
      }
      #expect(Array(row.fields[12...]) == counts, "line \(row.line)")
    }
  }
}
