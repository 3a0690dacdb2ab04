internal import FlashFormats
internal import FlashGraph
internal import FlashHardware
internal import FlashNAS

/// A gate: whether networks keep within bounds.
public struct CheckQuery: Sendable {
  public var networks = NetworkArguments()
  /// Bounds by their option's name without dashes, such as `max-latency`.
  public var bounds: [(option: String, value: String)] = []
  /// Least values of metrics, each `key=value`.
  public var least: [String] = []
  /// Largest values of metrics, each `key=value`.
  public var most: [String] = []
  /// `auto`, a model document or samples.
  public var accuracy: String?
  public var hardware = HardwareArguments()
  /// `90%`: bounds on accuracy and costs have to hold at the unfavourable end of the interval of this confidence.
  public var confidence: String?

  public init() {}

  public func run() throws(QueryError) -> QueryResult {
    let confidence =
      try confidence.map { (text) throws(QueryError) in
        try Arguments.value(text, .confidence, option: "--confidence")
      }
    let limits = try limits(confidence)
    guard !limits.isEmpty else {
      throw .usage("check: no bounds, allowed --max-macs, --min-accuracy, … or --max KEY=VALUE, --min KEY=VALUE")
    }
    let (model, hardware) = try model(limits)
    let (networks, notices) = try networks.read()
    var checked: [CheckedNetwork] = []
    for network in networks { checked.append(try CheckedNetwork(network, limits, model)) }
    var result = result(checked, notices)
    result.document["confidence"] = confidence.map(JSONValue.number)
    [hardware].compactMap(\.self).note(in: &result)
    return result
  }

  private func result(_ checked: [CheckedNetwork], _ notices: [String]) -> QueryResult {
    let failed = checked.filter { !$0.isKept }
    var table = TextTable(header: ["network", "quantity", "", "bound", "value", "", ""])
    var rows = [["name", "quantity", "relation", "bound", "value", "slack", "ok"]]
    for network in checked {
      for entry in network.entries {
        table.add(
          network.name, entry.limit.name, entry.limit.sign, entry.limit.display(entry.limit.value),
          entry.limit.display(entry.value), entry.isKept ? "ok" : "missed",
          entry.end.phrase ?? "")
        rows.append([network.name] + entry.fields)
      }
    }
    var result = QueryResult(
      document: [
        "schema": "flashnas.check/1", "version": .string(toolkitVersion), "ok": .bool(failed.isEmpty),
        "networks": .array(checked.map(\.document)),
      ], csv: rows, text: table.text)
    result.notices = notices
    if let first = failed.first, let entry = first.entries.first(where: { !$0.isKept }) {
      let others = failed.count == 1 ? "" : " (and \(failed.count - 1) more)"
      result.notices.append(
        "\(first.name): \(entry.limit.name): bound missed, found \(entry.found), allowed "
          + "\(entry.limit.sign) \(entry.limit.display(entry.limit.value))\(others)")
    }
    result.exitCode = notices.isEmpty ? (failed.isEmpty ? 0 : 2) : 65
    return result
  }

  private func limits(_ confidence: Double?) throws(QueryError) -> [CheckLimit] {
    var limits: [CheckLimit] = []
    for (option, text) in bounds {
      guard let known = SearchQuery.boundOptions.first(where: { $0.option == option }) else {
        throw .usage("--\(option): unknown option")
      }
      limits.append(
        CheckLimit(
          subject: .quantity(known.quantity), relation: known.relation,
          value: try Arguments.value(text, Unit(of: known.quantity), option: "--\(option)"), confidence: confidence))
    }
    for (option, relation, texts) in [("--min", Bound.Relation.atLeast, least), ("--max", .atMost, most)] {
      for text in texts {
        let (key, value) = try Arguments.assignment(text, option: option)
        let keys = Metric.catalogue.map(\.key)
        guard keys.contains(key) else {
          throw QueryError(DesignError.unknownName(kind: "\(option): metric", found: key, known: keys))
        }
        guard let number = Unit.count.parse(value) ?? Unit.number.parse(value) else {
          throw .usage("\(option): \(key): not a number, found '\(value)', allowed a number with an optional k, M or G")
        }
        limits.append(CheckLimit(subject: .metric(key), relation: relation, value: number))
      }
    }
    return limits
  }

