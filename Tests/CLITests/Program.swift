import ChildProcess
import Foundation

/// The package's folder, which is also the data folder of every run.
let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

/// What a run of the program gave.
struct Outcome: Sendable {
  /// The exit code; minus the signal's number where one ended the process.
  let code: Int32
  let output: String
  let errors: String

  /// The lines of standard error.
  var errorLines: [String] {
    errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// Standard output as a JSON object.
  var json: [String: Any] {
    get throws {
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
      guard let object = object as? [String: Any] else { throw CocoaError(.propertyListReadCorrupt) }
      return object
    }
  }

  /// Standard output as rows of CSV without quotes.
  var rows: [[String]] {
    output.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }
}

/// The built program.
enum Program {
  /// `FLASHNAS_BINARY`, else the release build, else the debug build.
  static let path: String = {
    let named = ProcessInfo.processInfo.environment["FLASHNAS_BINARY"] ?? ""
    let choices = [named, "\(packageRoot)/.build/release/flashnas", "\(packageRoot)/.build/debug/flashnas"]
    return choices.first { FileManager.default.isExecutableFile(atPath: $0) } ?? choices[2]
  }()

  /// What standard input is.
  enum Input: Sendable {
    case text(String)
    /// So many bytes of one value, as far as the program takes them.
    case bytes(UInt8, count: Int)
    /// Whatever the caller writes to `Running.input`, until it closes it.
    case held
  }

  /// Runs the program to its end.
  ///
  /// Both outputs go to files, so that no pipe can fill up and stall the two processes.
  /// - Parameter folder: the working folder; the package's when left out.
  static func run(_ arguments: [String], stdin: Input = .text(""), in folder: String? = nil) async throws -> Outcome {
    let running = try Running(arguments, stdin: stdin, folder: folder)
    return try await running.finish()
  }

  /// Runs another program, such as a shell, to its end.
  ///
  /// - Parameter environment: variables that are set, or taken away where the value is nil.
  static func run(
    _ executable: String, _ arguments: [String], environment: [String: String?], in folder: String
  ) async throws -> Outcome {
    let running = try Running(arguments, folder: folder, executable: executable, environment: environment)
    return try await running.finish()
  }

  static func run(_ arguments: String..., stdin: String = "", in folder: String? = nil) async throws -> Outcome {
    try await run(arguments, stdin: .text(stdin), in: folder)
  }
}

/// A process of the program that has begun.
final class Running: @unchecked Sendable {
  let process: ChildProcess
  private let folder: TemporaryFolder
  let input = Pipe()

  /// - Parameter output: where standard output goes; a file when left out.
  init(
    _ arguments: [String], stdin: Program.Input = .text(""), folder working: String? = nil, output: FileHandle? = nil,
    executable: String = Program.path, environment more: [String: String?] = [:]
  ) throws {
    folder = try TemporaryFolder()
    signal(SIGPIPE, SIG_IGN)
    var environment = ProcessInfo.processInfo.environment
    environment["FLASHNAS_DATA"] = packageRoot
    environment["COLUMNS"] = "80"
    for (name, value) in more { environment[name] = value }
    process = try ChildProcess(
      executable, arguments, environment: environment, in: working ?? packageRoot, input: input.fileHandleForReading,
      output: output ?? folder.handle("output"), errors: folder.handle("errors"))
    try input.fileHandleForReading.close()
    feed(stdin)
  }

  /// Writes standard input from a thread of its own, and closes it.
  private func feed(_ stdin: Program.Input) {
    if case .held = stdin { return }
    let handle = input.fileHandleForWriting
    Thread.detachNewThread {
      switch stdin {
      case .text(let text): try? handle.write(contentsOf: Data(text.utf8))
      case .bytes(let byte, let count):
        let chunk = Data(repeating: byte, count: 1 << 20)
        for _ in 0..<(count >> 20) {
          // The program may stop reading at any time.
          do { try handle.write(contentsOf: chunk) } catch { break }
        }
      case .held: return
      }
      try? handle.close()
    }
  }

  /// Waits for the end.
  func finish() async throws -> Outcome { outcome(await process.finish()) }

  /// Waits for the end, keeping the thread.
  func wait() -> Outcome { outcome(process.wait()) }

  private func outcome(_ code: Int32) -> Outcome {
    Outcome(code: code, output: folder.text("output"), errors: folder.text("errors"))
  }
}

/// Does what depends on time on a thread of its own: a task that waits goes on only when the pool that all tests share, with
/// a thread per core, has a thread to spare, which can be minutes later.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
  }
}

/// A folder that is gone when the value is.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("flashnas-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  @discardableResult func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }

  func handle(_ name: String) throws -> FileHandle {
    try FileHandle(forWritingTo: URL(fileURLWithPath: file(name, "")))
  }

  func text(_ name: String) -> String { (try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)) ?? "" }

  var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() } }
}

/// Points of the shipped spaces.
enum Points {
  static let fashion = "width1=8,depth1=7,skip1=12,width2=16,depth2=7,skip2=24,width3=32,depth3=7,skip3=48"
  static let cifar = "width1=16,depth1=8,skip1=10,width2=32,depth2=8,skip2=20,width3=64,depth3=8,skip3=40"
  static let header = "width1,depth1,skip1,width2,depth2,skip2,width3,depth3,skip3"
  static let row = "8,7,12,16,7,24,32,7,48"
}
