public import FlashAccuracy
internal import FlashNumerics
internal import FlashSearch

/// How the configurations of a plan are chosen.
public enum SamplingDesign: String, Sendable, CaseIterable {
  /// A randomly shifted Sobol sequence.
  case sobol
  /// A Latin hypercube.
  case latin
  /// Points far from each other.
  case maximin
  /// Every part of the range of NN-Degree alike.
  case stratified
  /// The most information on the coefficients of a form.
  case dOptimal = "d-optimal"

  /// What it does, in a few words.
  public var summary: String {
    switch self {
    case .sobol: "a randomly shifted Sobol sequence: a smaller plan begins a larger one"
    case .latin: "a Latin hypercube: every variable's range is met evenly"
    case .maximin: "points far from each other, chosen one by one out of a Sobol plan"
    case .stratified: "equal parts of the range of NN-Degree, each with as many points as it can have"
    case .dOptimal: "the largest determinant of a form's information matrix, out of a Sobol plan"
    }
  }

  /// Different configurations of a space, as canonical points. The same seed gives the same plan.
  ///
  /// - Parameter form: what a D-optimal plan is for: `ridge`, the intercept and every variable, when left out.
  /// - Throws: `DesignError.outOfRange` for a number of points that the design or the space does not have, or a form that
  ///   is not linear in anything.
  public func plan(
    _ space: SearchSpace, count: Int, seed: UInt64, form: AccuracyForm? = nil
  ) throws(DesignError) -> [[Int]] {
    switch self {
    case .sobol: try space.sobolPlan(count: count, seed: seed)
    case .latin: try space.latinPlan(count: count, seed: seed)
    case .maximin: try space.maximinPlan(count: count, seed: seed)
    case .stratified: try space.stratifiedPlan(count: count, seed: seed)
    case .dOptimal: try space.dOptimalPlan(count: count, form: form, seed: seed)
    }
  }
}

extension SearchSpace {
  /// The most points of a Latin hypercube or a maximin plan.
  static let planLimit = 2000

  /// A Latin hypercube: in every variable, each of `count` equal parts of the range has one point.
  ///
  /// Part k of a variable is that of point π(k), for a random permutation π a variable; the place within the part is
  /// uniform. A hypercube in which a network stands twice is thrown away, and another drawn.
  /// - Throws: `DesignError.outOfRange`, also where a hundred hypercubes had a network twice. Complexity: O(count ·
  ///   variables) a hypercube.
  ///
  /// Source: McKay, Beckman, Conover, Technometrics 21(2), 1979.
  func latinPlan(count: Int, seed: UInt64) throws(DesignError) -> [[Int]] {
    try checkPlan(count)
    var random = SplitMix64(seed: seed)
    for _ in 0..<100 {
      var points = [[Int]](repeating: variables.map(\.lower), count: count)
      for (axis, variable) in variables.enumerated() {
        var parts = Array(0..<count)
        random.draw(count - 1, of: &parts)
        for (place, part) in parts.enumerated() {
          let unit = (Double(part) + random.unit()) / Double(count)
          points[place][axis] += variable.step * min(Int(unit * Double(variable.count)), variable.count - 1)
        }
      }
      points = points.map(canonical)
      if Set(points).count == count { return points }
    }
    throw .outOfRange(
      what: "number of points", found: "\(count)", allowed: "fewer: every Latin hypercube had a network twice")
  }

  /// Points far from each other: the first of a Sobol plan of 20 · `count` points, then always the one of the plan that is
  /// farthest from all that are chosen.
  ///
  /// Distances are Euclidean, every variable scaled to 0…1, two categories 1 apart. The least distance between two points
  /// is at least half of the largest that any choice out of the plan has.
  /// - Throws: `DesignError.outOfRange`. Complexity: O(count² · variables).
  ///
  /// Source: the greedy choice and its bound: Gonzalez, Theoretical Computer Science 38, 1985.
  func maximinPlan(count: Int, seed: UInt64) throws(DesignError) -> [[Int]] {
    try checkPlan(count)
    let pool = try sobolPool(20 * count, atLeast: count, seed: seed)
    var distances = [Double](repeating: .infinity, count: pool.count)
    var chosen = [0]
    while chosen.count < count {
      guard let last = chosen.last else { break }
      var farthest = 0
      for index in pool.indices {
        distances[index] = min(distances[index], squaredDistance(pool[index], pool[last]))
        if distances[index] > distances[farthest] { farthest = index }
      }
      chosen.append(farthest)
    }
    return chosen.map { pool[$0] }
  }

  /// Σ over variables of squared differences, each scaled to its range.
  func squaredDistance(_ a: [Int], _ b: [Int]) -> Double {
    var sum = 0.0
    for (axis, variable) in variables.enumerated() where a[axis] != b[axis] {
      let share = Double(a[axis] - b[axis]) / Double(variable.upper - variable.lower)
      sum += domains[axis].takesWords ? 1 : share * share
    }
    return sum
  }

  /// A Sobol plan to choose from: `count` points, or as many as the space has.
  func sobolPool(_ count: Int, atLeast least: Int, seed: UInt64) throws(DesignError) -> [[Int]] {
    let most = Int(min(UInt128(count), 100_000, distinctConfigurations ?? configurations ?? 1))
    return try sobolPlan(count: max(least, most), seed: seed)
  }

  func checkPlan(_ count: Int) throws(DesignError) {
    let most = min(UInt128(Self.planLimit), distinctConfigurations ?? configurations ?? 1)
    guard count >= 1, UInt128(count) <= most else {
      throw .outOfRange(what: "number of points", found: "\(count)", allowed: "1 to \(most)")
    }
  }
}
