/// An accelerator as a profile describes it: a simulator with its parameters, fitted costs, or both.
public struct HardwareProfile: Sendable {
  public let name: String
  public let summary: String
  /// With the defaults of free parameters.
  public let simulator: HardwareSimulator?
  /// Where the simulator has free parameters.
  public let space: HardwareSpace?
  public let fitted: FittedHardware?
  /// Whether measurements on the device stand behind the figures; `nil` where the profile does not say.
  public let isCalibrated: Bool?

  public init(
    name: String, summary: String, simulator: HardwareSimulator?, space: HardwareSpace? = nil,
    fitted: FittedHardware?, isCalibrated: Bool? = nil
  ) {
    self.name = name
    self.summary = summary
    self.simulator = simulator
    self.space = space
    self.fitted = fitted
    self.isCalibrated = isCalibrated
  }

  /// The profile with operands of other widths, where they are given; without its fitted costs, which hold for its own.
  ///
  /// - Throws: `HardwareError.outOfRange` for `weight_bits` or `activation_bits`.
  public func with(_ bits: OperandBits) throws(HardwareError) -> HardwareProfile {
    guard !bits.isEmpty else { return self }
    return HardwareProfile(
      name: name, summary: summary, simulator: try simulator?.with(bits), space: space?.with(bits), fitted: nil,
      isCalibrated: isCalibrated)
  }
}
