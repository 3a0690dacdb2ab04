internal import FlashGraph

/// Writes a network as one Python file: a module of PyTorch with a submodule for every layer, and a `forward` that says
/// line by line who reads whom.
///
/// The file needs PyTorch alone. Weights are drawn as He et al. (2015) do; submodules are named after the layers, so that
/// the state dictionary has the names of the ONNX file's initialisers.
struct PyTorchExporter {
  private static let lineLimit = 100

  private let network: Network
  private let plan: ExportPlan
  private let title: String
  private let version: String
  private let parameters: Int
  /// Whether others than the next layer read a layer's output, which then has a name of its own; the rest is `x`.
  private let isKept: [Bool]
  private let keepsInput: Bool

  init(_ network: Network, _ source: NetworkExport) {
    self.network = network
    plan = ExportPlan(network)
    title = FormatError.line(source.name)
    version = source.version
    parameters = source.graph.parameters.reduce(0) { $0 + $1.elements }
    var isKept = [Bool](repeating: false, count: network.layers.count)
    var keepsInput = false
    for (index, layer) in network.layers.enumerated() {
      for (place, source) in layer.inputs.enumerated() {
        let isNext = (source.producer ?? -1) == index - 1
        let isOnce = !layer.inputs[..<place].contains { $0.producer == source.producer }
        guard !isNext || !isOnce else { continue }
        if let producer = source.producer { isKept[producer] = true } else { keepsInput = true }
      }
    }
    self.isKept = isKept
    self.keepsInput = keepsInput
  }

  /// The text of the file.
  var text: String {
    """
    # \(title)
    #
    # A network for PyTorch, written by flashnas \(version).
    # Input N x \(network.input.channels) x \(network.input.height) x \(network.input.width), output \
    \(outputText), \(parameters) parameters.

    import torch
    from torch import nn
    \(channelTable)

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
    \(submodules)
    \(buffers)        for module in self.modules():
                if isinstance(module, (nn.Conv2d, nn.Linear)):
                    nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                    if module.bias is not None:
                        nn.init.zeros_(module.bias)
    \(helper)
        def forward(self, x):
    \(forward)

    if __name__ == "__main__":
        network = Network().eval()
        print(sum(p.numel() for p in network.parameters()), "parameters")
        image = torch.zeros(1, \(network.input.channels), \(network.input.height), \(network.input.width))
        print("output", tuple(network(image).shape))

    """
  }

  var bytes: [UInt8] { Array(text.utf8) }

  private var last: Int { network.layers.count - 1 }

  private var outputText: String {
    let shape = network.shapes[last]
    return plan.isVector[last] ? "N x \(shape.channels)" : "N x \(shape.channels) x \(shape.height) x \(shape.width)"
  }

  private var takesChannels: Bool { network.layers.contains { $0.inputs.contains { $0.channels != nil } } }

  /// Which channels a layer takes of which source.
  private var channelTable: String {
    guard takesChannels else { return "" }
    var text = "\n# Layers that read some channels of a source: {number of the source: its channels}.\nCHANNELS = {\n"
    for (index, layer) in network.layers.enumerated() where layer.inputs.contains(where: { $0.channels != nil }) {
      text += "    \"\(plan.names[index])\": {\n"
      for (number, source) in layer.inputs.enumerated() {
        guard let channels = source.channels else { continue }
        text += Self.wrapped("\(number): [", channels.map(String.init), "],", indent: 8)
      }
      text += "    },\n"
    }
    return text + "}\n"
  }

  private var buffers: String {
    guard takesChannels else { return "" }
    return """
              for layer, sources in CHANNELS.items():
                  for number, channels in sources.items():
                      name = f"_{layer}_channels{number}"
                      self.register_buffer(name, torch.tensor(channels), persistent=False)

      """
  }

  private var helper: String {
    guard takesChannels else { return "" }
    return """

          def take(self, layer, number, source):
              \"""The channels that a layer reads of its source of that number.\"""
              return source.index_select(1, getattr(self, f"_{layer}_channels{number}"))

      """
  }

