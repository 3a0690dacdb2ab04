import FlashNumerics
import FlashSearch
import Testing

@testable import FlashNAS

@Suite("Sampling designs")
struct SamplingDesignTests {
  @Test("every design gives different canonical points of the space, the same for a seed, others for another seed")
  func points() throws {
    for space in SearchSpace.catalogue {
      for design in SamplingDesign.allCases {
        let plan = try design.plan(space, count: 40, seed: 5)
        #expect(plan.count == 40)
        #expect(Set(plan).count == 40)
        for point in plan {
          #expect(message { try space.check(point) } == "no error")
          #expect(space.canonical(point) == point)
        }
        #expect(try design.plan(space, count: 40, seed: 5) == plan)
        #expect(try design.plan(space, count: 40, seed: 6) != plan)
      }
    }
  }

  @Test("a Latin hypercube has one point in every equal part of every variable's range")
  func latin() throws {
    // As many points as values: every value once.
    let space = try SearchSpace.named("dense3-cifar").restricted(
      to: ["skip1", "skip2", "skip3"].map { .range($0, 0...0) }
        + [.range("width1", 8...23), .range("width2", 16...31), .range("width3", 16...31)]
        + ["depth1", "depth2", "depth3"].map { .range($0, 5...20) })
    let plan = try SamplingDesign.latin.plan(space, count: 16, seed: 9)
    for (axis, variable) in space.variables.enumerated() where variable.count == 16 {
      #expect(plan.map { $0[axis] }.sorted() == Array(variable.lower...variable.upper), "\(variable.name)")
    }
  }

  @Test("the points of a maximin plan are farther from each other than those of other designs")
  func maximin() throws {
    for name in ["dense3-fashion", "resnet-imagenet", "mobilenetv2-imagenet"] {
      let space = try SearchSpace.named(name)
      func least(_ design: SamplingDesign, _ seed: UInt64) throws -> Double {
        let plan = try design.plan(space, count: 25, seed: seed)
        var least = Double.infinity
        for (place, point) in plan.enumerated() {
          for other in plan[..<place] { least = min(least, space.squaredDistance(point, other)) }
        }
        return least
      }
      for seed: UInt64 in 0..<5 {
        let spread = try least(.maximin, seed)
        for design in [SamplingDesign.sobol, .latin] {
          for other: UInt64 in 0..<5 { #expect(try spread > least(design, other), "\(name) \(design)") }
        }
      }
    }
  }

  @Test("the greedy choice is within a factor of two of the best out of its plan")
  func bound() throws {
    let space = try SearchSpace.named("dense3-fashion").restricted(
      to: [.range("width1", 4...12), .range("depth1", 4...10)]
        + ["width2", "width3"].map { .range($0, 16...16) } + ["depth2", "depth3"].map { .range($0, 4...4) }
        + ["skip1", "skip2", "skip3"].map { .range($0, 0...0) })
    // 63 points: the pool is the whole space, and the best three are found by trying all.
    let pool = try space.sobolPlan(count: 60, seed: 1)
    let plan = try space.maximinPlan(count: 3, seed: 1)
    func least(_ points: [[Int]]) -> Double {
      min(
        space.squaredDistance(points[0], points[1]), space.squaredDistance(points[0], points[2]),
        space.squaredDistance(points[1], points[2]))
    }
    var best = 0.0
    for a in pool.indices {
      for b in pool.indices[..<a] {
        for c in pool.indices[..<b] { best = max(best, least([pool[a], pool[b], pool[c]])) }
      }
    }
    // Squared distances: a factor of four.
    #expect(4 * least(plan) >= best)
    #expect(least(plan) <= best)
  }

  @Test("more points than a space has, or than a design gives, are refused")
  func refused() throws {
    let space = try SearchSpace.named("dense3-fashion")
    #expect(
      message { _ = try SamplingDesign.maximin.plan(space, count: 2001, seed: 0) }
        == "number of points: out of range, found 2001, allowed 1 to 2000")
    let small = try space.restricted(
      to: space.variables.dropFirst().map { .range($0.name, $0.lower...$0.lower) })
    #expect(small.distinctConfigurations == 9)
    #expect(try SamplingDesign.maximin.plan(small, count: 9, seed: 0).count == 9)
    #expect(
      message { _ = try SamplingDesign.latin.plan(small, count: 10, seed: 0) }
        == "number of points: out of range, found 10, allowed 1 to 9")
  }
}
