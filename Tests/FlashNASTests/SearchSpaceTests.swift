import FlashNAS
import FlashNumerics
import FlashSearch
import Foundation
import Testing

/// The package's folder.
let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

/// What an error says, or "no error".
func message(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return "no error"
}

@Suite("Search spaces")
struct SearchSpaceTests {
  let fashion: SearchSpace

  init() throws { fashion = try SearchSpace.named("dense3-fashion") }

  /// A box of a few values per variable whose skips saturate in part.
  private func smallBox(_ random: inout SplitMix64) throws -> SearchSpace {
    try fashion.restricted(
      to: fashion.variables.enumerated().map { index, variable in
        let most = [2, 2, 4][index % 3]
        // Skips saturate at w·(d − 2), 8 to 384: low widths and depths, and skips around that.
        let first = index % 3 == 2 ? random.below(variable.count) : random.below(min(variable.count, 4))
        let lower = variable.lower + first
        return .range(variable.name, lower...min(variable.upper, lower + random.below(most)))
      })
  }

  /// What a point's network is: its cells with the skips that take effect.
  private func network(_ point: [Int], _ space: SearchSpace) -> [Int] {
    stride(from: 0, to: point.count, by: 3).flatMap { first in
      let (width, depth, skip) = (point[first], point[first + 1], point[first + 2])
      return [width, depth] + (0..<depth).map { min(skip, width * max($0 - 1, 0)) }
    }
  }

  @Test("dense3-fashion has 205 781 966 775 configurations, 163 374 867 000 of them different networks")
  func configurations() {
    #expect(fashion.configurations == 205_781_966_775)
    #expect(fashion.distinctConfigurations == 163_374_867_000)
  }

  @Test("the distinct configurations of small boxes are those of enumeration")
  func distinct() throws {
    var random = SplitMix64(seed: 61)
    var saturated = 0
    for _ in 0..<60 {
      let box = try smallBox(&random)
      var networks: Set<[Int]> = []
      var points = 0
      box.forEachPoint {
        networks.insert(network($0, box))
        points += 1
      }
      #expect(box.configurations == UInt128(points))
      #expect(box.distinctConfigurations == UInt128(networks.count))
      if networks.count < points { saturated += 1 }
    }
    #expect(saturated > 10)
  }

  @Test("the canonical point is the lexicographically least of those that are the same network")
  func canonicalLeast() throws {
    var random = SplitMix64(seed: 62)
    for _ in 0..<40 {
      let box = try smallBox(&random)
      var least: [[Int]: [Int]] = [:]
      box.forEachPoint { point in
        let network = network(point, box)
        // Points come in lexicographic order: the first of a network is its least.
        if least[network] == nil { least[network] = point }
        #expect(box.canonical(point) == least[network], "\(point)")
      }
    }
  }

  @Test(
    "canonical points stay as they are, in range, and mean the same", arguments: ["dense3-fashion", "dense3-cifar"])
  func canonicalScores(name: String) throws {
    let space = try SearchSpace.named(name)
    let problem = try DesignProblem(
      space: space, model: TestModels.simulated(), objective: TestModels.objective("accuracy/(latency*energy*nn_mass)"),
      bounds: [Bound(quantity: .area, relation: .atMost, limit: 1.5)])
    var random = SplitMix64(seed: 63)
    var moved = 0
    for _ in 0..<3000 {
      let point = space.randomPoint(&random)
      let canonical = space.canonical(point)
      #expect(space.canonical(canonical) == canonical)
      #expect(space.features(canonical) == space.features(point))
      #expect(problem.score(canonical) == problem.score(point))
      #expect(message { try space.check(canonical) } == "no error")
      if canonical != point {
        moved += 1
        #expect(canonical.lexicographicallyPrecedes(point))
      }
    }
    #expect(moved > 100)
  }

