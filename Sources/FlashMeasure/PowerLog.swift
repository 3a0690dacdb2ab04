public import FlashFormats
public import FlashHardware

/// Power over time from a meter: a CSV with the columns `time_s` and `power_w`.
///
/// `time_s` is the realtime clock of the machine that is measured, in seconds since 1970-01-01T00:00:00Z, as `date
/// +%s.%N` prints it there; rows are in rising order. Between rows power changes linearly, so that a meter should give
/// several rows a visit.
public struct PowerLog: Sendable {
  private let file: String
  /// Nanoseconds since 1970.
  private let times: [Int64]
  /// Watts.
  private let powers: [Double]

  /// Reads a log.
  ///
  /// - Throws: `FormatError` with line and column for a column that is not there, a time that does not rise or a power
  ///   below 0.
  public init(reading path: String) throws(FormatError) {
    let table = try CSVTable(reading: path)
    guard let timeColumn = table.column("time_s"), let powerColumn = table.column("power_w") else {
      throw FormatError(
        file: path, place: "header", problem: "column missing", found: table.header.joined(separator: ","),
        allowed: "time_s and power_w")
    }
    var times: [Int64] = []
    var powers: [Double] = []
    for row in table.rows {
      let seconds = try table.number(row, timeColumn)
      guard abs(seconds) < 9e9 else {
        throw table.error(row, timeColumn, problem: "out of range", allowed: "seconds since 1970")
      }
      let time = Int64((seconds * 1e9).rounded())
      guard times.last.map({ $0 < time }) ?? true else {
        throw table.error(row, timeColumn, problem: "not later than the row before", allowed: "rising times")
      }
      let power = try table.number(row, powerColumn)
      guard power >= 0 else { throw table.error(row, powerColumn, problem: "out of range", allowed: "numbers ≥ 0") }
      times.append(time)
      powers.append(power)
    }
    file = path
    self.times = times
    self.powers = powers
  }

  /// ∫ power dt from `start` to `end`, nanoseconds since 1970, by the trapezoidal rule over the rows between, power at
  /// both ends interpolated.
  ///
  /// - Throws: `FormatError` where the log begins after `start` or ends before `end`.
  ///   Complexity: O(log rows + rows between).
  public func energy(from start: Int64, to end: Int64) throws(FormatError) -> Energy {
    guard let first = times.first, let last = times.last, first <= start, end <= last else {
      func seconds(_ time: Int64?) -> String { time.map { Display.fixed(Double($0) * 1e-9, 3) } ?? "none" }
      throw FormatError(
        file: file, problem: "does not cover what was measured",
        found: "\(seconds(times.first)) to \(seconds(times.last)) s",
        allowed: "\(seconds(start)) to \(seconds(end)) s and more")
    }
    let inside = partition(after: start)..<partition(after: end)
    var joules = 0.0
    var time = start
    var power = power(at: start)
    for index in inside {
      joules += Double(times[index] - time) * 1e-9 * (power + powers[index]) / 2
      time = times[index]
      power = powers[index]
    }
    joules += Double(end - time) * 1e-9 * (power + self.power(at: end)) / 2
    return Energy(joules: joules)
  }

  /// How many rows are at or before a time.
  private func partition(after time: Int64) -> Int {
    var low = 0
    var high = times.count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The power at a time within the log, in watts.
  private func power(at time: Int64) -> Double {
    let next = partition(after: time)
    guard next < times.count else { return powers[times.count - 1] }
    let part = Double(time - times[next - 1]) / Double(times[next] - times[next - 1])
    return powers[next - 1] + part * (powers[next] - powers[next - 1])
  }
}
