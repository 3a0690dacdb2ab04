import ChildProcess
import Foundation
import Testing

/// The package's folder.
let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

/// A program that was run to its end.
struct Finished: Sendable {
  let code: Int32
  let output: String
  let errors: String
}

/// Runs a program; a signal's number is a negative code.
///
/// - Parameter environment: variables that are set beside the process's own, or taken away where the value is nil; `nil`
///   for none at all.
func launch(
  _ program: String, _ arguments: [String], environment: [String: String?]? = [:], in folder: String = packageRoot
) throws -> Finished {
  var variables = environment == nil ? [:] : ProcessInfo.processInfo.environment
  for (name, value) in environment ?? [:] { variables[name] = value }
  // Files: no pipe can fill up.
  let files = try (0..<2).map { _ in
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("flashnas-\(UUID().uuidString)")
    try Data().write(to: path)
    return path
  }
  defer { for file in files { try? FileManager.default.removeItem(at: file) } }
  let process = try ChildProcess(
    program, arguments, environment: variables, in: folder, output: FileHandle(forWritingTo: files[0]),
    errors: FileHandle(forWritingTo: files[1]))
  let code = process.wait()
  let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
  return Finished(code: code, output: texts[0], errors: texts[1])
}

/// The program of a name that the system has; `nil` where it has none.
func tool(_ name: String) -> String? {
  let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
  return path.split(separator: ":").map { "\($0)/\(name)" }.first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
}

/// An installation of the build under test, made once by `make install`, in a folder of its own.
final class Installation: Sendable {
  static let shared = Result { try Installation() }

  let root: String
  var prefix: String { "\(root)/prefix" }
  var library: String { "\(prefix)/lib/libflashnas.so" }

  /// `FLASHNAS_BINARY`, else the debug build.
  static let binary =
    ProcessInfo.processInfo.environment["FLASHNAS_BINARY"] ?? "\(packageRoot)/.build/debug/flashnas"
  static let built = URL(fileURLWithPath: binary).deletingLastPathComponent().path + "/libCFlashNAS.so"

  /// Variables that another make above this one must not pass on, and no data but the installed ones.
  static let environment: [String: String?] = [
    "MAKEFLAGS": nil, "MAKELEVEL": nil, "MFLAGS": nil, "DESTDIR": nil, "PREFIX": nil, "FLASHNAS_DATA": nil,
  ]

  private init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("flashnas-\(UUID().uuidString)").path
    let made = try launch(
      tool("make") ?? "make",
      [
        "install", "BINARY=\(Self.binary)", "LIBRARY=\(Self.built)", "PREFIX=\(root)/prefix",
      ], environment: Self.environment)
    try #require(made.code == 0, "\(made.errors)")
    let root = root
    Self.removed.withLock { $0.append(root) }
    atexit {
      Installation.removed.withLock { for folder in $0 { try? FileManager.default.removeItem(atPath: folder) } }
    }
  }

  private static let removed = Locked<[String]>([])

  /// What pkg-config says of the library.
  func flags(_ options: [String]) throws -> [String] {
    let found = try launch(
      tool("pkg-config") ?? "pkg-config", options + ["flashnas"],
      environment: ["PKG_CONFIG_PATH": "\(prefix)/lib/pkgconfig"])
    try #require(found.code == 0, "\(found.errors)")
    return found.output.split { $0.isWhitespace }.map(String.init)
  }

  /// Compiles and links a program through pkg-config, warnings being errors, and returns its path.
  func build(_ source: String, _ compiler: String, _ options: [String]) throws -> String {
    let name = URL(fileURLWithPath: source).deletingPathExtension().lastPathComponent
    let program = "\(root)/\(name)-\(UUID().uuidString)"
    let flags = try flags(["--cflags", "--libs"])
    let built = try launch(
      compiler, ["-Wall", "-Wextra", "-Werror", "-g", source] + flags + options + ["-o", program])
    try #require(built.code == 0, "\(built.errors)")
    return program
  }

  /// Runs a program that was linked against the library, in an environment that says nothing else.
  func run(_ program: String, before: [String] = []) throws -> Finished {
    let words = before + [program]
    return try launch(
      words[0], Array(words.dropFirst()),
      environment: ["LD_LIBRARY_PATH": "\(prefix)/lib", "FLASHNAS_DATA": nil], in: root)
  }
}

/// A value with a lock.
final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
