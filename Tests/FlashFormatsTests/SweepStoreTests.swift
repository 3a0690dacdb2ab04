import DatabaseText
import FlashNAS
import Foundation
import Testing

@testable import FlashFormats

@Suite struct SweepStoreTests {
  static let sweep = SweepIdentity(digest: "0123456789abcdef", problems: 12, keys: ["space", "fix.a\"b"])
  static let names = ["results.csv", "results.jsonl", "results.db"]

  /// Rows of all three states, with what a table has to quote.
  static func row(_ index: Int) -> SweepRow {
    let texts = [index % 5 == 0 ? nil : "a,\"b\"", "ü \(index)"]
    guard index % 3 < 2 else {
      return SweepRow(index: index, key: "k\(index)", texts: texts, error: "no\nanswer, \"x\"")
    }
    let best: JSONValue =
      index % 3 == 0
      ? [
        "point": ["width1": .integer(index), "block": "basic"], "accuracy": .number(0.1 * Double(index)),
        "extrapolated": .bool(true),
      ] : .null
    return SweepRow(
      index: index, key: "k\(index)", texts: texts,
      document: [
        "space": ["name": "s"], "best": best, "objective": ["value": index % 3 == 0 ? .number(1e-9) : .null],
        "constraints": [["quantity": "area_mm2"]], "timing": ["search_s": .number(Double(index))],
      ])
  }

  private static func format(_ path: String) throws -> SweepFormat { try #require(SweepFormat(path)) }

  /// Writes rows from a place of a shard on, in batches.
  @discardableResult private static func write(
    _ path: String, _ shard: SweepShard = .whole, batch: Int, upTo count: Int? = nil
  ) throws -> [Int] {
    let store = try format(path).open(path, of: sweep, shard)
    let there = store.statuses.map(\.index)
    var missing = (0..<shard.size(of: sweep.problems)).map(shard.index).filter { !there.contains($0) }
    if let count { missing = Array(missing.prefix(count)) }
    while !missing.isEmpty {
      try store.append(missing.prefix(batch).map(row))
      missing = Array(missing.dropFirst(batch))
    }
    try store.close()
    return there
  }

  /// What a file holds: its bytes, or the rows of a database in their order.
  private static func content(_ path: String) throws -> String {
    guard path.hasSuffix(".db") else { return try String(contentsOfFile: path, encoding: .utf8) }
    return try databaseText(path)
  }

  @Test(arguments: names) func `batches of any size and any number of beginnings give the same content`(
    _ name: String
  ) throws {
    let folder = try TemporaryFolder()
    try Self.write("\(folder.path)/\(name)", batch: 12)
    let whole = try Self.content("\(folder.path)/\(name)")
    for (count, batch) in [(1, 1), (5, 2), (3, 3), (7, 1)] {
      let path = "\(folder.path)/\(count)-\(batch)-\(name)"
      var there = 0
      while there < Self.sweep.problems {
        try #expect(Self.write(path, batch: batch, upTo: count) == Array(0..<there))
        there = min(there + count, Self.sweep.problems)
      }
      #expect(try Self.content(path) == whole)
    }
  }

  @Test(arguments: names.dropLast()) func `a file cut off at any byte goes on to the same bytes`(_ name: String) throws
  {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(name)"
    try Self.write(path, batch: 12)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for cut in 0..<whole.count {
      try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
      let lines = whole.prefix(cut).count { $0 == 0x0A } - (name.hasSuffix("csv") ? 1 : 0)
      let there = try Self.write(path, batch: 5)
      #expect(there.count == max(0, lines))
      guard try Data(contentsOf: URL(fileURLWithPath: path)) == whole else {
        Issue.record("cut at \(cut)")
        return
      }
    }
  }

  @Test(arguments: names) func `shards merge to the whole, in any order and with what they share`(_ name: String) throws
  {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(name)"
    try Self.write(path, batch: 4)
    let format = try Self.format(path)
    let parts = try (1...3).map { number in
      let part = "\(folder.path)/\(number)-\(name)"
      try Self.write(part, SweepShard(number: number, of: 3), batch: 2)
      return part
    }
    for (number, order) in [[0, 1, 2], [2, 0, 1], [1, 1, 0, 2]].enumerated() {
      let merged = try format.merge(order.map { parts[$0] }, into: "\(folder.path)/merged\(number)-\(name)")
      #expect(merged.statuses.allSatisfy { $0 != nil })
      #expect(try Self.content("\(folder.path)/merged\(number)-\(name)") == Self.content(path))
    }
    _ = try format.merge([path, parts[1]], into: "\(folder.path)/again-\(name)")
    #expect(try Self.content("\(folder.path)/again-\(name)") == Self.content(path))
    let partial = try format.merge([parts[0], parts[2]], into: "\(folder.path)/partial-\(name)")
    #expect(partial.statuses.enumerated().filter { $0.element == nil }.map(\.offset) == [1, 4, 7, 10])
    #expect(throws: FormatError.self) { try format.merge(parts, into: path) }
  }

  @Test(arguments: names) func `an answer that differs is a conflict, and leaves nothing behind`(_ name: String) throws
  {
    let folder = try TemporaryFolder()
    let (one, two) = ("\(folder.path)/one-\(name)", "\(folder.path)/two-\(name)")
    let format = try Self.format(one)
    try Self.write(one, batch: 4)
    let other = try format.open(two, of: Self.sweep, .whole)
    try other.append([Self.row(0), SweepRow(index: 1, key: "k1", texts: [nil, nil], error: "other")])
    try other.close()
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    let error = message { _ = try format.merge([one, two], into: "\(folder.path)/all-\(name)") }
    #expect(error.contains("another answer"), "\(error)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
  }

  @Test(arguments: names) func `results of another sweep are refused as they are`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(name)"
    try Self.write(path, batch: 4, upTo: 5)
    let before = try Self.content(path)
    for other in [
      SweepIdentity(digest: "fedcba9876543210", problems: 12, keys: Self.sweep.keys),
      SweepIdentity(digest: "fedcba9876543210", problems: 12, keys: ["space"]),
      SweepIdentity(digest: Self.sweep.digest, problems: 13, keys: Self.sweep.keys),
    ] {
      let error = message { _ = try Self.format(path).open(path, of: other, .whole) }
      #expect(error.contains("results of another sweep"), "\(error)")
      #expect(try Self.content(path) == before)
    }
  }

