/// An accelerator as a profile describes it: a simulator with its parameters, fitted costs, or both.
public struct HardwareProfile: Sendable {
  public let name: String
  public let summary: String
  public let simulator: SystolicArray?
  public let fitted: FittedHardware?

  public init(name: String, summary: String, simulator: SystolicArray?, fitted: FittedHardware?) {
    self.name = name
    self.summary = summary
    self.simulator = simulator
    self.fitted = fitted
  }
}
