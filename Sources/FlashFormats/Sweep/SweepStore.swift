public import FlashNAS

/// Where the rows of a sweep are kept: what a killed process left is there again when the store is opened.
public protocol SweepStore: AnyObject {
  /// The rows that were there when the store was opened.
  var statuses: [(index: Int, status: SweepStatus)] { get }

  /// Adds rows, in the order of their indices and not there before; they are on the disk when this returns, all or none of
  /// a database's, whole lines of a text file's.
  ///
  /// - Throws: `WriteError` where the disk is full or another program has locked the file.
  func append(_ rows: [SweepRow]) throws

  /// Closes the file; one without rows holds the names of the columns. - Throws: `WriteError`.
  func close() throws
}

/// The kinds of files that hold results of sweeps, by the ends of their names.
public enum SweepFormat: Sendable {
  case database, csv, jsonLines

  /// `nil` for a name with another end.
  public init?(_ path: String) {
    let known: [(end: String, format: SweepFormat)] = [
      (".db", .database), (".sqlite", .database), (".csv", .csv), (".jsonl", .jsonLines),
    ]
    guard let format = known.first(where: { path.hasSuffix($0.end) })?.format else { return nil }
    self = format
  }

  /// The ends of names, for messages.
  public static let allowed = "a name that ends in .db, .sqlite, .csv or .jsonl"

  /// Opens the results of a sweep, or begins them where there is no file.
  ///
  /// - Throws: `WriteError` where the file cannot be written or another process has it; `FormatError` for a file that is no
  ///   such result, of another sweep, or of a newer schema.
  public func open(_ path: String, of sweep: SweepIdentity, _ shard: SweepShard) throws -> any SweepStore {
    switch self {
    case .database: try SweepDatabase(path, of: sweep)
    case .csv: try SweepLines(path, SweepLine(isJSON: false, of: sweep), shard)
    case .jsonLines: try SweepLines(path, SweepLine(isJSON: true, of: sweep), shard)
    }
  }

  /// Joins the results of shards in a new file.
  ///
  /// - Throws: `FormatError` for files of different sweeps or different rows for one problem, or where the new file is
  ///   there already; `WriteError`. Nothing is left behind then.
  public func merge(_ paths: [String], into path: String) throws -> SweepMerged {
    guard !TextFile.exists(path) else {
      throw FormatError(file: path, problem: "is there already", allowed: "a new file")
    }
    return switch self {
    case .database: try SweepDatabase.merge(paths, into: path)
    case .csv: try SweepLines.merge(paths, into: path, isJSON: false)
    case .jsonLines: try SweepLines.merge(paths, into: path, isJSON: true)
    }
  }
}

/// What a merge of shards holds.
public struct SweepMerged: Sendable {
  public let digest: String
  /// The problem's state by its index; `nil` for one that is missing.
  public let statuses: [SweepStatus?]
}
