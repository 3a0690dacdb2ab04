public import FlashGraph
internal import FlashNAS

/// A description of one network: the cells of a space with numbers in place of variables.
public struct NetworkFile: Sendable {
  public let name: String?
  public let network: CellNetwork

  /// Reads `flashnas.network/1` in YAML or JSON.
  public init(reading path: String) throws(FormatError) {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("network")
    try root.only(["schema", "name", "input", "activation", "cells"])
    name = try root.optional("name")?.string()
    let input = try CellFields.input(root.required("input"), variables: false)
    let cells = try CellFields.cells(root.required("cells"), variables: false)
    do {
      let space = try SearchSpace(
        name: "", summary: "", input: input, activation: CellFields.activation(root.optional("activation")),
        cells: cells, variables: [])
      network = space.network([])
    } catch let error as DesignError {
      throw FormatError(file: path, problem: error.description)
    } catch let error as FormatError {
      throw error
    } catch {
      throw FormatError(file: path, problem: "\(error)")
    }
  }
}
