internal import GRDB

/// What a database holds, as text: its versions, then each table with its rows in their order.
public func databaseText(_ path: String) throws -> String {
  let queue = try DatabaseQueue(path: path)
  defer { try? queue.close() }
  return try queue.read { db in
    var text = ""
    for pragma in ["application_id", "user_version", "integrity_check"] {
      text += try "\(pragma) \(String.fetchOne(db, sql: "PRAGMA \(pragma)") ?? "")\n"
    }
    for table in try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master ORDER BY rowid") {
      text += "\(table)\n"
      for row in try Row.fetchAll(db, sql: "SELECT * FROM \(table["name"] as String) ORDER BY 1") {
        text += "\(Array(row.databaseValues))\n"
      }
    }
    return text
  }
}
