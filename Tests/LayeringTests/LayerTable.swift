/// Which target may import what: the layers of the package, lowest first.
///
/// A new target gets a row here; a new library gets a line in `libraries`.
enum LayerTable {
  /// One target: its level and the targets of lower levels that it may import.
  struct Row {
    let target: String
    let level: Int
    let imports: Set<String>
  }

  private static let belowNAS: Set = ["FlashNumerics", "FlashGraph", "FlashAccuracy", "FlashHardware", "FlashSearch"]
  private static let upToNAS = belowNAS.union(["FlashNAS"])

  static let rows = [
    Row(target: "CGSL", level: 0, imports: []),
    Row(target: "CLAPACKE", level: 0, imports: []),
    Row(target: "CNLopt", level: 0, imports: []),
    Row(target: "CQhull", level: 0, imports: []),
    Row(target: "CONNXRuntime", level: 0, imports: []),
    Row(target: "CFlashNAS", level: 0, imports: []),
    Row(target: "FlashNumerics", level: 1, imports: ["CGSL", "CLAPACKE", "CNLopt", "CQhull"]),
    Row(target: "FlashGraph", level: 2, imports: ["FlashNumerics"]),
    Row(target: "FlashAccuracy", level: 3, imports: ["FlashGraph", "FlashNumerics"]),
    Row(target: "FlashHardware", level: 3, imports: ["FlashGraph", "FlashNumerics"]),
    Row(target: "FlashSearch", level: 3, imports: ["FlashNumerics"]),
    Row(target: "FlashNAS", level: 4, imports: belowNAS),
    Row(target: "FlashFormats", level: 5, imports: upToNAS),
    Row(target: "FlashMeasure", level: 6, imports: upToNAS.union(["CONNXRuntime", "FlashFormats"])),
    Row(target: "FlashQueries", level: 7, imports: upToNAS.union(["FlashFormats", "FlashMeasure"])),
    Row(target: "FlashCommands", level: 8, imports: ["FlashQueries"]),
    Row(target: "flashnas", level: 9, imports: ["FlashCommands"]),
    Row(
      target: "FlashABI", level: 9,
      imports: ["CFlashNAS", "FlashCommands", "FlashQueries", "FlashNAS", "FlashSearch"]),
  ]

  /// The one target that may import a system library, but for those of numerics.
  static let systemLibraryOwners = ["CONNXRuntime": "FlashMeasure", "CFlashNAS": "FlashABI"]

  /// The one target that may import a library from outside the package.
  static let libraries = [
    "ArgumentParser": "FlashCommands",
    "CSQLite": "FlashFormats",
    "GRDB": "FlashFormats",
    "SwiftProtobuf": "FlashFormats",
    "Yams": "FlashFormats",
  ]

  /// What comes with Swift and the system, for every target.
  static let system: Set = [
    "Darwin", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl", "Swift", "Synchronization",
  ]

  static func row(of target: String) -> Row? { rows.first { $0.target == target } }

  /// Why a target may not import a module, or `nil` where it may.
  static func objection(to module: String, in target: String) -> String? {
    if system.contains(module) { return nil }
    guard let row = row(of: target) else { return "\(target) has no row in the layer table" }
    if row.imports.contains(module) { return nil }
    if let owner = libraries[module] {
      return owner == target ? nil : "\(target) imports \(module), which only \(owner) may"
    }
    guard let other = self.row(of: module) else { return "\(target) imports \(module), which no table names" }
    return "\(target) (level \(row.level)) imports \(module) (level \(other.level)), "
      + "allowed \(row.imports.sorted().joined(separator: ", "))"
  }
}
