/// What is told while a long query runs.
public struct ProgressReporter: Sendable {
  /// How far a run is.
  public struct State: Sendable {
    public let done: Int
    public let planned: Int
    /// What stands beside the bar, such as the time left.
    public var remark = ""
    /// The line for where there is no bar, now and then.
    public var line: String?
  }

  let note: @Sendable (String) -> Void
  let progress: @Sendable (State) -> Void

  /// - Parameters:
  ///   - note: called with a line for people.
  ///   - progress: called whenever something more is done.
  public init(
    note: @escaping @Sendable (String) -> Void = { _ in }, progress: @escaping @Sendable (State) -> Void = { _ in }
  ) {
    self.note = note
    self.progress = progress
  }
}
