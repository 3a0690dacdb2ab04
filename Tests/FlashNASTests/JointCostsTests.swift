import FlashNumerics
import Testing

@testable import FlashNAS

/// The bound of a product of costs whose shares sum to at least a joint cost.
@Suite("Joint costs")
struct JointCostsTests {
  /// Two or three costs with least and most values, a joint cost between, and which of them are factors.
  struct Case {
    let joint: JointCosts
    let isFactor: SIMDMask<SIMD4<Int64>>
    let count: Int
    var least: SIMD4<Double>
    let mostShares: SIMD4<Double>

    init(_ random: inout SplitMix64, count: Int) {
      self.count = count
      var (weights, least, most) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>(repeating: .infinity))
      var isFactor = SIMDMask<SIMD4<Int64>>(repeating: false)
      for lane in 0..<count {
        weights[lane] = Elementary.exp(8 * random.unit() - 4)
        least[lane] = Elementary.exp(8 * random.unit() - 4)
        if random.below(4) > 0 { most[lane] = least[lane] * (1 + random.unit()) }
        isFactor[lane] = random.below(4) > 0
      }
      joint = JointCosts(weights: weights, isFactor: isFactor)
      mostShares = joint.shares(most)
      least[JointCosts.lane] = (weights * least).sum() * (0.8 + random.unit())
      self.isFactor = isFactor
      self.least = least
    }

    /// The product of the factors among costs, of which it has at least one.
    func product(_ shares: SIMD4<Double>) -> Double {
      (0..<count).reduce(1) { isFactor[$1] ? $0 * shares[$1] : $0 }
    }

    /// The shares at the least costs.
    var leastShares: SIMD4<Double> { joint.shares(least) }
    var bound: Double { product(leastShares) * joint.lift(least, mostShares) }
  }

  static let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

  @Test(arguments: [2, 3]) func `no costs within the limits have a smaller product, and some have the bound`(
    _ count: Int
  ) {
    var random = SplitMix64(seed: UInt64(count))
    var (bounded, impossible) = (0, 0)
    for _ in 0..<2000 {
      let problem = Case(&random, count: count)
      let (low, high, goal) = (problem.leastShares, problem.mostShares, problem.least[JointCosts.lane])
      let bound = problem.bound
      if bound == .infinity {
        impossible += 1
        #expect((0..<count).reduce(0) { $0 + high[$1] } < goal)
        continue
      }
      if bound > problem.product(low) { bounded += 1 }
      // In some order each cost takes all, or a part, of what is missing, and the last one the rest: vertices, and points
      // between.
      var best = Double.infinity
      for order in Self.orders {
        for trial in 0..<5 {
          var shares = low
          for (place, lane) in order.enumerated() {
            let taken = min(max(0, goal - shares.sum() + shares[JointCosts.lane]), high[lane] - low[lane])
            shares[lane] += trial == 0 || place == 2 ? taken : taken * random.unit()
          }
          guard shares.sum() - shares[JointCosts.lane] >= goal * (1 - 1e-12) else { continue }
          #expect(problem.product(shares) >= bound * (1 - 1e-9))
          best = min(best, problem.product(shares))
        }
      }
      #expect(best <= bound * (1 + 1e-9))
    }
    #expect(bounded > 300 && impossible > 20, "\(bounded), \(impossible)")
  }

  @Test(
    "limits that pull against each other, and costs that are least elsewhere, have joint costs that raise the bound",
    arguments: [1.42, .infinity])
  func raised(area: Double) throws {
    let problem = try DesignProblem(
      space: .named("dense3-fashion"), model: TestModels.simulated(),
      objective: Objective(expression: Expression("accuracy/(latency*energy*area)"), direction: .maximize),
      bounds: [
        Bound(quantity: .accuracy, relation: .atLeast, limit: 0.86)
      ] + (area.isFinite ? [Bound(quantity: .area, relation: .atMost, limit: area)] : []))
    let question = try #require(SeparableQuestion(problem))
    let degree = try #require(question.leastDegree)
    let single = try #require(SeparableTables(question, leastDegree: degree, joining: .none))
    let tables = try #require(SeparableTables(question, leastDegree: degree))
    let joint = try #require(tables.joint)
    #expect(single.joint == nil)
    let costs = tables.lanes.offset + tables.lanes.scale * tables.leastUnits(degree: degree)
    let most = joint.shares(tables.lanes.offset + tables.lanes.scale * question.limits)
    #expect(joint.lift(costs, most) > 1.01)
  }
}
