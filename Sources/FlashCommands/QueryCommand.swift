import ArgumentParser
import FlashQueries

/// A command that answers with one result. A caller that is no terminal asks for the answer alone.
protocol QueryCommand: ParsableCommand {
  /// Whether an interrupt ends it with its best so far.
  static var isInterruptible: Bool { get }

  /// - Parameter isInterrupted: asked now and then whether to stop.
  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult

  /// Whether the result has its timing.
  var hasTiming: Bool { get }

  /// Prints or writes the result, and ends with its exit code where that is not 0.
  func finish(_ result: QueryResult) throws
}

extension QueryCommand {
  static var isInterruptible: Bool { false }

  func run() throws {
    if Self.isInterruptible { Terminal.catchInterrupts() }
    try finish(answer { Terminal.isInterrupted })
  }
}

/// One with the options that nearly every command has.
protocol ReportCommand: QueryCommand {
  var output: OutputOptions { get }
}

extension ReportCommand {
  var hasTiming: Bool { !output.noTiming }

  func finish(_ result: QueryResult) throws { try output.finish(result) }
}

/// One whose models a server keeps from one request to the next.
protocol DesignCommand: ReportCommand {
  /// - Parameters:
  ///   - models: where models are taken from.
  ///   - isInterrupted: asked now and then whether to stop.
  func answer(over models: ModelShelf, isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult
}

extension DesignCommand {
  func answer(isInterrupted: @escaping @Sendable () -> Bool) throws -> QueryResult {
    try answer(over: ModelShelf(), isInterrupted: isInterrupted)
  }
}
