public import FlashGraph
internal import FlashNAS

/// A description of one network: the cells of a space with numbers in place of variables, or a list of layers.
public struct NetworkFile: Sendable {
  /// What a description lists.
  public enum Form: Sendable, Hashable {
    /// Cells, whose links a seed draws.
    case cells(CellNetwork)
    /// Layers with their inputs.
    case layers(Network)
  }

  public let name: String?
  public let form: Form

  /// Reads `flashnas.network/1` in YAML or JSON.
  public init(reading path: String) throws(FormatError) {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("network")
    let layers = try root.optional("layers")
    try root.only(["schema", "name", "input"] + (layers == nil ? ["activation", "cells"] : ["layers"]))
    name = try root.optional("name")?.string()
    if let layers {
      form = .layers(try LayerFields.network(input: root.required("input"), layers: layers))
    } else {
      form = .cells(try Self.cells(root, path))
    }
  }

  private static func cells(_ root: Field, _ path: String) throws(FormatError) -> CellNetwork {
    let input = try CellFields.input(root.required("input"), variables: false)
    let cells = try CellFields.cells(root.required("cells"), variables: false)
    let activation = try CellFields.activation(root.optional("activation"))
    do throws(DesignError) {
      return try SearchSpace(
        name: "", summary: "", input: input, activation: activation, cells: cells, variables: []
      ).network([])
    } catch { throw FormatError(file: path, problem: error.description) }
  }

  /// The network, the links of its cells drawn from `seed`; layers say theirs themselves.
  ///
  /// - Throws: `GraphError` where a number is out of range or a layer grows too large.
  public func network(seed: UInt64) throws(GraphError) -> Network {
    switch form {
    case .cells(let cells): try cells.network(seed: seed)
    case .layers(let network): network
    }
  }
}
