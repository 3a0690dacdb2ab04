public import FlashSearch

/// What an exact search proved, written so that another can check it: the best point and the boxes that the proof left,
/// each with the reason why nothing better lies in it. Values are in the objective's own direction.
public struct DesignCertificate: Sendable {
  /// A box of points, each from one end to the other in every variable, ends included.
  public struct Leaf: Sendable, Hashable {
    public let reason: Reason
    /// The best that the objective, or the quantity of the bound, can be in the box; `nil` where it has no finite value,
    /// and where the reason needs none.
    public let value: Double?
    public let lower: [Int]
    public let upper: [Int]

    public init(reason: Reason, value: Double?, lower: [Int], upper: [Int]) {
      self.reason = reason
      self.value = value
      self.lower = lower
      self.upper = upper
    }
  }

  public enum Reason: Sendable, Hashable {
    /// No point of the box has a better objective than the best point.
    case objective
    /// No point of the box keeps this bound of the question, by its place among the bounds.
    case bound(Int)
    /// A skip is above what its cell can take: every point is the same network as one with a smaller skip.
    case saturated
    /// A single point, which is scored.
    case point
    /// Not searched: the proof was stopped.
    case open
  }

  public let status: Certificate.Status
  /// The best point and its objective; `nil` where none is feasible, or none was found.
  public let best: (point: [Int], value: Double)?
  /// No feasible point has a better objective; `nil` where none is feasible, or nothing is proved.
  public let bound: Double?
  /// They cover the question's box, each point once. Of neighbours in this order the latest two that make a box are
  /// joined first: the whole box is what remains.
  public let leaves: [Leaf]

  public init(
    status: Certificate.Status, best: (point: [Int], value: Double)?, bound: Double?, leaves: [Leaf]
  ) {
    self.status = status
    self.best = best
    self.bound = bound
    self.leaves = leaves
  }

  /// The certificate of a proof. Complexity: one bound of every leaf that no point of is feasible.
  ///
  /// - Parameters:
  ///   - report: what `BranchAndBound.proof` found.
  ///   - leaves: what it left.
  public init(_ report: SearchReport, _ leaves: [ProofLeaf], of problem: WorstCase) {
    let objective = problem.first.objective
    func finite(_ f: Double) -> Double? { f.isFinite ? objective.value(f) : nil }
    var openBound = report.score.isFeasible ? report.score.objective : .infinity
    self.leaves = leaves.map { leaf in
      var (reason, value) = (Reason.objective, finite(leaf.bound.objective))
      switch leaf.reason {
      case .bounded:
        guard leaf.bound.violation > 0 else { break }
        guard let broken = problem.brokenBound(lower: leaf.lower, upper: leaf.upper) else { break }
        (reason, value) = (.bound(broken.place), broken.best)
      case .duplicate: (reason, value) = (.saturated, nil)
      case .point: (reason, value) = (.point, nil)
      case .open:
        openBound = min(openBound, leaf.bound.objective)
        reason = .open
      }
      return Leaf(reason: reason, value: value, lower: leaf.lower, upper: leaf.upper)
    }
    let isOpen = leaves.contains { $0.reason == .open }
    best = report.score.isFeasible ? (report.point, objective.value(report.score.objective)) : nil
    status = Self.status(isOpen: isOpen, hasPoint: best != nil)
    bound = finite(openBound)
  }

  /// What is proved where some boxes were not searched, or none; with a feasible point, or without.
  static func status(isOpen: Bool, hasPoint: Bool) -> Certificate.Status {
    isOpen ? (hasPoint ? .gap : .none) : hasPoint ? .optimal : .infeasible
  }
}

/// Where a certificate is false.
public struct CertificateFault: Error, Equatable, CustomStringConvertible {
  /// Such as `leaves[12]`.
  public let place: String
  public let problem: String
  public let found: String
  public let allowed: String

  public var description: String { "\(place): \(problem), found \(found), allowed \(allowed)" }
}
