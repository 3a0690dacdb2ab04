internal import FlashNAS
internal import GRDB

/// Results of a sweep in SQLite (application id `FLSW`, user version 1), one transaction a batch, with a write-ahead log
/// that is synchronised at each commit:
///
/// - `sweep`: one row: `digest` and `problems`, the sweep's number of problems;
/// - `result`: a row a problem: `index` (the key), `key`, `status`, the keys that differ as `problem.NAME`, the columns of
///   `SweepColumn`, `error`, and `answer`, the JSON of `search`.
///
/// Rows are told apart by their index, so that what `SELECT … ORDER BY "index"` and `.dump` give does not depend on the order
/// in which they came.
final class SweepDatabase: SweepStore {
  private(set) var statuses: [(index: Int, status: SweepStatus)] = []
  private let path: String
  private let lock: LockedFile
  private let queue: DatabaseQueue

  /// How every file of SQLite begins.
  private static let magic = Array("SQLite format 3\0".utf8)
  private static let application = 0x464C_5357
  /// The version of the tables. One more for a change; older ones are then brought up to it when a file is opened.
  private static let version = 1
  /// How long another program, such as a shell of SQLite, may keep the file locked (chosen).
  private static let patience = 5.0

  /// Opens a file to write.
  init(_ path: String, of sweep: SweepIdentity) throws {
    self.path = path
    lock = try LockedFile(writing: path)
    // SQLite takes a file that is shorter than its header for a new one.
    let head = try lock.bytes(at: 0, count: Self.magic.count)
    guard head.isEmpty || head == Self.magic else { throw Self.notADatabase(path) }
    queue = try Self.queue(path)
    do {
      statuses = try Self.checked(path) {
        if try queue.read(Self.isEmpty) {
          try create(Self.tables(of: sweep.keys), digest: sweep.digest, sweep.problems)
        }
        let found = try queue.read { db in try Self.contents(db, path) }
        guard found.digest == sweep.digest, found.problems == sweep.problems else {
          throw FormatError.otherSweep(path, nil, found: found.digest, allowed: sweep.digest)
        }
        return found.statuses
      }
    } catch {
      discard()
      throw error
    }
  }

  /// Begins a file with the tables of another.
  private init(new path: String, like first: Contents) throws {
    self.path = path
    lock = try LockedFile(writing: path)
    queue = try Self.queue(path)
    do { try Self.checked(path) { try create(first.tables, digest: first.digest, first.problems) } } catch {
      discard()
      throw error
    }
  }

  private static func queue(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    return try checked(path) { try DatabaseQueue(path: path, configuration: configuration) }
  }

  /// Closes the file, and removes it where this made it.
  private func discard() {
    try? queue.close()
    lock.close()
    if lock.isNew { for end in ["", "-wal", "-shm", "-journal"] { TextFile.remove(path + end) } }
  }

  private func create(_ tables: [String], digest: String, _ problems: Int) throws {
    // Rows of some 3 kB fill such pages better than those of 4 KiB.
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA page_size = 16384") }
    try useLog()
    try queue.write { db in
      try db.execute(sql: "PRAGMA application_id = \(Self.application); PRAGMA user_version = \(Self.version)")
      for table in tables { try db.execute(sql: table) }
      try db.execute(sql: "INSERT INTO sweep VALUES (?, ?)", arguments: [digest, problems])
    }
  }

  private var usesLog = false

  /// Switches to a write-ahead log: not before it is known that the file is a sweep's.
  private func useLog() throws {
    guard !usesLog else { return }
    try queue.writeWithoutTransaction { db in
      let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
      guard mode == "wal" else {
        throw WriteError(file: path, reason: "no write-ahead log, found journal mode '\(mode ?? "")'")
      }
      try db.execute(sql: "PRAGMA synchronous = FULL")
    }
    usesLog = true
  }

  private static func tables(of keys: [String]) -> [String] {
    func quoted(_ name: String) -> String {
      "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    let types = keys.map { _ in "TEXT" } + SweepColumn.all.map(\.kind.rawValue) + ["TEXT"]
    let columns = zip(SweepRow.names(keys), types).map { ", \(quoted($0)) \($1)" }.joined()
    return [
      "CREATE TABLE sweep (digest TEXT NOT NULL, problems INTEGER NOT NULL)",
      "CREATE TABLE result (\"index\" INTEGER PRIMARY KEY, key TEXT NOT NULL, status TEXT NOT NULL\(columns), answer TEXT)",
    ]
  }

  /// Whether a file is new.
  private static func isEmpty(_ db: GRDB.Database) throws -> Bool {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
      && Int.fetchOne(db, sql: "PRAGMA application_id") == 0
  }

  func append(_ rows: [SweepRow]) throws {
    guard !rows.isEmpty else { return }
    try Self.checked(path) {
      try useLog()
      try queue.write { db in
        let places = Array(repeating: "?", count: rows[0].values.count + 4).joined(separator: ", ")
        let statement = try db.cachedStatement(sql: "INSERT INTO result VALUES (\(places))")
        for row in rows {
          let head: [(any DatabaseValueConvertible)?] = [row.index, row.key, row.status.rawValue]
          let answer: [(any DatabaseValueConvertible)?] = [row.answer?.text(compact: true)]
          try statement.execute(arguments: StatementArguments(head + row.values.map(\.stored) + answer))
        }
      }
    }
  }

  func close() throws {
    defer { lock.close() }
    try Self.checked(path) { try queue.close() }
  }
}

extension SweepDatabase {
  /// What is in a file.
  private struct Contents {
    let digest: String
    let problems: Int
    /// The statements that make its tables.
    let tables: [String]
    let statuses: [(index: Int, status: SweepStatus)]
  }

