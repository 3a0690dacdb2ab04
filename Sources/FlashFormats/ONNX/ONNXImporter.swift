internal import FlashGraph
internal import SwiftProtobuf

/// Turns the nodes of an ONNX graph into a `LayerGraph`, working out every shape on the way.
///
/// Values that are constant are folded as far as shapes need them; values of layers carry their shape and which axes
/// number channels. Each operator has a handler in one of the extensions, listed in `operators`.
final class ONNXImporter {
  typealias Handler = @Sendable (ONNXImporter) -> (ONNXNode) throws(FormatError) -> [ONNXValue]

  /// The most nodes of a file, subgraphs included.
  static let nodeLimit = 1 << 16
  /// The most axes of a value.
  static let rankLimit = 64
  /// The deepest nesting of subgraphs.
  static let depthLimit = 16

  /// Every operator that is understood.
  static let operators: [String: Handler] = [
    weightedOperators, elementwiseOperators, poolingOperators, reshapingOperators, selectingOperators,
    constantOperators, einsumOperators,
  ].reduce(into: [:]) { $0.merge($1) { first, _ in first } }

  let file: String
  private let functions: ONNXFunctions
  /// Sizes of symbolic dimensions by their names.
  private let dimensions: [String: Int]
  private(set) var layers: [LayerGraph.Layer] = []
  private(set) var parameters: [LayerGraph.Parameter] = []
  /// Images in the batch of the file's first input: counts are of one.
  private(set) var batch = 1
  /// What was decided on the way and a reader should know.
  var notes: [String] = []
  private(set) var folding = ONNXFolding()
  /// Names that are known, the innermost graph's last.
  var scopes: [[String: ONNXValue]] = []
  /// Calls of functions that are being read, the innermost last.
  var calls: [ONNXFunctions.Call] = []
  /// Constants in the bodies of functions.
  var functionConstants: [String: ONNXValue] = [:]
  private var declared: [String: [Int]] = [:]
  private var nodes = 0
  /// The nodes at which a cell begins, as the model's metadata say, and the weighted layers that they became.
  private var cells: Set<String> = []
  private var cellNames: [Int: String] = [:]
  /// Channels that the layers list so far.
  private var listed = 0

  init(file: String, functions: ONNXFunctions = ONNXFunctions(), dimensions: [String: Int] = [:]) {
    self.file = file
    self.functions = functions
    self.dimensions = dimensions
  }

  /// The weighted layers at which a cell begins, as far as the model says so.
  var cellStarts: Set<Int> { Set(cellNames.keys) }

  /// Reads a whole graph.
  ///
  /// - Parameter cells: the nodes at which a cell begins.
  func run(_ graph: Onnx_GraphProto, cells: Set<String> = []) throws(FormatError) {
    self.cells = cells
    scopes.append([:])
    for tensor in graph.initializer { define(tensor.name, try stored(tensor)) }
    var isFirst = true
    for input in graph.input where scopes[0][input.name] == nil {
      let shape = try inputShape(input)
      if isFirst, shape.count > 1 {
        batch = shape[0]
        let name = input.type.tensorType.shape.dim[0].dimParam
        if batch > 1, dimensions[name] != nil {
          notes.append(
            "\(FormatError.shown(name)): axis 0 of the first input is the batch; counts are of one of \(batch)")
        }
      }
      isFirst = false
      define(
        input.name,
        try append(input.name, .input, reading: [], shape: shape, channelAxes: shape.count > 1 ? [1] : []))
    }
    for value in graph.valueInfo where value.type.hasTensorType {
      declared[value.name] = value.type.tensorType.shape.dim.map { max(Int($0.dimValue), dimensions[$0.dimParam] ?? 1) }
    }
    try run(graph.node)
    scopes.removeLast()
    if let name = cells.subtracting(cellNames.values).min() {
      throw FormatError(
        file: file, place: "metadata '\(ONNXExporter.cellsKey)'", problem: "no weighted layer of that name",
        found: "'\(name)'")
    }
  }

  /// The values of a subgraph's outputs, its names hidden from the rest.
  func outputs(of graph: Onnx_GraphProto, in node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    guard scopes.count < Self.depthLimit else {
      throw node.error("subgraphs nested too deeply", allowed: "\(Self.depthLimit) levels")
    }
    scopes.append([:])
    for tensor in graph.initializer { define(tensor.name, try stored(tensor)) }
    try run(graph.node)
    var values: [ONNXValue] = []
    for output in graph.output {
      guard let value = value(output.name) else {
        throw node.error("outputs of the subgraph: unknown name", found: "'\(output.name)'")
      }
      values.append(value)
    }
    scopes.removeLast()
    return values
  }