  @Test(arguments: names) func `a file in use is refused`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(name)"
    let store = try Self.format(path).open(path, of: Self.sweep, .whole)
    let error = message { _ = try Self.format(path).open(path, of: Self.sweep, .whole) }
    #expect(error == "\(path): cannot be written: in use by another process, allowed one at a time")
    #expect(message { _ = try Self.format(path).merge([path], into: "\(folder.path)/all-\(name)") } == error)
    try store.close()
    try Self.write(path, batch: 4)
  }

  static let foreign = [
    "", "x", "a,b\n1,2\n", "a,b", "{\"a\": 1}\n", "schema\n", "\0\0\0\n", "SQLite format 3\0 but not one",
  ]

  @Test(arguments: names, foreign) func `a file of something else is refused as it is`(
    _ name: String, _ text: String
  ) throws {
    guard !text.isEmpty else { return }
    let folder = try TemporaryFolder()
    let path = try folder.file(name, text)
    let error = message { _ = try Self.format(path).open(path, of: Self.sweep, .whole) }
    #expect(error.hasPrefix("\(path): "), "\(error)")
    #expect(!error.contains { $0.isNewline })
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(text.utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
  }

  @Test func `rows of a newer schema, out of order or damaged are refused with their line`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/results.jsonl"
    try Self.write(path, batch: 12)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lines = text.split(separator: "\n").map(String.init)
    let cases: [(String, String)] = [
      (text.replacing("sweep-result/1", with: "sweep-result/2"), "line 1: a newer schema than this version reads"),
      (text.replacing("sweep-result/1", with: "sweep-result/x"), "line 1: not a row of a sweep's results"),
      (
        [lines[0], lines[2]].joined(separator: "\n") + "\n",
        "line 2: not the next problem of shard 1/1, found 2, allowed 1"
      ),
      (lines[0] + "\n" + lines[1].dropLast(4) + "\n", "line 2: not a row of a sweep's results"),
      (text.replacing("\"status\":\"failed\"", with: "\"status\":\"done\""), "line 3: not a row of a sweep's results"),
      (text.replacing("\"index\":1,", with: "\"index\":12,"), "line 2: not a row of a sweep's results"),
    ]
    for (damaged, says) in cases {
      _ = try folder.file("results.jsonl", damaged)
      let error = message { _ = try SweepFormat.jsonLines.open(path, of: Self.sweep, .whole) }
      #expect(error.hasPrefix("\(path): \(says)"), "\(error)")
    }
  }

  @Test func `a name's end says what kind of results it holds`() {
    #expect(SweepFormat("a/b.db") == .database && SweepFormat("b.sqlite") == .database)
    #expect(SweepFormat("b.x.csv") == .csv && SweepFormat("b.jsonl") == .jsonLines)
    for name in ["", "db", "a.db/b", "a.json", "a.CSV", "/dev/stdout"] { #expect(SweepFormat(name) == nil) }
  }
}
