internal import CFlashNAS
internal import FlashQueries
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What stands behind every opaque pointer of `flashnas.h`: an object that the caller owns, with the message of its last
/// failure.
class Handle {
  private let failure = Mutex<String?>(nil)

  /// Runs the body of a function and turns what it throws into a message and a code.
  final func run(_ body: () throws -> CInt) -> CInt {
    do {
      let code = try body()
      failure.withLock { $0 = nil }
      return code
    } catch {
      let error = error as? Fault ?? Fault(QueryError(error))
      failure.withLock { $0 = error.message }
      return error.code
    }
  }

  fileprivate final var message: String? { failure.withLock { $0 } }
}

/// Why a function fails: its code and one line.
struct Fault: Error {
  let code: CInt
  let message: String

  static func usage(_ message: String) -> Fault { Fault(.usage(message)) }
  static var callback: Fault { Fault(code: FLASHNAS_CALLBACK, message: "a callback failed") }

  init(_ error: QueryError) {
    code = error.code == 64 ? FLASHNAS_USAGE : error.code == 65 ? FLASHNAS_DATA : FLASHNAS_FAILED
    message = error.message
  }

  private init(code: CInt, message: String) {
    self.code = code
    self.message = message
  }
}

extension Handle {
  /// The pointer that the caller gets, and frees.
  func retained() -> UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

  static func release(_ pointer: UnsafeMutableRawPointer?) {
    if let pointer { Unmanaged<Handle>.fromOpaque(pointer).release() }
  }

  /// The object behind a pointer; `nil` for NULL, and for an object of another kind.
  static func of(_ pointer: UnsafeRawPointer?) -> Self? {
    pointer.flatMap { Unmanaged<Handle>.fromOpaque($0).takeUnretainedValue() as? Self }
  }
}

/// A copy of a text that the caller frees; `nil` where there is no memory.
func copied(_ text: String) -> UnsafeMutablePointer<CChar>? { strdup(text) }

/// The text behind a pointer; damaged UTF-8 is repaired, and then not found where a name is looked for.
func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }

@_cdecl("flashnas_message")
public func message(_ handle: UnsafeRawPointer?) -> UnsafeMutablePointer<CChar>? {
  Handle.of(handle)?.message.flatMap(copied)
}

@_cdecl("flashnas_free")
public func freeText(_ text: UnsafeMutablePointer<CChar>?) { free(text) }
