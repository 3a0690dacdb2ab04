internal import FlashHardware
internal import FlashNumerics

/// A network that is to be measured.
public struct MeasuredModel: Sendable {
  /// What the log of visits and errors call it.
  public let key: VisitLog.Key
  private let make: @Sendable () throws(MeasureError) -> EngineModel

  /// - Parameter make: makes the model whenever it is visited, so that a plan of any length fits into memory.
  public init(key: VisitLog.Key, make: @escaping @Sendable () throws(MeasureError) -> EngineModel) {
    self.key = key
    self.make = make
  }

  func model() throws(MeasureError) -> EngineModel { try make() }
}

/// Measures networks in rounds: each round visits every network once, in an order of its own, so that a slow minute of
/// the machine falls on all of them and not on one.
///
/// A visit loads the model anew, so that what its buffers' places in memory happen to do is averaged over; warm-up runs
/// follow, then the runs that count.
public struct MeasuringRun {
  /// How far a run is.
  public struct Progress: Sendable, Hashable {
    /// Visits done and planned, over all rounds.
    public let done: Int
    public let planned: Int
    /// The round, from 1, whether this visit was its last, and the number of rounds.
    public let round: Int
    public let endsRound: Bool
    public let rounds: Int
  }

  private let engine: ONNXRuntime
  private let settings: MeasureSettings
  private let counter: EnergyCounter?
  private let log: VisitLog?

  /// - Parameters:
  ///   - counter: counters of energy, where they can be read.
  ///   - log: where every visit is kept as soon as it is done.
  public init(_ engine: ONNXRuntime, settings: MeasureSettings, counter: EnergyCounter?, log: VisitLog?) {
    self.engine = engine
    self.settings = settings
    self.counter = counter
    self.log = log
  }

  /// Visits every model in every round, but for visits that an earlier run left in the log.
  ///
  /// - Parameters:
  ///   - earlier: visits of the models from the log; one that is of no model, or of a round twice, is left out.
  ///   - isInterrupted: asked before each visit whether to stop.
  ///   - isComplete: called with a model's number and its visits, by round, when the last of them is done.
  ///   - progress: called after each visit.
  /// - Returns: whether all was measured.
  /// - Throws: `MeasureError` of the first visit that fails.
  public func run(
    _ models: [MeasuredModel], earlier: [VisitLog.Key: [Visit]] = [:], isInterrupted: () -> Bool = { false },
    progress: (Progress) -> Void = { _ in },
    isComplete: (Int, [Visit]) throws(MeasureError) -> Void
  ) throws(MeasureError) -> Bool {
    var visits: [[Visit?]] = models.map { model in
      var byRound = [Visit?](repeating: nil, count: settings.rounds)
      for visit in earlier[model.key] ?? [] where byRound.indices.contains(visit.round) {
        byRound[visit.round] = visit
      }
      return byRound
    }
    for (number, byRound) in visits.enumerated() where !byRound.contains(nil) {
      try isComplete(number, byRound.compactMap { $0 })
    }
    var done = visits.reduce(0) { $0 + $1.count { $0 != nil } }
    let planned = models.count * settings.rounds
    for round in 0..<settings.rounds {
      var generator = SplitMix64(seed: settings.seed, stream: Self.orderStream, UInt64(round))
      let order = models.indices.shuffled(using: &generator).filter { visits[$0][round] == nil }
      for (place, number) in order.enumerated() {
        guard !isInterrupted() else { return false }
        let visit = try visit(models[number], round)
        try log?.append(visit, of: models[number].key)
        visits[number][round] = visit
        done += 1
        progress(
          Progress(
            done: done, planned: planned, round: round + 1, endsRound: place == order.count - 1,
            rounds: settings.rounds))
        if !visits[number].contains(nil) { try isComplete(number, visits[number].compactMap { $0 }) }
      }
    }
    return true
  }

  /// Sets the streams of orders apart from those of inputs, whose key is an input's number.
  private static let orderStream = UInt64.max

  private func visit(_ model: MeasuredModel, _ round: Int) throws(MeasureError) -> Visit {
    let session = try EngineSession(
      engine, model.model(), name: model.key.network, threads: settings.threads, seed: settings.seed)
    for _ in 0..<settings.warmup { try session.run() }
    if round == 0 { _ = try session.outputNumbers() }
    let visit = try Visit.time(round: round, settings: settings, counter: counter) { () throws(MeasureError) in
      try session.run()
    }
    if let energy = visit.energy, energy.joules <= 0 { throw .energyStoodStill(model: model.key.network) }
    return visit
  }
}
