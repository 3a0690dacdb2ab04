internal import FlashNumerics

/// A problem with several objectives over a box of integers: minimise every fᵢ(x) subject to cⱼ(x) ≤ 0.
public protocol MultiObjectiveProblem: Sendable {
  /// The box, one variable per coordinate of a point.
  var variables: [IntegerVariable] { get }
  /// The objectives and the total violation at a point of the box.
  func evaluate(_ point: [Int]) -> MultiScore
  /// The point that stands for all points that mean the same.
  func canonical(_ point: [Int]) -> [Int]
}

/// How good a point is in several objectives at once.
public struct MultiScore: Sendable, Hashable {
  /// Each to be minimised.
  public let objectives: [Double]
  /// Σ max(0, cⱼ)/sⱼ: 0 where every constraint is met.
  public let violation: Double

  /// An objective that is not finite makes the point infeasible, with infinite violation.
  public init(objectives: [Double], violation: Double) {
    self.objectives = objectives.map { $0.isNaN ? .infinity : $0 }
    self.violation = violation.isNaN || !objectives.allSatisfy(\.isFinite) ? .infinity : violation
  }

  public var isFeasible: Bool { violation <= 0 }

  /// Constrained domination: a feasible point dominates an infeasible one, of two infeasible ones the less violated, of two
  /// feasible ones that which is nowhere worse and somewhere better.
  public func dominates(_ other: MultiScore) -> Bool {
    if !isFeasible || !other.isFeasible { return violation < other.violation }
    return Hypervolume.dominates(objectives, other.objectives)
  }
}

/// What a search for a front found.
public struct FrontReport: Sendable {
  /// Of all feasible points evaluated those that no other dominates, equal ones once, in the order of their objectives.
  public let front: [(point: [Int], objectives: [Double])]
  /// Points evaluated.
  public let evaluations: Int
  public let termination: Termination
}

/// NSGA-II: a population ranked by non-dominated sorting, within a rank by crowding distance.
///
/// Each generation draws as many children as there are members, by binary tournaments, simulated binary crossover and
/// polynomial mutation; of both together the first ranks go on, of the last rank that has room the least crowded.
///
/// Requirements: objectives that are finite where a point is feasible.
///
/// Deviations from the paper: variables are integers, crossed and mutated as real numbers of steps and rounded, and a
/// mutation moves at least one step; what leaves the box is set on its end; a point is never evaluated twice: a child that
/// is known is drawn again, and after a hundred in a row comes a random point; the front reported is that of all points
/// evaluated, not of the last population alone.
///
/// Source: Deb, Pratap, Agarwal, Meyarivan, IEEE Trans. Evol. Comput. 6(2), 2002, whose settings are the defaults.
public struct NSGA2: Sendable {
  public static let name = "nsga2"

  /// Members of a population.
  public var population = 100
  /// The probability that two parents are crossed.
  public var crossover = 0.9
  /// The larger, the nearer children are to their parents.
  public var crossoverIndex = 20.0
  /// The larger, the less a mutation changes; each variable mutates with probability 1/n.
  public var mutationIndex = 20.0
  public var seed: UInt64 = 0

  public init() {}

  /// Searches for the front until the budget ends, or nothing new is left.
  ///
  /// - Precondition: at least two members.
  /// - Complexity: O(objectives · population) comparisons an evaluation, and as many as the front has points.
  public func run<Problem: MultiObjectiveProblem>(_ problem: Problem, stopping rule: StoppingRule) -> FrontReport {
    precondition(population >= 2, "parents are two")
    var run = Run(self, problem, rule)
    run.evolve()
    return FrontReport(
      front: run.front.sorted { $0.objectives.lexicographicallyPrecedes($1.objectives) },
      evaluations: run.evaluations, termination: run.stop ?? .converged)
  }

  // MARK: Ranks

