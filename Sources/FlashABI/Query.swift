internal import CFlashNAS
internal import FlashCommands
internal import FlashQueries

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The caller's question whether to stop, with its data.
struct StopRequest: @unchecked Sendable {
  let ask: @convention(c) (UnsafeMutableRawPointer?) -> CInt
  let data: UnsafeMutableRawPointer?

  init?(_ ask: (@convention(c) (UnsafeMutableRawPointer?) -> CInt)?, _ data: UnsafeMutableRawPointer?) {
    guard let ask else { return nil }
    self.ask = ask
    self.data = data
  }

  var isMade: Bool { ask(data) != 0 }
}

/// The version, as a text that lives as long as the process.
private nonisolated(unsafe) let version: UnsafeMutablePointer<CChar>? = strdup(toolkitVersion)

@_cdecl("flashnas_version")
public func versionText() -> UnsafePointer<CChar>? { UnsafePointer(version) }

@_cdecl("flashnas_query")
public func query(
  _ json: UnsafePointer<CChar>?, _ answer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt { query(json, until: nil, answer) }

@_cdecl("flashnas_query_until")
public func queryUntil(
  _ json: UnsafePointer<CChar>?, _ stop: (@convention(c) (UnsafeMutableRawPointer?) -> CInt)?,
  _ data: UnsafeMutableRawPointer?, _ answer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt { query(json, until: StopRequest(stop, data), answer) }

private func query(
  _ json: UnsafePointer<CChar>?, until stop: StopRequest?,
  _ answer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  guard let answer else { return FLASHNAS_USAGE }
  // No text is an empty one: an error with its line.
  let line = json.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
  let reply = Requests.answer(line) { stop?.isMade ?? false }
  answer.pointee = copied(reply.line)
  switch (reply.hasResult, reply.code) {
  case (true, 0): return FLASHNAS_DONE
  case (true, 2): return FLASHNAS_INFEASIBLE
  case (true, 130): return FLASHNAS_INTERRUPTED
  case (true, _): return FLASHNAS_PARTIAL
  case (false, 64): return FLASHNAS_USAGE
  case (false, 65): return FLASHNAS_DATA
  case (false, _): return FLASHNAS_FAILED
  }
}
