/// What a design can be asked for: the names of expressions and bounds.
public enum Quantity: String, Sendable, CaseIterable {
  case accuracy
  case latency
  case energy
  case area
  case power
  case edp
  case macs
  case parameters
  case nnDegree = "nn_degree"
  case nnMass = "nn_mass"

  /// The key in results: the name with its SI unit (area in mm²).
  public var key: String {
    switch self {
    case .latency: "latency_s"
    case .energy: "energy_j"
    case .area: "area_mm2"
    case .power: "power_w"
    case .edp: "edp_js"
    default: rawValue
    }
  }

  /// Whether the quantity needs a hardware model.
  public var isCost: Bool { [.latency, .energy, .area, .power, .edp].contains(self) }
}
