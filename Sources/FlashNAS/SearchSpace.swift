public import FlashGraph
public import FlashSearch

/// One cell of a space: its type and what its numbers follow from, in the order of the type's parameters.
public struct CellTemplate: Sendable, Hashable {
  public let type: CellType
  public let ties: [Tie]

  /// - Precondition: as many ties as the type has parameters.
  public init(_ type: CellType, _ ties: [Tie]) {
    precondition(ties.count == type.parameters.count, "a tie for every number of a cell")
    self.type = type
    self.ties = ties
  }
}

/// What networks read: the shape of an image, which may follow from a variable, and the number of classes.
public struct SpaceInput: Sendable, Hashable {
  public let channels: Int
  public let height: Tie
  public let width: Tie
  public let classes: Int

  public init(channels: Int, height: Tie, width: Tie, classes: Int) {
    self.channels = channels
    self.height = height
    self.width = width
    self.classes = classes
  }

  /// An image of a fixed shape.
  public init(channels: Int, height: Int, width: Int, classes: Int) {
    self.init(channels: channels, height: .constant(height), width: .constant(width), classes: classes)
  }
}

/// A family of networks over a box of variables: cells whose numbers follow from the variables.
///
/// A *point* is one coordinate per variable, in the order of `variables`: the value itself, or the place of a choice or
/// a category in its list. `SearchSpace` decodes points, and counts their networks in closed form.
public struct SearchSpace: Sendable, Hashable {
  public let name: String
  public let summary: String
  public let input: SpaceInput
  public let activation: Network.Activation
  public let cells: [CellTemplate]
  /// The variables' values.
  public let domains: [SpaceVariable]
  /// The variables over coordinates, as strategies see them, within `domains`.
  public let variables: [IntegerVariable]
  /// The data set whose predictor, where it has one, answers for the space's accuracy; `nil` without a data set.
  public let dataset: String?

  /// A cell as decoding reads it: four ties, of which the type's parameters are the first.
  struct CompiledCell: Sendable, Hashable {
    let type: CellType
    let a: CompiledTie
    let b: CompiledTie
    let c: CompiledTie
    let d: CompiledTie

    @inline(__always)
    func cell(_ point: [Int], _ choices: [Int]) -> Cell {
      type.cell(
        a.value(point, choices), b.value(point, choices), c.value(point, choices), d.value(point, choices))
    }
  }

  let compiled: [CompiledCell]
  let height: CompiledTie
  let inputWidth: CompiledTie
  /// The values of all variables with choices, one after the other.
  let choices: [Int]
  /// Variables that are skips of dense cells and nothing else, with those cells: they saturate.
  let skipVariables: [SkipVariable]
  /// Where the space is one of independent dense cells.
  let denseCells: DenseCells?
  /// Whether NN-Mass has a formula for the space's networks: dense cells alone, or none and no `densenet`, and no
  /// `regnet` cell of more than one group.
  public let hasNNMass: Bool

  struct SkipVariable: Sendable, Hashable {
    let variable: Int
    let cells: [Int]
  }

  /// Composes a space.
  ///
  /// - Throws: `DesignError` for a name that is not a variable's, a variable that no cell reads, or a value of a variable
  ///   that a tie or a cell's number does not take.
  public init(
    name: String, summary: String, input: SpaceInput, activation: Network.Activation = .relu, cells: [CellTemplate],
    variables: [SpaceVariable], dataset: String? = nil
  ) throws(DesignError) {
    self.name = name
    self.summary = summary
    self.input = input
    self.activation = activation
    self.cells = cells
    self.dataset = dataset
    domains = variables
    self.variables = variables.map(\.coordinates)
    let compiler = try SpaceCompiler(input: input, cells: cells, variables: variables)
    compiled = compiler.cells
    height = compiler.height
    inputWidth = compiler.width
    choices = compiler.choices
    skipVariables = compiler.skipVariables
    denseCells = DenseCells(input, cells, variables)
    hasNNMass = Self.hasNNMass(cells)
    guard configurations != nil else {
      throw .outOfRange(what: "variables", found: "more than 2^128 configurations", allowed: "2^128 - 1 at most")
    }
  }

  /// The same space over other ranges of its variables, with the same steps.
  init(_ other: SearchSpace, variables: [IntegerVariable]) {
    name = other.name
    summary = other.summary
    input = other.input
    activation = other.activation
    cells = other.cells
    domains = other.domains
    dataset = other.dataset
    compiled = other.compiled
    height = other.height
    inputWidth = other.inputWidth
    choices = other.choices
    skipVariables = other.skipVariables
    denseCells = other.denseCells
    hasNNMass = other.hasNNMass
    self.variables = variables
  }

  /// Values that a variable is held to, ends included.
  public struct Restriction: Sendable, Hashable {
    public let name: String
    public let first: SpaceVariable.Value
    public let last: SpaceVariable.Value

