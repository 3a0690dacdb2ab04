internal import FlashAccuracy
internal import FlashFormats
internal import FlashNAS
internal import Synchronization

/// Problems, spaces, predictors and hardware, each loaded the first time it is asked for, by any thread.
///
/// One question, or one sweep, keeps what it has loaded, faults too. A server's shelf reads a file's text each time and
/// takes what it made of it only where the text is the same.
public final class ModelShelf: Sendable {
  /// What a model is of, and where it comes from.
  private struct Key: Hashable {
    let source: String
    var space: SearchSpace?
    var arguments: HardwareArguments?
  }

  private struct Entry<Model: Sendable>: Sendable {
    /// The file's, where the shelf compares them.
    let text: String?
    let model: Result<Model, QueryError>
  }

  private typealias Entries<Model: Sendable> = Mutex<[Key: Entry<Model>]>

  private let isComparing: Bool
  private let problems = Entries<ProblemFile>([:])
  private let spaces = Entries<SearchSpace>([:])
  private let predictors = Entries<AccuracyModel?>([:])
  private let profiles = Entries<Models.Hardware>([:])

  /// The most models of a kind that a server keeps (chosen): a flow that writes a new file for each question fills no
  /// memory.
  private static let limit = 16

  /// - Parameter isComparing: whether files are read anew for each question, and models kept while the text is the same.
  public init(isComparing: Bool = false) { self.isComparing = isComparing }

  func problem(_ path: String) throws(QueryError) -> ProblemFile {
    try take(Key(source: path), of: { path }, from: problems) { () throws(QueryError) in
      do { return try ProblemFile(reading: path) } catch { throw QueryError(error) }
    }
  }

  func space(_ name: String) throws(QueryError) -> SearchSpace {
    try take(Key(source: name), of: { Models.isFile(name) ? name : nil }, from: spaces) { () throws(QueryError) in
      try Models.space(name)
    }
  }

  func predictor(_ source: String, space: SearchSpace) throws(QueryError) -> AccuracyModel? {
    try take(
      Key(source: source, space: space),
      of: {
        guard source == "auto" else { return source }
        return if case .file(let path)? = try? Models.defaultPredictor(of: space) { path } else { nil }
      }, from: predictors
    ) { () throws(QueryError) in try Models.predictor(source, space: space) }
  }

  func hardware(
    _ source: String, _ arguments: HardwareArguments, space: SearchSpace
  ) throws(QueryError) -> Models.Hardware {
    try take(
      Key(source: source, space: space, arguments: arguments),
      of: { Models.isTable(source) ? source : try? Models.profile(source) }, from: profiles
    ) { () throws(QueryError) in try Models.hardware(source, arguments, space: space) }
  }

  /// - Parameter file: the file that the model is read from; `nil` for a part of the program.
  private func take<Model>(
    _ key: Key, of file: () -> String?, from shelf: borrowing Entries<Model>, _ load: () throws(QueryError) -> Model
  ) throws(QueryError) -> Model {
    var text: String?
    if isComparing, let file = file() {
      // Standard input and pipes are there once, and a file that cannot be read has its fault told by its reader.
      guard file != "-", !TextFile.isDevice(file), let read = try? TextFile.read(file, limit: TextFile.tableLimit)
      else { return try load() }
      text = read
    }
    return try shelf.withLock { entries in
      if let known = entries[key], known.text == text { return known.model }
      if isComparing, entries.count >= Self.limit { entries.removeAll() }
      let loaded: Result<Model, QueryError>
      do throws(QueryError) { loaded = .success(try load()) } catch { loaded = .failure(error) }
      entries[key] = Entry(text: text, model: loaded)
      return loaded
    }.get()
  }
}
