import Foundation

/// A program that is run to its end.
enum ChildProcess {
  /// The seconds from its start to its end, its output thrown away.
  static func seconds(_ arguments: [String]) throws -> Double { try run(arguments).elapsed }

  /// The seconds from its start to its end, and those of the processor in all its threads, its output thrown away.
  static func run(_ arguments: [String]) throws -> (elapsed: Double, processor: Double) {
    var actions = Actions()
    posix_spawn_file_actions_init(&actions.value)
    defer { posix_spawn_file_actions_destroy(&actions.value) }
    posix_spawn_file_actions_addopen(&actions.value, 1, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var process: pid_t = 0
    var status: Int32 = 0
    var usage = rusage()
    let clock = ContinuousClock()
    let start = clock.now
    guard posix_spawn(&process, arguments[0], &actions.value, nil, words, environ) == 0 else {
      throw BenchmarkError("\(arguments[0]): cannot be started")
    }
    while wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw BenchmarkError("\(arguments[0]): cannot be waited for") }
    }
    let elapsed = clock.now - start
    guard status == 0 else { throw BenchmarkError("\(arguments.joined(separator: " ")): failed") }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return (elapsed / .seconds(1), seconds(usage.ru_utime) + seconds(usage.ru_stime))
  }

  /// Where the actions of a start are kept: a structure on Linux, a pointer on macOS.
  private struct Actions {
    #if canImport(Darwin)
      var value: posix_spawn_file_actions_t?
    #else
      var value = posix_spawn_file_actions_t()
    #endif
  }
}

/// A Python process that times its own calls.
final class ReferenceProcess {
  /// Its first line: the versions of Python and its packages.
  private(set) var versions = ""
  private let process = Process()
  private let questions = Pipe()
  private let answers = Pipe()
  private var read = Data()

  private let script: String

  init(python: String, script: String) throws {
    self.script = script
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [script]
    process.standardInput = questions
    process.standardOutput = answers
    try process.run()
    versions = try line()
  }

  deinit { try? questions.fileHandleForWriting.close() }

  /// Its answer to a line.
  func answer(to question: String) throws -> String {
    try questions.fileHandleForWriting.write(contentsOf: Data("\(question)\n".utf8))
    return try line()
  }

  /// The seconds of its calls on what a line names.
  func seconds(for question: String) throws -> Double {
    let answer = try answer(to: question)
    guard let seconds = Double(answer), seconds > 0 else {
      throw BenchmarkError("\(script): expected seconds, found '\(answer)'")
    }
    return seconds
  }

  private func line() throws -> String {
    while true {
      if let end = read.firstIndex(of: 10) {
        defer { read = Data(read[(end + 1)...]) }
        return String(decoding: read[..<end], as: UTF8.self)
      }
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else { throw BenchmarkError("\(script): ended before it answered") }
      read += more
    }
  }
}
