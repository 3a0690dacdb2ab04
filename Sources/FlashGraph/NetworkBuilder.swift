/// The layers of a network, laid one after the other: what cells write their layers into.
///
/// A call adds one or more layers that read the current map, `map`, and makes what they write the current map.
struct NetworkBuilder {
  let input: FeatureShape
  let activation: Network.Activation
  /// What the next layer reads, to be concatenated.
  var map: [Network.Source] = [Network.Source(producer: nil)]
  /// Channels, height and width of the current map.
  private(set) var shape: FeatureShape
  /// Whether the current map still waits for normalisation and activation (cells that normalise before they convolve).
  var isPreactivation = false
  /// Whether the next weighted layer begins a cell.
  var startsCell = false
  private(set) var layers: [Network.Layer] = []

  init(input: FeatureShape, activation: Network.Activation) {
    self.input = input
    self.activation = activation
    shape = input
  }

  /// Adds one layer.
  private mutating func add(_ name: String, _ operation: Network.Operation, startsCell: Bool = false) throws(GraphError)
  {
    guard layers.count < Network.layerLimit else { throw .tooLarge(where: "layers", limit: Network.layerLimit) }
    layers.append(Network.Layer(name: name, operation: operation, inputs: map, startsCell: startsCell))
    map = [Network.Source(producer: layers.count - 1)]
  }

  /// Batch normalisation, and an activation unless it is not wanted.
  mutating func normalize(_ name: String, activates: Bool = true) throws(GraphError) {
    try add("\(name).norm", .batchNormalization)
    if activates { try add("\(name).activation", .activation(activation)) }
  }

  /// An activation.
  mutating func activate(_ name: String) throws(GraphError) { try add("\(name).activation", .activation(activation)) }

  /// A convolution without bias.
  mutating func convolve(
    _ name: String, to channels: Int, kernel: Int, stride: Int = 1, groups: Int = 1
  ) throws(GraphError) {
    try add(
      name, .convolution(outputChannels: channels, kernel: kernel, stride: stride, groups: groups),
      startsCell: startsCell)
    startsCell = false
    shape = FeatureShape(
      channels: channels, height: (shape.height + stride - 1) / max(stride, 1),
      width: (shape.width + stride - 1) / max(stride, 1))
  }

  /// A fully connected layer over the flattened map.
  mutating func connect(_ name: String, to outputs: Int, hasBias: Bool) throws(GraphError) {
    try add(name, .fullyConnected(outputs: outputs, hasBias: hasBias), startsCell: startsCell)
    startsCell = false
    shape = FeatureShape(channels: outputs, height: 1, width: 1)
  }

  mutating func poolMaximum(_ name: String, kernel: Int, stride: Int) throws(GraphError) {
    try add(name, .maximumPooling(kernel: kernel, stride: stride))
    shape = FeatureShape(
      channels: shape.channels, height: (shape.height + stride - 1) / max(stride, 1),
      width: (shape.width + stride - 1) / max(stride, 1))
  }

  mutating func poolAverage(_ name: String, kernel: Int) throws(GraphError) {
    try add(name, .averagePooling(kernel: kernel))
    shape = FeatureShape(channels: shape.channels, height: shape.height / kernel, width: shape.width / kernel)
  }

  mutating func poolGlobally(_ name: String) throws(GraphError) {
    try add(name, .globalAveragePooling)
    shape = FeatureShape(channels: shape.channels, height: 1, width: 1)
  }

  /// The sum of two maps, of which the first has the current shape.
  mutating func add(_ name: String, _ other: [Network.Source]) throws(GraphError) {
    map += other
    try add(name, .addition)
  }

  /// The map as it is after normalisation, where it waits for one.
  mutating func settle(_ name: String) throws(GraphError) {
    guard isPreactivation else { return }
    try normalize(name)
    isPreactivation = false
  }

  /// Where the next layer's map stands, to come back to it with `restore`.
  var mark: (map: [Network.Source], shape: FeatureShape) { (map, shape) }

  mutating func restore(_ mark: (map: [Network.Source], shape: FeatureShape)) { (map, shape) = mark }

  /// Reads several maps of one resolution, concatenated.
  mutating func read(_ sources: [Network.Source], channels: Int) {
    map = sources
    shape = FeatureShape(channels: channels, height: shape.height, width: shape.width)
  }
}
