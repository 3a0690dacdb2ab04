internal import FlashAccuracy
internal import FlashFormats
internal import FlashGraph
internal import FlashHardware
internal import FlashNAS

/// One design as results show it: its point, features, predictions and intervals.
struct DesignReport {
  /// Variables and their values; empty for a network that came from a file.
  let point: [(name: String, value: SpaceVariable.Value)]
  /// Free parameters of the hardware and their values.
  var hardware: [(name: String, value: String)] = []
  let values: DesignValues
  let accuracy: AccuracyPrediction?
  /// The costs that a model gives, with their interval where one is known.
  let costs: [(quantity: CostQuantity, value: Double, interval: (low: Double, high: Double)?)]
  let isExtrapolated: Bool
  /// The confidence of the intervals.
  let confidence: Double

  /// The confidence of intervals where none is asked for.
  static let usualConfidence = 0.95

  private init(
    point: [(name: String, value: SpaceVariable.Value)], values: DesignValues, model: PerformanceModel,
    confidence: Double?, areCostsExtrapolated: Bool
  ) {
    let confidence = confidence ?? Self.usualConfidence
    self.confidence = confidence
    self.point = point
    self.values = values
    let accuracy = model.accuracy(of: values, confidence: confidence) { name in
      guard case .integer(let number) = point.first(where: { $0.name == name })?.value else { return nil }
      return number
    }
    self.accuracy = accuracy
    costs = CostQuantity.allCases.compactMap { quantity in
      let value = Self.value(quantity, values)
      return value.isNaN ? nil : (quantity, value, model.interval(of: quantity, value, confidence: confidence))
    }
    isExtrapolated = accuracy?.isExtrapolated == true || areCostsExtrapolated
  }

  /// A network that came from a file. - Throws: `DesignError.unavailable` for what the model cannot tell of it.
  init(_ graph: LayerGraph, model: PerformanceModel, confidence: Double? = nil) throws(DesignError) {
    let values = try model.values(of: graph)
    self.init(
      point: [], values: values, model: model, confidence: confidence,
      areCostsExtrapolated: model.areCostsExtrapolated(graph, values.features))
  }

  init(_ point: [Int], in space: SearchSpace, model: PerformanceModel, confidence: Double? = nil) {
    let named = zip(space.domains, point).map { (name: $0.name, value: $0.value($1)) }
    self.init(
      point: named, values: model.values(point, in: space), model: model, confidence: confidence,
      areCostsExtrapolated: model.areCostsExtrapolated(point, in: space))
  }

  /// The same network on several targets: each cost is that of the target where it is largest.
  ///
  /// - Precondition: at least one report; costs that some target does not give are left out.
  init(worstOf reports: [DesignReport]) {
    let first = reports[0]
    point = first.point
    values = first.values
    accuracy = first.accuracy
    confidence = first.confidence
    costs = first.costs.compactMap { cost in
      let all = reports.compactMap { report in report.costs.first { $0.quantity == cost.quantity } }
      return all.count == reports.count ? all.max { $0.value < $1.value } : nil
    }
    isExtrapolated = reports.contains(where: \.isExtrapolated)
  }

  private static func value(_ quantity: CostQuantity, _ values: DesignValues) -> Double {
    switch quantity {
    case .latency: values.costs.latency.seconds
    case .energy: values.costs.energy.joules
    case .area: values.costs.area.squareMillimetres
    }
  }

  /// The columns in the order of tables: variables, features, accuracy, costs.
  private var columns: [(name: String, value: JSONValue)] {
    var columns: [(String, JSONValue)] = point.map { ($0.name, JSONValue($0.value)) }
    columns += hardware.map { ($0.name, Self.hardwareValue($0.value)) }
    let features = values.features
    columns += [
      ("nn_degree", .number(features.nnDegree)), ("nn_mass", JSONValue(features.nnMass)),
      ("macs", .integer(features.macs)), ("parameters", .integer(features.parameters)),
    ]
    if let accuracy {
      columns += [
        ("accuracy", .number(accuracy.value)), ("accuracy_low", .number(accuracy.low)),
        ("accuracy_high", .number(accuracy.high)),
      ]
    }
    columns.append(("extrapolated", .bool(isExtrapolated)))
    for (quantity, value, interval) in costs {
      columns.append((quantity.rawValue, .number(value)))
      guard let interval else { continue }
      columns.append(("\(quantity.rawValue)_low", .number(interval.low)))
      columns.append(("\(quantity.rawValue)_high", interval.high.isFinite ? .number(interval.high) : .null))
    }
    return columns
  }

