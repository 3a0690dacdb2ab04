/// The widths of weights, and of activations (inputs and results), where they are not the profile's own.
public struct OperandBits: Sendable, Hashable {
  public var weight: Int?
  public var activation: Int?

  public init(weight: Int? = nil, activation: Int? = nil) {
    self.weight = weight
    self.activation = activation
  }

  /// Whether none is given.
  public var isEmpty: Bool { weight == nil && activation == nil }
}

/// Parameters of a simulator that has operands.
protocol OperandParameters {
  var weightBits: Int { get set }
  var activationBits: Int { get set }
}

extension OperandParameters {
  /// The same with operands of other widths, unchecked.
  func with(_ bits: OperandBits) -> Self {
    var parameters = self
    parameters.weightBits = bits.weight ?? weightBits
    parameters.activationBits = bits.activation ?? activationBits
    return parameters
  }
}

extension SystolicArray.Parameters: OperandParameters {}

extension Roofline.Parameters: OperandParameters {}

extension InMemoryComputing.Parameters: OperandParameters {
  var activationBits: Int {
    get { inputBits }
    set { inputBits = newValue }
  }
}
