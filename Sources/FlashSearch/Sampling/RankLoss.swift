/// What share of all scores so far a score is no better than: a loss in 0…1 that needs no scale and takes infeasible points
/// by their violation.
struct RankLoss {
  private var sorted: [Score] = []

  /// The loss of a score, which then counts among the earlier ones: 0 for one that is better than all. Complexity: O(log n)
  /// comparisons, O(n) moves.
  mutating func loss(of score: Score) -> Double {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < score { low = middle + 1 } else { high = middle }
    }
    let share = sorted.isEmpty ? 0.5 : Double(low) / Double(sorted.count)
    sorted.insert(score, at: low)
    return share
  }
}
