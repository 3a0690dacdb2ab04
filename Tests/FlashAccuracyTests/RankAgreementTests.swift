import FlashNumerics
import Testing

@testable import FlashAccuracy

/// Logs for the tests: architectures a0, a1, …, each more accurate than the one before.
enum Logs {
  static func accuracies(_ count: Int) -> [TrueAccuracy] {
    (0..<count).map { TrueAccuracy(name: "a\($0)", accuracy: 0.8 + Double($0) / 100) }
  }

  /// One run, one row of proxies a step.
  static func observations(_ steps: [[Double]], run: Int = 0) -> [ProxyObservation] {
    steps.enumerated().flatMap { step, proxies in
      proxies.enumerated().map { ProxyObservation(run: run, step: step, architecture: $0, proxy: $1) }
    }
  }

  static func log(_ steps: [[Double]]) throws -> ProxyLog {
    try ProxyLog(
      architectures: accuracies(steps[0].count), runs: ["r"], groups: [], observations: observations(steps))
  }

  /// Random proxies with ties, related to accuracy, over two runs and two groups; a tenth of the entries is missing.
  static func random(_ seed: UInt64, _ map: (Double) -> Double = { $0 }) -> [ProxyObservation] {
    var random = SplitMix64(seed: seed)
    var observations: [ProxyObservation] = []
    for run in 0..<2 {
      for step in 0..<9 {
        for architecture in 0..<14 {
          let proxy = (Double(architecture) + 5 * random.normal()).rounded()
          guard random.below(10) > 0 else { continue }
          observations.append(
            ProxyObservation(
              run: run, step: step, group: architecture % 2, architecture: architecture, proxy: map(proxy)))
        }
      }
    }
    return observations
  }

  static func log(_ observations: [ProxyObservation]) throws -> ProxyLog {
    try ProxyLog(
      architectures: accuracies(14), runs: ["r", "s"], groups: ["even", "odd"], observations: observations)
  }
}

