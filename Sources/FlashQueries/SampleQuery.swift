internal import FlashAccuracy
internal import FlashFormats
internal import FlashGraph
internal import FlashNAS

/// Which configurations to train or to measure.
public struct SampleQuery: Sendable {
  public var space: String
  /// The name of a `SamplingDesign`; `sobol` when left out.
  public var design: String?
  public var count: String
  /// The form that a D-optimal plan is for, or that is fitted to the samples of `existing`.
  public var form: String?
  /// Samples in CSV: the points are those to train next.
  public var existing: String?
  public var fix: [String] = []
  public var range: [String] = []
  /// How many training runs a configuration gets, with seeds 0, 1, …; a column `seed` says which.
  public var replicates: String?
  /// How many configurations, the first ones, are replicated; all when left out.
  public var noisePoints: String?
  /// A format and a folder: every row's network is written there.
  public var export: [String] = []
  public var seed: String?

  public init(space: String, count: String) {
    self.space = space
    self.count = count
  }

  /// A training run: a configuration and, where there are replicates, its seed.
  private struct Run {
    let number: Int
    let point: [Int]
    let seed: Int?
  }

  public func run() throws(QueryError) -> QueryResult {
    guard let design = SamplingDesign(rawValue: design ?? "sobol") else {
      let names = SamplingDesign.allCases.map(\.rawValue).joined(separator: ", ")
      throw .usage("--design: unknown, found '\(design ?? "")', allowed \(names)")
    }
    guard existing == nil || self.design == nil else {
      throw .usage("--design: given beside --add-to, which chooses by the samples, allowed one of them")
    }
    guard form == nil || existing != nil || design == .dOptimal else {
      throw .usage("--form: allowed with --design d-optimal or --add-to")
    }
    let ranges = try Arguments.ranges(fix: fix, range: range)
    let seed = try Arguments.seed(seed)
    let space: SearchSpace
    var plan: [[Int]] = []
    var deviations: [Double] = []
    do {
      let whole = try Models.space(self.space)
      space = try whole.restricted(to: ranges)
      let count = try Arguments.count(count, option: "-n", in: 1...100_000)
      if let existing {
        let (model, trained) = try fit(existing, whole)
        for (point, deviation) in try space.nextPoints(model, trained: trained, count: count, seed: seed) {
          plan.append(point)
          deviations.append(deviation)
        }
      } else {
        plan = try design.plan(space, count: count, seed: seed, form: form.map(Arguments.form))
      }
    } catch { throw QueryError(error) }
    let runs = try runs(plan)
    let files = try write(runs, space)
    var document: [String: JSONValue] = [
      "schema": "flashnas.sample/1", "version": .string(toolkitVersion), "seed": .unsigned(seed),
      "space": ["name": .string(space.name)],
      "points": .array(
        runs.enumerated().map { place, run in
          point(run, file: files.isEmpty ? nil : files[place], deviation(run, deviations), space)
        }),
    ]
    if existing == nil { document["design"] = .string(design.rawValue) }
    let header = space.variableNames + (replicates == nil ? [] : ["seed"]) + (files.isEmpty ? [] : ["file"])
    let rows = runs.enumerated().map { place, run in
      space.texts(run.point) + (run.seed.map { ["\($0)"] } ?? []) + (files.isEmpty ? [] : [files[place]])
    }
    var table = TextTable(header: header)
    for row in rows { table.add(row) }
    return QueryResult(document: document, csv: [header] + rows, text: table.text)
  }

  /// A model of samples that are there, and their points.
  private func fit(_ path: String, _ space: SearchSpace) throws -> (AccuracyModel, [[Int]]) {
    let samples = try AccuracySamples(reading: path, space: space, AccuracyQuestion())
    let named = form == FitAccuracyQuery.automatic ? nil : try form.map(Arguments.form) ?? .flash
    do {
      let chosen = try named ?? AccuracySelection(samples.samples, samples.question, nests: false).form
      return (try AccuracyModel(fitting: samples.samples, form: chosen, samples.question), samples.points)
    } catch let error as AccuracyError {
      throw QueryError.data("\(FormatError.name(path)): \(error.description)")
    }
  }

  /// How uncertain the accuracy of a point's network was when it was chosen.
  private func deviation(_ run: Run, _ deviations: [Double]) -> Double? {
    deviations.isEmpty ? nil : deviations[run.number - 1]
  }

  private func point(_ run: Run, file: String?, _ deviation: Double?, _ space: SearchSpace) -> JSONValue {
    var entries = space.document(run.point)
    if let deviation { entries["prediction_sd"] = .number(deviation) }
    if let seed = run.seed { entries["seed"] = .integer(seed) }
    if let file { entries["file"] = .string(file) }
    return .object(entries)
  }

  /// The plan's runs: all configurations with seed 0 first, so that any beginning of the plan is one.
  private func runs(_ plan: [[Int]]) throws(QueryError) -> [Run] {
    guard let replicates else {
      guard noisePoints == nil else { throw .usage("--noise-points: given without --replicates") }
      return plan.enumerated().map { Run(number: $0 + 1, point: $1, seed: nil) }
    }
    let times = try Arguments.count(replicates, option: "--replicates", in: 1...1000)
    let noisy = try noisePoints.map { (text) throws(QueryError) in
      try Arguments.count(text, option: "--noise-points", in: 1...plan.count)
    }
    return (0..<times).flatMap { seed in
      plan.prefix(seed == 0 ? plan.count : noisy ?? plan.count).enumerated().map {
        Run(number: $0 + 1, point: $1, seed: seed)
      }
    }
  }

  /// Writes every run's network, its links drawn from the run's seed; the names of the files.
  private func write(_ runs: [Run], _ space: SearchSpace) throws(QueryError) -> [String] {
    guard !export.isEmpty else { return [] }
    guard export.count == 2 else {
      throw .usage("--export: not understood, found '\(export.joined(separator: " "))', allowed FORMAT FOLDER")
    }
    guard let format = ExportFormat.catalogue.first(where: { $0.name == export[0] }) else {
      throw QueryError(
        DesignError.unknownName(
          kind: "--export: format", found: export[0], known: ExportFormat.catalogue.map(\.name)))
    }
    try DataFolder.make(export[1])
    var files: [String] = []
    for run in runs {
      let seed = run.seed ?? 0
      let file = "point\(run.number)" + (run.seed.map { "-seed\($0)" } ?? "") + ".\(format.ending)"
      do {
        let network = try space.network(run.point).network(seed: UInt64(seed))
        let source = NetworkExport(
          name: "\(space.name) point \(run.number)", network: network, graph: try network.layerGraph,
          seed: UInt64(seed), version: toolkitVersion)
        try TextFile.write(format.bytes(of: source), to: "\(export[1])/\(file)")
      } catch { throw QueryError(error) }
      files.append(file)
    }
    return files
  }
}
