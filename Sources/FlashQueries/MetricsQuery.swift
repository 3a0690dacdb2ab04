internal import FlashFormats
internal import FlashGraph

/// Topology metrics and counts of networks.
public struct MetricsQuery: Sendable {
  public var networks = NetworkArguments()
  /// `stage` or `block`: what a cell is.
  public var cell = "stage"
  /// Also draws weights, from the seed of `networks`, and gives the layer-wise dynamical isometry of fully connected
  /// networks.
  public var isometry = false

  public init() {}

  public func run() throws(QueryError) -> QueryResult {
    let cells = try Arguments.cells(cell)
    let seed: UInt64? = isometry ? try Arguments.seed(networks.seed) : nil
    let (read, notices) = try networks.read()
    let measured = read.map { MeasuredNetwork($0, cells: cells, isometry: seed) }
    let document: [String: JSONValue] = [
      "schema": "flashnas.metrics/1", "version": .string(toolkitVersion),
      "networks": .array(measured.map(\.document)),
    ]
    var result = QueryResult(
      document: document, csv: [MeasuredNetwork.csvHeader(isometry: isometry)] + measured.map(\.csvRow),
      text: measured.map(\.text).joined(separator: "\n"))
    result.notices = notices
    result.exitCode = notices.isEmpty ? 0 : 65
    return result
  }
}
