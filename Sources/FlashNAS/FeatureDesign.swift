public import FlashAccuracy
internal import FlashGraph
internal import FlashNumerics
internal import FlashSearch

extension SearchSpace {
  /// A plan that is stratified in NN-Degree: the range that a Sobol plan of 100 · `count` points has is cut into `count`
  /// equal parts, and each part that has a point gives its first; parts without one are made up for by further points of
  /// the others, in turn.
  ///
  /// - Throws: `DesignError.outOfRange`. Complexity: O(count) features.
  func stratifiedPlan(count: Int, seed: UInt64) throws(DesignError) -> [[Int]] {
    try checkPlan(count)
    let pool = try sobolPool(100 * count, atLeast: count, seed: seed)
    let degrees = pool.map(nnDegree)
    let least = degrees.min() ?? 0
    let width = ((degrees.max() ?? 0) - least) / Double(count)
    var strata = [[Int]](repeating: [], count: count)
    for (index, degree) in degrees.enumerated() {
      strata[width > 0 ? min(Int((degree - least) / width), count - 1) : 0].append(index)
    }
    var chosen: [[Int]] = []
    for turn in 0..<pool.count where chosen.count < count {
      for stratum in strata where turn < stratum.count && chosen.count < count { chosen.append(pool[stratum[turn]]) }
    }
    return chosen
  }

  /// A D-optimal plan for the terms of a form: of the first 40 · `count` points of a Sobol plan, 1000 at least, those that
  /// make the determinant of Σ t·tᵀ large, with t the terms of a network.
  ///
  /// Chosen one by one, then exchanged while an exchange multiplies the determinant by 1 + 1e-9 or more. A local optimum:
  /// there is no proof that none is better.
  /// - Throws: `DesignError.outOfRange`, also for fewer points than terms and for a form without terms. Complexity: O(pool ·
  ///   count · terms) a round of exchanges.
  ///
  /// Source: Fedorov, "Theory of Optimal Experiments", Academic Press 1972, chapter 3.
  func dOptimalPlan(count: Int, form: AccuracyForm?, seed: UInt64) throws(DesignError) -> [[Int]] {
    try checkPlan(count)
    let form = form ?? .ridge
    let pool = try sobolPool(max(40 * count, 1000), atLeast: count, seed: seed)
    guard let terms = form.terms(try features(of: pool, for: form)) else {
      throw .outOfRange(what: "form of a d-optimal plan", found: form.name, allowed: "any but Gaussian processes")
    }
    let order = terms[0].count
    guard count >= order else {
      throw .outOfRange(
        what: "number of points", found: "\(count)",
        allowed: "\(order) or more, the terms of the form '\(form.name)'")
    }
    return InformationDesign(terms, count: count).chosen.map { pool[$0] }
  }

  /// The features that a form reads of points. - Throws: `DesignError` where the space does not have them.
  func features(of points: [[Int]], for form: AccuracyForm) throws(DesignError) -> [[Double]] {
    let names: [String]
    do { names = try form.features(of: numericVariables) } catch {
      throw .outOfRange(what: "form", found: form.name, allowed: "a form that '\(name)' has the features of")
    }
    return try features(of: points, named: names)
  }

  private func features(of points: [[Int]], named names: [String]) throws(DesignError) -> [[Double]] {
    let inputs = try AccuracyInputs(names, self)
    return points.map { point in
      let features = features(point)
      return names.indices.map { inputs.value($0, features, point, self) }
    }
  }

  /// The variables whose values are numbers.
  public var numericVariables: [String] { domains.filter { !$0.takesWords }.map(\.name) }

