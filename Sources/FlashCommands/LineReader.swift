#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The lines of a descriptor, one after the other, as they come.
struct LineReader {
  enum Line {
    /// The bytes before the newline.
    case bytes([UInt8])
    /// A line over the limit, of which nothing is kept.
    case tooLong
  }

  private let descriptor: Int32
  private let limit: Int
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// What of the buffer is not yet given out.
  private var rest = 0..<0
  /// The error of the system that ended the lines, where one did.
  private(set) var failure: Int32 = 0

  init(_ descriptor: Int32, limit: Int) {
    self.descriptor = descriptor
    self.limit = limit
  }

  /// The next line; `nil` at the end of the input. A last line needs no newline.
  mutating func next() -> Line? {
    var line: [UInt8] = []
    var count = 0
    while true {
      if rest.isEmpty, !fill() {
        guard count > 0, failure == 0 else { return nil }
        return count <= limit ? .bytes(line) : .tooLong
      }
      let newline = buffer[rest].firstIndex(of: UInt8(ascii: "\n"))
      let end = newline ?? rest.upperBound
      count += end - rest.lowerBound
      if count <= limit { line += buffer[rest.lowerBound..<end] } else { line = [] }
      rest = (newline.map { $0 + 1 } ?? end)..<rest.upperBound
      if newline != nil { return count <= limit ? .bytes(line) : .tooLong }
    }
  }

  /// Reads more; false at the end.
  private mutating func fill() -> Bool {
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0 { failure = errno }
      rest = 0..<max(0, count)
      return count > 0
    }
  }
}
