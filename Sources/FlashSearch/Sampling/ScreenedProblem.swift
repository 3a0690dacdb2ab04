/// A problem of which a part is known without scoring: costs, which are analytic, where accuracy would have to be trained.
///
/// What strategies for networks read beyond a score stands here, each with what a problem that knows no networks says.
public protocol ScreenedProblem: IntegerProblem {
  /// Whether a point keeps the bounds that cost nothing to check.
  func isWorthScoring(_ point: [Int]) -> Bool
  /// In which order the variables are freed by strategies that begin with simple points; by default one after the other,
  /// the rest in the middle of their ranges.
  var growth: Growth { get }
  /// What a point costs, above 0, known without scoring: only ratios count. By default its size, the mean share of the
  /// ranges that its coordinates take.
  func cost(_ point: [Int]) -> Double
  /// What a scored point is worth, cost aside: the more the better. By default −f.
  func quality(_ point: [Int], _ score: Score) -> Double
  /// Pairs of variables of which one may be shrunk at the other's gain; none by default.
  var bypasses: [Bypass] { get }
}

/// Filters of layers and channels that pass by them: fewer of the first and as many more of the second leave a layer's
/// output as wide as it was.
public struct Bypass: Sendable, Hashable {
  /// The places of both variables in a point.
  public let filters: Int
  public let bypassed: Int

  public init(filters: Int, bypassed: Int) {
    self.filters = filters
    self.bypassed = bypassed
  }
}

/// How a point grows from simple to whole: groups of variables, such as the cells of a network, that are freed one group
/// after the other.
public struct Growth: Sendable, Hashable {
  /// The places of the variables, group by group. Variables of no group are free from the first stage on.
  public let groups: [[Int]]
  /// The values of variables whose group is not free yet; `nil`: they repeat the last group that is, each variable at the
  /// same share of its range as the one that it stands for.
  public let held: [Int]?

  public init(groups: [[Int]], held: [Int]? = nil) {
    self.groups = groups
    self.held = held
  }

  /// Sets the variables of all groups behind one. Complexity: O(variables).
  func complete(_ point: inout [Int], behind group: Int, _ variables: [IntegerVariable]) {
    for next in groups.dropFirst(group + 1) {
      for (place, target) in next.enumerated() {
        if let held {
          point[target] = held[target]
        } else if place < groups[group].count {
          let source = groups[group][place]
          point[target] = variables[target].value(like: point[source], of: variables[source])
        }
      }
    }
  }
}

extension IntegerVariable {
  /// The value at the share of the range that another variable's value has of its own, rounded to the next step.
  func value(like value: Int, of other: IntegerVariable) -> Int {
    guard other.count > 1 else { return lower }
    let place = (value - other.lower) / other.step
    return lower + (2 * place * (count - 1) + other.count - 1) / (2 * (other.count - 1)) * step
  }
}

extension ScreenedProblem {
  public var growth: Growth {
    let variables = variables
    return Growth(
      groups: variables.indices.map { [$0] }, held: variables.map { $0.lower + ($0.count - 1) / 2 * $0.step })
  }

  public func cost(_ point: [Int]) -> Double { size(point) }

  /// The mean share of the ranges that a point's coordinates take: 1 for the largest point.
  public func size(_ point: [Int]) -> Double {
    let variables = variables
    let shares = zip(variables, point).reduce(0) { sum, entry in
      sum + Double((entry.1 - entry.0.lower) / entry.0.step + 1) / Double(entry.0.count)
    }
    return shares / Double(max(variables.count, 1))
  }

  public func quality(_ point: [Int], _ score: Score) -> Double { -score.objective }

  public var bypasses: [Bypass] { [] }
}
