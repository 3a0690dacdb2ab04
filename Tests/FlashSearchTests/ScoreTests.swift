import FlashNumerics
import Testing

@testable import FlashSearch

@Suite("Scores")
struct ScoreTests {
  /// Every pair of a few objectives and violations, infinities and NaN included.
  static let scores = [-Double.infinity, -1, 0, 0.5, .infinity, .nan].flatMap { objective in
    [0, 0.25, 3, .infinity, .nan].map { Score(objective: objective, violation: $0) }
  }

  @Test("the order is a total preorder: nothing before itself, never both ways, transitive with its ties")
  func preorder() {
    for a in Self.scores {
      #expect(!(a < a), "\(a)")
      for b in Self.scores {
        #expect(!(a < b && b < a), "\(a) \(b)")
        for c in Self.scores {
          if a < b, b < c { #expect(a < c, "\(a) \(b) \(c)") }
          if !(a < b), !(b < c) { #expect(!(a < c), "\(a) \(b) \(c)") }
        }
      }
    }
  }

  @Test("a score equals itself, also one made from NaN")
  func equality() {
    for score in Self.scores {
      let same = score
      #expect(score == same)
      #expect(Set([score, same]).count == 1)
    }
  }

  @Test("a NaN in either part makes a point infeasible with infinite violation")
  func notANumber() {
    for (objective, violation) in [(Double.nan, 0.0), (1, .nan), (.nan, .nan)] {
      let score = Score(objective: objective, violation: violation)
      #expect(!score.isFeasible)
      #expect(score.violation == .infinity)
      #expect(Score(objective: 1e300, violation: 1e300) < score)
    }
  }

  @Test("every feasible score comes before every infeasible one")
  func feasibleFirst() {
    for a in Self.scores where a.isFeasible {
      for b in Self.scores where !b.isFeasible { #expect(a < b, "\(a) \(b)") }
    }
    #expect(Score(objective: 9, violation: 0) < Score(objective: -9, violation: 1e-300))
  }

  @Test("feasible scores are ordered by objective alone, infeasible ones by violation alone")
  func keys() {
    #expect(Score(objective: 1, violation: 0) < Score(objective: 2, violation: 0))
    #expect(Score(objective: 2, violation: 1) < Score(objective: 1, violation: 2))
    let (a, b) = (Score(objective: 1, violation: 1), Score(objective: 2, violation: 1))
    #expect(!(a < b) && !(b < a))
  }

  @Test("no score is worse than that of no point")
  func none() {
    for score in Self.scores { #expect(!(Score.none < score)) }
    #expect(!Score.none.isFeasible)
  }

  @Test("scored points are in a strict weak order, equal scores by their point")
  func candidates() {
    let candidates = Self.scores.flatMap { score in
      [[0, 1], [0, 2], [1, 0]].map { Candidate(point: $0, score: score) }
    }
    var random = SplitMix64(seed: 1)
    for _ in 0..<20_000 {
      let (a, b, c) = (
        candidates[random.below(candidates.count)], candidates[random.below(candidates.count)],
        candidates[random.below(candidates.count)]
      )
      #expect(!(a < b && b < a))
      if !(a < b), !(b < c) { #expect(!(a < c), "\(a) \(b) \(c)") }
    }
    let score = Score(objective: 1, violation: 0)
    #expect(Candidate(point: [0, 2], score: score) < Candidate(point: [1, 0], score: score))
    #expect(Candidate(point: [1, 0], score: score) < Candidate(point: [0, 2], score: .none))
  }
}

@Suite("Integer variables")
struct IntegerVariableTests {
  @Test("the upper end is the last value that whole steps reach")
  func steps() {
    let variable = IntegerVariable(name: "v", lower: 3, upper: 12, step: 4)
    #expect(variable.upper == 11)
    #expect(variable.count == 3)
    #expect(variable.lower == 3)
  }

  @Test("the count is that of the values one by one", arguments: 1...7)
  func count(step: Int) {
    for lower in -4...4 {
      for upper in lower...(lower + 20) {
        let variable = IntegerVariable(name: "v", lower: lower, upper: upper, step: step)
        let values = Array(stride(from: lower, through: upper, by: step))
        #expect(variable.count == values.count)
        #expect(variable.upper == values.last)
      }
    }
  }

  @Test("a range of one value has one, whatever the step")
  func single() {
    let variable = IntegerVariable(name: "v", lower: 5, upper: 5, step: 10)
    #expect(variable.count == 1)
    #expect(variable.upper == 5)
  }
}
