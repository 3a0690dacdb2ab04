internal import FlashNumerics

/// The architectures of one step, from the least to the most accurate, with what the proxy said of them.
struct AgreementStep {
  let architectures: [Int]
  let proxies: [Double]
  let accuracies: [Double]

  init(architectures: [Int], proxies: [Double], accuracies: [Double]) {
    self.architectures = architectures
    self.proxies = proxies
    self.accuracies = accuracies
  }

  init(_ log: ProxyLog, _ range: Range<Int>) {
    architectures = log.entries[range].map { Int($0.architecture) }
    proxies = log.entries[range].map(\.proxy)
    accuracies = architectures.map { log.architectures[$0].accuracy }
  }

  var tau: Double? { RankCorrelation.kendall(accuracies, proxies) }

  /// The places from the highest to the lowest proxy, among equal ones the less accurate first.
  var order: [Int] {
    // Places rise with accuracy.
    proxies.indices.sorted { proxies[$0] > proxies[$1] || proxies[$0] == proxies[$1] && $0 < $1 }
  }

  /// The best true rank among the first `count` of an order, and the part of them whose true rank is at most `count`.
  func top(_ count: Int, _ order: [Int]) -> (bestRank: Int, overlap: Double) {
    let ranks = order.prefix(count).map(trueRank)
    return (ranks.min() ?? 1, Double(ranks.count { $0 <= count }) / Double(count))
  }

  /// The best accuracy − that of the first of an order.
  func regret(_ order: [Int]) -> Double { (accuracies.last ?? 0) - accuracies[order[0]] }

  /// 1 + the number of more accurate architectures, by bisection.
  private func trueRank(_ place: Int) -> Int {
    var (low, high) = (place, accuracies.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if accuracies[middle] == accuracies[place] { low = middle } else { high = middle }
    }
    return 1 + accuracies.count - (low + 1)
  }
}