  /// The models that the bounds ask for.
  private func model(_ limits: [CheckLimit]) throws(QueryError) -> (PerformanceModel, Models.Hardware?) {
    let quantities = limits.compactMap(\.quantity)
    let space = try networks.space.map { (name) throws(QueryError) in try Models.space(name) }
    let predictor =
      quantities.contains(.accuracy) ? try Models.predictor(accuracy ?? "auto", space: space) : nil
    guard predictor != nil || !quantities.contains(.accuracy) else {
      throw .usage("--min-accuracy: no accuracy model, allowed --accuracy MODEL, or a space that has a predictor")
    }
    do {
      guard quantities.contains(where: \.isCost) else {
        return (try PerformanceModel(predictor: predictor, costs: nil), nil)
      }
      let hardware = try Models.hardware(hardware, space: space)
      return (try PerformanceModel(predictor: predictor, costs: hardware.costs), hardware)
    } catch { throw QueryError(error) }
  }
}

/// A bound on a quantity or a metric.
private struct CheckLimit {
  enum Subject {
    case quantity(Quantity)
    case metric(String)
  }

  let subject: Subject
  let relation: Bound.Relation
  let value: Double
  /// With what confidence a quantity has to keep it.
  var confidence: Double?

  var quantity: Quantity? {
    if case .quantity(let quantity) = subject { quantity } else { nil }
  }

  /// The key in results.
  var key: String {
    switch subject {
    case .quantity(let quantity): quantity.key
    case .metric(let key): key
    }
  }

  var name: String { quantity?.rawValue ?? key }

  var sign: String { relation == .atLeast ? "≥" : "≤" }

  func slack(_ found: Double) -> Double { relation == .atLeast ? found - value : value - found }

  func display(_ value: Double) -> String {
    if let quantity { return Display.value(value, of: quantity) }
    return value == value.rounded() && abs(value) < 1e15
      ? Display.grouped(Int(value)) : Display.number(value, digits: 6)
  }
}

/// A network with its value for every bound.
private struct CheckedNetwork {
  struct Entry {
    let limit: CheckLimit
    let value: Double
    let end: JudgedEnd

    /// What was found, for messages.
    var found: String {
      guard let phrase = end.phrase, let confidence = limit.confidence else { return limit.display(value) }
      return "\(phrase) \(limit.display(value)) of the \(Display.share(confidence)) interval"
    }

    var isKept: Bool { limit.slack(value) >= 0 }

    var fields: [String] {
      [limit.key, limit.relation.rawValue] + [limit.value, value, limit.slack(value)].map { "\($0)" } + ["\(isKept)"]
    }
  }

  let name: String
  let entries: [Entry]

  var isKept: Bool { entries.allSatisfy(\.isKept) }

  /// - Throws: `QueryError` (65) where a network has no value for a bound.
  init(_ network: DescribedNetwork, _ limits: [CheckLimit], _ model: PerformanceModel) throws(QueryError) {
    name = network.name
    let measured = MeasuredNetwork(network, cells: .stage)
    let needsModel = limits.contains { $0.quantity != nil }
    let values: DesignValues?
    do { values = needsModel ? try model.values(of: network.graph) : nil } catch {
      throw .data("\(network.name): \(error.description)")
    }
    var entries: [Entry] = []
    for limit in limits {
      var value: Double?
      var end = JudgedEnd.value
      switch limit.subject {
      case .metric(let key): value = measured.number(key)
      case .quantity(let quantity):
        let bound = Bound(
          quantity: quantity, relation: limit.relation, limit: limit.value, confidence: limit.confidence)
        do {
          if let found = try values.map({ (values) throws(DesignError) in try model.judged(by: bound, values) }) {
            (value, end) = (found.value, found.end)
          }
        } catch { throw QueryError(error) }
      }
      guard let value, value.isFinite else {
        throw .data(
          "\(network.name): \(limit.name): no value, \(measured.reason(limit.key) ?? "not known of this network")")
      }
      entries.append(Entry(limit: limit, value: value, end: end))
    }
    self.entries = entries
  }

  var document: JSONValue {
    [
      "name": .string(name), "ok": .bool(isKept),
      "checks": .array(
        entries.map { entry -> JSONValue in
          var check: [String: JSONValue] = [
            "quantity": .string(entry.limit.key), "relation": .string(entry.limit.relation.rawValue),
            "bound": .number(entry.limit.value), "value": .number(entry.value),
            "slack": .number(entry.limit.slack(entry.value)), "ok": .bool(entry.isKept),
          ]
          if entry.limit.confidence != nil { check["judged"] = .string(entry.end.rawValue) }
          return .object(check)
        }),
    ]
  }
}
