/// What a name of an ONNX graph stands for while it is read: a constant, or the output of a layer.
struct ONNXValue {
  /// The numbers of a constant, where they are small enough to be kept.
  enum Elements: Equatable {
    case unknown
    case integers([Int])
    case reals([Double])
  }

  var shape: [Int]
  /// The layer that makes it; `nil` for a constant.
  var layer: Int?
  /// The axes whose indices, the last one fastest, number the channels.
  var channelAxes: [Int] = []
  var elements: Elements = .unknown
  /// The stored tensor that a constant is, whatever its shape is by now.
  var parameter: Int?

  /// A constant whose numbers are known.
  init(shape: [Int], elements: Elements) {
    self.shape = shape
    self.elements = elements
  }

  /// A constant that is a stored tensor.
  init(shape: [Int], elements: Elements, parameter: Int?) {
    self.init(shape: shape, elements: elements)
    self.parameter = parameter
  }

  /// The output of a layer.
  init(shape: [Int], layer: Int, channelAxes: [Int]) {
    self.shape = shape
    self.layer = layer
    self.channelAxes = channelAxes
  }

  var isConstant: Bool { layer == nil }

  /// The integers of a constant; reals without a fraction count too.
  var integers: [Int]? {
    switch elements {
    case .integers(let values): values
    case .reals(let values):
      values.allSatisfy { $0 == $0.rounded() && abs($0) < 0x1p53 } ? values.map { Int($0) } : nil
    case .unknown: nil
    }
  }

  var reals: [Double]? {
    switch elements {
    case .integers(let values): values.map(Double.init)
    case .reals(let values): values
    case .unknown: nil
    }
  }
}
