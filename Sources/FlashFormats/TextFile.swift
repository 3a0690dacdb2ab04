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

/// Reading whole text files, and writing them in one step.
public enum TextFile {
  /// The most bytes that a document (YAML, JSON) may have.
  public static let documentLimit = 16 << 20
  /// The most bytes that a table (CSV) may have.
  public static let tableLimit = 256 << 20

  /// Whether a path names anything, a link that leads nowhere left out.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a path names a device, a pipe or a folder: something that has no old content to go on from.
  public static func isDevice(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
  }

  /// The text of a file; `-` is standard input.
  ///
  /// - Throws: `FormatError` where the file is missing, a folder, too large, not UTF-8, empty or has a NUL byte. Reading
  ///   stops at the first such fault, however much would follow.
  public static func read(_ path: String, limit: Int) throws(FormatError) -> String {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY)
    guard descriptor >= 0 else {
      let reason = errno == ENOENT ? "no such file" : "cannot be opened (\(String(cString: strerror(errno))))"
      throw FormatError(file: path, problem: reason)
    }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = posixRead(descriptor, &buffer)
      guard count >= 0 else {
        let reason = errno == EISDIR ? "is a folder" : "cannot be read (\(String(cString: strerror(errno))))"
        throw FormatError(file: path, problem: reason, allowed: "a text file")
      }
      guard count > 0 else { break }
      if let zero = buffer[..<count].firstIndex(of: 0) {
        throw FormatError(
          file: path, place: "byte \(bytes.count + zero)", problem: "not a text file", found: "a NUL byte",
          allowed: "UTF-8 text")
      }
      bytes.append(contentsOf: buffer[..<count])
      guard bytes.count <= limit else {
        throw FormatError(file: path, problem: "too large", allowed: "at most \(limit >> 20) MiB")
      }
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FormatError(
        file: path, place: "line \(firstDamagedLine(bytes))", problem: "not a text file",
        found: "bytes that are not UTF-8", allowed: "UTF-8 text")
    }
    guard text.contains(where: { !$0.isWhitespace }) else { throw FormatError(file: path, problem: "empty") }
    return text
  }

  /// The first line, from 1, that is not UTF-8. No byte of a longer character equals a newline.
  private static func firstDamagedLine(_ bytes: [UInt8]) -> Int {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
  }

  private static func posixRead(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
    let size = buffer.count
    while true {
      #if canImport(Darwin)
        let count = Darwin.read(descriptor, &buffer, size)
      #elseif canImport(Musl)
        let count = Musl.read(descriptor, &buffer, size)
      #else
        let count = Glibc.read(descriptor, &buffer, size)
      #endif
      if count >= 0 || errno != EINTR { return count }
    }
  }

  /// Writes a file in one step: a reader sees the old content or the new, never a part. A link stays one, and what it
  /// points to is written; a device or a pipe is written to as it is.
  ///
  /// - Throws: `WriteError` where the folder is missing, read-only or full; the old file then stands as it was.
  public static func write(_ text: String, to path: String) throws(WriteError) {
    try write(Array(text.utf8), to: path)
  }

  /// Writes bytes in the same way, whatever they are.
  public static func write(_ bytes: [UInt8], to path: String) throws(WriteError) {
    var status = stat()
    let exists = stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists, kind == S_IFDIR { throw WriteError(file: path, code: EISDIR) }
    if exists, kind != S_IFREG { return try write(bytes, path, through: open(path, O_WRONLY)) }
    let target = exists ? resolved(path) : path
    let temporary = "\(target).\(getpid()).tmp"
    do throws(WriteError) {
      try write(bytes, path, through: open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o666))
      if exists, chmod(temporary, status.st_mode & 0o7777) != 0 { throw WriteError(file: path, code: errno) }
      if rename(temporary, target) != 0 { throw WriteError(file: path, code: errno) }
    } catch {
      if error.code != EEXIST { unlink(temporary) }
      throw error
    }
  }

  /// Removes a file, where it is there.
  static func remove(_ path: String) { unlink(path) }

  /// Gives a file the name of another, in whose place it then is. - Throws: `WriteError`.
  static func move(_ path: String, to target: String) throws(WriteError) {
    if rename(path, target) != 0 { throw WriteError(file: target, code: errno) }
  }

  /// Adds text to a file that is there; it is on the disk when this returns.
  public static func append(_ text: String, to path: String) throws(WriteError) {
    try write(Array(text.utf8), path, through: open(path, O_WRONLY | O_APPEND))
  }

  /// Writes everything to a file just opened, and closes it.
  private static func write(_ bytes: [UInt8], _ path: String, through descriptor: Int32) throws(WriteError) {
    guard descriptor >= 0 else { throw WriteError(file: path, code: errno) }
    var failure: Int32 = 0
    var rest = bytes[...]
    while !rest.isEmpty, failure == 0 {
      let count = rest.withUnsafeBytes { posixWrite(descriptor, $0) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { failure = errno }
    }
    // Devices and pipes cannot be synchronised.
    if failure == 0, fsync(descriptor) != 0, errno != EINVAL, errno != EROFS, errno != ENOTSUP { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    guard failure == 0 else { throw WriteError(file: path, code: failure) }
  }

  /// The path without links.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  static func posixWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
      Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}

/// A file that could not be written.
public struct WriteError: Error, Equatable, CustomStringConvertible {
  public let file: String
  /// The system's error; 0 where it is none of the system's.
  public let code: Int32
  private let reason: String

  init(file: String, code: Int32) {
    self.init(file: file, code: code, reason: String(cString: strerror(code)))
  }

  init(file: String, code: Int32 = 0, reason: String) {
    self.file = file
    self.code = code
    self.reason = reason
  }

  public var description: String { "\(file): cannot be written: \(reason)" }

  /// The same of another file, in whose name it was written.
  func of(_ path: String) -> WriteError { WriteError(file: path, code: code, reason: reason) }
}