  private var submodules: String {
    network.layers.indices.compactMap { index in
      module(index).map { "        self.\(plan.names[index]) = nn.\($0)" }
    }.joined(separator: "\n")
  }

  /// The constructor of a layer's submodule; sums have none.
  private func module(_ index: Int) -> String? {
    let inputs = network.weighted[index]?.inputChannels ?? network.shapes[index].channels
    switch network.layers[index].operation {
    case .convolution(let outputs, let kernel, let stride, let groups):
      let strides = stride > 1 ? ", stride=\(stride)" : ""
      let padding = kernel > 1 ? ", padding=\((kernel - 1) / 2)" : ""
      let parts = groups > 1 ? ", groups=\(groups)" : ""
      return "Conv2d(\(inputs), \(outputs), \(kernel)\(strides)\(padding)\(parts), bias=False)"
    case .fullyConnected(let outputs, let hasBias):
      return "Linear(\(inputs), \(outputs)\(hasBias ? "" : ", bias=False"))"
    case .batchNormalization: return "BatchNorm\(plan.isVector[index] ? 1 : 2)d(\(inputs))"
    case .activation(.relu): return "ReLU()"
    case .activation(.relu6): return "ReLU6()"
    case .maximumPooling(let kernel, let stride):
      return "MaxPool2d(\(kernel), stride=\(stride), padding=\((kernel - 1) / 2))"
    case .averagePooling(let kernel): return "AvgPool2d(\(kernel))"
    case .globalAveragePooling: return "AdaptiveAvgPool2d(1)"
    case .addition: return nil
    }
  }

  /// One assignment a layer.
  private var forward: String {
    var text = keepsInput ? "        image = x\n" : ""
    var group = ""
    for (index, layer) in network.layers.enumerated() {
      let own = layer.name.prefix { $0 != "." }
      if own != group, index > 0 { text += "\n" }
      group = String(own)
      let sources = layer.inputs.indices.map { source($0, of: index) }
      let result = variable(index)
      if layer.operation == .addition {
        text += Self.wrapped("\(result) = ", sources, "", separator: " + ", parentheses: true)
        continue
      }
      var read = sources[0]
      if sources.count > 1 {
        text += Self.wrapped("x = torch.cat([", sources, "], 1)")
        read = "x"
      }
      if plan.flattens(index) { read += ".flatten(1)" }
      text += "        \(result) = self.\(plan.names[index])(\(read))\n"
    }
    return text + "        return \(variable(last))\n"
  }

  private func variable(_ layer: Int) -> String { isKept[layer] ? plan.names[layer] : "x" }

  private func source(_ number: Int, of index: Int) -> String {
    let source = network.layers[index].inputs[number]
    var text = source.producer.map(variable) ?? (keepsInput ? "image" : "x")
    if source.channels != nil { text = "self.take(\"\(plan.names[index])\", \(number), \(text))" }
    return plan.widens(source, readBy: index) ? "\(text)[:, :, None, None]" : text
  }

  /// A statement on one line where it fits, else with as many of its parts on a line as fit.
  private static func wrapped(
    _ head: String, _ parts: [String], _ tail: String, indent: Int = 8, separator: String = ", ",
    parentheses: Bool = false
  ) -> String {
    let margin = String(repeating: " ", count: indent)
    let whole = "\(margin)\(head)\(parts.joined(separator: separator))\(tail)\n"
    guard whole.utf8.count > lineLimit else { return whole }
    var text = "\(margin)\(head)\(parentheses ? "(" : "")\n"
    var line = ""
    for (place, part) in parts.enumerated() {
      let piece = place == parts.count - 1 ? part : "\(part)\(separator)"
      if !line.isEmpty, indent + 4 + line.utf8.count + piece.utf8.count > lineLimit {
        text += "\(margin)    \(Self.trimmed(line))\n"
        line = ""
      }
      line += piece
    }
    return text + "\(margin)    \(line)\n\(margin)\(parentheses ? ")" : "")\(tail)\n"
  }

  private static func trimmed(_ line: String) -> Substring {
    line.last == " " ? line.dropLast() : line[...]
  }
}
