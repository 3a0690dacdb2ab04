internal import FlashFormats

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where profiles, problems and data sets are found: `FLASHNAS_DATA`, else `share/flashnas` in the install prefix of the
/// program or the library, else the checkout that it was built in.
public struct DataFolder: Sendable {
  public let path: String

  /// - Throws: `QueryError` (65) where no folder has the data.
  public init() throws(QueryError) {
    func holdsData(_ path: String) -> Bool { TextFile.exists(path + "/hardware-profiles") }
    if let named = getenv("FLASHNAS_DATA").map({ String(cString: $0) }), !named.isEmpty {
      guard holdsData(named) else {
        throw .data(
          "\(named): FLASHNAS_DATA: not a data folder, allowed one with hardware-profiles, problems, datasets")
      }
      path = named
      return
    }
    var folder = Self.home
    // A library may lie one folder deeper, as in lib/x86_64-linux-gnu.
    for installed in [folder + "/../share/flashnas", folder + "/../../share/flashnas"] where holdsData(installed) {
      path = installed
      return
    }
    for _ in 0..<6 {
      if holdsData(folder) {
        path = folder
        return
      }
      folder += "/.."
    }
    throw .data("data folder: not found beside the program, allowed: set FLASHNAS_DATA to it")
  }

  /// The folder of the library that this code is part of, else of the running program, links followed.
  private static let home: String = {
    let program =
      library ?? (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    guard let slash = program.lastIndex(of: "/") else { return "." }
    return String(program[..<slash])
  }()

  /// The file of the library that this code is part of, as Linux tells it; `nil` in a program.
  private static var library: String? {
    let address = UInt(bitPattern: #dsohandle)
    let maps = (try? TextFile.read("/proc/self/maps", limit: TextFile.documentLimit)) ?? ""
    for line in maps.split(separator: "\n") {
      // first-end access offset device inode path
      let fields = line.split(separator: " ", maxSplits: 5)
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      guard fields.count == 6, ends.count == 2, ends[0] <= address, address < ends[1] else { continue }
      let path = String(fields[5].drop { $0 == " " })
      return path.split(separator: "/").last?.contains(".so") == true ? path : nil
    }
    return nil
  }

  /// The names of the files with an ending in a folder, sorted, without the ending.
  public func names(in folder: String, ending: String) -> [String] {
    (Self.files(in: "\(path)/\(folder)") ?? []).filter { $0.hasSuffix(ending) }.map {
      String($0.dropLast(ending.count))
    }
  }

  /// The names of the folders in a folder, sorted.
  func folders(in folder: String) -> [String] {
    (Self.files(in: "\(path)/\(folder)") ?? []).filter { Self.files(in: "\(path)/\(folder)/\($0)") != nil }
  }

  /// The first heading of a data set's README, else the names of its tables.
  func title(ofDataset name: String) -> String {
    if let title = line(ofDataset: name, after: "# ") { return title }
    return names(in: "datasets/\(name)", ending: ".csv").map { "\($0).csv" }.joined(separator: ", ")
  }

  /// Why a data set has no predictor, as a line `No predictor: …` of its README says; `nil` where it has one.
  func missingPredictor(ofDataset name: String) -> String? { line(ofDataset: name, after: "No predictor: ") }

  /// What stands after a prefix in the first line of a data set's README that begins with it.
  private func line(ofDataset name: String, after prefix: String) -> String? {
    let text = (try? TextFile.read("\(path)/datasets/\(name)/README.md", limit: TextFile.documentLimit)) ?? ""
    return text.split(separator: "\n").first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }

  /// Makes a folder, unless it is there. - Throws: `QueryError` (1) where that fails.
  static func make(_ path: String) throws(QueryError) {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw .failed("\(path): the folder cannot be made")
    }
  }

  /// The names in a folder, sorted; `nil` where the path is not a folder.
  static func files(in path: String) -> [String]? {
    (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted()
  }
}
