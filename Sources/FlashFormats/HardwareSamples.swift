internal import FlashGraph
public import FlashHardware
public import FlashNAS

/// Measured costs of networks: rows of a CSV with any of `latency_s`, `energy_j`, `area_mm2`.
///
/// A row is a network: its point of a space, or features as columns. With a column `layer`, and a space, it is one weighted
/// layer of its point's network, by its place from 0 on in the network's order, and every network has all its layers.
public struct HardwareSamples: Sendable {
  public let file: SampleFile
  /// The names of the features that a fit uses, or chooses from.
  public let features: [String]
  /// Sets of features to compare by a learning curve, and whether features are chosen from them.
  public let contestants: [(name: String, features: [String], choosesFeatures: Bool)]
  /// One set per measured quantity.
  public let measurements: [CostMeasurements]

  /// What to read of the file.
  public struct Question: Sendable {
    /// Names of features or numeric columns beside those that a fit takes anyway.
    public var extra: [String] = []
    /// Whether features are to be chosen from all that are known.
    public var choosesFeatures = false
    /// Whether features are sums over layers of one kind, each with a coefficient of its own.
    public var isPerLayer = false
    /// Whether to read standard deviations from `latency_s_sd`, ….
    public var readsDeviations = false
    /// Whether sets of features are to be compared.
    public var comparesFeatures = false
    /// A column to fit in place of latency, energy and area.
    public var quantity: String?

    public init() {}
  }

  /// The features that a fit uses where the columns, or the space, give them.
  public static let defaultFeatures =
    [LinearCost.constant]
    + [
      NetworkFeature.macs, .parameters, .activations, .skipElements, .weightedLayers,
    ].map(\.rawValue)

  /// The column that makes a row a layer.
  public static let layerColumn = "layer"

  /// Reads measurements; `-` is standard input.
  ///
  /// - Throws: `FormatError` with line and column, also for a cost that is not positive and for a feature that neither the
  ///   file nor the space has.
  public init(reading path: String, space: SearchSpace?, _ question: Question = Question()) throws(FormatError) {
    let file = try SampleFile(reading: path, space: space)
    let table = file.table
    let hasLayers = table.column(Self.layerColumn) != nil && space != nil
    guard !hasLayers || question.isPerLayer else {
      throw FormatError(
        file: table.file, place: "header", problem: "rows are layers", found: "a column 'layer'",
        allowed: "such rows with --per-layer")
    }
    guard !question.isPerLayer || space != nil else {
      throw FormatError(
        file: table.file, problem: "the layers of a row are not known", allowed: "--per-layer with --space")
    }
    let costs = try Self.costs(table, question)
    let rows = try Self.rows(file, hasLayers: hasLayers)
    let kinds = LayerKind.allCases.filter { kind in rows.contains { $0.value(.init(.layers, of: kind)) ?? 0 != 0 } }
    let sets = try FeatureSets(question, kinds, hasLayers: hasLayers, table)
    var columns: [String: [Double]] = [:]
    for name in sets.all where name != LinearCost.constant && columns[name] == nil {
      columns[name] = try Self.column(name, rows, file)
      guard columns[name] != nil || !sets.asked.contains(name) else { throw Self.unknown(name, table) }
    }
    let isThere = { name in name == LinearCost.constant || columns[name] != nil }
    features = sets.fitted.filter(isThere)
    contestants = sets.contestants.map { ($0.name, $0.features.filter(isThere), $0.choosesFeatures) }
    let networks = hasLayers ? try Self.networks(rows, table) : nil
    var measurements: [CostMeasurements] = []
    for (quantity, values, deviations) in costs {
      do {
        measurements.append(
          try CostMeasurements(
            quantity: quantity, columns: columns, measured: values, deviations: deviations, networks: networks))
      } catch { throw FormatError(file: table.file, problem: error.description) }
    }
    (self.file, self.measurements) = (file, measurements)
  }

  /// One fit per measured quantity.
  public func fits(_ options: HardwareFitOptions = HardwareFitOptions()) throws(HardwareError) -> [HardwareFit] {
    var fits: [HardwareFit] = []
    for data in measurements { fits.append(try HardwareFit(data, features: features, options: options)) }
    return fits
  }

  /// Columns that the fit does not use.
  public var unusedColumns: [String] {
    let read = measurements.flatMap { [$0.quantity] + ($0.deviations == nil ? [] : ["\($0.quantity)_sd"]) }
    return file.unusedColumns(except: read + features + (measurements[0].networks == nil ? [] : [Self.layerColumn]))
  }
}

// MARK: - Costs

extension HardwareSamples {
  private static func costs(
    _ table: CSVTable, _ question: Question
  ) throws(FormatError) -> [(quantity: String, values: [Double], deviations: [Double]?)] {
    let names = question.quantity.map { [$0] } ?? CostQuantity.allCases.map(\.rawValue)
    var costs: [(quantity: String, values: [Double], deviations: [Double]?)] = []
    for name in names {
      guard let column = table.column(name) else { continue }
      var deviations: [Double]?
      if question.readsDeviations {
        guard let column = table.column("\(name)_sd") else {
          throw FormatError(
            file: table.file, place: "header", problem: "column missing", found: table.header.joined(separator: ","),
            allowed: "'\(name)_sd', as --weights asks")
        }
        deviations = try positive(table, column)
      }
      costs.append((name, try positive(table, column), deviations))
    }
    guard !costs.isEmpty else {
      throw FormatError(
        file: table.file, place: "header", problem: "no measured column", found: table.header.joined(separator: ","),
        allowed: names.joined(separator: ", "))
    }
    return costs
  }

