internal import FlashGraph
internal import FlashSearch

/// Looks up the variables of a space's ties and checks every value that its cells can get.
struct SpaceCompiler {
  private let variables: [SpaceVariable]
  /// Where each variable's choices begin, −1 for a range.
  private var tables: [Int] = []
  private(set) var choices: [Int] = []
  private(set) var cells: [SearchSpace.CompiledCell] = []
  private(set) var height: CompiledTie
  private(set) var width: CompiledTie
  private(set) var skipVariables: [SearchSpace.SkipVariable] = []

  init(input: SpaceInput, cells: [CellTemplate], variables: [SpaceVariable]) throws(DesignError) {
    self.variables = variables
    for variable in variables {
      switch variable.domain {
      case .range: tables.append(-1)
      case .choices(let values):
        tables.append(choices.count)
        choices += values
      case .categories: tables.append(-1)
      }
    }
    height = CompiledTie(.constant(1), variable: -1, table: -1)
    width = height
    let size = 1...(1 << 16)
    height = try compile(input.height, CellType.Parameter("height", size), "input")
    width = try compile(input.width, CellType.Parameter("width", size), "input")
    for (index, cell) in cells.enumerated() {
      var ties: [CompiledTie] = []
      for (tie, parameter) in zip(cell.ties, cell.type.parameters) {
        ties.append(try compile(tie, parameter, "cells[\(index)]"))
      }
      while ties.count < 4 { ties.append(CompiledTie(.constant(0), variable: -1, table: -1)) }
      self.cells.append(
        SearchSpace.CompiledCell(type: cell.type, a: ties[0], b: ties[1], c: ties[2], d: ties[3]))
    }
    let read = Set((cells.flatMap(\.ties) + [input.height, input.width]).compactMap(\.variable))
    for variable in variables where !read.contains(variable.name) {
      throw .outOfRange(what: "variables.\(variable.name)", found: "no cell that reads it", allowed: "one or more")
    }
    skipVariables = Self.skips(cells, input, variables)
  }

  private mutating func compile(
    _ tie: Tie, _ parameter: CellType.Parameter, _ place: String
  ) throws(DesignError) -> CompiledTie {
    let place = "\(place).\(parameter.name)"
    guard let name = tie.variable else {
      try check(tie.value(0), parameter, place)
      return CompiledTie(tie, variable: -1, table: -1)
    }
    guard let index = variables.firstIndex(where: { $0.name == name }) else {
      throw .unknownName(kind: "\(place): variable", found: name, known: variables.map(\.name))
    }
    let variable = variables[index]
    if case .categories(let words) = variable.domain {
      let places = words.compactMap { parameter.words.firstIndex(of: $0) }
      guard tie.isPlain, places.count == words.count else {
        throw .outOfRange(
          what: place, found: "'\(name)', one of \(words.joined(separator: ", "))",
          allowed: parameter.words.isEmpty ? "a number" : parameter.words.joined(separator: ", "))
      }
      choices += places
      return CompiledTie(tie, variable: index, table: choices.count - places.count)
    }
    guard parameter.words.isEmpty else {
      throw .outOfRange(what: place, found: "the number '\(name)'", allowed: parameter.words.joined(separator: ", "))
    }
    for value in values(variable.domain, tie) { try check(tie.value(value), parameter, place) }
    return CompiledTie(tie, variable: index, table: tables[index])
  }

  /// The values at which a tie has to hold: the ends, since a tie never falls; where a division has to come out even, also
  /// the second value, since the rest repeats from step to step.
  private func values(_ domain: SpaceVariable.Domain, _ tie: Tie) -> [Int] {
    switch domain {
    case .range(let range, let step):
      let last = range.lowerBound + (range.count - 1) / step * step
      return [range.lowerBound, min(range.lowerBound + step, last), last]
    case .choices(let values): return values
    case .categories(let words): return Array(words.indices)
    }
  }

  private func check(_ value: Int?, _ parameter: CellType.Parameter, _ place: String) throws(DesignError) {
    guard let value else {
      throw .outOfRange(
        what: place, found: "a division that leaves a rest", allowed: "whole numbers, or divisible(…, n)")
    }
    guard parameter.takes(value) else {
      throw .outOfRange(what: place, found: "\(value)", allowed: parameter.allowed)
    }
  }

  /// Variables that are the skip of dense cells and nothing else.
  private static func skips(
    _ cells: [CellTemplate], _ input: SpaceInput, _ variables: [SpaceVariable]
  ) -> [SearchSpace.SkipVariable] {
    variables.enumerated().compactMap { index, variable in
      guard case .range = variable.domain else { return nil }
      var holders: [Int] = []
      for (place, cell) in cells.enumerated() {
        for (tie, parameter) in zip(cell.ties, cell.type.parameters) where tie.variable == variable.name {
          guard parameter.name == "skip", tie.isPlain else { return nil }
          holders.append(place)
        }
      }
      guard !holders.isEmpty, input.height.variable != variable.name, input.width.variable != variable.name
      else { return nil }
      return SearchSpace.SkipVariable(variable: index, cells: holders)
    }
  }
}
