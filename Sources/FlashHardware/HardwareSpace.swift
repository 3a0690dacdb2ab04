public import FlashGraph

/// A simulator of which some parameters are free: one chip for every choice of their values.
///
/// A *choice* has one place per variable, in the order of `variables`: that of a value in the variable's list.
public struct HardwareSpace: Sendable, Hashable {
  /// A free parameter: its name in profiles and its values as profiles write them.
  public struct Variable: Sendable, Hashable {
    public let name: String
    public let values: [String]
    /// The place of the value that answers where none is chosen.
    public let defaultPlace: Int

    /// - Precondition: `defaultPlace` is the place of a value.
    public init(name: String, values: [String], defaultPlace: Int) {
      precondition(values.indices.contains(defaultPlace), "a default is one of the values")
      self.name = name
      self.values = values
      self.defaultPlace = defaultPlace
    }
  }

  public let variables: [Variable]
  private let chips: Chips

  private enum Chips: Sendable, Hashable {
    case systolic(ParameterChoices<SystolicArray.Parameters>)
    case imc(ParameterChoices<InMemoryComputing.Parameters>)
  }

  /// Systolic arrays.
  ///
  /// - Parameter parameters: for every variable, the parameters with each of its values in turn, all others at their
  ///   default.
  /// - Throws: `HardwareError.outOfRange` where some values do not go together.
  public init(
    _ variables: [Variable], systolic parameters: [[SystolicArray.Parameters]]
  ) throws(HardwareError) {
    let choices = try ParameterChoices(variables, parameters) { (chosen) throws(HardwareError) in
      _ = try SystolicArray(chosen)
    }
    if let index = choices.keys.firstIndex(of: .filterMemory) {
      let isNetwork = choices.values[index].map { $0.filterMemory == .network }
      guard Set(isNetwork).count == 1 else {
        throw .outOfRange(
          parameter: SystolicArray.Parameters.Key.filterMemory.rawValue, found: "'network' beside sizes",
          allowed: "sizes, or 'network' alone")
      }
    }
    self.variables = variables
    chips = .systolic(choices)
  }

  /// Chips of ReRAM crossbars.
  public init(
    _ variables: [Variable], imc parameters: [[InMemoryComputing.Parameters]]
  ) throws(HardwareError) {
    self.variables = variables
    chips = .imc(
      try ParameterChoices(variables, parameters) { (chosen) throws(HardwareError) in
        _ = try InMemoryComputing(chosen)
      })
  }

  private init(_ variables: [Variable], _ chips: Chips) {
    self.variables = variables
    self.chips = chips
  }

  /// The same with operands of other widths, where they are given. - Precondition: one chip takes them.
  func with(_ bits: OperandBits) -> HardwareSpace {
    switch chips {
    case .systolic(let choices): HardwareSpace(variables, .systolic(choices.map { $0.with(bits) }))
    case .imc(let choices): HardwareSpace(variables, .imc(choices.map { $0.with(bits) }))
    }
  }

  /// The chip of a choice, whose places begin at `first`. Complexity: O(variables), without allocation.
  public func simulator(_ choice: [Int], from first: Int = 0) -> HardwareSimulator {
    switch chips {
    case .systolic(let choices): .systolic(SystolicArray(checked: choices.parameters(choice, from: first)))
    case .imc(let choices): .imc(InMemoryComputing(checked: choices.parameters(choice, from: first)))
    }
  }

  /// Whether `costRange` knows ranges.
  public var isBounded: Bool {
    if case .systolic = chips { true } else { false }
  }

  /// Ranges that hold the costs of every network between two, on every chip between two choices; `nil` where `isBounded`
  /// is false. Complexity: that of the costs of both networks, times the dataflows between the choices.
  public func costRange(
    of least: some LayeredNetwork, to most: some LayeredNetwork, on lower: [Int], to upper: [Int], from first: Int
  ) -> (least: Costs, most: Costs)? {
    guard case .systolic(let choices) = chips else { return nil }
    let arrays = SystolicArrayRange(choices, lower, upper, from: first)
    return (arrays.leastCosts(of: least), arrays.mostCosts(of: most))
  }
}

/// A set of parameters of which some can be taken from another set.
protocol FreeParameters: Sendable, Hashable {
  associatedtype Key: RawRepresentable<String> & CaseIterable & Sendable & Hashable