@Suite("Rank agreement")
struct RankAgreementTests {
  /// In order, the best two exchanged, in reverse.
  private static let three: [[Double]] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2, 3, 4, 5, 6, 7, 9, 8], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
  ]

  private func expect(_ found: Double?, _ value: Double, at place: SourceLocation = #_sourceLocation) {
    #expect(abs((found ?? .nan) - value) < 1e-12, "\(String(describing: found))", sourceLocation: place)
  }

  @Test("correlations of a small log, worked by hand")
  func correlations() throws {
    let found = RankAgreement(try Logs.log(Self.three), window: 3)
    let mean = 43.0 / 135
    expect(found.tau?.mean, mean)
    let squares = [1, 43.0 / 45, -1].map { ($0 - mean) * ($0 - mean) }
    expect(found.tau?.deviation, (squares.reduce(0, +) / 3).squareRoot())
    expect(found.tau?.least, -1)
    expect(found.tau?.greatest, 1)
    expect(found.lastTau, -1)
    expect(found.spearman, (1 - 12.0 / 990) / 3)
    expect(found.pearson, (1 - 12.0 / 990) / 3)
    expect(found.consecutiveTau, 0)
    expect(found.window.tau, 43.0 / 45)
    expect(found.window.pairwiseTau?.mean, -1.0 / 3)
    expect(found.window.pairwiseTau?.least, -1)
    #expect([found.architectures, found.steps, found.undefinedSteps, found.window.steps] == [10, 3, 0, 3])
    // Eight equal means, the second best above them, the best below.
    let two = RankAgreement(try Logs.log(Self.three), window: 2).window
    expect(two.tau, -1 / (45.0 * 17).squareRoot())
    expect(two.pairwiseTau?.mean, -43.0 / 45)
    #expect(RankAgreement(try Logs.log(Self.three), window: 1).window.pairwiseTau == nil)
  }

  @Test("selections of a small log, worked by hand")
  func selections() throws {
    let found = RankAgreement(try Logs.log(Self.three), top: [1, 3, 11])
    expect(found.top[0].bestTrueRank, 13.0 / 3)
    expect(found.top[0].overlap, 1.0 / 3)
    expect(found.top[1].bestTrueRank, 10.0 / 3)
    expect(found.top[1].overlap, 2.0 / 3)
    #expect(found.top[2].bestTrueRank == nil && found.top[2].overlap == nil)
    expect(found.regret?.mean, 0.1 / 3)
    expect(found.regret?.greatest, 0.09)
    #expect(found.winners.map(\.name) == ["a9", "a8", "a0"])
    #expect(found.winners.map(\.trueRank) == [1, 2, 10])
    #expect(found.winners.allSatisfy { $0.steps == 1 && abs($0.share - 1.0 / 3) < 1e-15 })
    expect(found.gap, 0.845 - 4.5)
  }

  @Test("equal proxies are told apart in the way that is worst for the proxy")
  func ties() throws {
    var proxies = [Double](repeating: 0, count: 10)
    proxies[9] = 1
    proxies[2] = 1
    let found = RankAgreement(try Logs.log([proxies]), top: [1, 2])
    #expect(found.winners.map(\.name) == ["a2"])
    expect(found.regret?.mean, 0.07)
    expect(found.top[0].bestTrueRank, 8)
    expect(found.top[1].bestTrueRank, 1)
    expect(found.top[1].overlap, 0.5)
  }

  @Test("equal accuracies share a rank, and either may stand among the best")
  func equalAccuracies() throws {
    var architectures = Logs.accuracies(10)
    architectures[8] = TrueAccuracy(name: "a8", accuracy: architectures[9].accuracy)
    for winner in [8, 9] {
      let proxies = (0..<10).map { $0 == winner ? 99 : Double($0) }
      let log = try ProxyLog(
        architectures: architectures, runs: ["r"], groups: [], observations: Logs.observations([proxies]))
      let found = RankAgreement(log, top: [1])
      expect(found.top[0].bestTrueRank, 1)
      expect(found.top[0].overlap, 1)
      #expect(found.regret == RankAgreement.Regret(mean: 0, greatest: 0))
      #expect(found.winners.map(\.trueRank) == [1])
    }
  }

  @Test("a step whose proxies are all equal, or of one architecture, is counted and left out")
  func undefinedSteps() throws {
    var observations = Logs.observations(Self.three + [[Double](repeating: 0.1, count: 10)])
    observations.append(ProxyObservation(run: 0, step: 9, architecture: 3, proxy: 0.5))
    let log = try ProxyLog(architectures: Logs.accuracies(10), runs: ["r"], groups: [], observations: observations)
    let found = RankAgreement(log)
    #expect(found.steps == 5 && found.undefinedSteps == 2)
    expect(found.tau?.mean, 43.0 / 135)
    #expect(found.lastTau == nil)
    // The constant step has a winner, the worst; the step of one architecture has no ranking.
    #expect(found.winners.map(\.name) == ["a0", "a9", "a8"])
    #expect(found.winners.map(\.steps) == [2, 1, 1])
  }

  @Test("runs are pooled, and each has its own window and its own last step")
  func runs() throws {
    let observations = Logs.observations(Self.three) + Logs.observations([Self.three[0]], run: 1)
    let log = try ProxyLog(
      architectures: Logs.accuracies(10), runs: ["r", "s"], groups: [], observations: observations)
    let found = RankAgreement(log, window: 3)
    expect(found.tau?.mean, (43.0 / 45 + 1) / 4)
    expect(found.lastTau, 0)
    expect(found.window.tau, (43.0 / 45 + 1) / 2)
    expect(found.window.pairwiseTau?.mean, -1.0 / 3)
    expect(found.consecutiveTau, 0)
    #expect(found.window.steps == 4)
  }

  @Test("a group has the statistics of its own rows")
  func groups() throws {
    let observations = Logs.random(5)
    let groups = RankAgreement.groups(try Logs.log(observations), window: 4)
    #expect(groups.map(\.name) == ["even", "odd"])
    for (index, group) in groups.enumerated() {
      let rows = observations.filter { $0.group == index }
      let taus = Dictionary(grouping: rows) { $0.run * 100 + $0.step }.values.compactMap { step in
        RankCorrelation.kendall(step.map { Double($0.architecture) }, step.map(\.proxy))
      }
      expect(group.agreement.tau?.mean, taus.reduce(0, +) / Double(taus.count))
      #expect(group.agreement.observations == rows.count)
      #expect(group.agreement.architectures == 7)
    }
  }

  @Test("a rising map of the proxy changes no τ-b, a falling one its sign", arguments: 0..<10 as Range<UInt64>)
  func monotone(seed: UInt64) throws {
    let plain = RankAgreement(try Logs.log(Logs.random(seed)), window: 1)
    let risen = RankAgreement(try Logs.log(Logs.random(seed) { Elementary.exp($0 / 8) - 3 }), window: 1)
    let fallen = RankAgreement(try Logs.log(Logs.random(seed) { -$0 }), window: 1)
    #expect(plain.tau == risen.tau && plain.window == risen.window && plain.consecutiveTau == risen.consecutiveTau)
    #expect(plain.top == risen.top && plain.regret == risen.regret && plain.winners == risen.winners)
    expect(fallen.tau?.mean, -(try #require(plain.tau?.mean)))
    expect(fallen.tau?.least, -(try #require(plain.tau?.greatest)))
    expect(fallen.window.tau, -(try #require(plain.window.tau)))
    expect(fallen.spearman, -(try #require(plain.spearman)))
    expect(fallen.consecutiveTau, try #require(plain.consecutiveTau))
  }

  @Test("the order of rows and the names of architectures change nothing", arguments: 0..<10 as Range<UInt64>)
  func invariance(seed: UInt64) throws {
    let observations = Logs.random(seed)
    let log = try Logs.log(observations)
    var random = SplitMix64(seed: seed, stream: 1)
    let order = Array(0..<14).shuffled(using: &random)
    let places = (0..<14).map { place in order.firstIndex(of: place) ?? 0 }
    let renamed = order.enumerated().map {
      TrueAccuracy(name: "b\($0)", accuracy: Logs.accuracies(14)[$1].accuracy)
    }
    let moved = observations.shuffled(using: &random).map {
      ProxyObservation(
        run: 1 - $0.run, step: $0.step * 3 - 4, group: $0.group, architecture: places[$0.architecture], proxy: $0.proxy)
    }
    let other = try ProxyLog(
      architectures: renamed, runs: ["s", "r"], groups: ["even", "odd"], observations: moved)
    let (first, second) = (RankAgreement(log, window: 5), RankAgreement(other, window: 5))
    #expect(first.tau == second.tau && first.window == second.window && first.top == second.top)
    #expect(first.regret == second.regret && first.gap == second.gap && first.spearman == second.spearman)
    #expect(first.pearson == second.pearson && first.consecutiveTau == second.consecutiveTau)
    #expect(first.winners.map(\.accuracy) == second.winners.map(\.accuracy))
    #expect(AgreementBootstrap(log, seed: 3) == AgreementBootstrap(other, seed: 3))
  }

  @Test("too few architectures, one accuracy for all and an architecture twice in a step are refused")
  func refusals() throws {
    #expect(throws: AccuracyError.tooFewArchitectures(found: 9, needed: 10)) {
      try Logs.log([(0..<9).map { Double($0) }])
    }
    let equal = (0..<10).map { TrueAccuracy(name: "a\($0)", accuracy: 0.9) }
    #expect(throws: AccuracyError.noRanking) {
      try ProxyLog(architectures: equal, runs: ["r"], groups: [], observations: Logs.observations(Self.three))
    }
    var twice = Logs.observations(Self.three)
    twice.append(twice[4])
    #expect(throws: AccuracyError.repeatedArchitecture("a4", entry: 30)) {
      try ProxyLog(architectures: Logs.accuracies(10), runs: ["r"], groups: [], observations: twice)
    }
  }
}

@Suite("Noise ceiling and bootstrap")
struct AgreementNoiseTests {
  private func accuracies(deviation: Double, count: Int = 1) -> [TrueAccuracy] {
    (0..<12).map {
      TrueAccuracy(name: "a\($0)", accuracy: 0.9 + Double($0 / 2) / 500, deviation: deviation, count: count)
    }
  }

  @Test("the ceiling is the mean τ-b of accuracies measured again")
  func monteCarlo() throws {
    let architectures = accuracies(deviation: 0.004, count: 4)
    let ceiling = try #require(RankAgreement.noiseCeiling(architectures))
    var random = SplitMix64(seed: 11)
    let draws = try (0..<4000).map { _ in
      let again = architectures.map { $0.accuracy + 0.002 * random.normal() }
      return try #require(RankCorrelation.kendall(architectures.map(\.accuracy), again))
    }
    let error = Statistics.populationDeviation(draws) / 4000.0.squareRoot()
    #expect(abs(Statistics.mean(draws) - ceiling) < 4 * error)
    #expect(ceiling > 0.5 && ceiling < 0.9)
  }

  @Test("without errors the ceiling is 1, without deviations there is none, and it falls as errors grow")
  func limits() throws {
    #expect(RankAgreement.noiseCeiling(accuracies(deviation: 0)) == 1)
    #expect(RankAgreement.noiseCeiling(Logs.accuracies(12)) == nil)
    let ceilings = try [0.001, 0.003, 0.01, 0.1].map {
      try #require(RankAgreement.noiseCeiling(accuracies(deviation: $0)))
    }
    #expect(ceilings == ceilings.sorted(by: >))
    #expect(
      RankAgreement.noiseCeiling(accuracies(deviation: 0.002, count: 4))
        == RankAgreement.noiseCeiling(accuracies(deviation: 0.001)))
  }

  @Test("intervals hold the statistic, and the seed alone decides them")
  func bootstrap() throws {
    let log = try Logs.log(Logs.random(2))
    let agreement = RankAgreement(log)
    let first = AgreementBootstrap(log, seed: 1)
    #expect(first == AgreementBootstrap(log, seed: 1))
    #expect(first != AgreementBootstrap(log, seed: 2))
    #expect(first.steps == agreement.steps - agreement.undefinedSteps)
    let (mean, window) = (try #require(first.meanTau), try #require(first.windowTau))
    #expect(mean.low < agreement.tau?.mean ?? .nan && agreement.tau?.mean ?? .nan < mean.high)
    #expect(window.low < agreement.window.tau ?? .nan && agreement.window.tau ?? .nan <= window.high)
    let perfect = AgreementBootstrap(try Logs.log([(0..<10).map { Double($0) }]), seed: 0)
    #expect(perfect.meanTau == AgreementBootstrap.Interval(low: 1, high: 1))
  }

  @Test("95 % intervals hold the τ-b of the population in about 95 % of samples")
  func coverage() throws {
    // τ of a normal pair of correlation ρ is 2/π·asin ρ: 1/3 for ρ = 1/2.
    var inside = 0
    for sample in 0..<200 as Range<UInt64> {
      var random = SplitMix64(seed: 7, stream: sample)
      var architectures: [TrueAccuracy] = []
      var proxies: [Double] = []
      for index in 0..<40 {
        let z = random.normal()
        architectures.append(TrueAccuracy(name: "a\(index)", accuracy: 0.5 + z / 100))
        proxies.append(z / 2 + 0.75.squareRoot() * random.normal())
      }
      let log = try ProxyLog(
        architectures: architectures, runs: ["r"], groups: [], observations: Logs.observations([proxies]))
      let interval = try #require(AgreementBootstrap(log, seed: sample).meanTau)
      if interval.low <= 1.0 / 3, 1.0 / 3 <= interval.high { inside += 1 }
    }
    // Four standard errors of 95 % in 200 are 12; the percentile interval is known to be somewhat narrow.
    #expect(inside >= 176 && inside < 200, "\(inside)")
  }
}
