/// The box of a `MinimizationProblem` as a search sees it: the variables that are not fixed, scaled to 0…1.
struct SearchBox {
  let variables: [SearchVariable]
  /// The variables that are not fixed, and of these the real and the others.
  let axes: [Int]
  let realAxes: [Int]
  let discreteAxes: [Int]
  /// What 0 and 1 stand for: the box's ends; `openSpan` beyond the other end, or beyond 0, where an end is infinite.
  let lower: [Double]
  let upper: [Double]

  init(_ variables: [SearchVariable], openSpan: Double) {
    self.variables = variables
    axes = variables.indices.filter { variables[$0].lower < variables[$0].upper }
    realAxes = axes.filter { !variables[$0].isDiscrete }
    discreteAxes = axes.filter { variables[$0].isDiscrete }
    var (lower, upper) = (variables.map(\.lower), variables.map(\.upper))
    for index in variables.indices {
      switch (lower[index].isFinite, upper[index].isFinite) {
      case (true, true): break
      case (true, false): upper[index] = lower[index] + max(openSpan, abs(lower[index]))
      case (false, true): lower[index] = upper[index] - max(openSpan, abs(upper[index]))
      case (false, false): (lower[index], upper[index]) = (-openSpan, openSpan)
      }
    }
    self.lower = lower
    self.upper = upper
  }

  /// Whether a variable has an infinite end.
  var isOpen: Bool { axes.contains { !variables[$0].lower.isFinite || !variables[$0].upper.isFinite } }

  /// What 1 on an axis is in the variable's unit, as far as it can be said.
  func width(_ axis: Int) -> Double { min(upper[axis] - lower[axis], .greatestFiniteMagnitude) }

  /// A variable's value at a scaled coordinate: on the lattice of an integer one, and never outside the box.
  func value(_ axis: Int, at coordinate: Double) -> Double {
    let value = lower[axis] * (1 - coordinate) + upper[axis] * coordinate
    let onLattice = variables[axis].isDiscrete ? value.rounded() : value
    return max(variables[axis].lower, min(variables[axis].upper, onLattice))
  }

  /// The scaled coordinate of a value.
  func coordinate(_ axis: Int, of value: Double) -> Double {
    // Halves: the width of the widest box is no finite number.
    (value / 2 - lower[axis] / 2) / (upper[axis] / 2 - lower[axis] / 2)
  }

  /// The box's ends, scaled.
  func range(_ axis: Int) -> ClosedRange<Double> {
    (variables[axis].lower.isFinite ? 0 : -.infinity)...(variables[axis].upper.isFinite ? 1 : .infinity)
  }

  /// The point whose fixed variables have their values and whose others are 0…1 from end to end.
  func point(_ coordinate: (Int) -> Double) -> [Double] {
    var point = lower
    for (place, axis) in axes.enumerated() { point[axis] = value(axis, at: coordinate(place)) }
    return point
  }
}
