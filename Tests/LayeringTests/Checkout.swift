import Foundation

/// The checkout that this file lies in.
enum Checkout {
  /// The package's root: three folders above this file.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  struct SourceFile {
    /// The path from the root.
    let path: String
    let target: String
    let text: String
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
  }

  /// The visible entries of a folder, sorted; none where there is no such folder.
  static func entries(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Every Swift file under Sources but generated ones, by path.
  static func sources() throws -> [SourceFile] {
    try files(in: "Sources").filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }.map { path in
      SourceFile(path: path, target: String(path.split(separator: "/")[1]), text: try text(path))
    }
  }

  private static func files(in folder: String) -> [String] {
    entries(folder).map { "\(folder)/\($0)" }.flatMap { isFolder($0) ? files(in: $0) : [$0] }
  }

  /// Whether a path from the root exists; `*` stands for any part of one name.
  static func exists(_ pattern: String) -> Bool {
    var found = [""]
    for part in pattern.split(separator: "/").map(String.init) {
      found = found.flatMap { folder in
        // A name without a star may be hidden; a star finds visible entries.
        let names = part.contains("*") ? entries(folder).filter { matches($0[...], part[...]) } : [part]
        return names.map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
      }
    }
    return found.contains { path in
      pattern.hasSuffix("/") ? isFolder(path) : FileManager.default.fileExists(atPath: "\(root)/\(path)")
    }
  }

  /// Whether a name fits a pattern, in which `*` stands for any text, the empty one too.
  static func matches(_ name: Substring, _ pattern: Substring) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    if first == "*" {
      return matches(name, pattern.dropFirst()) || (!name.isEmpty && matches(name.dropFirst(), pattern))
    }
    return name.first == first && matches(name.dropFirst(), pattern.dropFirst())
  }
}
