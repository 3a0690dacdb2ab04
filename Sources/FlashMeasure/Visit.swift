public import FlashHardware

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// One visit of a network in one round: the times of its runs, in nanoseconds.
public struct Visit: Sendable, Hashable {
  /// Which round, from 0.
  public let round: Int
  /// When the runs began and ended: the realtime clock, nanoseconds since 1970-01-01T00:00:00Z.
  public let start: Int64
  public let end: Int64
  /// The wall clock's times (CLOCK_MONOTONIC), one a run, in nanoseconds.
  public let wall: [Int64]
  /// The processor's times, one a run, in nanoseconds: of the calling thread (CLOCK_THREAD_CPUTIME_ID) at one thread,
  /// of the whole process (CLOCK_PROCESS_CPUTIME_ID) above.
  public let processor: [Int64]
  /// What the machine's counters took from start to end; `nil` where they are not read.
  public let energy: Energy?

  public init(round: Int, start: Int64, end: Int64, wall: [Int64], processor: [Int64], energy: Energy?) {
    self.round = round
    self.start = start
    self.end = end
    self.wall = wall
    self.processor = processor
    self.energy = energy
  }

  /// Times a visit's runs.
  ///
  /// - Parameters:
  ///   - counter: counters of energy, read before the first run and after the last.
  ///   - body: one run.
  static func time(
    round: Int, settings: MeasureSettings, counter: EnergyCounter?, _ body: () throws(MeasureError) -> Void
  ) throws(MeasureError) -> Visit {
    let processorClock = settings.countsProcessorTime ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID
    var wall: [Int64] = []
    var processor: [Int64] = []
    wall.reserveCapacity(settings.repeats)
    processor.reserveCapacity(settings.repeats)
    let before = counter?.reading()
    let start = nanoseconds(CLOCK_REALTIME)
    for _ in 0..<settings.repeats {
      let wallStart = nanoseconds(CLOCK_MONOTONIC)
      let processorStart = nanoseconds(processorClock)
      try body()
      let processorEnd = nanoseconds(processorClock)
      let wallEnd = nanoseconds(CLOCK_MONOTONIC)
      wall.append(wallEnd - wallStart)
      processor.append(processorEnd - processorStart)
    }
    let end = nanoseconds(CLOCK_REALTIME)
    var energy: Energy?
    if let counter, let before, let after = counter.reading() { energy = counter.energy(from: before, to: after) }
    return Visit(round: round, start: start, end: end, wall: wall, processor: processor, energy: energy)
  }

  private static func nanoseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
