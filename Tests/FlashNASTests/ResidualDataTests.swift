import FlashGraph
import FlashNAS
import FlashSearch
import Testing

@testable import FlashFormats

/// `datasets/fashion-mnist-residual`: training runs of residual networks, counted by PyTorch.
@Suite("Residual data set")
struct ResidualDataTests {
  static let folder = "\(packageRoot)/datasets/fashion-mnist-residual"
  let space: SearchSpace

  init() throws { space = try SearchSpace.named("resnet-fashion") }

  @Test("the plan is the first 26 points of seed 31, all with seed 0 before all with seed 1")
  func plan() throws {
    let file = try SampleFile(reading: "\(Self.folder)/plan.csv", space: space)
    let points = try space.sobolPlan(count: 26, seed: 31)
    #expect(try file.table.rows.map { try file.point($0) } == points + points)
    let seed = try #require(file.table.column("seed"))
    #expect(file.table.rows.map { $0.fields[seed] } == (0..<52).map { $0 < 26 ? "0" : "1" })
  }

  @Test("the space's closed form counts what the trainer counted over its PyTorch networks")
  func counts() throws {
    let file = try SampleFile(reading: "\(Self.folder)/samples.csv", space: space)
    for row in file.table.rows {
      let features = try space.features(file.point(row))
      func given(_ name: String) throws -> Double { try file.table.number(row, #require(file.table.column(name))) }
      #expect(try Double(features.parameters) == given("parameters"), "line \(row.line)")
      #expect(try Double(features.macs) == given("macs"), "line \(row.line)")
      #expect(try features.nnMass == given("nn_mass"), "line \(row.line)")
      let degree = try given("nn_degree")
      #expect(abs(features.nnDegree - degree) <= 1e-12 * degree, "line \(row.line)")
    }
  }

  @Test("the samples are runs of the plan, in its order, all under one recipe")
  func runs() throws {
    let plan = try SampleFile(reading: "\(Self.folder)/plan.csv", space: space).table
    let samples = try SampleFile(reading: "\(Self.folder)/samples.csv", space: space).table
    let columns = try (space.variableNames + ["seed"]).map { try #require(samples.column($0)) }
    let runs = samples.rows.map { row in columns.map { row.fields[$0] } }
    let planned = plan.rows.map(\.fields)
    let places = try runs.map { run in try #require(planned.firstIndex(of: run)) }
    #expect(places == Set(places).sorted())
    for (name, value) in [("images", "20000"), ("epochs", "6")] {
      let column = try #require(samples.column(name))
      #expect(samples.rows.allSatisfy { $0.fields[column] == value })
    }
  }

  @Test("no network of the space has more than 4.5 million MACs")
  func largest() {
    #expect(space.features(space.variables.map(\.upper)).macs == 4_389_072)
  }
}
