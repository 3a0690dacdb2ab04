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

  /// A closed pipe and a file beyond the system's limit become errors of `write` instead of signals.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// From here on an interrupt is asked for by `isInterrupted` instead of ending the process.
  static func catchInterrupts() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        // A second interrupt ends the process.
        signal(SIGINT, SIG_DFL)
        Terminal.interrupted = 1
      }
    }
  }

  /// Writes to standard output; ends with 141 where nobody reads it.
  static func print(_ text: String) { print(Array(text.utf8)) }

  static func print(_ bytes: [UInt8]) { send(bytes, to: STDOUT_FILENO) }

  /// Whether standard output is a terminal.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) != 0 }

  /// Writes a line to standard error.
  static func log(_ line: String) { send(Array("flashnas: \(line)\n".utf8), to: STDERR_FILENO) }

  /// Tells how far a run is: a bar on a terminal, elsewhere the line, where there is one.
  static func progress(_ done: Int, of planned: Int, _ line: String?) {
    guard isatty(STDERR_FILENO) != 0 else {
      if let line { log(line) }
      return
    }
    let width = 30
    let filled = planned > 0 ? width * done / planned : width
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    // The last bar is wiped out: what follows stands on a clean line.
    send(Array((done < planned ? "\r[\(bar)] \(done) of \(planned)" : "\r\u{1B}[K").utf8), to: STDERR_FILENO)
  }

  private static func send(_ bytes: [UInt8], to descriptor: Int32) {
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
