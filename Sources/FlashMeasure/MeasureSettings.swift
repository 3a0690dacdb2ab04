/// How every network of a run is measured.
public struct MeasureSettings: Sendable, Hashable {
  /// Threads within an operator; 1 is the process's own.
  public var threads = 1
  /// Runs of a visit before those that count: caches fill, the engine's arena grows. One or more: the first run
  /// allocates the outputs. Chosen: 3.
  public var warmup = 3
  /// Runs of a visit that count. Chosen: 20.
  public var repeats = 20
  /// Visits of every network, two or more. Chosen: 10.
  public var rounds = 10
  /// Draws the order of each round and the inputs.
  public var seed: UInt64 = 0

  public init() {}

  /// Whether the latency is the thread's processor time: at one thread, where the engine does all its work on the
  /// calling one. Above, processor time is summed over threads that also wait for each other, and wall time counts.
  public var countsProcessorTime: Bool { threads == 1 }
}
