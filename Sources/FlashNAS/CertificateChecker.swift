internal import FlashSearch

/// Checks a certificate by means of its own: that the leaves cover the question's box, each point once, and that no leaf
/// holds a feasible point better than the best one.
///
/// It shares no code with the proof. The cover is checked in integers alone. The range of a quantity over a leaf is
/// worked out anew from the model's values at the leaf's two corners, chip by chip where hardware is free, the accuracy's
/// at every corner of the box of what its model reads, and goes through the objective by interval arithmetic.
///
/// *Trusted*: the models' evaluators; the interval arithmetic of `Expression`; that 1e-13 of a cost or a count and 1e-12
/// of a fitted accuracy is more than the rounding of a value; the declared monotonicity: on one chip no feature and no
/// cost falls when a width, a depth or a skip rises, no skip that is too large becomes useful when a width or a depth
/// falls, the accuracy is monotone in each feature, NN-Mass is at most Σ width · depth. What is declared is tested in the
/// middle of every leaf, which may refute and never proves it.
/// *Not trusted*: anything that the certificate says of itself. A value that it states may differ from the one worked out
/// by 1e-9, and none of the proof rests on it.
public struct CertificateChecker {
  private let problem: WorstCase
  private let certificate: DesignCertificate
  /// The variables of networks; those of chips stand behind them.
  private let own: Int
  /// f of the best point; infinite without one.
  private let best: Double

  /// Checks a certificate of a question. Complexity: three evaluations per leaf, target and chip of the leaf.
  ///
  /// - Throws: `CertificateFault` with the leaf that fails, and why.
  public static func check(_ certificate: DesignCertificate, of problem: WorstCase) throws(CertificateFault) {
    let checker = try CertificateChecker(certificate, problem)
    try CertificateCover.check(certificate.leaves, problem.variables)
    for (index, leaf) in certificate.leaves.enumerated() { try checker.check(leaf, "leaves[\(index)]") }
  }

  private init(_ certificate: DesignCertificate, _ problem: WorstCase) throws(CertificateFault) {
    self.problem = problem.prepared()
    self.certificate = certificate
    own = problem.first.space.variables.count
    guard problem.isBounded else {
      throw CertificateFault(
        place: "space", problem: "no proof is known", found: "'\(problem.first.space.name)' with these models",
        allowed: "dense cells with costs that never fall when a variable rises")
    }
    let objective = problem.first.objective
    let status = DesignCertificate.status(
      isOpen: certificate.leaves.contains { $0.reason == .open }, hasPoint: certificate.best != nil)
    guard certificate.status == status else {
      throw CertificateFault(
        place: "certificate.status", problem: "not what the leaves say", found: certificate.status.rawValue,
        allowed: status.rawValue)
    }
    guard let stated = certificate.best else {
      best = .infinity
      return
    }
    let isInside = CertificateCover.holds(problem.variables, stated.point, stated.point)
    let score = isInside ? problem.score(stated.point) : .none
    guard score.isFeasible else {
      throw CertificateFault(
        place: "best.point", problem: "not a feasible point",
        found: isInside ? "a violation of \(score.violation)" : "a point outside",
        allowed: "a point of the question that keeps every bound")
    }
    best = score.objective
    let value = objective.value(best)
    guard Self.agree(stated.value, value) else {
      throw CertificateFault(
        place: "objective.value", problem: "not what the models give", found: "\(stated.value)", allowed: "\(value)")
    }
    let bound = certificate.bound.map(objective.value) ?? -.infinity
    guard Self.agree(bound, best) || status == .gap && bound < best else {
      throw CertificateFault(
        place: "certificate.bound", problem: "not one on the best point",
        found: certificate.bound.map { "\($0)" } ?? "none", allowed: "\(value)\(status == .gap ? " or better" : "")")
    }
  }

  private static func agree(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(abs(a), abs(b)) }

  // The leaves