  /// A parameter's value: a whole number, or the text that the profile has, with its unit.
  private static func hardwareValue(_ text: String) -> JSONValue { Int(text).map(JSONValue.integer) ?? .string(text) }

  /// The design as an object: variables under `point`, free parameters under `hardware`, then its quantities.
  var document: JSONValue {
    let quantities = columns.dropFirst(point.count + hardware.count)
    var entries = Dictionary(uniqueKeysWithValues: quantities.map { ($0.name, $0.value) })
    if !hardware.isEmpty {
      entries["hardware"] = .object(
        Dictionary(uniqueKeysWithValues: hardware.map { ($0.name, Self.hardwareValue($0.value)) }))
    }
    if !point.isEmpty {
      entries["point"] = .object(Dictionary(uniqueKeysWithValues: point.map { ($0.name, JSONValue($0.value)) }))
    }
    return .object(entries)
  }

  /// The point's values as text.
  var texts: [String] { columns.prefix(point.count).map { Self.field($0.value) } }

  /// Header and row for CSV.
  var csv: (header: [String], row: [String]) {
    (columns.map(\.name), columns.map { Self.field($0.value) })
  }

  private static func field(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let word): word
    default: value.text(compact: true)
    }
  }

  /// The design for people: one line per quantity, then further ones.
  func text(with more: [(name: String, value: String)] = []) -> String {
    var table = TextTable(indent: 2)
    let features = values.features
    if let accuracy {
      table.add(
        "accuracy", Display.percent(accuracy.value),
        "\(Display.share(confidence)) interval \(Display.percent(accuracy.low)) to \(Display.percent(accuracy.high)), one new training run"
      )
    }
    for (quantity, value, interval) in costs {
      let units = Display.units(of: quantity)
      let note = interval.map {
        "\(Display.share(confidence)) interval \(Display.quantity($0.low, units)) to \(Display.quantity($0.high, units))"
      }
      table.add(quantity.title, Display.quantity(value, units), note ?? "")
    }
    table.add("NN-Degree", Display.number(features.nnDegree), "")
    table.add("NN-Mass", features.nnMass.map { Display.number($0) } ?? "–", "")
    table.add("MACs", Display.grouped(features.macs), "")
    table.add("parameters", Display.grouped(features.parameters), "")
    if isExtrapolated { table.add("extrapolated", "yes", "outside the range of the samples behind a fitted model") }
    for (name, value) in more { table.add(name, value) }
    return table.text
  }
}

extension CostQuantity {
  /// The quantity's name for people.
  var title: String {
    switch self {
    case .latency: "latency"
    case .energy: "energy"
    case .area: "area"
    }
  }
}

extension Display {
  static func units(of quantity: CostQuantity) -> [(name: String, factor: Double)] {
    switch quantity {
    case .latency: time
    case .energy: energy
    case .area: area
    }
  }

  /// A value of any quantity with its unit.
  static func value(_ value: Double, of quantity: Quantity) -> String {
    switch quantity {
    case .accuracy: percent(value)
    case .latency: Self.quantity(value, time)
    case .energy: Self.quantity(value, energy)
    case .area: Self.quantity(value, area)
    case .power: Self.quantity(value, power)
    case .macs, .parameters: grouped(Int(value))
    case .edp, .nnDegree, .nnMass: number(value)
    }
  }
}

extension Display {
  /// A difference of two values of a quantity with its unit; accuracies differ by percentage points.
  static func difference(_ value: Double, of quantity: Quantity) -> String {
    quantity == .accuracy ? "\(number(value * 100, digits: 3)) points" : self.value(value, of: quantity)
  }
}

extension Array where Element == DesignReport {
  /// The designs as a CSV table: header, then one row each.
  var csv: [[String]] {
    (first.map { [$0.csv.header] } ?? []) + map(\.csv.row)
  }
}
