/// What values a variable of a `MinimizationProblem` takes.
public enum SearchVariable: Sendable, Hashable {
  /// Every number of lower…upper; an end may be infinite.
  case real(ClosedRange<Double>)
  /// Every integer of lower…upper.
  case integer(ClosedRange<Int>)
  /// One of 0…count − 1, without an order among them.
  case categorical(count: Int)

  @usableFromInline var lower: Double {
    switch self {
    case .real(let range): range.lowerBound
    case .integer(let range): Double(range.lowerBound)
    case .categorical: 0
    }
  }

  @usableFromInline var upper: Double {
    switch self {
    case .real(let range): range.upperBound
    case .integer(let range): Double(range.upperBound)
    case .categorical(let count): Double(count - 1)
    }
  }

  var isDiscrete: Bool { if case .real = self { false } else { true } }

  /// Whether the variable has a value, and ends that are numbers.
  var isValid: Bool {
    switch self {
    case .real(let range): range.lowerBound < .infinity && range.upperBound > -.infinity
    // Integers of a Double.
    case .integer(let range): max(range.lowerBound.magnitude, range.upperBound.magnitude) <= 1 << 53
    case .categorical(let count): count > 0
    }
  }
}

/// A problem in standard form: minimise f(x) subject to c(x) ≤ 0 and h(x) = 0, within a box of real, integer and
/// categorical variables.
///
/// A value that is not finite makes a point infeasible, whichever function it is of. A function that throws ends the
/// search with its error.
public struct MinimizationProblem<Failure: Error> {
  /// A function of x with one value.
  public typealias Objective = ([Double]) throws(Failure) -> Double
  /// A function of x with as many values at every point.
  public typealias Constraints = ([Double]) throws(Failure) -> [Double]

  public let variables: [SearchVariable]
  /// f, to be minimised.
  public let objective: Objective
  /// c, each value to be at most 0; `nil` where there is none.
  public let inequalities: Constraints?
  /// h, each value to be 0; `nil` where there is none.
  public let equalities: Constraints?

  public init(
    _ variables: [SearchVariable], objective: @escaping Objective, inequalities: Constraints? = nil,
    equalities: Constraints? = nil
  ) {
    self.variables = variables
    self.objective = objective
    self.inequalities = inequalities
    self.equalities = equalities
  }

  /// A problem over a box of real numbers, one pair of ends per variable.
  ///
  /// Ends in the wrong order, or NaN, make a box without a point, which the search reports.
  public init(
    bounds: [(lower: Double, upper: Double)], objective: @escaping Objective, inequalities: Constraints? = nil,
    equalities: Constraints? = nil
  ) {
    self.init(
      bounds.map { $0.lower <= $0.upper ? .real($0.lower...$0.upper) : .categorical(count: 0) }, objective: objective,
      inequalities: inequalities, equalities: equalities)
  }

  /// What makes the problem one that no search can begin with.
  var fault: MinimizationFault? {
    if variables.isEmpty { return .noVariables }
    if let index = variables.firstIndex(where: { !$0.isValid }) { return .emptyRange(variable: index) }
    return nil
  }
}