  /// Reads nodes in their order.
  func run(_ protos: [Onnx_NodeProto]) throws(FormatError) {
    for proto in protos {
      nodes += 1
      guard nodes <= Self.nodeLimit else {
        throw FormatError(file: file, problem: "too many nodes", allowed: "at most \(Self.nodeLimit)")
      }
      var inputs: [ONNXValue?] = []
      for name in proto.input {
        let value = name.isEmpty ? nil : value(name)
        guard name.isEmpty || value != nil else {
          throw FormatError(
            file: file, place: "\(ONNXNode.place(proto)): inputs", problem: "unknown name", found: "'\(name)'",
            allowed: "an input, an initializer or the output of an earlier node")
        }
        inputs.append(value)
      }
      let node = ONNXNode(proto: proto, inputs: inputs, file: file)
      let before = layers.count
      let values: [ONNXValue]
      if let function = functions[proto] {
        values = try call(function, node)
      } else {
        values = try (Self.operators[node.operation] ?? ONNXImporter.unknown)(self)(node)
        if let layer = values.first?.layer, layer >= before { noteFolding(node, layer) }
      }
      noteCell(proto.name, from: before)
      for (name, value) in zip(proto.output, values) where !name.isEmpty {
        guard scopes[scopes.count - 1][name] == nil else {
          throw node.error("outputs: name stands twice", found: "'\(name)'")
        }
        define(name, value)
      }
    }
  }

  /// Whether a cell begins at a node, whose layers begin at `first`.
  private func noteCell(_ name: String, from first: Int) {
    guard cells.contains(name) else { return }
    for index in first..<layers.count {
      if case .weighted = layers[index].operation { cellNames[index] = name }
    }
  }

  private func noteFolding(_ node: ONNXNode, _ layer: Int) {
    func name(_ role: LayerGraph.Role) -> String? {
      layers[layer].uses.first { $0.role == role }.map { parameters[$0.parameter].name }
    }
    var isWeighted = false
    if case .weighted = layers[layer].operation { isWeighted = true }
    folding.note(node, layer: layer, isWeighted: isWeighted, kernel: name(.weight), bias: name(.bias))
  }

  /// Forgets the last layers and parameters.
  func takeBack(layers layerCount: Int, parameters parameterCount: Int) {
    for layer in layers[layerCount...] {
      if case .pointwise = layer.operation { continue }
      listed -= layer.channels
    }
    layers.removeSubrange(layerCount...)
    parameters.removeSubrange(parameterCount...)
    folding.keep(layerCount)
    cellNames = cellNames.filter { $0.key < layerCount }
    functionConstants = functionConstants.filter { ($0.value.parameter ?? -1) < parameterCount }
  }

  private func define(_ name: String, _ value: ONNXValue) { scopes[scopes.count - 1][name] = value }

  private func value(_ name: String) -> ONNXValue? { scopes.reversed().lazy.compactMap { $0[name] }.first }

  /// An operator that is not understood, let through: the shape that the file declares, else that of its first input.
  private func unknown(_ node: ONNXNode) throws(FormatError) -> [ONNXValue] {
    let read = node.activations
    var values: [ONNXValue] = []
    for name in node.proto.output {
      let shape = declared[name] ?? (read.first ?? node.inputs.compactMap { $0 }.first)?.shape ?? [1]
      guard let first = read.first else {
        values.append(ONNXValue(shape: shape, elements: .unknown))
        continue
      }
      let axes = shape.count == first.shape.count ? first.channelAxes : shape.count > 1 ? [1] : []
      values.append(
        try append(node.name, .mixing(macs: 0), reading: read.compactMap(\.layer), shape: shape, channelAxes: axes))
    }
    return values
  }
}

extension ONNXImporter {
  /// Adds a layer.
  func append(
    _ name: String, _ operation: LayerGraph.Operation, reading inputs: [Int], shape: [Int], channelAxes: [Int],
    uses: [LayerGraph.Use] = [], window: LayerGraph.Window? = nil
  ) throws(FormatError) -> ONNXValue {
    guard layers.count < LayerGraph.layerLimit else {
      throw FormatError(file: file, problem: "too many layers", allowed: "at most \(LayerGraph.layerLimit)")
    }
    let elements = try perImage(size(shape, name))
    let channels = try size(channelAxes.map { shape[$0] }, name)
    guard channels <= LayerGraph.channelLimit else {
      throw FormatError(
        file: file, place: name, problem: "too many channels", found: "\(channels)",
        allowed: "at most \(LayerGraph.channelLimit)")
    }
    if case .pointwise = operation {} else { listed += channels }
    guard listed <= LayerGraph.listedLimit else {
      throw FormatError(
        file: file, place: name, problem: "too many channels up to here", allowed: "at most \(LayerGraph.listedLimit)")
    }
    layers.append(
      LayerGraph.Layer(
        name: name, operation: operation, inputs: inputs, channels: channels, elements: elements, uses: uses,
        window: window))
    return ONNXValue(shape: shape, layer: layers.count - 1, channelAxes: channelAxes)
  }

