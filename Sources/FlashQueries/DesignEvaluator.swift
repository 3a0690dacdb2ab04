public import FlashHardware
internal import FlashNAS
internal import FlashSearch

/// What is known of a design.
public struct EvaluatedDesign: Sendable {
  /// 0…1; NaN without an accuracy model.
  public let accuracy: Double
  /// NaN where no model gives a cost.
  public let costs: Costs
  /// In its own direction; NaN where it is no finite number.
  public let objective: Double
  /// By how much bounds are missed in all, each in parts of its limit: 0 where all are kept.
  public let violation: Double
}

/// The designs of a question, evaluated where a caller asks: what a search would see, without the search.
///
/// A point has one number per variable: a value as options write it, or the place in its list, from 0, of a word or of a
/// hardware parameter's value.
public struct DesignEvaluator: Sendable {
  private let question: DesignQuestion
  /// The names of the variables: those of the space, then free parameters of the hardware.
  public let variables: [String]

  /// Loads the models of a question, whose strategy and budget are not looked at.
  public init(_ query: SearchQuery) throws(QueryError) {
    question = try DesignQuestion(query)
    variables = question.problem.variables.map(\.name)
  }

  /// Turns numbers into the coordinates of a point, in an array of the caller.
  ///
  /// - Parameter row: what messages call the point.
  /// - Precondition: as many numbers, and places in the array, as variables.
  public func read(_ numbers: some Sequence<Int64>, row: Int, into point: inout [Int]) throws(QueryError) {
    for (index, number) in numbers.enumerated() {
      guard let coordinate = coordinate(Int(number), index) else {
        throw .usage("points[\(row)]: \(variables[index]): out of range, found \(number), allowed \(allowed(index))")
      }
      point[index] = coordinate
    }
  }

  private func coordinate(_ number: Int, _ index: Int) -> Int? {
    let (problem, variable) = (question.problem, question.problem.variables[index])
    let domains = problem.space.domains
    let isPlace = index >= domains.count || domains[index].takesWords
    guard let coordinate = isPlace ? number : domains[index].coordinate(.integer(number)),
      variable.lower...variable.upper ~= coordinate
    else { return nil }
    return coordinate
  }

  private func allowed(_ index: Int) -> String {
    let (problem, variable) = (question.problem, question.problem.variables[index])
    let domains = problem.space.domains
    guard index < domains.count, !domains[index].takesWords else {
      return "places \(variable.lower) to \(variable.upper)"
    }
    return variable == problem.space.variables[index]
      ? domains[index].allowed : "\(variable.lower) to \(variable.upper)"
  }

  /// What is known of a design; of several targets the worst. Complexity: O(cells).
  ///
  /// - Precondition: the point is one of `read(_:row:into:)`.
  public func values(_ point: [Int]) -> EvaluatedDesign {
    let worst = question.worstCase
    let score = worst.score(point)
    let values = worst.first.values(point)
    var costs = values.costs
    if question.hasSeveralTargets {
      costs = Costs(
        latency: Latency(seconds: worst.value(of: .latency, at: point)),
        energy: Energy(joules: worst.value(of: .energy, at: point)),
        area: Area(squareMillimetres: worst.value(of: .area, at: point)))
    }
    return EvaluatedDesign(
      accuracy: values.accuracy, costs: costs,
      objective: score.violation.isFinite ? worst.first.objective.value(score.objective) : .nan,
      violation: score.violation)
  }
}
