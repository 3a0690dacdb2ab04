internal import FlashFormats
internal import FlashHardware
internal import FlashMeasure
internal import FlashNAS

/// The rows of measured networks, those of an earlier run among them.
struct MeasurementTable {
  /// One measured network: its row, and what only this run knows of it.
  private struct Row {
    let fields: [String]
    let measured: (label: [String], point: [String: JSONValue]?, measurement: Measurement)?
  }

  private let names: [String]
  private let settings: MeasureSettings
  private let spreadLimit: Double
  private let engineVersion: String
  private let hasEnergy: Bool
  private let processor = Processor.model
  private var rows: [String: Row] = [:]
  /// The networks of a file that this run is not asked about, in the file's order.
  private var others: [[String]] = []

  init(
    names: [String], settings: MeasureSettings, spreadLimit: Double, engineVersion: String, hasEnergy: Bool
  ) {
    self.names = names
    self.settings = settings
    self.spreadLimit = spreadLimit
    self.engineVersion = engineVersion
    self.hasEnergy = hasEnergy
  }

  /// How a row was measured: rows of one table agree in all of it.
  private var conditions: [(name: String, value: JSONValue)] {
    [
      ("threads", .integer(settings.threads)), ("warmup", .integer(settings.warmup)),
      ("repeats", .integer(settings.repeats)), ("rounds", .integer(settings.rounds)),
      ("seed", .unsigned(settings.seed)), ("spread_limit", .number(spreadLimit)),
      ("engine", .string(ONNXRuntime.name)), ("engine_version", .string(engineVersion)),
      ("processor", .string(processor)),
    ]
  }

  /// The conditions in words.
  var provenance: String { conditions.map { "\($0.name)=\(Self.field($0.value))" }.joined(separator: " ") }

  private static let modelColumn = "model"

  private var header: [String] {
    let quantities = ["latency_s", "latency_s_sd"] + (hasEnergy ? ["energy_j", "energy_j_sd"] : [])
    let times = ["wall", "cpu"].flatMap { clock in ["min", "p10", "median", "p90"].map { "\(clock)_\($0)_s" } }
    return names + quantities + times + ["spread", "noisy", "runs"] + conditions.map(\.name) + [Self.modelColumn]
  }

  private static func values(_ measurement: Measurement, limit: Double) -> [(name: String, value: JSONValue)] {
    var values: [(name: String, value: JSONValue)] = [
      ("latency_s", .number(measurement.latency.seconds)),
      ("latency_s_sd", .number(measurement.latencyDeviation.seconds)),
    ]
    if let energy = measurement.energy, let deviation = measurement.energyDeviation {
      values += [("energy_j", .number(energy.joules)), ("energy_j_sd", .number(deviation.joules))]
    }
    for (clock, quantiles) in [("wall", measurement.wall), ("cpu", measurement.processor)] {
      values += [
        ("\(clock)_min_s", .number(quantiles.minimum.seconds)), ("\(clock)_p10_s", .number(quantiles.lower.seconds)),
        ("\(clock)_median_s", .number(quantiles.median.seconds)), ("\(clock)_p90_s", .number(quantiles.upper.seconds)),
      ]
    }
    return values + [
      ("spread", .number(measurement.spread)), ("noisy", .integer(measurement.spread > limit ? 1 : 0)),
      ("runs", .integer(measurement.runs)),
    ]
  }

