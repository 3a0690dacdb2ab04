import FlashAccuracy
import FlashNumerics
import Testing

@Suite("Rank agreement of SciPy")
struct SciPyAgreementTests {
  struct Document: Decodable {
    let tolerance: Double
    let window: Int
    let tau: Spread
    let last_tau: Double
    let spearman: Double
    let pearson: Double
    let window_tau: Double
    let pairwise_tau: Spread
    let consecutive_tau: Double
    let gap: Double
    let accuracy: [Double]
    let rows: [[Double]]
  }

  struct Spread: Decodable {
    let mean: Double
    let sd: Double
    let min: Double
    let max: Double

    var values: [Double] { [mean, sd, min, max] }
  }

  @Test("the statistics of a random log with ties and gaps agree")
  func log() throws {
    let document = try Reference.decode(Document.self, "scipy-agreement")
    #expect(document.rows.count >= 100)
    let log = try ProxyLog(
      architectures: document.accuracy.enumerated().map { TrueAccuracy(name: "\($0)", accuracy: $1) },
      runs: ["0", "1"], groups: [],
      observations: document.rows.map {
        ProxyObservation(run: Int($0[0]), step: Int($0[1]), architecture: Int($0[2]), proxy: $0[3])
      })
    let found = RankAgreement(log, window: document.window)
    let tau = try #require(found.tau)
    let pairwise = try #require(found.window.pairwiseTau)
    let pairs = [
      (found.lastTau, document.last_tau), (found.spearman, document.spearman), (found.pearson, document.pearson),
      (found.window.tau, document.window_tau), (found.consecutiveTau, document.consecutive_tau),
      (found.gap, document.gap),
    ]
    for (value, expected) in pairs { #expect(try abs(#require(value) - expected) <= document.tolerance) }
    for (spread, expected) in [(tau, document.tau), (pairwise, document.pairwise_tau)] {
      let values = [spread.mean, spread.deviation, spread.least, spread.greatest]
      for (a, b) in zip(values, expected.values) { #expect(abs(a - b) <= document.tolerance) }
    }
  }
}
