internal import FlashFormats
internal import FlashNAS
internal import FlashSearch

/// A sweep with its models loaded.
struct LoadedSweep: Sendable {
  let file: SweepFile
  let identity: SweepIdentity
  private let models = ModelShelf()

  /// Reads a sweep, and every space, profile and model that it names.
  ///
  /// - Parameter seed: that of problems for which the file has none.
  init(reading path: String, seed: UInt64?) throws(QueryError) {
    do {
      let file = try SweepFile(reading: path, seed: seed)
      self.file = file
      let models = models
      let sources = try DesignQuestion.inFile(path) { try Self.sources(file, models) }
      var digest = Digest()
      digest.add("\(toolkitVersion)\n\(file.meaning)\n".utf8)
      for source in sources {
        let text = try TextFile.read(source, limit: TextFile.tableLimit)
        digest.add("\(text.utf8.count)\n".utf8)
        digest.add(text.utf8)
      }
      identity = SweepIdentity(digest: digest.text, problems: file.plan.count, keys: file.keys)
    } catch { throw QueryError(error) }
  }

  /// The files that answers depend on. Every name is known; a model that fits one space of several is enough.
  private static func sources(_ file: SweepFile, _ models: ModelShelf) throws -> [String] {
    for strategy in try file.words("strategy") where !Strategy.catalogue.contains(where: { $0.name == strategy }) {
      throw DesignError.unknownName(
        kind: "strategy", found: strategy, known: Strategy.catalogue.map(\.name))
    }
    let names = try file.words("space")
    let spaces = try names.map { try models.space($0) }
    var files = names.filter(Models.isFile)
    for source in try file.words("hardware") {
      files.append(try Models.isTable(source) ? source : Models.profile(source))
      try load(spaces) { _ = try models.hardware(source, HardwareArguments(), space: $0) }
    }
    for source in try file.words("accuracy") {
      if source != "auto" { files.append(source) }
      try load(spaces) { space in
        if source == "auto", case .file(let path) = try Models.defaultPredictor(of: space) { files.append(path) }
        _ = try models.predictor(source, space: space)
      }
    }
    return files
  }

  /// - Throws: the first fault where a model is one of no space.
  private static func load(_ spaces: [SearchSpace], _ body: (SearchSpace) throws -> Void) throws {
    var faults: [any Error] = []
    for space in spaces {
      do { try body(space) } catch { faults.append(error) }
    }
    if let fault = faults.first, faults.count == spaces.count { throw fault }
  }

  /// The row of a problem; `nil` where it was interrupted. No path is in it but those that the sweep names.
  func row(_ index: Int, isInterrupted: @escaping @Sendable () -> Bool) -> SweepRow? {
    let texts = file.texts(at: index)
    var key = Digest.text(of: texts.map { $0 ?? "" }.joined(separator: "\n"))
    do {
      let problem = try file.problem(at: index)
      key = problem.key
      let name = "problem \(index)"
      var query = SearchQuery()
      query.problem = name
      query.seed = problem.seed.map { "\($0)" }
      query.strategy = problem.strategy
      query.budget = problem.budget.map { "\($0)" }
      query.certify = problem.certify
      let question = try DesignQuestion(query, over: problem.file, in: name, models)
      let result = try query.run(on: question, since: .now, isInterrupted: isInterrupted)
      guard result.exitCode != 130 else { return nil }
      return SweepRow(index: index, key: key, texts: texts, document: result.document)
    } catch {
      return SweepRow(index: index, key: key, texts: texts, error: QueryError(error).message)
    }
  }
}
