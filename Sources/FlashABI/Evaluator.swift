internal import CFlashNAS
internal import FlashCommands
internal import FlashNAS
internal import FlashQueries
internal import Synchronization

/// Options of a question, and its models once they are loaded.
private final class Evaluator: Handle {
  private struct State {
    var options: [(name: String, value: String?)] = []
    var loaded: DesignEvaluator?
  }

  private let state = Mutex(State())

  func set(_ name: String, _ value: String?) throws {
    try Requests.checkOption(name)
    state.withLock {
      $0.options.append((name, value))
      $0.loaded = nil
    }
  }

  /// The models, read where they are not yet.
  func load() throws -> DesignEvaluator {
    try state.withLock { state in
      if let loaded = state.loaded { return loaded }
      let loaded = try Requests.evaluator(state.options)
      state.loaded = loaded
      return loaded
    }
  }

  var variables: [String] { state.withLock { $0.loaded?.variables ?? [] } }
}

@_cdecl("flashnas_evaluator_create")
public func evaluatorCreate() -> UnsafeMutableRawPointer? { Evaluator().retained() }

@_cdecl("flashnas_evaluator_free")
public func evaluatorFree(_ evaluator: UnsafeMutableRawPointer?) { Handle.release(evaluator) }

@_cdecl("flashnas_evaluator_set")
public func evaluatorSet(
  _ evaluator: UnsafeMutableRawPointer?, _ option: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> CInt {
  guard let evaluator = Evaluator.of(evaluator) else { return FLASHNAS_USAGE }
  return evaluator.run {
    guard let name = text(option) else { throw Fault.usage("option: NULL, allowed the name of an option") }
    try evaluator.set(name, text(value))
    return FLASHNAS_DONE
  }
}

@_cdecl("flashnas_evaluator_load")
public func evaluatorLoad(_ evaluator: UnsafeMutableRawPointer?) -> CInt {
  guard let evaluator = Evaluator.of(evaluator) else { return FLASHNAS_USAGE }
  return evaluator.run {
    _ = try evaluator.load()
    return FLASHNAS_DONE
  }
}

@_cdecl("flashnas_evaluator_variables")
public func evaluatorVariables(_ evaluator: UnsafeRawPointer?) -> Int { Evaluator.of(evaluator)?.variables.count ?? 0 }

@_cdecl("flashnas_evaluator_variable")
public func evaluatorVariable(_ evaluator: UnsafeRawPointer?, _ index: Int) -> UnsafeMutablePointer<CChar>? {
  guard let names = Evaluator.of(evaluator)?.variables, names.indices.contains(index) else { return nil }
  return copied(names[index])
}

@_cdecl("flashnas_evaluate_batch")
public func evaluateBatch(
  _ evaluator: UnsafeMutableRawPointer?, _ points: UnsafePointer<Int64>?, _ count: Int, _ variables: Int,
  _ accuracy: UnsafeMutablePointer<Double>?, _ latency: UnsafeMutablePointer<Double>?,
  _ energy: UnsafeMutablePointer<Double>?, _ area: UnsafeMutablePointer<Double>?,
  _ objective: UnsafeMutablePointer<Double>?, _ violation: UnsafeMutablePointer<Double>?
) -> CInt {
  guard let evaluator = Evaluator.of(evaluator) else { return FLASHNAS_USAGE }
  return evaluator.run {
    let loaded = try evaluator.load()
    guard count != 0 else { return FLASHNAS_DONE }
    let (size, overflow) = count.multipliedReportingOverflow(by: variables)
    guard let points, count > 0, variables == loaded.variables.count, !overflow else {
      throw Fault.usage(
        "points: found \(points == nil ? "NULL" : "\(UInt(bitPattern: count)) of \(UInt(bitPattern: variables)) variables"), "
          + "allowed points of \(loaded.variables.count): \(loaded.variables.joined(separator: ","))")
    }
    try loaded.evaluate(
      UnsafeBufferPointer(start: points, count: size),
      into: WantedColumns(
        accuracy: accuracy, latency: latency, energy: energy, area: area, objective: objective, violation: violation))
    return FLASHNAS_DONE
  }
}
