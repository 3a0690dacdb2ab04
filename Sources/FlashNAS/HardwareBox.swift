public import FlashHardware
public import FlashSearch

/// Free parameters of hardware as variables of a search: each over the places of its values.
public struct HardwareBox: Sendable {
  public let space: HardwareSpace
  /// One variable per free parameter, its coordinates the places of values.
  public let variables: [IntegerVariable]

  /// All values of all parameters.
  public init(_ space: HardwareSpace) {
    self.init(
      space,
      space.variables.map { IntegerVariable(name: $0.name, lower: 0, upper: $0.values.count - 1, step: 1) })
  }

  private init(_ space: HardwareSpace, _ variables: [IntegerVariable]) {
    self.space = space
    self.variables = variables
  }

  /// The chips, as many as there are choices.
  public var chips: Int { variables.reduce(1) { $0 * $1.count } }

  /// Every chip by the places of its values, in lexicographic order.
  var choices: [[Int]] {
    variables.reduce([[]]) { choices, variable in
      choices.flatMap { choice in (variable.lower...variable.upper).map { choice + [$0] } }
    }
  }

  /// The same box with some parameters held to fewer values.
  ///
  /// - Throws: `DesignError` for a name that no parameter has, or a value that the parameter does not take.
  public func restricted(to restrictions: [SearchSpace.Restriction]) throws(DesignError) -> HardwareBox {
    var variables = variables
    for restriction in restrictions {
      guard let index = variables.firstIndex(where: { $0.name == restriction.name }) else {
        throw .unknownName(kind: "variable", found: restriction.name, known: space.variables.map(\.name))
      }
      let values = space.variables[index].values
      let ends = [restriction.first, restriction.last].map { values.firstIndex(of: $0.text) }
      guard let first = ends[0], let last = ends[1], first <= last else {
        throw .outOfRange(
          what: restriction.name, found: restriction.text, allowed: values.joined(separator: ", "))
      }
      variables[index] = IntegerVariable(name: restriction.name, lower: first, upper: last, step: 1)
    }
    return HardwareBox(space, variables)
  }

  /// The chip whose every parameter has the value given.
  ///
  /// - Throws: `DesignError` for a name that no parameter has, a value that it does not take, or a parameter without one.
  public func simulator(with values: [SearchSpace.Restriction]) throws(DesignError) -> HardwareSimulator {
    space.simulator(try choice(of: values))
  }

  /// The places of the values given, one for every parameter.
  ///
  /// - Throws: as `simulator(with:)`.
  public func choice(of values: [SearchSpace.Restriction]) throws(DesignError) -> [Int] {
    let box = try restricted(to: values)
    if let free = box.variables.first(where: { variable in !values.contains { $0.name == variable.name } }) {
      throw .outOfRange(what: free.name, found: "no value", allowed: "one for every free parameter")
    }
    return box.variables.map(\.lower)
  }

  /// The values of a choice, whose places begin at `first`, by the parameters' names.
  public func values(_ choice: [Int], from first: Int) -> [(name: String, value: String)] {
    space.variables.enumerated().map { ($1.name, $1.values[choice[first + $0]]) }
  }
}
