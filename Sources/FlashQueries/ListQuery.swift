internal import FlashAccuracy
internal import FlashFormats
internal import FlashGraph
internal import FlashHardware
internal import FlashNAS
internal import FlashSearch

/// What the toolkit knows, by kind.
public struct ListQuery: Sendable {
  public var kind: String

  public init(kind: String) { self.kind = kind }

  /// The kinds that can be listed.
  public static let kinds = [
    "spaces", "cells", "hardware", "metrics", "features", "forms", "strategies", "designs", "simulators", "datasets",
    "problems",
    "exporters",
  ]

  public func run() throws(QueryError) -> QueryResult {
    var header = ["name", "summary"]
    var rows = try items().map { [$0.name, $0.summary] }
    if kind == "spaces" {
      header.append("predictor")
      for (index, space) in SearchSpace.catalogue.enumerated() { rows[index].append(try Self.predictor(of: space)) }
    }
    var table = TextTable()
    for row in rows { table.add(row) }
    let items = rows.map { row in
      JSONValue.object(Dictionary(uniqueKeysWithValues: zip(header, row.map(JSONValue.string))))
    }
    let document: [String: JSONValue] = [
      "schema": "flashnas.list/1", "version": .string(toolkitVersion), "kind": .string(kind), "items": .array(items),
    ]
    return QueryResult(document: document, csv: [header] + rows, text: table.text)
  }

  /// The data set that predicts a space's accuracy and its errors, each configuration held out; or why none does.
  private static func predictor(of space: SearchSpace) throws(QueryError) -> String {
    switch try Models.defaultPredictor(of: space) {
    case .missing(let reason): return "none: \(reason)"
    case .file(let path):
      do {
        let quality = try AccuracyQuality(reading: path)
        return "\(space.dataset ?? ""): \(Display.counted(quality.configurations, "configuration")), "
          + "RMSE \(Display.fixed(quality.rmse * 100, 2)) points, "
          + "Kendall \(quality.kendall.map { Display.fixed($0, 3) } ?? "–")"
      } catch { throw QueryError(error) }
    }
  }

  /// The numbers of a cell, with the value of those that may be left out.
  private static func parameters(_ type: CellType) -> String {
    type.parameters.map { parameter in
      let words = parameter.words
      let values = words.isEmpty ? "" : " \(words.joined(separator: "|"))"
      let standard = parameter.standard.map { " (\(words.isEmpty ? "\($0)" : words[$0]))" } ?? ""
      return parameter.name + values + standard
    }.joined(separator: ", ")
  }

  private func items() throws(QueryError) -> [(name: String, summary: String)] {
    switch kind {
    case "spaces":
      return SearchSpace.catalogue.map {
        ($0.name, "\($0.summary): \(Display.counted($0.configurations ?? 0, "configuration"))")
      }
    case "cells": return CellType.allCases.map { ($0.rawValue, "\($0.summary): \(Self.parameters($0))") }
    case "metrics": return Metric.catalogue.map { ($0.key, $0.summary) }
    case "features":
      return CostFeature.catalogue.map { ($0.feature.name, $0.summary) }
        + LayerFeature.families.map { ($0.name, $0.summary) }
    case "forms": return AccuracyForm.catalogue.map { ($0.name, $0.formula) }
    case "strategies": return Strategy.catalogue.map { ($0.name, $0.summary) }
    case "designs": return SamplingDesign.allCases.map { ($0.rawValue, $0.summary) }
    case "simulators": return Simulator.catalogue.map { ($0.name, $0.summary) }
    case "exporters": return ExportFormat.catalogue.map { ($0.name, $0.summary) }
    case "hardware":
      let data = try DataFolder()
      var items: [(String, String)] = []
      for name in data.names(in: "hardware-profiles", ending: ".yaml") {
        do {
          items.append((name, try HardwareProfileFile.read("\(data.path)/hardware-profiles/\(name).yaml").summary))
        } catch { throw QueryError(error) }
      }
      return items
    case "problems":
      let data = try DataFolder()
      return data.names(in: "problems", ending: ".yaml").map { ($0, "problems/\($0).yaml") }
    case "datasets":
      let data = try DataFolder()
      return data.folders(in: "datasets").map { ($0, data.title(ofDataset: $0)) }
    default:
      throw QueryError(DesignError.unknownName(kind: "KIND", found: kind, known: Self.kinds))
    }
  }
}
