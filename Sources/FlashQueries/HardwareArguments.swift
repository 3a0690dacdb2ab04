internal import FlashHardware

/// Which hardware costs come from.
public struct HardwareArguments: Sendable, Hashable {
  /// Profiles' names or files, model documents or measurements in CSV; more than one where a command searches for the
  /// worst case.
  public var sources: [String]
  /// `simulated` or `fitted`.
  public var costs: String?
  /// Bits of a weight, of an input and a result, in place of the profile's own.
  public var weightBits: String?
  public var activationBits: String?

  public init(
    _ sources: [String] = [], costs: String? = nil, weightBits: String? = nil, activationBits: String? = nil
  ) {
    self.sources = sources
    self.costs = costs
    self.weightBits = weightBits
    self.activationBits = activationBits
  }

  /// The widths that are given, checked as far as no simulator is needed.
  func bits() throws(QueryError) -> OperandBits {
    OperandBits(
      weight: try weightBits.map { (text) throws(QueryError) in
        try Arguments.count(text, option: "--weight-bits", in: 1...64)
      },
      activation: try activationBits.map { (text) throws(QueryError) in
        try Arguments.count(text, option: "--activation-bits", in: 1...64)
      })
  }
}