  /// The rank of every score, 0 for those that none dominates. Complexity: O(objectives · n²).
  static func ranks(_ scores: [MultiScore]) -> [Int] {
    var dominated = scores.map { _ in [Int]() }
    var dominators = scores.map { _ in 0 }
    for (index, score) in scores.enumerated() {
      for (other, rival) in scores.enumerated() where score.dominates(rival) {
        dominated[index].append(other)
        dominators[other] += 1
      }
    }
    var ranks = scores.map { _ in 0 }
    var current = scores.indices.filter { dominators[$0] == 0 }
    var rank = 0
    while !current.isEmpty {
      var next: [Int] = []
      for index in current {
        ranks[index] = rank
        for other in dominated[index] {
          dominators[other] -= 1
          if dominators[other] == 0 { next.append(other) }
        }
      }
      (current, rank) = (next, rank + 1)
    }
    return ranks
  }

  /// Σ over objectives of the distance of a point's neighbours along it, in parts of the points' range; infinite at the ends.
  public static func crowding(_ points: [[Double]]) -> [Double] {
    let chains = Chain.along(points)
    return points.indices.map { index in chains.reduce(0) { $0 + $1.gap(index) } }
  }

  /// The indices of so many of the points, spread over all: the most crowded leaves again and again. Complexity: O(n²).
  public static func spread(_ points: [[Double]], count: Int) -> [Int] {
    var chains = Chain.along(points)
    var crowding = Self.crowding(points)
    var kept = Array(points.indices)
    while kept.count > max(0, count) {
      let place = kept.indices.min { (crowding[kept[$0]], $0) < (crowding[kept[$1]], $1) } ?? 0
      let removed = kept.remove(at: place)
      let neighbours = chains.indices.flatMap { chains[$0].remove(removed) }
      for index in neighbours { crowding[index] = chains.reduce(0) { $0 + $1.gap(index) } }
    }
    return kept
  }

  /// Points in their order along one objective.
  private struct Chain {
    private let values: [Double]
    private let range: Double
    private var previous: [Int?]
    private var next: [Int?]

    static func along(_ points: [[Double]]) -> [Chain] {
      (points.first?.indices ?? 0..<0).map { axis in Chain(points.map { $0[axis] }) }
    }

    private init(_ values: [Double]) {
      self.values = values
      let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
      (previous, next) = (values.map { _ in nil }, values.map { _ in nil })
      for (first, second) in zip(order, order.dropFirst()) { (next[first], previous[second]) = (second, first) }
      range = values[order[order.count - 1]] - values[order[0]]
    }

    func gap(_ index: Int) -> Double {
      guard let before = previous[index], let after = next[index] else { return .infinity }
      return range > 0 && range < .infinity ? (values[after] - values[before]) / range : 0
    }

    /// Takes a point out; its neighbours.
    mutating func remove(_ index: Int) -> [Int] {
      let (before, after) = (previous[index], next[index])
      if let before { next[before] = after }
      if let after { previous[after] = before }
      return [before, after].compactMap { $0 }
    }
  }
}

extension NSGA2 {
  private struct Member {
    let point: [Int]
    let score: MultiScore
    var rank = 0
    var crowding = 0.0
  }

  /// The state of one search.
  private struct Run<Problem: MultiObjectiveProblem> {
    private let options: NSGA2
    private let problem: Problem
    private let rule: StoppingRule
    private let variables: [IntegerVariable]
    /// The indices of the variables that are not fixed.
    private let axes: [Int]
    private var random: SplitMix64
    private var known: Set<[Int]> = []
    private var members: [Member] = []
    private(set) var front: [(point: [Int], objectives: [Double])] = []
    private(set) var evaluations = 0
    private(set) var stop: Termination?

    init(_ options: NSGA2, _ problem: Problem, _ rule: StoppingRule) {
      self.options = options
      self.problem = problem
      self.rule = rule
      variables = problem.variables
      axes = problem.variables.indices.filter { problem.variables[$0].count > 1 }
      random = SplitMix64(seed: options.seed, stream: 0x4E53_4741)
    }

    mutating func evolve() {
      members = added { $0.randomPoint() }
      select()
      while stop == nil {
        members += added { $0.child() }
        select()
      }
    }

    // MARK: Points

