internal import FlashFormats

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension EngineModel {
  /// Which bytes the model has, as a `Digest`. Weights in files beside a file are not read.
  ///
  /// - Throws: `MeasureError.file` where a file cannot be read. Complexity: O(bytes).
  public func digest() throws(MeasureError) -> String {
    switch self {
    case .bytes(let bytes): return Self.digest(bytes)
    case .file(let path):
      let bytes: Data
      do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
        let isThere = FileManager.default.fileExists(atPath: path)
        throw .file(FormatError(file: path, problem: isThere ? "cannot be read" : "no such file"))
      }
      return Self.digest(bytes)
    }
  }

  static func digest(_ bytes: some Sequence<UInt8>) -> String {
    var digest = Digest()
    digest.add(bytes)
    return digest.text
  }
}