  /// The elements of a shape.
  ///
  /// - Throws: `FormatError` for a dimension that is not positive, or too many elements.
  func size(_ shape: [Int], _ place: String) throws(FormatError) -> Int {
    guard shape.count <= Self.rankLimit else {
      throw FormatError(
        file: file, place: place, problem: "too many axes", found: "\(shape.count)",
        allowed: "at most \(Self.rankLimit)")
    }
    var elements = 1
    for dimension in shape {
      guard dimension > 0 else {
        throw FormatError(
          file: file, place: place, problem: "a dimension out of range", found: "\(dimension)", allowed: "1 or more")
      }
      let (product, overflow) = elements.multipliedReportingOverflow(by: dimension)
      guard !overflow, product <= LayerGraph.sizeLimit else {
        throw FormatError(
          file: file, place: place, problem: "too large", allowed: "at most \(LayerGraph.sizeLimit) elements")
      }
      elements = product
    }
    return elements
  }

  /// A count of the whole batch as one of one image.
  func perImage(_ count: Int) -> Int { count % batch == 0 ? count / batch : count }

  /// The layer of a value whose channels are numbered by one axis; where they are not, a layer that mixes comes between.
  func layer(of value: ONNXValue, along axis: Int, _ node: ONNXNode) throws(FormatError) -> Int {
    let value = try materialised(value, node, channelAxes: [axis])
    guard let layer = value.layer else { throw node.error("no layer to read") }
    let isAligned = value.channelAxes == [axis] || layers[layer].channels == 1 && value.shape[axis] == 1
    guard !isAligned else { return layer }
    // Positions of a single channel, flattened: each names that channel.
    let isSingle = layers[layer].channels == 1 && value.shape[axis] <= LayerGraph.channelLimit
    return try append(
      node.name, isSingle ? .selection([Int32](repeating: 0, count: value.shape[axis])) : .mixing(macs: 0),
      reading: [layer], shape: value.shape, channelAxes: [axis]
    ).layer ?? layer
  }

  /// A constant as an input of the network; other values as they are.
  func materialised(
    _ value: ONNXValue, _ node: ONNXNode, channelAxes: [Int]
  ) throws(FormatError) -> ONNXValue {
    guard value.isConstant else { return value }
    return try append(
      node.name, .input, reading: [], shape: value.shape, channelAxes: channelAxes, uses: uses(of: value, .bias))
  }

  /// The use of a constant's tensor: none where it is computed or is one number.
  func uses(of value: ONNXValue?, _ role: LayerGraph.Role) -> [LayerGraph.Use] {
    guard let parameter = value?.parameter, parameters[parameter].elements > 1 || role != .affine else { return [] }
    return [LayerGraph.Use(parameter: parameter, role: role)]
  }

  func addParameter(_ name: String, _ elements: Int) -> Int {
    parameters.append(LayerGraph.Parameter(name: name, elements: elements))
    return parameters.count - 1
  }

  /// An input's shape: a symbolic dimension has the size that is given for it; a dynamic batch is 1.
  private func inputShape(_ input: Onnx_ValueInfoProto) throws(FormatError) -> [Int] {
    let place = "input '\(FormatError.shown(input.name))'"
    guard input.type.hasTensorType, input.type.tensorType.hasShape else {
      throw FormatError(file: file, place: place, problem: "not a tensor with a shape")
    }
    var shape: [Int] = []
    for (axis, dimension) in input.type.tensorType.shape.dim.enumerated() {
      let isDynamic = !dimension.hasDimValue || dimension.dimValue == 0
      let given = isDynamic ? dimensions[dimension.dimParam] : nil
      guard axis == 0 || !isDynamic || given != nil else {
        let name = FormatError.shown(dimension.dimParam)
        throw FormatError(
          file: file, place: place, problem: "a dynamic dimension", found: "axis \(axis) '\(name)'",
          allowed: "the batch, axis 0, alone" + (name.isEmpty ? "" : ", or a size: --dim \(name)=SIZE"))
      }
      shape.append(isDynamic ? given ?? 1 : Int(dimension.dimValue))
    }
    _ = try size(shape, place)
    return shape
  }
}
