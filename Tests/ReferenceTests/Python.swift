import ChildProcess
import Foundation
import Testing

/// A Python with NumPy, SciPy and PyTorch, which `make test-all` installs and names by FLASHNAS_PYTHON.
enum Python {
  static let path = ProcessInfo.processInfo.environment["FLASHNAS_PYTHON"]

  /// Starts a script of the checkout.
  static func start(
    _ script: String, _ arguments: [String], environment: [String: String] = [:],
    output: FileHandle? = nil
  ) throws -> ChildProcess {
    try ChildProcess(
      #require(path), [Reference.root.appendingPathComponent(script).path] + arguments,
      environment: ProcessInfo.processInfo.environment.merging(environment) { $1 }, output: output)
  }

  static func run(_ script: String, _ arguments: [String], environment: [String: String] = [:]) throws -> Int32 {
    try start(script, arguments, environment: environment).wait()
  }

  /// Runs a script and reads the JSON that it prints.
  static func json<Value: Decodable>(_ type: Value.Type, _ script: String, _ arguments: [String]) throws -> Value {
    try withFolder { folder in
      let file = folder.appendingPathComponent("output")
      try Data().write(to: file)
      let process = try start(script, arguments, output: FileHandle(forWritingTo: file))
      #expect(process.wait() == 0)
      return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }
  }
}

/// Calls `body` with an empty folder, which is removed afterwards.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("flashnas-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
