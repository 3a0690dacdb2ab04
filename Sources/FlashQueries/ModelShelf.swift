internal import FlashAccuracy
internal import FlashNAS
internal import Synchronization

/// Spaces, predictors and hardware, each loaded the first time it is asked for, by any thread. Faults are kept too.
final class ModelShelf: Sendable {
  /// What a model is of, and where it comes from.
  private struct Key: Hashable {
    let source: String
    let space: SearchSpace
    var arguments: HardwareArguments?
  }

  private let spaces = Mutex<[String: Result<SearchSpace, QueryError>]>([:])
  private let predictors = Mutex<[Key: Result<AccuracyModel?, QueryError>]>([:])
  private let profiles = Mutex<[Key: Result<Models.Hardware, QueryError>]>([:])

  init() {}

  func space(_ name: String) throws(QueryError) -> SearchSpace {
    try Self.take(name, from: spaces) { () throws(QueryError) in try Models.space(name) }
  }

  func predictor(_ source: String, space: SearchSpace) throws(QueryError) -> AccuracyModel? {
    try Self.take(Key(source: source, space: space), from: predictors) { () throws(QueryError) in
      try Models.predictor(source, space: space)
    }
  }

  func hardware(
    _ source: String, _ arguments: HardwareArguments, space: SearchSpace
  ) throws(QueryError) -> Models.Hardware {
    try Self.take(Key(source: source, space: space, arguments: arguments), from: profiles) { () throws(QueryError) in
      try Models.hardware(source, arguments, space: space)
    }
  }

  private static func take<Place: Hashable & Sendable, Model: Sendable>(
    _ key: Place, from shelf: borrowing Mutex<[Place: Result<Model, QueryError>]>,
    _ load: () throws(QueryError) -> Model
  ) throws(QueryError) -> Model {
    try shelf.withLock { models in
      if let known = models[key] { return known }
      let loaded: Result<Model, QueryError>
      do throws(QueryError) { loaded = .success(try load()) } catch { loaded = .failure(error) }
      models[key] = loaded
      return loaded
    }.get()
  }
}
