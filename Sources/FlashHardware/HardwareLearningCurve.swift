internal import FlashNumerics

/// How good sets of features are with fewer measurements: each is fitted to random draws of the networks and judged by
/// the others.
public struct HardwareLearningCurve: Sendable {
  /// Features that compete: taken as they are, or chosen from where `options` say so.
  public struct Contestant: Sendable {
    public let name: String
    public let features: [String]
    public let options: HardwareFitOptions

    public init(name: String, features: [String], options: HardwareFitOptions) {
      self.name = name
      self.features = features
      self.options = options
    }
  }

  /// What the draws of one size say of one contestant and quantity: absolute relative errors on networks not drawn.
  public struct Row: Sendable {
    public let quantity: String
    public let name: String
    public let size: Int
    /// The mean over draws of the mean error of a draw.
    public let mean: Double
    /// The 5 and 95 % quantiles over draws of the mean error of a draw.
    public let range: ClosedRange<Double>
    /// The mean over draws of the largest error of a draw.
    public let worst: Double
    /// The largest error of any draw.
    public let largest: Double
  }

  public let draws: Int
  public let rows: [Row]
  /// Contestants that could not be fitted to a size, with the reason.
  public let skipped: [(quantity: String, name: String, size: Int, reason: String)]

  /// - Parameters:
  ///   - sizes: networks a draw; each leaves at least two out.
  ///   - draws: how many draws a size, without replacement within a draw; the same for every contestant.
  /// - Throws: `HardwareError.tooFewSamples` where a size leaves fewer than two networks out, or `unknownFeature`.
  ///   Complexity: quantities · sizes · contestants · draws fits.
  public init(
    _ measurements: [CostMeasurements], contestants: [Contestant], sizes: [Int], draws: Int, seed: UInt64
  ) throws(HardwareError) {
    var rows: [Row] = []
    var skipped: [(quantity: String, name: String, size: Int, reason: String)] = []
    for data in measurements {
      for (place, size) in sizes.enumerated() {
        let count = data.networks.map { ($0.max() ?? 0) + 1 } ?? data.measured.count
        guard count >= size + 2 else {
          throw .tooFewSamples(quantity: data.quantity, found: count, needed: size + 2)
        }
        var random = SplitMix64(seed: seed, stream: UInt64(place))
        let drawn = (0..<draws).map { _ in random.subset(size, of: count) }
        for contestant in contestants {
          do throws(HardwareError) {
            rows.append(try Self.row(data, contestant, drawn, size))
          } catch {
            guard case .tooFewSamples = error else { throw error }
            skipped.append((data.quantity, contestant.name, size, error.description))
          }
        }
      }
    }
    (self.draws, self.rows, self.skipped) = (draws, rows, skipped)
  }

  private static func row(
    _ data: CostMeasurements, _ contestant: Contestant, _ draws: [[Int]], _ size: Int
  ) throws(HardwareError) -> Row {
    let dropped = try HardwareFit.dropped(data, contestant.features)
    let system = RelativeSystem(
      data, contestant.features.filter { name in !dropped.contains { $0.feature == name } })
    guard !system.names.isEmpty else { throw .unexplained(quantity: data.quantity) }
    var means: [Double] = []
    var worsts: [Double] = []
    for draw in draws {
      let seen = system.selecting(networks: draw)
      try HardwareFit.checkCount(data.quantity, seen, contestant.features.count, contestant.options)
      let choice = RelativeChoice(seen, contestant.options)
      let coefficients = try RelativeFit.coefficients(seen, choice, isRobust: contestant.options.isRobust)
      let isDrawn = Set(draw)
      let errors = system.members.indices.filter { !isDrawn.contains($0) }.map { network in
        abs(system.prediction(network, coefficients) / system.totals[network] - 1)
      }
      means.append(Statistics.mean(errors))
      worsts.append(errors.max() ?? .nan)
    }
    let sorted = means.sorted()
    return Row(
      quantity: data.quantity, name: contestant.name, size: size, mean: Statistics.mean(means),
      range: Statistics.quantile(sorted, 0.05)...Statistics.quantile(sorted, 0.95), worst: Statistics.mean(worsts),
      largest: worsts.max() ?? .nan)
  }
}
