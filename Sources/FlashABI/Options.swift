internal import CFlashNAS
internal import FlashSearch
internal import Synchronization

/// How to minimise.
struct MinimizationOptions: Sendable {
  var shgo = SHGO()
  var isHierarchical = false
  var maximumEvaluations = Int.max
  var seconds: Double?
  var stop: StopRequest?

  /// When a search that begins now has to stop.
  var rule: StoppingRule {
    let stop = stop
    return StoppingRule(
      maximumEvaluations: maximumEvaluations, deadline: seconds.map { ContinuousClock.now + .seconds($0) },
      isInterrupted: { stop?.isMade ?? false })
  }

  /// Sets a number.
  mutating func set(_ name: String, _ value: Double) throws(Fault) {
    switch name {
    case "max-evaluations": maximumEvaluations = try integer(name, value, in: 1...(1 << 53))
    case "max-time": seconds = try number(name, value, "above 0, to 1e9") { 0 < $0 && $0 <= 1e9 }
    case "tolerance": shgo.tolerance = try number(name, value, "above 0, to 1") { 0 < $0 && $0 <= 1 }
    case "constraint-tolerance": shgo.constraintTolerance = try number(name, value, "0 or more") { 0 <= $0 }
    case "target": shgo.target = try number(name, value, "a finite number") { _ in true }
    case "iterations": shgo.iterations = try integer(name, value, in: 1...SHGO.maximumLevels)
    case "points": shgo.points = try integer(name, value, in: 1...1_000_000)
    case "seed": shgo.seed = UInt64(try integer(name, value, in: 0...(1 << 53)))
    default:
      throw .usage(
        "option: unknown number, found '\(name)', allowed max-evaluations, max-time, tolerance, constraint-tolerance, "
          + "target, iterations, points, seed")
    }
  }

  private func number(
    _ name: String, _ value: Double, _ allowed: String, _ isAllowed: (Double) -> Bool
  ) throws(Fault) -> Double {
    guard value.isFinite, isAllowed(value) else {
      throw .usage("\(name): out of range, found \(value), allowed \(allowed)")
    }
    return value
  }

  private func integer(_ name: String, _ value: Double, in range: ClosedRange<Int>) throws(Fault) -> Int {
    guard let integer = Int(exactly: value), range ~= integer else {
      throw .usage(
        "\(name): not an integer in range, found \(value), allowed \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  /// Sets a word.
  mutating func set(_ name: String, _ value: String) throws(Fault) {
    switch (name, value) {
    case ("method", SHGO.name): isHierarchical = false
    case ("method", HierarchicalSHGO.name): isHierarchical = true
    case ("sampling", "simplicial"): shgo.complex = .simplicial
    case ("sampling", "sobol"): shgo.complex = .sobol
    case ("local", "smooth"): shgo.localMethod = .quasiNewton
    case ("local", "derivative-free"): shgo.localMethod = .derivativeFree
    case ("method", _): throw unknown(name, value, "\(SHGO.name), \(HierarchicalSHGO.name)")
    case ("sampling", _): throw unknown(name, value, "simplicial, sobol")
    case ("local", _): throw unknown(name, value, "smooth, derivative-free")
    default: throw .usage("option: unknown word, found '\(name)', allowed method, sampling, local")
    }
  }

  private func unknown(_ name: String, _ value: String, _ allowed: String) -> Fault {
    .usage("\(name): unknown, found '\(value)', allowed \(allowed)")
  }
}

final class Options: Handle {
  private let state = Mutex(MinimizationOptions())

  var all: MinimizationOptions { state.withLock { $0 } }

  func change(_ body: (inout MinimizationOptions) throws -> Void) throws { try state.withLock { try body(&$0) } }
}

@_cdecl("flashnas_options_create")
public func optionsCreate() -> UnsafeMutableRawPointer? { Options().retained() }

@_cdecl("flashnas_options_free")
public func optionsFree(_ options: UnsafeMutableRawPointer?) { Handle.release(options) }

@_cdecl("flashnas_options_set_number")
public func optionsSetNumber(
  _ options: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?, _ value: Double
) -> CInt {
  guard let options = Options.of(options) else { return FLASHNAS_USAGE }
  return options.run {
    guard let name = text(name) else { throw Fault.usage("option: NULL, allowed a name") }
    try options.change { try $0.set(name, value) }
    return FLASHNAS_DONE
  }
}

@_cdecl("flashnas_options_set_word")
public func optionsSetWord(
  _ options: UnsafeMutableRawPointer?, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> CInt {
  guard let options = Options.of(options) else { return FLASHNAS_USAGE }
  return options.run {
    guard let name = text(name), let value = text(value) else {
      throw Fault.usage("option: NULL, allowed a name and a value")
    }
    try options.change { try $0.set(name, value) }
    return FLASHNAS_DONE
  }
}

@_cdecl("flashnas_options_set_stop")
public func optionsSetStop(
  _ options: UnsafeMutableRawPointer?, _ stop: (@convention(c) (UnsafeMutableRawPointer?) -> CInt)?,
  _ data: UnsafeMutableRawPointer?
) -> CInt {
  guard let options = Options.of(options) else { return FLASHNAS_USAGE }
  let stop = StopRequest(stop, data)
  return options.run {
    try options.change { $0.stop = stop }
    return FLASHNAS_DONE
  }
}
