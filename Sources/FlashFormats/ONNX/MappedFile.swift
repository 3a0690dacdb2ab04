#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file mapped into memory: only the pages that are read come from the disk.
enum MappedFile {
  /// Calls `body` with the bytes of a regular file.
  ///
  /// - Throws: `FormatError` where the file is missing, not a regular file, empty, or cannot be mapped.
  static func read<Result>(
    _ path: String, _ body: (UnsafeRawBufferPointer) throws(FormatError) -> Result
  ) throws(FormatError) -> Result {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else {
      let reason = errno == ENOENT ? "no such file" : "cannot be opened (\(String(cString: strerror(errno))))"
      throw FormatError(file: path, problem: reason)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw FormatError(file: path, problem: "not a regular file", allowed: "an ONNX file")
    }
    guard status.st_size > 0 else { throw FormatError(file: path, problem: "empty") }
    let size = Int(status.st_size)
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw FormatError(file: path, problem: "cannot be read (\(String(cString: strerror(errno))))")
    }
    defer { munmap(start, size) }
    // What stands between the fields that are read need not come along.
    madvise(start, size, MADV_RANDOM)
    return try body(UnsafeRawBufferPointer(start: start, count: size))
  }
}
