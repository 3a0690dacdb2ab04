import Foundation

/// A JSON file of `References`, made by another program.
enum Reference {
  static func decode<Document: Decodable>(_ type: Document.Type, _ name: String) throws -> Document {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "References/\(name).json")
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }

  /// Whether two numbers agree to `tolerance` of the larger.
  static func agree(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    abs(a - b) <= tolerance * max(abs(a), abs(b))
  }
}
