/// What is known of up to three costs together, beside a bound of each: that their weighted sum, the joint cost, does not
/// fall below a bound of its own.
///
/// Bounds of costs one by one are met by different designs: where one cost is held to a limit, the others do not reach
/// their least values. Over the designs whose shares w·c lie between least and most ones and sum to at least a joint cost,
/// a product of costs is least at a vertex, since its logarithm is concave: some costs at their most, one between, the
/// others at their least. A weighted sum of costs is the joint cost of its own weights.
struct JointCosts: Sendable {
  /// What one of each cost adds to the joint cost; zero for lanes without one.
  let weights: SIMD4<Double>
  /// Whether the objective is a sum with the joint cost; else it is a function of a product of costs.
  let isSum: Bool
  /// Whether the objective is a product with the cost, or reads it not at all.
  private let isFactor: SIMDMask<SIMD4<Int64>>
  /// A lane of which the objective is a product with; the first where there is none.
  let factor: Int

  /// The lane of the joint cost; costs stand before it.
  static let lane = CostLanes.count - 1

  /// Of an objective that is a function of a product of costs.
  init(weights: SIMD4<Double>, isFactor: SIMDMask<SIMD4<Int64>>) {
    self.weights = weights
    isSum = false
    self.isFactor = isFactor
    factor = (0..<Self.lane).first { isFactor[$0] } ?? 0
  }

  /// Of an objective that is a sum with these weights.
  init(sum weights: SIMD4<Double>) {
    self.weights = weights
    isSum = true
    isFactor = SIMDMask(repeating: false)
    factor = 0
  }

  /// By how much at least the joint cost exceeds the sum of the least costs' shares, a sum in another order included.
  ///
  /// - Parameter least: the least costs, and the least joint cost in its lane.
  @inline(__always)
  func excess(_ least: SIMD4<Double>) -> Double {
    let joint = least[Self.lane]
    return max(0, joint - shares(least).sum() - 1e-12 * abs(joint))
  }

  /// The shares of costs; zero for lanes without one.
  @inline(__always)
  func shares(_ costs: SIMD4<Double>) -> SIMD4<Double> {
    (weights * costs).replacing(with: 0, where: weights .== 0)
  }

  /// By how much the product of costs rises over that of the least ones; infinite where not even the most ones reach the
  /// joint cost.
  ///
  /// - Parameters:
  ///   - least: the least costs, and the least joint cost in its lane.
  ///   - most: the most shares.
  @inline(__always)
  func lift(_ least: SIMD4<Double>, _ most: SIMD4<Double>) -> Double {
    let shares = weights * least
    let slack = least[Self.lane] - shares.sum()
    return slack > 0 ? lift(shares, most, slack) : 1
  }

  private func lift(_ shares: SIMD4<Double>, _ most: SIMD4<Double>, _ slack: Double) -> Double {
    func gain(_ lane: Int, _ taken: Double) -> Double { isFactor[lane] ? 1 + taken / shares[lane] : 1 }
    func room(_ lane: Int) -> Double { max(0, most[lane] - shares[lane]) }
    /// Of what one cost leaves, the second takes what it can and the third the rest.
    func lift(_ second: Int, _ third: Int, _ rest: Double) -> Double {
      guard rest > room(second) else { return gain(second, rest) }
      let last = rest - room(second)
      guard last <= room(third) + 1e-9 * most[third] else { return .infinity }
      return gain(second, room(second)) * gain(third, last)
    }
    func lift(_ first: Int, _ second: Int, _ third: Int) -> Double {
      guard slack > room(first) else { return gain(first, slack) }
      let rest = slack - room(first)
      return gain(first, room(first)) * min(lift(second, third, rest), lift(third, second, rest))
    }
    return min(lift(0, 1, 2), min(lift(1, 0, 2), lift(2, 0, 1)))
  }
}

extension JointCosts {
  /// The factors of a weight that are tried (chosen).
  private static let factors = SIMD4<Double>(1, 4, 16, 64)
  /// The part of the largest rise of the bound that a larger factor has to bring: deep in the tree, where costs are close to
  /// their limits, larger factors do better than for the whole space (measured on the shipped problem).
  private static let share = 0.4

  /// Weights that raise the bound of a question: each cost by about its size, one that is held to a limit by a factor more,
  /// or any where none is: their least values, too, lie at different designs.
  ///
  /// - Parameters:
  ///   - units: what no design of at least so much NN-Degree falls below.
  ///   - degree: about that of the best design.
  /// - Returns: joint costs, and the multiplier that is best for them over the whole space; `nil` for an objective that is
  ///   no product of costs, for less than two or more than three costs, and where joint costs raise the bound by less than
  ///   a thousandth (chosen).
  /// - Complexity: that of a table of multipliers for each limit, or each cost where there is no limit.
  static func search(
    _ question: SeparableQuestion, _ parts: SeparableParts, _ units: SIMD4<Double>, degree: Double
  ) -> (joint: JointCosts, multiplier: Double)? {
    let lanes = question.lanes
    guard 2...Self.lane ~= lanes.quantities.count else { return nil }
    if case .sum(let weights) = question.objective.form { return sum(weights, lanes, parts, degree: degree) }
    guard let isFactor = question.objective.form.factors else { return nil }
    let least = lanes.offset + lanes.scale * units
    let most = lanes.offset + lanes.scale * question.limits
    var weights = SIMD4<Double>.zero
    for lane in lanes.quantities.indices { weights[lane] = 1 / (isFactor[lane] ? least[lane] : most[lane]) }
    var best = (joint: JointCosts(weights: weights, isFactor: isFactor), multiplier: 0.0, lift: 1.0)
    let all = Array(lanes.quantities.indices)
    let limited = all.filter { question.limits[$0] < .infinity }
    for heavy in limited.isEmpty ? all : limited {
      // Four joint costs at a time, a lane each.
      let joints = (0..<CostLanes.count).map { place in
        var weights = best.joint.weights
        weights[heavy] *= factors[place]
        return JointCosts(weights: weights, isFactor: isFactor)
      }
      var joined = parts
      joined.map { units in
        var sums = SIMD4<Double>.zero
        for (place, joint) in joints.enumerated() { sums[place] = (joint.weights * lanes.scale * units).sum() }
        return sums
      }
      let sums = MultiplierRows(joined).leastUnits(joined, degree: degree)
      let lifts = joints.indices.map { place in
        var costs = least
        costs[lane] = sums.units[place] + (joints[place].weights * lanes.offset).sum()
        return joints[place].lift(costs, joints[place].shares(most))
      }
      let largest = lifts.max() ?? 1
      for place in joints.indices where lifts[place] - 1 >= share * (largest - 1) {
        best = (joints[place], sums.multipliers[place], lifts[place])
      }
    }
    return best.lift > 1.001 ? (best.joint, best.multiplier) : nil
  }

  /// The joint cost of a weighted sum.
  private static func sum(
    _ weights: SIMD4<Double>, _ lanes: CostLanes, _ parts: SeparableParts, degree: Double
  ) -> (joint: JointCosts, multiplier: Double)? {
    let joint = JointCosts(sum: weights)
    var (lanes, parts) = (lanes, parts)
    lanes.join(joint)
    parts.map(lanes.joined)
    let least = MultiplierRows(parts).leastUnits(parts, degree: degree)
    let costs = lanes.offset + lanes.scale * least.units
    return joint.excess(costs) > 0.001 * costs[lane] ? (joint, least.multipliers[lane]) : nil
  }
}
