import Foundation

/// Times of two ways to the same end, measured in pairs, one right after the other, so that what else the machine does
/// meets both alike. Which of the two comes first alternates; a first pair, not counted, warms both up.
struct PairedTimes {
  private let toolkit: Spread
  private let reference: Spread
  /// Of each pair reference / toolkit.
  private let ratio: Spread
  let pairs: Int

  init(pairs: Int, toolkit: () throws -> Double, reference: () throws -> Double) throws {
    _ = try (toolkit(), reference())
    var times: [(toolkit: Double, reference: Double)] = []
    for pair in 0..<pairs {
      if pair.isMultiple(of: 2) {
        let first = try toolkit()
        times.append((first, try reference()))
      } else {
        let first = try reference()
        times.append((try toolkit(), first))
      }
    }
    self.pairs = pairs
    self.toolkit = Spread(times.map { $0.toolkit * 1e3 })
    self.reference = Spread(times.map { $0.reference * 1e3 })
    ratio = Spread(times.map { $0.reference / $0.toolkit })
  }

  /// The mean seconds of a call; its result is used, so that nothing of the work can be left out.
  static func seconds(_ repeats: Int, _ call: () throws -> Double) throws -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    var sum = 0.0
    for _ in 0..<repeats { sum += try call() }
    let elapsed = clock.now - start
    guard sum.isFinite else { throw BenchmarkError("a call gave no number") }
    return elapsed / .seconds(1) / Double(repeats)
  }

  /// The seconds that the processor spends on a call, in all threads of the process.
  static func processorSeconds<Result>(_ call: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
    let start = processorTime
    let result = try call()
    return (result, processorTime - start)
  }

  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Cells of a table: milliseconds of both, then the ratio.
  var row: String { [toolkit, reference, ratio].map(\.text).joined(separator: " | ") }
}

/// A median with the least and the greatest value.
struct Spread {
  private let sorted: [Double]

  init(_ values: [Double]) { sorted = values.sorted() }

  var median: Double { (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2 }

  var greatest: Double { sorted[sorted.count - 1] }

  var text: String {
    func shown(_ value: Double) -> String { String(format: "%.\(value < 10 ? 2 : value < 100 ? 1 : 0)f", value) }
    return "\(shown(median)) (\(shown(sorted[0])) to \(shown(sorted[sorted.count - 1])))"
  }
}
