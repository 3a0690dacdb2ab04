internal import FlashNumerics

/// How a proxy ranks architectures against their stand-alone accuracy: the diagnostics of weight sharing.
///
/// A *step* is one step of one run, with the architectures that it logged; ranks and the best accuracy are those among
/// them. Statistics are taken in each step and pooled over all steps of all runs. A step of fewer than two
/// architectures, or one whose proxies are all equal, has no τ-b; such steps are counted, not guessed.
///
/// Equal proxies are put in the order that is worst for the proxy: the less accurate architecture stands first, so that
/// a proxy that cannot tell architectures apart does not look good. A true rank is 1 + the number of more accurate
/// architectures.
///
/// Source of the measures: Zhang et al., "Deeper Insights into Weight Sharing in Neural Architecture Search",
/// arXiv:2001.01431, 2020 (rank correlation over the last mini-batches, between them, groups).
public struct RankAgreement: Sendable, Equatable {
  /// Mean, population deviation and range of a statistic over steps.
  public struct Spread: Sendable, Equatable {
    public let mean: Double
    public let deviation: Double
    public let least: Double
    public let greatest: Double

    /// `nil` for no values.
    init?(_ values: [Double]) {
      guard let least = values.min(), let greatest = values.max() else { return nil }
      mean = Statistics.mean(values)
      deviation = Statistics.populationDeviation(values)
      self.least = least
      self.greatest = greatest
    }
  }

  /// The last W steps of each run, or all where a run has fewer.
  public struct Window: Sendable, Equatable {
    /// The steps in the windows of all runs.
    public let steps: Int
    /// τ-b of the proxy averaged over the window, architecture by architecture, with accuracy; the mean over runs.
    public let tau: Double?
    /// τ-b between the proxies of every two steps of one run's window, over the architectures in both.
    public let pairwiseTau: Spread?
  }

  /// The k architectures with the highest proxies, over the steps that logged at least k.
  public struct Top: Sendable, Equatable {
    public let count: Int
    /// The mean over steps of the best true rank among them; `nil` where no step logged that many.
    public let bestTrueRank: Double?
    /// The mean over steps of the part of them whose true rank is at most k, 0…1.
    public let overlap: Double?
  }

  /// Best true accuracy − that of the architecture with the highest proxy, over steps.
  public struct Regret: Sendable, Equatable {
    public let mean: Double
    public let greatest: Double
  }

  /// An architecture that had the highest proxy of a step.
  public struct Winner: Sendable, Equatable {
    public let name: String
    public let accuracy: Double
    /// Among all architectures here.
    public let trueRank: Int
    /// The steps that it won.
    public let steps: Int
    /// The part of all steps with two or more architectures.
    public let share: Double
  }

  /// The architectures that the steps log.
  public let architectures: Int
  /// The number of observations.
  public let observations: Int
  public let steps: Int
  /// Steps without a τ-b.
  public let undefinedSteps: Int
  /// τ-b of proxy and accuracy.
  public let tau: Spread?
  /// τ-b at the last step; the mean over runs.
  public let lastTau: Double?
  /// The means over steps, where defined.
  public let spearman: Double?
  public let pearson: Double?
  public let window: Window
  /// The mean τ-b between the proxies of neighbouring steps of one run, over the architectures in both.
  public let consecutiveTau: Double?
  public let top: [Top]
  public let regret: Regret?
  /// By steps won, the most first; equal ones by accuracy, then by name.
  public let winners: [Winner]
  /// The mean over observations of accuracy − proxy: mean stand-alone − mean proxy where every step logs every
  /// architecture. It means something where the proxy is an accuracy.
  public let gap: Double
  /// The τ-b to expect of a perfect proxy, or `nil` where some architecture has no deviation: see `noiseCeiling(_:)`.
  public let noiseCeiling: Double?

  /// The statistics of a log.
  ///
  /// - Parameters:
  ///   - window: W ≥ 1; the pairwise τ-b takes O(W² n log n).
  ///   - top: the values of k, each ≥ 1.
  /// Complexity: O(observations · log n) beside the window, for n architectures; O(n²) for the noise ceiling.
  public init(_ log: ProxyLog, window: Int = 64, top: [Int] = [1, 3, 5]) {
    let steps = log.steps.flatMap { ranges in ranges.map { AgreementStep(log, $0) } }
    let taus = steps.map(\.tau)
    let ranked = steps.filter { $0.proxies.count > 1 }
    var isLogged = [Bool](repeating: false, count: log.architectures.count)
    for entry in log.entries { isLogged[Int(entry.architecture)] = true }
    let logged = log.architectures.indices.filter { isLogged[$0] }.map { log.architectures[$0] }
    architectures = logged.count
    observations = log.count
    self.steps = steps.count
    undefinedSteps = taus.count { $0 == nil }
    tau = Spread(taus.compactMap { $0 })
    lastTau = Self.mean(log.steps.map { ranges in ranges.last.flatMap { AgreementStep(log, $0).tau } })
    spearman = Self.mean(ranked.map { RankCorrelation.spearman($0.proxies, $0.accuracies) })
    pearson = Self.mean(ranked.map { RankCorrelation.pearson($0.proxies, $0.accuracies) })
    self.window = Self.window(log, window)
    consecutiveTau = Self.mean(
      log.steps.flatMap { ranges in
        zip(ranges, ranges.dropFirst()).map { Self.tau(log.entries[$0], log.entries[$1]) }
      })
    let orders = ranked.map { (step: $0, order: $0.order) }
    self.top = top.map { count in
      let found = orders.filter { $0.order.count >= count }.map { $0.step.top(count, $0.order) }
      return Top(
        count: count, bestTrueRank: Self.mean(found.map { Double($0.bestRank) }),
        overlap: Self.mean(found.map(\.overlap)))
    }
    let regrets = orders.map { $0.step.regret($0.order) }
    regret = regrets.max().map { Regret(mean: Statistics.mean(regrets), greatest: $0) }
    winners = Self.winners(orders.map { $0.step.architectures[$0.order[0]] }, log, logged)
    gap =
      log.entries.reduce(0) { $0 + log.architectures[Int($1.architecture)].accuracy - $1.proxy }
      / Double(log.count)
    noiseCeiling = Self.noiseCeiling(logged)
  }