  private func check(_ leaf: DesignCertificate.Leaf, _ place: String) throws(CertificateFault) {
    switch leaf.reason {
    case .saturated:
      guard isSaturated(leaf) else {
        throw CertificateFault(
          place: place, problem: "not saturated", found: "skips that change the network", allowed: "skips above it")
      }
    case .point:
      let score = problem.score(leaf.lower)
      guard leaf.lower == leaf.upper, !score.isFeasible || score.objective >= best else {
        throw CertificateFault(
          place: place, problem: "not a point that is no better",
          found: leaf.lower == leaf.upper ? "\(f(score.objective))" : "a box",
          allowed: "\(f(best)) at best")
      }
    case .objective: try check(leaf, place, limit: best, sign: f(1), missing: .infinity, leastObjective)
    case .open:
      let limit = certificate.bound.map(f) ?? -.infinity
      try check(leaf, place, limit: limit, sign: f(1), missing: -.infinity, leastObjective)
    case .bound(let index):
      let bound = problem.first.bounds[index]
      let sign: Double = bound.relation == .atLeast ? -1 : 1
      // Only beyond the limit a bound is broken.
      try check(leaf, place, limit: (sign * bound.limit).nextUp, sign: sign, missing: -.infinity) { range in
        let range = range(bound.quantity)
        return bound.relation == .atLeast ? -range.upper : range.lower
      }
    }
  }

  /// f of a value in the objective's own direction, and back.
  private func f(_ value: Double) -> Double { problem.first.objective.value(value) }

  /// The best imaginable f for quantities within ranges.
  private func leastObjective(_ range: (Quantity) -> Interval) -> Double {
    let value = problem.first.objective.expression.interval(range)
    guard value.holdsNumbers else { return .infinity }
    return f(1) < 0 ? -value.upper : value.lower
  }

  /// Checks that the least of something over a leaf, and what the leaf states of it, are at or above a limit.
  ///
  /// - Parameters:
  ///   - sign: −1 where values are stated with the opposite sign.
  ///   - missing: what a leaf without a value states.
  private func check(
    _ leaf: DesignCertificate.Leaf, _ place: String, limit: Double, sign: Double, missing: Double,
    _ bound: ((Quantity) -> Interval) -> Double
  ) throws(CertificateFault) {
    let found = try least(leaf, place, bound)
    guard found >= limit else {
      throw CertificateFault(
        place: place, problem: "does not hold", found: "\(sign * found) as its best",
        allowed: "no better than \(sign * limit)")
    }
    let stated = leaf.value.map { sign * $0 } ?? missing
    guard stated <= found || Self.agree(stated, found), stated >= limit || Self.agree(stated, limit) else {
      throw CertificateFault(
        place: place, problem: "states another bound", found: leaf.value.map { "\($0)" } ?? "none",
        allowed: "\(sign * found)")
    }
  }

  /// Whether every skip of some cell is above what the box's widest and deepest cell can take, so that every point is the
  /// same network as one with a smaller skip, which lies in another leaf.
  private func isSaturated(_ leaf: DesignCertificate.Leaf) -> Bool {
    leaf.lower.indices.contains { axis in
      var corner = leaf.upper
      corner[axis] = leaf.lower[axis]
      let same = problem.canonical(corner)[axis]
      var other = leaf.lower
      other[axis] = same
      return problem.variables[axis].lower <= same && same < leaf.lower[axis]
        && problem.score(other) == problem.score(leaf.lower)
    }
  }

  // Ranges of quantities

  /// The least over a leaf's chips of the largest over the targets of what a box of networks has at least.
  private func least(
    _ leaf: DesignCertificate.Leaf, _ place: String, _ bound: ((Quantity) -> Interval) -> Double
  ) throws(CertificateFault) -> Double {
    var least = Double.infinity
    var chip = Array(leaf.lower[own...])
    while true {
      var worst = -Double.infinity
      for target in problem.targets {
        let corners = CertificateCorners(target, leaf, chip)
        if let quantity = corners.refuted {
          throw CertificateFault(
            place: place, problem: "\(quantity.rawValue) is not monotone", found: "a value in the middle outside",
            allowed: "values between those of the corners")
        }
        worst = max(worst, bound(corners.range))
      }
      least = min(least, worst)
      guard let axis = chip.indices.last(where: { chip[$0] < leaf.upper[own + $0] }) else { return least }
      chip[axis] += problem.variables[own + axis].step
      for index in (axis + 1)..<chip.count { chip[index] = leaf.lower[own + index] }
    }
  }
}
