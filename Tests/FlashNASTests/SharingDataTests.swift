import FlashAccuracy
import FlashGraph
import FlashNumerics
import FlashQueries
import FlashSearch
import Foundation
import Testing

@testable import FlashFormats
@testable import FlashNAS

/// `datasets/weight-sharing`: networks trained alone, and ranked by super-networks with shared weights.
@Suite("Weight-sharing data set")
struct SharingDataTests {
  static let folder = "\(packageRoot)/datasets/weight-sharing"
  let space: SearchSpace

  init() throws { space = try SpaceFile.read("\(Self.folder)/space.yaml") }

  @Test("the plan is the first 64 points of seed 41, with seeds 0, 1 and 2, all with one seed before the next")
  func plan() throws {
    let file = try SampleFile(reading: "\(Self.folder)/plan.csv", space: space)
    let points = try space.sobolPlan(count: 64, seed: 41)
    #expect(try file.table.rows.map { try file.point($0) } == points + points + points)
    let seed = try #require(file.table.column("seed"))
    #expect(file.table.rows.map { $0.fields[seed] } == (0..<192).map { "\($0 / 64)" })
  }

  @Test("the space's closed form counts what the trainer counted over its PyTorch networks")
  func counts() throws {
    let file = try SampleFile(reading: "\(Self.folder)/samples.csv", space: space)
    for row in file.table.rows {
      let features = try space.features(file.point(row))
      func given(_ name: String) throws -> Double { try file.table.number(row, #require(file.table.column(name))) }
      #expect(try Double(features.parameters) == given("parameters"), "line \(row.line)")
      #expect(try Double(features.macs) == given("macs"), "line \(row.line)")
      let degree = try given("nn_degree")
      #expect(abs(features.nnDegree - degree) <= 1e-12 * degree, "line \(row.line)")
    }
    #expect(space.features(space.variables.map(\.upper)).macs <= 2_000_000)
  }

  @Test("the samples are the runs of the plan, in its order")
  func runs() throws {
    let plan = try SampleFile(reading: "\(Self.folder)/plan.csv", space: space).table
    let samples = try SampleFile(reading: "\(Self.folder)/samples.csv", space: space).table
    let columns = try (space.variableNames + ["seed"]).map { try #require(samples.column($0)) }
    #expect(samples.rows.map { row in columns.map { row.fields[$0] } } == plan.rows.map(\.fields))
  }

  @Test("the true accuracies are the means and sample deviations of the runs of each point")
  func truth() throws {
    let file = try SampleFile(reading: "\(Self.folder)/samples.csv", space: space)
    let column = try #require(file.table.column("accuracy"))
    var runs: [[Int]: [Double]] = [:]
    for row in file.table.rows { try runs[file.point(row), default: []].append(file.table.number(row, column)) }
    let points = try space.sobolPlan(count: 64, seed: 41)
    let truth = try CSVTable(reading: "\(Self.folder)/truth.csv")
    #expect(truth.header == ["arch", "accuracy", "sd", "n"])
    let expected = try points.enumerated().map { index, point in
      let runs = try #require(runs[point])
      let deviation = Statistics.populationDeviation(runs) * (Double(runs.count) / Double(runs.count - 1)).squareRoot()
      return [
        String(format: "a%02d", index), String(format: "%.6f", Statistics.mean(runs)),
        String(format: "%.6f", deviation), "\(runs.count)",
      ]
    }
    #expect(truth.rows.map(\.fields) == expected)
    #expect(runs.values.allSatisfy { $0.count >= 3 })
  }
}

/// The logs of the super-networks, and what `agree` says of them.
@Suite("Weight-sharing logs")
struct SharingLogTests {
  static let logs = [1, 4, 16]

  private static func file(_ name: String) -> String { "\(SharingDataTests.folder)/\(name)" }

  @Test("a log has 128 steps of 64 architectures, each in one of its groups of equal size", arguments: logs)
  func log(groups: Int) throws {
    let proxy = Self.file("proxy-\(groups).csv")
    let log = try AgreementLog.read(proxy: proxy, truth: Self.file("truth.csv"))
    #expect(log.architectures.count == 64 && log.unlogged.isEmpty)
    #expect(log.runs == ["0"] && log.stepCount == 128 && log.count == 128 * 64)
    #expect(log.groups == (0..<groups).map { String(format: "%02d", $0) })
    let members = try Self.members(proxy)
    #expect(members.values.allSatisfy { $0.count == 64 / groups })
    #expect(members.values.reduce(into: Set()) { $0.formUnion($1) }.count == 64)
  }

  @Test("the groups are nested: each of 16 within one of 4")
  func nested() throws {
    let large = try Self.members(Self.file("proxy-4.csv"))
    for small in try Self.members(Self.file("proxy-16.csv")).values {
      #expect(large.values.contains { $0.isSuperset(of: small) })
    }
  }

  /// The architectures of each group.
  private static func members(_ file: String) throws -> [String: Set<String>] {
    let table = try CSVTable(reading: file)
    let group = try #require(table.column("group"))
    let architecture = try #require(table.column("arch"))
    return table.rows.reduce(into: [:]) { $0[$1.fields[group], default: []].insert($1.fields[architecture]) }
  }

  @Test("the README's table is what agree says of the files", arguments: logs)
  func readme(groups: Int) throws {
    let result = try AgreeQuery(proxy: Self.file("proxy-\(groups).csv"), truth: Self.file("truth.csv")).run()
    let whole = result.csv.filter { $0[0].isEmpty }
    let statistics = Dictionary(uniqueKeysWithValues: whole.map { ($0[1], $0[2]) })
    func number(_ name: String, _ format: String = "%.3f", times factor: Double = 1) throws -> String {
      let value = try #require(statistics[name].flatMap(Double.init), "\(name)")
      return String(format: format, factor * value)
    }
    let cells = [
      "\(groups)", try "\(number("tau.mean")) ± \(number("tau.sd"))",
      try "\(number("bootstrap.tau_mean.low")) to \(number("bootstrap.tau_mean.high"))", try number("window.tau"),
      try "\(number("bootstrap.window_tau.low")) to \(number("bootstrap.window_tau.high"))",
      try number("window.pairwise_tau.mean"), try number("top.1.best_true_rank", "%.1f"),
      try number("top.5.best_true_rank", "%.1f"), try number("top.5.overlap", "%.2f"),
      try number("regret.mean", "%.2f", times: 100), try number("gap", "%.1f", times: 100),
    ]
    let text = try TextFile.read(Self.file("README.md"), limit: TextFile.documentLimit)
    #expect(text.contains("| \(cells.joined(separator: " | ")) |\n"), "\(cells)")
    let ceiling = try number("noise_ceiling")
    #expect(text.contains("noise ceiling of \(ceiling)"), "\(ceiling)")
  }
}
