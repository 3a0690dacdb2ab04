internal import Dispatch
internal import FlashFormats
internal import Synchronization

/// Threads that solve the problems of a sweep, each by itself, while their rows are handed on in order.
final class SweepPool: Sendable {
  /// How many problems may be begun and not yet handed on (chosen: enough that one long problem holds up no thread for long;
  /// what a kill can lose).
  static let window = 256
  /// Rows are handed on once there are so many (chosen: a transaction is then short beside the searches) …
  static let batch = 64
  /// … or after so long (chosen).
  static let patience = Duration.seconds(1)

  private struct State {
    var next = 0
    /// Rows that wait for earlier ones, by their place.
    var rows: [Int: SweepRow] = [:]
  }

  private let state = Mutex(State())
  private let isStopped = Atomic(false)
  private let indices: [Int]
  private let solve: @Sendable (_ index: Int, _ isInterrupted: @escaping @Sendable () -> Bool) -> SweepRow?
  private let isInterrupted: @Sendable () -> Bool
  /// Counts the problems that may be begun.
  private let free = DispatchSemaphore(value: 0)
  /// Counts rows that are done.
  private let done = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - indices: the problems in their order.
  ///   - isInterrupted: asked now and then whether to stop.
  ///   - solve: the row of a problem; `nil` where it was interrupted. Called by several threads.
  init(
    _ indices: [Int], isInterrupted: @escaping @Sendable () -> Bool,
    solve: @escaping @Sendable (_ index: Int, _ isInterrupted: @escaping @Sendable () -> Bool) -> SweepRow?
  ) {
    self.indices = indices
    self.isInterrupted = isInterrupted
    self.solve = solve
  }

  /// Solves the problems, or as many as there are before an interrupt; those are handed on too.
  ///
  /// - Parameters:
  ///   - jobs: how many threads.
  ///   - write: takes rows, in order, in this thread. What it throws ends the run.
  ///   - progress: told how many rows are done.
  func run(jobs: Int, write: ([SweepRow]) throws -> Void, progress: (Int) -> Void) throws {
    for _ in 0..<Self.window { free.signal() }
    let threads = DispatchGroup()
    for _ in 0..<min(jobs, indices.count) { DispatchQueue.global().async(group: threads) { self.work() } }
    func stop() {
      isStopped.store(true, ordering: .relaxed)
      for _ in 0..<jobs { free.signal() }
      threads.wait()
    }
    defer { stop() }
    var written = 0
    var rows: [SweepRow] = []
    var last = ContinuousClock.now
    func flush() throws {
      try write(rows)
      for _ in rows { free.signal() }
      written += rows.count
      rows = []
      last = .now
    }
    while written + rows.count < indices.count, !shouldStop {
      _ = done.wait(timeout: .now() + .milliseconds(200))
      rows += take(from: written + rows.count)
      if rows.count >= Self.batch || !rows.isEmpty && .now - last >= Self.patience { try flush() }
      progress(written + rows.count)
    }
    stop()
    rows += take(from: written + rows.count)
    if !rows.isEmpty { try flush() }
    progress(written)
  }

  private var shouldStop: Bool { isStopped.load(ordering: .relaxed) || isInterrupted() }

  private func work() {
    while true {
      free.wait()
      guard !shouldStop, let place = takePlace() else { return }
      guard let row = solve(indices[place], { self.shouldStop }) else {
        isStopped.store(true, ordering: .relaxed)
        done.signal()
        return
      }
      state.withLock { $0.rows[place] = row }
      done.signal()
    }
  }

  private func takePlace() -> Int? {
    state.withLock { state in
      guard state.next < indices.count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  /// The rows that follow one another from a place on.
  private func take(from place: Int) -> [SweepRow] {
    state.withLock { state in
      var rows: [SweepRow] = []
      while let row = state.rows.removeValue(forKey: place + rows.count) { rows.append(row) }
      return rows
    }
  }
}
