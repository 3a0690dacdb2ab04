/// A box that a proof left, and why nothing better lies in it.
///
/// The leaves of a proof cover its whole box, each point once. They stand in the order of the cuts: joining neighbours
/// among them from the first to the last, the latest first, gives the whole box back.
public struct ProofLeaf: Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    /// No point of the box is feasible, or none is better than the best: `bound` says which.
    case bounded
    /// Every point of the box means the same as one elsewhere.
    case duplicate
    /// A single point, scored: `bound` is its score.
    case point
    /// Not searched, since the proof was stopped.
    case open
  }

  public let reason: Reason
  /// The box's ends, inclusive.
  public let lower: [Int]
  public let upper: [Int]
  /// A score that no point of the box beats; of a duplicate that of no point.
  public let bound: Score

  public init(reason: Reason, lower: [Int], upper: [Int], bound: Score) {
    self.reason = reason
    self.lower = lower
    self.upper = upper
    self.bound = bound
  }
}
