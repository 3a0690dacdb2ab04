import ArgumentParser
import FlashQueries

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard output, standard error, signals and exit codes.
enum Terminal {
  /// Set by SIGINT and SIGTERM; a search then ends with its best so far.
  nonisolated(unsafe) private static var interrupted: sig_atomic_t = 0

  static var isInterrupted: Bool { interrupted != 0 }

  /// Whether the program waits for input, and an interrupt ends it at once.
  nonisolated(unsafe) private static var waits: sig_atomic_t = 0

  /// A closed pipe and a file beyond the system's limit become errors of `write` instead of signals.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// From here on an interrupt is asked for by `isInterrupted` instead of ending the process.
  static func catchInterrupts() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        if Terminal.waits != 0 { _exit(130) }
        // A second interrupt ends the process.
        signal(SIGINT, SIG_DFL)
        Terminal.interrupted = 1
      }
    }
  }

  /// Waits for input, where nothing runs that an interrupt would have to end first.
  ///
  /// The order keeps an interrupt from falling between the question and the wait.
  static func waiting<Result>(_ body: () -> Result) -> Result {
    waits = 1
    if isInterrupted { end(130) }
    defer { waits = 0 }
    return body()
  }

  /// Keeps standard input and output for the caller alone: what else reads the one finds its end, and what else writes to
  /// the other, such as a file named /dev/stdout, goes to standard error.
  static func takeStandardStreams() throws -> (input: Int32, output: Int32) {
    let (input, output, nothing) = (dup(STDIN_FILENO), dup(STDOUT_FILENO), open("/dev/null", O_RDONLY))
    guard input >= 0 else { throw unreadableInput(errno) }
    guard output >= 0, nothing >= 0, dup2(nothing, STDIN_FILENO) >= 0, dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 else {
      throw QueryError.failed("standard output: cannot be written: \(String(cString: strerror(errno)))")
    }
    close(nothing)
    return (input, output)
  }

  static func unreadableInput(_ code: Int32) -> QueryError {
    .failed("standard input: cannot be read: \(String(cString: strerror(code)))")
  }

  /// Writes to standard output; ends with 141 where nobody reads it.
  static func print(_ text: String) { print(Array(text.utf8)) }

  static func print(_ bytes: [UInt8]) { send(bytes, to: STDOUT_FILENO) }

  /// Whether standard output is a terminal.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) != 0 }

  /// Writes a line to standard error.
  static func log(_ line: String) { send(Array("flashnas: \(line)\n".utf8), to: STDERR_FILENO) }

  /// Tells of a run on standard error.
  static let reporter = ProgressReporter(note: { log($0) }, progress: { progress($0) })

  /// Tells how far a run is: a bar on a terminal, elsewhere the line, where there is one.
  private static func progress(_ state: ProgressReporter.State) {
    guard isatty(STDERR_FILENO) != 0 else {
      if let line = state.line { log(line) }
      return
    }
    let width = 30
    let filled = state.planned > 0 ? width * state.done / state.planned : width
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    let text = "[\(bar)] \(state.done) of \(state.planned)\(state.remark.isEmpty ? "" : ", \(state.remark)")"
    // The last bar is wiped out: what follows stands on a clean line.
    send(Array("\r\u{1B}[K\(state.done < state.planned ? text : "")".utf8), to: STDERR_FILENO)
  }

  /// Writes to a descriptor; ends with 141 where nobody reads it.
  static func send(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EPIPE {
        exit(141)
      } else if errno != EINTR {
        if descriptor == STDERR_FILENO { exit(1) }
        fail(.failed("standard output: cannot be written: \(String(cString: strerror(errno)))"))
      }
    }
  }

  /// Ends with a code, silently.
  static func end(_ code: Int32) -> Never { exit(code) }

  /// Ends with a query's error: one line and its code.
  static func fail(_ error: QueryError) -> Never {
    log(error.code == 64 ? "\(error.message); see --help" : error.message)
    exit(error.code)
  }

  /// Ends with what the argument parser threw: help and version on standard output, anything else as one line.
  static func fail(parsing error: any Error) -> Never {
    guard Flashnas.exitCode(for: error) != .success else {
      print(Flashnas.fullMessage(for: error) + "\n")
      exit(0)
    }
    fail(.usage(Flashnas.message(for: error)))
  }
}
