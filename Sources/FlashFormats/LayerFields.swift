internal import FlashGraph

/// The layers of a description: names, types, numbers and inputs.
enum LayerFields {
  /// What stands for the network's input among the inputs of a layer.
  static let inputName = "input"

  /// One type of layer: its name and the numbers that it takes, with their values where none are given.
  private struct Kind {
    let name: String
    var numbers: [(key: String, standard: Int?)] = []
    var hasBias = false
    let make: @Sendable ([Int], Bool) -> Network.Operation
  }

  private static let kinds = [
    Kind(
      name: "convolution", numbers: [("channels", nil), ("kernel", nil), ("stride", 1), ("groups", 1)],
      make: { numbers, _ in
        .convolution(outputChannels: numbers[0], kernel: numbers[1], stride: numbers[2], groups: numbers[3])
      }),
    Kind(
      name: "fully-connected", numbers: [("outputs", nil)], hasBias: true,
      make: { .fullyConnected(outputs: $0[0], hasBias: $1) }),
    Kind(name: "batch-normalization", make: { _, _ in .batchNormalization }),
    Kind(name: "relu", make: { _, _ in .activation(.relu) }),
    Kind(name: "relu6", make: { _, _ in .activation(.relu6) }),
    Kind(
      name: "max-pooling", numbers: [("kernel", nil), ("stride", nil)],
      make: { numbers, _ in .maximumPooling(kernel: numbers[0], stride: numbers[1]) }),
    Kind(
      name: "average-pooling", numbers: [("kernel", nil)], make: { numbers, _ in .averagePooling(kernel: numbers[0]) }),
    Kind(name: "global-average-pooling", make: { _, _ in .globalAveragePooling }),
    Kind(name: "addition", make: { _, _ in .addition }),
  ]

  /// The name of an operation's type.
  static func type(of operation: Network.Operation) -> String {
    switch operation {
    case .convolution: "convolution"
    case .fullyConnected: "fully-connected"
    case .batchNormalization: "batch-normalization"
    case .activation(let activation): activation.rawValue
    case .maximumPooling: "max-pooling"
    case .averagePooling: "average-pooling"
    case .globalAveragePooling: "global-average-pooling"
    case .addition: "addition"
    }
  }

  /// The numbers of an operation, by key.
  static func numbers(of operation: Network.Operation) -> [(key: String, value: Int)] {
    switch operation {
    case .convolution(let outputChannels, let kernel, let stride, let groups):
      [("channels", outputChannels), ("kernel", kernel), ("stride", stride), ("groups", groups)]
    case .fullyConnected(let outputs, _): [("outputs", outputs)]
    case .maximumPooling(let kernel, let stride): [("kernel", kernel), ("stride", stride)]
    case .averagePooling(let kernel): [("kernel", kernel)]
    case .batchNormalization, .activation, .globalAveragePooling, .addition: []
    }
  }

  /// The network of a document.
  ///
  /// - Throws: `FormatError` with the place of the first layer that is wrong.
  static func network(input: Field, layers list: Field) throws(FormatError) -> Network {
    try input.only(["channels", "height", "width"])
    let sizes = 1...Network.sizeLimit
    let shape = FeatureShape(
      channels: try input.required("channels").integer(in: sizes),
      height: try input.required("height").integer(in: sizes), width: try input.required("width").integer(in: sizes))
    let fields = try list.elements()
    guard 1...Network.layerLimit ~= fields.count else {
      throw list.error(
        "out of range", found: Display.counted(fields.count, "layer"), allowed: "1 to \(Network.layerLimit)")
    }
    let names = try names(fields)
    var layers: [Network.Layer] = []
    for (index, field) in fields.enumerated() { layers.append(try layer(field, index, names)) }
    do { return try Network(input: shape, layers: layers) } catch {
      throw (self.field(of: error, names, fields) ?? list).error(error.description)
    }
  }

  /// The place of each name.
  private static func names(_ fields: [Field]) throws(FormatError) -> [String: Int] {
    var names: [String: Int] = [:]
    for (index, field) in fields.enumerated() {
      let named = try field.required("name")
      let name = try named.string()
      guard !name.isEmpty, name != inputName else {
        throw named.error(
          "not a layer's name", found: "'\(name)'", allowed: "any but '\(inputName)', which is the network's")
      }
      guard names.updateValue(index, forKey: name) == nil else {
        throw named.error("name stands twice", found: "'\(name)'")
      }
    }
    return names
  }

  private static func layer(_ field: Field, _ index: Int, _ names: [String: Int]) throws(FormatError) -> Network.Layer {
    let type = try field.required("type")
    let name = try type.string()
    guard let kind = kinds.first(where: { $0.name == name }) else {
      throw type.error(
        "unknown layer type", found: "'\(name)'", allowed: kinds.map(\.name).joined(separator: ", "))
    }
    let isWeighted = ["convolution", "fully-connected"].contains(kind.name)
    try field.only(
      ["name", "type", "inputs"] + kind.numbers.map(\.key) + (kind.hasBias ? ["bias"] : [])
        + (isWeighted ? ["cell"] : []))
    var numbers: [Int] = []
    for (key, standard) in kind.numbers {
      if let value = try field.optional(key) {
        numbers.append(try value.integer(in: 1...Network.sizeLimit))
      } else if let standard {
        numbers.append(standard)
      } else {
        throw field.error("key missing", allowed: "'\(key)'")
      }
    }
    let inputs = try field.required("inputs")
    var sources: [Network.Source] = []
    for input in try inputs.elements() { sources.append(try source(input, index, names)) }
    guard !sources.isEmpty else { throw inputs.error("empty", allowed: "one layer or more") }
    return Network.Layer(
      name: try field.required("name").string(),
      operation: kind.make(numbers, try field.optional("bias")?.boolean() ?? true), inputs: sources,
      startsCell: try field.optional("cell")?.boolean() ?? false)
  }

  /// A name, or a layer with some of its channels.
  private static func source(_ field: Field, _ index: Int, _ names: [String: Int]) throws(FormatError) -> Network.Source
  {
    guard field.isMapping else { return Network.Source(producer: try producer(field, index, names)) }
    try field.only(["layer", "channels"])
    var channels: [Int] = []
    for channel in try field.required("channels").elements() {
      channels.append(try channel.integer(in: 0...Network.sizeLimit))
    }
    return Network.Source(producer: try producer(field.required("layer"), index, names), channels: channels)
  }

  private static func producer(_ field: Field, _ index: Int, _ names: [String: Int]) throws(FormatError) -> Int? {
    let name = try field.string()
    if name == inputName { return nil }
    guard let producer = names[name] else {
      throw field.error("unknown layer", found: "'\(name)'", allowed: "'\(inputName)' or the name of an earlier layer")
    }
    guard producer < index else {
      throw field.error(
        producer == index ? "the layer reads itself" : "a later layer", found: "'\(name)'",
        allowed: "'\(inputName)' or the name of an earlier layer")
    }
    return producer
  }

  /// The layer that an error names: its place begins with the name.
  private static func field(of error: GraphError, _ names: [String: Int], _ fields: [Field]) -> Field? {
    let place =
      switch error {
      case .outOfRange(let place, _, _), .tooLarge(let place, _), .empty(let place): place
      case .danglingInput(let layer, _), .shapeMismatch(let layer, _, _): layer
      case .undefined(let metric, _): metric
      }
    if let index = names[place] { return fields[index] }
    return names.filter { place.hasPrefix("\($0.key): ") }.max { $0.key.utf8.count < $1.key.utf8.count }
      .map { fields[$0.value] }
  }
}
