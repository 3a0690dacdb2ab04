internal import FlashFormats
internal import FlashHardware

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The visits of a run that is not done, in a file beside its output: a run that is killed goes on after its last visit.
///
/// A CSV of one row a visit, appended and synchronised when the visit ends. A last row without its newline, which a kill
/// left behind, is dropped on reading. Times are in nanoseconds, those of a visit's runs separated by spaces.
public struct VisitLog: Sendable {
  /// What a visit was of: the network's name or point, and the digest of its model.
  public struct Key: Sendable, Hashable {
    public let network: String
    public let model: String

    public init(network: String, model: String) {
      self.network = network
      self.model = model
    }
  }

  private static let columns = [
    "settings", "network", "model", "round", "start_ns", "end_ns", "energy_j", "wall_ns", "processor_ns",
  ]

  private let path: String
  private let settings: String

  /// A log in a file, which need not be there.
  ///
  /// - Parameter settings: in words, what must be equal for visits to be of one run.
  public init(path: String, settings: String) {
    self.path = path
    self.settings = settings
  }

  /// The visits in the file, by what they were of; none where there is no file.
  ///
  /// - Throws: `MeasureError.file` for a file that is no such log, or one of other settings.
  public func read() throws(MeasureError) -> [Key: [Visit]] {
    guard TextFile.exists(path) else { return [:] }
    var visits: [Key: [Visit]] = [:]
    do throws(FormatError) {
      var text = try TextFile.read(path, limit: TextFile.tableLimit)
      let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
      let header = Self.columns.joined(separator: ",") + "\n"
      guard whole != header, !whole.isEmpty else { return [:] }
      text = String(whole)
      let table = try CSVTable(text: text, file: path)
      guard table.header == Self.columns else {
        throw FormatError(
          file: path, place: "header", problem: "not a log of visits", found: table.header.joined(separator: ","),
          allowed: Self.columns.joined(separator: ","))
      }
      for row in table.rows {
        guard row.fields[0] == settings else {
          throw FormatError(
            file: path, place: "line \(row.line)", problem: "visits of other settings", found: row.fields[0],
            allowed: "\(settings), or another --output")
        }
        visits[Key(network: row.fields[1], model: row.fields[2]), default: []].append(try Self.visit(row, table))
      }
    } catch { throw .file(error) }
    return visits
  }

  private static func visit(_ row: CSVTable.Row, _ table: CSVTable) throws(FormatError) -> Visit {
    func times(_ column: Int) throws(FormatError) -> [Int64] {
      let times = row.fields[column].split(separator: " ").map { Int64($0) ?? -1 }
      guard !times.isEmpty, times.allSatisfy({ $0 >= 0 }) else {
        throw table.error(row, column, problem: "not times", allowed: "integers ≥ 0 separated by spaces")
      }
      return times
    }
    let energy = row.fields[6].isEmpty ? nil : Energy(joules: try table.number(row, 6))
    return Visit(
      round: try table.integer(row, 3), start: Int64(try table.integer(row, 4)), end: Int64(try table.integer(row, 5)),
      wall: try times(7), processor: try times(8), energy: energy)
  }

  /// Begins the file anew with visits that were read from it, so that what a kill left half written is gone.
  ///
  /// - Throws: `MeasureError.unwritable`.
  public func rewrite(_ visits: [Key: [Visit]]) throws(MeasureError) {
    var text = Self.columns.joined(separator: ",") + "\n"
    for (key, list) in visits.sorted(by: { $0.key.network < $1.key.network }) {
      for visit in list { text += line(visit, of: key) }
    }
    do { try TextFile.write(text, to: path) } catch { throw .unwritable(error) }
  }

  /// Adds a visit; it is on the disk when this returns. - Throws: `MeasureError.unwritable`.
  public func append(_ visit: Visit, of key: Key) throws(MeasureError) {
    do { try TextFile.append(line(visit, of: key), to: path) } catch { throw .unwritable(error) }
  }

  /// Removes the file, where it is there.
  public func remove() { unlink(path) }

  private func line(_ visit: Visit, of key: Key) -> String {
    func words(_ times: [Int64]) -> String { times.map(String.init).joined(separator: " ") }
    func quoted(_ text: String) -> String {
      "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    return [
      quoted(settings), quoted(key.network), key.model, "\(visit.round)", "\(visit.start)", "\(visit.end)",
      visit.energy.map { "\($0.joules)" } ?? "", words(visit.wall), words(visit.processor),
    ].joined(separator: ",") + "\n"
  }
}
