internal import FlashNAS

/// Results of a sweep in CSV or JSON lines: rows in the order of their indices, so that the bytes do not depend on how often
/// the sweep was broken off. A last line without its newline, which a kill left behind, is cut off.
final class SweepLines: SweepStore {
  private(set) var statuses: [(index: Int, status: SweepStatus)] = []
  private let file: LockedFile
  private let line: SweepLine
  /// Where the next line goes.
  private var end = 0

  init(_ path: String, _ line: SweepLine, _ shard: SweepShard) throws {
    self.line = line
    file = try LockedFile(writing: path)
    guard file.isRegular else { return }
    var lines = WholeLines(file)
    if !line.header.isEmpty, let first = try lines.next() { try check(header: first, &lines) }
    while let bytes = try lines.next() {
      let place = "line \(lines.number)"
      let head = try SweepLine.head(bytes, isJSON: line.isJSON, at: place, in: path)
      try check(head, at: place)
      let expected = shard.index(statuses.count)
      guard head.index == expected else {
        throw FormatError(
          file: path, place: place, problem: "not the next problem of shard \(shard.number)/\(shard.count)",
          found: "\(head.index)", allowed: "\(expected)")
      }
      statuses.append((head.index, head.status))
    }
    try check(torn: lines.torn, behind: lines.number)
    end = lines.end
    if !lines.torn.isEmpty { try file.truncate(to: end) }
  }

  /// A first line that is not the header is of something else, or of a newer schema where its first row says so.
  private func check(header: ArraySlice<UInt8>, _ lines: inout WholeLines) throws {
    guard !line.header.utf8.dropLast().elementsEqual(header) else { return }
    if let row = try lines.next() {
      let head = try SweepLine.head(row, isJSON: false, at: "line 2", in: file.path)
      try check(head, at: "line 2")
    }
    throw FormatError(
      file: file.path, place: "line 1", problem: "not the columns of this sweep's results",
      found: "'\(String(decoding: header.prefix(60), as: UTF8.self))'", allowed: "the header that 'sweep' writes")
  }

  private func check(_ head: SweepLine.Head, at place: String) throws(FormatError) {
    guard head.digest == line.sweep.digest, head.problems == line.sweep.problems else {
      throw .otherSweep(file.path, place, found: head.digest, allowed: line.sweep.digest)
    }
  }

  /// What a kill left must be the beginning of a line: nothing else is cut off.
  private func check(torn: [UInt8], behind number: Int) throws(FormatError) {
    let start = Array((number == 0 && !line.header.isEmpty ? line.header : line.start).utf8)
    guard torn.starts(with: start.prefix(torn.count)) else {
      throw FormatError(
        file: file.path, place: "line \(number + 1)", problem: "not a row of this sweep's results",
        found: "'\(String(decoding: torn.prefix(60), as: UTF8.self))'", allowed: "rows that 'sweep' wrote")
    }
  }

  func append(_ rows: [SweepRow]) throws { try write(rows.map(line.text).joined()) }

  func close() throws {
    defer { file.close() }
    if end == 0 { try write("") }
  }

  private func write(_ text: String) throws(WriteError) {
    let bytes = Array((end == 0 ? line.header : "").utf8) + Array(text.utf8)
    do { try file.write(bytes, at: end) } catch {
      // What was written of the lines goes again, where that is possible.
      try? file.truncate(to: end)
      if file.isNew, end == 0 { TextFile.remove(file.path) }
      throw error
    }
    end += bytes.count
  }
}

extension FormatError {
  /// Results that go with other answers.
  static func otherSweep(_ file: String, _ place: String?, found: String, allowed: String) -> FormatError {
    FormatError(
      file: file, place: place, problem: "results of another sweep, or of other models or another version",
      found: "'\(found)'", allowed: "'\(allowed)'")
  }
}

/// The lines of a file that end with a newline, one by one.
struct WholeLines {
  private let file: LockedFile
  private var buffer: [UInt8] = []
  private var place = 0
  /// Where the buffer begins in the file.
  private var offset = 0
  private var isAtEnd = false
  /// How many lines were read.
  private(set) var number = 0

  private static let chunk = 1 << 20

  init(_ file: LockedFile) { self.file = file }

  /// Where the line after the last one that was read begins.
  var end: Int { offset + place }

  /// What stands behind the last newline, once all lines were read.
  var torn: [UInt8] { Array(buffer[place...]) }

  /// The next line without its newline; `nil` behind the last.
  mutating func next() throws(FormatError) -> ArraySlice<UInt8>? {
    var searched = place
    while true {
      if let newline = buffer[searched...].firstIndex(of: 0x0A) {
        defer { place = newline + 1 }
        number += 1
        return buffer[place..<newline]
      }
      guard !isAtEnd else { return nil }
      buffer.removeFirst(place)
      offset += place
      place = 0
      searched = buffer.count
      let more = try file.bytes(at: offset + buffer.count, count: Self.chunk)
      isAtEnd = more.count < Self.chunk
      buffer += more
    }
  }
}
