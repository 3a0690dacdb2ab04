internal import FlashGraph
internal import SwiftProtobuf

/// `If`: the branch that a known condition takes, or either one where both are alike.
extension ONNXImporter {
  /// How far layers and parameters went before a branch.
  private struct Mark {
    let layers: Int
    let parameters: Int
  }

  /// What a branch added: its layers with their parameters by order of use, and its outputs.
  private struct Branch: Equatable {
    struct Layer: Equatable {
      let operation: LayerGraph.Operation
      let inputs: [Int]
      let channels: Int
      let elements: Int
      /// Parameters from outside by their index, own ones by the place of their first use, below zero.
      let uses: [LayerGraph.Use]
      let sizes: [Int]
    }

    struct Output: Equatable {
      let shape: [Int]
      let layer: Int?
      let channelAxes: [Int]
      let elements: ONNXValue.Elements
    }

    let layers: [Layer]
    let outputs: [Output]
  }

  func conditional(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    guard let first = node.graph("then_branch"), let second = node.graph("else_branch") else {
      throw node.error("branch missing", allowed: "then_branch and else_branch")
    }
    if let condition = try node.input(0).integers?.first {
      return try outputs(of: condition != 0 ? first : second, in: node)
    }
    let mark = Mark(layers: layers.count, parameters: parameters.count)
    let noted = notes.count
    let other = branch(try outputs(of: second, in: node), since: mark)
    takeBack(layers: mark.layers, parameters: mark.parameters)
    notes.removeSubrange(noted...)
    let values = try outputs(of: first, in: node)
    guard branch(values, since: mark) == other else {
      throw node.error(
        "condition not known, since it depends on more than shapes and constants, and the branches differ",
        allowed: "branches of the same layers")
    }
    notes.append("\(node.place): condition not known; both branches have the same layers, counted once")
    return values
  }

  private func branch(_ values: [ONNXValue], since mark: Mark) -> Branch {
    var places: [Int: Int] = [:]
    let added = layers[mark.layers...].map { layer in
      let uses = layer.uses.map { use in
        guard use.parameter >= mark.parameters else { return use }
        let place = places[use.parameter] ?? -1 - places.count
        places[use.parameter] = place
        return LayerGraph.Use(parameter: place, role: use.role)
      }
      return Branch.Layer(
        operation: layer.operation, inputs: layer.inputs, channels: layer.channels, elements: layer.elements,
        uses: uses, sizes: layer.uses.map { parameters[$0.parameter].elements })
    }
    let outputs = values.map {
      Branch.Output(shape: $0.shape, layer: $0.layer, channelAxes: $0.channelAxes, elements: $0.elements)
    }
    return Branch(layers: added, outputs: outputs)
  }
}
