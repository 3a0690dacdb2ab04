#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file that stays open, and that no other process opens in this way meanwhile. The system lets go of it when the process
/// ends, however it ends.
final class LockedFile {
  let path: String
  /// Whether this made the file.
  let isNew: Bool
  private var descriptor: Int32

  /// Opens a file to write, which is made where it is not there.
  ///
  /// - Throws: `WriteError` where it cannot be opened, or another process has it.
  init(writing path: String) throws(WriteError) {
    self.path = path
    isNew = access(path, F_OK) != 0
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    if descriptor < 0, errno == EACCES, TextFile.isDevice(path) { descriptor = open(path, O_WRONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw WriteError(file: path, code: errno) }
    try lock(LOCK_EX)
  }

  /// Opens a file to read. - Throws: `FormatError` where it is not there, `WriteError` where another process writes it.
  init(reading path: String) throws {
    self.path = path
    isNew = false
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let reason = errno == ENOENT ? "no such file" : "cannot be opened (\(String(cString: strerror(errno))))"
      throw FormatError(file: path, problem: reason)
    }
    try lock(LOCK_SH)
  }

  private func lock(_ kind: Int32) throws(WriteError) {
    // Devices are there for all.
    guard isRegular, flock(descriptor, kind | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
    throw WriteError(file: path, reason: "in use by another process, allowed one at a time")
  }

  deinit { close() }

  /// Lets go of the file.
  func close() {
    guard descriptor >= 0 else { return }
    // A process that is being started elsewhere in this one may hold a copy of the descriptor for a moment.
    if isRegular { flock(descriptor, LOCK_UN) }
    #if canImport(Darwin)
      _ = Darwin.close(descriptor)
    #elseif canImport(Musl)
      _ = Musl.close(descriptor)
    #else
      _ = Glibc.close(descriptor)
    #endif
    descriptor = -1
  }

  /// Whether it is a file with a content of its own: no device, no pipe.
  var isRegular: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// At most `count` bytes from an offset; fewer at the end.
  func bytes(at offset: Int, count: Int) throws(FormatError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count, failure == 0 {
        let read = pread(descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
        if read == 0 { break }
        if read > 0 { filled += read } else if errno != EINTR { failure = errno }
      }
    }
    guard failure == 0 else {
      let reason = failure == EISDIR ? "is a folder" : "cannot be read (\(String(cString: strerror(failure))))"
      throw FormatError(file: path, problem: reason)
    }
    return bytes
  }

  /// Writes bytes at an offset, or to a device as it is; they are on the disk when this returns.
  func write(_ bytes: [UInt8], at offset: Int) throws(WriteError) {
    let isRegular = isRegular
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
        return isRegular
          ? pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + written))
          : TextFile.posixWrite(descriptor, rest)
      }
      if count >= 0 { written += count } else if errno != EINTR { throw WriteError(file: path, code: errno) }
    }
    if isRegular, fsync(descriptor) != 0 { throw WriteError(file: path, code: errno) }
  }

  /// Cuts the file off. - Throws: `WriteError`.
  func truncate(to size: Int) throws(WriteError) {
    if isRegular, ftruncate(descriptor, off_t(size)) != 0 { throw WriteError(file: path, code: errno) }
  }
}
