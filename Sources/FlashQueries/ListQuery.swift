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
    "spaces", "cells", "hardware", "metrics", "forms", "strategies", "designs", "simulators", "datasets", "problems",
    "exporters",
  ]

  public func run() throws(QueryError) -> QueryResult {
    let items = try items()
    var table = TextTable()
    for item in items { table.add(item.name, item.summary) }
    let document: [String: JSONValue] = [
      "schema": "flashnas.list/1", "version": .string(toolkitVersion), "kind": .string(kind),
      "items": .array(items.map { ["name": .string($0.name), "summary": .string($0.summary)] }),
    ]
    return QueryResult(
      document: document, csv: [["name", "summary"]] + items.map { [$0.name, $0.summary] }, text: table.text)
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
