internal import FlashAccuracy
internal import FlashFormats
internal import FlashHardware
internal import FlashNAS

/// Accuracy, latency, energy and area, with intervals, of points, of a saved result or of a described network.
public struct PredictQuery: Sendable {
  /// A saved result of `search`, a description or an ONNX file.
  public var file: String?
  public var space: String?
  public var point: String?
  public var points: String?
  /// `auto`, a model document or samples.
  public var accuracy: String?
  public var hardware = HardwareArguments()
  /// Of intervals: that of a saved result, else 95 % when left out.
  public var confidence: String?

  public init() {}

  public func run() throws(QueryError) -> QueryResult {
    let confidence =
      try confidence.map { (text) throws(QueryError) in
        try Arguments.value(text, .confidence, option: "--confidence")
      }
    if file == nil, space == nil, let points, point == nil { return try predictFeatures(points, confidence) }
    let answers = try answers(confidence)
    var document: [String: JSONValue] = [
      "schema": "flashnas.predict/1", "version": .string(toolkitVersion),
      "points": .array(answers.flatMap { $0.reports.map(\.document) }),
    ]
    let targets = answers.map(\.hardware)
    document["hardware"] = targets.document
    document["costs"] = targets.kind.map(JSONValue.string)
    document["confidence"] = answers.first?.confidence.map(JSONValue.number)
    var result = QueryResult(
      document: document, csv: answers.flatMap(\.reports).csv, text: answers.map(text).joined(separator: "\n"))
    targets.note(in: &result)
    return result
  }

  /// Designs on one target.
  private struct Answer {
    let reports: [DesignReport]
    let hardware: Models.Hardware
    /// Of the intervals, where one was asked for.
    let confidence: Double?
  }

  private func text(_ answer: Answer) -> String {
    answer.reports.map { report in
      let point = zip(report.point, report.texts).map { "\($0.name)=\($1)" }.joined(separator: ",")
      let title = point.isEmpty ? file ?? "" : point
      let chip = answer.hardware.values.map { ", \($0.name)=\($0.value)" }.joined()
      return "\(title) on \(answer.hardware.title)\(chip) (\(answer.hardware.kind) costs)\n\(report.text())"
    }.joined(separator: "\n")
  }

  /// What is asked about, on every target.
  private func answers(_ confidence: Double?) throws(QueryError) -> [Answer] {
    guard let file else {
      guard let space else {
        throw .usage("--space: missing, allowed a space with --point or --points, or a result or network file")
      }
      let source = try PointSource(space: Models.space(space), point: point, points: points)
      let hardware = try Models.hardware(hardware, space: source.space)
      let model = try model(hardware, source.space, confidence)
      return [
        Answer(
          reports: source.points.map { DesignReport($0, in: source.space, model: model, confidence: confidence) },
          hardware: hardware, confidence: confidence)
      ]
    }
    guard point == nil, points == nil else {
      throw .usage("--point: given beside a result or network file, allowed one of them")
    }
    do {
      if !DescribedNetwork.isONNX(file), try ResultFile.schema(of: file)?.hasPrefix("flashnas.search/") == true {
        return try answers(SavedDesign(reading: file, space: space), confidence)
      }
    } catch { throw QueryError(error) }
    guard space == nil else { throw .usage("--space: given beside a network file, allowed one of them") }
    let network = try DescribedNetwork(reading: file)
    let hardware = try Models.hardware(hardware, space: nil)
    let model = try model(hardware, nil, confidence)
    do {
      let report = try DesignReport(network.graph, model: model, confidence: confidence)
      return [Answer(reports: [report], hardware: hardware, confidence: confidence)]
    } catch { throw .data("\(FormatError.name(file)): \(error.description)") }
  }

  /// A saved design on the targets it was searched for, or on the one that is asked for; at its own confidence unless
  /// another is asked for.
  private func answers(_ saved: SavedDesign, _ confidence: Double?) throws(QueryError) -> [Answer] {
    let confidence = confidence ?? saved.confidence
    let targets = try saved.hardware(hardware)
    var answers: [Answer] = []
    for target in targets {
      let model = try model(target, saved.space, confidence)
      var report = DesignReport(saved.point, in: saved.space, model: model, confidence: confidence)
      report.hardware = targets.count > 1 ? [("target", target.name)] : target.values
      answers.append(Answer(reports: [report], hardware: target, confidence: confidence))
    }
    return answers
  }

