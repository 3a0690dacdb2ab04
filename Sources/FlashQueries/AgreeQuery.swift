internal import FlashAccuracy
internal import FlashFormats

/// How a proxy ranks architectures against their stand-alone accuracy: `RankAgreement` of two files.
public struct AgreeQuery: Sendable {
  /// The proxy's log and the true accuracies; `-` for standard input.
  public var proxy: String
  public var truth: String
  /// The steps of the window, 64 when left out.
  public var window: String?
  /// The values of k, with commas between; 1,3,5 when left out.
  public var top: String?
  public var seed: String?

  public init(proxy: String, truth: String) {
    self.proxy = proxy
    self.truth = truth
  }

  public func run() throws(QueryError) -> QueryResult {
    let window = try Arguments.count(window ?? "64", option: "--window", in: 1...1024)
    let seed = try Arguments.seed(seed)
    let top = try topCounts()
    guard proxy != "-" || truth != "-" else {
      throw .usage("--truth: standard input is the proxy's log already, allowed a file")
    }
    let log: ProxyLog
    do { log = try AgreementLog.read(proxy: proxy, truth: truth) } catch { throw QueryError(error) }
    if let count = top.first(where: { $0 > log.architectures.count }) {
      throw .usage(
        "--top: more than the architectures of the log, found \(count), allowed 1 to \(log.architectures.count)")
    }
    let agreement = RankAgreement(log, window: window, top: top)
    let groups = RankAgreement.groups(log, window: window, top: top)
    let report = AgreementReport(
      log: log, agreement: agreement, groups: groups,
      bootstrap: AgreementBootstrap(log, window: window, seed: seed), window: window, seed: seed)
    var result = QueryResult(document: report.document, csv: report.rows, text: report.text)
    if !log.unlogged.isEmpty {
      result.notices.append(
        "\(FormatError.name(truth)): \(Display.counted(log.unlogged.count, "architecture")) not in the log, left out: "
          + "'\(log.unlogged[0])'\(log.unlogged.count > 1 ? ", …" : "")")
    }
    if agreement.undefinedSteps > 0 {
      result.notices.append(
        "\(FormatError.name(proxy)): \(Display.counted(agreement.undefinedSteps, "step")) of \(agreement.steps) "
          + "without a rank correlation: fewer than two architectures of different accuracy, or equal proxies")
    }
    return result
  }

  private func topCounts() throws(QueryError) -> [Int] {
    var counts: [Int] = []
    for part in (top ?? "1,3,5").split(separator: ",", omittingEmptySubsequences: false) {
      let count = try Arguments.count(String(part), option: "--top", in: 1...1_000_000)
      guard !counts.contains(count) else { throw .usage("--top: stands twice, found '\(count)', allowed each once") }
      counts.append(count)
    }
    return counts.sorted()
  }
}