  private static func field(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .number(let number): "\(number)"
    default: value.text()
    }
  }

  /// How many networks have a row.
  var count: Int { rows.count }

  func holds(_ key: VisitLog.Key) -> Bool { rows[key.network] != nil }

  mutating func add(_ source: MeasuredSource, _ measurement: Measurement) {
    let fields =
      source.label + Self.values(measurement, limit: spreadLimit).map { Self.field($0.value) }
      + conditions.map { Self.field($0.value) } + [source.model.key.model]
    rows[source.model.key.network] = Row(fields: fields, measured: (source.label, source.point, measurement))
  }

  /// Reads the rows of an earlier run; none where there is no file.
  ///
  /// - Throws: `FormatError` where the columns, the conditions or the model of a row are others: rows measured in
  ///   different ways do not go into one table.
  mutating func read(_ path: String, sources: [MeasuredSource]) throws(FormatError) {
    guard TextFile.exists(path) else { return }
    let table = try CSVTable(reading: path)
    guard table.header == header else {
      throw FormatError(
        file: path, place: "header", problem: "other columns, which cannot be gone on with",
        found: table.header.joined(separator: ","), allowed: "those of this run, or another --output")
    }
    let first = header.count - conditions.count - 1
    let known = Dictionary(uniqueKeysWithValues: sources.map { ($0.label, $0.model.key) })
    for row in table.rows {
      for (place, condition) in conditions.enumerated() where row.fields[first + place] != Self.field(condition.value) {
        throw table.error(
          row, first + place, problem: "measured with other settings",
          allowed: "'\(Self.field(condition.value))', or another --output")
      }
      guard let key = known[Array(row.fields.prefix(names.count))] else {
        others.append(row.fields)
        continue
      }
      guard row.fields.last == key.model else {
        throw table.error(
          row, header.count - 1, problem: "another model of that name", allowed: "'\(key.model)', or another --output")
      }
      guard rows.updateValue(Row(fields: row.fields, measured: nil), forKey: key.network) == nil else {
        throw FormatError(file: path, place: "line \(row.line)", problem: "network stands twice", allowed: "once")
      }
    }
  }

  /// The table's rows: those that this run is not asked about, then the others in the plan's order.
  private func ordered(_ order: [MeasuredSource]) -> [[String]] {
    [header] + others + order.compactMap { rows[$0.model.key.network]?.fields }
  }

  /// Writes the table in one step.
  func write(_ path: String, order: [MeasuredSource]) throws(MeasureError) {
    do { try TextFile.write(QueryResult.csvText(ordered(order)), to: path) } catch { throw .unwritable(error) }
  }

  func result(order: [MeasuredSource], space: String?, seconds: Duration) -> QueryResult {
    let measured = order.compactMap { rows[$0.model.key.network]?.measured }
    var document: [String: JSONValue] = [
      "schema": "flashnas.measure/1", "version": .string(toolkitVersion),
      "timing": ["measure_s": .number(seconds / .seconds(1))],
      "points": .array(
        measured.map { label, point, measurement in
          var entries = Dictionary(
            uniqueKeysWithValues: Self.values(measurement, limit: spreadLimit).map { ($0.name, $0.value) })
          entries["noisy"] = .bool(measurement.spread > spreadLimit)
          if let point { entries["point"] = .object(point) } else { entries["name"] = .string(label[0]) }
          return .object(entries)
        }),
    ]
    for (name, value) in conditions { document[name] = value }
    if let space { document["space"] = ["name": .string(space)] }
    var result = QueryResult(document: document, csv: ordered(order), text: text(measured))
    let noisy = measured.count { $0.measurement.spread > spreadLimit }
    if noisy > 0 {
      result.notices.append(
        "\(noisy) of \(Display.counted(measured.count, "point")) noisy: spread over \(Display.percent(spreadLimit))")
    }
    return result
  }

  private func text(
    _ measured: [(label: [String], point: [String: JSONValue]?, measurement: Measurement)]
  ) -> String {
    var table = TextTable(
      header: names + ["latency", "deviation"] + (hasEnergy ? ["energy"] : []) + ["spread", "wall median", "noisy"])
    for (label, _, measurement) in measured {
      let energy = measurement.energy.map { [Display.quantity($0.joules, Display.energy)] } ?? []
      table.add(
        label + [
          Display.quantity(measurement.latency.seconds, Display.time),
          Display.quantity(measurement.latencyDeviation.seconds, Display.time),
        ] + energy + [
          Display.percent(measurement.spread), Display.quantity(measurement.wall.median.seconds, Display.time),
          measurement.spread > spreadLimit ? "yes" : "no",
        ])
    }
    return table.text
      + "\(ONNXRuntime.name) \(engineVersion), \(Display.counted(settings.threads, "thread")), \(processor)\n"
  }
}
