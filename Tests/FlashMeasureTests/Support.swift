import FlashHardware
import Foundation

@testable import FlashMeasure

/// A folder that is gone when the value is.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("flashnas-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, its folders too, and returns its path.
  @discardableResult func file(_ name: String, _ text: String) throws -> String {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }
}

extension Visit {
  /// A visit whose processor times are given, and whose wall times are twice as long.
  init(_ round: Int = 0, processor: [Int64], start: Int64 = 0, end: Int64 = 0, energy: Energy? = nil) {
    self.init(
      round: round, start: start, end: end, wall: processor.map { 2 * $0 }, processor: processor, energy: energy)
  }
}

/// Whether two numbers agree to 1e-12 of the larger.
func agree(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * max(abs(a), abs(b)) }