  /// Takes one parameter's value from another set.
  mutating func take(_ key: Key, from other: Self)
}

/// Parameters with a list of values for each that is free.
struct ParameterChoices<Parameters: FreeParameters>: Sendable, Hashable {
  let keys: [Parameters.Key]
  /// For every key the parameters with each value in turn, the others at their default.
  private(set) var values: [[Parameters]]
  private var defaults: Parameters

  /// - Parameter check: refuses parameters that do not go together.
  init(
    _ variables: [HardwareSpace.Variable], _ values: [[Parameters]],
    _ check: (Parameters) throws(HardwareError) -> Void
  ) throws(HardwareError) {
    var keys: [Parameters.Key] = []
    for (variable, own) in zip(variables, values) {
      guard let key = Parameters.Key(rawValue: variable.name) else {
        throw .notFree(
          parameter: variable.name, allowed: Parameters.Key.allCases.map(\.rawValue))
      }
      precondition(own.count == variable.values.count, "parameters for every value")
      keys.append(key)
    }
    precondition(!keys.isEmpty && keys.count == values.count, "values for every variable")
    self.keys = keys
    self.values = values
    defaults = values[0][variables[0].defaultPlace]
    try checkTogether(check)
  }

  /// The same choices, all parameters changed alike.
  func map(_ change: (Parameters) -> Parameters) -> ParameterChoices {
    var choices = self
    choices.defaults = change(defaults)
    choices.values = values.map { $0.map(change) }
    return choices
  }

  func parameters(_ choice: [Int], from first: Int) -> Parameters {
    var chosen = defaults
    for (index, key) in keys.enumerated() { chosen.take(key, from: values[index][choice[first + index]]) }
    return chosen
  }

  /// Checks that values go together, two variables at a time: a simulator's parameters limit each other in pairs.
  private func checkTogether(_ check: (Parameters) throws(HardwareError) -> Void) throws(HardwareError) {
    for (one, key) in keys.enumerated() {
      for other in keys.indices where other > one {
        for first in values[one] {
          for second in values[other] {
            var chosen = second
            chosen.take(key, from: first)
            try check(chosen)
          }
        }
      }
    }
  }
}

extension SystolicArray.Parameters: FreeParameters {
  /// The parameters that a search may choose. Word sizes, energies and areas belong together and are not among them.
  enum Key: String, CaseIterable {
    case rows, columns, dataflow, clock
    case inputMemory = "input_sram"
    case filterMemory = "filter_sram"
    case outputMemory = "output_sram"
    case dramBandwidth = "dram_bandwidth"
  }

  mutating func take(_ key: Key, from other: Self) {
    switch key {
    case .rows: rows = other.rows
    case .columns: columns = other.columns
    case .dataflow: dataflow = other.dataflow
    case .clock: clock = other.clock
    case .inputMemory: inputMemory = other.inputMemory
    case .filterMemory: filterMemory = other.filterMemory
    case .outputMemory: outputMemory = other.outputMemory
    case .dramBandwidth: dramBandwidth = other.dramBandwidth
    }
  }
}

extension InMemoryComputing.Parameters: FreeParameters {
  /// The parameters that a search may choose: those whose energies and areas follow by formula.
  enum Key: String, CaseIterable {
    case crossbarSize = "crossbar_size"
    case cellBits = "cell_bits"
    case dacBits = "dac_bits"
    case columnsPerADC = "columns_per_adc"
    case elementCrossbars = "element_crossbars"
    case tileElements = "tile_elements"
    case flitBits = "flit_bits"
    case schedule, clock
  }

  mutating func take(_ key: Key, from other: Self) {
    switch key {
    case .crossbarSize: crossbarSize = other.crossbarSize
    case .cellBits: cellBits = other.cellBits
    case .dacBits: dacBits = other.dacBits
    case .columnsPerADC: columnsPerADC = other.columnsPerADC
    case .elementCrossbars: elementCrossbars = other.elementCrossbars
    case .tileElements: tileElements = other.tileElements
    case .flitBits: flitBits = other.flitBits
    case .schedule: schedule = other.schedule
    case .clock: clock = other.clock
    }
  }
}
