/// A time.
public struct Latency: Sendable, Hashable {
  public let seconds: Double
  @inlinable public init(seconds: Double) { self.seconds = seconds }
}

/// An energy.
public struct Energy: Sendable, Hashable {
  public let joules: Double
  @inlinable public init(joules: Double) { self.joules = joules }
}

/// A silicon area.
public struct Area: Sendable, Hashable {
  public let squareMillimetres: Double
  @inlinable public init(squareMillimetres: Double) { self.squareMillimetres = squareMillimetres }
}

/// A power.
public struct Power: Sendable, Hashable {
  public let watts: Double
  @inlinable public init(watts: Double) { self.watts = watts }
}

/// A rate of cycles, conversions or multiply-accumulates.
public struct Frequency: Sendable, Hashable {
  public let hertz: Double
  @inlinable public init(hertz: Double) { self.hertz = hertz }
}

/// A rate of data.
public struct Bandwidth: Sendable, Hashable {
  public let bytesPerSecond: Double
  @inlinable public init(bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }
}

/// What one network costs on one accelerator, for one image. A quantity that a model does not give is NaN.
public struct Costs: Sendable, Hashable {
  public let latency: Latency
  public let energy: Energy
  public let area: Area

  @inlinable
  public init(latency: Latency, energy: Energy, area: Area) {
    self.latency = latency
    self.energy = energy
    self.area = area
  }
}

/// The costs that a hardware model can give, by their names in measurements, models and results.
public enum CostQuantity: String, Sendable, CaseIterable {
  case latency = "latency_s"
  case energy = "energy_j"
  case area = "area_mm2"
}
