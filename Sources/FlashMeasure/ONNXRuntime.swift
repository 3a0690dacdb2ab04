internal import CONNXRuntime
internal import FlashFormats

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// ONNX Runtime, opened at run time: the toolkit is built and runs without it.
///
/// Version 1 of the C interface is asked for, which every release answers; its table of functions stays a pointer.
/// The library stays open until the process ends, as its own threads and destructors require.
public final class ONNXRuntime {
  /// The engine's name in results.
  public static let name = "onnxruntime"
  /// The release, such as `1.32.0`.
  public let version: String
  let api: UnsafePointer<OrtApi>
  let environment: OpaquePointer
  let allocator: OpaquePointer
  let memory: OpaquePointer

  /// Opens a library.
  ///
  /// - Throws: `MeasureError` where the file is missing, no library of this platform or not ONNX Runtime.
  public init(library file: String) throws(MeasureError) {
    // A name without a slash would be searched for in the system's folders.
    let path = file.contains("/") ? file : "./\(file)"
    guard access(path, R_OK) == 0 else {
      throw .notAnEngine(file: file, reason: String(cString: strerror(errno)))
    }
    guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw .notAnEngine(file: file, reason: Self.reason(dlerror(), path))
    }
    guard let symbol = dlsym(library, "OrtGetApiBase"), let base = Ort_CallGetApiBase(symbol) else {
      dlclose(library)
      throw .notAnEngine(file: file, reason: "it has no OrtGetApiBase")
    }
    version = Ort_GetVersionString(base).map { FormatError.line(String(cString: $0)) } ?? "unknown"
    guard let api = Ort_GetApi(base, UInt32(ORT_VERSION_ASKED_FOR)) else {
      throw .notAnEngine(file: file, reason: "release \(version) has no version 1 of the interface")
    }
    self.api = api
    var environment: OpaquePointer?
    var allocator: OpaquePointer?
    var memory: OpaquePointer?
    let calls: [(what: String, status: OpaquePointer?)] = [
      ("CreateEnv", Ort_CreateEnv(api, Int32(ORT_LOGGING_LEVEL_FATAL), "flashnas", &environment)),
      ("GetAllocatorWithDefaultOptions", Ort_GetAllocatorWithDefaultOptions(api, &allocator)),
      (
        "CreateCpuMemoryInfo",
        Ort_CreateCpuMemoryInfo(api, Int32(ORT_ARENA_ALLOCATOR), Int32(ORT_MEMORY_DEFAULT), &memory)
      ),
    ]
    for (what, status) in calls {
      if let reason = Self.failure(api, status) { throw .engineFailed(what: what, reason: reason) }
    }
    guard let environment, let allocator, let memory else {
      throw .engineFailed(what: "CreateEnv", reason: "nothing was made")
    }
    self.environment = environment
    self.allocator = allocator
    self.memory = memory
  }

  deinit {
    Ort_ReleaseMemoryInfo(api, memory)
    Ort_ReleaseEnv(api, environment)
  }

  /// Why a call failed, in one line; `nil` where it did not. The status is released.
  func failure(_ status: OpaquePointer?) -> String? { Self.failure(api, status) }

  private static func failure(_ api: UnsafePointer<OrtApi>, _ status: OpaquePointer?) -> String? {
    guard let status else { return nil }
    defer { Ort_ReleaseStatus(api, status) }
    let message = Ort_GetErrorMessage(api, status).map { String(cString: $0) } ?? "no reason given"
    return String(FormatError.line(message).prefix(300))
  }

  /// What the system's loader says, without the path that the message begins with anyway.
  private static func reason(_ message: UnsafeMutablePointer<CChar>?, _ path: String) -> String {
    let text = FormatError.line(message.map { String(cString: $0) } ?? "cannot be opened")
    let prefix = "\(path): "
    return String((text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text).prefix(200))
  }
}
