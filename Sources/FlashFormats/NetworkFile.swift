public import FlashGraph

/// A description of one network: the cells of a family with numbers in place of variables.
public struct NetworkFile: Sendable {
  public let name: String?
  public let network: DenseNetwork

  /// Reads `flashnas.network/1` in YAML or JSON.
  public init(reading path: String) throws(FormatError) {
    let root = try Field(document: TextFile.read(path, limit: TextFile.documentLimit), file: path)
    try root.schema("network")
    try root.only(["schema", "name", "input", "cells"])
    name = try root.optional("name")?.string()
    let input = try root.required("input")
    try input.only(["channels", "height", "width", "classes"])
    let size = 1...(1 << 16)
    let shape = FeatureShape(
      channels: try input.required("channels").integer(in: size),
      height: try input.required("height").integer(in: size),
      width: try input.required("width").integer(in: size))
    var cells: [DenseCell] = []
    let list = try root.required("cells")
    for field in try list.elements() {
      try field.only(["type", "width", "depth", "skip"])
      let type = try field.required("type")
      guard Network.Cell(rawValue: try type.string()) != nil else {
        throw type.error(
          "unknown cell type", found: "'\(try type.string())'",
          allowed: Network.Cell.allCases.map(\.rawValue).joined(separator: ", "))
      }
      cells.append(
        DenseCell(
          width: try field.required("width").integer(in: size),
          depth: try field.required("depth").integer(in: 1...1024),
          skip: try field.required("skip").integer(in: 0...(1 << 20))))
    }
    guard 1...64 ~= cells.count else {
      throw list.error("out of range", found: "\(cells.count) cells", allowed: "1 to 64")
    }
    network = DenseNetwork(input: shape, classes: try input.required("classes").integer(in: size), cells: cells)
  }
}