  private func model(
    _ hardware: Models.Hardware, _ space: SearchSpace?, _ confidence: Double?
  ) throws(QueryError) -> PerformanceModel {
    let predictor = try Models.predictor(accuracy ?? "auto", space: space)
    do {
      let model = try PerformanceModel(predictor: predictor, costs: hardware.costs, in: space)
      if let confidence { try model.check(confidence: confidence) }
      return model
    } catch { throw QueryError(error) }
  }

  /// Predictions for a CSV of features, as `fit` reads it.
  private func predictFeatures(_ path: String, _ confidence: Double?) throws(QueryError) -> QueryResult {
    guard accuracy != nil || !hardware.sources.isEmpty else {
      throw .usage("--points: features without a space, allowed with --accuracy MODEL, --hardware MODEL or both")
    }
    let predictor = try accuracy.flatMap { (source) throws(QueryError) in try Models.predictor(source, space: nil) }
    var fitted = hardware
    fitted.costs = "fitted"
    let costs = hardware.sources.isEmpty ? nil : try Models.hardware(fitted, space: nil).costs
    do {
      let table = try FeaturePredictions(
        samples: SampleFile(reading: path, space: nil), predictor: predictor, costs: costs,
        confidence: confidence ?? DesignReport.usualConfidence)
      var document: [String: JSONValue] = [
        "schema": "flashnas.predict/1", "version": .string(toolkitVersion), "points": .array(table.documents),
      ]
      document["confidence"] = confidence.map(JSONValue.number)
      var text = TextTable(header: table.header)
      for row in table.rows { text.add(row.map { $0.map { Display.number($0) } ?? "–" }) }
      return QueryResult(
        document: document, csv: [table.header] + table.rows.map { $0.map { $0.map { "\($0)" } ?? "" } },
        text: text.text)
    } catch { throw QueryError(error) }
  }
}

/// Predictions for rows of features.
private struct FeaturePredictions {
  let header: [String]
  let rows: [[Double?]]

  init(
    samples: SampleFile, predictor: AccuracyModel?, costs: CostModel?, confidence: Double
  ) throws {
    try PerformanceModel(predictor: nil, costs: costs).check(confidence: confidence)
    guard confidence <= predictor?.largestConfidence ?? 1 else {
      throw DesignError.unavailable(quantity: "accuracy", reason: "its model has no interval at that confidence")
    }
    let table = samples.table
    var header: [String] = predictor == nil ? [] : ["accuracy", "accuracy_low", "accuracy_high"]
    var fitted: [(quantity: CostQuantity, cost: LinearCost)] = []
    if case .fitted(let model) = costs {
      fitted = CostQuantity.allCases.compactMap { quantity in model[quantity].map { (quantity, $0) } }
      header += fitted.flatMap {
        [$0.quantity.rawValue, "\($0.quantity.rawValue)_low", "\($0.quantity.rawValue)_high"]
      }
    }
    var rows: [[Double?]] = []
    for row in table.rows {
      let features = try samples.features(
        row, columns: (predictor?.features ?? []) + fitted.flatMap(\.cost.features).filter { $0 != LinearCost.constant }
      )
      var values: [Double?] = []
      if let predictor {
        let read = predictor.features.map { features[$0] ?? .nan }
        guard predictor.admits(read) else {
          throw FormatError(
            file: table.file, place: "line \(row.line)", problem: "column missing or out of range",
            allowed: "numbers that the model takes as \(predictor.features.joined(separator: ", "))")
        }
        let prediction = predictor.predict(read, confidence: confidence)
        values += [prediction.value, prediction.low, prediction.high]
      }
      for (quantity, cost) in fitted {
        guard let value = cost.value(named: features), value > 0 else {
          throw FormatError(
            file: table.file, place: "line \(row.line)", problem: "\(quantity.rawValue) cannot be predicted",
            allowed: "columns " + cost.features.filter { $0 != LinearCost.constant }.joined(separator: ", "))
        }
        let interval = cost.interval(around: value, confidence: confidence)
        values += [value, interval?.low, interval.flatMap { $0.high.isFinite ? $0.high : nil }]
      }
      rows.append(values)
    }
    self.header = header
    self.rows = rows
  }

  var documents: [JSONValue] {
    rows.map { row in .object(Dictionary(uniqueKeysWithValues: zip(header, row.map { JSONValue($0) }))) }
  }
}
