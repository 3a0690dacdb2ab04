internal import FlashFormats

/// How the problems of a sweep ended, in all and by the values of each key.
struct SweepReport {
  /// How many problems ended in which way.
  struct Counts {
    private(set) var problems = 0
    private var ended: [SweepStatus: Int] = [:]

    mutating func add(_ status: SweepStatus?) {
      problems += 1
      if let status { ended[status, default: 0] += 1 }
    }

    subscript(status: SweepStatus) -> Int { ended[status] ?? 0 }
    var missing: Int { problems - ended.values.reduce(0, +) }

    fileprivate var entries: [(name: String, count: Int)] {
      [("problems", problems)] + SweepStatus.allCases.map { ($0.rawValue, self[$0]) } + [("missing", missing)]
    }
    fileprivate var document: [String: JSONValue] {
      Dictionary(uniqueKeysWithValues: entries.map { ($0.name, .integer($0.count)) })
    }
    fileprivate var texts: [String] { entries.map { "\($0.count)" } }
  }

  /// Keys with more values have no table (chosen: what fits on a screen).
  private static let limit = 24

  let digest: String
  private(set) var all = Counts()
  private var keys: [(key: String, values: [(value: String, counts: Counts)])] = []

  /// - Parameters:
  ///   - names: the keys that differ.
  ///   - texts: their values in a problem.
  init(
    digest: String, _ problems: [(index: Int, status: SweepStatus?)], names: [String] = [],
    texts: (Int) -> [String?] = { _ in [] }
  ) {
    self.digest = digest
    var tables: [[String: Counts]] = names.map { _ in [:] }
    var orders: [[String]] = names.map { _ in [] }
    for (index, status) in problems {
      all.add(status)
      for (place, text) in texts(index).enumerated() {
        let value = text ?? ""
        if tables[place][value] == nil {
          // One more than fits tells that the key has no table.
          guard orders[place].count <= Self.limit else { continue }
          orders[place].append(value)
        }
        tables[place][value, default: Counts()].add(status)
      }
    }
    for (place, name) in names.enumerated() where orders[place].count <= Self.limit {
      keys.append((name, orders[place].map { ($0, tables[place][$0] ?? Counts()) }))
    }
  }

  /// - Parameter seconds: how long it took.
  func result(shard: String, seconds: Double) -> QueryResult {
    var document = all.document
    document["schema"] = "flashnas.sweep-summary/1"
    document["version"] = .string(toolkitVersion)
    document["sweep"] = .string(digest)
    document["shard"] = .string(shard)
    document["keys"] = .array(
      keys.map { key, values in
        [
          "key": .string(key),
          "values": .array(
            values.map { value, counts in
              .object(counts.document.merging(["value": .string(value)]) { first, _ in first })
            }),
        ]
      })
    document["timing"] = ["sweep_s": .number(seconds)]
    let header = ["key", "value"] + all.entries.map(\.name)
    var rows = [["", ""] + all.texts]
    for (key, values) in keys { for (value, counts) in values { rows.append([key, value] + counts.texts) } }
    return QueryResult(document: document, csv: [header] + rows, text: text)
  }

  private var text: String {
    let shown = all.entries.filter { $0.name != "missing" || $0.count > 0 }
    var text =
      Display.counted(all.problems, "problem") + ": "
      + shown.dropFirst().map { "\(Display.grouped($0.count)) \($0.name)" }.joined(separator: ", ") + "\n"
    guard !keys.isEmpty else { return text }
    var table = TextTable(header: ["key", "value"] + shown.map(\.name), indent: 2)
    for (key, values) in keys {
      for (place, (value, counts)) in values.enumerated() {
        table.add(
          [place == 0 ? key : "", value.isEmpty ? "–" : value]
            + counts.entries.prefix(shown.count).map { Display.grouped($0.count) })
      }
    }
    text += "\n" + table.text
    return text
  }
}
