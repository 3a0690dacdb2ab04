internal import FlashGraph
public import FlashHardware
public import FlashNAS

/// Measured costs of networks: rows of a CSV with any of `latency_s`, `energy_j`, `area_mm2`.
public struct HardwareSamples: Sendable {
  public let file: SampleFile
  /// The names of the features that a fit uses.
  public let features: [String]
  private let columns: [String: [Double]]
  private let measured: [(quantity: CostQuantity, values: [Double])]

  /// The features that a fit uses where the columns, or the space, give them.
  public static let defaultFeatures =
    ["1"]
    + [
      NetworkFeature.macs, .parameters, .activations, .skipElements, .weightedLayers,
    ].map(\.rawValue)

  /// Reads measurements; `-` is standard input.
  ///
  /// - Parameter extra: names of further numeric columns to use as features.
  /// - Throws: `FormatError` with line and column, also for a cost that is not positive.
  public init(reading path: String, space: SearchSpace?, extra: [String] = []) throws(FormatError) {
    file = try SampleFile(reading: path, space: space)
    let table = file.table
    var measured: [(quantity: CostQuantity, values: [Double])] = []
    for quantity in CostQuantity.allCases {
      guard let column = table.column(quantity.rawValue) else { continue }
      var values: [Double] = []
      for row in table.rows {
        let value = try table.number(row, column)
        guard value > 0 else { throw table.error(row, column, problem: "out of range", allowed: "numbers > 0") }
        values.append(value)
      }
      measured.append((quantity, values))
    }
    guard !measured.isEmpty else {
      throw FormatError(
        file: table.file, place: "header", problem: "no measured column", found: table.header.joined(separator: ","),
        allowed: CostQuantity.allCases.map(\.rawValue).joined(separator: ", "))
    }
    var columns: [String: [Double]] = [:]
    for row in table.rows {
      for (name, value) in try file.features(row) { columns[name, default: []].append(value) }
    }
    for name in extra where columns[name] == nil {
      guard let column = table.column(name) else {
        throw FormatError(
          file: table.file, place: "header", problem: "column missing", found: table.header.joined(separator: ","),
          allowed: "'\(name)', as --feature asks")
      }
      for row in table.rows { columns[name, default: []].append(try table.number(row, column)) }
    }
    features = (Self.defaultFeatures + extra.filter { !Self.defaultFeatures.contains($0) }).filter {
      $0 == LinearCost.constant || columns[$0] != nil
    }
    self.columns = columns
    self.measured = measured
  }

  /// One fit per measured quantity.
  public func fits() throws(HardwareError) -> [HardwareFit] {
    var fits: [HardwareFit] = []
    for (quantity, values) in measured {
      fits.append(
        try HardwareFit(quantity: quantity.rawValue, features: features, columns: columns, measured: values))
    }
    return fits
  }

  /// Columns that the fit does not use.
  public var unusedColumns: [String] {
    file.unusedColumns(except: CostQuantity.allCases.map(\.rawValue) + features)
  }
}

extension FittedHardware {
  /// The costs of several fits.
  public init(_ fits: [HardwareFit]) throws(HardwareError) {
    func cost(_ quantity: CostQuantity) -> LinearCost? { fits.first { $0.quantity == quantity.rawValue }?.cost }
    try self.init(latency: cost(.latency), energy: cost(.energy), area: cost(.area))
  }
}
