internal import FlashNumerics
internal import FlashSearch

extension SearchSpace {
  /// Different configurations that fill the space evenly, as canonical points.
  ///
  /// Point k of a randomly shifted Sobol sequence u ∈ [0, 1)ⁿ becomes lower + step · ⌊uᵢ · cardinalityᵢ⌋; a network that
  /// came before is passed over and the sequence goes on. The same seed gives the same plan.
  /// - Throws: `DesignError.outOfRange` for fewer than 1 or more than 100 000 points, or more than the space has.
  public func sobolPlan(count: Int, seed: UInt64) throws(DesignError) -> [[Int]] {
    let most = min(100_000, distinctConfigurations ?? configurations ?? 100_000)
    guard count >= 1, count <= most else {
      throw .outOfRange(what: "number of points", found: "\(count)", allowed: "1 to \(most)")
    }
    guard variables.count <= SobolSequence.maximumDimension,
      var sequence = try? SobolSequence(
        dimension: variables.count, seed: seed)
    else {
      throw .outOfRange(
        what: "variables", found: "\(variables.count)", allowed: "at most \(SobolSequence.maximumDimension)")
    }
    var plan: [[Int]] = []
    var seen: Set<[Int]> = []
    // A small space is exhausted slowly: the sequence may need many passes over it.
    for _ in 0..<(100 * count + 100_000) {
      let unit = sequence.next()
      let point = canonical(
        zip(variables, unit).map { variable, u in
          variable.lower + variable.step * Int(u * Double(variable.count))
        })
      if seen.insert(point).inserted { plan.append(point) }
      if plan.count == count { return plan }
    }
    throw .outOfRange(
      what: "number of points", found: "\(count)", allowed: "fewer: the sequence gave \(plan.count) different networks")
  }
}
