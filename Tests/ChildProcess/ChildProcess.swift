internal import CSpawn
public import Foundation

/// A program that was started.
///
/// Foundation's `Process` would do, but that its `run()` on Linux (Swift 6.3.1) copies directory entries beyond the end
/// of their buffer while it lists the open descriptors, and now and then ends the tests with signal 11.
public final class ChildProcess: Sendable {
  public let identifier: Int32
  /// Signalled once the process has ended.
  private let ended = DispatchGroup()
  private let result = ExitCode()

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - program: a path.
  ///   - folder: the working folder; the parent's when left out.
  ///   - input, output, errors: its standard descriptors, which may be closed here once it has started; the null device
  ///     where nil.
  /// - Throws: `POSIXError` where the system cannot start it.
  public init(
    _ program: String, _ arguments: [String], environment: [String: String], in folder: String = ".",
    input: FileHandle? = nil, output: FileHandle? = nil, errors: FileHandle? = .standardError
  ) throws {
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + variables { free(text) } }
    let null = try FileHandle(forUpdating: URL(fileURLWithPath: "/dev/null"))
    let handles = [input ?? null, output ?? null, errors ?? null]
    var spawned: Int32 = 0
    // A handle closes its descriptor when it goes.
    let code = withExtendedLifetime(handles) {
      spawn_child(
        &spawned, program, words, variables, folder, handles[0].fileDescriptor, handles[1].fileDescriptor,
        handles[2].fileDescriptor)
    }
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
    identifier = spawned
    ended.enter()
    Thread.detachNewThread { [identifier, ended, result] in
      var status: Int32 = 0
      while waitpid(identifier, &status, 0) == -1, errno == EINTR {}
      // The signal in the low seven bits, else the code above them.
      result.set(status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f))
      ended.leave()
    }
  }

  public var isRunning: Bool { result.value == nil }

  public func send(_ signal: Int32) {
    if isRunning { kill(identifier, signal) }
  }

  /// Waits for the end: the exit code, or minus the number of the signal that ended the process.
  public func wait() -> Int32 {
    ended.wait()
    return result.value ?? -1
  }

  /// Waits for the end without keeping a thread.
  public func finish() async -> Int32 {
    await withCheckedContinuation { continuation in
      ended.notify(queue: .global()) { continuation.resume() }
    }
    return result.value ?? -1
  }
}

/// What a process ended with, once it has.
private final class ExitCode: @unchecked Sendable {
  private let lock = NSLock()
  private var code: Int32?

  var value: Int32? { lock.withLock { code } }
  func set(_ code: Int32) { lock.withLock { self.code = code } }
}