  private static func positive(_ table: CSVTable, _ column: Int) throws(FormatError) -> [Double] {
    var values: [Double] = []
    for row in table.rows {
      let value = try table.number(row, column)
      guard value > 0 else { throw table.error(row, column, problem: "out of range", allowed: "numbers > 0") }
      values.append(value)
    }
    return values
  }
}

// MARK: - Rows

extension HardwareSamples {
  /// A row with what it stands for.
  private struct Row {
    let source: CSVTable.Row
    /// The features that the space's closed form, the variables or the columns give.
    let features: [String: Double]
    let space: SearchSpace?
    let point: [Int]
    /// The row's layer and its place, where it is one.
    let layer: (shape: WeightedLayer, place: Int, of: Int)?

    /// A sum over the layers of the row; `nil` where they are not known.
    func value(_ feature: LayerFeature) -> Double? {
      layer.map { feature.value(of: $0.shape) } ?? space?.sum(feature, point)
    }

    /// A feature that is made of such sums. A layer has no products: those of a network are not sums of its layers'.
    func computed(_ name: String) -> Double? {
      switch CostFeature(name: name) {
      case .layers(let feature): value(feature)
      case .product(let first, let second) where layer == nil:
        value(first).flatMap { one in value(second).map { one * $0 } }
      default: LayerFeature(name: name).flatMap(value)
      }
    }
  }

  private static func rows(_ file: SampleFile, hasLayers: Bool) throws(FormatError) -> [Row] {
    let table = file.table
    var rows: [Row] = []
    var shapes: [[Int]: [WeightedLayer]] = [:]
    for source in table.rows {
      let point = try file.point(source)
      var layer: (shape: WeightedLayer, place: Int, of: Int)?
      if hasLayers, let space = file.space, let column = table.column(layerColumn) {
        let layers: [WeightedLayer]
        do {
          layers = try shapes[point] ?? space.network(point).network(seed: 0).layerGraph.weightedLayers ?? []
        } catch { throw FormatError(file: table.file, place: "line \(source.line)", problem: "\(error)") }
        shapes[point] = layers
        let place = try table.integer(source, column)
        guard layers.indices.contains(place) else {
          throw table.error(source, column, problem: "no such layer", allowed: "0 to \(layers.count - 1)")
        }
        layer = (layers[place], place, layers.count)
      }
      let features = hasLayers ? [:] : try file.features(source)
      rows.append(Row(source: source, features: features, space: file.space, point: point, layer: layer))
    }
    return rows
  }

  /// The network of each row that is a layer.
  private static func networks(_ rows: [Row], _ table: CSVTable) throws(FormatError) -> [Int] {
    var places: [[Int]: Int] = [:]
    var seen: [Set<Int>] = []
    var networks: [Int] = []
    for row in rows {
      let network = places[row.point] ?? seen.count
      if network == seen.count {
        places[row.point] = network
        seen.append([])
      }
      guard seen[network].insert(row.layer?.place ?? 0).inserted else {
        throw FormatError(
          file: table.file, place: "line \(row.source.line)", problem: "layer stands twice",
          found: "layer \(row.layer?.place ?? 0)", allowed: "one row per layer of a network")
      }
      networks.append(network)
    }
    for (row, network) in zip(rows, networks) where seen[network].count < row.layer?.of ?? 0 {
      throw FormatError(
        file: table.file, place: "line \(row.source.line)", problem: "layers of the network are missing",
        found: "\(seen[network].count)", allowed: "all \(row.layer?.of ?? 0) of them")
    }
    return networks
  }
}

// MARK: - Features

extension HardwareSamples {
  /// The values of a feature; `nil` where neither the space nor a column gives it.
  private static func column(_ name: String, _ rows: [Row], _ file: SampleFile) throws(FormatError) -> [Double]? {
    let table = file.table
    let index = table.column(name)
    var values: [Double] = []
    for row in rows {
      let computed = row.features[name] ?? row.computed(name)
      guard let index else {
        guard let computed else { return nil }
        values.append(computed)
        continue
      }
      let given = try table.number(row.source, index)
      if let space = file.space, let computed, abs(given - computed) > 1e-9 * max(abs(given), abs(computed)) {
        throw table.error(
          row.source, index, problem: "disagrees with the space '\(space.name)'", allowed: "\(computed)")
      }
      values.append(computed ?? given)
    }
    return values
  }

  private static func unknown(_ name: String, _ table: CSVTable) -> FormatError {
    let known = CostFeature.catalogue.map(\.feature.name)
    let columns = table.header.filter { !known.contains($0) }
    return FormatError(
      file: table.file, problem: "no such feature", found: "'\(name)'",
      allowed: "a numeric column, or a name of 'flashnas list features'" + DesignError.nearest(name, known + columns))
  }
}

extension FittedHardware {
  /// The costs of several fits.
  public init(_ fits: [HardwareFit]) throws(HardwareError) {
    func cost(_ quantity: CostQuantity) -> LinearCost? { fits.first { $0.quantity == quantity.rawValue }?.cost }
    try self.init(latency: cost(.latency), energy: cost(.energy), area: cost(.area))
  }
}
