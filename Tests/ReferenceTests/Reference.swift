import Foundation

/// A JSON file of `References`, made by another program.
enum Reference {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "References")
  /// The checkout.
  static let root = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func decode<Document: Decodable>(_ type: Document.Type, _ name: String) throws -> Document {
    try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: "\(name).json")))
  }

  /// Whether two numbers agree to `tolerance` of the larger.
  static func agree(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    abs(a - b) <= tolerance * max(abs(a), abs(b))
  }
}