  /// The statistics of each group by itself, by name: of the observations of the group, step by step.
  public static func groups(
    _ log: ProxyLog, window: Int = 64, top: [Int] = [1, 3, 5]
  ) -> [(name: String, agreement: RankAgreement)] {
    log.groups.indices.map { (log.groups[$0], RankAgreement(ProxyLog(log, group: $0), window: window, top: top)) }
  }

  /// The expected τ-b between the true accuracies and the same ones measured once more, each with a normal error of
  /// variance σ² = deviation²/count, or `nil` where a deviation is missing or the accuracies are all equal.
  ///
  /// E[C − D] = Σ over pairs with aᵢ ≠ aⱼ of 2Φ(|aᵢ − aⱼ| / √(σᵢ² + σⱼ²)) − 1, over √(pairs untied now × pairs untied in
  /// the new measurement), which is closed: errors make a tie with probability 0. A proxy that knew the true order would
  /// reach about this against a table with such errors. The spread of measured accuracies includes their errors, so that
  /// the ceiling is, if anything, too high. Complexity: O(n²).
  public static func noiseCeiling(_ architectures: [TrueAccuracy]) -> Double? {
    let variances = architectures.compactMap(\.variance)
    guard variances.count == architectures.count else { return nil }
    var expected = 0.0
    var untied = 0
    var untiedAgain = 0
    for i in architectures.indices {
      for j in 0..<i {
        let difference = abs(architectures[i].accuracy - architectures[j].accuracy)
        let variance = variances[i] + variances[j]
        if difference > 0 || variance > 0 { untiedAgain += 1 }
        guard difference > 0 else { continue }
        untied += 1
        expected += variance > 0 ? 2 * Statistics.standardNormal(atMost: difference / variance.squareRoot()) - 1 : 1
      }
    }
    guard untied > 0 else { return nil }
    return expected / (Double(untied) * Double(untiedAgain)).squareRoot()
  }

  /// The mean of the values that are defined, or `nil` for none.
  static func mean(_ values: [Double?]) -> Double? {
    let defined = values.compactMap { $0 }
    return defined.isEmpty ? nil : Statistics.mean(defined)
  }

  /// The proxy of each run's window, averaged architecture by architecture, with the accuracies.
  static func averages(_ log: ProxyLog, window: Int) -> [AgreementStep] {
    log.steps.compactMap { ranges in
      guard !ranges.isEmpty else { return nil }
      var sums = [Double](repeating: 0, count: log.architectures.count)
      var counts = [Int](repeating: 0, count: log.architectures.count)
      for range in ranges.suffix(window) {
        for entry in log.entries[range] {
          sums[Int(entry.architecture)] += entry.proxy
          counts[Int(entry.architecture)] += 1
        }
      }
      let seen = sums.indices.filter { counts[$0] > 0 }
      return AgreementStep(
        architectures: seen, proxies: seen.map { sums[$0] / Double(counts[$0]) },
        accuracies: seen.map { log.architectures[$0].accuracy })
    }
  }

  private static func window(_ log: ProxyLog, _ length: Int) -> Window {
    var pairwise: [Double] = []
    for ranges in log.steps {
      let last = Array(ranges.suffix(length))
      for second in last.indices {
        for first in 0..<second {
          if let value = tau(log.entries[last[first]], log.entries[last[second]]) { pairwise.append(value) }
        }
      }
    }
    return Window(
      steps: log.steps.reduce(0) { $0 + min(length, $1.count) },
      tau: mean(averages(log, window: length).map(\.tau)), pairwiseTau: Spread(pairwise))
  }

  /// τ-b between the proxies of two steps, over the architectures in both.
  private static func tau(_ first: ArraySlice<ProxyLog.Entry>, _ second: ArraySlice<ProxyLog.Entry>) -> Double? {
    var proxies: [Double] = []
    var others: [Double] = []
    proxies.reserveCapacity(first.count)
    others.reserveCapacity(first.count)
    var place = second.startIndex
    for entry in first {
      while place < second.endIndex, second[place].architecture < entry.architecture { place += 1 }
      guard place < second.endIndex else { break }
      if second[place].architecture == entry.architecture {
        proxies.append(entry.proxy)
        others.append(second[place].proxy)
      }
    }
    return RankCorrelation.kendall(proxies, others)
  }

  private static func winners(_ won: [Int], _ log: ProxyLog, _ logged: [TrueAccuracy]) -> [Winner] {
    var wins = [Int](repeating: 0, count: log.architectures.count)
    for architecture in won { wins[architecture] += 1 }
    let order = wins.indices.filter { wins[$0] > 0 }.sorted { first, second in
      if wins[first] != wins[second] { return wins[first] > wins[second] }
      let (a, b) = (log.architectures[first], log.architectures[second])
      return a.accuracy > b.accuracy || a.accuracy == b.accuracy && a.name < b.name
    }
    return order.map { index in
      let winner = log.architectures[index]
      return Winner(
        name: winner.name, accuracy: winner.accuracy,
        trueRank: 1 + logged.count { $0.accuracy > winner.accuracy }, steps: wins[index],
        share: Double(wins[index]) / Double(won.count))
    }
  }
}