  /// - Throws: `FormatError` for a file that is no such result, or of a newer schema.
  private static func contents(_ db: GRDB.Database, _ path: String) throws -> Contents {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard try Int.fetchOne(db, sql: "PRAGMA application_id") == application, version > 0 else {
      throw FormatError(
        file: path, problem: "not the results of a sweep", found: "another database",
        allowed: "a database that 'sweep' wrote, or a new file")
    }
    guard version <= Self.version else {
      throw FormatError(
        file: path, problem: "a newer schema than this version reads", found: "version \(version)",
        allowed: "version \(Self.version)")
    }
    guard let sweep = try Row.fetchOne(db, sql: "SELECT digest, problems FROM sweep"),
      let digest = String.fromDatabaseValue(sweep["digest"]), let problems = Int.fromDatabaseValue(sweep["problems"]),
      1...SweepPlan.limit ~= problems
    else { throw damaged(path, "the table sweep") }
    let rows = try Row.fetchAll(db, sql: "SELECT \"index\", status FROM result ORDER BY \"index\"")
    let statuses = try rows.map { row in
      guard let index = Int.fromDatabaseValue(row[0]), 0..<problems ~= index,
        let status = String.fromDatabaseValue(row[1]).flatMap(SweepStatus.init)
      else { throw damaged(path, "row \(row)") }
      return (index: index, status: status)
    }
    let tables = try String.fetchAll(db, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    return Contents(digest: digest, problems: problems, tables: tables, statuses: statuses)
  }

  private static func damaged(_ path: String, _ found: String) -> FormatError {
    FormatError(file: path, problem: "damaged", found: found, allowed: "a database as 'sweep' wrote it")
  }

  private static func notADatabase(_ path: String) -> FormatError {
    FormatError(file: path, problem: "not a database", allowed: "a database that 'sweep' wrote, or a new file")
  }

  /// Words what SQLite says.
  private static func checked<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: throw WriteError(file: path, reason: "locked by another program")
      case .SQLITE_NOTADB, .SQLITE_CORRUPT: throw notADatabase(path)
      case .SQLITE_ERROR where error.message?.hasPrefix("no such") == true:
        throw damaged(path, error.message ?? "")
      default: throw WriteError(file: path, reason: error.message ?? "\(error.resultCode)")
      }
    }
  }

  /// Joins files in one transaction.
  static func merge(_ paths: [String], into path: String) throws -> SweepMerged {
    var inputs: [(path: String, queue: DatabaseQueue, lock: LockedFile)] = []
    defer { for input in inputs { try? input.queue.close() } }
    var contents: [Contents] = []
    for path in paths {
      let lock = try LockedFile(reading: path)
      inputs.append((path, try queue(path), lock))
      contents.append(try checked(path) { try inputs[inputs.count - 1].queue.read { try Self.contents($0, path) } })
      let (first, last) = (contents[0], contents[contents.count - 1])
      guard last.digest == first.digest, last.problems == first.problems, last.tables == first.tables else {
        throw FormatError.otherSweep(path, nil, found: last.digest, allowed: first.digest)
      }
    }
    let output = try SweepDatabase(new: path, like: contents[0])
    do {
      var owners: [Int?] = Array(repeating: nil, count: contents[0].problems)
      try checked(path) {
        try output.queue.write { db in
          for (number, input) in inputs.enumerated() {
            try input.queue.read { try copy($0, number, inputs.map(\.path), to: db, &owners) }
          }
        }
      }
      try output.close()
    } catch {
      output.discard()
      throw error
    }
    var statuses: [SweepStatus?] = Array(repeating: nil, count: contents[0].problems)
    for row in contents.flatMap(\.statuses) { statuses[row.index] = row.status }
    return SweepMerged(digest: contents[0].digest, statuses: statuses)
  }

  /// Copies the rows of one file; a row that is there must be the same.
  private static func copy(
    _ input: GRDB.Database, _ number: Int, _ paths: [String], to output: GRDB.Database, _ owners: inout [Int?]
  ) throws {
    let rows = try Row.fetchCursor(input, sql: "SELECT * FROM result ORDER BY \"index\"")
    while let row = try rows.next() {
      let index: Int = row[0]
      if let owner = owners[index] {
        let other = try Row.fetchOne(output, sql: "SELECT * FROM result WHERE \"index\" = ?", arguments: [index])
        guard other == row else {
          throw FormatError(
            file: paths[number], place: "index \(index)", problem: "another answer than that of \(paths[owner])",
            allowed: "one answer to each problem")
        }
        continue
      }
      owners[index] = number
      let places = Array(repeating: "?", count: row.count).joined(separator: ", ")
      let statement = try output.cachedStatement(sql: "INSERT INTO result VALUES (\(places))")
      try statement.execute(arguments: StatementArguments(row.databaseValues))
    }
  }
}

extension JSONValue {
  /// The value as SQLite stores it.
  fileprivate var stored: (any DatabaseValueConvertible)? {
    switch self {
    case .null: nil
    case .bool(let isTrue): isTrue
    case .integer(let value): value
    case .number(let value): value
    case .string(let word): word
    case .unsigned, .array, .object: text(compact: true)
    }
  }
}
