#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where ONNX Runtime's library lies: in the wheel that pip installs for Python.
public enum EngineLocator {
  /// Prints the library of the package `onnxruntime` without loading it.
  private static let script = """
    import glob, importlib.util, os
    spec = importlib.util.find_spec("onnxruntime")
    if spec is not None and spec.origin:
        print(next(iter(sorted(glob.glob(os.path.join(os.path.dirname(spec.origin), "capi", "libonnxruntime.*")))), ""))
    """

  /// The library in the environment of a Python: the one that `FLASHNAS_PYTHON` names, else `python3`.
  ///
  /// - Throws: `MeasureError.engineMissing` where that Python is not there or has no `onnxruntime`.
  public static func library() throws(MeasureError) -> String {
    let named = ProcessInfo.processInfo.environment["FLASHNAS_PYTHON"] ?? ""
    let python = named.isEmpty ? "python3" : named
    let found = output(of: python, ["-c", script]).split(separator: "\n").first.map(String.init) ?? ""
    guard !found.isEmpty else { throw .engineMissing(python: python) }
    return found
  }

  /// What a program prints; nothing where it cannot be run. What it says on standard error is dropped.
  private static func output(of program: String, _ arguments: [String]) -> String {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return "" }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    let words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    let environment = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in words + environment { free(word) } }
    var process = pid_t()
    let started = posix_spawnp(&process, program, &actions, nil, words, environment) == 0
    close(ends[1])
    guard started else { return "" }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { break }
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status == 0 ? String(decoding: bytes, as: UTF8.self) : ""
  }
}
