public import FlashHardware
internal import FlashNumerics

/// Where the times of a network's runs lie on one clock.
public struct TimeQuantiles: Sendable, Hashable {
  public let minimum: Latency
  /// The 10th percentile.
  public let lower: Latency
  public let median: Latency
  /// The 90th percentile.
  public let upper: Latency

  /// Quantiles of times in nanoseconds, by linear interpolation (`Statistics.quantile`).
  ///
  /// - Precondition: at least one time. Complexity: O(n log n).
  public init(nanoseconds times: [Int64]) {
    let sorted = times.map { Double($0) * 1e-9 }.sorted()
    minimum = Latency(seconds: sorted[0])
    lower = Latency(seconds: Statistics.quantile(sorted, 0.1))
    median = Latency(seconds: Statistics.quantile(sorted, 0.5))
    upper = Latency(seconds: Statistics.quantile(sorted, 0.9))
  }

  /// (90th − 10th percentile) / median; 0 where the median is.
  public var spread: Double {
    median.seconds > 0 ? (upper.seconds - lower.seconds) / median.seconds : 0
  }
}

/// What a network costs, over all runs of all its visits.
///
/// The latency is the 10th percentile, of processor time at one thread and of wall time above: other work of the machine
/// only ever adds to a run, and a percentile is steadier than the minimum.
public struct Measurement: Sendable, Hashable {
  public let wall: TimeQuantiles
  public let processor: TimeQuantiles
  /// The 10th percentile of all runs on the latency's clock.
  public let latency: Latency
  /// √(Σ (x − mean)² / (rounds − 1)) over the 10th percentiles x of the single rounds: how far one round's latency lies
  /// from another's. The latency of all rounds together is steadier.
  public let latencyDeviation: Latency
  /// (90th − 10th percentile) / median of all runs on the latency's clock.
  public let spread: Double
  /// The 10th percentile over the rounds of a visit's energy divided by its runs, where it was measured. It is the whole
  /// machine's: at rest it takes energy too, and other work adds to it.
  public let energy: Energy?
  /// The deviation of the rounds' energies per run, as that of the latency.
  public let energyDeviation: Energy?
  /// How many runs.
  public let runs: Int

  /// Summarises visits.
  ///
  /// - Parameter energies: the energy of each visit, in the same order; `nil` where none was measured.
  /// - Precondition: two visits or more, each with a run; as many energies as visits.
  public init(_ visits: [Visit], energies: [Energy]?, settings: MeasureSettings) {
    let times = visits.map { settings.countsProcessorTime ? $0.processor : $0.wall }
    wall = TimeQuantiles(nanoseconds: visits.flatMap(\.wall))
    processor = TimeQuantiles(nanoseconds: visits.flatMap(\.processor))
    let all = TimeQuantiles(nanoseconds: times.flatMap { $0 })
    latency = all.lower
    spread = all.spread
    latencyDeviation = Latency(
      seconds: Self.deviation(times.map { TimeQuantiles(nanoseconds: $0).lower.seconds }))
    runs = times.reduce(0) { $0 + $1.count }
    let perRun = energies.map { zip($0, times).map { $0.joules / Double($1.count) } }
    energy = perRun.map { Energy(joules: Statistics.quantile($0.sorted(), 0.1)) }
    energyDeviation = perRun.map { Energy(joules: Self.deviation($0)) }
  }

  /// The deviation of a sample.
  private static func deviation(_ values: [Double]) -> Double {
    Statistics.pooledDeviation([values]) ?? 0
  }
}