    /// As many members as a population has, of new points; fewer where the search has to stop.
    private mutating func added(_ draw: (inout Run) -> [Int]) -> [Member] {
      var added: [Member] = []
      var repeats = 0
      while added.count < options.population {
        stop = rule.reason(evaluations: evaluations)
        guard stop == nil else { break }
        let point = problem.canonical(repeats < 100 ? draw(&self) : randomPoint())
        guard known.insert(point).inserted else {
          repeats += 1
          // Hardly anything new is left (chosen).
          guard repeats < 10_000 else {
            stop = .converged
            break
          }
          continue
        }
        repeats = 0
        evaluations += 1
        let member = Member(point: point, score: problem.evaluate(point))
        keep(member)
        added.append(member)
      }
      return added
    }

    private mutating func keep(_ member: Member) {
      guard member.score.isFeasible else { return }
      let own = member.score.objectives
      if let equal = front.firstIndex(where: { $0.objectives == own }) {
        if member.point.lexicographicallyPrecedes(front[equal].point) { front[equal].point = member.point }
        return
      }
      guard !front.contains(where: { Hypervolume.dominates($0.objectives, own) }) else { return }
      front.removeAll { Hypervolume.dominates(own, $0.objectives) }
      front.append((member.point, own))
    }

    private mutating func randomPoint() -> [Int] {
      variables.map { $0.lower + random.below($0.count) * $0.step }
    }

    // MARK: Selection

    /// Ranks all members and keeps as many as a population has.
    private mutating func select() {
      let ranks = NSGA2.ranks(members.map(\.score))
      var selected: [Member] = []
      for rank in 0...(ranks.max() ?? 0) where selected.count < options.population {
        var layer = members.indices.filter { ranks[$0] == rank }
        let crowding = NSGA2.crowding(layer.map { members[$0].score.objectives })
        for (place, index) in layer.enumerated() {
          members[index].rank = rank
          members[index].crowding = crowding[place]
        }
        let room = options.population - selected.count
        if layer.count > room {
          layer = Array(layer.sorted { (members[$1].crowding, $0) < (members[$0].crowding, $1) }.prefix(room))
        }
        selected += layer.map { members[$0] }
      }
      members = selected
    }

    /// The better of two random members.
    private mutating func parent() -> Member {
      let (one, other) = (members[random.below(members.count)], members[random.below(members.count)])
      if one.rank != other.rank { return one.rank < other.rank ? one : other }
      return one.crowding >= other.crowding ? one : other
    }

    // MARK: Variation

    private mutating func child() -> [Int] {
      let (first, second) = (parent().point, parent().point)
      var point = first
      if random.unit() < options.crossover {
        for axis in axes where random.below(2) == 0 {
          point[axis] = value(axis, crossed(place(axis, first[axis]), place(axis, second[axis])))
        }
      }
      for axis in axes where random.below(axes.count) == 0 { mutate(&point, axis) }
      return point
    }

    private func place(_ axis: Int, _ value: Int) -> Double {
      Double((value - variables[axis].lower) / variables[axis].step)
    }

    private func value(_ axis: Int, _ place: Double) -> Int {
      let last = Double(variables[axis].count - 1)
      return variables[axis].lower + Int(max(0, min(last, place)).rounded()) * variables[axis].step
    }

    /// Simulated binary crossover: as far apart as the parents on average, about their middle.
    private mutating func crossed(_ first: Double, _ second: Double) -> Double {
      let draw = random.unit()
      let spread = power(draw <= 0.5 ? 2 * draw : 1 / (2 * (1 - draw)), options.crossoverIndex)
      let half = spread * (second - first) / 2
      return (first + second) / 2 + (random.below(2) == 0 ? half : -half)
    }

    /// Polynomial mutation of one variable.
    private mutating func mutate(_ point: inout [Int], _ axis: Int) {
      let draw = random.unit()
      let share =
        draw < 0.5 ? power(2 * draw, options.mutationIndex) - 1 : 1 - power(2 * (1 - draw), options.mutationIndex)
      let moved = value(axis, place(axis, point[axis]) + share * Double(variables[axis].count - 1))
      let isSame = moved == point[axis]
      point[axis] = isSame ? value(axis, place(axis, moved) + (draw < 0.5 ? -1 : 1)) : moved
    }

    private func power(_ base: Double, _ index: Double) -> Double {
      base > 0 ? Elementary.pow(base, 1 / (index + 1)) : 0
    }
  }
}