  /// The networks to train next: those where a fitted curve is least certain, one after the other, as if each had been
  /// trained and nothing but certainty had come of it.
  ///
  /// Out of a Sobol plan of 2000 points, 20 · `count` at least, without the networks that were trained.
  /// - Returns: points with the deviation of the curve there when they were chosen.
  /// - Throws: `DesignError`. Complexity: O(pool · count) covariances.
  ///
  /// Source: the greedy choice by largest predictive variance: MacKay, Neural Computation 4(4), 1992.
  public func nextPoints(
    _ model: AccuracyModel, trained: [[Int]], count: Int, seed: UInt64
  ) throws(DesignError) -> [(point: [Int], deviation: Double)] {
    try checkPlan(count)
    let known = Set(trained.map(canonical))
    let pool = try sobolPool(max(20 * count, 2000) + known.count, atLeast: count, seed: seed)
      .filter { !known.contains($0) }
    guard pool.count >= count else {
      throw .outOfRange(
        what: "number of points", found: "\(count)", allowed: "\(pool.count) at most: others are trained")
    }
    let rows = try features(of: pool, named: model.features)
    var variances = rows.map { model.curveVariance($0) }
    // What each chosen point took off: covariances with it, over the deviation of a run there.
    var updates: [[Double]] = []
    var chosen: [(point: [Int], deviation: Double)] = []
    var isChosen = [Bool](repeating: false, count: pool.count)
    for _ in 0..<count {
      guard let best = pool.indices.filter({ !isChosen[$0] }).max(by: { variances[$0] < variances[$1] }) else { break }
      isChosen[best] = true
      chosen.append((pool[best], max(0, variances[best]).squareRoot()))
      let scale = (variances[best] + model.runVariance).squareRoot()
      guard scale > 0 else { continue }
      let update = rows.indices.map { index in
        let earlier = updates.reduce(0) { $0 + $1[index] * $1[best] }
        return (model.curveCovariance(rows[index], rows[best]) - earlier) / scale
      }
      for index in rows.indices { variances[index] -= update[index] * update[index] }
      updates.append(update)
    }
    return chosen
  }
}

/// Rows chosen so that |Σ t·tᵀ| is large.
private struct InformationDesign {
  private(set) var chosen: [Int] = []
  private let terms: [[Double]]
  private let order: Int
  /// (Σ t·tᵀ)⁻¹, row by row.
  private var inverse: [Double]

  /// - Precondition: as many rows as a row has terms, and `count` no less.
  init(_ rows: [[Double]], count: Int) {
    let order = rows[0].count
    self.order = order
    terms = Self.scaled(rows)
    // A little information to begin with (chosen: 1e-6 of a row's), so that every matrix can be inverted.
    inverse = (0..<(order * order)).map { $0 % (order + 1) == 0 ? 1e6 : 0 }
    var isChosen = [Bool](repeating: false, count: rows.count)
    while chosen.count < count {
      var best = (index: -1, gain: -Double.infinity)
      for index in rows.indices where !isChosen[index] {
        let gain = quadratic(terms[index], terms[index])
        if gain > best.gain { best = (index, gain) }
      }
      isChosen[best.index] = true
      chosen.append(best.index)
      update(terms[best.index], sign: 1)
    }
    // Each round raises the determinant, of which there are finitely many; a hundred are enough for any plan here.
    for _ in 0..<100 where exchange(&isChosen) {}
  }

  /// Columns of mean square 1, the constant apart: a determinant does not care, numbers do.
  private static func scaled(_ rows: [[Double]]) -> [[Double]] {
    let scales = rows[0].indices.map { k in
      Statistics.rootMeanSquare(rows.map { $0[k] })
    }
    return rows.map { row in zip(row, scales).map { $1 > 0 ? $0 / $1 : 0 } }
  }

  private func quadratic(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in 0..<order {
      var row = 0.0
      for j in 0..<order { row += inverse[i * order + j] * b[j] }
      sum += a[i] * row
    }
    return sum
  }

  /// Adds (1) or takes away (−1) a row: Sherman and Morrison's formula.
  private mutating func update(_ row: [Double], sign: Double) {
    let product = (0..<order).map { i in
      (0..<order).reduce(0) { $0 + inverse[i * order + $1] * row[$1] }
    }
    let scale = sign / (1 + sign * zip(row, product).reduce(0) { $0 + $1.0 * $1.1 })
    for i in 0..<order { for j in 0..<order { inverse[i * order + j] -= scale * product[i] * product[j] } }
  }

  /// Replaces every chosen row by the one that raises the determinant most; whether any was replaced.
  ///
  /// Row j for row i multiplies the determinant by (1 + dⱼ)(1 − dᵢ) + dᵢⱼ² (Fedorov).
  private mutating func exchange(_ isChosen: inout [Bool]) -> Bool {
    var hasChanged = false
    for place in chosen.indices {
      let old = chosen[place]
      let own = quadratic(terms[old], terms[old])
      var best = (index: old, factor: 1 + 1e-9)
      for index in terms.indices where !isChosen[index] {
        let both = quadratic(terms[index], terms[old])
        let factor = (1 + quadratic(terms[index], terms[index])) * (1 - own) + both * both
        if factor > best.factor { best = (index, factor) }
      }
      guard best.index != old else { continue }
      update(terms[best.index], sign: 1)
      update(terms[old], sign: -1)
      isChosen[old] = false
      isChosen[best.index] = true
      chosen[place] = best.index
      hasChanged = true
    }
    return hasChanged
  }
}