    public init(name: String, first: SpaceVariable.Value, last: SpaceVariable.Value) {
      self.name = name
      self.first = first
      self.last = last
    }

    /// As options write it.
    var text: String { first == last ? first.text : "\(first.text)..\(last.text)" }
  }

  /// The same space with some variables held to fewer values.
  ///
  /// - Throws: `DesignError` for a name that the space does not have or a value that the variable does not take.
  public func restricted(to restrictions: [Restriction]) throws(DesignError) -> SearchSpace {
    var variables = variables
    for restriction in restrictions {
      guard let index = variables.firstIndex(where: { $0.name == restriction.name }) else {
        throw .unknownName(kind: "variable", found: restriction.name, known: variableNames)
      }
      let own = variables[index]
      let (first, last) = (domains[index].coordinate(restriction.first), domains[index].coordinate(restriction.last))
      guard let first, let last, first <= last, own.lower <= first, last <= own.upper else {
        throw .outOfRange(
          what: restriction.name, found: restriction.text, allowed: domains[index].allowed)
      }
      variables[index] = IntegerVariable(name: own.name, lower: first, upper: last, step: own.step)
    }
    return SearchSpace(self, variables: variables)
  }

  /// Checks that a point has one coordinate per variable, each one that the variable takes.
  public func check(_ point: [Int]) throws(DesignError) {
    guard point.count == variables.count else {
      throw .outOfRange(
        what: "point", found: "\(point.count) values", allowed: "\(variables.count): \(nameList)")
    }
    for (index, value) in point.enumerated() {
      let variable = variables[index]
      guard variable.lower...variable.upper ~= value, (value - variable.lower) % variable.step == 0 else {
        throw .outOfRange(what: variable.name, found: "\(value)", allowed: domains[index].allowed)
      }
    }
  }

  /// The variables' names, in order.
  public var variableNames: [String] { variables.map(\.name) }

  /// The variables' names, joined for messages.
  public var nameList: String { variableNames.joined(separator: ",") }

  /// The values of a point as text, in the variables' order.
  public func texts(_ point: [Int]) -> [String] { zip(domains, point).map { $0.text($1) } }

  /// A point as options write it: `width1=8,depth1=7,…`.
  public func assignments(_ point: [Int]) -> String {
    zip(variableNames, texts(point)).map { "\($0)=\($1)" }.joined(separator: ",")
  }

  /// The cells of a point.
  func cell(_ index: Int, _ point: [Int]) -> Cell { compiled[index].cell(point, choices) }

  /// The shape of a point's images.
  @inline(__always)
  func shape(_ point: [Int]) -> FeatureShape {
    FeatureShape(
      channels: input.channels, height: height.value(point, choices), width: inputWidth.value(point, choices))
  }

  /// The network of a point, before its links are drawn.
  public func network(_ point: [Int]) -> CellNetwork {
    CellNetwork(
      input: shape(point), classes: input.classes, activation: activation,
      cells: compiled.indices.map { cell($0, point) })
  }

  /// Whether every cell is `dense` with a width, a depth and a skip of its own, in that order.
  public var hasIndependentDenseCells: Bool { denseCells != nil }

  private static func hasNNMass(_ cells: [CellTemplate]) -> Bool {
    let types = Set(cells.map(\.type))
    let others: Set<CellType> = [.residual, .regNet, .invertedResidual, .depthwiseSeparable]
    let isGrouped = cells.contains { $0.type == .regNet && $0.ties[0] != .constant(1) }
    return !types.contains(.denseNet) && !isGrouped
      && (types.isDisjoint(with: [.dense, .denseMLP]) || types.isDisjoint(with: others))
  }
}

extension SearchSpace {
  /// The representative of all points that are the same network: skips above w·(d − 2) change nothing.
  ///
  /// Complexity: O(variables + cells).
  public func canonical(_ point: [Int]) -> [Int] {
    var point = point
    for skip in skipVariables {
      let saturation = saturation(skip, point)
      guard point[skip.variable] > saturation else { continue }
      // The least value of the range that saturates.
      let variable = variables[skip.variable]
      let steps = (saturation - variable.lower + variable.step - 1) / variable.step
      point[skip.variable] = min(point[skip.variable], variable.lower + max(0, steps) * variable.step)
    }
    return point
  }

  /// The least skip that saturates every cell that it is the skip of.
  func saturation(_ skip: SkipVariable, _ point: [Int]) -> Int {
    var most = 0
    for index in skip.cells {
      switch cell(index, point) {
      case .dense(let cell, _), .denseMLP(let cell): most = max(most, cell.saturation)
      default: break
      }
    }
    return most
  }

  /// The product of the variables' cardinalities; `nil` above 2¹²⁸ − 1, which the initialiser refuses.
  public var configurations: UInt128? {
    variables.reduce(UInt128?(1)) { product, variable in
      guard let (result, overflow) = product?.multipliedReportingOverflow(by: UInt128(variable.count)), !overflow
      else { return nil }
      return result
    }
  }
}
