internal import FlashGraph

/// Writes a network as `flashnas.network/1` in its form of layers, one layer a line.
struct LayerListWriter {
  private let network: Network
  private let name: String

  /// - Throws: `FormatError` where two layers share a name or one has the input's.
  init(_ network: Network, name: String) throws(FormatError) {
    self.network = network
    self.name = name
    var names: Set<String> = [LayerFields.inputName]
    for layer in network.layers where !names.insert(layer.name).inserted {
      throw FormatError(
        file: name, place: "layers", problem: "a name stands twice", found: "'\(layer.name)'",
        allowed: "names of their own")
    }
  }

  /// The document.
  ///
  /// - Throws: `FormatError` for more than a document may have.
  func bytes() throws(FormatError) -> [UInt8] {
    let shape = network.input
    let input: JSONValue = [
      "channels": .integer(shape.channels), "height": .integer(shape.height), "width": .integer(shape.width),
    ]
    var text = "{\n  \"input\": \(input.text(compact: true)),\n  \"layers\": [\n"
    for index in network.layers.indices {
      let comma = index < network.layers.count - 1 ? "," : ""
      text += "    \(layer(index).text(compact: true))\(comma)\n"
    }
    text += "  ],\n  \"name\": \(JSONValue.string(FormatError.line(name)).text()),\n"
    text += "  \"schema\": \"flashnas.network/1\"\n}\n"
    let bytes = Array(text.utf8)
    guard bytes.count <= TextFile.documentLimit else {
      throw FormatError(
        file: name, problem: "too large for a description, which is read whole", found: "\(bytes.count) bytes",
        allowed: "at most \(TextFile.documentLimit >> 20) MiB")
    }
    return bytes
  }

  private func layer(_ index: Int) -> JSONValue {
    let layer = network.layers[index]
    var entries: [String: JSONValue] = [
      "name": .string(layer.name), "type": .string(LayerFields.type(of: layer.operation)),
      "inputs": .array(layer.inputs.map(source)),
    ]
    for (key, value) in LayerFields.numbers(of: layer.operation) { entries[key] = .integer(value) }
    if case .fullyConnected(_, let hasBias) = layer.operation { entries["bias"] = .bool(hasBias) }
    if layer.startsCell, network.weighted[index] != nil { entries["cell"] = .bool(true) }
    return .object(entries)
  }

  private func source(_ source: Network.Source) -> JSONValue {
    let name = JSONValue.string(source.producer.map { network.layers[$0].name } ?? LayerFields.inputName)
    guard let channels = source.channels else { return name }
    return ["layer": name, "channels": .array(channels.map { .integer($0) })]
  }
}