  @Test("a restricted space keeps its other variables and its network")
  func restricted() throws {
    let box = try fashion.restricted(to: [.range("width2", 9...11), .range("depth3", 5...5)])
    #expect(box.variables[3] == IntegerVariable(name: "width2", lower: 9, upper: 11, step: 1))
    #expect(box.variables[7] == IntegerVariable(name: "depth3", lower: 5, upper: 5, step: 1))
    for index in [0, 1, 2, 4, 5, 6, 8] { #expect(box.variables[index] == fashion.variables[index]) }
    #expect(box.name == fashion.name)
    let point = [5, 6, 7, 10, 8, 9, 20, 5, 30]
    #expect(box.network(point) == fashion.network(point))
    #expect(try fashion.restricted(to: []) == fashion)
  }

  @Test("a restriction to an unknown variable or outside a range is refused")
  func restrictedErrors() {
    #expect(
      message { _ = try fashion.restricted(to: [.range("widht1", 5...6)]) }
        == "variable: unknown name, found 'widht1', allowed width1, depth1, skip1, width2, depth2, skip2, width3, "
        + "depth3, skip3 (did you mean 'width1'?)")
    #expect(
      message { _ = try fashion.restricted(to: [.range("width1", 3...6)]) }
        == "width1: out of range, found 3..6, allowed 4 to 12")
    #expect(
      message { _ = try fashion.restricted(to: [.range("skip3", 0...97)]) }
        == "skip3: out of range, found 0..97, allowed 0 to 96")
    #expect(
      message { _ = try fashion.restricted(to: [.range("depth2", 11...11)]) }
        == "depth2: out of range, found 11, allowed 4 to 10")
  }

  @Test("a point of the wrong length or outside the space is refused")
  func check() {
    let point = fashion.variables.map(\.lower)
    #expect(message { try fashion.check(point) } == "no error")
    #expect(
      message { try fashion.check(point + [1]) }.hasPrefix("point: out of range, found 10 values, allowed 9: width1"))
    var high = point
    high[8] = 97
    #expect(message { try fashion.check(high) } == "skip3: out of range, found 97, allowed 0 to 96")
  }

  @Test("an unknown space is refused with those that are known")
  func unknown() {
    #expect(
      message { _ = try SearchSpace.named("dense3-cifra") }
        == "space: unknown name, found 'dense3-cifra', allowed dense3-fashion, dense3-cifar, resnet-cifar, "
        + "resnet-fashion, deep-resnet-cifar, preresnet-cifar, wide-resnet-cifar, densenet-cifar, resnet-imagenet, "
        + "preresnet-imagenet, regnet-imagenet, mobilenetv1-imagenet, mobilenetv2-imagenet, densenet-imagenet "
        + "(did you mean 'dense3-cifar'?)")
  }
}

@Suite("Sampling plans")
struct SamplingPlanTests {
  @Test("a plan has so many different canonical points of the space", arguments: ["dense3-fashion", "dense3-cifar"])
  func plan(name: String) throws {
    let space = try SearchSpace.named(name)
    let plan = try space.sobolPlan(count: 2000, seed: 4)
    #expect(plan.count == 2000)
    #expect(Set(plan).count == 2000)
    for point in plan {
      #expect(message { try space.check(point) } == "no error")
      #expect(space.canonical(point) == point)
    }
    // Every value of the variables with few of them is met about equally often.
    for index in [1, 4, 7] {
      let variable = space.variables[index]
      for value in variable.lower...variable.upper {
        let share = Double(plan.count { $0[index] == value } * variable.count) / 2000
        #expect(0.8...1.2 ~= share, "\(variable.name) = \(value)")
      }
    }
  }

  @Test("the same seed gives the same plan, a longer one begins alike, another seed gives another")
  func seeds() throws {
    let space = try SearchSpace.named("dense3-fashion")
    let plan = try space.sobolPlan(count: 50, seed: 7)
    #expect(try space.sobolPlan(count: 50, seed: 7) == plan)
    #expect(try Array(space.sobolPlan(count: 80, seed: 7).prefix(50)) == plan)
    #expect(try space.sobolPlan(count: 50, seed: 8) != plan)
  }

  @Test("the first 24 points of seed 21 are those that the shipped data set of dense networks trained first")
  func shipped() throws {
    let text = try String(contentsOfFile: "\(packageRoot)/datasets/fashion-mnist-dense3/plan.csv", encoding: .utf8)
    let rows = text.split(separator: "\n").dropFirst().prefix(24).map { line in
      line.split(separator: ",").prefix(9).compactMap { Int($0) }
    }
    #expect(rows.count == 24)
    #expect(try SearchSpace.named("dense3-fashion").sobolPlan(count: 24, seed: 21) == Array(rows))
  }

  @Test("a small space is exhausted, and asked for more is refused")
  func exhausted() throws {
    let box = try SearchSpace.named("dense3-fashion").restricted(
      to: [
        .range("width1", 4...5), .range("depth1", 4...4), .range("skip1", 7...10), .range("width2", 8...9),
        .range("depth2", 4...4), .range("skip2", 0...0), .range("width3", 16...16), .range("depth3", 4...4),
        .range("skip3", 3...4),
      ])
    #expect(box.distinctConfigurations == 24)
    let plan = try box.sobolPlan(count: 24, seed: 1)
    #expect(Set(plan).count == 24)
    #expect(
      message { _ = try box.sobolPlan(count: 25, seed: 1) }
        == "number of points: out of range, found 25, allowed 1 to 24")
    #expect(
      message { _ = try box.sobolPlan(count: 0, seed: 1) } == "number of points: out of range, found 0, allowed 1 to 24"
    )
  }
}
