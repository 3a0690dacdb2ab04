internal import FlashNAS

extension SweepLines {
  /// Where a row stands in the files of shards.
  private struct Place {
    let file: Int
    let offset: Int
    let count: Int
  }

  /// Joins files of lines in the order of the problems, each line as it stands.
  static func merge(_ paths: [String], into path: String, isJSON: Bool) throws -> SweepMerged {
    let files = try paths.map { try LockedFile(reading: $0) }
    var header: (file: String, bytes: [UInt8])?
    var first: SweepLine.Head?
    var places: [Place?] = []
    var statuses: [SweepStatus?] = []
    for (number, file) in files.enumerated() {
      var lines = WholeLines(file)
      if !isJSON, let line = try lines.next() {
        if let header, !line.elementsEqual(header.bytes) {
          throw FormatError(
            file: file.path, place: "line 1", problem: "other columns than those of \(header.file)",
            allowed: "results of one sweep")
        }
        header = (file.path, Array(line))
      }
      var offset = lines.end
      while let line = try lines.next() {
        let place = "line \(lines.number)"
        let head = try SweepLine.head(line, isJSON: isJSON, at: place, in: file.path)
        let sweep = first ?? head
        guard head.digest == sweep.digest, head.problems == sweep.problems else {
          throw FormatError.otherSweep(file.path, place, found: head.digest, allowed: sweep.digest)
        }
        if first == nil {
          first = head
          places = Array(repeating: nil, count: head.problems)
          statuses = Array(repeating: nil, count: head.problems)
        }
        if let other = places[head.index] {
          guard try files[other.file].bytes(at: other.offset, count: other.count).elementsEqual(line) else {
            throw FormatError(
              file: file.path, place: place,
              problem: "another answer to problem \(head.index) than that of "
                + files[other.file].path, allowed: "one answer to each problem")
          }
        }
        places[head.index] = Place(file: number, offset: offset, count: line.count)
        statuses[head.index] = head.status
        offset = lines.end
      }
    }
    guard let first else { throw FormatError(file: paths[0], problem: "no rows", allowed: "results of a sweep") }
    try write(places.compactMap(\.self), of: files, under: header?.bytes, to: path)
    return SweepMerged(digest: first.digest, statuses: statuses)
  }

  /// Writes the lines to a new file in one step.
  private static func write(
    _ places: [Place], of files: [LockedFile], under header: [UInt8]?, to path: String
  ) throws {
    let temporary = "\(path).merging"
    let output: LockedFile
    do { output = try LockedFile(writing: temporary) } catch { throw error.of(path) }
    do {
      try output.truncate(to: 0)
      var bytes = header.map { $0 + [0x0A] } ?? []
      var end = 0
      for place in places {
        bytes += try files[place.file].bytes(at: place.offset, count: place.count) + [0x0A]
        guard bytes.count > 1 << 20 else { continue }
        try output.write(bytes, at: end)
        end += bytes.count
        bytes = []
      }
      try output.write(bytes, at: end)
      try TextFile.move(temporary, to: path)
    } catch {
      TextFile.remove(temporary)
      throw (error as? WriteError)?.of(path) ?? error
    }
  }
}
