internal import FlashFormats
internal import FlashHardware
internal import FlashMeasure
internal import FlashNAS

/// Times of points or networks, run by ONNX Runtime on this machine.
public struct MeasureQuery: Sendable {
  /// ONNX or description files; or points of a space.
  public var networks: [String] = []
  public var space: String?
  public var point: String?
  public var points: String?
  /// The engine's library; the one of the Python environment when left out.
  public var engine: String?
  public var threads: String?
  public var warmup: String?
  public var repeats: String?
  public var rounds: String?
  /// The spread above which a point is marked.
  public var spreadLimit: String?
  /// A meter's CSV with `time_s` and `power_w`.
  public var powerLog: String?
  /// Draws links, weights, inputs and the order of each round.
  public var seed: String?
  /// A CSV that is written whenever a network is done; one that is there is gone on with.
  public var table: String?

  public init() {}

  /// Whether an output can be a `table`: a file, there or not, and no device or pipe.
  public static func keepsTable(at path: String) -> Bool { !TextFile.isDevice(path) }

  /// Measures.
  ///
  /// - Parameters:
  ///   - reporter: told of what is there already and of every visit.
  ///   - isInterrupted: asked before each visit whether to stop: with the points that are done, and code 130.
  public func run(
    reporter: ProgressReporter = ProgressReporter(), isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws(QueryError) -> QueryResult {
    let clock = ContinuousClock()
    let start = clock.now
    let settings = try settings()
    let limit = try Arguments.value(spreadLimit ?? "20%", .accuracy, option: "--spread-limit")
    let named = try MeasuredSources(self, seed: settings.seed)
    do {
      let library = try engine ?? EngineLocator.library()
      let runtime = try ONNXRuntime(library: library)
      let counter = powerLog == nil ? EnergyCounter() : nil
      var table = MeasurementTable(
        names: named.names, settings: settings, spreadLimit: limit, engineVersion: runtime.version,
        hasEnergy: counter != nil || powerLog != nil)
      let sources = named.sources
      if let path = self.table {
        try table.read(path, sources: sources)
        let known = sources.count { table.holds($0.model.key) }
        if known > 0 {
          reporter.note("\(path): \(known) of \(Display.counted(sources.count, "point")) there, not measured again")
        }
      }
      let missing = sources.filter { !table.holds($0.model.key) }
      let log = self.table.map { VisitLog(path: "\($0).visits", settings: table.provenance) }
      let earlier = try log?.read() ?? [:]
      let kept = missing.reduce(0) { $0 + (earlier[$1.model.key]?.count ?? 0) }
      if kept > 0 { reporter.note("\(Display.counted(kept, "visit")) of an earlier run gone on with") }
      if !missing.isEmpty { try log?.rewrite(earlier) }

      var finished: [(MeasuredSource, [Visit])] = []
      let isDone = try MeasuringRun(runtime, settings: settings, counter: counter, log: log).run(
        missing.map(\.model), earlier: earlier, isInterrupted: isInterrupted,
        progress: { progress in
          let line = "round \(progress.round) of \(progress.rounds): \(progress.done) of \(progress.planned) visits"
          reporter.progress(
            ProgressReporter.State(
              done: progress.done, planned: progress.planned, line: progress.endsRound ? line : nil))
        },
        isComplete: { (number, visits) throws(MeasureError) in
          guard powerLog == nil else { return finished.append((missing[number], visits)) }
          table.add(missing[number], Measurement(visits, energies: Self.energies(visits), settings: settings))
          if let path = self.table { try table.write(path, order: sources) }
        })
      if let powerLog, !finished.isEmpty { try addEnergies(powerLog, finished, settings, &table, order: sources) }
      if isDone { log?.remove() }
      var result = table.result(order: sources, space: named.space, seconds: clock.now - start)
      if !isDone {
        result.exitCode = 130
        let next = self.table == nil ? "" : ", the same command goes on from here"
        result.notices.append("interrupted with \(table.count) of \(sources.count) points measured\(next)")
      }
      return result
    } catch { throw QueryError(error) }
  }

  private func settings() throws(QueryError) -> MeasureSettings {
    var settings = MeasureSettings()
    if let threads { settings.threads = try Arguments.count(threads, option: "--threads", in: 1...4096) }
    if let warmup { settings.warmup = try Arguments.count(warmup, option: "--warmup", in: 1...1_000_000) }
    if let repeats { settings.repeats = try Arguments.count(repeats, option: "--repeats", in: 1...1_000_000) }
    if let rounds { settings.rounds = try Arguments.count(rounds, option: "--rounds", in: 2...10_000) }
    settings.seed = try Arguments.seed(seed)
    return settings
  }

  /// The energies that counters gave; `nil` where there are none.
  private static func energies(_ visits: [Visit]) -> [Energy]? {
    let energies = visits.compactMap(\.energy)
    return energies.count == visits.count ? energies : nil
  }

  /// Adds the points of a run beside a meter: its log is whole only when all is measured.
  private func addEnergies(
    _ file: String, _ finished: [(MeasuredSource, [Visit])], _ settings: MeasureSettings,
    _ table: inout MeasurementTable, order: [MeasuredSource]
  ) throws {
    let power = try PowerLog(reading: file)
    for (source, visits) in finished {
      let energies = try visits.map { try power.energy(from: $0.start, to: $0.end) }
      table.add(source, Measurement(visits, energies: energies, settings: settings))
    }
    if let path = self.table { try table.write(path, order: order) }
  }
}
