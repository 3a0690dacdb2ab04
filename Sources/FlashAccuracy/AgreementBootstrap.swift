internal import FlashNumerics

/// How far τ-b depends on which architectures were trained: percentile intervals of a bootstrap over architectures.
///
/// A replicate draws as many architectures as there are, with replacement, the same for every step and run; copies of
/// one architecture are tied in both series. The interval runs from the 2.5 % to the 97.5 % quantile of the replicates.
/// The mean over steps is taken over `steps` of them, spread evenly: all where steps × architectures ≤ 16 384, so that a
/// long log does not take hours. Regret has no interval: the bootstrap of a largest value is not consistent.
///
/// Source: Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
public struct AgreementBootstrap: Sendable, Equatable {
  /// The ends of a 95 % interval.
  public struct Interval: Sendable, Equatable {
    public let low: Double
    public let high: Double
  }

  public static let replicates = 1000
  public static let confidence = 0.95
  private static let budget = 16_384

  /// The steps that the mean τ-b is taken over.
  public let steps: Int
  /// Of the mean τ-b over steps; `nil` where no replicate has one.
  public let meanTau: Interval?
  /// Of the τ-b of the window's averaged proxy.
  public let windowTau: Interval?
  /// Replicates in which a mean τ-b was not defined, and which the interval leaves out.
  public let undefined: Int

  /// The intervals of a log: the same seed gives the same numbers.
  ///
  /// Complexity: O(replicates · (16 384 + runs · n) · log n), for n architectures.
  public init(_ log: ProxyLog, window: Int = 64, seed: UInt64) {
    let ranges = log.steps.flatMap { $0 }.filter { AgreementStep(log, $0).tau != nil }
    let count = min(ranges.count, max(1, Self.budget / log.architectures.count))
    let chosen = (0..<count).map { AgreementStep(log, ranges[(2 * $0 + 1) * ranges.count / (2 * count)]) }
    let averages = RankAgreement.averages(log, window: window)
    var means: [Double] = []
    var windows: [Double] = []
    for replicate in 0..<Self.replicates {
      var random = SplitMix64(seed: seed, stream: UInt64(replicate))
      var copies = [Int](repeating: 0, count: log.architectures.count)
      for _ in copies.indices { copies[random.below(copies.count)] += 1 }
      if let mean = RankAgreement.mean(chosen.map { $0.tau(copies) }) { means.append(mean) }
      if let mean = RankAgreement.mean(averages.map { $0.tau(copies) }) { windows.append(mean) }
    }
    steps = count
    meanTau = Self.interval(means)
    windowTau = Self.interval(windows)
    undefined = Self.replicates - means.count
  }

  private static func interval(_ values: [Double]) -> Interval? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let tail = (1 - confidence) / 2
    return Interval(low: Statistics.quantile(sorted, tail), high: Statistics.quantile(sorted, 1 - tail))
  }
}

extension AgreementStep {
  /// τ-b of a replicate that has so many copies of each architecture.
  fileprivate func tau(_ copies: [Int]) -> Double? {
    var proxies: [Double] = []
    var accuracies: [Double] = []
    proxies.reserveCapacity(copies.count)
    accuracies.reserveCapacity(copies.count)
    for (place, architecture) in architectures.enumerated() {
      for _ in 0..<copies[architecture] {
        proxies.append(self.proxies[place])
        accuracies.append(self.accuracies[place])
      }
    }
    return RankCorrelation.kendall(accuracies, proxies)
  }
}
